//! What clients are told.

use std::collections::BTreeMap;

use serde::Serialize;

use super::codes::word;
use super::events::EventTold;
use super::parts::{AvatarPath, User, is_false};
use crate::history::{Millis, Number, Offset, PersonId, Shape};
use crate::refusal::Code;

/// The server's own words carry their source, as in the tutorials.
pub(super) const SERVER: &str = "server";

/// Objects that consist of their type and few fields.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Told<'a> {
    Welcome(WelcomeTold<'a>),
    Error {
        msg_source: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        #[serde(serialize_with = "word")]
        code: Code,
        msg: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_after: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Millis>,
    },
    Ack {
        id: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        room: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        offset: Option<Offset>,
        #[serde(skip_serializing_if = "Option::is_none")]
        msg_time: Option<i64>,
        #[serde(skip_serializing_if = "is_false")]
        repeated: bool,
        #[serde(skip_serializing_if = "is_false")]
        held: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        msg: Option<&'a str>,
    },
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
    },
    Room {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        #[serde(flatten)]
        room: RoomState<'a>,
    },
    Rooms {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        rooms: Vec<ListedRoom<'a>>,
        #[serde(skip_serializing_if = "is_false")]
        more: bool,
    },
    Who {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        room: &'a str,
        users: Vec<User<'a>>,
        here: usize,
        members: usize,
        more: bool,
    },
    History {
        room: &'a str,
        epoch: &'a str,
        recovered: bool,
        events: Vec<EventTold<'a>>,
        more: bool,
    },
    Page {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        room: &'a str,
        epoch: &'a str,
        events: Vec<EventTold<'a>>,
        more: bool,
    },
    Found {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        query: &'a str,
        hits: Vec<EventTold<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        before: Option<u64>,
    },
    Joined(Moved<'a>),
    Left(Moved<'a>),
    Created {
        msg_source: &'a str,
        msg: &'a str,
        room: &'a str,
    },
    Removed {
        msg_source: &'a str,
        msg: &'a str,
        room: &'a str,
        /// Who did it, if it was not empty.
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<User<'a>>,
    },
    Renamed {
        msg_source: &'a str,
        msg: &'a str,
        user: User<'a>,
        old: &'a str,
    },
    /// How many are in a room, to a crowd: it does not hear of each.
    Here {
        room: &'a str,
        here: usize,
        members: usize,
        crowd: bool,
    },
    Online {
        user: User<'a>,
    },
    Offline {
        user: User<'a>,
    },
    /// Of those whom a window watches: all of them as the answer, and later who comes and goes.
    Presence {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        online: &'a [PersonId],
        offline: &'a [PersonId],
        #[serde(skip_serializing_if = "Vec::is_empty")]
        renamed: Vec<User<'a>>,
        /// Of those who have one.
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        avatars: BTreeMap<PersonId, AvatarPath<'a>>,
    },
    Typing {
        room: &'a str,
        user: User<'a>,
    },
    Read {
        room: &'a str,
        offset: Offset,
        unread: u64,
        mentions: usize,
    },
}

#[derive(Debug, Serialize)]
pub(super) struct WelcomeTold<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<&'a str>,
    pub msg_source: &'a str,
    pub msg: &'a str,
    pub server: &'a str,
    pub user: User<'a>,
    /// What they may do in the whole chat.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub may: Vec<&'a str>,
    pub new: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<&'a str>,
    /// Who is here, unless they are a crowd.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all: Option<Vec<User<'a>>>,
    pub here: usize,
    pub rooms: Vec<RoomState<'a>>,
    pub room: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub announcement: Option<AnnouncementTold<'a>>,
    /// Who may come in as somebody new, if not everybody may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub door: Option<&'a str>,
    /// Of the chat itself, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub robot: Option<User<'a>>,
    pub push: PushTold<'a>,
    pub durability: &'a str,
    pub echo: bool,
    pub limits: LimitsTold,
}

/// What may be sent out of the chat by those who are no owners, and in which shapes.
#[derive(Debug, Serialize)]
pub(super) struct PushTold<'a> {
    hosts: &'a [String],
    shapes: Vec<&'a str>,
}

impl<'a> PushTold<'a> {
    pub(super) fn new(hosts: &'a [String]) -> Self {
        PushTold { hosts, shapes: Shape::ALL.iter().map(|shape| shape.word()).collect() }
    }
}

#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct LimitsTold {
    pub name: usize,
    pub message: usize,
    pub room_name: usize,
    pub rooms: usize,
    pub picture: u64,
    pub pixels: u64,
    pub page: usize,
}

/// A room, as one of its members sees it.
#[derive(Debug, Serialize)]
pub(super) struct RoomState<'a> {
    pub room: &'a str,
    #[serde(flatten)]
    pub traits: TraitsTold<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with: Option<User<'a>>,
    pub epoch: &'a str,
    pub first: Offset,
    pub offset: Offset,
    pub members: usize,
    /// How many of them are here; and that it is a crowd, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub here: Option<usize>,
    #[serde(skip_serializing_if = "is_false")]
    pub crowd: bool,
    pub read: Offset,
    pub unread: u64,
    pub mentions: usize,
    /// How much of it the reader wants to be told of, if they have chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<&'a str>,
    /// The reader is its op.
    #[serde(skip_serializing_if = "is_false")]
    pub op: bool,
    /// The reader may not speak there, until then or for ever.
    #[serde(skip_serializing_if = "is_false")]
    pub muted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub muted_until: Option<Millis>,
    /// What the reader may do there to others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub may: Vec<&'a str>,
}

/// What is different about a room, and may be changed by those who govern it.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct TraitsTold<'a> {
    pub kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub topic: &'a str,
    #[serde(skip_serializing_if = "is_zero")]
    pub slow: u32,
    #[serde(skip_serializing_if = "is_false")]
    pub closed: bool,
}

/// An empty text: there is none any more.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct AnnouncementTold<'a> {
    pub id: Number,
    pub msg: &'a str,
    pub msg_time: Millis,
}

#[derive(Debug, Serialize)]
pub(super) struct ListedRoom<'a> {
    pub room: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub topic: &'a str,
    #[serde(skip_serializing_if = "is_false")]
    pub closed: bool,
    pub members: usize,
    pub offset: Offset,
    pub joined: bool,
}

/// Somebody has joined a room or left it.
#[derive(Debug, Serialize)]
pub(super) struct Moved<'a> {
    pub msg_source: &'a str,
    pub msg: &'a str,
    pub room: &'a str,
    pub user: User<'a>,
    pub members: usize,
    /// Who has brought them in, or put them out, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<User<'a>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub reason: &'a str,
}

fn is_zero(it: &u32) -> bool {
    *it == 0
}
