//! Pictures on their way to those who look at them. Each is read once for all who ask while it is being read, and is in memory once
//! for all whom it is written to, however slowly they read.
//!
//! All of them together have a limit, and those for one address a share of it: whose wish it was when a picture was read has it
//! on their account until nobody is written it any more. A picture that is being read is on it too, as if it were the longest that
//! there may be: how long it is shows only then. Beyond that, wishes wait for a while.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::iter;
use std::net::IpAddr;
use std::sync::{Arc, Weak};

use crate::history::Millis;
use crate::run::budgets::{Account, Budget};

/// How long a wish waits, in milliseconds.
pub(crate) const PATIENCE: Millis = 10_000;

/// Its media type, and its bytes.
pub(crate) type Shown = (&'static str, Arc<[u8]>);

#[derive(Debug)]
pub(crate) struct Gallery<R> {
    account: Account,
    asked: HashMap<String, Asked<R>>,
    /// Being written, or a moment ago.
    shown: HashMap<String, Kept>,
    /// In order.
    waiting: VecDeque<(String, Wish<R>)>,
    /// One of them has waited for room in the whole, when that was last looked at: nobody overtakes it.
    is_full: bool,
}

/// Somebody who wants to see a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Wish<R> {
    /// Under which they are answered.
    pub request: R,
    /// Whose account it is on; `None`: nobody's.
    pub by: Option<IpAddr>,
    /// When it is given up.
    pub until: Millis,
    /// The longest that the picture may be, in bytes.
    pub most: usize,
    /// It was looked for before, and this node knows all by now that others knew then.
    pub is_late: bool,
}

/// What is to be done for a wish.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Step {
    /// Read the picture.
    Read,
    /// See whether it is still there: its bytes are in memory.
    Check,
}

/// What the disk says.
#[derive(Debug)]
pub(crate) enum Said {
    Read(Shown),
    StillThere,
    Gone,
}

#[derive(Debug)]
struct Asked<R> {
    /// Whose account it is on.
    first: Wish<R>,
    others: Vec<Wish<R>>,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Disk { taken: usize },
    Memory(Shown),
}

#[derive(Debug)]
struct Kept {
    media_type: &'static str,
    bytes: Weak<[u8]>,
    /// Of the account. A picture that is longer than a whole share takes all of it: so it is shown alone.
    taken: usize,
    by: Option<IpAddr>,
}

impl<R: Copy + PartialEq> Gallery<R> {
    pub(crate) fn new(budget: Budget) -> Self {
        Gallery {
            account: Account::new(budget),
            asked: HashMap::new(),
            shown: HashMap::new(),
            waiting: VecDeque::new(),
            is_full: false,
        }
    }

    /// Another budget. What is shown stays.
    pub(crate) fn set_budget(&mut self, budget: Budget) {
        self.account.set_budget(budget);
    }

    /// Somebody wants to see a picture. What is to be done now: for this wish, or for those that have waited for longer.
    pub(crate) fn ask(&mut self, id: &str, wish: Wish<R>) -> Vec<(String, Step)> {
        let is_free = self.is_here(id) || (!self.is_full && self.has_room(id, &wish));
        if is_free {
            return self.begin(id, wish).map(|step| (id.to_owned(), step)).into_iter().collect();
        }
        self.tidy();
        self.waiting.push_back((id.to_owned(), wish));
        self.next()
    }

    /// Nobody waits for the answer to this request any more.
    pub(crate) fn forget(&mut self, request: R) {
        self.waiting.retain(|(_, wish)| wish.request != request);
    }

    /// What is to be done now, of what has waited.
    pub(crate) fn next(&mut self) -> Vec<(String, Step)> {
        let (mut next, mut later) = (Vec::new(), Vec::new());
        self.is_full = false;
        while let Some((id, wish)) = self.waiting.pop_front() {
            if self.has_room(&id, &wish) {
                next.extend(self.begin(&id, wish).map(|step| (id, step)));
                continue;
            }
            self.is_full = !self.account.has(None, self.charge(None, wish.most));
            later.push((id, wish));
            if self.is_full {
                break; // and those behind it would only overtake it
            }
        }
        later.into_iter().rev().for_each(|wish| self.waiting.push_front(wish));
        next
    }

    /// Gives back what is not written any more. Those who have waited for too long wait no longer, and are to be told so.
    pub(crate) fn pass_time(&mut self, now: Millis) -> Vec<R> {
        self.tidy();
        let mut over = Vec::new();
        self.waiting.retain(|(_, wish)| {
            let waits = wish.until > now;
            over.extend((!waits).then_some(wish.request));
            waits
        });
        over
    }

    /// Nobody waits any longer: those who did, who are to be told so.
    pub(crate) fn send_away(&mut self) -> Vec<R> {
        self.waiting.drain(..).map(|(_, wish)| wish.request).collect()
    }

    /// What the disk says of a picture: whose wish it was, and the picture for all of them, if there is one. Those for whom there
    /// is no room go on waiting.
    pub(crate) fn take(&mut self, id: &str, said: Said) -> (Vec<Wish<R>>, Option<Shown>) {
        let Some(Asked { first, others, source }) = self.asked.remove(id) else {
            return (Vec::new(), None);
        };
        let by = first.by;
        let wishes: Vec<Wish<R>> = iter::once(first).chain(others).collect();
        match (source, said) {
            (Source::Memory(shown), Said::StillThere | Said::Read(_)) => (wishes, Some(shown)),
            (Source::Memory(_), Said::Gone) => (wishes, None),
            (Source::Disk { taken }, said) => {
                self.account.give_back(by, taken);
                let Said::Read(shown) = said else {
                    return (wishes, None);
                };
                self.keep(id, by, wishes, shown)
            }
        }
    }

    fn keep(
        &mut self,
        id: &str,
        by: Option<IpAddr>,
        wishes: Vec<Wish<R>>,
        (media_type, bytes): Shown,
    ) -> (Vec<Wish<R>>, Option<Shown>) {
        let length = bytes.len();
        let taken = self.charge(by, length);
        // The budget may be a smaller one by now; or a longer picture was allowed when this one came.
        if !self.account.take(by, taken) {
            self.waiting
                .extend(wishes.into_iter().map(|wish| (id.to_owned(), Wish { most: length, ..wish })));
            return (Vec::new(), None);
        }
        let kept = Kept { media_type, bytes: Arc::downgrade(&bytes), taken, by };
        if let Some(before) = self.shown.insert(id.to_owned(), kept) {
            self.account.give_back(before.by, before.taken);
        }
        (wishes, Some((media_type, bytes)))
    }

    /// Is it in memory anyway, or being read?
    fn is_here(&self, id: &str) -> bool {
        self.asked.contains_key(id) || self.shown(id).is_some()
    }

    /// Is there room for what somebody wishes? For a picture that is in memory anyway there is.
    fn has_room(&self, id: &str, wish: &Wish<R>) -> bool {
        self.is_here(id) || self.account.has(wish.by, self.charge(wish.by, wish.most))
    }

    /// What a picture of such a length takes. Shares may be smaller than they were when it came, and it is shown all the same.
    fn charge(&self, by: Option<IpAddr>, length: usize) -> usize {
        length.min(self.account.most(by))
    }

    /// Begins with a wish for which there is room.
    fn begin(&mut self, id: &str, wish: Wish<R>) -> Option<Step> {
        if let Some(asked) = self.asked.get_mut(id) {
            asked.others.push(wish);
            return None;
        }
        let (source, step) = match self.shown(id) {
            Some(shown) => (Source::Memory(shown), Step::Check),
            None => {
                let taken = self.charge(wish.by, wish.most);
                self.account.take(wish.by, taken);
                (Source::Disk { taken }, Step::Read)
            }
        };
        self.asked.insert(id.to_owned(), Asked { first: wish, others: Vec::new(), source });
        Some(step)
    }

    fn shown(&self, id: &str) -> Option<Shown> {
        let kept = self.shown.get(id)?;
        Some((kept.media_type, kept.bytes.upgrade()?))
    }

    /// The memory of what nobody is written any more is free when nothing points to it from here.
    fn tidy(&mut self) {
        self.shown.retain(|_, kept| {
            let is_written = kept.bytes.strong_count() > 0;
            if !is_written {
                self.account.give_back(kept.by, kept.taken);
            }
            is_written
        });
    }
}
