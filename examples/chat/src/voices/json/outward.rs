//! What is asked about the world outside: bots and their keys, targets, and how much of a room one is told of.

use std::borrow::Cow;

use super::fields::{Fields, Outward, not_understood, unknown, whom};
use crate::ask::{Aimed, Ask, For, Intent, LONGEST_REASON, Look, Where, Whom, Wish};
use crate::history::{Discloses, KeyKind, Level, Shape};
use crate::refusal::Refusal;

/// Its types.
const KINDS: [&str; 10] = [
    "bots",
    "targets",
    "level",
    "give_key",
    "revoke_key",
    "remove_bot",
    "add_target",
    "drop_target",
    "rotate_target",
    "test_target",
];

/// What a request of this type means, which is in this text.
pub(super) fn ask<'a>(kind: &str, text: &'a str, fields: Fields<'a>) -> Result<Ask<'a>, Refusal> {
    if !KINDS.contains(&kind) {
        return Err(unknown(kind));
    }
    let more = serde_json::from_str(text).map_err(|error| not_understood(text, &error))?;
    let asked = Asked { kind, fields, more };
    match kind {
        "bots" => return Ok(Ask::Look(Look::Bots)),
        "targets" => {
            let place = asked.fields.room.map(Where::Room);
            return Ok(Ask::Look(Look::Targets { place }));
        }
        "level" => {
            let level = level(asked.more.level.as_deref())?;
            return Ok(Ask::Wish(Wish::SetLevel { room: Some(asked.room()?), level }));
        }
        "test_target" => return Ok(Ask::Test { target: asked.need("target", asked.more.target)? }),
        _ => {}
    }
    let (what, reason) = (asked.aimed()?, asked.reason()?);
    Ok(Ask::Wish(Wish::Act(Intent { what, reason })))
}

/// A request, and what it is called.
struct Asked<'k, 'a> {
    kind: &'k str,
    fields: Fields<'a>,
    more: Outward<'a>,
}

impl<'a> Asked<'_, 'a> {
    fn aimed(&self) -> Result<Aimed<'a>, Refusal> {
        let (fields, more) = (&self.fields, &self.more);
        Ok(match self.kind {
            "give_key" => Aimed::GiveKey {
                name: self.need("name", fields.name.clone())?,
                place: Where::Room(self.room()?),
                kind: key_kind(self.need("kind", more.kind.as_deref())?)?,
                // What no number of this size is, is too fast in any case.
                pace: more.pace.map(|pace| u32::try_from(pace).unwrap_or(u32::MAX)),
            },
            "revoke_key" => Aimed::RevokeKey { key: self.need("key", more.key)? },
            "remove_bot" => Aimed::RemoveBot { whom: self.need("user", self.whom())? },
            "add_target" => Aimed::AddTarget {
                serves: self.serves()?,
                shape: shape(self.need("shape", more.shape.as_deref())?)?,
                url: self.need("url", more.url.clone())?,
                secret: more.secret.clone().filter(|secret| !secret.is_empty()),
                discloses: discloses(more.text.as_deref())?,
            },
            "drop_target" => Aimed::DropTarget { target: self.need("target", more.target)? },
            "rotate_target" => Aimed::RotateTarget { target: self.need("target", more.target)? },
            _ => return Err(unknown(self.kind)),
        })
    }

    fn serves(&self) -> Result<For<'a>, Refusal> {
        match (self.fields.room.clone(), self.whom()) {
            (None, None) => Ok(For::Oneself),
            (Some(room), None) => Ok(For::Room(Where::Room(room))),
            (None, Some(whom)) => Ok(For::Person(whom)),
            (Some(_), Some(_)) => Err(Refusal::bad_field("either `room` or `user`, not both")),
        }
    }

    fn whom(&self) -> Option<Whom<'a>> {
        self.more.user.clone().map(whom)
    }

    fn room(&self) -> Result<Cow<'a, str>, Refusal> {
        self.need("room", self.fields.room.clone())
    }

    fn reason(&self) -> Result<Cow<'a, str>, Refusal> {
        match &self.more.reason {
            Some(reason) if reason.chars().count() > LONGEST_REASON => {
                Err(Refusal::bad_field(format!("`reason` has at most {LONGEST_REASON} characters")))
            }
            reason => Ok(reason.clone().unwrap_or_default()),
        }
    }

    fn need<T>(&self, field: &str, value: Option<T>) -> Result<T, Refusal> {
        value.ok_or_else(|| self.missing(field))
    }

    fn missing(&self, field: &str) -> Refusal {
        Refusal::bad_field(format!("`{field}` is missing in `{}`", self.kind))
    }
}

fn level(word: Option<&str>) -> Result<Option<Level>, Refusal> {
    let wrong = || Refusal::bad_field("`level` is all, mentions, nothing or usual");
    match word {
        None | Some("usual") => Ok(None),
        Some(word) => Level::of_word(word).map(Some).ok_or_else(wrong),
    }
}

fn key_kind(word: &str) -> Result<KeyKind, Refusal> {
    KeyKind::of_word(word).ok_or_else(|| Refusal::bad_field("`kind` is hook or token"))
}

fn shape(word: &str) -> Result<Shape, Refusal> {
    let all = || Shape::ALL.iter().map(|shape| shape.word()).collect::<Vec<_>>().join(", ");
    Shape::of_word(word).ok_or_else(|| Refusal::bad_field(format!("`shape` is one of {}", all())))
}

/// By whom and where, if nothing else is said: the words stay here.
fn discloses(word: Option<&str>) -> Result<Discloses, Refusal> {
    let wrong = || Refusal::bad_field("`text` is nothing, sender or text");
    word.map_or(Ok(Discloses::Sender), |word| Discloses::of_word(word).ok_or_else(wrong))
}

#[cfg(test)]
mod tests;
