//! Pictures on their way to those who look at them. Each is read once for all who ask while it is being read, and is in memory once
//! for all whom it is written to, however slowly they read.
//!
//! All of them together have a limit, and those for one address a share of it: whose wish it was when a picture was read has it
//! on their account until nobody is written it any more. Beyond that, wishes wait for a while.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Weak};

use crate::history::Millis;

/// How long a wish waits, in milliseconds. The library gives its request up at the same time.
pub(crate) const PATIENCE: Millis = 10_000;

#[derive(Debug)]
pub(crate) struct Gallery<R> {
    /// In bytes: for all, and for one address.
    limit: usize,
    share: usize,
    /// Being read from the disk.
    asked: HashMap<String, Vec<Wish<R>>>,
    /// Being written, or a moment ago.
    shown: Vec<Shown>,
    /// In order; with the length of the picture, once that is known.
    waiting: VecDeque<(String, usize, Wish<R>)>,
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
}

#[derive(Debug)]
struct Shown {
    id: String,
    bytes: Weak<[u8]>,
    length: usize,
    by: Option<IpAddr>,
}

impl<R: Copy> Gallery<R> {
    pub(crate) fn new(limit: usize, share: usize) -> Self {
        Gallery { limit, share, asked: HashMap::new(), shown: Vec::new(), waiting: VecDeque::new() }
    }

    /// Somebody wants to see a picture. True if it is to be read now; else it is being read, or the wish waits.
    pub(crate) fn ask(&mut self, id: &str, wish: Wish<R>) -> bool {
        self.ask_again(id, 1, wish)
    }

    fn ask_again(&mut self, id: &str, length: usize, wish: Wish<R>) -> bool {
        if let Some(wishes) = self.asked.get_mut(id) {
            wishes.push(wish);
            return false;
        }
        if !self.has_room(id, wish.by, length) {
            self.waiting.push_back((id.to_owned(), length, wish));
            return false;
        }
        self.asked.insert(id.to_owned(), vec![wish]);
        true
    }

    /// What is to be read now, of what has waited.
    pub(crate) fn next(&mut self, now: Millis) -> Vec<String> {
        let waiting = std::mem::take(&mut self.waiting);
        let mut next = Vec::new();
        for (id, length, wish) in waiting {
            if wish.until > now && self.ask_again(&id, length, wish) {
                next.push(id);
            }
        }
        next
    }

    /// A picture has been read, or could not be: whose wish it was, and the bytes for all of them. Those for whom there is no
    /// room go on waiting.
    pub(crate) fn take(&mut self, id: &str, bytes: Option<Arc<[u8]>>) -> (Vec<Wish<R>>, Option<Arc<[u8]>>) {
        let wishes = self.asked.remove(id).unwrap_or_default();
        let (Some(bytes), Some(&Wish { by, .. })) = (bytes, wishes.first()) else {
            return (wishes, None);
        };
        let here = self.shown.iter().filter(|shown| shown.id == id).find_map(|shown| shown.bytes.upgrade());
        if here.is_some() {
            return (wishes, here);
        }
        if !self.has_room(id, by, bytes.len()) {
            self.waiting.extend(wishes.into_iter().map(|wish| (id.to_owned(), bytes.len(), wish)));
            return (Vec::new(), None);
        }
        let (length, kept) = (bytes.len(), Arc::downgrade(&bytes));
        self.shown.push(Shown { id: id.to_owned(), bytes: kept, length, by });
        (wishes, Some(bytes))
    }

    /// Is there room for so many bytes? For a picture that is in memory anyway there is.
    fn has_room(&mut self, id: &str, by: Option<IpAddr>, length: usize) -> bool {
        self.shown.retain(|shown| shown.bytes.strong_count() > 0);
        let sum = |counts: &dyn Fn(&&Shown) -> bool| -> usize {
            self.shown.iter().filter(counts).map(|shown| shown.length).sum()
        };
        self.shown.iter().any(|shown| shown.id == id)
            || sum(&|_| true) + length <= self.limit
                && (by.is_none() || sum(&|shown| shown.by == by) + length <= self.share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(request: u32, last: u8) -> Wish<u32> {
        Wish { request, by: Some([192, 0, 2, last].into()), until: PATIENCE }
    }

    fn picture(length: usize) -> Option<Arc<[u8]>> {
        Some(vec![0; length].into())
    }

    #[test]
    fn a_picture_is_read_once_for_all_who_ask_meanwhile_and_there_once_for_all_who_look() {
        let mut gallery = Gallery::new(100, 100);
        assert!(gallery.ask("a", wish(1, 1)));
        assert!(!gallery.ask("a", wish(2, 2)) && gallery.ask("b", wish(3, 1)));
        let (wishes, first) = gallery.take("a", picture(10));
        assert_eq!(wishes, [wish(1, 1), wish(2, 2)]);
        // While somebody looks at it the disk is asked whether it is still there, and the answer is what is there.
        assert!(gallery.ask("a", wish(4, 3)));
        let (wishes, second) = gallery.take("a", picture(10));
        assert!(wishes == [wish(4, 3)] && Arc::ptr_eq(&first.unwrap(), &second.unwrap()));
        assert_eq!(gallery.take("b", None), (vec![wish(3, 1)], None), "there is none");
        assert_eq!(gallery.take("b", None), (vec![], None));
    }

    #[test]
    fn there_is_a_limit_for_all_and_a_share_for_each_address_and_wishes_wait() {
        let mut gallery = Gallery::new(100, 60);
        let mut kept = Vec::new();
        for (id, request, last, length) in [("a", 1, 1, 50), ("b", 2, 2, 40)] {
            assert!(gallery.ask(id, wish(request, last)));
            kept.push(gallery.take(id, picture(length)).1.unwrap());
        }
        // Too long for all; too long for the first. How long they are shows when they have been read.
        for (id, request, last) in [("c", 3, 3), ("d", 4, 1)] {
            assert!(gallery.ask(id, wish(request, last)));
            assert_eq!(gallery.take(id, picture(11)), (vec![], None));
        }
        assert!(gallery.ask("a", wish(5, 4)), "it is there anyway");
        assert!(gallery.take("a", picture(50)).1.is_some());
        kept.remove(0);
        let mut next = gallery.next(5_000);
        next.sort_unstable();
        assert_eq!(next, ["c", "d"]);
        for (id, expected) in [("c", wish(3, 3)), ("d", wish(4, 1))] {
            let (wishes, bytes) = gallery.take(id, picture(11));
            assert_eq!(wishes, [expected]);
            kept.extend(bytes);
        }
    }

    #[test]
    fn a_wish_does_not_wait_for_ever() {
        let mut gallery = Gallery::new(10, 10);
        assert!(gallery.ask("a", wish(1, 1)));
        let _kept = gallery.take("a", picture(10)).1.unwrap();
        assert!(!gallery.ask("b", wish(2, 2)));
        assert_eq!((gallery.next(PATIENCE - 1).len(), gallery.waiting.len()), (0, 1), "still no room");
        assert_eq!((gallery.next(PATIENCE).len(), gallery.waiting.len()), (0, 0));
    }
}
