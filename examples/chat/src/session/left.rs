//! Where those came from whose connections have ended within the last hour: a ban is for their addresses, too.

use std::collections::VecDeque;
use std::net::IpAddr;

use crate::history::{Millis, PersonId};

/// So long they are remembered, in milliseconds.
const REMEMBERED: Millis = 3_600_000;
/// So many of them; beyond that the oldest go.
const MOST: usize = 20_000;

/// Ended connections, in the order in which they ended.
#[derive(Debug, Default)]
pub(crate) struct Left {
    ended: VecDeque<(Millis, PersonId, IpAddr)>,
}

impl Left {
    pub(crate) fn note(&mut self, person: PersonId, address: IpAddr, now: Millis) {
        // A page that is loaded again and again from one place.
        if self.ended.back().is_some_and(|&(_, who, from)| (who, from) == (person, address)) {
            self.ended.pop_back();
        }
        if self.ended.len() >= MOST {
            self.ended.pop_front();
        }
        self.ended.push_back((now, person, address));
    }

    /// The latest first.
    pub(crate) fn of(&self, person: PersonId, now: Millis) -> impl Iterator<Item = IpAddr> {
        let lately =
            self.ended.iter().rev().filter(move |(at, who, _)| *who == person && at + REMEMBERED > now);
        lately.map(|&(_, _, address)| address)
    }

    pub(crate) fn pass_time(&mut self, now: Millis) {
        while self.ended.front().is_some_and(|(at, ..)| *at + REMEMBERED <= now) {
            self.ended.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    #[test]
    fn addresses_are_remembered_for_an_hour() {
        let mut left = Left::default();
        left.note(1, address(1), 0);
        left.note(2, address(2), 10);
        left.note(1, address(3), 20);
        let of = |left: &Left, now| left.of(1, now).collect::<Vec<_>>();
        assert_eq!(of(&left, 20), [address(3), address(1)]);
        assert_eq!(of(&left, REMEMBERED + 1), [address(3)]);
        left.pass_time(REMEMBERED + 10);
        assert_eq!(left.ended.len(), 1);
    }

    #[test]
    fn there_is_an_end_to_how_many() {
        let mut left = Left::default();
        (0..MOST as u64 + 5).for_each(|one| left.note(one, address(1), 0));
        assert_eq!((left.ended.len(), left.of(4, 1).count(), left.of(5, 1).count()), (MOST, 0, 1));
        (0..100).for_each(|now| left.note(7, address(9), now));
        assert_eq!(left.of(7, 99).filter(|&it| it == address(9)).count(), 1, "one place is there once");
    }
}
