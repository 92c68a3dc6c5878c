//! Somebody whose key or token is not known here. Of several nodes another one may know it.

use crate::history::{KeyHash, Millis};
use crate::tickets::Asker;

/// A key of another node may be heard of so much later than whoever has it comes.
const PATIENCE: Millis = 1_500;
/// A log that has not answered by then is away.
const LONGEST: Millis = 5_000;

#[derive(Debug)]
pub(super) struct Seeking {
    pub asker: Asker,
    pub has: Has,
    since: Millis,
    /// This node knows all that stood in the log when they came: each session, and not each key.
    pub knows_all: bool,
}

/// What they have, by its hash.
#[derive(Debug, Clone, Copy)]
pub(super) enum Has {
    Key(KeyHash),
    Token(KeyHash),
}

impl Seeking {
    pub(super) fn new(asker: &Asker, has: Has, now: Millis) -> Self {
        Seeking { asker: asker.clone(), has, since: now, knows_all: false }
    }

    /// If it is not known here by now.
    pub(super) fn verdict(&self, now: Millis) -> Verdict {
        let would_be_known = matches!(self.has, Has::Token(_)) || self.since + PATIENCE <= now;
        match self.knows_all {
            true if would_be_known => Verdict::Nobody,
            false if self.since + LONGEST <= now => Verdict::Unknown,
            _ => Verdict::Wait,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Wait,
    /// No node knows it.
    Nobody,
    /// Another node may.
    Unknown,
}
