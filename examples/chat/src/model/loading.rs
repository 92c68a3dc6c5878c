//! The tables as they are when the program starts: from what the history has kept.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::membership::{Mark, Membership};
use super::people::{People, Person};
use super::rooms::{Room, Rooms, direct_pair};
use super::tables::{LOBBY, Model, Rules};
use super::time::{CHORES, REMOVE_ROOMS, one_sided_until};
use crate::history::{Loaded, Millis, RoomKind, StoredMember, StoredPerson};
use crate::model::names;

impl Model {
    /// `now` is as in [`Model::apply`]; `epoch` is a text that nobody can guess, for a lobby, if there is none yet.
    pub(crate) fn new(rules: Rules, loaded: Loaded, now: Millis, epoch: &str) -> Self {
        let mut model = Model {
            rules,
            people: People::default(),
            rooms: Rooms::default(),
            membership: Membership::default(),
            lobby: 0,
            arriving: HashMap::new(),
            next_person: loaded.next_person,
            next_room: loaded.next_room,
            one_sided: BTreeSet::new(),
            unsaved: HashSet::new(),
        };
        loaded.rooms.into_iter().for_each(|stored| model.rooms.insert(Room::new(stored)));
        loaded.people.into_iter().for_each(|stored| model.add_person(stored));
        loaded.members.into_iter().for_each(|stored| model.add_member(stored));
        model.note_endings(now);
        model.find_lobby(epoch);
        model
    }

    fn add_person(&mut self, stored: StoredPerson) {
        let StoredPerson { id, name, token, seen, silent, .. } = stored;
        let Some(token) = token else {
            return self.people.remember_gone(id, name);
        };
        self.people.insert(Person::stored(id, name, token, seen, silent));
        self.people.rest(id);
    }

    fn add_member(&mut self, stored: StoredMember) {
        let StoredMember { room, person, read, mentions } = stored;
        if let (Some(_), Some(person)) = (self.rooms.get(room), self.people.get(person)) {
            self.membership.join(person, room, Mark::new(read, mentions));
        }
    }

    /// Rooms without members are removed in time, and so are talks with somebody who is gone.
    fn note_endings(&mut self, now: Millis) {
        let mut empty = Vec::new();
        for room in self.rooms.iter() {
            let pair = direct_pair(room.name());
            if self.members(room.id()).is_empty() {
                empty.push((room.id(), if room.last() > 0 { REMOVE_ROOMS } else { CHORES }));
            } else if pair.is_some_and(|pair| pair.into_iter().any(|one| self.people.get(one).is_none())) {
                self.one_sided.insert((one_sided_until(room), room.id()));
            }
        }
        empty.into_iter().for_each(|(room, patience)| self.rooms.empty(room, now + patience));
    }

    /// Nobody leaves the lobby; a crash may have come between a person's first entry and the second.
    fn find_lobby(&mut self, epoch: &str) {
        let folded = names::fold_room(LOBBY);
        self.lobby = self.rooms.named(&folded).map_or(self.next_room, Room::id);
        if self.rooms.get(self.lobby).is_none() {
            self.begin_to_create(Room::pending(self.lobby, RoomKind::Public, LOBBY, &folded, epoch));
        }
        let read = self.rooms.get(self.lobby).map_or(0, Room::last);
        for person in self.people.iter() {
            self.membership.join(person, self.lobby, Mark::new(read, Vec::new()));
        }
        self.rooms.fill(self.lobby);
    }
}
