//! The body of a request as it arrives (RFC 9112 §6, §7.1).

use super::body_length::BodyLength;
use super::chunks::{Chunks, Part};
use super::{Method, Refusal, Request};

/// Reads the body of a request from the bytes that follow its head.
///
/// Memory follows the bytes that arrive, never the length that is announced: what is kept is at most twice what has
/// come. A body that lies whole in the input, and is not chunked, is not copied.
///
/// ```
/// use pollcat::handshake::{BodyReader, HeadLimits, HeadReader};
///
/// let mut reader = HeadReader::new(HeadLimits::new());
/// let mut bytes = *b"POST /notify HTTP/1.1\r\nHost: example.com\r\nContent-Length: 5\r\n\r\nhello and more";
/// let mut input = &mut bytes[..];
/// let request = reader.next(&mut input)?.unwrap();
/// assert_eq!((request.has_body(), request.content_length()), (true, Some(5)));
/// let mut body = BodyReader::new(&request, 1000)?;
/// assert_eq!(body.next(&mut input)?, Some(&b"hello"[..]));
/// assert_eq!(input, b" and more");
/// # Ok::<(), pollcat::handshake::Refusal>(())
/// ```
///
/// # Chunked bodies
///
/// Each line has to end in CR LF, a length has at most 16 digits, and a line at most 256 bytes. Extensions have to
/// follow the grammar, and are ignored (RFC 9112 §7.1.1). So are trailer fields, of which there may be 4 KiB; one that
/// would change how the request is read (Content-Length, Transfer-Encoding, Host) is refused (RFC 9110 §6.5.1). All
/// that is not body may be 16 KiB, and 16 bytes for each byte of the body.
#[derive(Debug)]
pub struct BodyReader {
    /// What arrived of the body before the bytes that completed it.
    kept: Vec<u8>,
    way: Way,
    has_begun: bool,
    /// What was wrong: nothing that comes after it can be understood.
    fault: Option<Refusal>,
}

/// How the end of the body is found.
#[derive(Debug)]
enum Way {
    /// So many bytes are to come.
    Length(usize),
    Chunked(Chunks),
    /// The body has been handed out.
    Over,
}

impl BodyReader {
    /// For the body of this request, of `limit` bytes at most. A request without a body has an empty one.
    ///
    /// # Errors
    ///
    /// All of them before a byte of it is read: [`Refusal::BodyTooLarge`] if Content-Length says that it is longer;
    /// [`Refusal::ContentEncoding`] if it is compressed, or encoded in some other way; and [`Refusal::LengthRequired`]
    /// if a POST, PUT or PATCH of HTTP/1.0 does not say how long it is.
    pub fn new(request: &Request<'_>, limit: usize) -> Result<Self, Refusal> {
        let sends = matches!(request.method(), Method::Post | Method::Put | Method::Patch);
        let way = match request.body_length() {
            // In HTTP/1.0 a body could end with its connection, and nothing told of it.
            BodyLength::None if sends && !request.is_http_1_1() => return Err(Refusal::LengthRequired),
            BodyLength::None => Way::Length(0),
            BodyLength::Length(bytes) => match usize::try_from(bytes) {
                Ok(bytes) if bytes <= limit => Way::Length(bytes),
                _ => return Err(Refusal::BodyTooLarge),
            },
            BodyLength::Chunked => Way::Chunked(Chunks::new(limit as u64)),
        };
        let is_plain = |coding: &[u8]| coding.eq_ignore_ascii_case(b"identity");
        if request.has_body() && !request.list("content-encoding").all(is_plain) {
            return Err(Refusal::ContentEncoding);
        }
        Ok(BodyReader { kept: Vec::new(), way, has_begun: false, fault: None })
    }

    /// The body, if `input` completes it; `None` if it needs more bytes. What follows the body is left in `input`: it
    /// begins the next request. After the body there is nothing more: `None`, and the input is left as it is.
    ///
    /// # Errors
    ///
    /// What is wrong with the body: a malformed chunk or trailer, or more bytes than the limit. The connection cannot
    /// go on: answer, and close it. Every further call has the same error and discards its input.
    pub fn next<'a, 'b: 'a>(&'a mut self, input: &mut &'b mut [u8]) -> Result<Option<&'a [u8]>, Refusal> {
        if let Some(fault) = self.fault {
            *input = &mut [];
            return Err(fault);
        }
        self.has_begun |= !input.is_empty();
        match &mut self.way {
            Way::Over => Ok(None),
            Way::Length(left) if input.len() < *left => {
                *left -= input.len();
                self.kept.extend_from_slice(input);
                *input = &mut [];
                Ok(None)
            }
            Way::Length(left) => {
                let (data, rest) = std::mem::take(input).split_at_mut(*left);
                *input = rest;
                self.way = Way::Over;
                if self.kept.is_empty() {
                    return Ok(Some(data));
                }
                self.kept.extend_from_slice(data);
                Ok(Some(&self.kept))
            }
            Way::Chunked(chunks) => {
                let mut rest = &**input;
                let is_whole = take_chunks(chunks, &mut rest, &mut self.kept);
                let taken = input.len() - rest.len();
                *input = &mut std::mem::take(input)[taken..];
                match is_whole.inspect_err(|&fault| self.fault = Some(fault))? {
                    false => Ok(None),
                    true => {
                        self.way = Way::Over;
                        Ok(Some(&self.kept))
                    }
                }
            }
        }
    }

    /// Has a byte of the body arrived? A client that waits for a `100 Continue` has sent none, and needs none any more
    /// when it has.
    pub fn has_begun(&self) -> bool {
        self.has_begun
    }

    /// May it come in chunks of a few bytes?
    pub(crate) fn is_chunked(&self) -> bool {
        matches!(self.way, Way::Chunked(_))
    }

    /// How much memory the body takes that has begun, in bytes.
    pub fn memory(&self) -> usize {
        let around = if let Way::Chunked(chunks) = &self.way { chunks.kept() } else { 0 };
        self.kept.capacity() + around
    }
}

/// Adds what the input has of the body to what is kept. Says whether that was the end of it.
fn take_chunks(chunks: &mut Chunks, input: &mut &[u8], kept: &mut Vec<u8>) -> Result<bool, Refusal> {
    loop {
        match chunks.next(input)? {
            Part::Data(data) => kept.extend_from_slice(data),
            Part::End => return Ok(true),
            Part::Nothing => return Ok(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::{HeadLimits, HeadReader};

    fn reader(fields: &str, limit: usize) -> Result<BodyReader, Refusal> {
        let mut head = format!("POST / HTTP/1.1\r\nHost: h\r\n{fields}\r\n\r\n").into_bytes();
        let mut reader = HeadReader::new(HeadLimits::new());
        BodyReader::new(&reader.next(&mut &mut head[..])?.expect("the head is whole"), limit)
    }

    #[test]
    fn memory_follows_the_bytes_that_have_come() {
        let chunked = b"40000000\r\n".as_slice();
        for (fields, start) in
            [("Content-Length: 1073741824", &b""[..]), ("Transfer-Encoding: chunked", chunked)]
        {
            let mut reader = reader(fields, 1 << 30).unwrap();
            assert!(!reader.has_begun() && reader.memory() == 0);
            assert_eq!(reader.next(&mut &mut start.to_vec()[..]), Ok(None));
            for arrived in 1..200 {
                assert_eq!(reader.next(&mut &mut [b'x'; 100][..]), Ok(None));
                assert!(reader.has_begun() && reader.memory() <= 2 * 100 * arrived + 300);
            }
        }
    }

    #[test]
    fn what_is_around_the_chunks_is_not_kept() {
        let mut reader = reader("Transfer-Encoding: chunked", 1 << 20).unwrap();
        for _ in 0..50_000 {
            assert_eq!(reader.next(&mut &mut *b"1;a=\"b\"".to_vec()), Ok(None));
            assert_eq!(reader.next(&mut &mut *b"\r\nx\r\n".to_vec()), Ok(None));
        }
        assert!(reader.memory() <= 2 * 50_000 + 256);
    }

    #[test]
    fn a_body_that_lies_in_the_input_is_not_copied() {
        let mut reader = reader("Content-Length: 5", 5).unwrap();
        let mut bytes = *b"hello, and more";
        let place = bytes.as_ptr();
        let mut input = &mut bytes[..];
        assert_eq!(reader.next(&mut input).unwrap().map(<[u8]>::as_ptr), Some(place));
        assert_eq!(input, b", and more");
        // That was all.
        assert_eq!(reader.next(&mut input), Ok(None));
        assert_eq!(input, b", and more");
    }

    #[test]
    fn nothing_is_understood_after_a_fault() {
        let mut reader = reader("Transfer-Encoding: chunked", 5).unwrap();
        assert_eq!(reader.next(&mut &mut *b"x".to_vec()), Err(Refusal::Chunk));
        let mut more = *b"0\r\n\r\n";
        let mut input = &mut more[..];
        assert_eq!(reader.next(&mut input), Err(Refusal::Chunk));
        assert!(input.is_empty());
    }
}
