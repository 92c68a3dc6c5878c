//! A room: what was said in it last, and what is counted as unread.

use super::ring::Ring;
pub(crate) use crate::history::direct_pair;
use crate::history::{Call, Event, Millis, Offset, PersonId, RoomId, RoomKind, StoredRoom, Voices, What};
use crate::model::names::{self, Keys};

#[derive(Debug)]
pub(crate) struct Room {
    pub(super) id: RoomId,
    pub(super) kind: RoomKind,
    /// What clients call it. For a private talk or a private room, its key.
    pub(super) name: String,
    pub(super) folded: String,
    pub(super) epoch: String,
    /// The oldest offset that is kept, and the latest.
    pub(super) first: Offset,
    pub(super) last: Offset,
    pub(super) voices: Voices,
    /// The latest events, so that hardly anybody has to ask the disk.
    pub(super) recent: Ring,
    /// When something was said last, as a number that counts up.
    pub(super) used: u64,
    /// Events that do not count as unread, in order.
    pub(super) uncounted: Vec<Offset>,
    /// Events that call all members, in order.
    pub(super) calls: Vec<Offset>,
    /// Not on disk yet: it is a name that is taken, and nothing else.
    pub(super) is_pending: bool,
    /// The keys of a new name that is on its way to the disk.
    pub(super) renaming: Option<Keys>,
    /// Who made it, if that is known.
    pub(super) maker: Option<PersonId>,
    /// When it is removed, since nobody is a member.
    pub(super) empty_until: Option<Millis>,
}

impl Room {
    pub(crate) fn new(stored: StoredRoom) -> Self {
        let StoredRoom { id, kind, name, folded, epoch, first, last, voices, uncounted, calls, recent } =
            stored;
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
            calls,
            is_pending: false,
            renaming: None,
            maker: None,
            empty_until: None,
        }
    }

    /// A room that is on its way to the disk: nothing was said in it.
    pub(super) fn pending(
        (id, kind): (RoomId, RoomKind),
        name: &str,
        folded: &str,
        epoch: &str,
        maker: Option<PersonId>,
    ) -> Self {
        let (name, folded, epoch) = (name.to_owned(), folded.to_owned(), epoch.to_owned());
        let (voices, uncounted, recent) = (Voices::None, Vec::new(), Vec::new());
        let (first, last) = (1, 0);
        let calls = Vec::new();
        let stored =
            StoredRoom { id, kind, name, folded, epoch, first, last, voices, uncounted, calls, recent };
        Room { is_pending: true, ..Room::new(stored).made_by(maker) }
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

    /// Does nobody know of it who is not in it?
    pub(crate) fn is_private(&self) -> bool {
        self.kind == RoomKind::Private
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn made_by(self, maker: Option<PersonId>) -> Self {
        Room { maker, ..self }
    }

    pub(super) fn maker(&self) -> Option<PersonId> {
        self.maker
    }

    pub(super) fn is_renaming(&self) -> bool {
        self.renaming.is_some()
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

    /// The latest event that somebody has yet to read; before the first there is none.
    pub(crate) fn last_counted(&self) -> Offset {
        let uncounted = self.uncounted.iter().rev().zip((0..=self.last).rev());
        self.last - uncounted.take_while(|(offset, last)| *offset == last).count() as Offset
    }

    /// The events after `read` that call all members; and the latest of all that do.
    pub(crate) fn calls_after(&self, read: Offset) -> &[Offset] {
        &self.calls[self.calls.partition_point(|&offset| offset <= read)..]
    }

    pub(crate) fn last_call(&self) -> Option<Offset> {
        self.calls.last().copied()
    }

    /// Something was said: the latest event so far.
    pub(super) fn push(&mut self, event: Event, keep: usize) {
        self.last = event.offset;
        self.voices = self.voices.and(event.author);
        if !event.what.is_counted() {
            self.uncounted.push(event.offset);
        }
        if event.call == Some(Call::All) {
            self.calls.push(event.offset);
        }
        match &event.what {
            What::Deletion { target } => self.take_back(&[*target]),
            What::Purge { targets, .. } => self.take_back(targets),
            What::Text(_) | What::Picture { .. } | What::Deleted => {}
        }
        self.recent.push(event, keep);
    }

    fn take_back(&mut self, targets: &[Offset]) {
        self.calls.retain(|call| !targets.contains(call));
        targets.iter().for_each(|&target| self.recent.take_back(target));
    }

    /// What came before `first` is no longer kept.
    pub(super) fn prune(&mut self, first: Offset) {
        self.first = self.first.max(first);
        self.recent.prune(self.first);
        let gone = self.uncounted.partition_point(|&offset| offset < first);
        self.uncounted.drain(..gone);
        let gone = self.calls.partition_point(|&offset| offset < first);
        self.calls.drain(..gone);
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

/// The second key of a room that anybody may join.
pub(super) fn look(room: &Room) -> Option<(Box<str>, RoomId)> {
    let keys = (room.kind == RoomKind::Public).then(|| Keys::of_room(&room.name))?;
    keys.look().map(|look| (look.into(), room.id))
}

/// What a private talk between two people is called: the same for both, and no name that a room may have.
pub(crate) fn direct_name(one: PersonId, other: PersonId) -> String {
    format!("@{}:{}", one.min(other), one.max(other))
}

/// What a private room is called for good: by its number. No name is like it, and what it shows is its title.
pub(crate) fn private_name(id: RoomId) -> String {
    format!("+{id}")
}

/// Private talks and private rooms are called by their keys, letter by letter.
pub(super) fn is_key(name: &str) -> bool {
    name.starts_with(['@', '+'])
}
