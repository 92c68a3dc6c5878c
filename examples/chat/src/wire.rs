//! The JSON of `chat.v1`: what clients ask, and what they are told. The README has it in the order in which it
//! happens.

mod asked;
mod told;

use std::fmt;

use serde::Serialize;

pub(crate) use asked::*;
pub(crate) use told::*;

/// Why something was not done (README, 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Code {
    BadJson,
    UnknownType,
    BadField,
    UnknownToken,
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

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// Anything that is told, as JSON.
pub(crate) fn json(object: &impl Serialize) -> String {
    serde_json::to_string(object).expect("these have neither maps with odd keys nor failing parts")
}
