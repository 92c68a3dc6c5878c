//! The chunked transfer coding (RFC 9112 §7.1): what is around the body's bytes is checked, and taken away.
//!
//! ```text
//!   5;name=value ↵ hello ↵   c ↵ and so on … ↵   0 ↵   Trailer: value ↵   ↵
//!   └ length ────┘ └ data ┘  └ another ─────┘    └ last  └ ignored ──────┘ └ the end
//! ```
//!
//! Lines are read as those of a head are: each ends in CR LF, and has neither inside. Nothing of an extension or a
//! trailer is kept.

use super::Refusal;
use super::fields::{check_field, field_name};
use super::syntax::{find, is_token_byte, is_value_byte};

/// The line before a chunk, in bytes. A signature of AWS, the longest extension in use, has some 150.
const SIZE_LINE: usize = 256;

/// Digits of a chunk's length, with zeros in front: 64 bits.
const DIGITS: usize = 16;

/// All trailer fields together, in bytes: a checksum or a signature, several times over.
const TRAILERS: usize = 4 << 10;

/// Bytes around the chunks that are always allowed, and for each byte of the body. A chunk of one byte costs five, and
/// twelve if its length is padded to eight digits. So a client cannot keep the server busy with what is no body for
/// longer than with one.
const AROUND: u64 = 16 << 10;
const AROUND_EACH: u64 = 16;

/// Fields that change how a request is read. In a trailer they come too late (RFC 9110 §6.5.1).
const TOO_LATE: [&str; 3] = ["content-length", "transfer-encoding", "host"];

#[derive(Debug)]
pub(super) struct Chunks {
    state: State,
    /// What has come of the current line.
    line: Vec<u8>,
    /// Bytes of the body so far, and the most there may be.
    length: u64,
    limit: u64,
    /// Bytes around it so far.
    around: u64,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// In the line that has the length of the next chunk.
    Size,
    /// So many bytes of the chunk are to come.
    Data(u64),
    /// Behind the chunk's data: so much of its CR LF is to come.
    DataEnd(&'static [u8]),
    /// In a trailer field, or the empty line that ends them. There may be so many bytes around the body by then.
    Trailers(u64),
    Over,
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// Some bytes of the body.
    Data(&'a [u8]),
    /// The body is complete.
    End,
    /// The input is used up.
    Nothing,
}

impl Chunks {
    pub(super) fn new(limit: u64) -> Self {
        Chunks { state: State::Size, line: Vec::new(), length: 0, limit, around: 0 }
    }

    /// Memory that is kept, in bytes.
    pub(super) fn kept(&self) -> usize {
        self.line.capacity()
    }

    /// The next bytes of the body, or its end.
    pub(super) fn next<'b>(&mut self, input: &mut &'b [u8]) -> Result<Part<'b>, Refusal> {
        loop {
            match self.state {
                State::Size => {
                    if self.line.is_empty() && input.first().is_some_and(|first| !first.is_ascii_hexdigit()) {
                        return Err(Refusal::Chunk); // there may never be a line end to wait for
                    }
                    let Some(size) = self.take_line(input, SIZE_LINE, Refusal::Chunk, parse_size)? else {
                        return Ok(Part::Nothing);
                    };
                    self.begin_chunk(size)?;
                }
                State::Data(left) => {
                    let length = usize::try_from(left).unwrap_or(usize::MAX).min(input.len());
                    let (data, rest) = input.split_at(length);
                    *input = rest;
                    self.state = match left - length as u64 {
                        0 => State::DataEnd(b"\r\n"),
                        left => State::Data(left),
                    };
                    return Ok(if data.is_empty() { Part::Nothing } else { Part::Data(data) });
                }
                State::DataEnd([]) => self.state = State::Size,
                State::DataEnd([expected, after @ ..]) => match input.split_first() {
                    None => return Ok(Part::Nothing),
                    Some((byte, rest)) if byte == expected => {
                        *input = rest;
                        self.around += 1;
                        self.state = State::DataEnd(after);
                    }
                    Some(_) => return Err(Refusal::Chunk),
                },
                State::Trailers(end) => {
                    let room = (end - self.around) as usize;
                    match self.take_line(input, room, Refusal::Trailer, parse_trailer)? {
                        None => return Ok(Part::Nothing),
                        Some(Last::No) => {}
                        Some(Last::Yes) => self.state = State::Over,
                    }
                }
                State::Over => return Ok(Part::End),
            }
        }
    }

    fn begin_chunk(&mut self, size: u64) -> Result<(), Refusal> {
        if self.around > AROUND.saturating_add(self.length.saturating_mul(AROUND_EACH)) {
            return Err(Refusal::Chunk);
        }
        if size > self.limit - self.length {
            return Err(Refusal::BodyTooLarge);
        }
        self.length += size;
        self.state = match size {
            0 => State::Trailers(self.around + TRAILERS as u64),
            size => State::Data(size),
        };
        Ok(())
    }

    /// Takes a line of at most so many bytes from the input; `None` if it has not ended.
    fn take_line<T>(
        &mut self,
        input: &mut &[u8],
        most: usize,
        too_long: Refusal,
        parse: impl FnOnce(&[u8]) -> Result<T, Refusal>,
    ) -> Result<Option<T>, Refusal> {
        let room = most - self.line.len();
        let window = &input[..input.len().min(room)];
        let end = find(b'\n', window);
        let (line, rest) = input.split_at(end.map_or(window.len(), |end| end + 1));
        *input = rest;
        if end.is_none() {
            self.line.extend_from_slice(line);
            return if line.len() == room { Err(too_long) } else { Ok(None) };
        }
        self.around += (self.line.len() + line.len()) as u64;
        let parsed = match self.line.is_empty() {
            true => parse(without_end(line)?)?,
            false => {
                self.line.extend_from_slice(line);
                parse(without_end(&self.line)?)?
            }
        };
        self.line.clear();
        Ok(Some(parsed))
    }
}

/// A line without its CR LF, which must be there, and neither of them inside.
fn without_end(line: &[u8]) -> Result<&[u8], Refusal> {
    let line = line.strip_suffix(b"\r\n").ok_or(Refusal::LineEnd)?;
    if line.contains(&b'\r') { Err(Refusal::LineEnd) } else { Ok(line) }
}

/// `length *( BWS ";" BWS name [ BWS "=" BWS value ] )`.
fn parse_size(line: &[u8]) -> Result<u64, Refusal> {
    let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let (digits, extensions) = line.split_at(digits);
    if !(1..=DIGITS).contains(&digits.len()) || !are_extensions(extensions) {
        return Err(Refusal::Chunk);
    }
    let digits = str::from_utf8(digits).map_err(|_| Refusal::Chunk)?;
    u64::from_str_radix(digits, 16).map_err(|_| Refusal::Chunk)
}

/// Every part of an extension is there, and nothing behind the last.
fn are_extensions(mut rest: &[u8]) -> bool {
    while !rest.is_empty() {
        let Some(after) = skip_space(rest).strip_prefix(b";") else {
            return false;
        };
        let Some(after) = skip_token(skip_space(after)) else {
            return false;
        };
        rest = after;
        if let Some(value) = skip_space(after).strip_prefix(b"=") {
            let Some(after) = skip_value(skip_space(value)) else {
                return false;
            };
            rest = after;
        }
    }
    true
}

fn skip_space(bytes: &[u8]) -> &[u8] {
    let length = bytes.iter().take_while(|&&byte| byte == b' ' || byte == b'\t').count();
    &bytes[length..]
}

fn skip_token(bytes: &[u8]) -> Option<&[u8]> {
    let length = bytes.iter().take_while(|&&byte| is_token_byte(byte)).count();
    (length > 0).then(|| &bytes[length..])
}

/// A token, or a quoted string (RFC 9110 §5.6.4).
fn skip_value(bytes: &[u8]) -> Option<&[u8]> {
    let Some(mut rest) = bytes.strip_prefix(b"\"") else {
        return skip_token(bytes);
    };
    loop {
        rest = match rest {
            [b'"', after @ ..] => return Some(after),
            [b'\\', escaped, after @ ..] if is_value_byte(*escaped) => after,
            [byte, after @ ..] if *byte != b'\\' && is_value_byte(*byte) => after,
            _ => return None,
        };
    }
}

/// Does the body end with this line?
enum Last {
    Yes,
    No,
}

/// A field like those of a head, or the empty line.
fn parse_trailer(line: &[u8]) -> Result<Last, Refusal> {
    if line.is_empty() {
        return Ok(Last::Yes);
    }
    check_field(line)?;
    let name = field_name(line);
    let is_too_late = TOO_LATE.iter().any(|late| late.as_bytes().eq_ignore_ascii_case(name));
    if is_too_late { Err(Refusal::Trailer) } else { Ok(Last::No) }
}
