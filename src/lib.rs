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
//! * A [`Mailbox`] is the way in for other threads.
//!
//! What a handler sends leaves when its turn of the loop ends, one write per peer. A peer that does not read
//! what it is sent is not read from, and when its queue is full it is closed (or skipped, see [`SlowPeers`]). A panic
//! costs one connection (see [`OnPanic`]).
//!
//! # Words
//!
//! | word | meaning |
//! |---|---|
//! | connection | a stream that a listener has accepted; a [`PeerId`] names it, and never another |
//! | peer | a connection whose WebSocket is open |
//! | client | whoever is at the other end: a person's address, be it behind a proxy ([`Request::client`]) |
//! | listener | what one call of [`Server::bind`] or of one of the `listen` methods listens on ([`ListenerId`]) |
//! | request, answer | what a client asks over HTTP; a WebSocket, a page or a refusal, at once or later ([`Answer`]) |
//! | page | the answer to a request that is no WebSocket |
//! | body | what a request brings beside its head; it is read if the [`Handler`] says so ([`Answer::read_body`]) |
//! | refusal | an answer that says no; the server's own are listed in [`Refusal`] |
//! | gone | nobody is there any more to get it ([`Delivery::Gone`], [`Handler::on_request_gone`]) |
//! | turn | one round of the loop: read what has arrived, call the handler, write what it sent |
//! | tick, timer | [`Handler::on_tick`] comes again and again, [`Handler::on_timer`] once for each [`Peers::after`] |
//! | topic, member | a name that peers subscribe to, and that messages are published to; who is subscribed |
//! | queue | what waits for one peer, as its socket is full; it has a limit ([`Config::max_send_queue`]) |
//! | slow | a peer for which something waits in its queue ([`Delivery::Slow`], [`SlowPeers`]) |
//! | paused | a peer that is not read from, because the application says so ([`Peers::pause`]) |
//! | key | of messages of one key only the newest waits ([`Outgoing::replacing`]) |
//! | letter | what another thread puts into the [`Mailbox`] |
//! | Ping, Pong | is the peer there, and its answer (RFC 6455 §5.5.2); the round trip is the time between |
//! | drain | a stop that takes its time: no newcomers, and a Close for one peer after the other ([`Peers::drain`]) |
//! | on_drain | another thing: a slow peer has caught up, its queue is empty ([`Handler::on_drain`]) |
//! | departure | why a peer has left ([`Departure`]) |
//!
//! How these work together is told in the chapters of the [`guide`].
//!
//! # Features
//!
//! All are off by default, open new items, and change nothing by themselves.
//!
//! | feature | opens |
//! |---|---|
//! | `deflate` | permessage-deflate (RFC 7692): `Deflate`, `Config::deflate`, the codec in [`protocol`] |
//! | `tls` | `wss://` and `https://` listeners: `Tls`, `Server::listen_tls`, and [rustls](https://docs.rs/rustls) |
//! | `testing` | `testing`: a handler is tested without a port, and time is turned by hand. For `[dev-dependencies]` |
//!
//! # Platforms
//!
//! Unix with epoll or kqueue, 64 bit. On **Linux** every test is run. For **macOS** and **FreeBSD** the library is
//! compiled, and not run; **Android**, **iOS**, **NetBSD**, **OpenBSD** and **DragonFly** are of the same kind, and
//! were only read for. There, [`Config::max_connections`] is not fitted to the descriptor limit, and the end of a
//! stream is a packet of its own.
//!
//! Elsewhere it does not compile, and says why. On **Windows** a connection would hang: the loop takes a read that is
//! shorter than its buffer as proof that the socket is empty, and there the next event comes only after a read that
//! would block. On 32 bits a [`PeerId`] does not fit into a token of the poll.
//!
//! # Underneath
//!
//! [`protocol`] is RFC 6455 without input or output, and [`handshake`] the HTTP before it: bytes in, events
//! out. Use them alone if you bring your own sockets.
//!
//! # What it does not do
//!
//! No client side, no HTTP/2 (RFC 8441), and nothing that blocks. Bodies of requests are read whole, never as a stream.

#![cfg_attr(docsrs, feature(doc_cfg))]

// The loop takes a read that is shorter than its buffer as proof that the socket is empty (`turn`). With epoll and
// kqueue that is so. Where mio arms a socket again only after a read that would block (Windows, and poll(2) on other
// systems), no further event would come.
#[cfg(not(any(
    target_os = "android",
    target_os = "dragonfly",
    target_os = "freebsd",
    target_os = "ios",
    target_os = "linux",
    target_os = "macos",
    target_os = "netbsd",
    target_os = "openbsd",
)))]
compile_error!(
    "pollcat needs epoll or kqueue (Linux, Android, macOS, iOS, the BSDs): elsewhere a read that is shorter than its \
     buffer does not prove that the socket is empty, and connections would hang"
);

pub mod guide;
pub mod handshake;
mod message;
pub mod protocol;
mod server;

#[cfg(feature = "deflate")]
pub use handshake::Deflate;
pub use handshake::{
    Answer, Hosts, InvalidSetting, ListenerId, Method, Networks, Origins, Proxies, Refusal, Request,
};
pub use message::Message;
pub use protocol::{CloseCode, PreparedMessage, ProtocolError};
#[cfg(unix)]
pub use server::UnixAccess;
#[cfg(feature = "testing")]
pub use server::testing;
pub use server::{
    Config, Counter, CounterKind, CounterReader, Counters, Delivery, Departure, Handler, HandlerFn,
    Histogram, Histograms, Mailbox, NotDelivered, OnPanic, Outgoing, PeerId, PeerMap, Peers, Refused,
    RequestId, Server, SlowPeers, TimerId, Unit, handler_fn,
};
#[cfg(feature = "tls")]
pub use {handshake::TlsSession, rustls, server::Tls};

/// The README's program compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
