//! Whose reading is not on its way to the disk yet.

use std::collections::BTreeSet;

use crate::history::{PersonId, ReadMark, RoomId};

/// By rooms. Who has waited longest comes first, however many there are.
#[derive(Debug, Default)]
pub(super) struct Unsaved {
    marks: BTreeSet<(RoomId, PersonId)>,
    /// Whose turn it is.
    next: (RoomId, PersonId),
}

impl Unsaved {
    pub(super) fn len(&self) -> usize {
        self.marks.len()
    }

    pub(super) fn insert(&mut self, person: PersonId, room: RoomId) {
        self.marks.insert((room, person));
    }

    pub(super) fn remove(&mut self, person: PersonId, room: RoomId) {
        self.marks.remove(&(room, person));
    }

    /// These are on their way.
    pub(super) fn take_out(&mut self, marks: &[ReadMark]) {
        each(marks).for_each(|(person, room)| self.remove(person, room));
    }

    /// They were not even on their way.
    pub(super) fn put_back(&mut self, marks: &[ReadMark]) {
        each(marks).for_each(|(person, room)| self.insert(person, room));
    }

    /// Those whose turn it is. The next time it is the turn of those behind them.
    pub(super) fn next(&mut self, most: usize) -> Vec<(RoomId, PersonId)> {
        let mut turn = self.marks.range(self.next..).chain(self.marks.range(..self.next)).copied();
        let taken = turn.by_ref().take(most).collect();
        self.next = turn.next().unwrap_or_default();
        taken
    }

    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = (PersonId, RoomId)> {
        self.marks.iter().map(|&(room, person)| (person, room))
    }
}

fn each(marks: &[ReadMark]) -> impl Iterator<Item = (PersonId, RoomId)> {
    marks.iter().flat_map(|mark| mark.people.iter().map(|&person| (person, mark.room)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_their_turn_however_fast_others_read() {
        let mut unsaved = Unsaved::default();
        (1..=10).for_each(|person| unsaved.insert(person, 1));
        let mut saved = BTreeSet::new();
        for _ in 0..4 {
            let turn = unsaved.next(3);
            assert_eq!(turn.len(), 3);
            for (room, person) in turn {
                unsaved.remove(person, room);
                saved.insert(person);
            }
            // These have read more already.
            (1..=3).for_each(|person| unsaved.insert(person, 1));
        }
        assert_eq!(saved, (1..=10).collect());
    }
}
