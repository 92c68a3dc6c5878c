//! Every default and limit of a server, and why it is that number. `README.md` has the map of the folder.

mod crowds;
mod doors;
mod messages;
mod queues;
mod requests;
mod running;
mod silence;

use std::time::Duration;

use crate::handshake::{Deflate, HeadLimits, Hosts, Networks, Origins, Proxies, RefusalFields};
use crate::protocol::Limits;

/// How a server behaves. The defaults are safe for the open internet; change what you have a reason to.
///
/// ```no_run
/// use pollcat::{Config, Origins, Server, handler_fn};
/// use std::time::Duration;
///
/// # fn main() -> std::io::Result<()> {
/// let config = Config::new()
///     .origins(Origins::only(["https://example.com"])?)
///     .max_message(64 << 10)
///     .ping_after(Duration::from_secs(30));
/// let server = Server::with_config("127.0.0.1:9001", config)?;
/// server.run(handler_fn(|peers, from, message| {
///     peers.send(from, message);
/// }))
/// # }
/// ```
///
/// A `Config` cannot be read back: what it was given is in its `Debug` output.
#[derive(Debug, Clone)]
#[must_use = "a server takes it: Server::with_config"]
pub struct Config {
    pub(in crate::server) message: Limits,
    pub(in crate::server) head: HeadLimits,
    pub(in crate::server) send_queue: usize,
    pub(in crate::server) send_buffer: Option<usize>,
    pub(in crate::server) max_unsent: Option<usize>,
    pub(in crate::server) slow_peers: SlowPeers,
    pub(in crate::server) on_panic: OnPanic,
    pub(in crate::server) max_receiving: usize,
    pub(in crate::server) max_receiving_per_address: usize,
    pub(in crate::server) max_sending: usize,
    pub(in crate::server) max_sending_per_address: usize,
    pub(in crate::server) ping_after: Duration,
    pub(in crate::server) pong_within: Duration,
    pub(in crate::server) handshake_within: Duration,
    /// `None`: as long as `handshake_within`.
    pub(in crate::server) answer_within: Option<Duration>,
    pub(in crate::server) body_within: Duration,
    pub(in crate::server) keep_alive: Duration,
    pub(in crate::server) close_within: Duration,
    pub(in crate::server) max_connections: usize,
    pub(in crate::server) max_connections_per_address: u32,
    pub(in crate::server) trusted_networks: Networks,
    pub(in crate::server) origins: Origins,
    pub(in crate::server) hosts: Hosts,
    pub(in crate::server) refusal_fields: RefusalFields,
    pub(in crate::server) reuse_port: bool,
    pub(in crate::server) proxies: Proxies,
    pub(in crate::server) tick: Option<Duration>,
    pub(in crate::server) spin: Duration,
    pub(in crate::server) mailbox: usize,
    /// permessage-deflate, if it is offered.
    pub(in crate::server) deflate: Option<Deflate>,
}

/// What happens to a message for a peer whose send queue is full.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SlowPeers {
    /// The peer is closed with 1008, and may come back when it can keep up
    /// ([`Departure::TooSlow`](crate::Departure::TooSlow)).
    #[default]
    Close,
    /// The message is left out for this peer: it keeps the oldest, and misses the newest.
    /// [`Handler::on_drain`](crate::Handler::on_drain) says how many it missed, once the peer has caught up. Where the
    /// newest is wanted, give messages a key ([`Outgoing::replacing`](crate::Outgoing::replacing)): then there is room
    /// for a message as long as an older one of its key waits.
    Skip,
}

/// What happens when a method of the [`Handler`](crate::Handler) panics.
///
/// Neither choice works with `panic = "abort"` in the profile: then a panic ends the process at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnPanic {
    /// It costs one connection, at most. The server logs the panic at level ERROR, counts it
    /// ([`Counters::panics`](crate::Counters::panics)), and goes on:
    ///
    /// | the method | what happens |
    /// |---|---|
    /// | `on_open`, `on_message`, `on_pong`, `on_drain` | the peer is closed with 1011; `on_close` follows as always |
    /// | `on_request`, `on_body` | the client gets 500, and its connection ends |
    /// | `on_close`, `on_refused`, `on_request_gone` | nothing more: no open peer is to blame |
    /// | `on_mail`, `on_timer`, `on_tick`, `on_stop` | nothing more, for the same reason |
    ///
    /// The panic hook runs first, as always: by default it prints to stderr, with a backtrace if the environment asks
    /// for one, which takes milliseconds.
    ///
    /// The handler keeps the state that the panic left. A method that has changed one of two fields, and panics before
    /// the other, is called again with just that: choose [`Unwind`](Self::Unwind) if a fresh start is safer. A `Mutex`
    /// that was locked is poisoned, as always.
    #[default]
    Close,
    /// The panic leaves [`Server::run`](crate::Server::run). Every connection ends without a Close, which clients
    /// report as 1006; the process can start another server, or end.
    Unwind,
}

impl Config {
    /// The defaults.
    pub fn new() -> Self {
        Config {
            // Larger than nearly all messages, small enough that a thousand peers in the middle of one
            // are no danger. Peers' defaults run from 16 KiB to 100 MiB; the large ones hurt.
            message: Limits::new(),
            head: HeadLimits::new(),
            // One largest message, or some seconds of a busy room.
            send_queue: 1 << 20,
            // The system knows how long the way to a peer is, and finds the length by itself.
            send_buffer: None,
            max_unsent: None,
            slow_peers: SlowPeers::Close,
            // The others did nothing wrong.
            on_panic: OnPanic::Close,
            // A thousand of the longest messages, or full queues, at once. An address has a quarter: as many of them as
            // it may have connections.
            max_receiving: 1 << 30,
            max_receiving_per_address: 256 << 20,
            max_sending: 1 << 30,
            max_sending_per_address: 256 << 20,
            // A dead peer is found within 30 s, and the path through NATs stays open (many forget after 60 s).
            ping_after: Duration::from_secs(20),
            pong_within: Duration::from_secs(10),
            // A head fits into one packet; 10 s is time for several retransmissions.
            handshake_within: Duration::from_secs(10),
            answer_within: None,
            // As nginx's `client_body_timeout` of 60 s, which each byte renews: 1 MiB takes 30 s at 280 kbit/s.
            body_within: Duration::from_secs(30),
            // Longer than nginx keeps an idle upstream connection (60 s), so that it never sends
            // a request into a connection that we are closing.
            keep_alive: Duration::from_secs(75),
            // Time for a retransmission or two.
            close_within: Duration::from_secs(5),
            // Far more than the descriptors of most systems; it is fitted to those.
            max_connections: 100_000,
            // An office behind one address, several windows each. Loopback addresses and Unix-domain
            // sockets are not counted: such a client is on this machine, or behind a proxy on it.
            max_connections_per_address: 256,
            trusted_networks: Networks::none(),
            origins: Origins::same(),
            hosts: Hosts::any(),
            refusal_fields: RefusalFields::default(),
            // Another program of the same user could take clients away, and nobody would notice.
            reuse_port: false,
            proxies: Proxies::none(),
            tick: None,
            // A core is worth more than some microseconds.
            spin: Duration::ZERO,
            // Enough for a burst; a thread that writes to a full mailbox gets its letter back.
            mailbox: 4096,
            deflate: None,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Config::new()
    }
}
