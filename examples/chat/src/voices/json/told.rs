//! What clients are told.

use serde::{Serialize, Serializer};

use crate::history::{Event, Offset, PersonId, Picture, What};
use crate::refusal::Code;

/// Anything that is told, as JSON.
pub(super) fn json(object: &impl Serialize) -> String {
    serde_json::to_string(object).expect("these have neither maps with odd keys nor failing parts")
}

/// The server's own words carry their source, as in the tutorials.
pub(super) const SERVER: &str = "server";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct User<'a> {
    pub id: PersonId,
    pub name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub online: Option<bool>,
}

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
    pub new: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<&'a str>,
    /// Who is here, unless they are a crowd.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all: Option<Vec<User<'a>>>,
    pub here: usize,
    pub rooms: Vec<RoomState<'a>>,
    pub room: &'a str,
    pub durability: &'a str,
    pub echo: bool,
    pub limits: LimitsTold,
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
    pub kind: &'a str,
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
}

#[derive(Debug, Serialize)]
pub(super) struct ListedRoom<'a> {
    pub room: &'a str,
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
}

/// An event of a room.
#[derive(Debug, Serialize)]
pub(super) struct EventTold<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<&'a str>,
    offset: Offset,
    from_id: PersonId,
    from: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    msg: Option<&'a str>,
    msg_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<Offset>,
    #[serde(skip_serializing_if = "is_false")]
    deleted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<PictureTold<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    mentions: &'a [PersonId],
}

#[derive(Debug, Serialize)]
struct PictureTold<'a> {
    url: String,
    media_type: &'a str,
    width: u32,
    height: u32,
    size: u64,
}

impl<'a> EventTold<'a> {
    pub(super) fn new(event: &'a Event, room: Option<&'a str>) -> Self {
        let (kind, msg, target, deleted, picture) = match &event.what {
            What::Text(text) => ("message", Some(text.as_str()), None, false, None),
            What::Picture { picture, caption } => {
                ("picture", Some(caption.as_str()), None, false, picture.as_ref().map(PictureTold::new))
            }
            What::Deleted => ("message", Some(""), None, true, None),
            What::Deletion { target } => ("deleted", None, Some(*target), false, None),
        };
        EventTold {
            kind,
            room,
            offset: event.offset,
            from_id: event.author,
            from: &event.author_name,
            msg,
            msg_time: event.at,
            target,
            deleted,
            picture,
            mentions: &event.mentions,
        }
    }

    pub(super) fn offset(&self) -> Offset {
        self.offset
    }

    /// About how long it is as JSON, in bytes.
    pub(super) fn length(&self) -> usize {
        160 + self.from.len() + self.msg.map_or(0, escaped) + 8 * self.mentions.len()
    }
}

impl<'a> PictureTold<'a> {
    fn new(picture: &'a Picture) -> Self {
        let Picture { media_type, width, height, size, .. } = *picture;
        PictureTold { url: picture_path(picture), media_type, width, height, size }
    }
}

/// Where the picture is served.
pub(crate) fn picture_path(picture: &Picture) -> String {
    format!("/pictures/{}", picture.id)
}

/// How long a text is in JSON, where some characters are written as six.
fn escaped(text: &str) -> usize {
    text.len() + 5 * text.bytes().filter(|&byte| byte < b' ' || byte == b'"' || byte == b'\\').count()
}

fn is_false(it: &bool) -> bool {
    !it
}

fn word<S: Serializer>(code: &Code, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match code {
        Code::BadJson => "bad_json",
        Code::UnknownType => "unknown_type",
        Code::BadField => "bad_field",
        Code::UnknownToken => "unknown_token",
        Code::Empty => "empty",
        Code::TooLong => "too_long",
        Code::RateLimited => "rate_limited",
        Code::BadName => "bad_name",
        Code::NameTaken => "name_taken",
        Code::BadRoomName => "bad_room_name",
        Code::NoSuchRoom => "no_such_room",
        Code::NotMember => "not_member",
        Code::RoomFull => "room_full",
        Code::TooManyRooms => "too_many_rooms",
        Code::CannotLeave => "cannot_leave",
        Code::NoSuchPerson => "no_such_person",
        Code::NoSuchEvent => "no_such_event",
        Code::NotYours => "not_yours",
        Code::BadPicture => "bad_picture",
        Code::PictureTooLarge => "picture_too_large",
        Code::Busy => "busy",
        Code::Storage => "storage",
        Code::Stopping => "stopping",
    })
}
