//! The request head as it arrives: lines, until the empty one (RFC 9112 §2).
//!
//! Every byte is looked at once, however the head is cut on its way, so the work is linear in its length;
//! and a fault is reported with the line that holds it, not when the rest has come.

use super::fields::check_field;
use super::request_line::RequestLine;
use super::syntax::{find, is_token_byte};
use super::{Refusal, Request};

/// How large a request head may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct HeadLimits {
    /// The head in bytes, from the request line to the empty line, all lines together. More is refused with 431, or
    /// with 414 if it is the request line alone.
    pub max_bytes: usize,
    /// The number of header fields. More are refused with 431.
    pub max_fields: usize,
}

impl HeadLimits {
    /// 8 KiB, and 64 header fields.
    pub fn new() -> Self {
        // Browsers send less than 2 KiB unless cookies pile up.
        HeadLimits { max_bytes: 8 << 10, max_fields: 64 }
    }

    /// With this many bytes.
    pub fn max_bytes(self, bytes: usize) -> Self {
        HeadLimits { max_bytes: bytes, ..self }
    }

    /// With this many header fields.
    pub fn max_fields(self, fields: usize) -> Self {
        HeadLimits { max_fields: fields, ..self }
    }
}

impl Default for HeadLimits {
    fn default() -> Self {
        HeadLimits::new()
    }
}

/// Reads request heads from a client's bytes.
///
/// ```
/// use pollcat::handshake::{HeadLimits, HeadReader};
///
/// let mut reader = HeadReader::new(HeadLimits::new());
/// let mut bytes = *b"GET /chat HTTP/1.1\r\nHost: example.com\r\n\r\nand what comes after";
/// let (first, second) = bytes.split_at_mut(30);
/// let (mut first, mut second) = (first, second);
/// assert!(reader.next(&mut first)?.is_none()); // not all there yet
/// let request = reader.next(&mut second)?.unwrap();
/// assert_eq!((request.path(), request.header("host")), ("/chat", Some("example.com")));
/// assert_eq!(second, b"and what comes after");
/// # Ok::<(), pollcat::handshake::Refusal>(())
/// ```
#[derive(Debug)]
pub struct HeadReader {
    limits: HeadLimits,
    /// What arrived of a head before the bytes that completed it.
    kept: Vec<u8>,
    progress: Progress,
    /// What was wrong: nothing that comes after it can be understood.
    fault: Option<Refusal>,
}

/// How far the head has been looked at.
#[derive(Debug, Default)]
struct Progress {
    /// Where the head begins: after one empty line, which is skipped (RFC 9112 §2.2).
    start: usize,
    /// The request line, once it has been read.
    request_line: Option<RequestLine>,
    /// Where the current line begins.
    line: usize,
    /// Up to here there is no further line end.
    searched: usize,
    fields: usize,
    /// A head has been handed out; the next bytes begin another.
    handed_out: bool,
}

impl HeadReader {
    /// A connection on which nothing has arrived.
    pub fn new(limits: HeadLimits) -> Self {
        HeadReader { limits, kept: Vec::new(), progress: Progress::default(), fault: None }
    }

    /// The request whose head `input` completes; `None` if it needs more bytes. What follows the head is
    /// left in `input`: after an upgrade it belongs to the frame parser (RFC 6455 §4.2.2), else it begins
    /// the next request, for which this may be called again.
    ///
    /// # Errors
    ///
    /// What is wrong with the head. The connection cannot go on: answer, and close it. Every further call
    /// has the same error and discards its input.
    pub fn next<'a, 'b: 'a>(&'a mut self, input: &mut &'b mut [u8]) -> Result<Option<Request<'a>>, Refusal> {
        if let Some(fault) = self.fault {
            *input = &mut [];
            return Err(fault);
        }
        if std::mem::take(&mut self.progress.handed_out) {
            self.kept = Vec::new();
        }
        let before = self.kept.len();
        if before > 0 {
            // More than the limit is never kept; a head ends below it or not at all.
            let room = self.limits.max_bytes.saturating_add(2).saturating_sub(before);
            self.kept.extend_from_slice(&input[..input.len().min(room)]);
        }
        let head = if before > 0 { &self.kept[..] } else { &input[..] };
        let scanned = self.progress.scan(head, self.limits);
        let Some((line, end)) = scanned.inspect_err(|&fault| self.fault = Some(fault))? else {
            if before == 0 {
                self.kept = input.to_vec();
            }
            *input = &mut [];
            return Ok(None);
        };
        let (consumed, rest) = std::mem::take(input).split_at_mut(end - before);
        *input = rest;
        let start = self.progress.start;
        self.progress = Progress { handed_out: true, ..Progress::default() };
        let head: &'a [u8] = if before > 0 { &self.kept[start..end] } else { &consumed[start..] };
        let request = Request::parse(head, &line);
        self.fault = request.err();
        request.map(Some)
    }

    /// Have some bytes of a head arrived, but not all?
    pub fn is_mid_head(&self) -> bool {
        self.progress.searched > 0
    }
}

impl Progress {
    /// Looks at the lines that have not been looked at. At the end of the head, says what its first line is and where
    /// it ends.
    fn scan(&mut self, head: &[u8], limits: HeadLimits) -> Result<Option<(RequestLine, usize)>, Refusal> {
        loop {
            let in_request_line = self.request_line.is_none();
            if in_request_line
                && let Some(&first) = head.get(self.line)
                && !is_token_byte(first)
                && first != b'\r'
            {
                // Not HTTP at all, a TLS hello for example: there may never be a line end to wait for.
                return Err(Refusal::RequestLine);
            }
            let limit = self.start.saturating_add(limits.max_bytes);
            let window = &head[self.searched..head.len().min(limit)];
            let Some(length) = find(b'\n', window) else {
                self.searched += window.len();
                return match (self.searched == limit, in_request_line) {
                    (false, _) => Ok(None),
                    (true, true) => Err(Refusal::TargetTooLong),
                    (true, false) => Err(Refusal::HeadTooLarge),
                };
            };
            let end = self.searched + length;
            let line = head[self.line..end].strip_suffix(b"\r").ok_or(Refusal::LineEnd)?;
            self.searched = end + 1;
            match (line, self.request_line.take()) {
                ([], None) if self.start == 0 => self.start = end + 1,
                (line, None) => self.request_line = Some(RequestLine::split(line)?),
                ([], Some(request_line)) => return Ok(Some((request_line, end + 1))),
                (line, request_line) => {
                    self.request_line = request_line;
                    self.fields += 1;
                    if self.fields > limits.max_fields {
                        return Err(Refusal::TooManyFields);
                    }
                    check_field(line)?;
                }
            }
            self.line = end + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_kept_than_the_limit_allows() {
        let limits = HeadLimits::new().max_bytes(100).max_fields(4);
        let mut reader = HeadReader::new(limits);
        let mut start = *b"GET / HTTP/1.1\r\nA: ";
        assert_eq!(reader.next(&mut &mut start[..]).map(|_| ()), Ok(()));
        let mut flood = vec![b'a'; 1 << 20];
        assert_eq!(reader.next(&mut &mut flood[..]).err(), Some(Refusal::HeadTooLarge));
        assert!(reader.kept.capacity() <= 512);
    }

    #[test]
    fn nothing_is_understood_after_a_fault() {
        for head in [&b"GET / HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n"[..], b"GET / HTTP/1.1\r\n\r\n"] {
            let mut reader = HeadReader::new(HeadLimits::new().max_bytes(100).max_fields(4));
            let fault = reader.next(&mut &mut head.to_vec()[..]).err();
            assert!(fault.is_some());
            let mut more = *b"abc";
            assert_eq!(reader.next(&mut &mut more[..]).err(), fault);
        }
    }

    #[test]
    fn one_request_follows_another() {
        let mut reader = HeadReader::new(HeadLimits::new().max_bytes(100).max_fields(4));
        let mut bytes = b"GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n".to_vec();
        let (head, tail) = bytes.split_at_mut(40);
        let (mut head, mut tail) = (head, tail);
        assert_eq!(reader.next(&mut head).unwrap().unwrap().path(), "/a");
        assert!(!reader.is_mid_head());
        assert!(reader.next(&mut head).unwrap().is_none());
        assert!(reader.is_mid_head());
        assert_eq!(reader.next(&mut tail).unwrap().unwrap().path(), "/b");
        assert!(reader.next(&mut tail).unwrap().is_none());
        assert!(reader.kept.is_empty());
    }
}
