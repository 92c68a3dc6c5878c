//! The fields of requests, as they stand in the JSON.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Visitor};

use crate::ask::Whom;
use crate::history::{Number, Offset, PersonId};
use crate::refusal::{Code, Refusal, shorten};

/// The most characters of what the parser says, which repeats what it does not understand.
const LONGEST_COMPLAINT: usize = 200;
/// So many places are looked at for the field in which something is wrong.
const MOST_LOOKED_AT: usize = 4;

/// The fields that there are. Which of them a request needs, its type says.
#[derive(Deserialize)]
pub(super) struct Fields<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub msg: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub room: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub to: Option<Addressee<'a>>,
    #[serde(borrow)]
    pub token: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub name: Option<Cow<'a, str>>,
    /// Of another device.
    #[serde(borrow)]
    pub code: Option<Cow<'a, str>>,
    /// The number of an invite, or its key.
    #[serde(borrow)]
    pub invite: Option<Addressee<'a>>,
    #[serde(borrow)]
    pub query: Option<Cow<'a, str>>,
    pub echo: Option<bool>,
    pub create: Option<bool>,
    pub private: Option<bool>,
    pub offset: Option<Offset>,
    pub before: Option<u64>,
    pub after: Option<PersonId>,
    pub limit: Option<u64>,
    pub size: Option<u64>,
    pub people: Option<Vec<PersonId>>,
    pub rooms: Option<HashMap<String, PositionAsked>>,
}

/// Those that only requests of governing have: in others they mean nothing, whatever they are.
#[derive(Deserialize)]
pub(super) struct Governing<'a> {
    /// Whom an act is about.
    #[serde(borrow)]
    pub user: Option<Addressee<'a>>,
    #[serde(borrow)]
    pub reason: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub since: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub erase: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub role: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub topic: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub door: Option<Cow<'a, str>>,
    pub closed: Option<bool>,
    pub addresses: Option<bool>,
    pub op: Option<bool>,
    pub accept: Option<bool>,
    pub words: Option<bool>,
    pub drop: Option<bool>,
    pub seconds: Option<u64>,
    pub slow: Option<u64>,
    pub uses: Option<u64>,
    pub report: Option<Number>,
    pub session: Option<Number>,
}

/// Those that only requests about the world outside have.
#[derive(Deserialize)]
pub(super) struct Outward<'a> {
    /// The number of a key, and of a target.
    pub key: Option<Number>,
    pub target: Option<Number>,
    /// Of a key.
    #[serde(borrow)]
    pub kind: Option<Cow<'a, str>>,
    pub pace: Option<u64>,
    /// The bot, or whom a target is for.
    #[serde(borrow)]
    pub user: Option<Addressee<'a>>,
    #[serde(borrow)]
    pub shape: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub url: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub secret: Option<Cow<'a, str>>,
    /// How much a target is told.
    #[serde(borrow)]
    pub text: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub level: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub reason: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
pub(super) struct PositionAsked {
    pub epoch: String,
    pub offset: Offset,
}

#[derive(Clone)]
pub(super) enum Addressee<'a> {
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

/// Whom something is about.
pub(super) fn whom(user: Addressee<'_>) -> Whom<'_> {
    match user {
        Addressee::Id(id) => Whom::Id(id),
        Addressee::Name(name) => Whom::Named(name),
    }
}

/// There is no such request.
pub(super) fn unknown(kind: &str) -> Refusal {
    Refusal::new(Code::UnknownType, format!("there is no type `{}`", shorten(kind, 32)))
}

/// What the parser could not make anything of, and in which field.
pub(super) fn not_understood(text: &str, error: &serde_json::Error) -> Refusal {
    let complaint = match field_before(text, error).filter(|_| error.is_data()) {
        Some(field) => format!("`{field}` is not understood: {error}"),
        None => format!("not understood: {error}"),
    };
    let words: String = complaint.chars().take(LONGEST_COMPLAINT).collect();
    Refusal::new(if error.is_data() { Code::BadField } else { Code::BadJson }, words)
}

/// The field in whose value a fault was found: the last one that is named before it.
fn field_before<'a>(text: &'a str, error: &serde_json::Error) -> Option<&'a str> {
    let line = text.split_inclusive('\n').nth(error.line().checked_sub(1)?)?;
    let before = line.get(..error.column().min(line.len()))?;
    let is_name =
        |name: &&str| !name.is_empty() && name.bytes().all(|it| it.is_ascii_lowercase() || it == b'_');
    let names = before.rmatch_indices("\":").filter_map(|(end, _)| before[..end].rsplit('"').next());
    names.take(MOST_LOOKED_AT).find(is_name)
}
