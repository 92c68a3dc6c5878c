//! What one client is answered, in the chat's own words. Each voice knows how it is said.

use crate::history::{
    Event, Hit, InviteUsed, KeyKind, Millis, Number, Offset, PersonId, RoomId, StoredReport, StoredRestraint,
    StoredSession,
};
use crate::model::{Listed, Room};
use crate::refusal::Refusal;

#[derive(Debug)]
pub(crate) enum Reply<'a> {
    /// It is done.
    Done,
    /// An act was carried out, of which whoever asks may hear nothing else.
    Acted,
    /// It was said, and is safe: in these words, if they are others than they sent.
    Said {
        room: RoomId,
        offset: Offset,
        at: Millis,
        repeated: bool,
        words: Option<&'a str>,
    },
    /// It is held back until somebody has looked at it.
    Held,
    Refused(&'a Refusal),
    Welcome(Welcome<'a>),
    /// They are in this room now; and were elsewhere before, or were there already.
    Entered {
        room: RoomId,
        from_elsewhere: bool,
    },
    /// Somebody has a new name.
    Renamed {
        person: PersonId,
    },
    Rooms {
        listed: Vec<&'a Room>,
        more: bool,
    },
    Who {
        room: &'a Room,
        listed: &'a Listed,
    },
    /// Of those whom they watch: all of them, or later who has come and gone, or is called otherwise.
    Presence {
        online: &'a [PersonId],
        offline: &'a [PersonId],
        renamed: &'a [PersonId],
    },
    /// The latest of these events; the room keeps those from `first` on.
    Page {
        room: &'a Room,
        events: Vec<&'a Event>,
        first: Offset,
    },
    /// What was found, and whether there is more behind the last mark.
    Found {
        query: &'a str,
        hits: Vec<&'a Hit>,
        last: Option<u64>,
        more: bool,
    },
    /// What they have said themself, as it is found; and before which mark to ask for more.
    Mine {
        hits: Vec<&'a Hit>,
        before: Option<u64>,
    },
    /// From where they can come back.
    Sessions(Vec<Listening<'a>>),
    /// A code by which another device becomes them, for so many seconds.
    Link {
        code: &'a str,
        seconds: u64,
    },
    /// What waits for somebody to look at it.
    Reports {
        reports: Vec<&'a StoredReport>,
        more: bool,
    },
    Restraints(Vec<&'a StoredRestraint>),
    Invites(Vec<&'a InviteUsed>),
    /// An invite was made. Its key is told once.
    Invited(Invitation<'a>),
    /// A bot has a key. It is told once.
    Key(KeyGiven<'a>),
    /// All of them are in the model. On the admin page one sees that private rooms exist.
    Bots {
        sees_private: bool,
    },
    /// A target was made, or signs with another secret, which is told once.
    Target {
        target: Number,
        secret: Option<&'a str>,
    },
    Targets(Vec<Number>),
    /// What has come of the test of a target: nothing, or what went wrong.
    Tested {
        target: Number,
        fault: Option<&'a str>,
    },
    /// The way to the admin page, for so many seconds.
    Admin {
        url: &'a str,
        seconds: u64,
    },
    /// What the room is about in which they are.
    Topic {
        room: RoomId,
    },
    /// They read their own words from now on, or do not.
    Echo(bool),
    Help,
    Pong,
}

impl Reply<'_> {
    /// Does it tell what opens something? Then its length must not tell of it.
    pub(crate) fn is_secret(&self) -> bool {
        match self {
            Reply::Welcome(_)
            | Reply::Invited(_)
            | Reply::Key(_)
            | Reply::Link { .. }
            | Reply::Admin { .. } => true,
            Reply::Target { secret, .. } => secret.is_some(),
            _ => false,
        }
    }
}

/// A session of whoever asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listening<'a> {
    pub session: &'a StoredSession,
    /// It has a connection.
    pub is_here: bool,
    /// It is the one that asks.
    pub is_this: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Invitation<'a> {
    pub number: Number,
    pub key: &'a str,
    /// With the key in it.
    pub url: &'a str,
    /// `None`: into the chat.
    pub room: Option<RoomId>,
    pub until: Millis,
    pub left: u32,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyGiven<'a> {
    pub number: Number,
    pub bot: PersonId,
    pub kind: KeyKind,
    pub room: RoomId,
    pub pace: u32,
    pub key: &'a str,
    /// With the key in it, of a hook.
    pub url: Option<&'a str>,
}

/// What somebody who comes is told of the chat.
#[derive(Debug)]
pub(crate) struct Welcome<'a> {
    pub person: PersonId,
    pub new: bool,
    /// With which they come back.
    pub token: Option<&'a str>,
    /// The room in which they are.
    pub room: RoomId,
    /// Everybody who is here is named.
    pub is_named: bool,
    pub echo: bool,
    /// What an acknowledgement promises.
    pub durability: &'static str,
    pub limits: Limits,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub name: usize,
    pub message: usize,
    pub room_name: usize,
    pub rooms: usize,
    pub picture: u64,
    pub pixels: u64,
    pub page: usize,
}
