//! The short way for nearly all of the traffic: a message in one frame, all of it there, and nothing to do but to
//! unmask it where it lies.
//!
//! ```text
//!    81 or 82 │ 80 + length │ masking key │ payload, whole │ what comes next
//! ```
//!
//! It is twice as fast as the long way (`receive.rs`) for a small message. Whatever else there is, faults included, is
//! left to that.

use super::frame::{self, Length};
use super::kind::Kind;
use super::{MaskingKey, ProtocolError};
use crate::Message;

/// Such a frame, at the front of the input.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlainFrame {
    kind: Kind,
    key: MaskingKey,
    /// The bytes before the payload, the masking key included.
    payload_at: usize,
    length: usize,
}

impl PlainFrame {
    /// The frame at the front of `input`, if it is a whole message with no more than `most` bytes of payload.
    #[inline]
    pub(super) fn at_front(input: &[u8], most: usize) -> Option<PlainFrame> {
        // The shortest header has two bytes, and then there is the masking key.
        let &[first, second, _, _, _, _, ..] = input else {
            return None;
        };
        let kind = match first {
            0x81 => Kind::Text,
            0x82 => Kind::Binary,
            _ => return None,
        };
        if second & frame::MASKED == 0 {
            return None;
        }
        let Ok(Length::Whole { length, header_length }) = frame::read_length(input) else {
            return None;
        };
        let payload_at = header_length + 4;
        let arrived = input.len().checked_sub(payload_at)?;
        let length = usize::try_from(length).ok().filter(|&length| length <= arrived && length <= most)?;
        let key = MaskingKey::new(*input[header_length..].first_chunk()?);
        Some(PlainFrame { kind, key, payload_at, length })
    }

    /// Takes it off the input in which it was found.
    #[inline]
    pub(super) fn unmask<'b>(mut self, input: &mut &'b mut [u8]) -> Result<Message<'b>, ProtocolError> {
        let (_, rest) = std::mem::take(input).split_at_mut(self.payload_at);
        let (payload, rest) = rest.split_at_mut(self.length);
        *input = rest;
        self.key.apply(payload);
        self.kind.message(payload)
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::{Expecting, FrameHeader};
    use super::*;

    /// What the header parser says: the kind, the payload and its place, if it is all there.
    fn naive(bytes: &[u8], most: usize) -> Option<(Kind, usize, usize)> {
        let (header, header_length) = FrameHeader::parse(bytes, Expecting::NewMessage).ok()??;
        let kind = [Kind::Text, Kind::Binary].into_iter().find(|kind| kind.opcode() == header.opcode)?;
        let (payload_at, length) = (header_length + 4, usize::try_from(header.length).ok()?);
        let is_there = length <= most && bytes.len() >= payload_at + length;
        (header.fin && is_there).then_some((kind, payload_at, length))
    }

    /// The second byte is followed by a length, if it calls for one, the key and the payload.
    fn frame(first: u8, second: u8, length: u64) -> Vec<u8> {
        let mut bytes = vec![first, second];
        match second & 0x7F {
            126 => bytes.extend((length as u16).to_be_bytes()),
            127 => bytes.extend(length.to_be_bytes()),
            _ => {}
        }
        bytes.extend([1, 2, 3, 4]);
        bytes
    }

    #[test]
    fn it_is_found_where_the_header_parser_finds_a_whole_message_and_nowhere_else() {
        let lengths =
            [0, 1, 125, 126, 127, 128, 255, 256, 65_535, 65_536, 65_537, 1 << 32, 1 << 63, u64::MAX];
        let mut found = 0;
        for (first, second) in (0..=255).flat_map(|first| (0..=255).map(move |second| (first, second))) {
            let lengths = match second & 0x7F {
                126 | 127 => &lengths[..],
                short => &[u64::from(short)],
            };
            for &length in lengths {
                let mut bytes = frame(first, second, length);
                let header = bytes.len();
                // Longer ones do not fit: that they are not all there, every cut says.
                bytes.resize(header + length.min(70_000) as usize, 7);
                let cuts = (0..=header + 1).chain([bytes.len() - 1, bytes.len(), bytes.len() + 1]);
                for cut in cuts {
                    bytes.resize(bytes.len().max(cut), 7);
                    for most in [0, 125, 65_535, usize::MAX] {
                        let plain = PlainFrame::at_front(&bytes[..cut], most);
                        let plain = plain.map(|plain| (plain.kind, plain.payload_at, plain.length));
                        assert_eq!(
                            plain,
                            naive(&bytes[..cut], most),
                            "{first:x} {second:x} {length}: {cut}, {most}"
                        );
                        found += usize::from(plain.is_some());
                    }
                }
            }
        }
        assert!(found > 1000, "only {found} of them are whole messages");
    }

    #[test]
    fn it_is_unmasked_where_it_lies_and_the_rest_is_left() {
        // "Hello": an example of RFC 6455 §5.7.
        let mut bytes = *b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58rest";
        let mut input = &mut bytes[..];
        let plain = PlainFrame::at_front(input, 5).expect("it is all there");
        assert_eq!(plain.unmask(&mut input), Ok(Message::Text("Hello")));
        assert_eq!(input, b"rest");
    }
}
