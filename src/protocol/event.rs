//! What comes out of a connection's bytes.

use super::CloseCode;
use super::frame::Opcode;
use super::kind::Kind;
use super::{ProtocolError, close};
use crate::Message;

/// Something that happened on the connection. What you do not know, pass by:
/// [`SendHalf::answer`](super::SendHalf::answer) writes what the protocol owes for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A whole message.
    Message(Message<'a>),
    /// A Ping: at most 125 bytes, to be answered with the same in a Pong (§5.5.2).
    Ping(&'a [u8]),
    /// A Pong, asked for or not (§5.5.3).
    Pong(&'a [u8]),
    /// The peer's Close, the last event there is (§5.5.1): its code ([`CloseCode::NO_STATUS`] if it had
    /// none) and its reason.
    Close(CloseCode, &'a str),
}

impl<'a> Event<'a> {
    /// What a whole frame brings, unmasked, if it needs no other.
    #[inline]
    pub(super) fn of(opcode: Opcode, payload: &'a [u8]) -> Result<Self, ProtocolError> {
        match opcode {
            Opcode::Text => Kind::Text.message(payload).map(Event::Message),
            Opcode::Binary => Kind::Binary.message(payload).map(Event::Message),
            Opcode::Ping => Ok(Event::Ping(payload)),
            Opcode::Pong => Ok(Event::Pong(payload)),
            Opcode::Close => {
                let (code, reason) = close::parse_close(payload)?;
                Ok(Event::Close(code, reason))
            }
            Opcode::Continuation => Err(ProtocolError::NothingToContinue),
        }
    }
}

/// What one step through the input has found.
pub(super) enum Found<'b> {
    /// The input is used up.
    Nothing,
    /// An event that lies in the input.
    InPlace(Event<'b>),
    /// A message that lies in the inflater.
    Inflated(Kind),
    /// `Partial::message` is complete.
    Message,
    /// `Partial::control` is complete.
    Control(Opcode),
}
