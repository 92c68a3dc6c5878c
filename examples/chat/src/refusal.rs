//! A refusal: why something was not done, as a code for programs and as words for people. Every text of one is here.

use std::fmt;

use crate::history::Failure;
use crate::model::names::NameFault;
use crate::pace::Wait;

/// Why something was not done (README, 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub code: Code,
    pub words: String,
    /// In milliseconds.
    pub retry_after: Option<u64>,
}

impl Refusal {
    pub(crate) fn new(code: Code, words: impl Into<String>) -> Self {
        Refusal { code, words: words.into(), retry_after: None }
    }

    pub(crate) fn bad_field(words: impl Into<String>) -> Self {
        Refusal::new(Code::BadField, words)
    }

    // ---- how fast, and how much

    pub(crate) fn too_fast(Wait(wait): Wait) -> Self {
        let words = format!("too fast: wait {wait} ms");
        Refusal { code: Code::RateLimited, words, retry_after: Some(wait) }
    }

    /// Too many newcomers from one address: this one's turn comes later.
    pub(crate) fn not_your_turn(Wait(wait): Wait) -> Self {
        let words = format!("many are coming in from your address: your turn is in {wait} ms");
        Refusal { code: Code::RateLimited, words, retry_after: Some(wait) }
    }

    pub(crate) fn busy(words: &str) -> Self {
        Refusal::new(Code::Busy, words)
    }

    pub(crate) fn stopping() -> Self {
        Refusal::new(Code::Stopping, "the server is stopping: try again after reconnecting")
    }

    // ---- people

    /// Somebody who was forgotten while they were asking.
    pub(crate) fn nobody() -> Self {
        Refusal::new(Code::NoSuchPerson, "you are not known here any more: connect again")
    }

    pub(crate) fn no_such_person(name: &str) -> Self {
        let words = format!("there is nobody called `{}`", shorten(name, 64));
        Refusal::new(Code::NoSuchPerson, words)
    }

    pub(crate) fn unknown_token() -> Self {
        let words = "nobody here has this token: say hello without it to be somebody new";
        Refusal::new(Code::UnknownToken, words)
    }

    pub(crate) fn no_room_for_people() -> Self {
        Refusal::busy("there is no room for more people: try again later")
    }

    pub(crate) fn bad_name(fault: NameFault) -> Self {
        Refusal::new(Code::BadName, fault.to_string())
    }

    pub(crate) fn name_taken() -> Self {
        Refusal::new(Code::NameTaken, "somebody else has this name, or one that looks like it")
    }

    // ---- rooms

    pub(crate) fn no_such_room(name: &str) -> Self {
        Refusal::new(Code::NoSuchRoom, format!("there is no room `{}`", shorten(name, 64)))
    }

    pub(crate) fn room_is_gone() -> Self {
        Refusal::new(Code::NoSuchRoom, "that room is gone")
    }

    pub(crate) fn not_member(room: &str) -> Self {
        Refusal::new(Code::NotMember, format!("you are not in {room}"))
    }

    pub(crate) fn bad_room_name(words: impl fmt::Display) -> Self {
        Refusal::new(Code::BadRoomName, words.to_string())
    }

    pub(crate) fn room_full(words: impl Into<String>) -> Self {
        Refusal::new(Code::RoomFull, words)
    }

    pub(crate) fn too_many_rooms(words: impl Into<String>) -> Self {
        Refusal::new(Code::TooManyRooms, words)
    }

    // ---- messages and pictures

    pub(crate) fn empty() -> Self {
        Refusal::new(Code::Empty, "there is nothing in this message")
    }

    pub(crate) fn too_long(limit: usize) -> Self {
        Refusal::new(Code::TooLong, format!("a message has at most {limit} characters"))
    }

    pub(crate) fn bad_picture(words: impl fmt::Display) -> Self {
        Refusal::new(Code::BadPicture, words.to_string())
    }

    pub(crate) fn picture_too_large(limit: usize) -> Self {
        Refusal::new(Code::PictureTooLarge, format!("a picture has at most {limit} bytes"))
    }
}

/// Why the history did not do it.
impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let (code, words) = match failure {
            Failure::Taken => (Code::NameTaken, "somebody was faster: it is taken"),
            Failure::NoSuchPerson => return Refusal::nobody(),
            Failure::HasMembers => (Code::CannotLeave, "there is still somebody in it"),
            Failure::NoSuchRoom => return Refusal::room_is_gone(),
            Failure::NoSuchEvent => (Code::NoSuchEvent, "there is no such message, or it was taken back"),
            Failure::KeyUsed => {
                (Code::BadField, "`id` was used for something else within the last day: nothing was stored")
            }
            Failure::NotYours => (Code::NotYours, "that is not yours to take back"),
            Failure::Busy => (Code::Busy, "too many people search at the same time: try again"),
            Failure::Storage(words) => return Refusal::new(Code::Storage, words),
        };
        Refusal::new(code, words)
    }
}

/// Words of a client that are repeated in an answer.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
