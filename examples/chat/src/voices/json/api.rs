//! The JSON of `/api/v1/`: what programs send by HTTP, and what they are answered.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::asked::LONGEST_ID;
use super::codes::word;
use super::events::EventTold;
use super::fields::not_understood;
use super::parts::json;
use super::pieces::PAGE;
use crate::history::{Event, Millis, Offset, PersonId};
use crate::model::{Model, Room};
use crate::refusal::{Code, Refusal};
use crate::voices::cut;

/// An answer ends when it has become about this long, in bytes.
const LONGEST: usize = 128 << 10;

/// Something is to be said; with an `id`, once.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct MessageAsked<'a> {
    #[serde(borrow)]
    pub room: Cow<'a, str>,
    #[serde(borrow)]
    pub msg: Cow<'a, str>,
    #[serde(borrow)]
    pub id: Option<Cow<'a, str>>,
}

/// # Errors
///
/// It is no such object.
pub(crate) fn message(body: &[u8]) -> Result<MessageAsked<'_>, Refusal> {
    let text = str::from_utf8(body).map_err(|_| Refusal::new(Code::BadJson, "the body is no UTF-8"))?;
    // Else the values of an array would be taken for the fields, by their order.
    if text.trim_start().starts_with('[') {
        return Err(Refusal::bad_field("a message is an object: {\"room\":…,\"msg\":…}"));
    }
    let asked: MessageAsked<'_> = serde_json::from_str(text).map_err(|error| not_understood(text, &error))?;
    match &asked.id {
        Some(id) if id.is_empty() || id.len() > LONGEST_ID => {
            Err(Refusal::bad_field(format!("`id` has 1 to {LONGEST_ID} bytes")))
        }
        _ => Ok(asked),
    }
}

/// It is said.
pub(crate) fn said(room: &str, offset: Offset, at: Millis, repeated: bool) -> String {
    #[derive(Serialize)]
    struct Said<'a> {
        room: &'a str,
        offset: Offset,
        msg_time: Millis,
        repeated: bool,
    }
    json(&Said { room, offset, msg_time: at, repeated })
}

/// Somebody looks at it first.
pub(crate) fn held() -> String {
    #[derive(Serialize)]
    struct Held {
        held: bool,
    }
    json(&Held { held: true })
}

pub(crate) fn refused(refusal: &Refusal) -> String {
    #[derive(Serialize)]
    struct Refused<'a> {
        #[serde(serialize_with = "word")]
        code: Code,
        msg: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_after: Option<u64>,
    }
    let Refusal { code, words, retry_after, .. } = refusal;
    json(&Refused { code: *code, msg: words, retry_after: *retry_after })
}

/// The rooms in which a bot is.
pub(crate) fn rooms(model: &Model, bot: PersonId) -> String {
    #[derive(Serialize)]
    struct Listed<'a> {
        room: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<&'a str>,
        epoch: &'a str,
        offset: Offset,
        members: usize,
    }
    #[derive(Serialize)]
    struct Rooms<'a> {
        rooms: Vec<Listed<'a>>,
    }
    let listed = |room: &'_ Room| -> Listed<'_> {
        let (room, id) = (model.room(room.id()), room.id());
        let room = room.expect("it was found there");
        Listed {
            room: room.name(),
            title: model.title_of(id),
            epoch: room.epoch(),
            offset: room.last(),
            members: model.members(id).len(),
        }
    };
    json(&Rooms { rooms: model.rooms_of(bot).map(listed).collect() })
}

/// Some events of a room, the oldest first.
#[derive(Serialize)]
struct Events<'a> {
    room: &'a str,
    epoch: &'a str,
    recovered: bool,
    events: Vec<EventTold<'a>>,
    /// To go on from.
    offset: Offset,
    more: bool,
}

/// The first of those that came after an offset. `more`: there are others behind them.
pub(crate) fn events<'a>(
    model: &'a Model,
    room: &'a Room,
    after: Offset,
    (events, limit, more): (impl Iterator<Item = &'a Event>, usize, bool),
) -> String {
    let told = events.map(|event| EventTold::new(model, event, None));
    let (events, rest) = cut(told, limit.clamp(1, PAGE), LONGEST, EventTold::length);
    let offset = events.last().map_or(after, EventTold::offset);
    let (name, epoch) = (room.name(), room.epoch());
    json(&Events { room: name, epoch, recovered: true, events, offset, more: more || rest })
}

/// The latest, for whoever has none, or can use none of those they have.
pub(crate) fn latest<'a>(
    model: &'a Model,
    room: &'a Room,
    events: impl DoubleEndedIterator<Item = &'a Event>,
    limit: usize,
) -> String {
    let told = events.rev().map(|event| EventTold::new(model, event, None));
    let (mut events, _) = cut(told, limit.clamp(1, PAGE), LONGEST, EventTold::length);
    events.reverse();
    let (room, epoch, offset) = (room.name(), room.epoch(), room.last());
    json(&Events { room, epoch, recovered: false, events, offset, more: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_a_room_and_words_and_perhaps_an_id() {
        let asked = message(br#"{"room":"tea","msg":"hot","id":"1","colour":[{}]}"#).unwrap();
        assert_eq!((&*asked.room, &*asked.msg, asked.id.as_deref()), ("tea", "hot", Some("1")));
        assert_eq!(message("{\"room\":\"茶\",\"msg\":\"热\"}".as_bytes()).unwrap().id, None);
        let long = format!(r#"{{"room":"tea","msg":"hot","id":"{}"}}"#, "x".repeat(LONGEST_ID + 1));
        let table = [
            (&b"\xff"[..], Code::BadJson),
            (b"", Code::BadJson),
            (b"{", Code::BadJson),
            (b"{}", Code::BadField),
            (b"[]", Code::BadField),
            (br#"["tea","hot","1"]"#, Code::BadField),
            (br#"{"room":"tea","msg":7}"#, Code::BadField),
            (br#"{"room":"tea","msg":"hot","id":""}"#, Code::BadField),
            (br#"{"room":"tea","msg":"hot","id":7}"#, Code::BadField),
            (long.as_bytes(), Code::BadField),
            (br#"{"room":"tea","msg":"hot"}{}"#, Code::BadJson),
        ];
        for (body, code) in table {
            assert_eq!(message(body).map_err(|refusal| refusal.code), Err(code), "{body:?}");
        }
    }

    #[test]
    fn what_is_refused_says_when_to_come_again() {
        let refusal = Refusal { retry_after: Some(1500), ..Refusal::new(Code::Slow, "this room is slow") };
        assert_eq!(refused(&refusal), r#"{"code":"slow","msg":"this room is slow","retry_after":1500}"#);
        assert_eq!(
            refused(&Refusal::empty()),
            r#"{"code":"empty","msg":"there is nothing in this message"}"#
        );
    }
}
