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
    /// When they did something here last, and not at another node.
    used_here: Option<Millis>,
}

#[derive(Debug, Default)]
pub(super) struct Sittings(Vec<Sitting>);

impl Sittings {
    pub(super) fn new(stored: &[StoredAdminKey], now: Millis) -> Self {
        let sitting = |stored: &StoredAdminKey| {
            let StoredAdminKey { number, key, by, until } = *stored;
            Sitting { number, key, by, until, used: now, used_here: None }
        };
        Sittings(stored.iter().map(sitting).collect())
    }

    pub(super) fn insert(&mut self, number: Number, key: KeyHash, by: By, until: Millis, now: Millis) {
        self.0.push(Sitting { number, key, by, until, used: now, used_here: None });
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
            (sitting.used, sitting.used_here) = (now, Some(now));
        }
    }

    /// Something was done by it at another node, so long ago.
    pub(super) fn touched_elsewhere(&mut self, number: Number, idle: Millis, now: Millis) {
        if let Some(sitting) = self.0.iter_mut().find(|sitting| sitting.number == number) {
            sitting.used = sitting.used.max(now.saturating_sub(idle.max(0)));
        }
    }

    /// How long ago something was done by it here.
    pub(super) fn idle_here(&self, number: Number, now: Millis) -> Option<Millis> {
        self.get(number)?.used_here.map(|used| now - used)
    }

    /// Those whose time is over.
    pub(super) fn over(&self, at: Millis, now: Millis) -> Vec<Number> {
        self.0.iter().filter(|it| it.is_over(at, now)).map(|it| it.number).collect()
    }

    /// Those that are too many.
    pub(super) fn surplus(&self, at: Millis, now: Millis) -> Vec<Number> {
        let mut surplus = Vec::new();
        let mut rest: Vec<&Sitting> = self.0.iter().filter(|it| !it.is_over(at, now)).collect();
        rest.sort_by_key(|it| it.used);
        while rest.len() > MOST {
            let sessions = |by| rest.iter().filter(|it| it.by == by).count();
            let most = rest.iter().map(|it| sessions(it.by)).max();
            let place = rest.iter().position(|it| Some(sessions(it.by)) == most).unwrap_or_default();
            surplus.push(rest.remove(place).number);
        }
        surplus
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Sitting> {
        self.0.iter()
    }

    pub(super) fn of(&self, person: PersonId) -> impl Iterator<Item = &Sitting> {
        self.0.iter().filter(move |it| it.by == Some(person))
    }
}

impl Sitting {
    fn is_over(&self, at: Millis, now: Millis) -> bool {
        self.until <= at || self.used + IDLE <= now
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
        let over = |at, now, sittings: &Sittings| sittings.over(at, now);
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
    fn what_was_done_at_another_node_counts_as_done() {
        let mut sittings = Sittings::default();
        sittings.insert(1, [1; 32], None, LONGEST, 0);
        sittings.touched_elsewhere(1, 5_000, 20_000);
        sittings.touched_elsewhere(1, 90_000, 21_000); // said before, and heard later
        assert_eq!((sittings.over(0, IDLE + 14_999).len(), sittings.over(0, IDLE + 15_000).len()), (0, 1));
        assert_eq!(sittings.idle_here(1, 30_000), None);
        sittings.touch(1, 25_000);
        assert_eq!(sittings.idle_here(1, 30_000), Some(5_000));
    }

    #[test]
    fn whoever_did_nothing_for_the_longest_time_gives_way() {
        let mut sittings = Sittings::default();
        for number in 0..=MOST as u64 {
            sittings.insert(number, [number as u8; 32], None, LONGEST, 0);
            sittings.touch(number, if number == 5 { 1 } else { 10 + number as Millis });
        }
        assert_eq!((sittings.surplus(0, 100), sittings.over(0, 100).len()), (vec![5], 0));
    }

    /// An admin who comes in again and again puts nobody out but themself.
    #[test]
    fn whoever_has_the_most_gives_way() {
        let mut sittings = Sittings::default();
        sittings.insert(1, [1; 32], None, LONGEST, 0);
        sittings.insert(2, [2; 32], Some(7), LONGEST, 0);
        (3..3 + MOST as u64)
            .for_each(|number| sittings.insert(number, [3; 32], Some(8), LONGEST, number as Millis));
        assert_eq!(sittings.surplus(0, 100), [3, 4]);
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
