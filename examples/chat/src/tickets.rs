//! What travels between the chat and the history: mail, and who waits for which answer.

use std::time::Instant;

use pollcat::{PeerId, RequestId};

use crate::ask::Positions;
use crate::history::{Delivery, Number, PersonId, Report, RoomId};
use crate::nodes::Told;
use crate::robot::Language;
use crate::run::settings::{Changes, Settings};
use crate::sender::Sent;
use crate::token::Token;
use crate::words::Filter;

/// Everything that can reach the chat from outside the loop.
#[derive(Debug)]
pub(crate) enum Mail {
    Report(Box<Report<Ticket>>),
    /// Something went out, or did not.
    Sent(Box<Sent<Errand>>),
    /// Settings that are in force from now on, and words that are not said here.
    Reloaded(Reloaded),
    /// Another node has something to tell, or the log is away, or back.
    Told(Told),
    /// Let what has begun end, and stop.
    Stop,
}

/// What was read again, and is to be changed now.
#[derive(Debug)]
pub(crate) struct Reloaded {
    /// The settings, if one of those is another one that hold at once.
    pub settings: Option<Box<Settings>>,
    /// The words, if there is a file of them, or was.
    pub words: Option<Box<Filter>>,
    /// For the log, when it is done.
    pub changes: Changes,
}

/// What was to be sent.
#[derive(Debug)]
pub(crate) enum Errand {
    Deliver(Delivery),
    /// To see whether it arrives.
    Test {
        asker: Asker,
        target: Number,
    },
}

/// Who waits for the history, and for which answer. It alone decides what they are answered; what others hear, the model
/// says.
#[derive(Debug)]
pub(crate) enum Ticket {
    Entry(Waiting),
    Read(Question),
    /// They come when this node knows all that others knew when they asked.
    Barrier(PeerId),
    /// The same for a picture that was not known here.
    Look {
        path: String,
    },
    /// The same for a program that has heard more at another node, or comes with what is not known here.
    Program(RequestId),
}

/// For an entry.
#[derive(Debug)]
pub(crate) enum Waiting {
    Nobody,
    /// Something was said. They hear that it is safe before others hear it; and in which words, if not in theirs.
    Said {
        asker: Asker,
        is_altered: bool,
        /// When it was read.
        read: Instant,
    },
    /// Something was done. They hear so behind the news of it.
    Done(Asker),
    /// An act was carried out: the same.
    Acted(Asker),
    /// A part of that, and not the last: if it fails, they hear so with the last one.
    Part(PeerId),
    /// An invite was made: they hear its key.
    Invited {
        asker: Asker,
        key: String,
    },
    /// A bot was given a key: they hear it.
    Keyed {
        asker: Asker,
        key: String,
    },
    /// A target was made, or signs with another secret: they hear that, if it was made for them.
    Targeted {
        asker: Asker,
        secret: Option<String>,
    },
    /// The robot was asked for something that lasts: it says so, under this id, when it is on disk.
    Promised {
        room: RoomId,
        key: String,
        language: Language,
    },
    /// Something was said by HTTP.
    Posted {
        request: RequestId,
    },
    /// They are on one more device.
    Linked {
        asker: Asker,
        person: PersonId,
        token: Token,
        has: Positions,
    },
    Renamed {
        asker: Asker,
        person: PersonId,
    },
    Entered {
        asker: Asker,
        room: RoomId,
    },
    /// They are somebody now; a text client without a token.
    Arrived {
        asker: Asker,
        person: PersonId,
        token: Option<Token>,
        has: Positions,
    },
    /// A session of the admin page: they are let in when it is on disk.
    AdminIn {
        asker: Asker,
        token: Token,
    },
}

/// For a read.
#[derive(Debug)]
pub(crate) enum Question {
    Missed {
        peer: PeerId,
        reading: u64,
    },
    Page {
        asker: Asker,
        room: RoomId,
    },
    Search {
        asker: Asker,
        query: String,
    },
    /// What few may know, and what one may know of oneself.
    Looked {
        asker: Asker,
        at: Looked,
    },
    /// Somebody wants to see a picture, by its path: the gallery knows who.
    Picture {
        path: String,
    },
    /// Somebody has a picture, and asks whether it is still there.
    SamePicture {
        path: String,
        request: RequestId,
    },
    /// Somebody asks by HTTP for what was said in a room after an offset.
    Polled {
        request: RequestId,
    },
    /// What is to go out.
    Outgoing {
        delivery: Delivery,
        is_slow: bool,
    },
    /// Of the admin page.
    Desk(Lookup),
}

/// What somebody on the admin page wants to see.
#[derive(Debug)]
pub(crate) enum Lookup {
    Acts {
        asker: Asker,
    },
    Person {
        asker: Asker,
        person: PersonId,
    },
    Admins {
        asker: Asker,
    },
    Reports {
        asker: Asker,
    },
    Invites {
        asker: Asker,
    },
    /// Everybody there: what was done just now.
    Live,
}

/// What somebody wants to see.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Looked {
    Sessions,
    Mine,
    /// Of a room, or of all that they may see.
    Reports(Option<RoomId>),
    Invites(Option<RoomId>),
}

/// Who asked for something, and the id under which they want the answer.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    pub peer: PeerId,
    pub id: Option<String>,
}

impl Lookup {
    /// Who has asked; nobody, if it is for everybody there.
    pub(crate) fn asker(&self) -> Option<&Asker> {
        match self {
            Lookup::Acts { asker }
            | Lookup::Person { asker, .. }
            | Lookup::Admins { asker }
            | Lookup::Reports { asker }
            | Lookup::Invites { asker } => Some(asker),
            Lookup::Live => None,
        }
    }
}

impl Waiting {
    /// Who is answered, if it is a client.
    pub(crate) fn asker(&self) -> Option<&Asker> {
        match self {
            Waiting::Nobody | Waiting::Part(_) | Waiting::Promised { .. } | Waiting::Posted { .. } => None,
            Waiting::Said { asker, .. }
            | Waiting::AdminIn { asker, .. }
            | Waiting::Done(asker)
            | Waiting::Acted(asker)
            | Waiting::Invited { asker, .. }
            | Waiting::Keyed { asker, .. }
            | Waiting::Targeted { asker, .. }
            | Waiting::Linked { asker, .. }
            | Waiting::Renamed { asker, .. }
            | Waiting::Entered { asker, .. }
            | Waiting::Arrived { asker, .. } => Some(asker),
        }
    }

    /// For the same in another room.
    pub(crate) fn in_room(self, room: RoomId) -> Self {
        match self {
            Waiting::Entered { asker, .. } => Waiting::Entered { asker, room },
            other => other,
        }
    }

    /// Whose requests wait for this: it changes where they stand.
    pub(crate) fn holds_up(&self) -> Option<PeerId> {
        match self {
            Waiting::Nobody
            | Waiting::Said { .. }
            | Waiting::Part(_)
            | Waiting::Promised { .. }
            | Waiting::Posted { .. }
            | Waiting::AdminIn { .. } => None,
            Waiting::Done(asker)
            | Waiting::Acted(asker)
            | Waiting::Invited { asker, .. }
            | Waiting::Keyed { asker, .. }
            | Waiting::Targeted { asker, .. }
            | Waiting::Linked { asker, .. }
            | Waiting::Renamed { asker, .. }
            | Waiting::Entered { asker, .. }
            | Waiting::Arrived { asker, .. } => Some(asker.peer),
        }
    }
}
