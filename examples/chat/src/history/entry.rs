//! What can be asked of the history, and what it answers.
//!
//! Writes are carried out one after the other, in the order in which they were asked for; each batch of them is one
//! transaction, and no answer leaves before its transaction is committed. Reads have a thread of their own.

use std::sync::Arc;

/// Numbers that name a person or a room for good. They are given out by the chat ([`Loaded::next_person`],
/// [`Loaded::next_room`]) and never come to mean somebody else.
pub(crate) type PersonId = u64;
pub(crate) type RoomId = u64;
/// An event's place in its room: 1, 2, 3, …
pub(crate) type Offset = u64;
/// Milliseconds since 1970, UTC.
pub(crate) type Millis = i64;
/// SHA-256 of a resume token. The token itself is not kept.
pub(crate) type TokenHash = [u8; 32];

/// Bytes of the latest events of one room, and of all rooms, that are kept in memory.
pub(crate) const RING_BYTES: usize = 256 << 10;
pub(crate) const RINGS_BYTES: usize = 64 << 20;

/// Something that is to be on disk before anybody hears of it.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    /// A person is new. Refused with [`Failure::Taken`] if somebody has the number or the name. `token` is `None` for guests who cannot come back: they are forgotten when the
    /// history is opened next, at the latest.
    Arrive {
        person: PersonId,
        name: String,
        folded: String,
        token: Option<TokenHash>,
        at: Millis,
    },
    /// A person has chosen another name. Refused with [`Failure::Taken`] if somebody has it.
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
    /// A room is made: its number, how it is called, and by which key (folded name, or `@3:7`) nobody else may
    /// call theirs ([`Failure::Taken`]).
    Create {
        room: RoomId,
        kind: RoomKind,
        name: String,
        folded: String,
        epoch: String,
        at: Millis,
    },
    /// A room that has no members is taken away, with all that was said in it. Refused with [`Failure::HasMembers`];
    /// people who are gone are none.
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
    /// Something was said. Its author has read the room up to there.
    Append(Append),
    /// Events of a room before this offset are given up. Again: nothing changes. Refused with [`Failure::NoSuchEvent`]
    /// if so many were never said.
    Prune {
        room: RoomId,
        before: Offset,
    },
}

/// Something said in a room. The history gives it its offset.
#[derive(Debug, Clone)]
pub(crate) struct Append {
    pub room: RoomId,
    pub aim: Aim,
    pub author: PersonId,
    pub author_name: String,
    /// The sender's own id of the message. The same (author, key) again is not stored again: the answer is that of
    /// the first time, with `repeated` set. For something else it is refused ([`Failure::KeyUsed`]).
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
    /// A picture, with a caption (perhaps empty). Its bytes are in the job when it is stored, and nowhere else.
    Picture {
        picture: Picture,
        caption: String,
        bytes: Arc<[u8]>,
    },
    /// The author takes back what they said at `target`: text, picture and mentions are erased, and the event there
    /// says so. [`Failure::NotYours`] if it is somebody else's, [`Failure::NoSuchEvent`] if it is not there, is no text
    /// or picture, or has been taken back.
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

/// An event of a room, as it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    pub offset: Offset,
    pub at: Millis,
    pub author: PersonId,
    /// As it was when they said it.
    pub author_name: String,
    pub what: What,
    pub mentions: Vec<PersonId>,
}

impl Event {
    /// About how many bytes it takes in memory.
    pub(crate) fn weight(&self) -> usize {
        let said = match &self.what {
            What::Text(text) => text.len(),
            What::Picture { picture, caption } => {
                caption.len() + picture.as_ref().map_or(0, |picture| picture.id.len())
            }
            What::Deleted | What::Deletion { .. } => 0,
        };
        size_of::<Event>() + self.author_name.len() + size_of_val(&self.mentions[..]) + said
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    Text(String),
    /// The picture is `None` when its bytes were given up to make room (`--keep-pictures`).
    Picture {
        picture: Option<Picture>,
        caption: String,
    },
    /// What was here has been taken back.
    Deleted,
    /// What was at `target` has been taken back.
    Deletion {
        target: Offset,
    },
}

/// What an entry has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Done {
    Kept,
    /// Of [`Entry::Append`].
    Appended {
        room: RoomId,
        offset: Offset,
        at: Millis,
        repeated: bool,
    },
    /// Of a deletion, the first time: and who was mentioned in what was taken back.
    TakenBack {
        room: RoomId,
        offset: Offset,
        at: Millis,
        mentioned: Vec<PersonId>,
    },
}

/// Why an entry was refused, or a read had no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The number, the name, the key, or the picture's id is somebody else's.
    Taken,
    NoSuchRoom,
    /// To be renamed, or to join a room. Other entries about somebody who is not there have nothing to do, and are kept.
    NoSuchPerson,
    /// A room that was to be removed.
    HasMembers,
    NoSuchEvent,
    NotYours,
    /// The author has said something else under this key.
    KeyUsed,
    /// Too many searches are under way.
    Busy,
    /// The disk, or the file: in words for people, with what to do about it.
    Storage(String),
}

/// How an entry came out.
pub(crate) type Outcome = Result<Done, Failure>;

/// What has become of an entry, whoever it comes from.
#[derive(Debug)]
pub(crate) struct Applied<T> {
    pub entry: Entry,
    pub outcome: Outcome,
    /// `None`: nobody has asked for it. The history itself has decided it.
    pub ticket: Option<T>,
}

#[derive(Debug)]
pub(crate) enum Read {
    /// Events of a room after an offset, oldest first, at most `limit`.
    After { room: RoomId, after: Offset, limit: usize },
    /// Events of a room before an offset (or the latest), oldest first, at most `limit`.
    Before { room: RoomId, before: Option<Offset>, limit: usize },
    /// Texts and captions that contain `text`, whatever their case, in any of these rooms; the latest first, at
    /// most `limit`; of those older than `before`, as [`Hit::mark`] has it. An empty text finds nothing. A search may be
    /// overtaken by reads that were asked for later.
    Search { rooms: Vec<RoomId>, text: String, before: Option<u64>, limit: usize },
    /// Whoever has its bytes already is only told whether it is still there.
    Picture { id: String, is_known: bool },
}

#[derive(Debug)]
pub(crate) enum Found {
    /// `first`: the oldest offset that is still kept (one past the latest if there is none).
    Events {
        events: Vec<Event>,
        first: Offset,
    },
    Hits {
        hits: Vec<Hit>,
        more: bool,
    },
    /// `None`: there is no such picture, or no longer.
    Picture(Option<(&'static str, Arc<[u8]>)>),
    /// It is there, and known.
    SamePicture,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    pub room: RoomId,
    pub event: Event,
    /// To ask for older ones.
    pub mark: u64,
}

/// What the history tells the loop.
#[derive(Debug)]
pub(crate) enum Report<T> {
    /// Entries, in the order of the log.
    Applied(Vec<Applied<T>>),
    Read {
        read: Read,
        ticket: T,
        result: Result<Found, Failure>,
    },
}

/// All that the chat keeps in memory, as it was when the history was opened.
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
    /// Offsets of deletions that are kept, in order: events that do not count as unread.
    pub deletions: Vec<Offset>,
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
