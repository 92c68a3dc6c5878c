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

mod answer;
mod authority;
mod body;
mod date;
#[cfg_attr(not(feature = "deflate"), allow(unreachable_pub, reason = "public with the feature"))]
mod deflate;
mod extensions;
mod fields;
mod head;
mod networks;
mod policy;
mod proxies;
mod refusal;
mod request;
mod request_line;
mod response;
mod status;
mod syntax;
mod upgrade;

pub use answer::Answer;
pub use body::Body;
#[cfg(feature = "deflate")]
pub use deflate::Deflate;
pub use head::{HeadLimits, HeadReader};
pub use networks::Networks;
pub use policy::{Hosts, InvalidSetting, Origins};
pub use proxies::Proxies;
pub use refusal::Refusal;
pub use request::Request;
pub use request_line::Method;
pub use response::Framing;
pub use upgrade::Upgrade;

#[cfg(not(feature = "deflate"))]
pub(crate) use deflate::Deflate;
