//! Why peers leave.

use std::fmt;

use crate::protocol::{CloseCode, ProtocolError};

/// Why a peer is no longer there. Further reasons may come with a later version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Departure {
    /// The closing handshake was completed (RFC 6455 §7.1.4). The code is the one the peer sent, first
    /// or in answer to ours.
    Closed(CloseCode),
    /// The peer broke the protocol. Its Close has the code of the broken rule.
    Failed(ProtocolError),
    /// TCP ended without a closing handshake: a lost network, a killed program.
    Lost,
    /// The peer did not read what was sent to it, and its send queue was full
    /// ([`Config::max_send_queue`](super::Config::max_send_queue)); or all queues together took too much
    /// ([`Config::max_sending`](super::Config::max_sending)), and this one most of it.
    TooSlow,
    /// The peer held most of what all unfinished messages may take together, when that was used up
    /// ([`Config::max_receiving`](super::Config::max_receiving)), and was closed with 1013.
    OverBudget,
    /// The peer answered neither a Ping nor a Close in time.
    TimedOut,
}

impl fmt::Display for Departure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Departure::Closed(code) => write!(f, "closed with {code}"),
            Departure::Failed(error) => write!(f, "failed: {error}"),
            Departure::Lost => f.write_str("lost"),
            Departure::TooSlow => f.write_str("too slow: send queue full"),
            Departure::OverBudget => f.write_str("given up: unfinished messages take too much memory"),
            Departure::TimedOut => f.write_str("timed out"),
        }
    }
}
