//! The people: their names and tokens, the rooms they are in, and the connections that they have.

use std::collections::{BTreeSet, HashMap};

use pollcat::PeerId;

use crate::history::{Millis, Offset, PersonId, RoomId, TokenHash};
use crate::members::ByName;
use crate::names::{self, Keys};
use crate::pace::Pace;

/// A guest with a token who never chose a name is forgotten after a day, others after a year.
const FORGET_GUESTS: Millis = 86_400_000;
const FORGET_PEOPLE: Millis = 365 * 86_400_000;
/// Mentions are counted up to here.
const MENTIONS: usize = 99;

#[derive(Debug)]
pub(crate) struct Person {
    pub id: PersonId,
    pub name: String,
    keys: Keys,
    by_name: ByName,
    /// `None` for guests who cannot come back.
    pub token: Option<TokenHash>,
    /// When they were last here; and what of that is on its way to the disk.
    pub seen: Millis,
    seen_on_disk: Millis,
    pub connections: Vec<PeerId>,
    pub rooms: HashMap<RoomId, Membership>,
    pub pace: Pace,
    /// How often they come back.
    pub returns: Pace,
    /// The keys of a new name that is on its way to the disk.
    renaming: Option<Keys>,
    /// Others have been told that they are here.
    pub shown: bool,
    /// They have done nothing yet that others could see.
    pub silent: bool,
    /// Since when they are away, if that is known.
    rests_since: Option<Millis>,
    /// When they count as away, since their last connection has gone.
    pub away_at: Millis,
}

/// One person in one room.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Membership {
    pub read: Offset,
    /// Unread mentions, in order.
    pub mentions: Vec<Offset>,
}

impl Membership {
    pub(crate) fn mark_read(&mut self, offset: Offset) {
        self.read = self.read.max(offset);
        self.mentions.retain(|&mention| mention > self.read);
    }

    pub(crate) fn mention(&mut self, offset: Offset) {
        if self.mentions.len() < MENTIONS {
            self.mentions.push(offset);
        }
    }
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
            connections: Vec::new(),
            rooms: HashMap::new(),
            pace: Pace::default(),
            returns: Pace::default(),
            renaming: None,
            shown: false,
            silent: true,
            rests_since: None,
            away_at: 0,
        }
    }

    pub(crate) fn is_here(&self) -> bool {
        !self.connections.is_empty()
    }

    /// Has this person chosen a name?
    pub(crate) fn is_named(&self) -> bool {
        self.name != names::guest_name(self.id)
    }

    /// When they are forgotten if they do not come back, having been here last at `seen`.
    fn forgotten_at(&self, seen: Millis) -> Millis {
        seen.saturating_add(if self.is_named() { FORGET_PEOPLE } else { FORGET_GUESTS })
    }

    pub(crate) fn folded(&self) -> &str {
        &self.keys.folded
    }

    /// Their place in lists.
    pub(crate) fn by_name(&self) -> &ByName {
        &self.by_name
    }

    pub(crate) fn is_renaming(&self) -> bool {
        self.renaming.is_some()
    }
}

/// Everybody who is known, by number, by token and by name.
#[derive(Debug, Default)]
pub(crate) struct People {
    by_id: HashMap<PersonId, Person>,
    by_token: HashMap<TokenHash, PersonId>,
    by_name: HashMap<String, PersonId>,
    /// The second keys of names. Two people may share one who had their names before it was looked at: both keep them.
    by_look: BTreeSet<(Box<str>, PersonId)>,
    /// Names of people who are gone, for those who talked to them in private.
    gone: HashMap<PersonId, String>,
    /// Who has a connection.
    here: BTreeSet<PersonId>,
    /// Who is away, by when they are forgotten.
    resting: BTreeSet<(Millis, PersonId)>,
    /// And of them who was never noticed, by when they were here last: they give way to newcomers.
    passing: BTreeSet<(Millis, PersonId)>,
}

impl People {
    pub(crate) fn insert(&mut self, person: Person) {
        self.keep_name(person.id, &person.keys);
        if let Some(token) = person.token {
            self.by_token.insert(token, person.id);
        }
        self.by_id.insert(person.id, person);
    }

    /// They will not come back: their name and token are free.
    pub(crate) fn remove(&mut self, id: PersonId) -> Option<Person> {
        self.wake(id);
        let person = self.by_id.remove(&id)?;
        for keys in std::iter::once(&person.keys).chain(&person.renaming) {
            self.free_name(id, keys);
        }
        if let Some(token) = person.token {
            self.by_token.remove(&token);
        }
        self.here.remove(&id);
        Some(person)
    }

    /// Somebody is away: in time they are forgotten, and if they were never noticed they may have to give way.
    pub(crate) fn rest(&mut self, id: PersonId) {
        let may_rest = |person: &&mut Person| person.token.is_some() && !person.is_here();
        if let Some(person) = self.by_id.get_mut(&id).filter(may_rest) {
            person.rests_since = Some(person.seen);
            self.resting.insert((person.forgotten_at(person.seen), id));
            if person.silent {
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
    pub(crate) fn overdue(&self, today: Millis, most: usize) -> Vec<PersonId> {
        self.resting.iter().take_while(|&&(due, _)| due < today).map(|&(_, id)| id).take(most).collect()
    }

    /// They have done something that others can see. True for the first time, of somebody who can come back.
    pub(crate) fn notice(&mut self, id: PersonId) -> bool {
        let Some(person) = self.by_id.get_mut(&id).filter(|person| person.token.is_some()) else {
            return false;
        };
        if let Some(seen) = person.rests_since {
            self.passing.remove(&(seen, id));
        }
        std::mem::take(&mut person.silent)
    }

    /// Of those who were never noticed, who was here least lately.
    pub(crate) fn first_passing(&self) -> Option<PersonId> {
        self.passing.first().map(|&(_, id)| id)
    }

    pub(crate) fn remember_gone(&mut self, id: PersonId, name: String) {
        self.gone.insert(id, name);
    }

    pub(crate) fn forget_gone(&mut self, id: PersonId) {
        self.gone.remove(&id);
    }

    pub(crate) fn get(&self, id: PersonId) -> Option<&Person> {
        self.by_id.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: PersonId) -> Option<&mut Person> {
        self.by_id.get_mut(&id)
    }

    pub(crate) fn with_token(&self, token: &TokenHash) -> Option<PersonId> {
        self.by_token.get(token).copied()
    }

    /// Their token could not be stored: they are guests who cannot come back.
    pub(crate) fn drop_token(&mut self, id: PersonId) {
        if let Some(token) = self.by_id.get_mut(&id).and_then(|person| person.token.take()) {
            self.by_token.remove(&token);
        }
    }

    pub(crate) fn named(&self, folded: &str) -> Option<PersonId> {
        self.by_name.get(folded).copied()
    }

    /// Has anybody else a name that is like this one?
    pub(crate) fn is_taken(&self, keys: &Keys, except: Option<PersonId>) -> bool {
        let looks_like = |key: &str| {
            let (first, last) = ((Box::from(key), PersonId::MIN), (Box::from(key), PersonId::MAX));
            self.by_look.range(first..=last).any(|&(_, id)| Some(id) != except)
        };
        keys.iter().any(|key| self.named(key).is_some_and(|id| Some(id) != except) || looks_like(key))
    }

    fn keep_name(&mut self, id: PersonId, keys: &Keys) {
        self.by_name.entry(keys.folded.clone()).or_insert(id);
        self.by_look.extend(keys.look().map(|look| (look.into(), id)));
    }

    fn free_name(&mut self, id: PersonId, keys: &Keys) {
        if self.by_name.get(&keys.folded) == Some(&id) {
            self.by_name.remove(&keys.folded);
        }
        if let Some(look) = keys.look() {
            self.by_look.remove(&(look.into(), id));
        }
    }

    /// One more connection of somebody.
    pub(crate) fn connect(&mut self, id: PersonId, peer: PeerId, now: Millis) {
        self.wake(id);
        if let Some(person) = self.by_id.get_mut(&id) {
            person.connections.push(peer);
            person.seen = person.seen.max(now);
            self.here.insert(id);
        }
    }

    /// One less. The person, if that was the last one.
    pub(crate) fn disconnect(&mut self, id: PersonId, peer: PeerId, now: Millis) -> Option<&mut Person> {
        let person = self.by_id.get_mut(&id)?;
        person.connections.retain(|&connection| connection != peer);
        person.seen = person.seen.max(now);
        if person.is_here() {
            return None;
        }
        self.here.remove(&id);
        self.rest(id);
        self.by_id.get_mut(&id)
    }

    /// Of those who are here and can come back, some of whom the disk has not heard for so long. They are seen now.
    pub(crate) fn see_again(&mut self, now: Millis, after: Millis, most: usize) -> Vec<PersonId> {
        let is_due =
            |person: &&Person| person.token.is_some() && person.seen_on_disk.saturating_add(after) <= now;
        let due: Vec<PersonId> = self.here().filter(is_due).take(most).map(|person| person.id).collect();
        for id in &due {
            let person = self.by_id.get_mut(id).expect("it was just listed");
            person.seen = person.seen.max(now);
            person.seen_on_disk = person.seen;
        }
        due
    }

    /// Who is here, the oldest first.
    pub(crate) fn here(&self) -> impl ExactSizeIterator<Item = &Person> {
        self.here.iter().map(|id| &self.by_id[id])
    }

    /// What somebody is called, who is perhaps gone.
    pub(crate) fn name_of(&self, id: PersonId) -> &str {
        match (self.by_id.get(&id), self.gone.get(&id)) {
            (Some(person), _) => &person.name,
            (None, Some(name)) => name,
            (None, None) => "somebody",
        }
    }

    /// Keeps a name from others while it is on its way to the disk.
    pub(crate) fn reserve(&mut self, id: PersonId, keys: &Keys) {
        if let Some(person) = self.by_id.get_mut(&id) {
            person.renaming = Some(keys.clone());
            self.keep_name(id, keys);
        }
    }

    /// The reserved name is theirs, or is not after all.
    pub(crate) fn settle_name(&mut self, id: PersonId, name: &str, kept: bool) {
        // Somebody with a name of their own is remembered for longer.
        let rests = self.get(id).is_some_and(|person| person.rests_since.is_some());
        let Some(mut given_up) = self.by_id.get_mut(&id).and_then(|person| person.renaming.take()) else {
            return;
        };
        self.wake(id);
        let person = self.by_id.get_mut(&id).expect("it has just given up a name");
        if kept {
            name.clone_into(&mut person.name);
            person.by_name = ByName::new(name, id);
            std::mem::swap(&mut person.keys, &mut given_up);
        }
        // A key may be one of both names: they are the same in another spelling.
        let keeps = person.keys.clone();
        self.free_name(id, &given_up);
        self.keep_name(id, &keeps);
        if rests {
            self.rest(id);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Person> {
        self.by_id.values_mut()
    }
}

#[cfg(test)]
#[path = "people_tests.rs"]
mod tests;
