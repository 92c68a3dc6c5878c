//! The client's request, borrowed from its bytes (RFC 6455 §4.2.1, RFC 9112).

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

#[cfg(feature = "tls")]
use super::TlsSession;
use super::authority::Authority;
use super::body_length::BodyLength;
use super::credentials;
use super::fields::Fields;
use super::percent;
use super::request_line::{RequestLine, Target};
use super::syntax::{find, trim};
use super::{ListenerId, Method, Refusal};

/// A request: its head, checked and borrowed. Its body, if it [has one](Self::has_body), has not been read.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// All of it, from the request line to the empty line.
    head: &'a [u8],
    method: Method,
    /// HTTP/1.`minor`.
    minor: u8,
    target: Target<'a>,
    /// Missing only in HTTP/1.0.
    authority: Option<Authority<&'a str>>,
    fields: Fields<'a>,
    body: BodyLength,
    client: Option<IpAddr>,
    is_secure: bool,
    listener: ListenerId,
    local_addr: Option<SocketAddr>,
    remote_addr: Option<SocketAddr>,
    #[cfg(feature = "tls")]
    tls: Option<&'a TlsSession>,
}

impl<'a> Request<'a> {
    /// Takes a head that begins with this request line, and whose lines have been checked.
    pub(super) fn parse(head: &'a [u8], line: &RequestLine) -> Result<Self, Refusal> {
        let target = line.target(head)?;
        let RequestLine { method, minor, .. } = *line;
        let fields = Fields::new(line.fields(head));
        let body = BodyLength::of(&fields, method, minor)?;
        let mut request = Request {
            head,
            method,
            minor,
            target,
            authority: None,
            fields,
            body,
            client: None,
            is_secure: false,
            listener: ListenerId::default(),
            local_addr: None,
            remote_addr: None,
            #[cfg(feature = "tls")]
            tls: None,
        };
        let host = request.read_host()?;
        // A target in absolute form names the host as well, and its word counts (RFC 9112 §3.2.2).
        request.authority = target.authority.or(host);
        request.check_expectations()?;
        Ok(request)
    }

    /// Reads a head once more that has been a request before ([`head`](Self::head)), and was copied since.
    pub(crate) fn reread(head: &'a [u8]) -> Result<Self, Refusal> {
        let line =
            find(b'\n', head).and_then(|end| head[..end].strip_suffix(b"\r")).ok_or(Refusal::LineEnd)?;
        Request::parse(head, &RequestLine::split(line)?)
    }

    /// Its bytes, as they were sent.
    pub(crate) fn head(&self) -> &'a [u8] {
        self.head
    }

    /// What is to be done.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The path as it was sent, from its `/` to the `?`. It is not percent-decoded
    /// ([`decoded_path`](Self::decoded_path) is).
    pub fn path(&self) -> &'a str {
        self.target.path
    }

    /// The path, percent-decoded (RFC 3986 §2.1): `/a%20b` is `/a b`. `None` if a `%` is not followed by two
    /// hexadecimal digits, if the bytes are not UTF-8, or if one of them is NUL. That is all that is checked: it may
    /// have `..` in it, or a `/` that was sent as `%2F`.
    pub fn decoded_path(&self) -> Option<Cow<'a, str>> {
        percent::of_path(self.target.path)
    }

    /// What follows the `?`, as it was sent.
    pub fn query(&self) -> Option<&'a str> {
        self.target.query
    }

    /// The pairs of the query in order, names and values decoded as a browser's form encodes them (WHATWG URL §5.1):
    /// `+` is a space, `%C3%BC` an `ü`. A `%` without two hexadecimal digits stays as it is, and bytes that are not
    /// UTF-8 become U+FFFD. Without a `=` the value is empty; nothing between two `&` is no pair. A name may come
    /// several times.
    pub fn query_pairs(&self) -> impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)> + use<'a> {
        percent::pairs(self.target.query.unwrap_or_default())
    }

    /// The value of the first of the [`query_pairs`](Self::query_pairs) of this name, in exactly this case.
    pub fn query_value(&self, name: &str) -> Option<Cow<'a, str>> {
        self.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value)
    }

    /// The host the client asked for, with its port if it named one; empty only in HTTP/1.0.
    pub fn host(&self) -> &'a str {
        self.authority.map_or("", Authority::text)
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

    /// The value of the cookie of this name, in exactly this case (RFC 6265 §4.2), without the white space and the
    /// quotes around it. Of several it is the first, which browsers send for the longest path (§5.4). `None` if there
    /// is none, or if the value is not UTF-8. It is not decoded, whatever encoding whoever set it chose.
    pub fn cookie(&self, name: &str) -> Option<&'a str> {
        credentials::cookie(self.values("cookie"), name)
    }

    /// The token of `Authorization: Bearer` (RFC 6750 §2.1), which has the syntax of one and is not checked further.
    /// `None` without one, with another scheme, or with several Authorization fields: it would be anyone's guess which
    /// of them counts. Browsers cannot send one with a WebSocket: there it has to be a [`cookie`](Self::cookie), or a
    /// short-lived ticket in the [query](Self::query_value).
    pub fn bearer(&self) -> Option<&'a str> {
        credentials::bearer(self.single("authorization").ok()??)
    }

    /// The address of the client: the other end of the connection, or the one that a trusted proxy names
    /// ([`Proxies`](super::Proxies)). `None` for a client on a Unix-domain socket. An IPv4 address that came mapped
    /// into IPv6 (`::ffff:192.0.2.1`) is told as IPv4.
    pub fn client(&self) -> Option<IpAddr> {
        self.client
    }

    /// Sets what [`client`](Self::client) returns. Only for programs that use `handshake` without a
    /// [`Server`](crate::Server), which does it itself.
    pub fn with_client(self, client: Option<IpAddr>) -> Self {
        Request { client, ..self }
    }

    /// Did the request come over TLS to this server itself? A proxy that speaks TLS and passes the request on in the
    /// clear makes this false.
    pub fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// Makes [`is_secure`](Self::is_secure) true. Only for programs that use `handshake` without a
    /// [`Server`](crate::Server), which does it itself.
    pub fn over_tls(self) -> Self {
        Request { is_secure: true, ..self }
    }

    /// The listener that the connection came through: what the inner door serves need not be served at the outer one.
    ///
    /// ```
    /// use pollcat::{Answer, ListenerId, Request};
    ///
    /// fn metrics(request: &Request<'_>, inner: ListenerId) -> Answer {
    ///     match request.listener() == inner {
    ///         true => Answer::page("text/plain; version=0.0.4", "..."),
    ///         false => Answer::refuse(404, "there is no such page"),
    ///     }
    /// }
    /// # drop(metrics);
    /// ```
    pub fn listener(&self) -> ListenerId {
        self.listener
    }

    /// Sets what [`listener`](Self::listener) returns. Only for programs that use `handshake` without a
    /// [`Server`](crate::Server), which does it itself.
    pub fn with_listener(self, listener: ListenerId) -> Self {
        Request { listener, ..self }
    }

    /// The server's own end of the connection: the address and the port that it was reached at, with IPv4 as
    /// [`client`](Self::client) has it. `None` on a Unix-domain socket.
    pub fn local_addr(&self) -> Option<SocketAddr> {
        self.local_addr
    }

    /// Sets what [`local_addr`](Self::local_addr) returns. Only for programs that use `handshake` without a
    /// [`Server`](crate::Server), which does it itself.
    pub fn with_local_addr(self, local_addr: Option<SocketAddr>) -> Self {
        Request { local_addr, ..self }
    }

    /// The other end of the connection: the client or the last proxy before this server, whatever it says of itself,
    /// with IPv4 as [`client`](Self::client) has it. `None` on a Unix-domain socket.
    pub fn remote_addr(&self) -> Option<SocketAddr> {
        self.remote_addr
    }

    /// Sets what [`remote_addr`](Self::remote_addr) returns. Only for programs that use `handshake` without a
    /// [`Server`](crate::Server), which does it itself.
    pub fn with_remote_addr(self, remote_addr: Option<SocketAddr>) -> Self {
        Request { remote_addr, ..self }
    }

    /// What was agreed on with the client's TLS, and its certificates. `None` if the request came in the clear.
    #[cfg(feature = "tls")]
    pub fn tls(&self) -> Option<&'a TlsSession> {
        self.tls
    }

    /// Sets what [`tls`](Self::tls) returns, and makes [`is_secure`](Self::is_secure) true. Only for programs that use
    /// `handshake` without a [`Server`](crate::Server), which does it itself.
    #[cfg(feature = "tls")]
    pub fn with_tls(self, session: &'a TlsSession) -> Self {
        Request { is_secure: true, tls: Some(session), ..self }
    }

    /// How long the body is, as Content-Length says it. `None` if there is none, or if it is chunked: then only its end
    /// will tell.
    pub fn content_length(&self) -> Option<u64> {
        match self.body {
            BodyLength::Length(bytes) => Some(bytes),
            BodyLength::None | BodyLength::Chunked => None,
        }
    }

    /// Does a body follow? A chunked one counts, though it may turn out to be empty. A GET or a HEAD never has one.
    pub fn has_body(&self) -> bool {
        self.body.may_have_bytes()
    }

    /// Does the client wait for `100 Continue` before it sends the body (RFC 9110 §10.1.1)? A server that is about to
    /// read the body, and has not received any of it, has to send one; a [`Server`](crate::Server) does.
    pub fn expects_continue(&self) -> bool {
        self.is_http_1_1() && self.has_body() && self.lists("expect", "100-continue")
    }

    /// The subprotocols that the client offers, best first (RFC 6455 §1.9).
    pub fn subprotocols(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.list("sec-websocket-protocol").filter_map(|name| str::from_utf8(name).ok())
    }

    /// The first of `spoken`, the server's subprotocols in its order of preference, that the client offers.
    pub fn choose_subprotocol<'s>(&self, spoken: &[&'s str]) -> Option<&'s str> {
        spoken.iter().copied().find(|name| self.subprotocols().any(|offered| offered == *name))
    }

    /// May further requests come on this connection (RFC 9112 §9.3)?
    pub fn wants_keep_alive(&self) -> bool {
        self.is_http_1_1() && !self.lists("connection", "close")
    }

    pub(super) fn is_http_1_1(&self) -> bool {
        self.minor >= 1
    }

    pub(super) fn body_length(&self) -> BodyLength {
        self.body
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

    /// The host that the client asked for.
    pub(super) fn authority(&self) -> Option<Authority<&'a str>> {
        self.authority
    }

    /// Exactly one valid Host; HTTP/1.0 may leave it out (RFC 9112 §3.2).
    fn read_host(&self) -> Result<Option<Authority<&'a str>>, Refusal> {
        let host = self.single("host").map_err(|()| Refusal::Host)?;
        if host.is_none() && !self.is_http_1_1() {
            return Ok(None);
        }
        let host = host.and_then(|host| str::from_utf8(host).ok()).and_then(Authority::parse);
        host.map(Some).ok_or(Refusal::Host)
    }

    /// Nothing is expected that is not known. A GET or a HEAD is answered at once, whatever it expects; in HTTP/1.0 an
    /// expectation means nothing (RFC 9110 §10.1.1).
    fn check_expectations(&self) -> Result<(), Refusal> {
        if matches!(self.method, Method::Get | Method::Head) || !self.is_http_1_1() {
            return Ok(());
        }
        let is_known = |member: &[u8]| member.eq_ignore_ascii_case(b"100-continue");
        if self.list("expect").all(is_known) { Ok(()) } else { Err(Refusal::Expectation) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::{HeadLimits, HeadReader};

    #[track_caller]
    fn with_request(target: &str, fields: &str, look: impl FnOnce(&Request<'_>)) {
        let mut head = format!("GET {target} HTTP/1.1\r\nHost: h\r\n{fields}\r\n").into_bytes();
        let mut reader = HeadReader::new(HeadLimits::new());
        look(&reader.next(&mut &mut head[..]).unwrap().expect("the head is whole"));
    }

    #[test]
    fn cookies_tokens_and_pairs_are_found_in_a_request() {
        let fields = "cookie: a=1\r\nAuthorization:  bearer mF_9.B5f-4.1JqM\r\nCOOKIE: b=\"2\"; a=3\r\n";
        with_request("/%C3%BC?room=a+b&n=%E5%B0%8F&n=2&x", fields, |request| {
            assert_eq!(
                (request.cookie("a"), request.cookie("b"), request.cookie("c")),
                (Some("1"), Some("2"), None)
            );
            assert_eq!(request.bearer(), Some("mF_9.B5f-4.1JqM"));
            assert_eq!((request.path(), request.decoded_path().as_deref()), ("/%C3%BC", Some("/ü")));
            let pairs: Vec<_> =
                request.query_pairs().map(|(name, value)| format!("{name}={value}")).collect();
            assert_eq!(pairs, ["room=a b", "n=小", "n=2", "x="]);
            let value = |name| request.query_value(name);
            assert_eq!((value("n").as_deref(), value("x").as_deref()), (Some("小"), Some("")));
            assert_eq!(value("N"), None);
        });
        let twice = "Authorization: Bearer a\r\nauthorization: Bearer a\r\n";
        with_request("/", twice, |request| assert_eq!(request.bearer(), None));
        with_request("/", "", |request| {
            assert_eq!(
                (request.bearer(), request.cookie("a"), request.query_pairs().next()),
                (None, None, None)
            );
        });
    }
}
