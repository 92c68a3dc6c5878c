//! Numbers of people and rooms: which are given out next, here.
//!
//! Whoever is alone counts on. Of several nodes each has blocks of its own, which an entry of the log has given to it: two nodes never
//! call two people by one number, however far apart they are.

use std::collections::VecDeque;
use std::ops::Range;

/// So many are a block.
pub(crate) const PEOPLE: u64 = 1000;
pub(crate) const ROOMS: u64 = 200;

#[derive(Debug)]
pub(super) struct Numbers {
    /// Beyond all that are known.
    beyond: u64,
    /// `None`: all of them are given out here.
    own: Option<VecDeque<Range<u64>>>,
}

impl Numbers {
    pub(super) fn new(next: u64) -> Self {
        Numbers { beyond: next, own: None }
    }

    /// From now on only those of blocks are given out.
    pub(super) fn share(&mut self) {
        self.own.get_or_insert_default();
    }

    /// Are there other nodes, which give out others?
    pub(super) fn are_shared(&self) -> bool {
        self.own.is_some()
    }

    pub(super) fn add_block(&mut self, first: u64, length: u64) {
        if let Some(own) = &mut self.own {
            own.push_back(first..first + length);
        }
    }

    /// The next one; it is used up when it is [passed](Self::pass). `None`: a block has to come first.
    pub(super) fn next(&self) -> Option<u64> {
        match &self.own {
            None => Some(self.beyond),
            Some(own) => own.front().map(|block| block.start),
        }
    }

    /// This one is somebody's.
    pub(super) fn pass(&mut self, number: u64) {
        self.beyond = self.beyond.max(number.saturating_add(1));
        let Some(own) = &mut self.own else { return };
        if let Some(block) = own.iter_mut().find(|block| block.contains(&number)) {
            block.start = number.saturating_add(1);
        }
        while own.front().is_some_and(Range::is_empty) {
            own.pop_front();
        }
    }

    /// Was it ever somebody's, as far as is known here?
    pub(super) fn was_given(&self, number: u64) -> bool {
        number < self.beyond
    }

    /// Are fewer left than these?
    pub(super) fn are_fewer(&self, than: u64) -> bool {
        self.own
            .as_ref()
            .is_some_and(|own| own.iter().map(|block| block.end - block.start).sum::<u64>() < than)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_alone_counts_on() {
        let mut numbers = Numbers::new(5);
        assert_eq!(numbers.next(), Some(5));
        numbers.pass(9);
        assert_eq!((numbers.next(), numbers.was_given(9), numbers.was_given(10)), (Some(10), true, false));
        assert!(!numbers.are_fewer(u64::MAX));
    }

    #[test]
    fn of_several_nodes_each_has_its_own() {
        let mut numbers = Numbers::new(5);
        numbers.share();
        assert_eq!((numbers.next(), numbers.are_fewer(1)), (None, true));
        numbers.add_block(1000, 2);
        numbers.add_block(3000, 2);
        assert!(numbers.are_fewer(5) && !numbers.are_fewer(4));
        // Somebody else's, however high.
        numbers.pass(2999);
        assert_eq!(numbers.next(), Some(1000));
        for expected in [1000, 1001, 3000, 3001] {
            assert_eq!(numbers.next(), Some(expected));
            numbers.pass(expected);
        }
        assert_eq!((numbers.next(), numbers.was_given(3001), numbers.was_given(3002)), (None, true, false));
    }
}
