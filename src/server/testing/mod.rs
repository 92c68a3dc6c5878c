//! Tests without a port: a handler is spoken to and listened to, and time is turned, in microseconds.
//!
//! ```
//! use pollcat::testing::Bench;
//! use pollcat::{CloseCode, Handler, Message, PeerId, Peers, Request};
//! use std::time::Duration;
//!
//! struct Lobby;
//!
//! impl Handler for Lobby {
//!     fn on_open(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) {
//!         peers.send(id, "welcome");
//!     }
//!     fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
//!         peers.broadcast_from(from, message);
//!     }
//! }
//!
//! let mut bench = Bench::new(Lobby);
//! let (anna, ben) = (bench.open("/ws"), bench.open("/ws"));
//! assert_eq!(bench.heard(ben), ["welcome"]);
//!
//! bench.say(anna, "hi");
//! assert_eq!(bench.heard(ben), ["hi"]);
//!
//! bench.fall_silent(ben); // no Pong comes from him
//! bench.pass(Duration::from_secs(31));
//! assert_eq!(bench.close_code(ben), Some(CloseCode::INTERNAL_ERROR));
//! assert!(bench.peers().contains(anna));
//! ```
//!
//! A [`Bench`] is the real server: its loop, its rules of HTTP and RFC 6455, its queues, limits and deadlines. Three
//! things differ: sockets are memory, the clock is turned by [`Bench::pass`], and where a server sleeps, the bench
//! returns to the test. So a test is on one thread, and comes out the same each time. The clients are simulated, and
//! strict: a server that broke the protocol would fail the test.
//!
//! Each method of the bench lets the server work until it has nothing left to do. No time passes meanwhile.
//!
//! A panic in the handler fails the test where it happened ([`Bench::set_on_panic`]). How to test what, with examples,
//! is in [the guide](crate::guide::testing).
//!
//! # What it is not
//!
//! * The kernel: a socket's buffer is what [`Bench::stall`] says, and nothing is ever late or lost by itself.
//! * TLS and compression: with the feature `tls` a client can come over TLS (`ClientRequest::over_tls`), but speaks
//!   none; no client offers permessage-deflate.
//!
//! For these, run a [`Server`](crate::Server) on port 0, with a client of your choice.
//!
//! # Cost
//!
//! A test like the one above takes 27 µs, and a message there and back less than one (`cargo bench --features testing
//! --bench testing`, on one EPYC core; some ten times as long without optimization).
//!
//! The feature `testing` adds this module, and changes nothing for connections over sockets. Put it into
//! `[dev-dependencies]`: Cargo then turns it on for tests, examples and benches alone.
//!
//! ```toml
//! [dev-dependencies]
//! pollcat = { version = "0.1", features = ["testing"] }
//! ```

mod asking;
mod bench;
mod client;
mod frame;
mod heard;
mod reader;
mod request;
mod response;
mod talking;

pub use bench::Bench;
pub use frame::Frame;
pub use heard::Heard;
pub use request::ClientRequest;
pub use response::Response;
