//! What is said, and by which numbers people, rooms and events are called.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::spelling::media_type;

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

/// `image/png` and the like: one of those that are known. Without this name serde would borrow it from the text that it reads.
pub(crate) type MediaType = &'static str;

/// Invites, reports, sessions, announcements, acts: the history numbers them, all in one row, and none twice.
pub(crate) type Number = u64;
/// SHA-256 of the key of an invite, a session of the admin page, or its link. The key itself is not kept.
pub(crate) type KeyHash = [u8; 32];

/// How somebody is called who has erased themself.
pub(crate) fn gone(person: PersonId) -> String {
    format!("gone-{person}")
}

/// Something said in a room. The history gives it its offset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Append {
    pub room: RoomId,
    pub aim: Aim,
    pub author: PersonId,
    pub author_name: String,
    /// The sender's own id of the message. The same (author, key) again is not stored again: the answer is that of
    /// the first time, with `repeated` set. For something else it is refused (`KeyUsed`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    pub at: Millis,
    pub body: Body,
    /// Who is mentioned. Stored with the event, and kept per person until read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<PersonId>,
    /// Many are called at once: a right of who governs the room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
}

/// Many are called at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Call {
    /// `@all`: every member.
    All,
    /// `@here`: those who are here now.
    Here,
}

/// Has the sender named the room, or is it the one in which they were? Said again, it may be another one then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Aim {
    There,
    Here,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Body {
    Text(String),
    /// A picture, with a caption (perhaps empty). Its bytes are in the entry when it is stored, and nowhere else.
    Picture {
        picture: Picture,
        caption: String,
        #[serde(skip)]
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

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Picture {
    /// Part of its address; cannot be guessed.
    pub id: String,
    #[serde(deserialize_with = "media_type")]
    pub media_type: MediaType,
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
