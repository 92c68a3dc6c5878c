//! What is said, and by which numbers people, rooms and events are called.

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

/// Invites, reports, sessions, announcements, acts: the history numbers them, all in one row, and none twice.
pub(crate) type Number = u64;
/// SHA-256 of the key of an invite, a session of the admin page, or its link. The key itself is not kept.
pub(crate) type KeyHash = [u8; 32];

/// How somebody is called who has erased themself.
pub(crate) fn gone(person: PersonId) -> String {
    format!("gone-{person}")
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
    /// Many are called at once: a right of who governs the room.
    pub call: Option<Call>,
}

/// Many are called at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    /// `@all`: every member.
    All,
    /// `@here`: those who are here now.
    Here,
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
    /// What one person said at these places is erased, by somebody who may, or by themself.
    Purge {
        of: PersonId,
        targets: Vec<Offset>,
    },
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

impl Body {
    /// What can be read and searched in it, and may mention people.
    pub(crate) fn words(&self) -> Option<&str> {
        match self {
            Body::Text(text) | Body::Picture { caption: text, .. } => Some(text),
            Body::Deletion { .. } | Body::Purge { .. } => None,
        }
    }

    /// With other words in it.
    pub(crate) fn with_words(self, words: String) -> Body {
        match self {
            Body::Text(_) => Body::Text(words),
            Body::Picture { picture, bytes, .. } => Body::Picture { picture, caption: words, bytes },
            Body::Deletion { .. } | Body::Purge { .. } => self,
        }
    }

    pub(super) fn weight(&self) -> usize {
        let words = self.words().map_or(0, str::len);
        words + if let Body::Picture { bytes, .. } = self { bytes.len() } else { 0 }
    }
}
