//! What was reported and what is held back, until somebody has looked at it: where, and who has caused it. Its texts are on the
//! disk only.

use std::collections::BTreeMap;

use crate::history::{Millis, Number, PersonId, RoomId};

#[derive(Debug)]
struct Open {
    room: RoomId,
    /// Who has reported it, or wanted to say it, if that is known since the start.
    by: Option<PersonId>,
    /// When it was held back, if it was.
    held: Option<Millis>,
}

#[derive(Debug, Default)]
pub(super) struct Reports {
    open: BTreeMap<Number, Open>,
    /// Those on their way to the disk.
    pending: Vec<PersonId>,
}

impl Reports {
    pub(super) fn insert(
        &mut self,
        number: Number,
        room: RoomId,
        by: Option<PersonId>,
        held: Option<Millis>,
    ) {
        self.open.insert(number, Open { room, by, held });
    }

    pub(super) fn remove(&mut self, number: Number) -> Option<RoomId> {
        self.open.remove(&number).map(|open| open.room)
    }

    pub(super) fn room_of(&self, number: Number) -> Option<RoomId> {
        self.open.get(&number).map(|open| open.room)
    }

    /// How many there are in rooms of a kind, with those on their way.
    pub(super) fn waiting(&self, is_one: impl Fn(RoomId) -> bool) -> usize {
        self.open.values().filter(|open| is_one(open.room)).count() + self.pending.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Number, RoomId)> {
        self.open.iter().map(|(&number, open)| (number, open.room))
    }

    /// How many somebody has caused that are open.
    pub(super) fn count(&self, person: PersonId) -> usize {
        let open = self.open.values().filter(|open| open.by == Some(person)).count();
        open + self.pending.iter().filter(|&&by| by == person).count()
    }

    pub(super) fn begin(&mut self, by: PersonId) {
        self.pending.push(by);
    }

    /// One of somebody's has come to the disk, or has not.
    pub(super) fn settle(&mut self, by: PersonId) {
        if let Some(place) = self.pending.iter().position(|&one| one == by) {
            self.pending.swap_remove(place);
        }
    }

    /// What is held back of somebody since then, there or anywhere, is nothing any more.
    pub(super) fn drop_held(&mut self, of: PersonId, room: Option<RoomId>, since: Millis) {
        self.open.retain(|_, open| {
            let is_theirs = open.by == Some(of) && room.is_none_or(|room| room == open.room);
            !(is_theirs && open.held.is_some_and(|at| at >= since))
        });
    }

    pub(super) fn remove_room(&mut self, room: RoomId) {
        self.open.retain(|_, open| open.room != room);
    }
}
