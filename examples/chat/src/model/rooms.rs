//! The rooms: what was said there last, and how they are told apart. Who is in them, `membership.rs` knows.

use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;

use super::index::Index;
use super::room::{Room, direct_pair, is_key, look};
use crate::history::{Event, Millis, OPERATOR, Offset, PersonId, RINGS_BYTES, RoomId, RoomKind, Voices};
use crate::model::names::{self, Keys};

/// What is left of a ring when all together are too large, in bytes.
const LITTLE: usize = 4 << 10;

/// All rooms, by number and by name.
#[derive(Debug, Default)]
pub(crate) struct Rooms {
    by_id: HashMap<RoomId, Room>,
    /// As they are called, and as their names are folded.
    by_name: Index,
    /// The second keys of names. Two rooms may share one, which had their names before it was looked at.
    by_look: BTreeSet<(Box<str>, RoomId)>,
    /// Those that anybody may join, by name.
    public: BTreeSet<(String, RoomId)>,
    /// How many nobody knows of who is not in them.
    private: usize,
    /// Those without members, by when they are removed.
    empty: BTreeSet<(Millis, RoomId)>,
    /// Bytes of all rings, and the rooms that have one, those in front in which nothing was said for longest.
    bytes: usize,
    rings: BTreeSet<(u64, RoomId)>,
    count: u64,
    /// In how many private talks somebody is or was, as far as they are there.
    talks: HashMap<PersonId, usize>,
    /// How many rooms somebody has made, as far as they are there.
    made: HashMap<PersonId, usize>,
}

impl Rooms {
    /// How many there are: that anybody may join, that few know of, and private talks.
    pub(super) fn count(&self) -> [usize; 3] {
        let [public, private] = [self.public.len(), self.private];
        [public, private, self.by_id.len() - public - private]
    }

    pub(super) fn insert(&mut self, room: Room) {
        self.keep_name(&room);
        direct_pair(&room.name)
            .into_iter()
            .flatten()
            .for_each(|one| *self.talks.entry(one).or_default() += 1);
        room.maker.into_iter().for_each(|maker| *self.made.entry(maker).or_default() += 1);
        self.bytes += room.recent.bytes();
        self.rings.insert((room.used, room.id));
        self.by_id.insert(room.id, room);
    }

    /// Something was said in a room.
    pub(super) fn push(&mut self, id: RoomId, event: Event, keep: usize) {
        self.count += 1;
        if let Some(room) = self.by_id.get_mut(&id) {
            self.bytes -= room.recent.bytes();
            room.push(event, keep);
            self.bytes += room.recent.bytes();
            self.rings.remove(&(room.used, id));
            room.used = self.count;
            self.rings.insert((room.used, id));
        }
        // Those who come to a room that has been silent for long get little from memory, and ask for the rest.
        while self.bytes > RINGS_BYTES
            && let Some((_, oldest)) = self.rings.pop_first()
            && let Some(room) = self.by_id.get_mut(&oldest)
        {
            self.bytes -= room.recent.bytes();
            room.recent.shrink(LITTLE);
            self.bytes += room.recent.bytes();
        }
    }

    /// What came before `first` is no longer kept.
    pub(super) fn prune(&mut self, id: RoomId, first: Offset) {
        if let Some(room) = self.by_id.get_mut(&id) {
            self.bytes -= room.recent.bytes();
            room.prune(first);
            self.bytes += room.recent.bytes();
        }
    }

    pub(super) fn remove(&mut self, id: RoomId) -> Option<Room> {
        self.fill(id);
        let room = self.by_id.remove(&id)?;
        direct_pair(&room.name).into_iter().flatten().for_each(|one| count_down(&mut self.talks, one));
        room.maker.into_iter().for_each(|maker| count_down(&mut self.made, maker));
        self.bytes -= room.recent.bytes();
        self.rings.remove(&(room.used, id));
        self.free_name(&room);
        room.renaming.iter().for_each(|keys| self.free_keys(id, keys));
        Some(room)
    }

    // ---- what they are called

    fn keep_name(&mut self, room: &Room) {
        self.by_name.keep_first(&room.name, room.id);
        self.by_name.keep(&room.folded, room.id);
        self.by_look.extend(look(room));
        self.private += usize::from(room.is_private());
        if room.is_public() {
            self.public.insert((room.name.clone(), room.id));
        }
    }

    fn free_name(&mut self, room: &Room) {
        for name in [&room.name, &room.folded] {
            self.by_name.free(name, room.id);
        }
        if let Some(look) = look(room) {
            self.by_look.remove(&look);
        }
        self.private -= usize::from(room.is_private());
        self.public.remove(&(room.name.clone(), room.id));
    }

    fn free_keys(&mut self, id: RoomId, keys: &Keys) {
        self.by_name.free(&keys.folded, id);
        if let Some(look) = keys.look() {
            self.by_look.remove(&(look.into(), id));
        }
    }

    /// Keeps a name from others while it is on its way to the disk.
    pub(super) fn reserve(&mut self, id: RoomId, keys: &Keys) {
        if let Some(room) = self.by_id.get_mut(&id) {
            room.renaming = Some(keys.clone());
            self.by_name.keep(&keys.folded, id);
            self.by_look.extend(keys.look().map(|look| (look.into(), id)));
        }
    }

    /// It is there, or is not after all.
    pub(super) fn free_reserved(&mut self, id: RoomId, keys: &Keys) {
        let Some(room) = self.by_id.get_mut(&id) else { return };
        if room.renaming.take_if(|reserved| reserved == keys).is_some() {
            self.free_keys(id, keys);
            self.keep_again(id);
        }
    }

    /// A key may be one of several of its names: those are the same in another spelling.
    fn keep_again(&mut self, id: RoomId) {
        let Some(room) = self.by_id.get(&id) else { return };
        self.by_name.keep_first(&room.name, id);
        self.by_name.keep(&room.folded, id);
        self.by_look.extend(look(room));
        if let Some(keys) = &room.renaming {
            self.by_name.keep(&keys.folded, id);
            self.by_look.extend(keys.look().map(|look| (look.into(), id)));
        }
    }

    /// It is called so from now on, and is private or is not.
    pub(super) fn rename(&mut self, id: RoomId, is_private: bool, name: &str, folded: &str) {
        let Some(mut room) = self.by_id.remove(&id) else { return };
        self.free_name(&room);
        room.kind = if is_private { RoomKind::Private } else { RoomKind::Public };
        (room.name, room.folded) = (name.to_owned(), folded.to_owned());
        self.keep_name(&room);
        self.by_id.insert(id, room);
        self.keep_again(id);
    }

    /// Somebody has erased themself: what is in memory of theirs has another name.
    pub(super) fn rename_author(&mut self, author: PersonId, name: &str) {
        let may_have_spoken = |room: &&mut Room| match room.voices {
            Voices::None => false,
            Voices::One(one) => one == author,
            Voices::Several => true,
        };
        for room in self.by_id.values_mut().filter(may_have_spoken) {
            self.bytes -= room.recent.bytes();
            room.recent.rename_author(author, name);
            self.bytes += room.recent.bytes();
        }
    }

    /// Nobody is a member any more: the room is removed then. What whoever runs the chat has brought in stays.
    pub(super) fn empty(&mut self, id: RoomId, until: Millis) {
        self.fill(id);
        if let Some(room) = self.by_id.get_mut(&id).filter(|room| room.maker != Some(OPERATOR)) {
            room.empty_until = Some(until);
            self.empty.insert((until, id));
        }
    }

    /// Somebody is a member again, or its removal is on its way.
    pub(super) fn fill(&mut self, id: RoomId) {
        if let Some(until) = self.by_id.get_mut(&id).and_then(|room| room.empty_until.take()) {
            self.empty.remove(&(until, id));
        }
    }

    /// Rooms without members, those that are removed first in front.
    pub(super) fn empties(&self) -> impl Iterator<Item = (Millis, &Room)> {
        self.empty.iter().filter_map(|&(until, id)| Some((until, self.by_id.get(&id)?)))
    }

    pub(super) fn count_talks(&self, person: PersonId) -> usize {
        self.talks.get(&person).copied().unwrap_or(0)
    }

    pub(super) fn count_made(&self, person: PersonId) -> usize {
        self.made.get(&person).copied().unwrap_or(0)
    }

    pub(super) fn get(&self, id: RoomId) -> Option<&Room> {
        self.by_id.get(&id)
    }

    /// What clients know of it may not be so any more.
    pub(super) fn renew(&mut self, id: RoomId, epoch: &str) {
        if let Some(room) = self.by_id.get_mut(&id) {
            epoch.clone_into(&mut room.epoch);
        }
    }

    /// It is on disk.
    pub(super) fn settle(&mut self, id: RoomId) {
        if let Some(room) = self.by_id.get_mut(&id) {
            room.is_pending = false;
        }
    }

    pub(super) fn named(&self, folded: &str) -> Option<&Room> {
        self.by_name.get(folded).and_then(|id| self.by_id.get(&id))
    }

    /// What a client means by a name: a private talk or a private room by its key, letter by letter; any other room by
    /// whatever looks like its name.
    pub(super) fn called(&self, name: &str) -> Option<&Room> {
        let looked_for = || (!is_key(name)).then(|| self.named(&names::fold_room(name))).flatten();
        self.named(name).or_else(looked_for)
    }

    /// The room whose name is like this one, if it is not this room itself.
    pub(super) fn like(&self, keys: &Keys, except: Option<RoomId>) -> Option<&Room> {
        let is_other = |room: &&Room| Some(room.id) != except;
        let drawn_like = |key: &str| {
            let (first, last) = ((Box::from(key), RoomId::MIN), (Box::from(key), RoomId::MAX));
            self.by_look.range(first..=last).filter_map(|(_, id)| self.get(*id)).find(is_other)
        };
        keys.iter().find_map(|key| self.named(key).filter(is_other).or_else(|| drawn_like(key)))
    }

    /// How many rooms there are that anybody may join.
    pub(super) fn count_public(&self) -> usize {
        self.public.len()
    }

    pub(super) fn count_private(&self) -> usize {
        self.private
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Room> {
        self.by_id.values()
    }

    /// Rooms that anybody may join, in the order of their names, those behind this name.
    pub(super) fn listed(&self, after: &str) -> impl Iterator<Item = &Room> {
        let after = Bound::Excluded((after.to_owned(), RoomId::MAX));
        let behind = self.public.range((after, Bound::Unbounded));
        behind.map(|(_, id)| &self.by_id[id]).filter(|room| !room.is_pending)
    }
}

fn count_down(counts: &mut HashMap<PersonId, usize>, of: PersonId) {
    if let Some(count) = counts.get_mut(&of) {
        *count -= 1;
        if *count == 0 {
            counts.remove(&of);
        }
    }
}

#[cfg(test)]
#[path = "rooms_tests.rs"]
mod tests;
