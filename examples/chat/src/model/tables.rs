//! The tables, side by side: who is here, what there is, who is in which room.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::members::{Listed, Members};
use super::membership::{Mark, Membership};
use super::people::{People, Person};
use super::rooms::{Room, Rooms};
use crate::history::{Millis, PersonId, RoomId, RoomKind, TokenHash};
use crate::model::names;
use crate::news::News;
use crate::refusal::{Code, Refusal};

/// The room in which everybody is.
pub(crate) const LOBBY: &str = "lobby";

/// How much there may be of everything.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    /// In characters, as the next two.
    pub max_name: usize,
    pub max_room_name: usize,
    pub max_message: usize,
    pub max_people: usize,
    pub max_rooms: usize,
    pub max_rooms_per_person: usize,
    pub max_members: usize,
    /// Events of a room in memory.
    pub recent: usize,
}

#[derive(Debug)]
pub(crate) struct Model {
    pub(super) rules: Rules,
    pub(super) people: People,
    pub(super) rooms: Rooms,
    pub(super) membership: Membership,
    pub(super) lobby: RoomId,
    /// Arrivals that have begun here, and have not been answered.
    pub(super) arriving: HashMap<PersonId, usize>,
    pub(super) next_person: PersonId,
    pub(super) next_room: RoomId,
    /// Private talks with somebody who is gone for good, and when they end, by the calendar.
    pub(super) one_sided: BTreeSet<(Millis, RoomId)>,
    /// What has been read, and is not on its way to the disk.
    pub(super) unsaved: HashSet<(PersonId, RoomId)>,
}

impl Model {
    // ---- who is here

    /// Somebody has a connection, and had none.
    pub(crate) fn came(&mut self, id: PersonId, at: Millis) -> Vec<News> {
        if let Some(person) = self.people.come(id, at) {
            self.membership.place(person.by_name(), person);
        }
        let new = self.people.get(id).is_some_and(|person| !person.is_met());
        if self.people.show(id, true) { vec![News::Came { person: id, new }] } else { Vec::new() }
    }

    /// Their last connection has gone. Whoever comes back soon never went: others are told when they have
    /// [faded](Model::fade). A guest without a token does not come back, and lasts no longer than this. `now` is as in
    /// [`Model::apply`].
    pub(crate) fn went(&mut self, id: PersonId, at: Millis, now: Millis) -> Vec<News> {
        if self.people.go(id, at).is_some_and(|person| !person.has_token()) {
            return self.forgotten(id, now);
        }
        if let Some(person) = self.people.get(id) {
            self.membership.place(person.by_name(), person);
        }
        Vec::new()
    }

    /// They have been away for a while.
    pub(crate) fn fade(&mut self, id: PersonId) -> Vec<News> {
        let is_away = self.people.get(id).is_some_and(|person| !person.is_here());
        if is_away && self.people.show(id, false) { vec![News::Went { person: id }] } else { Vec::new() }
    }

    /// Who is here, the oldest first.
    pub(crate) fn here(&self) -> impl ExactSizeIterator<Item = &Person> {
        self.people.here()
    }

    // ---- people

    pub(crate) fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.get(id)
    }

    /// What somebody is called, who is perhaps gone.
    pub(crate) fn name_of(&self, id: PersonId) -> &str {
        self.people.name_of(id)
    }

    /// Whoever has a name that looks like this.
    pub(crate) fn called(&self, name: &str) -> Option<PersonId> {
        self.people.named(&names::fold_person(name))
    }

    pub(crate) fn with_token(&self, token: &TokenHash) -> Option<PersonId> {
        self.people.with_token(token)
    }

    // ---- rooms

    pub(crate) fn lobby(&self) -> RoomId {
        self.lobby
    }

    pub(crate) fn room(&self, id: RoomId) -> Option<&Room> {
        self.rooms.get(id)
    }

    /// Rooms that anybody may join, in the order of their names, those behind this name.
    pub(crate) fn listed(&self, after: &str) -> impl Iterator<Item = &Room> {
        self.rooms.listed(after)
    }

    // ---- who is in which

    pub(crate) fn is_member(&self, person: PersonId, room: RoomId) -> bool {
        self.membership.is_member(person, room)
    }

    pub(crate) fn mark(&self, person: PersonId, room: RoomId) -> Option<&Mark> {
        self.membership.mark(person, room)
    }

    pub(crate) fn rooms_of(&self, person: PersonId) -> impl Iterator<Item = &Room> {
        self.membership.rooms_of(person).filter_map(|room| self.rooms.get(room))
    }

    pub(crate) fn members(&self, room: RoomId) -> &Members {
        self.membership.members_of(room)
    }

    /// A page of the members of a room, and how many names were looked at: those behind `after`, with `part` in their names.
    pub(crate) fn who(
        &self,
        room: RoomId,
        part: &str,
        after: Option<PersonId>,
        limit: usize,
    ) -> Result<Listed, Refusal> {
        let after = match after.map(|id| self.people.get(id)) {
            None => None,
            Some(Some(person)) => Some((person.by_name(), person.is_here())),
            Some(None) => {
                return Err(Refusal::new(Code::NoSuchPerson, "`after` is gone: begin the list anew"));
            }
        };
        Ok(self.members(room).list(part, after, limit))
    }

    /// The room that somebody means by a name, if they are a member.
    pub(crate) fn room_of(&self, person: PersonId, name: &str) -> Result<RoomId, Refusal> {
        let Some(room) = self.rooms.called(name) else {
            return Err(Refusal::no_such_room(name));
        };
        // Nobody learns who talks to whom.
        match self.is_member(person, room.id()) {
            true => Ok(room.id()),
            false if room.kind() == RoomKind::Direct => Err(Refusal::no_such_room(name)),
            false => Err(Refusal::not_member(room.name())),
        }
    }
}
