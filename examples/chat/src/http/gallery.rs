//! Pictures on their way to those who look at them. Each is read once for all who ask while it is being read, and is in memory once
//! for all whom it is written to, however slowly they read.
//!
//! All of them together have a limit, and those for one address a share of it: whose wish it was when a picture was read has it
//! on their account until nobody is written it any more. A picture that is being read is on it too, as if it were the longest that
//! there may be: how long it is shows only then. Beyond that, wishes wait for a while.

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

#[cfg(test)]
mod tests {
    use super::*;

    fn gallery(all: usize, address: usize) -> Gallery<u32> {
        Gallery::new(Budget { all, address })
    }

    fn wish(request: u32, last: u8, most: usize) -> Wish<u32> {
        Wish { request, by: Some([192, 0, 2, last].into()), until: PATIENCE, most }
    }

    /// Whoever asks is not told what is to be done for others.
    fn ask(gallery: &mut Gallery<u32>, id: &str, wish: Wish<u32>) -> Option<Step> {
        match &gallery.ask(id, wish)[..] {
            [] => None,
            [(its, step)] if its == id => Some(*step),
            others => panic!("{others:?} for {id}"),
        }
    }

    fn read(length: usize) -> Said {
        Said::Read(("image/png", vec![0; length].into()))
    }

    #[test]
    fn a_picture_is_read_once_for_all_who_ask_meanwhile_and_there_once_for_all_who_look() {
        let mut gallery = gallery(100, 100);
        assert_eq!(ask(&mut gallery, "a", wish(1, 1, 10)), Some(Step::Read));
        assert_eq!(ask(&mut gallery, "a", wish(2, 2, 10)), None);
        assert_eq!(ask(&mut gallery, "b", wish(3, 1, 10)), Some(Step::Read));
        let (wishes, first) = gallery.take("a", read(10));
        assert_eq!(wishes, [wish(1, 1, 10), wish(2, 2, 10)]);
        // While somebody looks at it the disk is asked whether it is still there, and the answer is what is here.
        assert_eq!(ask(&mut gallery, "a", wish(4, 3, 10)), Some(Step::Check));
        let kept = first.unwrap().1;
        let weak = Arc::downgrade(&kept);
        drop(kept);
        assert_eq!(weak.strong_count(), 1, "it is held meanwhile");
        let (wishes, second) = gallery.take("a", Said::StillThere);
        assert_eq!(wishes, [wish(4, 3, 10)]);
        assert!(Weak::ptr_eq(&weak, &Arc::downgrade(&second.unwrap().1)));
        assert_eq!(gallery.take("b", Said::Gone), (vec![wish(3, 1, 10)], None), "there is none");
        assert_eq!(gallery.take("b", Said::Gone), (vec![], None));
    }

    #[test]
    fn what_was_taken_back_is_not_shown_though_it_is_in_memory() {
        let mut gallery = gallery(100, 100);
        ask(&mut gallery, "a", wish(1, 1, 10));
        let _kept = gallery.take("a", read(10)).1.unwrap();
        ask(&mut gallery, "a", wish(2, 1, 10));
        assert_eq!(gallery.take("a", Said::Gone), (vec![wish(2, 1, 10)], None));
    }

    #[test]
    fn there_is_a_limit_for_all_and_a_share_for_each_address_and_wishes_wait() {
        let mut gallery = gallery(100, 60);
        let mut kept = Vec::new();
        for (id, request, last, length) in [("a", 1, 1, 50), ("b", 2, 2, 40)] {
            assert_eq!(ask(&mut gallery, id, wish(request, last, length)), Some(Step::Read));
            kept.push(gallery.take(id, read(length)).1.unwrap());
        }
        // Too long for the first; too long for all.
        assert_eq!(ask(&mut gallery, "c", wish(3, 1, 11)), None);
        assert_eq!(ask(&mut gallery, "d", wish(4, 3, 11)), None);
        assert_eq!(ask(&mut gallery, "a", wish(5, 4, 50)), Some(Step::Check), "it is here anyway");
        kept.push(gallery.take("a", Said::StillThere).1.unwrap());
        assert!(gallery.next().is_empty());
        kept.remove(1);
        gallery.pass_time(0);
        assert_eq!(gallery.next(), [("d".to_owned(), Step::Read)], "the first has its share all the same");
        kept.clear();
        gallery.pass_time(0);
        assert_eq!(gallery.next(), [("c".to_owned(), Step::Read)]);
    }

    #[test]
    fn what_is_being_read_counts_as_the_longest_and_then_as_what_it_is() {
        let mut gallery = gallery(100, 60);
        for (id, request) in [("a", 1), ("b", 2)] {
            assert_eq!(ask(&mut gallery, id, wish(request, 1, 25)), Some(Step::Read));
        }
        for (id, request) in [("c", 3), ("d", 4), ("e", 5)] {
            assert_eq!(ask(&mut gallery, id, wish(request, 1, 25)), None, "{id} would be the third of 25");
        }
        let _a = gallery.take("a", read(5)).1.unwrap();
        assert_eq!(gallery.next(), [("c".to_owned(), Step::Read)]);
        assert_eq!(gallery.take("b", Said::Gone).0.len(), 1);
        assert_eq!(gallery.next(), [("d".to_owned(), Step::Read)]);
        assert!(gallery.next().is_empty());
    }

    #[test]
    fn a_picture_that_is_longer_than_it_should_be_waits_for_as_much_room() {
        let mut gallery = gallery(100, 60);
        ask(&mut gallery, "a", wish(1, 1, 30));
        let kept = gallery.take("a", read(30)).1.unwrap();
        assert_eq!(ask(&mut gallery, "b", wish(2, 1, 30)), Some(Step::Read));
        assert_eq!(gallery.take("b", read(31)), (vec![], None));
        assert!(gallery.next().is_empty());
        drop(kept);
        gallery.pass_time(0);
        assert_eq!(gallery.next(), [("b".to_owned(), Step::Read)]);
        assert_eq!(gallery.take("b", read(31)).0, [wish(2, 1, 31)]);
    }

    /// Shares were larger when it came.
    #[test]
    fn a_picture_that_is_longer_than_a_share_is_shown_alone_and_holds_nobody_up() {
        for (all, address) in [(100, 60), (60, 60), (50, 20)] {
            let mut gallery = gallery(all, address);
            ask(&mut gallery, "a", wish(1, 1, 10));
            let one = gallery.take("a", read(10)).1.unwrap();
            assert_eq!(ask(&mut gallery, "long", wish(2, 1, 10)), Some(Step::Read));
            assert_eq!(gallery.take("long", read(70)), (vec![], None), "not beside another one");
            assert!(gallery.next().is_empty());
            drop(one);
            gallery.pass_time(0);
            assert_eq!(gallery.next(), [("long".to_owned(), Step::Read)]);
            let (wishes, long) = gallery.take("long", read(70));
            assert_eq!((wishes.len(), long.is_some()), (1, true), "of {all} and {address}");
            assert_eq!(ask(&mut gallery, "b", wish(3, 1, 1)), None, "all of the share is taken");
            drop(long);
            gallery.pass_time(0);
            assert_eq!(gallery.next(), [("b".to_owned(), Step::Read)]);
            assert_eq!(gallery.take("b", Said::Gone).0.len(), 1);
            assert!(gallery.account.has(Some([192, 0, 2, 1].into()), address), "all of it is given back");
        }
    }

    #[test]
    fn nothing_overtakes_what_waits_for_all() {
        let mut gallery = gallery(100, 100);
        ask(&mut gallery, "a", wish(1, 1, 50));
        assert_eq!(ask(&mut gallery, "b", wish(2, 2, 60)), None);
        assert_eq!(ask(&mut gallery, "c", wish(3, 3, 55)), None);
        let kept = gallery.take("a", read(45)).1.unwrap();
        assert!(gallery.next().is_empty(), "there would be room for the second of them");
        drop(kept);
        gallery.pass_time(0);
        assert_eq!(gallery.next(), [("b".to_owned(), Step::Read)]);
        assert_eq!(gallery.take("b", Said::Gone).0.len(), 1);
        assert_eq!(gallery.next(), [("c".to_owned(), Step::Read)]);
    }

    #[test]
    fn a_newcomer_does_not_overtake_those_who_wait() {
        let mut gallery = gallery(100, 100);
        ask(&mut gallery, "a", wish(1, 1, 60));
        let kept = gallery.take("a", read(60)).1.unwrap();
        assert_eq!(ask(&mut gallery, "b", wish(2, 2, 50)), None);
        assert_eq!(
            ask(&mut gallery, "c", wish(3, 3, 10)),
            None,
            "there would be room, but it would take what b waits for"
        );
        assert_eq!(ask(&mut gallery, "a", wish(4, 4, 60)), Some(Step::Check), "what is here takes nothing");
        assert!(gallery.take("a", Said::Gone).1.is_none());
        drop(kept);
        // Room for 100: for the two that have waited, and then not for the newcomer.
        let steps = gallery.ask("d", wish(5, 5, 50));
        assert_eq!(steps, [("b".to_owned(), Step::Read), ("c".to_owned(), Step::Read)]);
        assert_eq!(gallery.take("b", Said::Gone).0.len(), 1);
        assert_eq!(gallery.next(), [("d".to_owned(), Step::Read)]);
    }

    /// It waits for its own share, and there is room in the whole.
    #[test]
    fn whoever_waits_for_their_share_holds_up_nobody_else() {
        let mut gallery = gallery(100, 50);
        assert_eq!(ask(&mut gallery, "a", wish(1, 1, 50)), Some(Step::Read));
        assert_eq!(ask(&mut gallery, "b", wish(2, 1, 50)), None);
        assert_eq!(ask(&mut gallery, "c", wish(3, 2, 50)), Some(Step::Read));
    }

    #[test]
    fn whoever_has_left_waits_for_nothing() {
        let mut gallery = gallery(100, 100);
        ask(&mut gallery, "a", wish(1, 1, 100));
        for request in 2..5 {
            assert_eq!(ask(&mut gallery, &request.to_string(), wish(request, 2, 100)), None);
        }
        (2..4).for_each(|request| gallery.forget(request));
        assert_eq!(gallery.take("a", Said::Gone).0.len(), 1);
        assert_eq!(gallery.next(), [("4".to_owned(), Step::Read)]);
        assert_eq!(gallery.waiting.len(), 0);
    }

    #[test]
    fn a_wish_does_not_wait_for_ever() {
        let mut gallery = gallery(10, 10);
        assert_eq!(ask(&mut gallery, "a", wish(1, 1, 10)), Some(Step::Read));
        let _kept = gallery.take("a", read(10)).1.unwrap();
        assert_eq!(ask(&mut gallery, "b", wish(2, 2, 10)), None);
        assert_eq!(ask(&mut gallery, "c", Wish { until: PATIENCE + 1, ..wish(3, 2, 10) }), None);
        assert_eq!((gallery.pass_time(PATIENCE - 1), gallery.next().len()), (vec![], 0), "still no room");
        assert_eq!(gallery.pass_time(PATIENCE), [2], "who is told so");
        assert_eq!((gallery.pass_time(PATIENCE), gallery.send_away()), (vec![], vec![3]));
        assert_eq!((gallery.pass_time(PATIENCE + 1), gallery.send_away()), (vec![], vec![]), "once");
    }

    #[test]
    fn memory_is_free_when_nobody_is_written_it_any_more() {
        let mut gallery = gallery(100, 100);
        ask(&mut gallery, "a", wish(1, 1, 10));
        drop(gallery.take("a", read(10)));
        assert_eq!(gallery.shown.len(), 1);
        gallery.pass_time(0);
        assert_eq!(gallery.shown.len(), 0);
        assert_eq!(
            ask(&mut gallery, "b", wish(2, 1, 100)),
            Some(Step::Read),
            "all of the account is given back"
        );
    }
}
