//! The rooms: what was said there last, and how they are told apart. Who is in them, `membership.rs` knows.

use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;

use super::index::Index;
use super::ring::Ring;
use crate::history::{
    Event, Millis, Offset, PersonId, RINGS_BYTES, RoomId, RoomKind, StoredRoom, Voices, What,
};
use crate::model::names::{self, Keys};

/// What is left of a ring when all together are too large, in bytes.
const LITTLE: usize = 4 << 10;

#[derive(Debug)]
pub(crate) struct Room {
    id: RoomId,
    kind: RoomKind,
    /// What clients call it. For a direct room, its key.
    name: String,
    folded: String,
    epoch: String,
    /// The oldest offset that is kept, and the latest.
    first: Offset,
    last: Offset,
    voices: Voices,
    /// The latest events, so that hardly anybody has to ask the disk.
    recent: Ring,
    /// When something was said last, as a number that counts up.
    used: u64,
    /// Events that do not count as unread, in order.
    uncounted: Vec<Offset>,
    /// Not on disk yet: it is a name that is taken, and nothing else.
    is_pending: bool,
    /// Who made it, since the program has started.
    maker: Option<PersonId>,
    /// When it is removed, since nobody is a member.
    empty_until: Option<Millis>,
}

impl Room {
    pub(crate) fn new(stored: StoredRoom) -> Self {
        let StoredRoom { id, kind, name, folded, epoch, first, last, voices, uncounted, recent } = stored;
        Room {
            id,
            kind,
            // The disk may have it as it was folded by an older version.
            folded: if kind == RoomKind::Public { names::fold_room(&name) } else { folded },
            name,
            epoch,
            first,
            last,
            voices,
            recent: Ring::new(recent),
            used: 0,
            uncounted,
            is_pending: false,
            maker: None,
            empty_until: None,
        }
    }

    /// A room that is on its way to the disk: nothing was said in it.
    pub(super) fn pending(id: RoomId, kind: RoomKind, name: &str, folded: &str, epoch: &str) -> Self {
        let (name, folded, epoch) = (name.to_owned(), folded.to_owned(), epoch.to_owned());
        let (voices, uncounted, recent) = (Voices::None, Vec::new(), Vec::new());
        let (first, last) = (1, 0);
        let room =
            Room::new(StoredRoom { id, kind, name, folded, epoch, first, last, voices, uncounted, recent });
        Room { is_pending: true, ..room }
    }

    pub(crate) fn id(&self) -> RoomId {
        self.id
    }

    pub(crate) fn kind(&self) -> RoomKind {
        self.kind
    }

    pub(crate) fn is_public(&self) -> bool {
        self.kind == RoomKind::Public
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn folded(&self) -> &str {
        &self.folded
    }

    pub(crate) fn epoch(&self) -> &str {
        &self.epoch
    }

    /// The oldest offset that is kept.
    pub(crate) fn first(&self) -> Offset {
        self.first
    }

    /// The latest.
    pub(crate) fn last(&self) -> Offset {
        self.last
    }

    pub(crate) fn recent(&self) -> &Ring {
        &self.recent
    }

    pub(super) fn voices(&self) -> Voices {
        self.voices
    }

    pub(super) fn is_pending(&self) -> bool {
        self.is_pending
    }

    /// Whom somebody talks to here, if it is a private talk.
    pub(crate) fn partner_of(&self, person: PersonId) -> Option<PersonId> {
        let [one, other] = direct_pair(&self.name)?;
        Some(if one == person { other } else { one })
    }

    /// How many events after `read` somebody has yet to read.
    pub(crate) fn unread(&self, read: Offset) -> u64 {
        let uncounted = self.uncounted.len() - self.uncounted.partition_point(|&offset| offset <= read);
        self.last.saturating_sub(read.max(self.first.saturating_sub(1))).saturating_sub(uncounted as u64)
    }

    /// Something was said: the latest event so far.
    fn push(&mut self, event: Event, keep: usize) {
        self.last = event.offset;
        self.voices = self.voices.and(event.author);
        if !event.what.is_counted() {
            self.uncounted.push(event.offset);
        }
        if let What::Deletion { target } = event.what {
            self.recent.take_back(target);
        }
        self.recent.push(event, keep);
    }

    /// What came before `first` is no longer kept.
    fn prune(&mut self, first: Offset) {
        self.first = self.first.max(first);
        self.recent.prune(self.first);
        let gone = self.uncounted.partition_point(|&offset| offset < first);
        self.uncounted.drain(..gone);
    }

    /// The events after an offset, if all of them are in memory.
    pub(crate) fn after(&self, offset: Offset) -> Option<impl Iterator<Item = &Event>> {
        let oldest = self.recent.front().map_or(self.last + 1, |event| event.offset);
        if offset + 1 < oldest {
            return None;
        }
        let start = self.recent.partition_point(|event| event.offset <= offset);
        Some(self.recent.range(start..))
    }

    /// Of what the disk has told, what has been told live as well. The disk may be ahead: an event is there before
    /// the news of it are here, and whoever heard it from both would hear it twice.
    pub(crate) fn heard<'a>(&self, events: &'a [Event]) -> &'a [Event] {
        &events[..events.partition_point(|event| event.offset <= self.last)]
    }

    /// The events before an offset, the nearest `limit` of them, if they are in memory or there are no others.
    pub(crate) fn before(
        &self,
        offset: Option<Offset>,
        limit: usize,
    ) -> Option<impl DoubleEndedIterator<Item = &Event>> {
        let end =
            offset.map_or(self.recent.len(), |it| self.recent.partition_point(|event| event.offset < it));
        let oldest = self.recent.front().map_or(self.last + 1, |event| event.offset);
        let enough = end >= limit || oldest <= self.first;
        enough.then(|| self.recent.range(end.saturating_sub(limit)..end))
    }
}

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
    pub(super) fn insert(&mut self, room: Room) {
        self.by_name.keep_first(&room.name, room.id);
        self.by_name.keep(&room.folded, room.id);
        self.by_look.extend(look(&room));
        if room.kind == RoomKind::Public {
            self.public.insert((room.name.clone(), room.id));
        }
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
        for name in [&room.name, &room.folded] {
            self.by_name.free(name, id);
        }
        if let Some(look) = look(&room) {
            self.by_look.remove(&look);
        }
        self.public.remove(&(room.name.clone(), id));
        Some(room)
    }

    /// Nobody is a member any more: the room is removed then.
    pub(super) fn empty(&mut self, id: RoomId, until: Millis) {
        self.fill(id);
        if let Some(room) = self.by_id.get_mut(&id) {
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

    /// Whoever is on the way into a room that is on its way, has made it.
    pub(super) fn enter_pending(&mut self, id: RoomId, person: PersonId) {
        let is_new = |room: &&mut Room| room.is_pending && room.is_public() && room.maker.is_none();
        if let Some(room) = self.by_id.get_mut(&id).filter(is_new) {
            room.maker = Some(person);
            *self.made.entry(person).or_default() += 1;
        }
    }

    pub(super) fn named(&self, folded: &str) -> Option<&Room> {
        self.by_name.get(folded).and_then(|id| self.by_id.get(&id))
    }

    /// What a client means by a name: a private talk by its key, letter by letter; any other room by whatever looks
    /// like its name.
    pub(super) fn called(&self, name: &str) -> Option<&Room> {
        let looked_for = || (!name.starts_with('@')).then(|| self.named(&names::fold_room(name))).flatten();
        self.named(name).or_else(looked_for)
    }

    /// The room whose name is like this one.
    pub(super) fn like(&self, keys: &Keys) -> Option<&Room> {
        let drawn_like = |key: &str| {
            let (first, last) = ((Box::from(key), RoomId::MIN), (Box::from(key), RoomId::MAX));
            self.by_look.range(first..=last).find_map(|(_, id)| self.get(*id))
        };
        keys.iter().find_map(|key| self.named(key).or_else(|| drawn_like(key)))
    }

    /// How many rooms there are that anybody may join.
    pub(super) fn count_public(&self) -> usize {
        self.public.len()
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

/// The second key of a room that anybody may join.
fn look(room: &Room) -> Option<(Box<str>, RoomId)> {
    let keys = (room.kind == RoomKind::Public).then(|| Keys::of_room(&room.name))?;
    keys.look().map(|look| (look.into(), room.id))
}

fn count_down(counts: &mut HashMap<PersonId, usize>, of: PersonId) {
    if let Some(count) = counts.get_mut(&of) {
        *count -= 1;
        if *count == 0 {
            counts.remove(&of);
        }
    }
}

/// What a private talk between two people is called: the same for both, and no name that a room may have.
pub(super) fn direct_name(one: PersonId, other: PersonId) -> String {
    format!("@{}:{}", one.min(other), one.max(other))
}

/// Whose private talk this is, if it is one.
pub(super) fn direct_pair(name: &str) -> Option<[PersonId; 2]> {
    let (one, other) = name.strip_prefix('@')?.split_once(':')?;
    Some([one.parse().ok()?, other.parse().ok()?])
}

#[cfg(test)]
#[path = "rooms_tests.rs"]
mod tests;
