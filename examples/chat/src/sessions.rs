//! The connections: how each of them speaks, who is behind it, and what it still waits for.

use std::collections::VecDeque;
use std::net::IpAddr;

use crate::cost::Cost;
use crate::history::{Aim, Millis, Offset, PersonId, RoomId};
use crate::order::Held;
use crate::pace::Pace;
use crate::wire::Position;

/// How a connection speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    /// `chat.v1`.
    Json,
    /// Lines for people.
    Text,
    /// The same lines, for a page that takes them for HTML.
    Html,
}

impl Voice {
    pub(crate) const ALL: [Voice; 3] = [Voice::Json, Voice::Text, Voice::Html];

    /// The topic of everybody who speaks like this.
    pub(crate) fn topic(self) -> &'static str {
        match self {
            Voice::Json => "everybody, Json",
            Voice::Text => "everybody, Text",
            Voice::Html => "everybody, Html",
        }
    }
}

#[derive(Debug)]
pub(crate) struct Session {
    pub voice: Voice,
    pub client: Option<IpAddr>,
    /// The address that pays for it, if one does.
    pub payer: Option<IpAddr>,
    /// Until when it may say hello.
    pub hello_by: Millis,
    /// When it was opened, by the clock that nobody can set.
    pub since: Millis,
    /// What it has sent, in messages and bytes.
    pub received: Received,
    pub stage: Stage,
    /// Deliver their own words too.
    pub echo: bool,
    /// The room in which they are: where a message goes that names none.
    pub room: RoomId,
    /// The picture that the next binary message is.
    pub announced: Option<Announced>,
    /// Rooms of which they have not heard everything yet. The first one is being worked on.
    pub behind: VecDeque<Behind>,
    /// The disk is being asked for the first of them; its answer carries this number.
    pub reading: Option<u64>,
    /// What it has sent while an answer was to be waited for.
    pub held: Held,
    /// What of its last request's price has not been worked off yet.
    pub paid: Cost,
    /// What was paid for reading the request that is about to be carried out.
    pub parsed: Cost,
    /// How many refusals for speed it may have before it is closed.
    pub patience: Pace,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Has not said hello.
    New,
    /// Is somebody, whose token is on its way to the disk; the welcome waits for it.
    Arriving(PersonId),
    Here(PersonId),
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Received {
    pub messages: u64,
    pub bytes: u64,
}

/// What was said of a picture that is still to come. The announcement may have been refused: then so is
/// the picture.
#[derive(Debug, Clone)]
pub(crate) struct Announced {
    pub id: Option<String>,
    pub room: Result<(RoomId, Aim), ()>,
    pub caption: String,
}

/// How far behind a connection is in a room.
#[derive(Debug, Clone)]
pub(crate) struct Behind {
    pub room: RoomId,
    pub from: From,
}

#[derive(Debug, Clone)]
pub(crate) enum From {
    /// From what the client says it has.
    Client(Option<Position>),
    /// From here on, in a history that has begun.
    Offset(Offset),
}

impl Session {
    pub(crate) fn new(voice: Voice, client: Option<IpAddr>, since: Millis, echo: bool, room: RoomId) -> Self {
        Session {
            voice,
            client,
            payer: None,
            hello_by: since,
            since,
            received: Received::default(),
            stage: Stage::New,
            echo,
            room,
            announced: None,
            behind: VecDeque::new(),
            reading: None,
            held: Held::default(),
            paid: Cost::default(),
            parsed: Cost::default(),
            patience: Pace::default(),
        }
    }

    /// Who is behind it.
    pub(crate) fn person(&self) -> Option<PersonId> {
        match self.stage {
            Stage::New => None,
            Stage::Arriving(id) | Stage::Here(id) => Some(id),
        }
    }
}
