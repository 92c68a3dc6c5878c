//! How somebody becomes somebody: the entries that make a new person.

use super::tables::Model;
use crate::history::{Entry, Millis, PersonId, TokenHash};
use crate::model::names;
use crate::refusal::Refusal;

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
    /// when no more people can be remembered.
    pub(crate) fn arrive(
        &self,
        name: Option<String>,
        token: Option<TokenHash>,
        at: Millis,
    ) -> Result<Arrival, Refusal> {
        let too_many = (self.people.len() + 1).saturating_sub(self.rules.max_people);
        let gone: Vec<Entry> =
            self.people.passing().take(too_many).map(|person| Entry::Forget { person }).collect();
        if gone.len() < too_many {
            return Err(Refusal::no_room_for_people());
        }
        let person = self.next_person;
        let name = name.unwrap_or_else(|| names::guest_name(person));
        let folded = names::fold_person(&name);
        let arrive = Entry::Arrive { person, name, folded, token, at };
        Ok(Arrival { person, gone, arrive, join: self.join_lobby(person) })
    }

    /// The same once more, of somebody whom the disk could not take when they came.
    pub(crate) fn arrive_again(&self, person: PersonId, at: Millis) -> Option<Arrival> {
        let person = self.people.get(person)?;
        let (name, folded) = (person.name().to_owned(), person.folded().to_owned());
        let token = person.tokens().first().copied();
        let arrive = Entry::Arrive { person: person.id(), name, folded, token, at };
        Some(Arrival { person: person.id(), gone: Vec::new(), arrive, join: self.join_lobby(person.id()) })
    }

    fn join_lobby(&self, person: PersonId) -> Entry {
        let read = self.rooms.get(self.lobby).map_or(0, |lobby| lobby.last());
        Entry::Join { room: self.lobby, person, read }
    }
}
