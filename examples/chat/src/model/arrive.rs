//! How somebody becomes somebody: the entries that make a new person.

use super::tables::Model;
use crate::history::{Entry, Millis, Passer, PersonId, TokenHash};
use crate::model::names::{self, Keys};
use crate::refusal::Refusal;

/// So many give way to one who comes, where there are more than may be since the limit was lowered: they go bit by bit, and what one
/// arrival costs has a bound.
const GIVE_WAY: usize = 16;

/// A new person, who is in the lobby as everybody is.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub person: PersonId,
    /// Those who give way.
    pub gone: Vec<Entry>,
    pub arrive: Entry,
    pub join: Entry,
}

impl Model {
    /// The name that a newcomer wishes for, as it is shown.
    pub(crate) fn grant(&self, wish: &str) -> Result<String, Refusal> {
        let name = names::check_person(wish, self.rules.max_name).map_err(Refusal::bad_name)?;
        if self.people.is_taken(&name.keys, None) {
            return Err(Refusal::name_taken());
        }
        self.check_words(&name.shown).map(|()| name.shown)
    }

    /// Somebody new, under a name that was granted, or a guest's. Those who passed by, and were never noticed, give way
    /// when no more people can be remembered. If there are too many already, they do not become more.
    pub(crate) fn arrive(
        &self,
        name: Option<String>,
        token: Option<TokenHash>,
        at: Millis,
    ) -> Result<Arrival, Refusal> {
        let too_many = (self.people.len() + 1).saturating_sub(self.rules.max_people);
        let at_once = too_many.min(GIVE_WAY);
        let gone: Vec<Entry> =
            self.people.passing().take(at_once).map(|person| self.forget(person, Passer::Silent)).collect();
        if too_many > 0 && gone.is_empty() {
            return Err(Refusal::no_room_for_people());
        }
        let person = self.next_person()?;
        let name = name.unwrap_or_else(|| names::guest_name(person));
        let (folded, look) = Keys::of_person(&name).split();
        let arrive = Entry::Arrive { person, name, folded, look, token, at };
        Ok(Arrival { person, gone, arrive, join: self.join_lobby(person) })
    }

    /// The same once more, of somebody whom the disk could not take when they came.
    pub(crate) fn arrive_again(&self, person: PersonId, at: Millis) -> Option<Arrival> {
        let person = self.people.get(person)?;
        let name = person.name().to_owned();
        let (folded, look) = Keys::of_person(&name).split();
        let token = person.tokens().first().copied();
        let arrive = Entry::Arrive { person: person.id(), name, folded, look, token, at };
        Some(Arrival { person: person.id(), gone: Vec::new(), arrive, join: self.join_lobby(person.id()) })
    }

    fn join_lobby(&self, person: PersonId) -> Entry {
        let read = self.rooms.get(self.lobby).map_or(0, |lobby| lobby.last());
        Entry::Join { room: self.lobby, person, read }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Done, Loaded, StoredPerson};
    use crate::model::Rules;
    use crate::refusal::Code;

    fn model(passers: PersonId, max_people: usize) -> Model {
        let person = |id| StoredPerson {
            id,
            name: format!("passer-{id}"),
            folded: format!("passer-{id}"),
            tokens: vec![[id as u8; 32]],
            is_guest: false,
            is_gone: false,
            seen: id as Millis,
            // The first is somebody who stays.
            silent: id > 1,
        };
        let people = (1..=passers + 1).map(person).collect();
        let loaded = Loaded { people, next_person: passers + 2, next_room: 1, ..Loaded::default() };
        let rules = Rules {
            max_name: 100,
            max_room_name: 100,
            max_message: 100,
            max_people,
            max_rooms: 100,
            max_rooms_per_person: 100,
            max_members: 100,
            recent: 100,
            hook_rate: 1,
            push_hosts: Vec::new(),
        };
        Model::new(rules, loaded, 0, "epoch")
    }

    /// Once, all of them gave way to the first who came: more than the way to the disk takes. And where there were too few of them
    /// nobody came in, and nobody gave way.
    #[test]
    fn where_there_are_too_many_people_they_become_fewer_bit_by_bit() {
        let mut model = model(40, 10);
        let mut gave_way = Vec::new();
        let refusal = loop {
            let arrival = match model.arrive(None, None, 0) {
                Ok(arrival) => arrival,
                Err(refusal) => break refusal,
            };
            gave_way.push(arrival.gone.len());
            arrival.gone.iter().chain([&arrival.arrive]).for_each(|entry| model.begin(entry));
        };
        assert_eq!(gave_way, [16, 16, 2, 1, 1, 1, 1, 1, 1]);
        assert_eq!((refusal.code, model.people.len()), (Code::Busy, 10));
        assert!(model.person(1).is_some(), "who did something stays");
    }

    /// Their node has died before they heard who they are.
    #[test]
    fn of_several_nodes_one_forgets_who_was_never_seen() {
        const HOUR: Millis = 3_600_000;
        let mut model = model(0, 10);
        model.share();
        let arrive = |person, token| {
            let name = format!("name {person}");
            Entry::Arrive { person, folded: name.clone(), name, look: None, token, at: 0 }
        };
        for entry in [arrive(5, Some([5; 32])), arrive(6, Some([6; 32])), arrive(7, None)] {
            model.apply(&entry, &Ok(Done::Kept), 0);
        }
        // One of them was here for a moment, at another node. (Guests are somebody else's care.)
        model.came(6, 1);
        model.went_elsewhere(6, 2);
        let forgotten = |model: &mut Model, at| -> Vec<PersonId> {
            let due = model.due(0, at, None).into_iter();
            due.filter_map(|it| if let Entry::Forget { person, .. } = it { Some(person) } else { None })
                .collect()
        };
        assert_eq!(forgotten(&mut model, HOUR), [0; 0]);
        assert_eq!(forgotten(&mut model, HOUR + 1), [5]);
        model.apply(&Entry::Noticed { person: 5 }, &Ok(Done::Kept), 0);
        assert_eq!(forgotten(&mut model, HOUR + 1), [0; 0]);
    }
}
