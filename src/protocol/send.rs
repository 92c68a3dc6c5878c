//! The send half: messages in, frames out, and the answers that the protocol owes (RFC 6455 §5.5, §6.1).

use super::encode::{encode_frame, encode_message};
use super::frame::{MAX_CONTROL_PAYLOAD, Opcode};
use super::{CloseCode, Event, ProtocolError, close};
use crate::Message;

/// One connection's way out. It writes frames to the end of a buffer that the caller brings and knows
/// one thing: whether a Close has been sent, after which nothing may follow (§5.5.1).
///
/// ```
/// use pollcat::protocol::{CloseCode, Event, SendHalf};
///
/// let mut send = SendHalf::default();
/// let mut out = Vec::new();
/// send.message("Hello".into(), &mut out);
/// send.answer(&Event::Ping(b"?"), &mut out);
/// send.answer(&Event::Close(CloseCode::NORMAL, "bye"), &mut out);
/// send.message("too late".into(), &mut out);
/// assert_eq!(out, b"\x81\x05Hello\x8a\x01?\x88\x02\x03\xe8");
/// ```
#[derive(Debug, Default)]
pub struct SendHalf {
    close_sent: bool,
}

impl SendHalf {
    /// May frames still be sent? Not after a Close.
    pub fn is_open(&self) -> bool {
        !self.close_sent
    }

    /// A message, in one frame.
    pub fn message(&mut self, message: Message<'_>, out: &mut Vec<u8>) {
        if self.is_open() {
            encode_message(message, out);
        }
    }

    /// A message, compressed and in one frame (RFC 7692 §6).
    #[cfg(feature = "deflate")]
    pub fn deflated(
        &mut self,
        message: Message<'_>,
        deflater: &mut super::deflate::Deflater,
        out: &mut Vec<u8>,
    ) {
        if self.is_open() {
            deflater.message(message, out);
        }
    }

    /// A Ping (§5.5.2). Of a payload over 125 bytes the first 125 are sent.
    pub fn ping(&mut self, payload: &[u8], out: &mut Vec<u8>) {
        self.control(Opcode::Ping, payload, out);
    }

    /// What the protocol owes the peer for an event: a Pong with the same payload for a Ping (§5.5.3), a
    /// Close with the same code for a Close, unless one was sent (§5.5.1). For the rest, nothing.
    pub fn answer(&mut self, event: &Event<'_>, out: &mut Vec<u8>) {
        match *event {
            Event::Ping(payload) => self.control(Opcode::Pong, payload, out),
            Event::Close(code, _) => self.close(code, "", out),
            Event::Message(_) | Event::Pong(_) => {}
        }
    }

    /// A Close: it begins the closing handshake, or ends it (§7.1.2). [`CloseCode::NO_STATUS`] sends an
    /// empty body. A reason over 123 bytes is cut after the last character that fits.
    pub fn close(&mut self, code: CloseCode, reason: &str, out: &mut Vec<u8>) {
        let mut space = [0; MAX_CONTROL_PAYLOAD];
        self.control(Opcode::Close, close::close_body(code, reason, &mut space), out);
        self.close_sent = true;
    }

    /// A Close whose code and reason name the rule that the peer broke (§7.1.7).
    pub fn fail(&mut self, error: ProtocolError, out: &mut Vec<u8>) {
        self.close(error.close_code(), error.reason(), out);
    }

    fn control(&mut self, opcode: Opcode, payload: &[u8], out: &mut Vec<u8>) {
        if self.is_open() {
            encode_frame(opcode, &payload[..payload.len().min(MAX_CONTROL_PAYLOAD)], out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ping_never_exceeds_125_bytes() {
        let mut out = Vec::new();
        SendHalf::default().ping(&[b'x'; 200], &mut out);
        assert_eq!(out.len(), 2 + 125);
        assert_eq!(out[..2], [0x89, 125]);
    }

    #[test]
    fn every_fault_has_a_close_frame_that_fits() {
        let mut out = Vec::new();
        SendHalf::default().fail(ProtocolError::LengthTopBit, &mut out);
        assert_eq!(out[..4], [0x88, out.len() as u8 - 2, 0x03, 0xEA]);
        assert_eq!(&out[4..], ProtocolError::LengthTopBit.to_string().as_bytes());
    }
}
