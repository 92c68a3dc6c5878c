//! A WebSocket server written by hand, from the TCP socket up: strict RFC 6455 on one mio poll loop, without
//! an async runtime.
//!
//! ```no_run
//! use pollcat::{Server, handler_fn};
//!
//! fn main() -> std::io::Result<()> {
//!     let server = Server::bind("127.0.0.1:9001")?;
//!     println!("echo on ws://{}", server.local_addr()?);
//!     server.run(handler_fn(|peers, from, message| {
//!         peers.send(from, message);
//!     }))
//! }
//! ```
//!
//! # What to know first
//!
//! * A [`Handler`] is your program: one value, one thread, `&mut self`, so its state needs no locks. For the small
//!   case [`handler_fn`] makes one of a closure.
//! * [`Peers`] is everybody who is connected, and every way to send: to one, to all, to a topic.
//! * [`Config`] has the limits. The defaults are meant for the open internet: pages of other origins
//!   are refused, nothing is unbounded, silent peers are found out.
//! * A [`Mailbox`] is how other threads get a word in.
//!
//! What a handler sends leaves when its turn of the loop ends, one write per peer. A peer that does not read
//! what it is sent is not read from, and when its queue is full it is closed (or skipped, see [`SlowPeers`]).
//!
//! # Underneath
//!
//! [`protocol`] is RFC 6455 without input or output, and [`handshake`] the HTTP before it: bytes in, events
//! out. Use them alone if you bring your own sockets.
//!
//! # What it does not do
//!
//! No client side, no HTTP/2 (RFC 8441), no request bodies, and nothing that blocks.

pub mod handshake;
mod message;
pub mod protocol;
mod server;

#[cfg(feature = "deflate")]
pub use handshake::Deflate;
pub use handshake::{Answer, Hosts, InvalidSetting, Networks, Origins, Proxies, Refusal, Request};
pub use message::Message;
pub use protocol::{CloseCode, PreparedMessage, ProtocolError};
#[cfg(unix)]
pub use server::UnixAccess;
pub use server::{
    Config, CounterReader, Counters, Delivery, Departure, Handler, HandlerFn, Mailbox, NotDelivered,
    Outgoing, PeerId, PeerMap, Peers, Refused, RequestId, Server, SlowPeers, handler_fn,
};
#[cfg(feature = "tls")]
pub use {rustls, server::Tls};

/// The README's program compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
