//! Frames of the server, read as strictly as a client may (RFC 6455 §5). Written apart from the server's own codec.

use super::Heard;
use super::frame::{BINARY, CLOSE, CONTINUATION, FIN, PING, PONG, TEXT};
use crate::protocol::CloseCode;

/// Something whole that the server has sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    Message(Heard),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(CloseCode, String),
}

/// Puts messages together.
#[derive(Debug, Default)]
pub(super) struct FrameReader {
    /// The opcode and the beginning of a message that has not ended.
    partial: Option<(u8, Vec<u8>)>,
    has_closed: bool,
}

impl FrameReader {
    /// Takes the next thing from the input; `None` if there is nothing whole. `Err` says which rule the server breaks.
    pub(super) fn next(&mut self, input: &mut &[u8]) -> Result<Option<Said>, String> {
        while let Some((first, payload)) = take_frame(input)? {
            if self.has_closed {
                return Err("a frame after its Close".to_owned());
            }
            if let Some(said) = self.receive(first, payload)? {
                self.has_closed |= matches!(said, Said::Close(..));
                return Ok(Some(said));
            }
        }
        Ok(None)
    }

    /// Is it in the midst of a message?
    pub(super) fn is_mid_message(&self) -> bool {
        self.partial.is_some()
    }

    fn receive(&mut self, first: u8, payload: &[u8]) -> Result<Option<Said>, String> {
        let (opcode, is_final) = (first & 0x0F, first & FIN != 0);
        if first & 0x70 != 0 {
            return Err("a frame with reserved bits".to_owned());
        }
        if opcode >= CLOSE && (!is_final || payload.len() > 125) {
            return Err("a control frame that is long, or in parts".to_owned());
        }
        match opcode {
            PING => Ok(Some(Said::Ping(payload.to_vec()))),
            PONG => Ok(Some(Said::Pong(payload.to_vec()))),
            CLOSE => close(payload).map(Some),
            CONTINUATION | TEXT | BINARY => self.add(opcode, is_final, payload),
            _ => Err(format!("a frame with the opcode {opcode:#x}")),
        }
    }

    fn add(&mut self, opcode: u8, is_final: bool, payload: &[u8]) -> Result<Option<Said>, String> {
        let (kind, whole) = match (self.partial.take(), opcode) {
            (Some((kind, mut begun)), CONTINUATION) => {
                begun.extend_from_slice(payload);
                (kind, begun)
            }
            (None, TEXT | BINARY) => (opcode, payload.to_vec()),
            _ => return Err("a message within a message, or the rest of none".to_owned()),
        };
        if !is_final {
            self.partial = Some((kind, whole));
            return Ok(None);
        }
        Ok(Some(Said::Message(match kind {
            TEXT => Heard::Text(String::from_utf8(whole).map_err(|_| "text that is not UTF-8")?),
            _ => Heard::Binary(whole),
        })))
    }
}

/// The first byte and the payload of the frame that the input begins with.
fn take_frame<'i>(input: &mut &'i [u8]) -> Result<Option<(u8, &'i [u8])>, String> {
    let [first, second, ..] = input[..] else {
        return Ok(None);
    };
    if second & 0x80 != 0 {
        return Err("a frame with a mask".to_owned());
    }
    let (header, least) = match second {
        126 => (4, 126),
        127 => (10, 0x1_0000),
        _ => (2, 0),
    };
    if input.len() < header {
        return Ok(None);
    }
    let length = match header {
        2 => u64::from(second),
        _ => input[2..header].iter().fold(0, |length, &byte| length << 8 | u64::from(byte)),
    };
    if length < least {
        return Err(format!("a length of {length} in more bytes than it needs"));
    }
    let end = usize::try_from(length).ok().and_then(|length| length.checked_add(header));
    let end = end.ok_or_else(|| format!("a length of {length}"))?;
    if input.len() < end {
        return Ok(None);
    }
    let (frame, rest) = input.split_at(end);
    *input = rest;
    Ok(Some((first, &frame[header..])))
}

fn close(payload: &[u8]) -> Result<Said, String> {
    let (code, reason) = match payload {
        [] => (CloseCode::NO_STATUS, &[][..]),
        [high, low, reason @ ..] => {
            let number = u16::from_be_bytes([*high, *low]);
            (CloseCode::new(number).ok_or_else(|| format!("a Close with {number}"))?, reason)
        }
        [_] => return Err("a Close with half a code".to_owned()),
    };
    let reason = std::str::from_utf8(reason).map_err(|_| "a Close whose reason is not UTF-8")?;
    Ok(Said::Close(code, reason.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Vec<Said>, String> {
        let (mut reader, mut input, mut said) = (FrameReader::default(), bytes, Vec::new());
        while let Some(next) = reader.next(&mut input)? {
            said.push(next);
        }
        Ok(said)
    }

    #[test]
    fn frames_of_the_rfc_are_understood() {
        // RFC 6455 §5.7.
        let text = |text: &str| Said::Message(Heard::Text(text.to_owned()));
        assert_eq!(read(b"\x81\x05Hello"), Ok(vec![text("Hello")]));
        assert_eq!(
            read(b"\x01\x03Hel\x89\x01x\x80\x02lo"),
            Ok(vec![Said::Ping(b"x".to_vec()), text("Hello")])
        );
        let long = [&[0x82, 0x7E, 0x01, 0x00][..], &[7; 256]].concat();
        assert_eq!(read(&long), Ok(vec![Said::Message(Heard::Binary(vec![7; 256]))]));
        assert_eq!(read(b"\x88\x04\x03\xE8by"), Ok(vec![Said::Close(CloseCode::NORMAL, "by".to_owned())]));
        assert_eq!(read(&long[..100]), Ok(vec![]));
    }

    #[test]
    fn what_a_server_may_not_send_is_an_error() {
        for bad in [
            &b"\x81\x85\x00\x00\x00\x00Hello"[..], // masked
            b"\xC1\x00",                           // RSV1
            b"\x83\x00",                           // an unknown opcode
            b"\x09\x00",                           // a Ping in parts
            b"\x81\x7E\x00\x05Hello",              // a length in more bytes than it needs
            b"\x80\x00",                           // the rest of nothing
            b"\x01\x00\x81\x00",                   // a message within a message
            b"\x81\x01\xFF",                       // not UTF-8
            b"\x88\x01\x03",                       // half a code
            b"\x88\x02\x03\xED",                   // 1005
            b"\x88\x00\x81\x00",                   // after the Close
        ] {
            assert!(read(bad).is_err(), "{bad:x?}");
        }
    }
}
