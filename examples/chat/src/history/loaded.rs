//! What the chat starts with: all that it keeps in memory, as it was when the history was opened.

use super::{Event, Millis, Offset, PersonId, RoomId, RoomKind, TokenHash};

/// Bytes of the latest events of one room, and of all rooms, that are kept in memory.
pub(crate) const RING_BYTES: usize = 256 << 10;
pub(crate) const RINGS_BYTES: usize = 64 << 20;

#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub people: Vec<StoredPerson>,
    pub rooms: Vec<StoredRoom>,
    pub members: Vec<StoredMember>,
    /// Not used by anybody, ever.
    pub next_person: PersonId,
    pub next_room: RoomId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredPerson {
    pub id: PersonId,
    pub name: String,
    pub folded: String,
    /// `None`: gone, and only a name in a direct room.
    pub token: Option<TokenHash>,
    pub seen: Millis,
    /// They have done nothing yet that others could see.
    pub silent: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredRoom {
    pub id: RoomId,
    pub kind: RoomKind,
    pub name: String,
    pub folded: String,
    pub epoch: String,
    /// The oldest offset that is kept (last + 1 if there is none), and the latest (0 if there never was one).
    pub first: Offset,
    pub last: Offset,
    pub voices: Voices,
    /// Offsets of the events that nobody has yet to read, in order ([`What::is_counted`](super::What::is_counted)).
    pub uncounted: Vec<Offset>,
    /// The latest events, oldest first: as many as [`Settings::recent`](super::Settings::recent), or as fit into
    /// [`RING_BYTES`].
    pub recent: Vec<Event>,
}

/// Who has ever spoken in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voices {
    None,
    One(PersonId),
    Several,
}

impl Voices {
    /// With one more that is heard.
    pub(crate) fn and(self, author: PersonId) -> Self {
        match self {
            Voices::None => Voices::One(author),
            Voices::One(first) if first == author => self,
            Voices::One(_) | Voices::Several => Voices::Several,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredMember {
    pub room: RoomId,
    pub person: PersonId,
    pub read: Offset,
    /// Unread mentions, in order.
    pub mentions: Vec<Offset>,
}
