//! The sessions of the admin page: who was let in, until when, and when they did something last. What lasts of them is in the
//! history; here is what the loop looks at.

use crate::history::{By, KeyHash, Millis, Number, PersonId, StoredAdminKey};
use crate::run::admin_link::same;

/// Whoever does nothing for so long has to come by a new key; and whoever does, after seven days.
pub(super) const IDLE: Millis = 12 * 3_600_000;
pub(super) const LONGEST: Millis = 7 * 86_400_000;
/// More are not kept: of whoever has the most, the one that did nothing for the longest time gives way.
pub(super) const MOST: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sitting {
    pub number: Number,
    /// The hash of the token.
    key: KeyHash,
    pub by: By,
    /// By the calendar.
    pub until: Millis,
    /// By the clock that nobody can set. When the chat starts, everybody did something.
    used: Millis,
}

#[derive(Debug, Default)]
pub(super) struct Sittings(Vec<Sitting>);

impl Sittings {
    pub(super) fn new(stored: &[StoredAdminKey], now: Millis) -> Self {
        let sitting = |stored: &StoredAdminKey| {
            let StoredAdminKey { number, key, by, until } = *stored;
            Sitting { number, key, by, until, used: now }
        };
        Sittings(stored.iter().map(sitting).collect())
    }

    pub(super) fn insert(&mut self, number: Number, key: KeyHash, by: By, until: Millis, now: Millis) {
        self.0.push(Sitting { number, key, by, until, used: now });
    }

    pub(super) fn get(&self, number: Number) -> Option<&Sitting> {
        self.0.iter().find(|sitting| sitting.number == number)
    }

    /// Whose token this is. All of them are looked at, whichever it is.
    pub(super) fn with_key(&self, key: &KeyHash) -> Option<&Sitting> {
        self.0.iter().fold(None, |found, sitting| if same(&sitting.key, key) { Some(sitting) } else { found })
    }

    pub(super) fn remove(&mut self, number: Number) -> Option<Sitting> {
        let at = self.0.iter().position(|sitting| sitting.number == number)?;
        Some(self.0.remove(at))
    }

    /// Something was done by it just now.
    pub(super) fn touch(&mut self, number: Number, now: Millis) {
        if let Some(sitting) = self.0.iter_mut().find(|sitting| sitting.number == number) {
            sitting.used = now;
        }
    }

    /// Those whose time is over; and those that are too many.
    pub(super) fn over(&self, at: Millis, now: Millis) -> Vec<Sitting> {
        let is_over = |it: &&Sitting| it.until <= at || it.used + IDLE <= now;
        let mut over: Vec<Sitting> = self.0.iter().filter(is_over).cloned().collect();
        let mut rest: Vec<&Sitting> = self.0.iter().filter(|it| !is_over(it)).collect();
        rest.sort_by_key(|it| it.used);
        while rest.len() > MOST {
            let sessions = |by| rest.iter().filter(|it| it.by == by).count();
            let most = rest.iter().map(|it| sessions(it.by)).max();
            let place = rest.iter().position(|it| Some(sessions(it.by)) == most).unwrap_or_default();
            over.push(rest.remove(place).clone());
        }
        over
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Sitting> {
        self.0.iter()
    }

    pub(super) fn of(&self, person: PersonId) -> impl Iterator<Item = &Sitting> {
        self.0.iter().filter(move |it| it.by == Some(person))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_when_it_is_idle_or_old() {
        let mut sittings = Sittings::default();
        sittings.insert(1, [1; 32], None, LONGEST, 0);
        sittings.insert(2, [2; 32], Some(7), LONGEST, 0);
        sittings.touch(2, 1_000);
        let over = |at, now, sittings: &Sittings| -> Vec<Number> {
            sittings.over(at, now).iter().map(|it| it.number).collect()
        };
        assert_eq!(over(0, IDLE - 1, &sittings).len(), 0);
        assert_eq!(over(0, IDLE, &sittings), [1]);
        assert_eq!(over(0, IDLE + 1_000, &sittings), [1, 2]);
        assert_eq!(over(LONGEST, 1_000, &sittings), [1, 2], "whatever they do");
        assert_eq!(sittings.remove(1).map(|it| it.by), Some(None));
        assert_eq!(
            (sittings.with_key(&[1; 32]), sittings.with_key(&[2; 32]).map(|it| it.number)),
            (None, Some(2))
        );
    }

    #[test]
    fn whoever_did_nothing_for_the_longest_time_gives_way() {
        let mut sittings = Sittings::default();
        for number in 0..=MOST as u64 {
            sittings.insert(number, [number as u8; 32], None, LONGEST, 0);
            sittings.touch(number, if number == 5 { 1 } else { 10 + number as Millis });
        }
        assert_eq!(sittings.over(0, 100).iter().map(|it| it.number).collect::<Vec<_>>(), [5]);
    }

    /// An admin who comes in again and again puts nobody out but themself.
    #[test]
    fn whoever_has_the_most_gives_way() {
        let mut sittings = Sittings::default();
        sittings.insert(1, [1; 32], None, LONGEST, 0);
        sittings.insert(2, [2; 32], Some(7), LONGEST, 0);
        (3..3 + MOST as u64)
            .for_each(|number| sittings.insert(number, [3; 32], Some(8), LONGEST, number as Millis));
        assert_eq!(sittings.over(0, 100).iter().map(|it| it.number).collect::<Vec<_>>(), [3, 4]);
    }

    #[test]
    fn what_is_stored_is_known_again() {
        let stored = [StoredAdminKey { number: 9, key: [9; 32], by: Some(3), until: 50 }];
        let sittings = Sittings::new(&stored, 5);
        assert_eq!(sittings.with_key(&[9; 32]).map(|it| (it.number, it.by)), Some((9, Some(3))));
        assert_eq!(
            (sittings.over(49, 5).len(), sittings.over(50, 5).len(), sittings.of(3).count()),
            (0, 1, 1)
        );
    }
}
