//! The tables, side by side: who is here, what there is, who is in which room.

use std::collections::{BTreeSet, HashMap};

use super::govern::Govern;
use super::members::{Listed, Members};
use super::membership::{Mark, Membership};
use super::numbers::{self, Numbers};
use super::outside::Outside;
use super::people::People;
use super::person::Person;
use super::room::Room;
use super::rooms::Rooms;
use super::unsaved::Unsaved;
use crate::history::{Away, Entry, Millis, Passer, PersonId, RoomId, RoomKind, TokenHash};
use crate::model::names;
use crate::news::News;
use crate::refusal::{Code, Refusal};
use crate::words::Filter;

/// The room in which everybody is.
pub(crate) const LOBBY: &str = "lobby";

const GUESTS_AT_ONCE: usize = 100;

/// How much there may be of everything.
#[derive(Debug, Clone)]
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
    /// Messages of a bot in a minute, by HTTP, if its key says nothing else.
    pub hook_rate: u32,
    /// To which hosts members may have something sent.
    pub push_hosts: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Model {
    pub(super) rules: Rules,
    pub(super) people: People,
    pub(super) rooms: Rooms,
    pub(super) membership: Membership,
    pub(super) govern: Govern,
    pub(super) outside: Outside,
    /// Words that are looked for in what is said.
    pub(super) words: Filter,
    pub(super) lobby: RoomId,
    /// Arrivals that have begun here, and have not been answered.
    pub(super) arriving: HashMap<PersonId, usize>,
    pub(super) person_numbers: Numbers,
    pub(super) room_numbers: Numbers,
    /// Private talks with somebody who is gone for good, and when they end, by the calendar.
    pub(super) one_sided: BTreeSet<(Millis, RoomId)>,
    /// What has been read, and is not on its way to the disk.
    pub(super) unsaved: Unsaved,
}

impl Model {
    /// Other limits. What is there already stays, though it may be more, or longer.
    pub(crate) fn set_rules(&mut self, rules: Rules) {
        self.rules = rules;
    }

    // ---- several nodes

    /// There are other nodes: from now on this one gives out numbers that were reserved for it.
    pub(crate) fn share(&mut self) {
        self.person_numbers.share();
        self.room_numbers.share();
    }

    /// Are there other nodes? Then nobody is anybody, or is gone, but by what stands in the log.
    pub(super) fn is_shared(&self) -> bool {
        self.person_numbers.are_shared()
    }

    /// These were reserved: as many as [`Model::reserve`] asks for.
    pub(crate) fn reserved(&mut self, person: PersonId, room: RoomId) {
        self.person_numbers.add_block(person, numbers::PEOPLE);
        self.room_numbers.add_block(room, numbers::ROOMS);
    }

    /// What reserves more, if there are few left.
    pub(crate) fn reserve(&self) -> Option<Entry> {
        let are_few = self.person_numbers.are_fewer(numbers::PEOPLE / 2)
            || self.room_numbers.are_fewer(numbers::ROOMS / 2);
        are_few.then(reservation)
    }

    /// The number of the next person, or room.
    pub(super) fn next_person(&self) -> Result<PersonId, Refusal> {
        self.person_numbers.next().ok_or_else(no_number)
    }

    pub(super) fn next_room(&self) -> Result<RoomId, Refusal> {
        self.room_numbers.next().ok_or_else(no_number)
    }

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
    /// [faded](Model::fade). A guest without a token does not come back, and lasts no longer than this; but who is
    /// banned is not forgotten by going; and with other nodes nobody is before [that](Model::farewell) stands in the log. `now` is as
    /// in [`Model::apply`].
    pub(crate) fn went(&mut self, id: PersonId, at: Millis, now: Millis) -> Vec<News> {
        if self.people.go(id, at).is_some_and(Person::is_passing_guest) && !self.is_shared() {
            let mut news = self.forgotten(id, now);
            self.tell_ended(&mut news);
            return news;
        }
        if let Some(person) = self.people.get(id) {
            self.membership.place(person.by_name(), person);
        }
        Vec::new()
    }

    /// They have no connection at any other node any more, and none here.
    pub(crate) fn went_elsewhere(&mut self, id: PersonId, at: Millis) {
        self.people.go(id, at);
        if let Some(person) = self.people.get(id) {
            self.membership.place(person.by_name(), person);
        }
    }

    /// Guests who have had no connection anywhere since then, some of them: they are gone, with the node to which they came.
    pub(crate) fn guests_away(&self, since: Millis) -> Vec<Entry> {
        let is_away = |person: &&Person| {
            person.is_passing_guest()
                && !person.is_here()
                && person.seen() < since
                && !self.arriving.contains_key(&person.id())
        };
        let away = self.people.iter().filter(is_away).take(GUESTS_AT_ONCE);
        away.map(|person| self.forget(person.id(), Passer::Guest)).collect()
    }

    /// Are they gone when they go?
    pub(crate) fn is_passing_guest(&self, id: PersonId) -> bool {
        self.people.get(id).is_some_and(Person::is_passing_guest)
    }

    /// What forgets somebody who does not come back: a guest whose last connection is gone, or who never had one. `None`: they stay.
    pub(crate) fn farewell(&self, id: PersonId) -> Option<Entry> {
        let person = self.people.get(id)?;
        match person.is_guest() {
            true => person.is_passing_guest().then(|| self.forget(id, Passer::Guest)),
            false => Some(Entry::Forget { person: id, away: None }),
        }
    }

    /// Other nodes may know more of them than this one.
    pub(super) fn forget(&self, id: PersonId, whom: Passer) -> Entry {
        let known = self.people.get(id).filter(|_| self.is_shared());
        Entry::Forget { person: id, away: known.map(|person| Away { since: person.seen(), whom }) }
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

    /// May somebody know that there is this room? Of one that is not public only those do who are in it.
    pub(crate) fn may_know(&self, person: PersonId, room: RoomId) -> bool {
        self.room(room).is_some_and(Room::is_public) || self.is_member(person, room)
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

    /// The room that somebody means by a name, if they are a member. A private room is meant by its title only by those who are in
    /// it; for all others it does not exist.
    pub(crate) fn room_of(&self, person: PersonId, name: &str) -> Result<RoomId, Refusal> {
        let found =
            self.rooms.called(name).filter(|room| room.is_public() || self.is_member(person, room.id()));
        let Some(room) = found else {
            return self.titled(person, name).ok_or_else(|| Refusal::no_such_room(name));
        };
        match self.is_member(person, room.id()) {
            true => Ok(room.id()),
            false => Err(Refusal::not_member(room.name())),
        }
    }

    /// A private room that somebody is in, by its title: the oldest, if there are several.
    fn titled(&self, person: PersonId, name: &str) -> Option<RoomId> {
        let folded = names::fold_room(name);
        let private = self.rooms_of(person).filter(|room| room.is_private()).map(Room::id);
        private.filter(|&room| self.govern.is_titled(room, &folded)).min()
    }
}

/// What reserves numbers for a node that comes in.
pub(crate) fn reservation() -> Entry {
    Entry::Reserve { people: numbers::PEOPLE, rooms: numbers::ROOMS }
}

/// The room in which everybody is, as the first of all.
pub(crate) fn lobby_entry(epoch: &str, at: Millis) -> Entry {
    Entry::Create {
        room: 1,
        kind: RoomKind::Public,
        name: LOBBY.to_owned(),
        folded: names::fold_room(LOBBY),
        look: None,
        epoch: epoch.to_owned(),
        at,
        maker: None,
        title: None,
    }
}

fn no_number() -> Refusal {
    Refusal::busy("too many are new at once: try again")
}
