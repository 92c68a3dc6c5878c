//! The tables as they are when the program starts: from what the history has kept.

use std::collections::{BTreeSet, HashMap};

use super::govern::Govern;
use super::membership::{Mark, Membership};
use super::numbers::Numbers;
use super::outside::Outside;
use super::people::People;
use super::person::Person;
use super::room::{Room, direct_pair};
use super::rooms::Rooms;
use super::tables::{LOBBY, Model, Rules};
use super::time::{CHORES, REMOVE_ROOMS, one_sided_until};
use super::unsaved::Unsaved;
use crate::history::{Loaded, Millis, RoomKind, StoredMember, StoredPerson};
use crate::model::names::{self, Keys};
use crate::words::Filter;

impl Model {
    /// `now` is as in [`Model::apply`]; `epoch` is a text that nobody can guess, for a lobby, if there is none yet.
    pub(crate) fn new(rules: Rules, loaded: Loaded, now: Millis, epoch: &str) -> Self {
        let mut model = Model {
            rules,
            people: People::default(),
            rooms: Rooms::default(),
            membership: Membership::default(),
            govern: Govern::new(loaded.governed),
            outside: Outside::new(loaded.outside),
            words: Filter::default(),
            lobby: 0,
            arriving: HashMap::new(),
            person_numbers: Numbers::new(loaded.next_person),
            room_numbers: Numbers::new(loaded.next_room),
            one_sided: BTreeSet::new(),
            unsaved: Unsaved::default(),
        };
        for stored in loaded.rooms {
            let maker = model.govern.traits(stored.id).and_then(|traits| traits.maker);
            model.outside.load_room(stored.id, &stored.recent);
            model.rooms.insert(Room::new(stored).made_by(maker));
        }
        loaded.people.into_iter().for_each(|stored| model.add_person(stored));
        model.withhold_names();
        loaded.members.into_iter().for_each(|stored| model.add_member(stored));
        model.note_endings(now);
        model.find_lobby(epoch);
        model
    }

    fn add_person(&mut self, stored: StoredPerson) {
        let StoredPerson { id, name, tokens, is_guest, seen, silent, is_gone, .. } = stored;
        if is_gone {
            return self.people.remember_gone(id, name);
        }
        self.people.insert(Person::stored(id, name, (tokens, is_guest), seen, silent));
        self.keep(id);
        self.people.rest(id);
    }

    /// Of those whose erasing goes on.
    fn withhold_names(&mut self) {
        for erasing in self.govern.erasing() {
            self.people.withhold(erasing.person, &Keys::of_person(&erasing.name));
        }
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
        let next = || self.room_numbers.next().unwrap_or_default();
        self.lobby = self.rooms.named(&folded).map_or_else(next, Room::id);
        if self.rooms.get(self.lobby).is_none() {
            let lobby = Room::pending((self.lobby, RoomKind::Public), LOBBY, &folded, epoch, None);
            self.begin_to_create(lobby, None);
        }
        let read = self.rooms.get(self.lobby).map_or(0, Room::last);
        let outside = &self.outside;
        for person in self.people.iter().filter(|person| !outside.is_bot(person.id())) {
            self.membership.join(person, self.lobby, Mark::new(read, Vec::new()));
        }
        self.rooms.fill(self.lobby);
    }
}
