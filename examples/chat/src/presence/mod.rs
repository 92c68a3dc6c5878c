//! Who is here, and who is told: by name where few are, in numbers where there is a crowd, and whoever watches somebody.
//!
//! ```text
//!   somebody comes or goes ─┬─▶ audience.rs   is the room a crowd? its numbers, when it is due
//!                           ├─▶ company.rs    else the windows of those who are with them, by name
//!                           └─▶ watch.rs      the windows that show them
//! ```
//!
//! Those three know neither connections nor clocks. Here is what is told.

mod audience;
mod company;
mod watch;

use pollcat::{Outgoing, PeerId, Peers};

use crate::arrivals::user;
use crate::chat::{Chat, ticks};
use crate::cost::Cost;
use crate::history::{Millis, PersonId, RoomId, RoomKind};
use crate::members::ByName;
use crate::membership::Move;
use crate::people::Person;
use crate::rooms::Room;
use crate::sessions::Voice;
use crate::tickets::{Asker, No};
use crate::wire::{Code, Told, json};

use audience::{Counted, Numbers};
use company::Place;
use watch::Seen;

pub(crate) use audience::Crowds;
pub(crate) use watch::Watches;

/// A window for which so many bytes wait hears of those whom it watches when it has read them.
const UNREAD: usize = 64 << 10;

impl Chat {
    // ---- who is where

    /// Somebody's first connection has come, or their last one has gone.
    pub(crate) fn note_presence(&mut self, id: PersonId) {
        let Some(person) = self.people.get(id) else {
            return;
        };
        let (place, rooms) = (person.by_name().clone(), person.rooms.keys().copied().collect::<Vec<_>>());
        self.place_again(id, &place);
        rooms.into_iter().for_each(|room| self.count(room));
    }

    /// Puts somebody where they belong now in the lists of their rooms.
    pub(crate) fn place_again(&mut self, id: PersonId, old: &ByName) {
        let Some(person) = self.people.get(id) else {
            return;
        };
        for &room in person.rooms.keys() {
            let members = self.rooms.get_mut(room).map(|room| &mut room.members);
            members.into_iter().for_each(|it| it.replace(old, person.by_name(), person.is_here()));
        }
    }

    /// Others are in a room now than before.
    pub(crate) fn count(&mut self, id: RoomId) {
        if let Some(room) = self.rooms.get(id).filter(|room| room.kind == RoomKind::Public) {
            self.crowds.count(id, numbers(room));
        }
    }

    // ---- by name

    /// Those concerned hear that somebody is here, or that they are away. What that costs.
    pub(crate) fn tell_presence(&mut self, peers: &mut Peers, id: PersonId, new: bool) -> Cost {
        let Some(is_here) = self.people.get(id).map(Person::is_here) else {
            return Cost::NOTHING;
        };
        self.watches.note_online(id, is_here);
        let Some(person) = self.people.get(id) else {
            return Cost::NOTHING;
        };
        let user = user(person);
        let told = if is_here { Told::Online { user } } else { Told::Offline { user } };
        let cost = self.tell_by_name(peers, person, &json(&told));
        if new {
            self.tell_moved(peers, id, self.lobby, Move::In);
        } else {
            let words = format!("{} {}", person.name, if is_here { "is here" } else { "is away" });
            self.tell_company(peers, person, None, &words);
        }
        cost
    }

    /// Somebody has gone for good, and the rooms have been told.
    pub(crate) fn tell_offline(&self, peers: &mut Peers, id: PersonId) {
        if let Some(person) = self.people.get(id) {
            self.tell_by_name(peers, person, &json(&Told::Offline { user: user(person) }));
        }
    }

    /// Those concerned hear that somebody is called otherwise. What that costs, with the lists that they are in.
    pub(crate) fn tell_renamed(&mut self, peers: &mut Peers, id: PersonId, told: &str) -> Cost {
        self.watches.note_renamed(id);
        let Some(person) = self.people.get(id) else {
            return Cost::NOTHING;
        };
        let mut cost = self.tell_by_name(peers, person, told).and(cost_of_placing(person));
        if self.is_crowd(self.lobby) {
            tell_each(peers, self.windows_of(id), told);
            cost = cost.and(Cost::told(person.connections.len()));
        }
        cost
    }

    /// While the lobby is company everybody hears; else the others in those of somebody's rooms that are. Those who watch
    /// them hear it later, and are paid for as well.
    fn tell_by_name(&self, peers: &mut Peers, person: &Person, told: &str) -> Cost {
        let watched = Cost::rows(self.watches.count(person.id));
        if !self.is_crowd(self.lobby) {
            peers.publish(Voice::Json.topic(), told);
            return watched.and(Cost::told(peers.subscribers(Voice::Json.topic())));
        }
        let company = person.rooms.keys().filter_map(|&room| self.rooms.get(room));
        let company = company.filter(|room| !self.is_crowd(room.id)).map(|room| Place {
            room: room.id,
            here: room.members.count_here(),
            members: room.members.here(),
        });
        let hearers = company::hearers(company.collect(), person.id, |id| self.windows_of(id));
        let cost = watched.and(Cost::rows(hearers.looked_at)).and(Cost::told(hearers.windows.len()));
        tell_each(peers, hearers.windows, told);
        cost
    }

    /// Somebody's connections that speak JSON.
    pub(crate) fn windows_of(&self, person: PersonId) -> impl Iterator<Item = PeerId> {
        let connections = self.people.get(person).into_iter().flat_map(|person| &person.connections);
        connections.copied().filter(|&peer| !self.is_text(peer))
    }

    // ---- in numbers

    /// Does a room hear numbers, and not of each who comes, goes and types?
    pub(crate) fn is_crowd(&self, room: RoomId) -> bool {
        self.crowds.is_crowd(room)
    }

    /// Large rooms are crowds from the beginning: after a start everybody comes back at once.
    pub(crate) fn begin_quietly(&mut self) {
        let public = self.rooms.iter().filter(|room| room.kind == RoomKind::Public);
        self.crowds.begin(public.map(|room| (room.id, room.members.len())), ticks());
    }

    /// Crowds hear how large they are.
    pub(crate) fn tell_numbers(&mut self, peers: &mut Peers, now: Millis) {
        while let Some(Counted { room, numbers: Numbers { here, members }, crowd }) = self.crowds.next(now) {
            let Some(place) = self.rooms.get(room) else {
                continue;
            };
            peers.publish(place.news(), &json(&Told::Here { room: &place.name, here, members, crowd }));
            self.crowds.spend(now, peers.subscribers(place.news()));
        }
    }

    // ---- watching

    /// From now on a window hears of these people, wherever they are, and of nobody else whom it watched.
    pub(crate) fn watch(
        &mut self,
        peers: &mut Peers,
        asker: &Asker,
        people: Vec<PersonId>,
    ) -> Result<(), No> {
        if people.len() > watch::MOST {
            return Err(No::new(Code::BadField, format!("`people` has at most {} ids", watch::MOST)));
        }
        let rows = people.len();
        let is_online = |id| self.people.get(id).map(|person| person.shown);
        let (seen, changed) = self.watches.watch(asker.peer, people, is_online, ticks());
        let told = self.presence(asker.id.as_deref(), &seen);
        // They are put into lists, and out of them in time.
        self.charge(asker.peer, Cost::rows(rows + 2 * changed));
        self.answer(peers, asker.peer, &told);
        Ok(())
    }

    /// Windows hear of those whom they watch, if they have read what they were told before: nobody is closed for this.
    pub(crate) fn tell_watchers(&mut self, peers: &mut Peers, now: Millis) {
        while let Some((window, seen)) = self.watches.next(now, |window| peers.queued(window) < UNREAD) {
            peers.send(window, &self.presence(None, &seen));
        }
    }

    fn presence(&self, id: Option<&str>, seen: &Seen) -> String {
        let Seen { online, offline, renamed } = seen;
        let renamed = renamed.iter().filter_map(|&id| self.people.get(id)).map(user).collect();
        json(&Told::Presence { id, online, offline, renamed })
    }
}

/// What it costs to put somebody where they belong in the lists of all of their rooms: trees are read and written.
pub(crate) fn cost_of_placing(person: &Person) -> Cost {
    Cost::rows(5 * person.rooms.len())
}

/// How many are in a room.
fn numbers(room: &Room) -> Numbers {
    Numbers { here: room.members.count_here(), members: room.members.len() }
}

fn tell_each(peers: &mut Peers, windows: impl IntoIterator<Item = PeerId>, told: &str) {
    for peer in windows {
        peers.send(peer, Outgoing::from(told));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::MESSAGE;
    use crate::people::Membership;

    #[test]
    fn whoever_is_in_many_rooms_pays_for_being_put_into_all_their_lists() {
        let cost = |rooms| {
            let mut person = Person::new(1, "alice".into(), None, 0);
            person.rooms.extend((0..rooms).map(|room| (room, Membership::default())));
            cost_of_placing(&person).less(Cost::paid(MESSAGE))
        };
        assert_eq!(cost(50), Cost::NOTHING, "within the price of a new name");
        assert!(cost(1_100) > Cost::paid(MESSAGE));
    }
}
