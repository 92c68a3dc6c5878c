//! The first line of a request: `method SP target SP HTTP-version` (RFC 9112 §3).

use std::fmt;
use std::ops::Range;

use super::Refusal;
use super::authority::Authority;
use super::syntax::is_token;

/// What is to be done (RFC 9110 §9.3, RFC 5789). CONNECT and TRACE are refused with 405, and whatever else a client
/// makes up with 501.
///
/// A [`Handler`](crate::Handler) that does not look at the method serves its pages to a POST as well: ask for it, and
/// answer 405 to those that a path does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// A page, or a WebSocket.
    Get,
    /// Like GET, but only the head of the answer is wanted.
    Head,
    /// The body is for the resource to make something of.
    Post,
    /// The body takes the place of what is there.
    Put,
    /// The body says what to change (RFC 5789).
    Patch,
    /// What is there is to go.
    Delete,
    /// What may be asked for: of a path, or of the server as a whole, where the path is `*`. A browser asks so before
    /// it lets a page of another origin send something (CORS).
    Options,
}

impl Method {
    /// Its name as it is sent, such as `GET`.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
            Method::Options => "OPTIONS",
        }
    }

    /// Names are in upper case: `get` is another method (RFC 9110 §9.1).
    fn parse(name: &[u8]) -> Result<Self, Refusal> {
        Ok(match name {
            b"GET" => Method::Get,
            b"HEAD" => Method::Head,
            b"POST" => Method::Post,
            b"PUT" => Method::Put,
            b"PATCH" => Method::Patch,
            b"DELETE" => Method::Delete,
            b"OPTIONS" => Method::Options,
            b"CONNECT" | b"TRACE" => return Err(Refusal::MethodNotServed),
            _ => return Err(Refusal::UnknownMethod),
        })
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The line, split where it is read: the rest of the head may still be on its way, so these are places in it.
#[derive(Debug)]
pub(super) struct RequestLine {
    pub(super) method: Method,
    target: Range<usize>,
    /// HTTP/1.`minor`; what is above 1 is spoken to as 1 (RFC 9110 §2.5).
    pub(super) minor: u8,
    /// Without its CR LF.
    length: usize,
}

impl RequestLine {
    /// Splits a line without its CR LF, and checks that it is one of ours.
    pub(super) fn split(line: &[u8]) -> Result<Self, Refusal> {
        if line.contains(&b'\r') {
            return Err(Refusal::LineEnd);
        }
        let mut parts = line.split(|&byte| byte == b' ');
        let (Some(method), Some(target), Some(version), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Refusal::RequestLine);
        };
        let minor = match *version {
            [b'H', b'T', b'T', b'P', b'/', b'1', b'.', digit @ b'0'..=b'9'] => digit - b'0',
            [b'H', b'T', b'T', b'P', b'/', b'0'..=b'9', b'.', b'0'..=b'9'] => {
                return Err(Refusal::HttpVersion);
            }
            _ => return Err(Refusal::RequestLine),
        };
        if !is_token(method) || target.is_empty() {
            return Err(Refusal::RequestLine);
        }
        let start = method.len() + 1;
        let method = Method::parse(method)?;
        let target_byte = |&byte: &u8| (0x21..=0x7E).contains(&byte) && byte != b'#';
        if !target.iter().all(target_byte) {
            return Err(Refusal::Target);
        }
        Ok(RequestLine { method, target: start..start + target.len(), minor, length: line.len() })
    }

    /// The target, in a head that begins with this line.
    pub(super) fn target<'a>(&self, head: &'a [u8]) -> Result<Target<'a>, Refusal> {
        let target = head.get(self.target.clone()).and_then(|target| str::from_utf8(target).ok());
        target.and_then(|target| Target::parse(target, self.method)).ok_or(Refusal::Target)
    }

    /// The lines of the header fields, each with its CR LF, in a whole head that begins with this line.
    pub(super) fn fields<'a>(&self, head: &'a [u8]) -> &'a [u8] {
        let lines = head.get(self.length + 2..).unwrap_or_default();
        lines.strip_suffix(b"\r\n").unwrap_or(lines)
    }
}

/// What the client asks for (RFC 9112 §3.2).
#[derive(Debug, Clone, Copy)]
pub(super) struct Target<'a> {
    /// Known of a target in absolute form.
    pub(super) authority: Option<Authority<&'a str>>,
    pub(super) path: &'a str,
    pub(super) query: Option<&'a str>,
}

impl<'a> Target<'a> {
    /// Origin form, `/path?query`, or absolute form, `http://authority/path?query`. OPTIONS may ask about the server as
    /// a whole: `*`, or the absolute form without a path (RFC 9112 §3.2.4).
    fn parse(target: &'a str, method: Method) -> Option<Self> {
        let whole = (method == Method::Options).then_some("*");
        if target.starts_with('/') || whole == Some(target) {
            return Some(Target::with_path(None, target));
        }
        let (scheme, rest) = target.split_once("://")?;
        let ours = ["http", "https", "ws", "wss"].iter().any(|ours| scheme.eq_ignore_ascii_case(ours));
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let authority = Authority::parse(authority)?;
        let path = whole.filter(|_| path.is_empty()).unwrap_or(path);
        ours.then(|| Target::with_path(Some(authority), path))
    }

    fn with_path(authority: Option<Authority<&'a str>>, path: &'a str) -> Self {
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        Target { authority, path: if path.is_empty() { "/" } else { path }, query }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_split_once_and_its_parts_are_found_in_the_head() {
        let head = b"HEAD /a?b=c HTTP/1.0\r\nA: 1\r\nB: 2\r\n\r\n";
        let line = RequestLine::split(&head[..20]).unwrap();
        assert_eq!((line.method, line.minor), (Method::Head, 0));
        let target = line.target(head).unwrap();
        assert_eq!((target.path, target.query), ("/a", Some("b=c")));
        assert_eq!(line.fields(head), b"A: 1\r\nB: 2\r\n");
        assert_eq!(line.fields(b"HEAD /a?b=c HTTP/1.0\r\n\r\n"), b"");
    }
}
