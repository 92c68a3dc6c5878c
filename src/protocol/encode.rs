//! Whole frames as a server writes them: never masked (RFC 6455 §5.1).

use super::frame::{FrameHeader, HeaderBytes, Opcode};
use super::kind::Kind;
use crate::Message;

/// Writes a message as one unmasked frame with FIN set.
#[inline]
pub(crate) fn encode_message(message: Message<'_>, out: &mut Vec<u8>) {
    encode_frame(Kind::of(message).opcode(), message.as_bytes(), out);
}

/// The header of that frame.
pub(crate) fn message_header(message: Message<'_>) -> HeaderBytes {
    FrameHeader::new(Kind::of(message).opcode(), message.len() as u64).encoded()
}

#[inline]
pub(super) fn encode_frame(opcode: Opcode, payload: &[u8], out: &mut Vec<u8>) {
    FrameHeader::new(opcode, payload.len() as u64).encode(out);
    out.extend_from_slice(payload);
}

/// Writes a message, whose compressed payload this is, as one frame with RSV1 set (RFC 7692 §6).
pub(super) fn encode_deflated(kind: Kind, compressed: &[u8], out: &mut Vec<u8>) {
    FrameHeader::new(kind.opcode(), compressed.len() as u64).encode_deflated(out);
    out.extend_from_slice(compressed);
}
