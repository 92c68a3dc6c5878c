//! The people: their names and tokens, who is here, and who is forgotten when.

use std::collections::{BTreeSet, HashMap};

use super::index::Index;
use super::members::ByName;
use crate::history::{Millis, PersonId, TokenHash};
use crate::model::names::{self, Keys};
use crate::news::Named;

/// A guest with a token who never chose a name is forgotten after a day, others after a year.
const FORGET_GUESTS: Millis = 86_400_000;
const FORGET_PEOPLE: Millis = 365 * 86_400_000;

#[derive(Debug)]
pub(crate) struct Person {
    id: PersonId,
    name: String,
    keys: Keys,
    by_name: ByName,
    /// `None` for guests who cannot come back.
    token: Option<TokenHash>,
    /// When they were last here; and what of that is on its way to the disk.
    seen: Millis,
    seen_on_disk: Millis,
    /// They have a connection.
    is_here: bool,
    /// The keys of a new name that is on its way to the disk.
    renaming: Option<Keys>,
    /// They are being forgotten: their name and token are free, and it is on its way to the disk.
    is_leaving: bool,
    /// Others have been told that they are here.
    is_shown: bool,
    /// Others have been told of them some time.
    is_met: bool,
    /// They have done nothing yet that others could see.
    is_silent: bool,
    /// Since when they are away, if that is known.
    rests_since: Option<Millis>,
}

impl Person {
    pub(crate) fn new(id: PersonId, name: String, token: Option<TokenHash>, seen: Millis) -> Self {
        Person {
            id,
            keys: Keys::of_person(&name),
            by_name: ByName::new(&name, id),
            name,
            token,
            seen,
            seen_on_disk: seen,
            is_here: false,
            renaming: None,
            is_leaving: false,
            is_shown: false,
            is_met: false,
            is_silent: true,
            rests_since: None,
        }
    }

    /// As the history has kept them: others know them.
    pub(super) fn stored(
        id: PersonId,
        name: String,
        token: TokenHash,
        seen: Millis,
        is_silent: bool,
    ) -> Self {
        Person { is_silent, is_met: true, ..Person::new(id, name, Some(token), seen) }
    }

    pub(crate) fn id(&self) -> PersonId {
        self.id
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// As they are called now.
    pub(crate) fn named(&self) -> Named {
        Named { id: self.id, name: self.name.clone() }
    }

    pub(crate) fn is_here(&self) -> bool {
        self.is_here
    }

    /// Can they come back?
    pub(crate) fn has_token(&self) -> bool {
        self.token.is_some()
    }

    pub(super) fn token(&self) -> Option<TokenHash> {
        self.token
    }

    pub(super) fn seen(&self) -> Millis {
        self.seen
    }

    /// Have others been told of them?
    pub(super) fn is_met(&self) -> bool {
        self.is_met
    }

    /// Are others told that they are here?
    pub(crate) fn is_shown(&self) -> bool {
        self.is_shown
    }

    pub(super) fn is_silent(&self) -> bool {
        self.is_silent
    }

    /// Has this person chosen a name?
    fn is_named(&self) -> bool {
        self.name != names::guest_name(self.id)
    }

    /// When they are forgotten if they do not come back, having been here last at `seen`.
    fn forgotten_at(&self, seen: Millis) -> Millis {
        seen.saturating_add(if self.is_named() { FORGET_PEOPLE } else { FORGET_GUESTS })
    }

    pub(super) fn folded(&self) -> &str {
        &self.keys.folded
    }

    /// Their place in lists.
    pub(super) fn by_name(&self) -> &ByName {
        &self.by_name
    }

    pub(super) fn is_renaming(&self) -> bool {
        self.renaming.is_some()
    }
}

/// Everybody who is known, by number, by token and by name.
#[derive(Debug, Default)]
pub(crate) struct People {
    by_id: HashMap<PersonId, Person>,
    by_token: HashMap<TokenHash, PersonId>,
    by_name: Index,
    /// The second keys of names. Two people may share one who had their names before it was looked at: both keep them.
    by_look: BTreeSet<(Box<str>, PersonId)>,
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
        if let Some(token) = person.token {
            self.by_token.insert(token, person.id);
        }
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
        let token = person.token.take();
        let keys: Vec<Keys> = std::iter::once(person.keys.clone()).chain(person.renaming.take()).collect();
        keys.iter().for_each(|keys| self.free_name(id, keys));
        if let Some(token) = token {
            self.by_token.remove(&token);
        }
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
        let may_rest = |person: &&mut Person| person.token.is_some() && !person.is_here;
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
        if let Some(token) = self.by_id.get_mut(&id).and_then(|person| person.token.take()) {
            self.by_token.remove(&token);
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
        let is_due =
            |person: &&Person| person.token.is_some() && person.seen_on_disk.saturating_add(after) <= now;
        self.here().filter(is_due).take(most).map(|person| person.id).collect()
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
