//! Programs that come with what this node does not know: a key that was made at another node a moment ago, a room into which their
//! bot was taken there. They wait until this node knows all that others knew, and are looked at once more.

use std::net::IpAddr;
use std::time::Instant;

use super::answers::{JSON, PLAIN, Style};
use super::asked::Asked;
use crate::history::KeyHash;

/// A request that was not granted, as far as it takes to look at it again.
#[derive(Debug)]
pub(super) struct Late {
    pub client: Option<IpAddr>,
    pub key: KeyHash,
    pub what: What,
}

#[derive(Debug)]
pub(super) enum What {
    /// The head of something for a hook.
    Hook,
    /// The head of what a bot asks. Its pace may have been taken.
    Call { asked: Asked, is_paid: bool },
    /// What a bot says, and when it was read.
    Words(Vec<u8>, Instant),
}

impl Late {
    pub(super) fn style(&self) -> Style {
        match self.what {
            What::Hook => PLAIN,
            What::Call { .. } | What::Words(..) => JSON,
        }
    }

    pub(super) fn length(&self) -> usize {
        match &self.what {
            What::Hook => 0,
            What::Call { asked, .. } => asked.length(),
            What::Words(body, _) => body.len(),
        }
    }
}
