//! What one client is answered, in the chat's own words. Each voice knows how it is said.

use crate::history::{Event, Hit, Millis, Offset, PersonId, RoomId};
use crate::model::{Listed, Room};
use crate::refusal::Refusal;

#[derive(Debug)]
pub(crate) enum Reply<'a> {
    /// It is done.
    Done,
    /// It was said, and is safe.
    Said {
        room: RoomId,
        offset: Offset,
        at: Millis,
        repeated: bool,
    },
    Refused(&'a Refusal),
    Welcome(Welcome<'a>),
    /// They are in this room now; and were elsewhere before, or were there already.
    Entered {
        room: RoomId,
        from_elsewhere: bool,
    },
    /// Somebody has a new name.
    Renamed {
        person: PersonId,
    },
    Rooms {
        listed: Vec<&'a Room>,
        more: bool,
    },
    Who {
        room: &'a Room,
        listed: &'a Listed,
    },
    /// Of those whom they watch: all of them, or later who has come and gone, or is called otherwise.
    Presence {
        online: &'a [PersonId],
        offline: &'a [PersonId],
        renamed: &'a [PersonId],
    },
    /// The latest of these events; the room keeps those from `first` on.
    Page {
        room: &'a Room,
        events: Vec<&'a Event>,
        first: Offset,
    },
    /// What was found, and whether there is more behind the last mark.
    Found {
        query: &'a str,
        hits: Vec<&'a Hit>,
        last: Option<u64>,
        more: bool,
    },
    /// They read their own words from now on, or do not.
    Echo(bool),
    Help,
    Pong,
}

/// What somebody who comes is told of the chat.
#[derive(Debug)]
pub(crate) struct Welcome<'a> {
    pub person: PersonId,
    pub new: bool,
    /// With which they come back.
    pub token: Option<&'a str>,
    /// The room in which they are.
    pub room: RoomId,
    /// Everybody who is here is named.
    pub is_named: bool,
    pub echo: bool,
    /// What an acknowledgement promises.
    pub durability: &'static str,
    pub limits: Limits,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub name: usize,
    pub message: usize,
    pub room_name: usize,
    pub rooms: usize,
    pub picture: u64,
    pub pixels: u64,
    pub page: usize,
}
