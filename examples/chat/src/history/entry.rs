//! What changes what lasts.
//!
//! Every change is an entry of one log, and has its place in it: entries are applied one after the other, each by a pure
//! function of the tables and the entry. No clock, no chance and no setting takes part. What these cause is an entry as
//! well: it was decided before, from the tables and the clock and the settings, and is applied like any other. So two
//! histories that are fed with the same entries have the same tables.
//!
//! An entry that is refused changes nothing, and has no place in the log.

use std::sync::Arc;

/// Numbers that name a person or a room for good. They are given out by the chat
/// ([`Loaded::next_person`](super::Loaded::next_person), [`Loaded::next_room`](super::Loaded::next_room)) and never come
/// to mean somebody else.
pub(crate) type PersonId = u64;
pub(crate) type RoomId = u64;
/// An event's place in its room: 1, 2, 3, …
pub(crate) type Offset = u64;
/// Milliseconds since 1970, UTC.
pub(crate) type Millis = i64;
/// SHA-256 of a resume token. The token itself is not kept.
pub(crate) type TokenHash = [u8; 32];

/// A change of what lasts. What an entry refuses it refuses with a [`Failure`](super::Failure).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    // ---- people
    /// A person is new. `Taken` if somebody has the number or the name. Without a `token` they are a guest, who cannot come
    /// back: they are forgotten when the history is opened next, at the latest.
    Arrive {
        person: PersonId,
        name: String,
        folded: String,
        token: Option<TokenHash>,
        at: Millis,
    },
    /// A person has chosen another name. `Taken` if somebody has it.
    Rename {
        person: PersonId,
        name: String,
        folded: String,
    },
    /// A person has done something that others could see.
    Noticed {
        person: PersonId,
    },
    /// A person was here until now.
    Seen {
        person: PersonId,
        at: Millis,
    },
    /// A person will not come back: their memberships go, and their name and token are free. Their words stay. If they
    /// are in a direct room the row stays, marked as gone, so that the other one still sees a name.
    Forget {
        person: PersonId,
    },

    // ---- rooms
    /// A room is made: its number, how it is called, and by which key (folded name, or `@3:7`) nobody else may
    /// call theirs (`Taken`).
    Create {
        room: RoomId,
        kind: RoomKind,
        name: String,
        folded: String,
        epoch: String,
        at: Millis,
    },
    /// What clients know of a room may not be so any more: it has another epoch, and they start afresh.
    Renew {
        room: RoomId,
        epoch: String,
    },
    /// A room that has no members is taken away; what was said in it is swept out later. `HasMembers`; people who are gone
    /// are none.
    Remove {
        room: RoomId,
    },
    /// A person becomes a member of a room, has read it up to `read`. Again: nothing changes.
    Join {
        room: RoomId,
        person: PersonId,
        read: Offset,
    },
    Leave {
        room: RoomId,
        person: PersonId,
    },
    /// A member has read a room up to here; mentions up to there are no longer kept. Never moves back.
    MarkRead {
        room: RoomId,
        person: PersonId,
        read: Offset,
    },

    // ---- what is said
    /// Something was said. Its author has read the room up to there.
    Append(Append),

    // ---- what is given up
    /// Events of a room before this offset are given up. Again: nothing changes. `NoSuchEvent` if so many were never said.
    Prune {
        room: RoomId,
        before: Offset,
    },
    /// What was said in a removed room before this offset is swept out; with the last of it the room's number goes too.
    Sweep {
        room: RoomId,
        before: Offset,
    },
    /// The pictures of all events up to this one go, and the events stay. Events are counted over all rooms here.
    GiveUpPictures {
        upto: u64,
    },
    /// The receipts of what was said go, in the order in which they were given, up to this one.
    ForgetReceipts {
        upto: u64,
    },
}

/// Something said in a room. The history gives it its offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Append {
    pub room: RoomId,
    pub aim: Aim,
    pub author: PersonId,
    pub author_name: String,
    /// The sender's own id of the message. The same (author, key) again is not stored again: the answer is that of
    /// the first time, with `repeated` set. For something else it is refused (`KeyUsed`).
    pub key: Option<String>,
    pub at: Millis,
    pub body: Body,
    /// Who is mentioned. Stored with the event, and kept per person until read.
    pub mentions: Vec<PersonId>,
}

/// Has the sender named the room, or is it the one in which they were? Said again, it may be another one then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aim {
    There,
    Here,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Body {
    Text(String),
    /// A picture, with a caption (perhaps empty). Its bytes are in the entry when it is stored, and nowhere else.
    Picture {
        picture: Picture,
        caption: String,
        bytes: Arc<[u8]>,
    },
    /// The author takes back what they said at `target`: text, picture and mentions are erased, and the event there
    /// says so. `NotYours` if it is somebody else's, `NoSuchEvent` if it is not there, is no text or picture, or has been
    /// taken back.
    Deletion {
        target: Offset,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RoomKind {
    Public,
    /// Between two people.
    Direct,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    /// Part of its address; cannot be guessed.
    pub id: String,
    pub media_type: &'static str,
    pub width: u32,
    pub height: u32,
    /// Bytes.
    pub size: u64,
}

impl Entry {
    /// Bytes that it brings along, more or less. What a client can make long is in [`Append`].
    pub(super) fn weight(&self) -> usize {
        const ROW: usize = 100;
        let body = if let Entry::Append(append) = self { append.body.weight() } else { 0 };
        ROW + body
    }

    /// The bytes of its picture, if it brings one.
    pub(super) fn picture_bytes(&self) -> Option<u64> {
        match self {
            Entry::Append(Append { body: Body::Picture { bytes, .. }, .. }) => Some(bytes.len() as u64),
            _ => None,
        }
    }
}

impl Body {
    /// What can be read and searched in it, and may mention people.
    pub(crate) fn words(&self) -> Option<&str> {
        match self {
            Body::Text(text) | Body::Picture { caption: text, .. } => Some(text),
            Body::Deletion { .. } => None,
        }
    }

    fn weight(&self) -> usize {
        let words = self.words().map_or(0, str::len);
        words + if let Body::Picture { bytes, .. } = self { bytes.len() } else { 0 }
    }
}
