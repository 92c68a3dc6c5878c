//! What clients ask.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Visitor};

use super::Code;
use crate::history::{Offset, PersonId};

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
    Rooms {
        after: Option<Cow<'a, str>>,
    },
    Join {
        room: Cow<'a, str>,
        create: bool,
    },
    Leave {
        room: Cow<'a, str>,
    },
    Who(Who<'a>),
    /// Whoever was watched before, and is none of these, is not watched any more.
    Watch {
        people: Vec<PersonId>,
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

/// A page of the members of a room.
#[derive(Debug, PartialEq)]
pub(crate) struct Who<'a> {
    pub room: Cow<'a, str>,
    /// A part of their names.
    pub query: Option<Cow<'a, str>>,
    /// Behind this one.
    pub after: Option<PersonId>,
    pub limit: Option<u64>,
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

/// The longest JSON text that is read at all, in bytes, where messages have so many characters. A client may write each
/// of them as two `\u` escapes, and something stands around them; a `hello` with the places in a thousand rooms has 60 KB.
pub(crate) fn longest_request(max_message: usize) -> usize {
    (12 * max_message + (4 << 10)).max(64 << 10)
}

/// The longest text in which an id is looked for when nothing else is read.
const LOOKED_THROUGH: usize = 128 << 10;
/// The most characters of what the parser says, which repeats what it does not understand.
const LONGEST_COMPLAINT: usize = 200;
/// The longest id of a request, in bytes.
const LONGEST_ID: usize = 64;

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
    after: Option<PersonId>,
    limit: Option<u64>,
    size: Option<u64>,
    people: Option<Vec<PersonId>>,
    rooms: Option<HashMap<String, Position>>,
}

enum Addressee<'a> {
    Id(PersonId),
    Name(Cow<'a, str>),
}

/// By hand: serde would first build all of what stands there, however much, and then look what it is.
impl<'de: 'a, 'a> Deserialize<'de> for Addressee<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IdOrName;

        impl<'de> Visitor<'de> for IdOrName {
            type Value = Addressee<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a person's id or name")
            }

            fn visit_u64<E>(self, id: u64) -> Result<Self::Value, E> {
                Ok(Addressee::Id(id))
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Addressee::Name(name.into()))
            }

            fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Addressee::Name(name.to_owned().into()))
            }
        }

        deserializer.deserialize_any(IdOrName)
    }
}

/// Is this perhaps the announcement of a picture, even if it cannot be understood? The bytes that follow must not go
/// anywhere else then.
pub(crate) fn may_announce(text: &str) -> bool {
    text.contains("\"picture\"")
}

/// The id of a request that is not read for anything else, unless it takes long to find.
pub(crate) fn find_id(text: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Id {
        id: Option<String>,
    }
    let found = (text.len() <= LOOKED_THROUGH).then(|| serde_json::from_str::<Id>(text).ok()).flatten();
    found.and_then(|it| it.id).filter(|id| (1..=LONGEST_ID).contains(&id.len()))
}

/// The same of a hello: whoever meant to say who they are is not made somebody else.
pub(crate) fn may_greet(text: &str) -> bool {
    text.contains("\"hello\"")
}

impl<'a> Asked<'a> {
    /// Texts have at most `longest` bytes.
    pub(crate) fn parse(text: &'a str, longest: usize) -> Result<Self, Fault> {
        if text.len() > longest {
            let words = format!("a request has at most {longest} bytes");
            return Err(Fault { id: find_id(text), code: Code::TooLong, words });
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
            "rooms" => Ask::Rooms { after: fields.room },
            "join" => Ask::Join { room: room(fields.room)?, create: fields.create.unwrap_or(false) },
            "leave" => Ask::Leave { room: room(fields.room)? },
            "who" => Ask::Who(Who {
                room: room(fields.room)?,
                query: fields.query,
                after: fields.after,
                limit: fields.limit,
            }),
            "watch" => Ask::Watch { people: fields.people.ok_or_else(|| missing("people"))? },
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
        let complaint = format!("not understood: {error}");
        let words = complaint.chars().take(LONGEST_COMPLAINT).collect();
        let code = if error.is_data() { Code::BadField } else { Code::BadJson };
        Fault { id: find_id(text), code, words }
    }
}

/// Words of a client that are repeated in an answer.
fn shorten(text: &str) -> String {
    text.chars().take(32).collect()
}
