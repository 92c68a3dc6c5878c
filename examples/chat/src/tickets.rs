//! What travels between the chat and the history: mail, and what is to be done when an answer has come.

use std::collections::HashMap;

use pollcat::{PeerId, RequestId};

use crate::history::{Report, RoomId};
use crate::token::Token;
use crate::wire::{Code, Position};

/// Everything that can reach the chat from outside the loop.
#[derive(Debug)]
pub(crate) enum Mail {
    Report(Box<Report<Ticket>>),
    /// Let what has begun end, and stop.
    Stop,
}

/// What is to be done when the history has answered.
#[derive(Debug)]
pub(crate) enum Ticket {
    /// Nobody waits for it.
    Nobody,
    Arrived {
        asker: Asker,
        token: Token,
        has: HashMap<String, Position>,
    },
    Renamed(Asker),
    Created,
    Joined(Option<Asker>),
    Left(Option<Asker>),
    Said(Asker),
    CaughtUp {
        peer: PeerId,
        reading: u64,
    },
    Page {
        asker: Asker,
        room: RoomId,
    },
    Found {
        asker: Asker,
        query: String,
    },
    /// Somebody wants to see a picture: the gallery knows who.
    Picture,
    /// Somebody has a picture, and asks whether it is still there.
    SamePicture(RequestId),
}

/// Who asked for something, and the id under which they want the answer.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    pub peer: PeerId,
    pub id: Option<String>,
}

/// A refusal.
#[derive(Debug)]
pub(crate) struct No {
    pub code: Code,
    pub words: String,
    pub retry_after: Option<u64>,
}

impl No {
    pub(crate) fn new(code: Code, words: impl Into<String>) -> Self {
        No { code, words: words.into(), retry_after: None }
    }
}
