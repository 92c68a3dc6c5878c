//! The frame header (RFC 6455 §5.2).
//!
//! ```text
//!   first byte      second byte        extended length      masking key
//!  ┌───┬───┬──────┐┌────┬────────────┐┌──────────────────┐┌─────────────┐
//!  │FIN│RSV│opcode││MASK│ length: 7  ││ 0, 2 or 8 bytes  ││   4 bytes   │ payload …
//!  │ 1 │ 3 │  4   ││ 1  │ 126 ⇒ +2   ││ (the length, if  ││ (clients    │
//!  └───┴───┴──────┘└────┴─127 ⇒ +8───┘│  it needs them)  ││  always)    │
//!                                     └──────────────────┘└─────────────┘
//! ```
//!
//! A server reads all of it and writes all but the key.

use super::ProtocolError;
use super::inline::Inline;

/// The longest header a client sends: 2 bytes, 8 of length, 4 of masking key.
pub const MAX_HEADER: usize = 14;

/// The longest payload of a Ping, a Pong or a Close, in bytes (§5.5).
pub const MAX_CONTROL_PAYLOAD: usize = 125;

pub(super) type HeaderBytes = Inline<MAX_HEADER>;
pub(super) type ControlPayload = Inline<MAX_CONTROL_PAYLOAD>;

/// What a frame carries (§5.2, §11.8). The reserved opcodes have no variant: they end the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[repr(u8)]
pub enum Opcode {
    /// More of the message that an earlier frame began.
    Continuation = 0x0,
    /// The first, or only, frame of a text message.
    Text = 0x1,
    /// The first, or only, frame of a binary message.
    Binary = 0x2,
    /// The beginning or the end of the closing handshake.
    Close = 0x8,
    /// A request to answer with a Pong.
    Ping = 0x9,
    /// The answer to a Ping, or a sign of life.
    Pong = 0xA,
}

impl Opcode {
    fn from_bits(bits: u8) -> Option<Self> {
        Some(match bits {
            0x0 => Opcode::Continuation,
            0x1 => Opcode::Text,
            0x2 => Opcode::Binary,
            0x8 => Opcode::Close,
            0x9 => Opcode::Ping,
            0xA => Opcode::Pong,
            _ => return None,
        })
    }

    /// Close, Ping and Pong (§5.5), as opposed to the frames that carry messages.
    pub fn is_control(self) -> bool {
        self as u8 & 0x8 != 0
    }
}

/// Whether a fragmented message is unfinished, which decides what kind of data frame may come (§5.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expecting {
    /// The first frame of a message.
    NewMessage,
    /// A continuation of the message that was begun.
    Continuation,
}

/// A frame header, up to the masking key that follows it when a client has sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[repr(C)] // small fields first: where an error may lie instead, the compiler copied the length in two parts
pub struct FrameHeader {
    /// Is this the last (or only) frame of its message?
    pub fin: bool,
    /// What the frame carries.
    pub opcode: Opcode,
    /// The payload's length in bytes, as the peer claims it.
    pub length: u64,
}

/// MASK, in the second byte (§5.2).
pub(super) const MASKED: u8 = 0x80;

/// RSV1: set in the first frame of a compressed message (RFC 7692 §6), and nowhere else.
const RSV1: u8 = 0x40;

impl FrameHeader {
    /// The header of a message in one frame, or of a control frame: with FIN set.
    #[inline]
    #[must_use]
    pub const fn new(opcode: Opcode, length: u64) -> Self {
        FrameHeader { fin: true, opcode, length }
    }

    /// Reads the header at the start of `bytes`: the header and its own length (2, 4 or 10 bytes), or
    /// `None` if it is not all there yet.
    ///
    /// The four bytes of masking key come next; that there will be a key has been checked.
    ///
    /// # Errors
    ///
    /// A fault is found with the first byte that shows it, in the order of the bytes, so that it does
    /// not matter how they were cut on their way.
    #[inline]
    pub fn parse(bytes: &[u8], expecting: Expecting) -> Result<Option<(FrameHeader, usize)>, ProtocolError> {
        let Some(&first) = bytes.first() else {
            return Ok(None);
        };
        FrameHeader::parse_from_first(first, bytes, expecting)
    }

    /// Like [`parse`](Self::parse), on a connection with permessage-deflate: is the message compressed that begins
    /// with this frame (RFC 7692 §6)?
    #[inline]
    pub(super) fn parse_deflate(
        bytes: &[u8],
        expecting: Expecting,
    ) -> Result<Option<(FrameHeader, usize, bool)>, ProtocolError> {
        let Some(&first) = bytes.first() else {
            return Ok(None);
        };
        let is_data = matches!(Opcode::from_bits(first & 0x0F), Some(Opcode::Text | Opcode::Binary));
        let compressed = first & RSV1 != 0 && is_data && expecting == Expecting::NewMessage;
        let first = if compressed { first & !RSV1 } else { first };
        let parsed = FrameHeader::parse_from_first(first, bytes, expecting)?;
        Ok(parsed.map(|(header, length)| (header, length, compressed)))
    }

    #[inline]
    fn parse_from_first(
        first: u8,
        bytes: &[u8],
        expecting: Expecting,
    ) -> Result<Option<(FrameHeader, usize)>, ProtocolError> {
        let (fin, opcode) = parse_first_byte(first, expecting)?;
        let Some(&second) = bytes.get(1) else {
            return Ok(None);
        };
        // A server closes the connection on a frame that is not masked (§5.1).
        if second & MASKED == 0 {
            return Err(ProtocolError::Unmasked);
        }
        // All control frames have at most 125 bytes of payload (§5.5).
        if opcode.is_control() && usize::from(second & !MASKED) > MAX_CONTROL_PAYLOAD {
            return Err(ProtocolError::ControlTooLong);
        }
        let Length::Whole { length, header_length } = read_length(bytes)? else {
            return Ok(None);
        };
        let header = FrameHeader { fin, opcode, length };
        Ok(Some((header, header_length)))
    }

    /// Writes the header of a server's frame: never masked (§5.1), the shortest form of the length.
    #[inline]
    pub fn encode(self, out: &mut Vec<u8>) {
        self.encode_with(0, |bytes| out.extend_from_slice(bytes));
    }

    /// The same bytes, by themselves.
    pub(super) fn encoded(self) -> HeaderBytes {
        let mut header = HeaderBytes::default();
        self.encode_with(0, |bytes| header.extend(bytes));
        header
    }

    /// The header of a compressed message in one frame.
    pub(super) fn encode_deflated(self, out: &mut Vec<u8>) {
        self.encode_with(RSV1, |bytes| out.extend_from_slice(bytes));
    }

    #[inline(always)]
    fn encode_with(self, rsv: u8, mut put: impl FnMut(&[u8])) {
        let first = u8::from(self.fin) << 7 | rsv | self.opcode as u8;
        match header_length_for(self.length) {
            2 => put(&[first, self.length as u8]),
            4 => {
                let [a, b] = (self.length as u16).to_be_bytes();
                put(&[first, 126, a, b]);
            }
            _ => {
                put(&[first, 127]);
                put(&self.length.to_be_bytes());
            }
        }
    }
}

/// The payload's length, as far as it has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    NotYet,
    /// The header takes so many bytes up to the masking key.
    Whole {
        length: u64,
        header_length: usize,
    },
}

/// Reads the length in a header that has its first two bytes. The only place that does.
///
/// A fault is found with the first byte that shows it.
#[inline]
pub(super) fn read_length(bytes: &[u8]) -> Result<Length, ProtocolError> {
    let [_, second, field @ ..] = bytes else {
        return Ok(Length::NotYet);
    };
    // The minimal number of bytes must be used to encode the length (§5.2).
    match second & !MASKED {
        126 => match field.first_chunk().map(|&field| u16::from_be_bytes(field)) {
            Some(..126) => Err(ProtocolError::LengthNotMinimal),
            Some(length) => Ok(Length::Whole { length: length.into(), header_length: 4 }),
            None => Ok(Length::NotYet),
        },
        127 => {
            // The most significant bit must be 0 (§5.2); it is the first to arrive.
            if field.first().is_some_and(|byte| byte & 0x80 != 0) {
                return Err(ProtocolError::LengthTopBit);
            }
            // Six zero bytes leave a length that fits into two.
            if field.starts_with(&[0; 6]) {
                return Err(ProtocolError::LengthNotMinimal);
            }
            match field.first_chunk() {
                Some(&field) => Ok(Length::Whole { length: u64::from_be_bytes(field), header_length: 10 }),
                None => Ok(Length::NotYet),
            }
        }
        short => Ok(Length::Whole { length: short.into(), header_length: 2 }),
    }
}

/// FIN, RSV1 to RSV3 and the opcode.
#[inline]
fn parse_first_byte(first: u8, expecting: Expecting) -> Result<(bool, Opcode), ProtocolError> {
    // RSV bits must be 0: no extension was negotiated that gives them a meaning (§5.2).
    if first & 0x70 != 0 {
        return Err(ProtocolError::ReservedBits);
    }
    let opcode = Opcode::from_bits(first & 0x0F).ok_or(ProtocolError::ReservedOpcode)?;
    let fin = first & 0x80 != 0;
    match (opcode, expecting) {
        // Control frames must not be fragmented (§5.5).
        (opcode, _) if opcode.is_control() && !fin => Err(ProtocolError::FragmentedControl),
        (Opcode::Continuation, Expecting::NewMessage) => Err(ProtocolError::NothingToContinue),
        // The fragments of one message must not be interleaved with another's (§5.4).
        (Opcode::Text | Opcode::Binary, Expecting::Continuation) => Err(ProtocolError::MessageInsideMessage),
        _ => Ok((fin, opcode)),
    }
}

/// How many bytes the shortest header before a masking key takes.
#[inline]
pub(super) fn header_length_for(payload: u64) -> usize {
    match payload {
        0..=125 => 2,
        126..=0xFFFF => 4,
        _ => 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(length: u64) -> Vec<u8> {
        let mut out = Vec::new();
        FrameHeader::new(Opcode::Binary, length).encode(&mut out);
        out
    }

    #[test]
    fn lengths_take_the_shortest_form() {
        let table: [(u64, &[u8]); 8] = [
            (0, &[0x82, 0]),
            (125, &[0x82, 125]),
            (126, &[0x82, 126, 0, 126]),
            (127, &[0x82, 126, 0, 127]),
            (65_535, &[0x82, 126, 0xFF, 0xFF]),
            (65_536, &[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
            (1 << 32, &[0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0]),
            (i64::MAX as u64, &[0x82, 127, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
        ];
        for (length, expected) in table {
            assert_eq!(encoded(length), expected, "{length}");
            assert_eq!(FrameHeader::new(Opcode::Binary, length).encoded().as_slice(), expected);
        }
    }

    #[test]
    fn what_is_encoded_and_masked_parses_back() {
        for length in [0, 1, 125, 126, 127, 65_535, 65_536, 1 << 40, i64::MAX as u64] {
            let mut bytes = encoded(length);
            bytes[1] |= 0x80;
            for cut in 0..bytes.len() {
                let partial = FrameHeader::parse(&bytes[..cut], Expecting::NewMessage);
                assert_eq!(partial, Ok(None), "{length} cut at {cut}");
            }
            let header = FrameHeader::new(Opcode::Binary, length);
            let parsed = FrameHeader::parse(&bytes, Expecting::NewMessage);
            assert_eq!(parsed, Ok(Some((header, bytes.len()))));
        }
    }

    #[test]
    fn reserved_opcodes_have_no_meaning() {
        for bits in 0..16 {
            let reserved = matches!(bits, 3..=7 | 0xB..=0xF);
            assert_eq!(Opcode::from_bits(bits).is_none(), reserved, "{bits:#x}");
        }
    }
}
