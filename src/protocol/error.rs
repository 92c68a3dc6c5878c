//! The rules a peer can break (RFC 6455 §7.1.7).

use std::fmt;

use super::CloseCode;

/// The rule that the peer broke. The connection fails: a Close frame says why, and nothing that arrives
/// after the fault is looked at.
///
/// [`Display`](fmt::Display) is the reason we send, so it never repeats anything the peer sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProtocolError {
    /// RSV1, RSV2 or RSV3 is set, and no extension gives it a meaning (§5.2).
    ReservedBits,
    /// An opcode that has no meaning (§5.2).
    ReservedOpcode,
    /// A Ping, Pong or Close with FIN clear (§5.5).
    FragmentedControl,
    /// A Ping, Pong or Close with more than 125 bytes (§5.5).
    ControlTooLong,
    /// A continuation frame, but no message was begun (§5.4).
    NothingToContinue,
    /// A new message in the middle of a fragmented one (§5.4).
    MessageInsideMessage,
    /// A client's frame without a masking key (§5.1).
    Unmasked,
    /// A length in more bytes than it needs (§5.2).
    LengthNotMinimal,
    /// A 64-bit length with its first bit set (§5.2).
    LengthTopBit,
    /// Text, but not UTF-8 (§8.1).
    InvalidUtf8,
    /// A compressed message that is not DEFLATE, or ends within a block (RFC 7692 §7.2.2).
    InvalidDeflate,
    /// A Close with half a code (§5.5.1).
    CloseBodyOfOneByte,
    /// A Close with a code that may not travel (§7.4).
    CloseCodeNotAllowed,
    /// A Close whose reason is not UTF-8 (§5.5.1).
    InvalidCloseReason,
    /// A message longer than [`Limits::max_message`](super::Limits::max_message) (§10.4).
    MessageTooBig,
    /// A message in more frames than [`Limits::max_fragments`](super::Limits::max_fragments) (§10.4).
    TooManyFragments,
}

impl ProtocolError {
    /// The code that goes into our Close frame (§7.4.1).
    pub fn close_code(self) -> CloseCode {
        use ProtocolError::*;
        match self {
            InvalidUtf8 | InvalidDeflate | InvalidCloseReason => CloseCode::INVALID_DATA,
            MessageTooBig => CloseCode::TOO_BIG,
            TooManyFragments => CloseCode::POLICY,
            _ => CloseCode::PROTOCOL_ERROR,
        }
    }

    /// The reason that goes into our Close frame: one line, far below 123 bytes.
    pub fn reason(self) -> &'static str {
        use ProtocolError::*;
        match self {
            ReservedBits => "reserved bit set (RFC 6455 5.2)",
            ReservedOpcode => "reserved opcode (RFC 6455 5.2)",
            FragmentedControl => "control frame in fragments (RFC 6455 5.5)",
            ControlTooLong => "control frame over 125 bytes (RFC 6455 5.5)",
            NothingToContinue => "continuation of nothing (RFC 6455 5.4)",
            MessageInsideMessage => "new message inside a fragmented one (RFC 6455 5.4)",
            Unmasked => "frame not masked (RFC 6455 5.1)",
            LengthNotMinimal => "length not in its shortest form (RFC 6455 5.2)",
            LengthTopBit => "64-bit length with its first bit set (RFC 6455 5.2)",
            InvalidUtf8 => "text is not UTF-8 (RFC 6455 8.1)",
            InvalidDeflate => "compressed message is not DEFLATE (RFC 7692 7.2.2)",
            CloseBodyOfOneByte => "close frame with a body of one byte (RFC 6455 5.5.1)",
            CloseCodeNotAllowed => "close code that may not be sent (RFC 6455 7.4)",
            InvalidCloseReason => "close reason is not UTF-8 (RFC 6455 5.5.1)",
            MessageTooBig => "message too big",
            TooManyFragments => "message in too many fragments",
        }
    }
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}

impl std::error::Error for ProtocolError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_byte() {
        assert_eq!(size_of::<ProtocolError>(), 1);
        assert_eq!(size_of::<Result<(), ProtocolError>>(), 1);
    }
}
