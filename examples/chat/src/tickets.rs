//! What travels between the chat and the history: mail, and who waits for which answer.

use pollcat::{PeerId, RequestId};

use crate::ask::Positions;
use crate::history::{PersonId, Report, RoomId};
use crate::token::Token;

/// Everything that can reach the chat from outside the loop.
#[derive(Debug)]
pub(crate) enum Mail {
    Report(Box<Report<Ticket>>),
    /// Let what has begun end, and stop.
    Stop,
}

/// Who waits for the history, and for which answer. It alone decides what they are answered; what others hear, the model
/// says.
#[derive(Debug)]
pub(crate) enum Ticket {
    Entry(Waiting),
    Read(Question),
}

/// For an entry.
#[derive(Debug)]
pub(crate) enum Waiting {
    Nobody,
    /// Something was said. They hear that it is safe before others hear it.
    Said(Asker),
    /// Something was done. They hear so behind the news of it.
    Done(Asker),
    Renamed {
        asker: Asker,
        person: PersonId,
    },
    Entered {
        asker: Asker,
        room: RoomId,
    },
    /// They are somebody now.
    Arrived {
        asker: Asker,
        person: PersonId,
        token: Token,
        has: Positions,
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
    /// Somebody wants to see a picture: the gallery knows who.
    Picture {
        id: String,
    },
    /// Somebody has a picture, and asks whether it is still there.
    SamePicture {
        id: String,
        request: RequestId,
    },
}

/// Who asked for something, and the id under which they want the answer.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    pub peer: PeerId,
    pub id: Option<String>,
}

impl Waiting {
    /// Whose requests wait for this: it changes where they stand.
    pub(crate) fn holds_up(&self) -> Option<PeerId> {
        match self {
            Waiting::Nobody | Waiting::Said(_) => None,
            Waiting::Done(asker)
            | Waiting::Renamed { asker, .. }
            | Waiting::Entered { asker, .. }
            | Waiting::Arrived { asker, .. } => Some(asker.peer),
        }
    }
}
