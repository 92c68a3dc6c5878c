//! The JSON of `chat.v1`: what clients ask, and what they are told. The README has it in the order in which it
//! happens.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::history::{Event, Offset, PersonId, Picture, What};

/// What a client asks, and the id by which it wants the answer.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    pub id: Option<String>,
    pub ask: Ask<'a>,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Ask<'a> {
    Hello(Hello<'a>),
    Message {
        to: To<'a>,
        text: Cow<'a, str>,
    },
    /// The picture itself is the next binary message.
    Picture {
        to: To<'a>,
        caption: Cow<'a, str>,
        size: Option<u64>,
    },
    Delete {
        room: Cow<'a, str>,
        offset: Offset,
    },
    Typing {
        room: Cow<'a, str>,
    },
    Rooms,
    Join {
        room: Cow<'a, str>,
        create: bool,
    },
    Leave {
        room: Cow<'a, str>,
    },
    Who {
        room: Cow<'a, str>,
    },
    Page {
        room: Cow<'a, str>,
        before: Option<Offset>,
        limit: Option<u64>,
    },
    Read {
        room: Cow<'a, str>,
        offset: Offset,
    },
    Search {
        query: Cow<'a, str>,
        room: Option<Cow<'a, str>>,
        before: Option<u64>,
    },
    Name {
        name: Cow<'a, str>,
    },
    Ping,
}

#[derive(Debug, Default, PartialEq)]
pub(crate) struct Hello<'a> {
    pub token: Option<Cow<'a, str>>,
    pub name: Option<Cow<'a, str>>,
    pub echo: bool,
    pub rooms: HashMap<String, Position>,
}

/// How far a client has heard a room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Position {
    pub epoch: String,
    pub offset: Offset,
}

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum To<'a> {
    /// The room in which the sender is.
    Here,
    Room(Cow<'a, str>),
    Person(PersonId),
    Named(Cow<'a, str>),
}

/// What is wrong with a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub id: Option<String>,
    pub code: Code,
    pub words: String,
}

/// Why something was not done (README, 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Code {
    BadJson,
    UnknownType,
    BadField,
    Empty,
    TooLong,
    RateLimited,
    BadName,
    NameTaken,
    BadRoomName,
    NoSuchRoom,
    NotMember,
    RoomFull,
    TooManyRooms,
    CannotLeave,
    NoSuchPerson,
    NoSuchEvent,
    NotYours,
    BadPicture,
    PictureTooLarge,
    Busy,
    Storage,
    Stopping,
}

/// The longest JSON text that is read at all, in bytes: far more than the longest message needs.
pub(crate) const LONGEST_REQUEST: usize = 256 << 10;
/// The longest id of a request, in bytes.
const LONGEST_ID: usize = 64;

// ---- what clients ask

/// All fields that there are. Which of them a request needs, its type says.
#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    msg: Option<Cow<'a, str>>,
    #[serde(borrow)]
    room: Option<Cow<'a, str>>,
    #[serde(borrow)]
    to: Option<Addressee<'a>>,
    #[serde(borrow)]
    token: Option<Cow<'a, str>>,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    query: Option<Cow<'a, str>>,
    echo: Option<bool>,
    create: Option<bool>,
    offset: Option<Offset>,
    before: Option<u64>,
    limit: Option<u64>,
    size: Option<u64>,
    rooms: Option<HashMap<String, Position>>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "`to` is a person's id or name")]
enum Addressee<'a> {
    Id(PersonId),
    Name(#[serde(borrow)] Cow<'a, str>),
}

impl<'a> Asked<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, Fault> {
        if text.len() > LONGEST_REQUEST {
            let words = format!("a request has at most {LONGEST_REQUEST} bytes");
            return Err(Fault { id: None, code: Code::TooLong, words });
        }
        let mut fields: Fields<'a> = serde_json::from_str(text).map_err(|error| Fault::of(text, &error))?;
        let id = fields.id.take();
        if id.as_ref().is_some_and(|id| id.is_empty() || id.len() > LONGEST_ID) {
            let words = format!("`id` has 1 to {LONGEST_ID} bytes");
            return Err(Fault { id: None, code: Code::BadField, words });
        }
        let id = id.map(Cow::into_owned);
        match Ask::from(fields) {
            Ok(ask) => Ok(Asked { id, ask }),
            Err((code, words)) => Err(Fault { id, code, words }),
        }
    }
}

impl<'a> Ask<'a> {
    fn from(fields: Fields<'a>) -> Result<Self, (Code, String)> {
        let kind = match (&fields.kind, &fields.msg) {
            (Some(kind), _) => kind.clone(),
            (None, Some(_)) => Cow::Borrowed("message"),
            (None, None) => return Err((Code::BadField, "`type` or `msg` is missing".into())),
        };
        let missing = |field: &str| (Code::BadField, format!("`{field}` is missing in `{kind}`"));
        let room = |room: Option<Cow<'a, str>>| room.ok_or_else(|| missing("room"));
        Ok(match &*kind {
            "message" => {
                let text = fields.msg.ok_or_else(|| missing("msg"))?;
                Ask::Message { to: To::from(fields.room, fields.to)?, text }
            }
            "picture" => {
                let caption = fields.msg.unwrap_or_default();
                Ask::Picture { to: To::from(fields.room, fields.to)?, caption, size: fields.size }
            }
            "hello" => Ask::Hello(Hello {
                token: fields.token,
                name: fields.name,
                echo: fields.echo.unwrap_or(false),
                rooms: fields.rooms.unwrap_or_default(),
            }),
            "delete" => Ask::Delete {
                room: room(fields.room)?,
                offset: fields.offset.ok_or_else(|| missing("offset"))?,
            },
            "typing" => Ask::Typing { room: room(fields.room)? },
            "rooms" => Ask::Rooms,
            "join" => Ask::Join { room: room(fields.room)?, create: fields.create.unwrap_or(false) },
            "leave" => Ask::Leave { room: room(fields.room)? },
            "who" => Ask::Who { room: room(fields.room)? },
            "page" => Ask::Page { room: room(fields.room)?, before: fields.before, limit: fields.limit },
            "read" => Ask::Read {
                room: room(fields.room)?,
                offset: fields.offset.ok_or_else(|| missing("offset"))?,
            },
            "search" => {
                let query = fields.query.ok_or_else(|| missing("query"))?;
                Ask::Search { query, room: fields.room, before: fields.before }
            }
            "name" => Ask::Name { name: fields.name.ok_or_else(|| missing("name"))? },
            "ping" => Ask::Ping,
            _ => return Err((Code::UnknownType, format!("there is no type `{}`", shorten(&kind)))),
        })
    }
}

impl<'a> To<'a> {
    fn from(room: Option<Cow<'a, str>>, to: Option<Addressee<'a>>) -> Result<Self, (Code, String)> {
        match (room, to) {
            (None, None) => Ok(To::Here),
            (Some(room), None) => Ok(To::Room(room)),
            (None, Some(Addressee::Id(id))) => Ok(To::Person(id)),
            (None, Some(Addressee::Name(name))) => Ok(To::Named(name)),
            (Some(_), Some(_)) => Err((Code::BadField, "either `room` or `to`, not both".into())),
        }
    }
}

impl Fault {
    /// The id is answered even if something else in the object is wrong.
    fn of(text: &str, error: &serde_json::Error) -> Self {
        #[derive(Deserialize)]
        struct Id {
            id: Option<String>,
        }
        let id =
            serde_json::from_str::<Id>(text).ok().and_then(|it| it.id).filter(|id| id.len() <= LONGEST_ID);
        let code = if error.is_data() { Code::BadField } else { Code::BadJson };
        Fault { id, code, words: format!("not understood: {error}") }
    }
}

/// Words of a client that are repeated in an answer.
fn shorten(text: &str) -> String {
    text.chars().take(32).collect()
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

// ---- what clients are told

/// Anything that is told, as JSON.
pub(crate) fn json(object: &impl Serialize) -> String {
    serde_json::to_string(object).expect("these have neither maps with odd keys nor failing parts")
}

/// The server's own words carry their source, as in the tutorials.
pub(crate) const SERVER: &str = "server";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct User<'a> {
    pub id: PersonId,
    pub name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub online: Option<bool>,
}

/// Objects that consist of their type and few fields.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Told<'a> {
    Welcome(Welcome<'a>),
    Error {
        msg_source: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
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
    },
    Who {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        room: &'a str,
        users: Vec<User<'a>>,
        members: usize,
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
    Online {
        user: User<'a>,
    },
    Offline {
        user: User<'a>,
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
pub(crate) struct Welcome<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<&'a str>,
    pub msg_source: &'a str,
    pub msg: &'a str,
    pub server: &'a str,
    pub user: User<'a>,
    pub new: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<&'a str>,
    pub all: Vec<User<'a>>,
    pub here: usize,
    pub rooms: Vec<RoomState<'a>>,
    pub room: &'a str,
    pub durability: &'a str,
    pub echo: bool,
    pub limits: Limits,
}

#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Limits {
    pub name: usize,
    pub message: usize,
    pub room_name: usize,
    pub rooms: usize,
    pub picture: u64,
    pub page: usize,
}

/// A room, as one of its members sees it.
#[derive(Debug, Serialize)]
pub(crate) struct RoomState<'a> {
    pub room: &'a str,
    pub kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with: Option<User<'a>>,
    pub epoch: &'a str,
    pub first: Offset,
    pub offset: Offset,
    pub members: usize,
    pub read: Offset,
    pub unread: u64,
    pub mentions: usize,
}

#[derive(Debug, Serialize)]
pub(crate) struct ListedRoom<'a> {
    pub room: &'a str,
    pub members: usize,
    pub offset: Offset,
    pub joined: bool,
}

/// Somebody has joined a room or left it.
#[derive(Debug, Serialize)]
pub(crate) struct Moved<'a> {
    pub msg_source: &'a str,
    pub msg: &'a str,
    pub room: &'a str,
    pub user: User<'a>,
    pub members: usize,
}

/// An event of a room.
#[derive(Debug, Serialize)]
pub(crate) struct EventTold<'a> {
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
    pub(crate) fn new(event: &'a Event, room: Option<&'a str>) -> Self {
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

    pub(crate) fn offset(&self) -> Offset {
        self.offset
    }

    /// About how long it is as JSON, in bytes.
    pub(crate) fn length(&self) -> usize {
        160 + self.from.len() + self.msg.map_or(0, str::len) + 8 * self.mentions.len()
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

fn is_false(it: &bool) -> bool {
    !it
}
