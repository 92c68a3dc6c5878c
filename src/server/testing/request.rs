//! Requests of simulated clients.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::handshake::ListenerId;
#[cfg(feature = "tls")]
use crate::handshake::TlsSession;
use crate::server::accept::origin::Origin;

/// The key that every simulated client sends, and the server's answer to it, as RFC 6455 §1.3 has them.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
pub(super) const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// The client's port, and the server's; nobody listens there.
const PORT: u16 = 50_000;
const SERVERS_PORT: u16 = 80;

/// A request of a simulated client: what is asked for, and where the client comes from.
///
/// A `&str` is a request for that target: for a WebSocket in [`Bench::open`](super::Bench::open), for a page in
/// [`Bench::request`](super::Bench::request).
///
/// ```
/// use pollcat::testing::{Bench, ClientRequest};
/// # use pollcat::handler_fn;
/// # let mut bench = Bench::new(handler_fn(|peers, from, message| peers.send(from, message)));
/// let request = ClientRequest::websocket("/ws?key=1")
///     .header("Cookie", "session=7")
///     .origin("http://localhost")
///     .subprotocols(&["chat.v1"])
///     .from([192, 0, 2, 7]);
/// let anna = bench.open(request);
/// # assert!(bench.peers().contains(anna));
/// ```
#[derive(Debug, Clone)]
#[must_use = "a request is made by a bench"]
pub struct ClientRequest {
    method: String,
    target: String,
    host: String,
    fields: Vec<(String, String)>,
    subprotocols: Vec<String>,
    body: Option<Vec<u8>>,
    is_upgrade: bool,
    listener: ListenerId,
    local: Option<SocketAddr>,
    remote: Option<SocketAddr>,
    #[cfg(feature = "tls")]
    tls: Option<Box<TlsSession>>,
}

/// What the client has to know of its request, to read the answer.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) is_head: bool,
    pub(super) is_upgrade: bool,
    pub(super) subprotocols: Vec<String>,
}

impl ClientRequest {
    /// A request for a WebSocket (RFC 6455 §4.1), without an Origin, as from a client that is no browser. No extension
    /// is offered: a simulated client does not compress.
    pub fn websocket(target: &str) -> Self {
        ClientRequest::get(target).upgraded()
    }

    /// A request for a page.
    pub fn get(target: &str) -> Self {
        ClientRequest::new("GET", target)
    }

    /// Any other request. Neither the method nor the target is checked: that is for the server.
    pub fn new(method: &str, target: &str) -> Self {
        ClientRequest {
            method: method.to_owned(),
            target: target.to_owned(),
            host: "localhost".to_owned(),
            fields: Vec::new(),
            subprotocols: Vec::new(),
            body: None,
            is_upgrade: false,
            listener: ListenerId::new(1),
            local: Some((Ipv4Addr::LOCALHOST, SERVERS_PORT).into()),
            remote: Some((Ipv4Addr::LOCALHOST, PORT).into()),
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// Adds a header field, as it is: nothing is checked.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The page that the client's script comes from, as a browser says it.
    pub fn origin(self, origin: &str) -> Self {
        self.header("Origin", origin)
    }

    /// The Host; `localhost` if nothing is said.
    pub fn host(mut self, host: &str) -> Self {
        self.host = host.to_owned();
        self
    }

    /// The subprotocols that the client offers, the best first.
    pub fn subprotocols(mut self, names: &[&str]) -> Self {
        self.subprotocols = names.iter().map(|&name| name.to_owned()).collect();
        self
    }

    /// A body, with its Content-Length. For another framing, add the header, and send the body with
    /// [`Bench::send_bytes`](super::Bench::send_bytes).
    pub fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = Some(body.as_ref().to_vec());
        self
    }

    /// The address that the client connects from. The default is 127.0.0.1, which
    /// [`Config::max_connections_per_address`](crate::Config::max_connections_per_address) does not count. A reverse
    /// proxy's address goes here, and its client's into `.header("X-Forwarded-For", …)`.
    pub fn from(mut self, address: impl Into<IpAddr>) -> Self {
        self.remote = Some(SocketAddr::new(address.into(), PORT));
        self
    }

    /// The client connects over a Unix-domain socket, and has no address.
    pub fn without_address(mut self) -> Self {
        (self.local, self.remote) = (None, None);
        self
    }

    /// The listener that the client comes through; the first, `ListenerId::new(1)`, if nothing is said. For a handler
    /// that is served at several: what it is given as [`Server::last_listener`](crate::Server::last_listener) in a
    /// server, give it a [`ListenerId::new`] in a test.
    pub fn through(mut self, listener: ListenerId) -> Self {
        self.listener = listener;
        self
    }

    /// The client comes over TLS: `wss://`, `https://`. No TLS is spoken; what would have been agreed on is what the
    /// handler is told.
    #[cfg(feature = "tls")]
    pub fn over_tls(mut self, session: TlsSession) -> Self {
        self.tls = Some(Box::new(session));
        self
    }

    /// The same, for a WebSocket.
    pub(super) fn upgraded(mut self) -> Self {
        self.is_upgrade = true;
        self
    }

    /// Where it comes from, for the server.
    pub(super) fn connection(&self) -> Origin {
        Origin {
            listener: self.listener,
            local: self.local,
            remote: self.remote,
            #[cfg(feature = "tls")]
            tls: self.tls.clone(),
        }
    }

    pub(super) fn asked(&self) -> Asked {
        Asked {
            is_head: self.method == "HEAD",
            is_upgrade: self.is_upgrade,
            subprotocols: self.subprotocols.clone(),
        }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut head = format!("{self} HTTP/1.1\r\nHost: {}\r\n", self.host);
        let mut field = |name: &str, value: &str| {
            [name, ": ", value, "\r\n"].into_iter().for_each(|part| head.push_str(part));
        };
        if self.is_upgrade {
            field("Upgrade", "websocket");
            field("Connection", "Upgrade");
            field("Sec-WebSocket-Version", "13");
            field("Sec-WebSocket-Key", KEY);
        }
        if !self.subprotocols.is_empty() {
            field("Sec-WebSocket-Protocol", &self.subprotocols.join(", "));
        }
        if let Some(body) = &self.body {
            field("Content-Length", &body.len().to_string());
        }
        self.fields.iter().for_each(|(name, value)| field(name, value));
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(self.body.as_deref().unwrap_or_default());
        bytes
    }
}

impl From<&str> for ClientRequest {
    fn from(target: &str) -> Self {
        ClientRequest::get(target)
    }
}

/// Its method and target.
impl fmt::Display for ClientRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.target)
    }
}
