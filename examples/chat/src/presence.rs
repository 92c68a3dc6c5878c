//! Who is here, and who is told: everybody by name while they are few, and only how many they are in a crowd.
//!
//! ```text
//!   200 here ─▶ the next one makes a crowd          160 here ─▶ by name again
//!   in a crowd:  online, offline   to those who talk with them in private
//!                joined, left      in rooms of at most 200 members
//!                here              the numbers, to all, once a second if they have changed
//! ```
//!
//! So an arrival costs the same however many are here. One by one, 10,000 newcomers would be told to each other in 100
//! million messages.

use std::collections::HashSet;

use pollcat::{Outgoing, PeerId, Peers};

use crate::arrivals::user;
use crate::chat::Chat;
use crate::cost::Cost;
use crate::history::{Millis, PersonId};
use crate::members::ByName;
use crate::membership::Move;
use crate::people::Person;
use crate::rooms::{Room, direct_partner};
use crate::sessions::Voice;
use crate::wire::{Told, json};

/// More people than this are a crowd; and a room with more members does not hear who comes, goes and types.
pub(crate) const COMPANY: usize = 200;
/// A crowd is none any more when so few are left: it does not change its mind with each of them.
const FEW: usize = 160;
/// How often a crowd is told its number, in milliseconds for each person, and at least.
const PER_HEARER: (Millis, Millis) = (1, 2);
const AT_MOST_EVERY: Millis = 1_000;

/// Whether those who are here are a crowd, and what they were told of it.
#[derive(Debug, Default)]
pub(crate) struct Crowd {
    is_one: bool,
    told: Option<Numbers>,
    /// When it may be told again.
    next: Millis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Numbers {
    crowd: bool,
    here: usize,
    members: usize,
}

impl Crowd {
    /// So many are here now.
    fn watch(&mut self, here: usize) {
        self.is_one = here > if self.is_one { FEW } else { COMPANY };
    }

    pub(crate) fn is_one(&self) -> bool {
        self.is_one
    }

    /// What is to be told now, if anything: what has changed, not too often; and at last that it is by name again.
    fn news(&mut self, now: Millis, here: usize, members: usize) -> Option<Numbers> {
        let numbers = Numbers { crowd: self.is_one, here, members };
        let is_due = now >= self.next && self.told.map_or(self.is_one, |told| told != numbers);
        if !is_due {
            return None;
        }
        self.told = Some(numbers).filter(|numbers| numbers.crowd);
        self.next = now + AT_MOST_EVERY.max(here as Millis * PER_HEARER.0 / PER_HEARER.1);
        Some(numbers)
    }
}

impl Chat {
    /// Somebody's first connection has come, or their last one has gone.
    pub(crate) fn note_presence(&mut self, id: PersonId) {
        self.crowd.watch(self.people.here().len());
        let place = self.people.get(id).map(|person| person.by_name().clone());
        place.into_iter().for_each(|place| self.place_again(id, &place));
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

    /// Those concerned hear that somebody is here, or that they are away.
    pub(crate) fn tell_presence(&self, peers: &mut Peers, id: PersonId, new: bool) {
        let Some(person) = self.people.get(id) else {
            return;
        };
        let user = user(person);
        let here = person.is_here();
        self.tell_by_name(peers, person, &if here { Told::Online { user } } else { Told::Offline { user } });
        if new {
            return self.tell_moved(peers, id, self.lobby, Move::In);
        }
        let words = format!("{} {}", person.name, if here { "is here" } else { "is away" });
        self.tell_company(peers, person, None, &words);
    }

    /// Somebody has gone for good, and the rooms have been told.
    pub(crate) fn tell_offline(&self, peers: &mut Peers, id: PersonId) {
        if let Some(person) = self.people.get(id) {
            self.tell_by_name(peers, person, &Told::Offline { user: user(person) });
        }
    }

    fn tell_by_name(&self, peers: &mut Peers, person: &Person, told: &Told<'_>) {
        let told = json(told);
        if self.crowd.is_one() {
            tell_each(peers, self.partners_of(person), &told);
        } else {
            peers.publish(Voice::Json.topic(), &told);
        }
    }

    /// Those concerned hear that somebody is called otherwise. What that costs, with the lists that they are in.
    pub(crate) fn tell_renamed(&self, peers: &mut Peers, person: &Person, told: &str) -> Cost {
        let listed = cost_of_placing(person);
        if !self.crowd.is_one() {
            peers.publish(Voice::Json.topic(), told);
            return listed.and(Cost::told(self.sessions.len()));
        }
        let company = self.company_of(person);
        let met = self.rooms_of_company(person).map(|room| room.members.count_here()).sum();
        let cost = listed.and(Cost::rows(met)).and(Cost::told(company.len()));
        tell_each(peers, company, told);
        cost
    }

    /// A crowd hears how large it is.
    pub(crate) fn tell_numbers(&mut self, peers: &mut Peers, now: Millis) {
        let members = self.rooms.get(self.lobby).map_or(0, |lobby| lobby.members.len());
        if let Some(Numbers { crowd, here, members }) =
            self.crowd.news(now, self.people.here().len(), members)
        {
            peers.publish(Voice::Json.topic(), &json(&Told::Here { here, members, crowd }));
        }
    }

    /// Is a room too large to hear of each of its members?
    pub(crate) fn is_quiet(&self, room: &Room) -> bool {
        self.crowd.is_one() && room.members.len() > COMPANY
    }

    /// The connections of those who talk with somebody in private.
    fn partners_of(&self, person: &Person) -> HashSet<PeerId> {
        let talks = person.rooms.keys().filter_map(|&room| self.rooms.get(room));
        let partners = talks.filter_map(|room| direct_partner(&room.name, person.id));
        partners.flat_map(|partner| self.windows_of(partner)).collect()
    }

    /// The connections of those who are with somebody in a talk or in a room that is not too large; one's own, too.
    fn company_of(&self, person: &Person) -> HashSet<PeerId> {
        let company = self.rooms_of_company(person).flat_map(|room| room.members.here());
        company.chain([person.id]).flat_map(|member| self.windows_of(member)).collect()
    }

    fn rooms_of_company(&self, person: &Person) -> impl Iterator<Item = &Room> {
        let rooms = person.rooms.keys().filter_map(|&room| self.rooms.get(room));
        rooms.filter(|room| room.members.len() <= COMPANY)
    }

    /// Somebody's connections that speak JSON.
    fn windows_of(&self, person: PersonId) -> impl Iterator<Item = PeerId> {
        let connections = self.people.get(person).into_iter().flat_map(|person| &person.connections);
        connections.copied().filter(|&peer| !self.is_text(peer))
    }
}

/// What it costs to put somebody where they belong in the lists of all of their rooms: trees are read and written.
pub(crate) fn cost_of_placing(person: &Person) -> Cost {
    Cost::rows(5 * person.rooms.len())
}

fn tell_each(peers: &mut Peers, windows: HashSet<PeerId>, told: &str) {
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
    fn a_crowd_does_not_change_its_mind_with_each_of_them() {
        let mut crowd = Crowd::default();
        let mut changes = Vec::new();
        let (up, down) = (0..=400, (0..400).rev());
        for here in up.chain(down).chain([199, 200, 201, 161, 201, 160, 200]) {
            let before = crowd.is_one();
            crowd.watch(here);
            if crowd.is_one() != before {
                changes.push((here, crowd.is_one()));
            }
        }
        assert_eq!(changes, [(201, true), (160, false), (201, true), (160, false)]);
    }

    #[test]
    fn a_crowd_is_told_its_number_when_it_has_changed_and_not_too_often() {
        let mut crowd = Crowd::default();
        let mut told = |now, here, members| {
            crowd.watch(here);
            crowd.news(now, here, members).map(|numbers| (numbers.here, numbers.crowd))
        };
        assert_eq!(told(0, 200, 300), None, "that is no crowd");
        assert_eq!(told(500, 201, 300), Some((201, true)));
        assert_eq!(told(1_000, 202, 300), None, "half a second later");
        assert_eq!(told(1_500, 202, 300), Some((202, true)));
        assert_eq!(told(3_000, 202, 300), None, "nothing has changed");
        assert_eq!(told(3_000, 202, 301), Some((202, true)), "but the members");
        assert_eq!(told(4_000, 10_000, 20_000), Some((10_000, true)));
        assert_eq!(told(8_999, 10_001, 20_000), None, "2,000 are told in a second, and no more");
        assert_eq!(told(9_000, 10_001, 20_000), Some((10_001, true)));
        assert_eq!(told(20_000, 160, 20_000), Some((160, false)), "from here on by name");
        assert_eq!(told(30_000, 100, 20_000), None);
    }

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
