//! The client's request, borrowed from its bytes (RFC 6455 §4.2.1, RFC 9112).

use std::net::IpAddr;

use super::fields::Fields;
use super::syntax::{Authority, find, trim};
use super::{Refusal, Upgrade};

/// GET, or HEAD: a page without its body (RFC 9110 §9.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// A page, or a WebSocket.
    Get,
    /// Like GET, but only the head of the answer is wanted.
    Head,
}

/// A request: its head, checked and borrowed. There is never a body.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    method: Method,
    /// HTTP/1.`minor`.
    minor: u8,
    target: Target<'a>,
    fields: Fields<'a>,
    client: Option<IpAddr>,
    is_secure: bool,
}

impl<'a> Request<'a> {
    /// Takes a head apart whose lines have been checked.
    pub(super) fn parse(head: &'a [u8]) -> Result<Self, Refusal> {
        let (line, rest) = split_line(head).ok_or(Refusal::RequestLine)?;
        let line = str::from_utf8(line).map_err(|_| Refusal::RequestLine)?;
        let mut parts = line.split(' ');
        let (Some(method), Some(target), Some(version)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Refusal::RequestLine);
        };
        let method = match method {
            "GET" => Method::Get,
            "HEAD" => Method::Head,
            _ => return Err(Refusal::Method),
        };
        let target = Target::parse(target).ok_or(Refusal::Target)?;
        let minor = if version.ends_with(".0") { 0 } else { 1 };
        let fields = Fields::new(rest.strip_suffix(b"\r\n").unwrap_or(rest));
        let request = Request { method, minor, target, fields, client: None, is_secure: false };
        request.check_host()?;
        request.check_no_body()?;
        Ok(request)
    }

    /// GET or HEAD.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The path as it was sent, from its `/` to the `?`. It is not percent-decoded.
    pub fn path(&self) -> &'a str {
        self.target.path
    }

    /// What follows the `?`, as it was sent.
    pub fn query(&self) -> Option<&'a str> {
        self.target.query
    }

    /// The host the client asked for, with its port if it named one; empty only in HTTP/1.0.
    pub fn host(&self) -> &'a str {
        self.target.authority.or(self.header("host")).unwrap_or("")
    }

    /// The value of the first header field of this name (in any case), without the white space around it.
    /// `None` if there is none, or if it is not UTF-8 ([`headers`](Self::headers) has it).
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.values(name).next().and_then(|value| str::from_utf8(value).ok())
    }

    /// All header fields in order: names as they were sent, values without the white space around them.
    pub fn headers(&self) -> impl Iterator<Item = (&'a str, &'a [u8])> + use<'a> {
        self.fields.iter().map_while(|(name, value)| Some((str::from_utf8(name).ok()?, value)))
    }

    /// The address of the client: the other end of the connection, or whom a trusted proxy speaks for
    /// ([`Proxies`](super::Proxies)). `None` for a client on a Unix-domain socket.
    pub fn client(&self) -> Option<IpAddr> {
        self.client
    }

    /// Says who the client is.
    pub fn with_client(self, client: Option<IpAddr>) -> Self {
        Request { client, ..self }
    }

    /// Did the request come over TLS to this server itself? A proxy that speaks TLS and passes the request on in the
    /// clear makes this false.
    pub fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// Says that the request came over TLS.
    pub fn over_tls(self) -> Self {
        Request { is_secure: true, ..self }
    }

    /// The subprotocols that the client offers, best first (RFC 6455 §1.9).
    pub fn subprotocols(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.list("sec-websocket-protocol").filter_map(|name| str::from_utf8(name).ok())
    }

    /// The first of `spoken`, the server's subprotocols in its order of preference, that the client offers.
    pub fn choose_subprotocol<'s>(&self, spoken: &[&'s str]) -> Option<&'s str> {
        spoken.iter().copied().find(|name| self.subprotocols().any(|offered| offered == *name))
    }

    /// What makes this an opening handshake; `None` for an ordinary request.
    ///
    /// # Errors
    ///
    /// It means to be an opening handshake, and is not a valid one (RFC 6455 §4.2.1).
    pub fn upgrade(&self) -> Result<Option<Upgrade>, Refusal> {
        Upgrade::judge(self)
    }

    /// May further requests come on this connection (RFC 9112 §9.3)?
    pub fn wants_keep_alive(&self) -> bool {
        self.is_http_1_1() && !self.lists("connection", "close")
    }

    pub(super) fn is_http_1_1(&self) -> bool {
        self.minor >= 1
    }

    /// The values of all header fields of this name.
    pub(super) fn values<'n>(&self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        self.fields.values(name)
    }

    /// The only value there is. `Err` if there are several.
    pub(super) fn single(&self, name: &str) -> Result<Option<&'a [u8]>, ()> {
        let mut values = self.values(name);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(()),
            (value, None) => Ok(value),
        }
    }

    /// The members of a comma-separated list, over all fields of this name (RFC 9110 §5.6.1).
    pub(super) fn list<'n>(&self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        let members = self.values(name).flat_map(|value| value.split(|&byte| byte == b','));
        members.map(trim).filter(|member| !member.is_empty())
    }

    /// Is this token in the list, in any case?
    pub(super) fn lists(&self, name: &str, token: &str) -> bool {
        self.list(name).any(|member| member.eq_ignore_ascii_case(token.as_bytes()))
    }

    /// Exactly one valid Host; HTTP/1.0 may leave it out (RFC 9112 §3.2).
    fn check_host(&self) -> Result<(), Refusal> {
        let host = self.single("host").map_err(|()| Refusal::Host)?;
        match host.map(str::from_utf8) {
            Some(Ok(host)) if Authority::parse(host).is_some() => Ok(()),
            None if !self.is_http_1_1() => Ok(()),
            _ => Err(Refusal::Host),
        }
    }

    /// Nothing that could hide a second request in a body (RFC 9112 §6).
    fn check_no_body(&self) -> Result<(), Refusal> {
        let length = self.single("content-length").map_err(|()| Refusal::Body)?;
        let coding = self.values("transfer-encoding").next();
        match (length, coding) {
            (None | Some(b"0"), None) => Ok(()),
            _ => Err(Refusal::Body),
        }
    }
}

/// A line without its CR LF, and what follows it.
fn split_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = find(b'\n', bytes)?;
    let line = &bytes[..end];
    Some((line.strip_suffix(b"\r").unwrap_or(line), &bytes[end + 1..]))
}

/// What the client asks for (RFC 9112 §3.2).
#[derive(Debug, Clone, Copy)]
struct Target<'a> {
    /// Known of a target in absolute form.
    authority: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
}

impl<'a> Target<'a> {
    /// Origin form, `/path?query`, or absolute form, `http://authority/path?query`.
    fn parse(target: &'a str) -> Option<Self> {
        if target.starts_with('/') {
            return Some(Target::with_path(None, target));
        }
        let (scheme, rest) = target.split_once("://")?;
        let ours = ["http", "https", "ws", "wss"].iter().any(|ours| scheme.eq_ignore_ascii_case(ours));
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let valid = ours && Authority::parse(authority).is_some();
        valid.then(|| Target::with_path(Some(authority), path))
    }

    fn with_path(authority: Option<&'a str>, path: &'a str) -> Self {
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        Target { authority, path: if path.is_empty() { "/" } else { path }, query }
    }
}
