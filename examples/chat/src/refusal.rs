//! A refusal: why something was not done, as a code for programs and as words for people. Every text of one is here.

use std::fmt;

use crate::history::{Failure, Millis};
use crate::model::names::NameFault;
use crate::pace::Wait;
use crate::rights::Lack;

/// Why something was not done (README, 10).
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
    /// A right is lacking: the words say which.
    Forbidden,
    /// Not to speak there, for a while or for ever.
    Muted,
    /// Not to be there.
    Banned,
    /// The room is slow.
    Slow,
    /// The text has words that are not said here.
    Refused,
    NameNeeded,
    InviteNeeded,
    /// Nobody new comes in.
    DoorShut,
    BadInvite,
    /// Of the admin page.
    BadKey,
    BadLink,
    NoSuchReport,
    NoSuchSession,
    NoSuchInvite,
    NoSuchKey,
    NoSuchTarget,
    Busy,
    Storage,
    Stopping,
}

impl Code {
    /// Does it say how things are in the chat? Of several nodes another one may have changed that a moment ago.
    pub(crate) fn may_be_over(self) -> bool {
        use Code::*;
        matches!(
            self,
            NameTaken
                | NoSuchRoom
                | NotMember
                | RoomFull
                | TooManyRooms
                | NoSuchPerson
                | NoSuchEvent
                | NotYours
                | Forbidden
                | Muted
                | Banned
                | NameNeeded
                | InviteNeeded
                | DoorShut
                | BadInvite
                | BadKey
                | NoSuchReport
                | NoSuchSession
                | NoSuchInvite
                | NoSuchKey
                | NoSuchTarget
        )
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub code: Code,
    pub words: String,
    /// In milliseconds.
    pub retry_after: Option<u64>,
    /// When it is over by itself, by the calendar.
    pub until: Option<Millis>,
    /// More of it, for those who govern the chat, and nobody else.
    pub details: Option<String>,
}

impl Refusal {
    pub(crate) fn new(code: Code, words: impl Into<String>) -> Self {
        Refusal { code, words: words.into(), retry_after: None, until: None, details: None }
    }

    /// The disk or the log does not work. Why, is for those who run the chat.
    pub(crate) fn not_stored(details: impl Into<String>) -> Self {
        let words = "the chat cannot reach its storage just now: nothing was changed, try again later";
        Refusal { details: Some(details.into()), ..Refusal::new(Code::Storage, words) }
    }

    /// Of several nodes one that cannot hear from the others now: somebody may know what it does not.
    pub(crate) fn behind() -> Self {
        let words = "the chat cannot take you in just now, as this part of it may lack what you know already: try again in a moment";
        Refusal::new(Code::Storage, words)
    }

    /// It may stand in the log.
    pub(crate) fn unsure() -> Self {
        let words = "it is not known whether this is stored: say it again with the same id";
        Refusal::new(Code::Storage, words)
    }

    /// With all that is known of it, if there is more.
    pub(crate) fn with_details(&self) -> Option<Self> {
        let words = format!("{} ({})", self.words, self.details.as_ref()?);
        Some(Refusal { words, ..self.clone() })
    }

    /// By this time it is over, and it is this time now.
    fn ending(self, until: Option<Millis>, now: Millis) -> Self {
        let retry_after = until.map(|until| u64::try_from(until - now).unwrap_or(0).max(1));
        Refusal { retry_after, until, ..self }
    }

    pub(crate) fn bad_field(words: impl Into<String>) -> Self {
        Refusal::new(Code::BadField, words)
    }

    // ---- how fast, and how much

    pub(crate) fn too_fast(Wait(wait): Wait) -> Self {
        let words = format!("too fast: wait {wait} ms");
        Refusal { retry_after: Some(wait), ..Refusal::new(Code::RateLimited, words) }
    }

    /// Too many newcomers from one address: this one's turn comes later.
    pub(crate) fn not_your_turn(Wait(wait): Wait) -> Self {
        let words = format!("many are coming in from your address: your turn is in {wait} ms");
        Refusal { retry_after: Some(wait), ..Refusal::new(Code::RateLimited, words) }
    }

    pub(crate) fn busy(words: &str) -> Self {
        Refusal::new(Code::Busy, words)
    }

    /// What comes before it is stored already.
    pub(crate) fn in_part(self) -> Self {
        Refusal { words: "only a part of it was stored: send all of it again".to_owned(), ..self }
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

    // ---- rights

    /// What is lacking, in words that say which right it is.
    pub(crate) fn lacks(lack: Lack) -> Self {
        let (code, words) = match lack {
            Lack::Muted => (Code::Muted, "you may not speak here for now"),
            Lack::Banned => (Code::Banned, "you may not be here"),
            Lack::Closed => {
                (Code::Forbidden, "this room is for reading: only its ops and the admins speak in it")
            }
            Lack::NotOp => (Code::Forbidden, "for that you have to be an op of this room, or an admin"),
            Lack::NotAdmin => (Code::Forbidden, "for that you have to be an admin"),
            Lack::NotOwner => (Code::Forbidden, "for that you have to be an owner"),
            Lack::Outranked => (Code::Forbidden, "that is for somebody who is more than whom it is about"),
            Lack::Private => (Code::Forbidden, "nobody governs a private talk"),
            Lack::Lobby => (Code::Forbidden, "that is not done with the lobby"),
            Lack::LastOwner => (Code::Forbidden, "the last owner remains one: make another one first"),
            Lack::Oneself => (Code::Forbidden, "one does not do that to oneself"),
        };
        Refusal::new(code, words)
    }

    /// `until` is `None`: for ever.
    pub(crate) fn muted(until: Option<Millis>, now: Millis) -> Self {
        let words = match until {
            Some(until) => format!("you may not speak here for {}", span(until - now)),
            None => "you may not speak here".to_owned(),
        };
        Refusal::new(Code::Muted, words).ending(until, now)
    }

    pub(crate) fn banned(until: Option<Millis>, now: Millis) -> Self {
        let words = match until {
            Some(until) => format!("you may not be here for {}", span(until - now)),
            None => "you may not be here any more".to_owned(),
        };
        Refusal::new(Code::Banned, words).ending(until, now)
    }

    /// Messages follow each other slowly here: by this time they may speak again.
    pub(crate) fn slow(until: Millis, now: Millis) -> Self {
        let words = format!("this room is slow: wait {}", span(until - now));
        let Refusal { retry_after, .. } = Refusal::new(Code::Slow, "").ending(Some(until), now);
        Refusal { retry_after, ..Refusal::new(Code::Slow, words) }
    }

    /// They have tried targets again and again.
    pub(crate) fn tried_lately(until: Millis, now: Millis) -> Self {
        let words = format!("you have tried your targets often: wait {}", span(until - now));
        Refusal { words, ..Refusal::slow(until, now) }
    }

    /// The room was called together a moment ago.
    pub(crate) fn called_lately(until: Millis, now: Millis) -> Self {
        let words =
            format!("all were called here a moment ago: wait {}, or say it without the @", span(until - now));
        Refusal { words, ..Refusal::slow(until, now) }
    }

    /// What was said has words that are not said here.
    pub(crate) fn not_said_here() -> Self {
        Refusal::new(Code::Refused, "there are words in it that are not said here")
    }

    // ---- coming in

    pub(crate) fn name_needed() -> Self {
        Refusal::new(Code::NameNeeded, "say how you are called: only who has a name comes in just now")
    }

    /// Of somebody who is in, and may only read.
    pub(crate) fn name_needed_to_speak() -> Self {
        Refusal::new(Code::NameNeeded, "only who has a name speaks here just now: /nick NAME")
    }

    pub(crate) fn invite_needed() -> Self {
        Refusal::new(Code::InviteNeeded, "only who has an invite comes in just now")
    }

    pub(crate) fn door_shut() -> Self {
        Failure::DoorShut.into()
    }

    pub(crate) fn bad_invite() -> Self {
        Failure::NoSuchInvite.into()
    }

    pub(crate) fn bad_code() -> Self {
        Refusal::new(Code::BadLink, "this code is over or was used, or there never was one")
    }

    // ---- what is governed

    pub(crate) fn no_such_report() -> Self {
        Failure::NoSuchReport.into()
    }

    /// Of somebody who would revoke it.
    pub(crate) fn no_such_invite() -> Self {
        Refusal::new(Code::NoSuchInvite, "there is no such invite, or it is over")
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
            Failure::Returned => (Code::Busy, "they have been here since"),
            Failure::HasMembers => (Code::CannotLeave, "there is still somebody in it"),
            Failure::NoSuchRoom => return Refusal::room_is_gone(),
            Failure::NoSuchEvent => (Code::NoSuchEvent, "there is no such message, or it was taken back"),
            Failure::Lacks(lack) => return Refusal::lacks(lack),
            Failure::TooSoon(_) => (Code::Slow, "this room is slow: wait a little"),
            Failure::NoSuchInvite => {
                (Code::BadInvite, "this invite is over, used up or revoked, or there never was one")
            }
            Failure::NoSuchReport => {
                (Code::NoSuchReport, "there is no such report, or somebody has looked at it")
            }
            Failure::NoSuchSession => (Code::NoSuchSession, "there is no such session, or it has ended"),
            Failure::NoSuchKey => (Code::NoSuchKey, "there is no such key, or it was revoked"),
            Failure::NoSuchTarget => (Code::NoSuchTarget, "there is no such target, or it is not yours"),
            Failure::NoSuchReminder => (Code::BadField, "there is no such reminder, or it is not yours"),
            Failure::DoorShut => (Code::DoorShut, "nobody new is let in just now"),
            Failure::KeyUsed => (
                Code::BadField,
                "this id was used for something else within the last day: nothing was stored",
            ),
            Failure::NotYours => (Code::NotYours, "that is not yours to take back"),
            Failure::Busy => (Code::Busy, "there is too much of that just now: try again later"),
            Failure::Unsure => return Refusal::unsure(),
            Failure::Storage(details) => return Refusal::not_stored(details),
        };
        Refusal::new(code, words)
    }
}

/// Words of a client that are repeated in an answer.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// How long it is until then, rounded up, in words: `40 seconds`, `3 hours`.
fn span(millis: Millis) -> String {
    const UNITS: [(&str, Millis); 4] =
        [("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1_000)];
    let millis = millis.max(1);
    let (word, unit) = *UNITS.iter().find(|(_, unit)| millis > 2 * unit).unwrap_or(&UNITS[3]);
    let number = (millis + unit - 1) / unit;
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_says_when() {
        let muted = Refusal::muted(Some(70_000), 10_000);
        assert_eq!((muted.retry_after, muted.until), (Some(60_000), Some(70_000)));
        assert_eq!(muted.words, "you may not speak here for 60 seconds");
        assert_eq!(Refusal::banned(None, 0).retry_after, None);
        assert_eq!(Refusal::slow(5, 10).retry_after, Some(1), "it is over, and the client tries again");
    }

    #[test]
    fn a_span_is_rounded_up() {
        let spans = [1, 1_001, 120_000, 120_001, 7_200_001, 172_800_001].map(span);
        assert_eq!(spans, ["1 second", "2 seconds", "120 seconds", "3 minutes", "3 hours", "3 days"]);
    }
}
