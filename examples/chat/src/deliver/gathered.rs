//! Who has come or gone in a crowd, until those who are with them in small rooms are told: with the next tick, and a window
//! of all of them at once.
//!
//! After a restart 10,000 people are back within two seconds. Each of them told at once to the 20 of a team would be 200,000
//! writes, and the loop would be late for those who still wait to come in. Gathered by room they are some 10,000.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::Hash;
use std::ops::Bound;

use crate::history::{PersonId, RoomId};

/// What a tick may spend on telling them: some 20 ms. A frame is one, a member that is looked at another, and a window that
/// has to be written to so many more.
const IN_A_TICK: usize = 60_000;
const WINDOW: usize = 25;

#[derive(Debug, Default)]
pub(super) struct Gathered {
    people: HashMap<PersonId, Change>,
    /// By room: its windows hear of many at once.
    by_room: BTreeSet<(RoomId, PersonId)>,
    /// Who was told last: rooms take turns.
    last: Option<(RoomId, PersonId)>,
}

#[derive(Debug, Clone, Copy)]
struct Change {
    room: RoomId,
    /// As others have been told.
    was_online: bool,
    is_online: bool,
}

impl Gathered {
    /// Somebody has come or gone. `room` is the one in which most hear of it. Who comes and goes between two ticks has done
    /// neither.
    pub(super) fn note(&mut self, person: PersonId, room: RoomId, is_online: bool) {
        let was_online = self.remove(person).map_or(!is_online, |change| change.was_online);
        if was_online != is_online {
            self.people.insert(person, Change { room, was_online, is_online });
            self.by_room.insert((room, person));
        }
    }

    /// Others hear of somebody in another way.
    pub(super) fn forget(&mut self, person: PersonId) {
        self.remove(person);
    }

    /// The next one to be told of, and whether they are here.
    pub(super) fn next(&mut self) -> Option<(PersonId, bool)> {
        let behind =
            self.last.and_then(|last| self.by_room.range((Bound::Excluded(last), Bound::Unbounded)).next());
        let next = *behind.or_else(|| self.by_room.first())?;
        self.last = Some(next);
        let change = self.remove(next.1)?;
        Some((next.1, change.is_online))
    }

    fn remove(&mut self, person: PersonId) -> Option<Change> {
        let change = self.people.remove(&person)?;
        self.by_room.remove(&(change.room, person));
        Some(change)
    }
}

/// What is left of a tick for telling them.
#[derive(Debug)]
pub(super) struct Budget<W> {
    left: usize,
    /// Those that are written to in any case.
    windows: HashSet<W>,
}

impl<W: Copy + Eq + Hash> Budget<W> {
    pub(super) fn new() -> Self {
        Budget { left: IN_A_TICK, windows: HashSet::new() }
    }

    pub(super) fn is_left(&self) -> bool {
        self.left > 0
    }

    /// These windows were told of somebody. So many members were looked at for that; and to be told of nobody is work, too.
    pub(super) fn spend(&mut self, windows: &[W], looked_at: usize) {
        let new = windows.iter().filter(|&&window| self.windows.insert(window)).count();
        self.left = self.left.saturating_sub(1 + looked_at + windows.len() + WINDOW * new);
    }

    /// So many people read a line of it.
    pub(super) fn spend_on_lines(&mut self, readers: usize) {
        self.left = self.left.saturating_sub(WINDOW * readers);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(gathered: &mut Gathered) -> Vec<(PersonId, bool)> {
        std::iter::from_fn(|| gathered.next()).collect()
    }

    #[test]
    fn people_of_a_room_are_told_of_together() {
        let mut gathered = Gathered::default();
        for (person, room) in [(1, 7), (2, 3), (3, 7), (4, 3)] {
            gathered.note(person, room, person != 3);
        }
        assert_eq!(rest(&mut gathered), [(2, true), (4, true), (1, true), (3, false)]);
        assert_eq!(rest(&mut gathered), []);
    }

    #[test]
    fn who_comes_and_goes_in_between_has_done_neither() {
        let mut gathered = Gathered::default();
        gathered.note(1, 7, true);
        gathered.note(1, 8, false);
        gathered.note(2, 7, false);
        gathered.note(2, 7, true);
        gathered.note(2, 9, false);
        gathered.note(3, 7, true);
        gathered.forget(3);
        gathered.forget(4);
        assert_eq!(rest(&mut gathered), [(2, false)]);
        assert!(gathered.by_room.is_empty() && gathered.people.is_empty());
    }

    #[test]
    fn no_room_keeps_another_waiting() {
        let mut gathered = Gathered::default();
        gathered.note(1, 1, true);
        gathered.note(9, 2, true);
        assert_eq!(gathered.next(), Some((1, true)));
        gathered.note(1, 1, false);
        assert_eq!(gathered.next(), Some((9, true)), "room 1 was told just now");
        assert_eq!(gathered.next(), Some((1, false)));
    }

    #[test]
    fn a_window_that_is_written_to_hears_more_for_little() {
        let mut budget = Budget::new();
        budget.spend(&[1, 2], 3);
        budget.spend(&[1, 2], 3);
        assert_eq!(budget.left, IN_A_TICK - 2 - 6 - 4 - 2 * WINDOW);
        budget.spend(&Vec::from_iter(0..IN_A_TICK as u64), 0);
        assert!(!budget.is_left());
    }

    #[test]
    fn a_tick_has_an_end_though_nobody_hears() {
        let silent = |spend: &dyn Fn(&mut Budget<u64>)| {
            let mut budget = Budget::new();
            (0..=IN_A_TICK).find(|_| {
                spend(&mut budget);
                !budget.is_left()
            })
        };
        assert_eq!(silent(&|budget| budget.spend(&[], 0)), Some(IN_A_TICK - 1));
        assert!(silent(&|budget| budget.spend(&[], 4_000)).is_some_and(|people| people < 20));
        assert!(silent(&|budget| budget.spend_on_lines(200)).is_some_and(|people| people < 20));
    }
}
