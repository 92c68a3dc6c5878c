//! The opening handshake by hand (RFC 6455 §4), and as much of HTTP/1.1 as a page needs (RFC 9112).
//!
//! Like [`protocol`](crate::protocol) this knows no socket and no clock. A client's bytes go into a
//! [`HeadReader`]; a [`Request`] comes out, borrowed from them. [`Request::upgrade`] judges it, the
//! server's policy ([`Hosts`], [`Origins`]) has its say, and an [`Answer`] is written:
//!
//! ```
//! use pollcat::handshake::{Answer, HeadLimits, HeadReader, Origins, Refusal, Request};
//!
//! fn open(request: &Request<'_>, out: &mut Vec<u8>) -> Result<bool, Refusal> {
//!     let Some(upgrade) = request.upgrade()? else {
//!         return Ok(false); // an ordinary GET or HEAD
//!     };
//!     Origins::same().check(request)?;
//!     Answer::accept().write_upgrade(request, &upgrade, out);
//!     Ok(true) // the bytes that follow the request are frames
//! }
//!
//! let mut reader = HeadReader::new(HeadLimits::new());
//! let mut bytes = *b"GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n\
//!     Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
//!     Sec-WebSocket-Version: 13\r\n\r\n";
//! let mut out = Vec::new();
//! if let Some(request) = reader.next(&mut &mut bytes[..])? {
//!     assert!(open(&request, &mut out)?);
//! }
//! assert!(out.starts_with(b"HTTP/1.1 101 Switching Protocols\r\n"));
//! # Ok::<(), Refusal>(())
//! ```
//!
//! # What may surprise
//!
//! * **The limit on a head is for all of its lines together** ([`HeadLimits`]; in a server,
//!   [`Config::max_head`](crate::Config::max_head), 8 KiB). nginx and Apache allow about as much for each line. A
//!   larger head gets 431, or 414 if its request line alone is too long.
//! * **Extensions.** Sec-WebSocket-Extensions has to follow the grammar of RFC 6455 §9.1, which demands that the
//!   connection fails otherwise. So a header that is there and names nothing gets 400, and so does a value between
//!   quotes that is no token; there are clients that send them. An extension that is not known is ignored:
//!   `x-webkit-deflate-frame`, which old versions of Safari offer, is one of them, and their messages are not
//!   compressed.
//! * **Subprotocols** are answered only if [`Answer::subprotocol`] names one that was offered. Browsers, and many
//!   other clients, fail the connection if they offered some and none is answered. A server lets them in, as the RFC
//!   leaves it to them, and its log warns of the first.
//! * **`Expect: 100-continue`** with an opening handshake gets a 100, and the 101 behind it. With a GET it gets the
//!   page at once: there is no body to wait for. With a body it gets a 100 if that is going to be read, and none of it
//!   has come yet; any other expectation gets 417 there.
//! * **One request at a time.** A request that is sent before the one in front of it has its answer, be it an opening
//!   handshake, is not answered by a server: the answer in front says `Connection: close`, and the client has to come
//!   again (RFC 9112 §9.3.2). What follows an opening handshake are frames, also if its answer takes a while: a
//!   server reads them when it has opened the WebSocket.
//! * **Methods.** GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS reach the application: one that does not look at
//!   [`Request::method`] serves its pages to a POST as well. CONNECT and TRACE get 405, and any other 501.
//! * **Bodies** have a length ([`Request::has_body`]); a [`BodyReader`] reads one. What two servers could read in two
//!   ways is refused (RFC 9112 §6.3): Content-Length twice, be it the same, or beside Transfer-Encoding; a
//!   Transfer-Encoding that is not `chunked`, or comes in HTTP/1.0; a GET, a HEAD or an opening handshake with a body.
//!   Content-Encoding gets 415: a body is read as it is.
//! * **Origins.** Clients that send no Origin are let in: only browsers have to send one. A local file's `file://` or
//!   `null` is a foreign origin unless [`Origins`] list it; [`Origins::only`] says what listing `null` means.
//! * **Names.** A server answers to every Host until [`Hosts`] says otherwise. `localhost` is a name like any other,
//!   and [`Hosts::addresses`] includes it.

mod answer;
mod authority;
mod body;
mod body_length;
mod body_reader;
mod chunks;
mod credentials;
mod date;
#[cfg_attr(not(feature = "deflate"), allow(unreachable_pub, reason = "public with the feature"))]
mod deflate;
mod extensions;
mod fields;
mod head;
mod listener_id;
mod networks;
mod percent;
mod policy;
mod proxies;
mod refusal;
mod refusal_fields;
mod request;
mod request_line;
mod response;
mod status;
mod syntax;
#[cfg(feature = "tls")]
mod tls_session;
mod upgrade;

pub use answer::Answer;
pub(crate) use answer::Carried;
pub use body::Body;
pub use body_reader::BodyReader;
pub use date::http_date;
#[cfg(feature = "deflate")]
pub use deflate::Deflate;
pub use head::{HeadLimits, HeadReader};
pub use listener_id::ListenerId;
pub use networks::Networks;
pub use policy::{Hosts, InvalidSetting, Origins};
pub use proxies::Proxies;
pub use refusal::Refusal;
pub use request::Request;
pub use request_line::Method;
pub use response::Framing;
#[cfg(feature = "tls")]
pub use tls_session::TlsSession;
pub use upgrade::Upgrade;

pub(crate) use refusal_fields::RefusalFields;

#[cfg(not(feature = "deflate"))]
pub(crate) use deflate::Deflate;
