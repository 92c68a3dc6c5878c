//! The parts of what is told that stand in many objects: people, and fields that are left out.

use serde::{Serialize, Serializer};

use crate::history::{Millis, PersonId};

/// Anything that is told, as JSON.
pub(super) fn json(object: &impl Serialize) -> String {
    serde_json::to_string(object).expect("these have neither maps with odd keys nor failing parts")
}

/// Somebody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct User<'a> {
    pub id: PersonId,
    pub name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub online: Option<bool>,
    /// They are a program.
    #[serde(skip_serializing_if = "is_false")]
    pub bot: bool,
    /// If they are more than a member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<AvatarPath<'a>>,
    /// In a room that it is about.
    #[serde(skip_serializing_if = "is_false")]
    pub op: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub muted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub muted_until: Option<Millis>,
}

/// Where an avatar is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AvatarPath<'a>(pub &'a str);

impl Serialize for AvatarPath<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("/avatars/{}", self.0))
    }
}

pub(super) fn is_false(it: &bool) -> bool {
    !it
}
