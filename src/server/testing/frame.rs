//! Frames as a client sends them (RFC 6455 §5.2), good ones and bad ones. Written apart from the server's own codec, so
//! that the one checks the other.

use crate::Message;
use crate::protocol::CloseCode;

pub(super) const CONTINUATION: u8 = 0x0;
pub(super) const TEXT: u8 = 0x1;
pub(super) const BINARY: u8 = 0x2;
pub(super) const CLOSE: u8 = 0x8;
pub(super) const PING: u8 = 0x9;
pub(super) const PONG: u8 = 0xA;

pub(super) const FIN: u8 = 0x80;
const MASKED: u8 = 0x80;

/// A frame that a simulated client sends: whole, final and masked, until it is said otherwise. Nothing is checked: a
/// bench is there to show what a server does with bad frames, too.
///
/// ```
/// use pollcat::testing::{Bench, Frame};
/// use pollcat::{CloseCode, handler_fn};
///
/// let mut bench = Bench::new(handler_fn(|peers, from, message| peers.send(from, message)));
/// let anna = bench.open("/");
/// bench.send_frame(anna, &Frame::text("in two ").unfinished());
/// bench.send_frame(anna, &Frame::continuation(b"parts"));
/// assert_eq!(bench.heard(anna), ["in two parts"]);
///
/// bench.send_frame(anna, &Frame::text("without a mask").unmasked());
/// assert_eq!(bench.close_code(anna), Some(CloseCode::PROTOCOL_ERROR));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a frame is sent by `Bench::send_frame`"]
pub struct Frame {
    first: u8,
    payload: Vec<u8>,
    unmasked: bool,
    claimed: Option<u64>,
}

impl Frame {
    /// A text message, or the beginning of one.
    pub fn text(text: &str) -> Self {
        Frame::with_opcode(TEXT, text.as_bytes())
    }

    /// A binary message, or the beginning of one.
    pub fn binary(bytes: &[u8]) -> Self {
        Frame::with_opcode(BINARY, bytes)
    }

    /// The next part of a message that has begun.
    pub fn continuation(bytes: &[u8]) -> Self {
        Frame::with_opcode(CONTINUATION, bytes)
    }

    /// A Ping. One with over 125 bytes breaks the protocol.
    pub fn ping(payload: &[u8]) -> Self {
        Frame::with_opcode(PING, payload)
    }

    /// A Pong.
    pub fn pong(payload: &[u8]) -> Self {
        Frame::with_opcode(PONG, payload)
    }

    /// A Close; an empty one for [`CloseCode::NO_STATUS`]. For a code that may not travel, write
    /// `Frame::with_opcode(8, &999_u16.to_be_bytes())`.
    pub fn close(code: CloseCode, reason: &str) -> Self {
        let mut payload = Vec::new();
        if code != CloseCode::NO_STATUS {
            payload.extend_from_slice(&code.number().to_be_bytes());
            payload.extend_from_slice(reason.as_bytes());
        }
        Frame::with_opcode(CLOSE, &payload)
    }

    /// A frame of any kind. Of the opcode only the lowest four bits count.
    pub fn with_opcode(opcode: u8, payload: &[u8]) -> Self {
        Frame { first: FIN | opcode & 0x0F, payload: payload.to_vec(), unmasked: false, claimed: None }
    }

    /// More of the message follows: the FIN bit is 0.
    pub fn unfinished(mut self) -> Self {
        self.first &= !FIN;
        self
    }

    /// Sets reserved bits: the lowest three are RSV1 (4), RSV2 (2) and RSV3 (1).
    pub fn reserved(mut self, bits: u8) -> Self {
        self.first |= (bits & 0x7) << 4;
        self
    }

    /// Without a mask, which no client may send (RFC 6455 §5.1).
    pub fn unmasked(mut self) -> Self {
        self.unmasked = true;
        self
    }

    /// The header claims another length than the payload has. Lengths over 65,535 take eight bytes, those over 125 two.
    pub fn claiming(mut self, length: u64) -> Self {
        self.claimed = Some(length);
        self
    }

    /// Its bytes. Whoever sends them cuts them as they like: `Bench::send_bytes`.
    pub fn to_bytes(&self, mask: [u8; 4]) -> Vec<u8> {
        let length = self.claimed.unwrap_or(self.payload.len() as u64);
        let masked = if self.unmasked { 0 } else { MASKED };
        let mut bytes = Vec::with_capacity(14 + self.payload.len());
        bytes.push(self.first);
        match length {
            0..=125 => bytes.push(masked | length as u8),
            126..=0xFFFF => {
                bytes.push(masked | 126);
                bytes.extend_from_slice(&(length as u16).to_be_bytes());
            }
            _ => {
                bytes.push(masked | 127);
                bytes.extend_from_slice(&length.to_be_bytes());
            }
        }
        if self.unmasked {
            bytes.extend_from_slice(&self.payload);
        } else {
            bytes.extend_from_slice(&mask);
            bytes.extend(self.payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        }
        bytes
    }
}

impl<'a, T: Into<Message<'a>>> From<T> for Frame {
    fn from(message: T) -> Self {
        match message.into() {
            Message::Text(text) => Frame::text(text),
            Message::Binary(bytes) => Frame::binary(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MASK: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];

    #[test]
    fn frames_are_those_of_the_rfc() {
        // RFC 6455 §5.7.
        let hello = [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58];
        assert_eq!(Frame::text("Hello").to_bytes(MASK), hello);
        assert_eq!(Frame::pong(b"Hello").to_bytes(MASK)[0], 0x8A);
        assert_eq!(Frame::text("Hel").unfinished().unmasked().to_bytes(MASK), *b"\x01\x03Hel");
        assert_eq!(Frame::continuation(b"lo").unmasked().to_bytes(MASK), *b"\x80\x02lo");
        assert_eq!(Frame::binary(&[0; 256]).unmasked().to_bytes(MASK)[..4], [0x82, 0x7E, 0x01, 0x00]);
        let long = Frame::binary(&[0; 65_536]).unmasked().to_bytes(MASK);
        assert_eq!(long[..10], [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0]);
    }

    #[test]
    fn a_frame_can_be_as_bad_as_one_likes() {
        let frame = Frame::with_opcode(0xF3, b"x").reserved(0xFD).claiming(126).unmasked();
        assert_eq!(frame.to_bytes(MASK), *b"\xD3\x7E\x00\x7Ex");
        assert_eq!(Frame::close(CloseCode::NO_STATUS, "nothing").to_bytes(MASK)[..2], [0x88, 0x80]);
        let close = Frame::close(CloseCode::POLICY, "no").unmasked().to_bytes(MASK);
        assert_eq!(close, *b"\x88\x04\x03\xF0no");
    }
}
