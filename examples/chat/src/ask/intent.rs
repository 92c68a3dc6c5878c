//! What is asked by those who govern, and what one asks about oneself: acts, and lists that change nothing.

use std::borrow::Cow;

use crate::history::{Discloses, Door, KeyKind, Number, Offset, PersonId, Restraint, Shape};
use crate::rights::Role;

/// Of a reason, and of the line above a room, in characters.
pub(crate) const LONGEST_REASON: usize = 200;
pub(crate) const LONGEST_TOPIC: usize = 200;
/// What lasts longer than ten years lasts for ever. In seconds.
pub(crate) const LONGEST_RESTRAINT: u64 = 3_650 * 86_400;
/// The most seconds between two messages of a member.
pub(crate) const SLOWEST: u32 = 86_400;
/// The most messages of a bot in a minute, by HTTP.
pub(crate) const FASTEST_BOT: u32 = 6_000;
/// So often an invite can be used.
pub(crate) const MOST_USES: u32 = 1_000;

/// An act. Whether it may be done, the model decides.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Intent<'a> {
    pub what: Aimed<'a>,
    /// Perhaps empty.
    pub reason: Cow<'a, str>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Aimed<'a> {
    Role {
        whom: Whom<'a>,
        role: Role,
    },
    Op {
        whom: Whom<'a>,
        place: Where<'a>,
        is_op: bool,
    },
    Kick {
        whom: Whom<'a>,
        place: Where<'a>,
    },
    Restrain {
        restraint: Restraint,
        whom: Whom<'a>,
        place: Where<'a>,
        /// `None`: for ever.
        seconds: Option<u64>,
        /// Their addresses, too.
        with_addresses: bool,
        /// And what they have said is erased.
        purge: Option<Since>,
    },
    Release {
        restraint: Restraint,
        whom: Whom<'a>,
        place: Where<'a>,
    },
    Purge {
        whom: Whom<'a>,
        place: Where<'a>,
        since: Since,
    },
    /// Each of them that is something is to be so.
    Alter {
        place: Where<'a>,
        name: Option<Cow<'a, str>>,
        is_private: Option<bool>,
        topic: Option<Cow<'a, str>>,
        pace: Option<u32>,
        is_closed: Option<bool>,
    },
    RemoveRoom {
        place: Where<'a>,
    },
    Add {
        whom: Whom<'a>,
        place: Where<'a>,
    },
    SetDoor(Door),
    /// `None`: as it is usual (7 days; 10 times into a room, once into the chat).
    Invite {
        place: Where<'a>,
        seconds: Option<u64>,
        uses: Option<u32>,
    },
    Revoke {
        invite: Number,
    },
    Accept {
        key: Cow<'a, str>,
    },
    Announce {
        text: Cow<'a, str>,
    },
    Report {
        place: Where<'a>,
        offset: Offset,
    },
    Settle {
        report: Number,
        granted: bool,
    },
    /// `None`: one's own.
    EndSession {
        whom: Option<Whom<'a>>,
        session: Number,
    },
    Erase {
        words: bool,
    },
    /// A key for the bot of this name, which is made if there is none, in a room. `None`: at the usual pace.
    GiveKey {
        name: Cow<'a, str>,
        place: Where<'a>,
        kind: KeyKind,
        pace: Option<u32>,
    },
    RevokeKey {
        key: Number,
    },
    RemoveBot {
        whom: Whom<'a>,
    },
    AddTarget {
        serves: For<'a>,
        shape: Shape,
        url: Cow<'a, str>,
        /// `None`: one is made, if the shape has one.
        secret: Option<Cow<'a, str>>,
        discloses: Discloses,
    },
    DropTarget {
        target: Number,
    },
    RotateTarget {
        target: Number,
    },
    /// Nobody is shown by a picture of theirs any more; `None`: oneself.
    DropAvatar {
        whom: Option<Whom<'a>>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whom<'a> {
    Id(PersonId),
    Named(Cow<'a, str>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Where<'a> {
    /// The room in which they are; who is put out of the lobby is put out of the chat.
    Here,
    Room(Cow<'a, str>),
    Everywhere,
}

/// What goes to a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum For<'a> {
    /// What concerns whoever asks.
    Oneself,
    Person(Whom<'a>),
    Room(Where<'a>),
}

/// How far back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    Hour,
    Day,
    Ever,
}

impl Since {
    pub(crate) fn of_word(word: &str) -> Option<Since> {
        match word {
            "hour" => Some(Since::Hour),
            "day" => Some(Since::Day),
            "ever" => Some(Since::Ever),
            _ => None,
        }
    }
}

/// A list, or something small, of what few may know.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Look<'a> {
    /// One's own sessions.
    Sessions,
    /// A code by which another device becomes this person.
    Link,
    /// What one has said oneself, before this mark.
    Mine {
        before: Option<u64>,
    },
    Reports {
        place: Where<'a>,
        after: Option<Number>,
    },
    Restraints {
        place: Where<'a>,
    },
    Invites {
        place: Where<'a>,
    },
    /// The way to the admin page.
    Admin,
    /// What the room is about in which they are: whoever reads there may know it.
    Topic,
    /// All bots, with their keys.
    Bots,
    /// `None`: one's own.
    Targets {
        place: Option<Where<'a>>,
    },
}
