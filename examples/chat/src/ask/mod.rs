//! What can be asked of the chat, in its own words. A program asks in JSON (`voices/json/asked.rs`), a person in lines
//! (`voices/command/`): both become an [`Ask`], and the rest of the chat does not know which it was. `intent.rs` has the
//! acts.

mod intent;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::history::{Aim, Level, Number, Offset, PersonId, Picture, RoomId};
pub(crate) use intent::{Aimed, For, Intent, Look, Since, Where, Whom};
pub(crate) use intent::{FASTEST_BOT, LONGEST_REASON, LONGEST_RESTRAINT, LONGEST_TOPIC, MOST_USES, SLOWEST};

#[derive(Debug, PartialEq)]
pub(crate) enum Ask<'a> {
    /// Who is it?
    Hello(Hello<'a>),
    /// Something is to be different, and to stay so.
    Wish(Wish<'a>),
    /// A picture is to be shown: its bytes are the next binary message.
    Announce {
        to: To<'a>,
        caption: Cow<'a, str>,
        size: Option<u64>,
    },
    /// The picture by which one is shown: its bytes are the next binary message.
    AnnounceAvatar {
        size: Option<u64>,
    },
    /// What few may know, and what one may know of oneself.
    Look(Look<'a>),
    Typing {
        room: Cow<'a, str>,
    },
    /// A room has been read up to here.
    Read {
        room: Cow<'a, str>,
        offset: Offset,
    },
    /// The rooms whose names come after this one.
    Rooms {
        after: Cow<'a, str>,
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
    Search {
        query: Cow<'a, str>,
        room: Option<Cow<'a, str>>,
        before: Option<u64>,
    },
    /// Does something reach this target? It is sent at once.
    Test {
        target: Number,
    },
    /// Does the client want to read its own words?
    Echo(bool),
    Help,
    Ping,
}

/// What the model decides: it becomes entries of the history, or is refused.
#[derive(Debug, PartialEq)]
pub(crate) enum Wish<'a> {
    Say {
        to: To<'a>,
        text: Cow<'a, str>,
    },
    Show {
        room: RoomId,
        aim: Aim,
        picture: Picture,
        caption: String,
        bytes: Arc<[u8]>,
    },
    TakeBack {
        room: Cow<'a, str>,
        offset: Offset,
    },
    /// Something will be said there: a private talk begins now.
    Open {
        to: To<'a>,
    },
    Join {
        room: Cow<'a, str>,
        /// If there is none, it is made.
        create: bool,
        /// It is made, and private: nobody knows of it who is not in it.
        is_private: bool,
    },
    /// The room in which the client is, if it names none.
    Leave {
        room: Option<Cow<'a, str>>,
    },
    Rename {
        name: Cow<'a, str>,
    },
    /// How much of a room one wants to be told of: of the one in which the client is, if it names none. No `level`: as it
    /// is usual.
    SetLevel {
        room: Option<Cow<'a, str>>,
        level: Option<Level>,
    },
    /// What only those may do who have a right to it, and what one does to oneself.
    Act(Intent<'a>),
}

#[derive(Debug, Default, PartialEq)]
pub(crate) struct Hello<'a> {
    pub token: Option<Cow<'a, str>>,
    /// By which another device has said who this is.
    pub code: Option<Cow<'a, str>>,
    pub name: Option<Cow<'a, str>>,
    /// The key of one.
    pub invite: Option<Cow<'a, str>>,
    pub echo: bool,
    pub rooms: Positions,
}

/// How far a client has heard its rooms, by their names.
pub(crate) type Positions = HashMap<String, Position>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Position {
    pub epoch: String,
    pub offset: Offset,
}

/// A page of the members of a room.
#[derive(Debug, PartialEq)]
pub(crate) struct Who<'a> {
    /// The room in which the client is, if it names none.
    pub room: Option<Cow<'a, str>>,
    /// A part of their names.
    pub query: Option<Cow<'a, str>>,
    /// Behind this one.
    pub after: Option<PersonId>,
    pub limit: Option<u64>,
}

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum To<'a> {
    /// The room in which the sender is.
    Here,
    Room(Cow<'a, str>),
    Person(PersonId),
    Named(Cow<'a, str>),
    /// The room that the announcement of a picture was for.
    Announced(RoomId, Aim),
}

impl To<'_> {
    pub(crate) fn aim(&self) -> Aim {
        match self {
            To::Here => Aim::Here,
            To::Room(_) | To::Person(_) | To::Named(_) => Aim::There,
            To::Announced(_, aim) => *aim,
        }
    }
}
