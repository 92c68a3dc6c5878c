//! The tables, as they are when the program starts: from what the history has kept.

use std::collections::BTreeSet;

use crate::chat::ticks;
use crate::departures::{CHORES, REMOVE_ROOMS, one_sided_until};
use crate::history::{Loaded, Millis, RoomId, StoredMember, StoredPerson};
use crate::people::{Membership, People, Person};
use crate::rooms::{Room, Rooms, direct_pair};

#[derive(Default)]
pub(crate) struct Tables {
    pub people: People,
    pub rooms: Rooms,
    /// Private talks with somebody who is gone, and when they end.
    pub one_sided: BTreeSet<(Millis, RoomId)>,
}

impl Tables {
    pub(crate) fn of(loaded: Loaded) -> Self {
        let mut tables = Tables::default();
        loaded.rooms.into_iter().for_each(|stored| tables.rooms.insert(Room::new(stored)));
        loaded.people.into_iter().for_each(|stored| tables.add_person(stored));
        loaded.members.into_iter().for_each(|stored| tables.add_member(stored));
        tables.note_endings();
        tables
    }

    fn add_person(&mut self, stored: StoredPerson) {
        let StoredPerson { id, name, token, seen, silent, .. } = stored;
        if token.is_none() {
            return self.people.remember_gone(id, name);
        }
        let mut person = Person::new(id, name, token, seen);
        person.silent = silent;
        self.people.insert(person);
        self.people.rest(id);
    }

    fn add_member(&mut self, stored: StoredMember) {
        let (room, person) = (self.rooms.get_mut(stored.room), self.people.get_mut(stored.person));
        if let (Some(room), Some(person)) = (room, person) {
            room.members.insert(person.by_name().clone(), false);
            person.rooms.insert(stored.room, Membership { read: stored.read, mentions: stored.mentions });
        }
    }

    /// Rooms without members are removed in time, and so are talks with somebody who is gone.
    fn note_endings(&mut self) {
        let mut empty = Vec::new();
        for room in self.rooms.iter() {
            let pair = direct_pair(&room.name);
            if room.members.is_empty() {
                empty.push((room.id, if room.last > 0 { REMOVE_ROOMS } else { CHORES }));
            } else if pair.is_some_and(|pair| pair.into_iter().any(|one| self.people.get(one).is_none())) {
                self.one_sided.insert((one_sided_until(room), room.id));
            }
        }
        empty.into_iter().for_each(|(room, patience)| self.rooms.empty(room, ticks() + patience));
    }
}
