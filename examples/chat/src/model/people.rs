//! The people: their names and tokens, who is here, and who is forgotten when.

use std::collections::{BTreeSet, HashMap};

use super::index::Index;
use super::members::ByName;
use super::person::Person;
use crate::history::{Millis, PersonId, TokenHash};
use crate::model::names::Keys;

/// Everybody who is known, by number, by token and by name.
#[derive(Debug, Default)]
pub(crate) struct People {
    by_id: HashMap<PersonId, Person>,
    by_token: HashMap<TokenHash, PersonId>,
    by_name: Index,
    /// The second keys of names. Two people may share one who had their names before it was looked at: both keep them.
    by_look: BTreeSet<(Box<str>, PersonId)>,
    /// Names of people who have erased themselves, until that is done.
    withheld: HashMap<PersonId, Vec<Box<str>>>,
    /// Names of people who are gone, for those who talked to them in private.
    gone: HashMap<PersonId, String>,
    /// Who has a connection.
    here: BTreeSet<PersonId>,
    /// How many are being forgotten.
    leaving: usize,
    /// Who is away, by when they are forgotten.
    resting: BTreeSet<(Millis, PersonId)>,
    /// And of them who was never noticed, by when they were here last: they give way to newcomers.
    passing: BTreeSet<(Millis, PersonId)>,
}

impl People {
    pub(super) fn insert(&mut self, person: Person) {
        self.keep_name(person.id, &person.keys);
        self.by_token.extend(person.tokens.iter().map(|token| (*token, person.id)));
        self.by_id.insert(person.id, person);
    }

    /// They are about to be forgotten: nobody finds them any more, and their name and token are free.
    pub(super) fn begin_to_forget(&mut self, id: PersonId) {
        self.wake(id);
        let Some(person) = self.by_id.get_mut(&id).filter(|person| !person.is_leaving) else {
            return;
        };
        person.is_leaving = true;
        self.leaving += 1;
        let tokens = std::mem::take(&mut person.tokens);
        person.given_up.clone_from(&tokens);
        let keys: Vec<Keys> = std::iter::once(person.keys.clone()).chain(person.renaming.take()).collect();
        keys.iter().for_each(|keys| self.free_name(id, keys));
        for token in &tokens {
            self.by_token.remove(token);
        }
    }

    /// They are not forgotten after all.
    pub(super) fn remember(&mut self, id: PersonId) {
        let Some(person) = self.by_id.get_mut(&id).filter(|person| person.is_leaving) else {
            return;
        };
        person.is_leaving = false;
        self.leaving -= 1;
        person.tokens = std::mem::take(&mut person.given_up);
        self.by_token.extend(person.tokens.iter().map(|token| (*token, id)));
        let keys = person.keys.clone();
        self.keep_name(id, &keys);
        self.rest(id);
    }

    /// They will not come back.
    pub(super) fn remove(&mut self, id: PersonId) -> Option<Person> {
        self.begin_to_forget(id);
        let person = self.by_id.remove(&id)?;
        self.leaving -= 1;
        self.here.remove(&id);
        Some(person)
    }

    /// Somebody is away: in time they are forgotten, and if they were never noticed they may have to give way.
    pub(super) fn rest(&mut self, id: PersonId) {
        let may_rest = |person: &&mut Person| !person.is_here && !person.is_kept && !person.is_leaving;
        if let Some(person) = self.by_id.get_mut(&id).filter(may_rest) {
            person.rests_since = Some(person.seen);
            self.resting.insert((person.forgotten_at(person.seen), id));
            if person.is_silent {
                self.passing.insert((person.seen, id));
            }
        }
    }

    fn wake(&mut self, id: PersonId) {
        if let Some(person) = self.by_id.get_mut(&id)
            && let Some(seen) = person.rests_since.take()
        {
            self.resting.remove(&(person.forgotten_at(seen), id));
            self.passing.remove(&(seen, id));
        }
    }

    /// Who is to be forgotten by now, at most so many.
    pub(super) fn overdue(&self, today: Millis, most: usize) -> Vec<PersonId> {
        self.resting.iter().take_while(|&&(due, _)| due < today).map(|&(_, id)| id).take(most).collect()
    }

    /// They have done something that others can see.
    pub(super) fn notice(&mut self, id: PersonId) {
        if let Some(person) = self.by_id.get_mut(&id) {
            person.is_silent = false;
            if let Some(seen) = person.rests_since {
                self.passing.remove(&(seen, id));
            }
        }
    }

    /// The disk could not hear of that.
    pub(super) fn overlook(&mut self, id: PersonId) {
        if let Some(person) = self.by_id.get_mut(&id) {
            person.is_silent = true;
            if let Some(seen) = person.rests_since {
                self.passing.insert((seen, id));
            }
        }
    }

    /// Those who were never noticed and are away, who was here least lately in front.
    pub(super) fn passing(&self) -> impl Iterator<Item = PersonId> {
        self.passing.iter().map(|&(_, id)| id)
    }

    pub(super) fn remember_gone(&mut self, id: PersonId, name: String) {
        self.gone.insert(id, name);
    }

    pub(super) fn forget_gone(&mut self, id: PersonId) {
        self.gone.remove(&id);
    }

    /// Somebody who is known, and is not being forgotten.
    pub(super) fn get(&self, id: PersonId) -> Option<&Person> {
        self.by_id.get(&id).filter(|person| !person.is_leaving)
    }

    /// Is the number somebody's, who may be being forgotten?
    pub(super) fn knows(&self, id: PersonId) -> bool {
        self.by_id.contains_key(&id)
    }

    pub(super) fn with_token(&self, token: &TokenHash) -> Option<PersonId> {
        self.by_token.get(token).copied()
    }

    /// Their token could not be stored: they are guests who cannot come back.
    pub(super) fn drop_token(&mut self, id: PersonId) {
        if let Some(person) = self.by_id.get_mut(&id) {
            person.is_guest = true;
            for token in person.tokens.drain(..) {
                self.by_token.remove(&token);
            }
        }
    }

    /// Another device of theirs.
    pub(super) fn add_token(&mut self, id: PersonId, token: TokenHash) {
        if let Some(person) = self.by_id.get_mut(&id).filter(|person| !person.is_leaving) {
            person.is_guest = false;
            person.tokens.retain(|old| *old != token);
            person.tokens.push(token);
            self.by_token.insert(token, id);
        }
    }

    /// A token is worth nothing any more. Whoever had no other stays who they are, until they are forgotten.
    pub(super) fn end_session(&mut self, token: &TokenHash) {
        let person = self.by_token.remove(token).and_then(|id| self.by_id.get_mut(&id));
        if let Some(person) = person {
            person.tokens.retain(|other| other != token);
        }
    }

    /// They are not forgotten however long they are away, or are again.
    pub(super) fn keep(&mut self, id: PersonId, is_kept: bool) {
        if self.by_id.get(&id).is_some_and(|person| person.is_kept != is_kept) {
            self.wake(id);
            if let Some(person) = self.by_id.get_mut(&id) {
                person.is_kept = is_kept;
            }
            self.rest(id);
        }
    }

    /// Nobody gets this name, which was that of somebody who is gone.
    pub(super) fn withhold(&mut self, id: PersonId, keys: &Keys) {
        let keys: Vec<Box<str>> = keys.iter().map(Into::into).collect();
        self.by_look.extend(keys.iter().map(|key| (key.clone(), id)));
        self.withheld.insert(id, keys);
    }

    pub(super) fn free_withheld(&mut self, id: PersonId) {
        for key in self.withheld.remove(&id).into_iter().flatten() {
            self.by_look.remove(&(key, id));
        }
    }

    pub(super) fn named(&self, folded: &str) -> Option<PersonId> {
        self.by_name.get(folded)
    }

    /// Has anybody else a name that is like this one?
    pub(super) fn is_taken(&self, keys: &Keys, except: Option<PersonId>) -> bool {
        let looks_like = |key: &str| {
            let (first, last) = ((Box::from(key), PersonId::MIN), (Box::from(key), PersonId::MAX));
            self.by_look.range(first..=last).any(|&(_, id)| Some(id) != except)
        };
        keys.iter().any(|key| self.named(key).is_some_and(|id| Some(id) != except) || looks_like(key))
    }

    fn keep_name(&mut self, id: PersonId, keys: &Keys) {
        self.by_name.keep(&keys.folded, id);
        self.by_look.extend(keys.look().map(|look| (look.into(), id)));
    }

    fn free_name(&mut self, id: PersonId, keys: &Keys) {
        self.by_name.free(&keys.folded, id);
        if let Some(look) = keys.look() {
            self.by_look.remove(&(look.into(), id));
        }
    }

    /// They have a connection now. The person, if they had none before.
    pub(super) fn come(&mut self, id: PersonId, now: Millis) -> Option<&Person> {
        let person = self.by_id.get_mut(&id).filter(|person| !person.is_here)?;
        person.is_here = true;
        person.seen = person.seen.max(now);
        self.here.insert(id);
        self.wake(id);
        self.by_id.get(&id)
    }

    /// Their last connection has gone.
    pub(super) fn go(&mut self, id: PersonId, now: Millis) -> Option<&Person> {
        let person = self.by_id.get_mut(&id).filter(|person| person.is_here)?;
        person.is_here = false;
        person.seen = person.seen.max(now);
        self.here.remove(&id);
        self.rest(id);
        self.by_id.get(&id)
    }

    /// Others have been told of them, elsewhere.
    pub(super) fn meet(&mut self, id: PersonId) {
        if let Some(person) = self.by_id.get_mut(&id) {
            person.is_met = true;
        }
    }

    /// Others are told whether they are here. True if that is something new.
    pub(super) fn show(&mut self, id: PersonId, is_here: bool) -> bool {
        let Some(person) = self.by_id.get_mut(&id) else {
            return false;
        };
        person.is_met = true;
        std::mem::replace(&mut person.is_shown, is_here) != is_here
    }

    /// Of those who are here and can come back, some of whom the disk has not heard for so long.
    pub(super) fn unseen(&self, now: Millis, after: Millis, most: usize) -> Vec<PersonId> {
        self.here().filter(|person| person.is_unseen(now, after)).take(most).map(|person| person.id).collect()
    }

    /// Has the disk not heard of them for so long?
    pub(super) fn is_unseen(&self, id: PersonId, now: Millis, after: Millis) -> bool {
        self.get(id).is_some_and(|person| person.is_unseen(now, after))
    }

    /// The disk hears, or has heard, that they were here.
    pub(super) fn see(&mut self, id: PersonId, at: Millis) {
        let rests = self.by_id.get(&id).is_some_and(|person| person.rests_since.is_some());
        self.wake(id);
        if let Some(person) = self.by_id.get_mut(&id) {
            person.seen = person.seen.max(at);
            person.seen_on_disk = person.seen;
        }
        if rests {
            self.rest(id);
        }
    }

    /// Who is here, the oldest first.
    pub(super) fn here(&self) -> impl ExactSizeIterator<Item = &Person> {
        self.here.iter().map(|id| &self.by_id[id])
    }

    /// What somebody is called, who is perhaps gone.
    pub(super) fn name_of(&self, id: PersonId) -> &str {
        match (self.by_id.get(&id), self.gone.get(&id)) {
            (Some(person), _) => &person.name,
            (None, Some(name)) => name,
            (None, None) => "somebody",
        }
    }

    /// Keeps a name from others while it is on its way to the disk.
    pub(super) fn reserve(&mut self, id: PersonId, keys: &Keys) {
        if let Some(person) = self.by_id.get_mut(&id) {
            person.renaming = Some(keys.clone());
            self.keep_name(id, keys);
        }
    }

    /// The reserved name is theirs, or is not after all.
    pub(super) fn settle_name(&mut self, id: PersonId, name: &str, kept: bool) {
        // Somebody with a name of their own is remembered for longer.
        let rests = self.get(id).is_some_and(|person| person.rests_since.is_some());
        let Some(person) = self.by_id.get_mut(&id).filter(|person| !person.is_leaving) else {
            return;
        };
        // One from elsewhere has reserved nothing, and leaves what is reserved here as it is.
        let keys = Keys::of_person(name);
        let is_reserved = person.renaming.take_if(|reserved| *reserved == keys).is_some();
        if !kept && !is_reserved {
            return;
        }
        self.wake(id);
        let person = self.by_id.get_mut(&id).expect("it was there a moment ago");
        let mut given_up = keys;
        if kept {
            name.clone_into(&mut person.name);
            person.by_name = ByName::new(name, id);
            std::mem::swap(&mut person.keys, &mut given_up);
        }
        // A key may be one of several of their names: those are the same in another spelling.
        let kept: Vec<Keys> = std::iter::once(&person.keys).chain(&person.renaming).cloned().collect();
        self.free_name(id, &given_up);
        kept.iter().for_each(|keys| self.keep_name(id, keys));
        if rests {
            self.rest(id);
        }
    }

    /// Without those who are being forgotten.
    pub(super) fn len(&self) -> usize {
        self.by_id.len() - self.leaving
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Person> {
        self.by_id.values()
    }
}

#[cfg(test)]
#[path = "people_tests.rs"]
mod tests;
