//! Text or binary: there are no other messages (RFC 6455 §5.6).

use super::frame::Opcode;
use super::{ProtocolError, utf8};
use crate::Message;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Binary,
}

impl Kind {
    #[inline]
    pub(super) fn of(message: Message<'_>) -> Kind {
        match message {
            Message::Text(_) => Kind::Text,
            Message::Binary(_) => Kind::Binary,
        }
    }

    /// The opcode of the frame that begins such a message.
    #[inline]
    pub(super) fn opcode(self) -> Opcode {
        match self {
            Kind::Text => Opcode::Text,
            Kind::Binary => Opcode::Binary,
        }
    }

    /// The kind of message that a frame with this opcode begins.
    #[inline]
    pub(super) fn begun_by(opcode: Opcode) -> Option<Kind> {
        match opcode {
            Opcode::Text => Some(Kind::Text),
            Opcode::Binary => Some(Kind::Binary),
            Opcode::Continuation | Opcode::Close | Opcode::Ping | Opcode::Pong => None,
        }
    }

    /// A whole payload as a message: text must be UTF-8 (§8.1).
    #[inline]
    pub(super) fn message(self, payload: &[u8]) -> Result<Message<'_>, ProtocolError> {
        match self {
            Kind::Text => utf8::check(payload).map(Message::Text).map_err(|_| ProtocolError::InvalidUtf8),
            Kind::Binary => Ok(Message::Binary(payload)),
        }
    }
}
