//! What comes out of a connection's bytes.

use super::CloseCode;
use super::frame::Opcode;
use crate::Message;

/// Something that happened on the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// What one step through the input has found.
pub(super) enum Found<'b> {
    /// The input is used up.
    Nothing,
    /// An event that lies in the input.
    InPlace(Event<'b>),
    /// A message that lies in the inflater.
    Inflated { is_text: bool },
    /// `Partial::message` is complete.
    Message,
    /// `Partial::control` is complete.
    Control(Opcode),
}
