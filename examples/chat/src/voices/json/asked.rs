//! What clients ask.

use std::borrow::Cow;

use serde::Deserialize;

use super::fields::{Addressee, Fields, PositionAsked, not_understood};
use super::governing;
use crate::ask::{Ask, Hello, Position, To, Who, Wish};
use crate::refusal::{Code, Refusal};

/// What a client asks, and the id by which it wants the answer.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    pub id: Option<String>,
    pub ask: Ask<'a>,
}

/// What is wrong with a request, and its id, which is answered all the same.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub id: Option<String>,
    pub refusal: Refusal,
}

/// The longest JSON text that is read at all, in bytes, where messages have so many characters. A client may write each
/// of them as two `\u` escapes, and something stands around them; a `hello` with the places in a thousand rooms has 60 KB.
pub(crate) fn longest_request(max_message: usize) -> usize {
    (12 * max_message + (4 << 10)).max(64 << 10)
}

/// The longest text in which an id is looked for when nothing else is read.
const LOOKED_THROUGH: usize = 128 << 10;
/// The longest id of a request, in bytes.
pub(super) const LONGEST_ID: usize = 64;

/// Is this perhaps the announcement of a picture, or of an avatar, even if it cannot be understood? The bytes that follow must not go
/// anywhere else then.
pub(crate) fn may_announce(text: &str) -> bool {
    text.contains("\"picture\"") || text.contains("\"avatar\"")
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
            let refusal = Refusal::new(Code::TooLong, format!("a request has at most {longest} bytes"));
            return Err(Fault { id: find_id(text), refusal });
        }
        let mut fields: Fields<'a> = serde_json::from_str(text).map_err(|error| Fault::of(text, &error))?;
        let id = fields.id.take();
        if id.as_ref().is_some_and(|id| id.is_empty() || id.len() > LONGEST_ID) {
            let words = format!("`id` has 1 to {LONGEST_ID} bytes");
            return Err(Fault { id: None, refusal: Refusal::bad_field(words) });
        }
        let id = id.map(Cow::into_owned);
        match ask(text, fields) {
            Ok(ask) => Ok(Asked { id, ask }),
            Err(refusal) => Err(Fault { id, refusal }),
        }
    }
}

fn ask<'a>(text: &'a str, fields: Fields<'a>) -> Result<Ask<'a>, Refusal> {
    let kind = match (&fields.kind, &fields.msg) {
        (Some(kind), _) => kind.clone(),
        (None, Some(_)) => Cow::Borrowed("message"),
        (None, None) => return Err(Refusal::bad_field("`type` or `msg` is missing")),
    };
    let missing = |field: &str| Refusal::bad_field(format!("`{field}` is missing in `{kind}`"));
    let room = || fields.room.clone().ok_or_else(|| missing("room"));
    let offset = || fields.offset.ok_or_else(|| missing("offset"));
    Ok(match &*kind {
        "message" => {
            let said = fields.msg.ok_or_else(|| missing("msg"))?;
            Ask::Wish(Wish::Say { to: to(fields.room, fields.to)?, text: said })
        }
        "picture" => {
            let caption = fields.msg.unwrap_or_default();
            Ask::Announce { to: to(fields.room, fields.to)?, caption, size: fields.size }
        }
        "hello" => Ask::Hello(Hello {
            token: fields.token,
            code: fields.code,
            name: fields.name,
            invite: fields.invite.map(governing::key).transpose()?,
            echo: fields.echo.unwrap_or(false),
            rooms: fields.rooms.unwrap_or_default().into_iter().map(position).collect(),
        }),
        "delete" => Ask::Wish(Wish::TakeBack { room: room()?, offset: offset()? }),
        "typing" => Ask::Typing { room: room()? },
        "rooms" => Ask::Rooms { after: fields.room.unwrap_or_default() },
        "join" => {
            let (create, is_private) = (fields.create.unwrap_or(false), fields.private.unwrap_or(false));
            if is_private && !create {
                return Err(Refusal::bad_field("`private` is for a room that is made: `create` is missing"));
            }
            Ask::Wish(Wish::Join { room: room()?, create, is_private })
        }
        "leave" => Ask::Wish(Wish::Leave { room: Some(room()?) }),
        "who" => Ask::Who(Who {
            room: Some(room()?),
            query: fields.query,
            after: fields.after,
            limit: fields.limit,
        }),
        "watch" => Ask::Watch { people: fields.people.ok_or_else(|| missing("people"))? },
        "page" => Ask::Page { room: room()?, before: fields.before, limit: fields.limit },
        "read" => Ask::Read { room: room()?, offset: offset()? },
        "search" => {
            let query = fields.query.ok_or_else(|| missing("query"))?;
            Ask::Search { query, room: fields.room, before: fields.before }
        }
        "name" => {
            let name = fields.name.ok_or_else(|| missing("name"))?;
            Ask::Wish(Wish::Rename { name })
        }
        "ping" => Ask::Ping,
        _ => return governing::ask(&kind, text, fields),
    })
}

fn position((room, PositionAsked { epoch, offset }): (String, PositionAsked)) -> (String, Position) {
    (room, Position { epoch, offset })
}

fn to<'a>(room: Option<Cow<'a, str>>, to: Option<Addressee<'a>>) -> Result<To<'a>, Refusal> {
    match (room, to) {
        (None, None) => Ok(To::Here),
        (Some(room), None) => Ok(To::Room(room)),
        (None, Some(Addressee::Id(id))) => Ok(To::Person(id)),
        (None, Some(Addressee::Name(name))) => Ok(To::Named(name)),
        (Some(_), Some(_)) => Err(Refusal::bad_field("either `room` or `to`, not both")),
    }
}

impl Fault {
    /// The id is answered even if something else in the object is wrong.
    fn of(text: &str, error: &serde_json::Error) -> Self {
        Fault { id: find_id(text), refusal: not_understood(text, error) }
    }
}
