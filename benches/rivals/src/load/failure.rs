//! Why a run does not count.

use std::{fmt, io};

use crate::frames::ServerClosed;

#[derive(Debug)]
pub(crate) enum Failure {
    /// The system refused something.
    Io(io::Error),
    /// The answer to the opening handshake is not what RFC 6455 asks for (§4.2.2).
    Handshake(String),
    /// The first message came back changed, or not at all.
    FirstExchange(&'static str),
    /// The server sent a Close, or dropped the connection.
    Closed,
    /// A reply came as it is where compression was agreed on.
    NotCompressed,
    /// A reply is not as long as what was sent.
    WrongLength { expected: u64, got: u64 },
    /// A delivery of a message that nobody sent.
    Unknown,
    /// Nothing came for five seconds.
    Stalled,
    /// Nothing came while the clock ran.
    Nothing,
    /// Messages that never came back, or came too often.
    Miscounted { missing: u64, surplus: u64, connections: usize },
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Io(error)
    }
}

impl From<rustix::io::Errno> for Failure {
    fn from(error: rustix::io::Errno) -> Self {
        Failure::Io(error.into())
    }
}

impl From<ServerClosed> for Failure {
    fn from(_: ServerClosed) -> Self {
        Failure::Closed
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Io(error) => write!(f, "{error}"),
            Failure::Handshake(answer) => write!(f, "not a handshake: {answer:?}"),
            Failure::FirstExchange(what) => write!(f, "the first exchange: {what}"),
            Failure::Closed => write!(f, "the server closed a connection"),
            Failure::NotCompressed => write!(f, "a reply was not compressed"),
            Failure::WrongLength { expected, got } => write!(f, "{got} bytes came for {expected}"),
            Failure::Unknown => write!(f, "a message came that nobody sent"),
            Failure::Stalled => write!(f, "nothing came for five seconds"),
            Failure::Nothing => write!(f, "nothing came while the clock ran"),
            Failure::Miscounted { missing, surplus, connections } => {
                write!(f, "{missing} lost and {surplus} too many, on {connections} connections")
            }
        }
    }
}
