//! The rooms: who is in them, what was said last, and how they are told apart.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

use crate::history::{
    Event, Millis, Offset, PersonId, RINGS_BYTES, RoomId, RoomKind, StoredRoom, Voices, What,
};
use crate::members::Members;
use crate::names::{self, Keys};
use crate::ring::Ring;
use crate::sessions::Voice;

/// What is left of a ring when all together are too large, in bytes.
const LITTLE: usize = 4 << 10;

#[derive(Debug)]
pub(crate) struct Room {
    pub id: RoomId,
    pub kind: RoomKind,
    /// What clients call it. For a direct room, its key.
    pub name: String,
    pub folded: String,
    pub epoch: String,
    /// The oldest offset that is kept, and the latest.
    pub first: Offset,
    pub last: Offset,
    pub voices: Voices,
    pub members: Members,
    /// The latest events, so that hardly anybody has to ask the disk.
    pub recent: Ring,
    /// When something was said last, as a number that counts up.
    used: u64,
    /// Events that do not count as unread, in order.
    deletions: Vec<Offset>,
    /// Not on disk yet: it is a name that is taken, and nothing else.
    pub pending: bool,
    /// Who made it, since the program has started.
    pub maker: Option<PersonId>,
    /// When it is removed, since nobody is a member.
    empty_until: Option<Millis>,
    /// Who comes and goes, and who is typing.
    news: String,
    /// What is said: for each voice, and for each whether one is in the room or elsewhere.
    topics: [[String; 2]; Voice::ALL.len()],
}

impl Room {
    pub(crate) fn new(stored: StoredRoom) -> Self {
        let StoredRoom { id, kind, name, folded, epoch, first, last, voices, deletions, recent } = stored;
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
            members: Members::default(),
            recent: Ring::new(recent),
            used: 0,
            deletions,
            pending: false,
            maker: None,
            empty_until: None,
            news: format!("{id} news"),
            topics: Voice::ALL
                .map(|voice| ["elsewhere", "here"].map(|from| format!("{id} {voice:?} {from}"))),
        }
    }

    /// The topic of who comes and goes, for clients that speak JSON. They hear it from the beginning, and what is said
    /// only when they have caught up.
    pub(crate) fn news(&self) -> &str {
        &self.news
    }

    /// The topic of what is said in the room, in this voice. Lines for people say in which room something was
    /// said, unless the reader is there; JSON always does.
    pub(crate) fn topic(&self, voice: Voice, here: bool) -> &str {
        &self.topics[voice as usize][usize::from(here && voice != Voice::Json)]
    }

    /// Those of all voices.
    pub(crate) fn topics(&self) -> impl Iterator<Item = &str> {
        self.topics.iter().flatten().map(String::as_str)
    }

    /// How many events after `read` somebody has yet to read.
    pub(crate) fn unread(&self, read: Offset) -> u64 {
        let deletions = self.deletions.len() - self.deletions.partition_point(|&offset| offset <= read);
        self.last.saturating_sub(read.max(self.first.saturating_sub(1))).saturating_sub(deletions as u64)
    }

    /// Something was said: the latest event so far.
    fn push(&mut self, event: Event, keep: usize) {
        self.last = event.offset;
        self.voices = self.voices.and(event.author);
        if let What::Deletion { target } = event.what {
            self.deletions.push(event.offset);
            self.recent.take_back(target);
        }
        self.recent.push(event, keep);
    }

    /// What came before `first` is no longer kept.
    fn prune(&mut self, first: Offset) {
        self.first = self.first.max(first);
        self.recent.prune(self.first);
        let gone = self.deletions.partition_point(|&offset| offset < first);
        self.deletions.drain(..gone);
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
    by_name: HashMap<String, RoomId>,
    /// The second keys of names. Two rooms may share one, which had their names before it was looked at.
    by_look: BTreeSet<(Box<str>, RoomId)>,
    /// Those that anybody may join, by name.
    public: BTreeMap<String, RoomId>,
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
    pub(crate) fn insert(&mut self, room: Room) {
        self.by_name.insert(room.name.clone(), room.id);
        self.by_name.entry(room.folded.clone()).or_insert(room.id);
        self.by_look.extend(look(&room));
        if room.kind == RoomKind::Public {
            self.public.insert(room.name.clone(), room.id);
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
    pub(crate) fn push(&mut self, id: RoomId, event: Event, keep: usize) {
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
    pub(crate) fn prune(&mut self, id: RoomId, first: Offset) {
        if let Some(room) = self.by_id.get_mut(&id) {
            self.bytes -= room.recent.bytes();
            room.prune(first);
            self.bytes += room.recent.bytes();
        }
    }

    pub(crate) fn remove(&mut self, id: RoomId) -> Option<Room> {
        self.fill(id);
        let room = self.by_id.remove(&id)?;
        direct_pair(&room.name).into_iter().flatten().for_each(|one| count_down(&mut self.talks, one));
        room.maker.into_iter().for_each(|maker| count_down(&mut self.made, maker));
        self.bytes -= room.recent.bytes();
        self.rings.remove(&(room.used, id));
        for name in [&room.name, &room.folded] {
            if self.by_name.get(name) == Some(&id) {
                self.by_name.remove(name);
            }
        }
        if let Some(look) = look(&room) {
            self.by_look.remove(&look);
        }
        self.public.remove(&room.name);
        Some(room)
    }

    /// Nobody is a member any more: the room is removed then.
    pub(crate) fn empty(&mut self, id: RoomId, until: Millis) {
        self.fill(id);
        if let Some(room) = self.by_id.get_mut(&id) {
            room.empty_until = Some(until);
            self.empty.insert((until, id));
        }
    }

    /// Somebody is a member again, or its removal is on its way.
    pub(crate) fn fill(&mut self, id: RoomId) {
        if let Some(until) = self.by_id.get_mut(&id).and_then(|room| room.empty_until.take()) {
            self.empty.remove(&(until, id));
        }
    }

    /// Rooms without members, those that are removed first in front.
    pub(crate) fn empties(&self) -> impl Iterator<Item = (Millis, &Room)> {
        self.empty.iter().filter_map(|&(until, id)| Some((until, self.by_id.get(&id)?)))
    }

    pub(crate) fn count_talks(&self, person: PersonId) -> usize {
        self.talks.get(&person).copied().unwrap_or(0)
    }

    pub(crate) fn count_made(&self, person: PersonId) -> usize {
        self.made.get(&person).copied().unwrap_or(0)
    }

    pub(crate) fn get(&self, id: RoomId) -> Option<&Room> {
        self.by_id.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: RoomId) -> Option<&mut Room> {
        self.by_id.get_mut(&id)
    }

    pub(crate) fn named(&self, folded: &str) -> Option<&Room> {
        self.by_name.get(folded).and_then(|id| self.by_id.get(id))
    }

    /// What a client means by a name: a private talk by its key, letter by letter; any other room by whatever looks
    /// like its name.
    pub(crate) fn called(&self, name: &str) -> Option<&Room> {
        let looked_for = || (!name.starts_with('@')).then(|| self.named(&names::fold_room(name))).flatten();
        self.named(name).or_else(looked_for)
    }

    /// The room whose name is like this one.
    pub(crate) fn like(&self, keys: &Keys) -> Option<&Room> {
        let drawn_like = |key: &str| {
            let (first, last) = ((Box::from(key), RoomId::MIN), (Box::from(key), RoomId::MAX));
            self.by_look.range(first..=last).find_map(|(_, id)| self.get(*id))
        };
        keys.iter().find_map(|key| self.named(key).or_else(|| drawn_like(key)))
    }

    /// How many rooms there are that anybody may join.
    pub(crate) fn count_public(&self) -> usize {
        self.public.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Room> {
        self.by_id.values()
    }

    /// Rooms that anybody may join, in the order of their names, those behind this name.
    pub(crate) fn listed(&self, after: &str) -> impl Iterator<Item = &Room> {
        let behind = self.public.range::<str, _>((Bound::Excluded(after), Bound::Unbounded));
        behind.map(|(_, id)| &self.by_id[id]).filter(|room| !room.pending)
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
pub(crate) fn direct_name(one: PersonId, other: PersonId) -> String {
    format!("@{}:{}", one.min(other), one.max(other))
}

/// Whose private talk this is, if it is one.
pub(crate) fn direct_pair(name: &str) -> Option<[PersonId; 2]> {
    let (one, other) = name.strip_prefix('@')?.split_once(':')?;
    Some([one.parse().ok()?, other.parse().ok()?])
}

/// Whom a member of a direct room talks to there.
pub(crate) fn direct_partner(name: &str, member: PersonId) -> Option<PersonId> {
    let [one, other] = direct_pair(name)?;
    Some(if one == member { other } else { one })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(offset: Offset) -> Event {
        let what = What::Text(format!("number {offset}"));
        Event { offset, at: 0, author: 1, author_name: "alice".into(), what, mentions: vec![2] }
    }

    fn deletion(offset: Offset, target: Offset) -> Event {
        Event { what: What::Deletion { target }, mentions: vec![], ..text(offset) }
    }

    fn room(first: Offset, last: Offset, recent: usize) -> Room {
        let start = (last + 1).saturating_sub(recent as u64).max(first);
        Room::new(StoredRoom {
            id: 1,
            kind: RoomKind::Public,
            name: "tea".into(),
            folded: "tea".into(),
            epoch: "e".into(),
            first,
            last,
            voices: Voices::None,
            deletions: vec![],
            recent: (start..=last).map(text).collect(),
        })
    }

    fn offsets<'a>(events: Option<impl Iterator<Item = &'a Event>>) -> Option<Vec<Offset>> {
        events.map(|events| events.map(|event| event.offset).collect())
    }

    #[test]
    fn what_is_after_an_offset_is_told_whole_or_not_at_all() {
        let room = room(1, 10, 4);
        assert_eq!(offsets(room.after(10)), Some(vec![]));
        assert_eq!(offsets(room.after(8)), Some(vec![9, 10]));
        assert_eq!(offsets(room.after(6)), Some(vec![7, 8, 9, 10]));
        assert_eq!(offsets(room.after(5)), None);
        assert_eq!(offsets(self::room(1, 0, 4).after(0)), Some(vec![]), "a room in which nothing was said");
        assert_eq!(offsets(self::room(11, 10, 4).after(10)), Some(vec![]), "all is pruned");
        assert_eq!(offsets(self::room(11, 10, 4).after(9)), None);
    }

    #[test]
    fn what_only_the_disk_knows_yet_is_told_later() {
        let (room, events) = (room(1, 10, 4), [8, 9, 10, 11, 12].map(text));
        assert_eq!(room.heard(&events), &events[..3]);
        assert_eq!(room.heard(&events[..2]), &events[..2]);
        assert_eq!(room.heard(&events[3..]), &[]);
    }

    #[test]
    fn what_is_before_an_offset_is_told_from_memory_if_that_is_all_or_enough() {
        let room = room(1, 10, 4);
        assert_eq!(offsets(room.before(None, 2)), Some(vec![9, 10]));
        assert_eq!(offsets(room.before(Some(9), 2)), Some(vec![7, 8]));
        assert_eq!(offsets(room.before(Some(9), 3)), None);
        assert_eq!(offsets(self::room(7, 10, 4).before(Some(9), 3)), Some(vec![7, 8]), "there are no others");
        assert_eq!(offsets(self::room(1, 0, 4).before(None, 3)), Some(vec![]));
    }

    #[test]
    fn deletions_are_not_unread_and_what_they_take_back_is_gone() {
        let mut room = room(1, 3, 10);
        assert_eq!((room.unread(0), room.unread(2), room.unread(3)), (3, 1, 0));
        room.push(deletion(4, 2), 10);
        room.push(text(5), 10);
        assert_eq!((room.unread(0), room.unread(3), room.unread(4), room.unread(5)), (4, 1, 1, 0));
        assert_eq!(room.recent[1].what, What::Deleted);
        assert!(room.recent[1].mentions.is_empty());
        room.prune(5);
        assert_eq!(
            (room.unread(0), room.first, room.recent.len()),
            (1, 5, 1),
            "what is not kept is not unread"
        );
    }

    #[test]
    fn a_private_talk_has_one_name() {
        assert_eq!(direct_name(7, 3), direct_name(3, 7));
        assert_eq!(direct_partner("@3:7", 3), Some(7));
        assert_eq!(direct_partner("@3:7", 7), Some(3));
        assert_eq!(direct_partner("@7:7", 7), Some(7));
        assert_eq!(direct_partner("tea", 7), None);
    }
}
