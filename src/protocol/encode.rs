//! Whole frames as a server writes them: never masked (RFC 6455 §5.1).

use super::frame::{FrameHeader, Opcode};
use crate::Message;

/// Writes a message as one unmasked frame with FIN set.
#[inline]
pub(crate) fn encode_message(message: Message<'_>, out: &mut Vec<u8>) {
    encode_frame(opcode_of(message), message.as_bytes(), out);
}

/// Writes the header of that frame.
pub(crate) fn encode_header(message: Message<'_>, out: &mut Vec<u8>) {
    FrameHeader { fin: true, opcode: opcode_of(message), length: message.len() as u64 }.encode(out);
}

/// The opcode and the payload of a frame that we have encoded: never masked (§5.1), never empty.
pub(super) fn decode_own(frame: &[u8]) -> (Opcode, &[u8]) {
    let opcode = if frame[0] & 0x0F == Opcode::Text as u8 { Opcode::Text } else { Opcode::Binary };
    let header_length = match frame[1] {
        127 => 10,
        126 => 4,
        _ => 2,
    };
    (opcode, &frame[header_length..])
}

/// Does the frame hold this message: not one that is like it, but the very same bytes?
pub(crate) fn is_frame_of(frame: &[u8], message: Message<'_>) -> bool {
    if frame.is_empty() {
        return false;
    }
    let (opcode, payload) = decode_own(frame);
    opcode == opcode_of(message) && std::ptr::eq(payload, message.as_bytes())
}

#[inline]
pub(super) fn opcode_of(message: Message<'_>) -> Opcode {
    match message {
        Message::Text(_) => Opcode::Text,
        Message::Binary(_) => Opcode::Binary,
    }
}

#[inline]
pub(super) fn encode_frame(opcode: Opcode, payload: &[u8], out: &mut Vec<u8>) {
    FrameHeader { fin: true, opcode, length: payload.len() as u64 }.encode(out);
    out.extend_from_slice(payload);
}

/// Writes a message, whose compressed payload this is, as one frame with RSV1 set (RFC 7692 §6).
pub(super) fn encode_deflated(opcode: Opcode, compressed: &[u8], out: &mut Vec<u8>) {
    FrameHeader { fin: true, opcode, length: compressed.len() as u64 }.encode_deflated(out);
    out.extend_from_slice(compressed);
}
