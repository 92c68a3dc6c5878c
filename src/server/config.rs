//! Every default and limit of a server, and why it is that number.

use std::time::Duration;

use crate::handshake::{Deflate, HeadLimits, Hosts, Networks, Origins, Proxies};
use crate::protocol::Limits;

/// A Pong is a sign of life: without this, a Ping would follow it at once.
const SHORTEST_SILENCE: Duration = Duration::from_millis(100);

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
    pub(super) message: Limits,
    pub(super) head: HeadLimits,
    pub(super) send_queue: usize,
    pub(super) slow_peers: SlowPeers,
    pub(super) on_panic: OnPanic,
    pub(super) max_receiving: usize,
    pub(super) max_receiving_per_address: usize,
    pub(super) max_sending: usize,
    pub(super) max_sending_per_address: usize,
    pub(super) ping_after: Duration,
    pub(super) pong_within: Duration,
    pub(super) handshake_within: Duration,
    pub(super) keep_alive: Duration,
    pub(super) close_within: Duration,
    pub(super) max_connections: usize,
    pub(super) max_connections_per_address: u32,
    pub(super) trusted_networks: Networks,
    pub(super) origins: Origins,
    pub(super) hosts: Hosts,
    pub(super) proxies: Proxies,
    pub(super) tick: Option<Duration>,
    pub(super) spin: Duration,
    pub(super) mailbox: usize,
    /// permessage-deflate, if it is offered.
    pub(super) deflate: Option<Deflate>,
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
    /// [`Handler::on_drain`](crate::Handler::on_drain) says how many it missed, once the peer has caught up.
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
    /// | `on_open`, `on_message`, `on_drain` | the peer is closed with 1011; `on_close` follows as after any Close |
    /// | `on_request` | the client gets 500, and its connection ends |
    /// | `on_close`, `on_refused`, `on_mail`, `on_tick` | nothing more: no open peer is to blame |
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
            proxies: Proxies::none(),
            tick: None,
            // A core is worth more than some microseconds.
            spin: Duration::ZERO,
            // Enough for a burst; a thread that writes to a full mailbox gets its letter back.
            mailbox: 4096,
            deflate: None,
        }
    }

    /// The longest message a peer may send, in bytes; 1 MiB. A longer one closes the connection with 1009.
    pub fn max_message(mut self, bytes: usize) -> Self {
        self.message.max_message = bytes;
        self
    }

    /// The most frames a message may come in; 16,384. More close the connection with 1008.
    pub fn max_fragments(mut self, frames: u32) -> Self {
        self.message.max_fragments = frames;
        self
    }

    /// The largest request head, in bytes; 8 KiB for the request line and all header lines together. (nginx and Apache
    /// allow that much for each line. A server beside applications with many cookies may need 32 KiB.) A larger
    /// one is answered with 431 (or 414).
    pub fn max_head(mut self, bytes: usize) -> Self {
        self.head.max_bytes = bytes;
        self
    }

    /// The most header fields in a request; 64. More are answered with 431.
    pub fn max_header_fields(mut self, fields: usize) -> Self {
        self.head.max_fields = fields;
        self
    }

    /// The most bytes that wait for one peer, beyond what the system's own socket buffers hold; 1 MiB, of which a 64th
    /// is for keeping them. An empty queue accepts one message of any size, and so does a socket that is found full by
    /// it. Pongs and Closes are exempt: the server does not read from a peer that does not read, so they cannot pile
    /// up. Pages are not counted here: a connection has one at a time, and [`max_sending`](Self::max_sending) holds for
    /// them.
    ///
    /// The system's buffers come first, and may hold some MiB for each peer (on Linux `net.ipv4.tcp_wmem`): a peer that
    /// must have the newest rather than everything needs a listener of yours with a smaller SO_SNDBUF
    /// ([`Server::listen_on`](crate::Server::listen_on)).
    pub fn max_send_queue(mut self, bytes: usize) -> Self {
        self.send_queue = bytes;
        self
    }

    /// What happens when that queue is full; [`SlowPeers::Close`].
    pub fn slow_peers(mut self, policy: SlowPeers) -> Self {
        self.slow_peers = policy;
        self
    }

    /// What happens when a method of the handler panics; [`OnPanic::Close`].
    ///
    /// ```
    /// use pollcat::{Config, OnPanic};
    ///
    /// // A supervisor starts the program again, with a state that is whole.
    /// let config = Config::new().on_panic(OnPanic::Unwind);
    /// # drop(config);
    /// ```
    pub fn on_panic(mut self, policy: OnPanic) -> Self {
        self.on_panic = policy;
        self
    }

    /// How much memory the unfinished messages of all peers may take together, in bytes: the parts that have arrived,
    /// and what was read from peers that do not read; 1 GiB. What is beyond it closes a peer with 1013: of the address
    /// that holds most, the one that holds most ([`Departure::OverBudget`](crate::Departure::OverBudget)). The others
    /// go on, and wait for nothing.
    ///
    /// This limit, and the one for each address, hold for messages that never end: a message has no deadline of its
    /// own, as long as its peer answers Pings. A compressed one counts as much as has been inflated: 15 KB on the wire
    /// may hold all of [`max_message`](Self::max_message).
    ///
    /// What is given back goes to the allocator, and not at once to the system: after a burst the process may stay
    /// larger by tens of MiB, while [`Counters::receiving`](crate::Counters::receiving) says 0. The next burst uses
    /// them again.
    pub fn max_receiving(mut self, bytes: usize) -> Self {
        self.max_receiving = bytes;
        self
    }

    /// How much of that may be held by one IPv4 address or one IPv6 /64 network, in bytes; 256 MiB. Loopback addresses,
    /// Unix-domain sockets and [trusted networks](Self::trusted_networks) have no such limit; clients behind a
    /// [trusted proxy](Self::trust_proxies) count by their own address.
    pub fn max_receiving_per_address(mut self, bytes: usize) -> Self {
        self.max_receiving_per_address = bytes;
        self
    }

    /// How much memory may be taken by what waits for all peers together, in bytes: messages that they have not read,
    /// and pages; 1 GiB. A message that waits for several peers counts for each of them; the body of a page does not if
    /// it is an `Arc<[u8]>` or static, as it is the application's own. What is beyond it cuts a peer off: of the
    /// address that holds most, the one that holds most ([`Departure::TooSlow`](crate::Departure::TooSlow)). It gets
    /// no Close, as it would have to read the rest first. A page for which there is no room is answered with 503.
    pub fn max_sending(mut self, bytes: usize) -> Self {
        self.max_sending = bytes;
        self
    }

    /// How much of that may wait for one IPv4 address or one IPv6 /64 network, in bytes; 256 MiB, and as for
    /// [`max_receiving_per_address`](Self::max_receiving_per_address).
    pub fn max_sending_per_address(mut self, bytes: usize) -> Self {
        self.max_sending_per_address = bytes;
        self
    }

    /// After how much silence a peer is sent a Ping; 20 s, and 100 ms at least. `Duration::MAX` turns Pings off: then a
    /// peer whose network is lost stays until something is written to it.
    pub fn ping_after(mut self, silence: Duration) -> Self {
        self.ping_after = silence.max(SHORTEST_SILENCE);
        self
    }

    /// How long after that Ping a peer that stays silent is given up; 10 s. Reading from a socket that was full is a
    /// sign of life too: a slow peer is not a dead one.
    ///
    /// This and all other deadlines are kept in steps of 100 ms, and never before everything has been read that had
    /// arrived by then: a server that was stopped, or whose handler took long, closes no peer for its own lateness.
    /// If it is late by 300 ms or more, connections whose time is up get another second, once a minute: in the midst
    /// of a TLS handshake it was the server's turn.
    pub fn pong_within(mut self, patience: Duration) -> Self {
        self.pong_within = patience;
        self
    }

    /// How long a client may take from connecting to the end of its request, with the TLS handshake if there is one;
    /// 10 s, however many bytes arrive in between. Then 408.
    pub fn handshake_within(mut self, patience: Duration) -> Self {
        self.handshake_within = patience;
        self
    }

    /// How long a connection that has fetched a page is kept for its next request; 75 s. Before that, as long as the
    /// page takes: a client has this time to begin with, and more as it reads, a second for each 8 KiB. A client that
    /// reads more slowly than that is closed when the time is used up.
    pub fn keep_alive(mut self, patience: Duration) -> Self {
        self.keep_alive = patience;
        self
    }

    /// How long a closing handshake may take without progress, and how long a stopping server waits in all; 5 s. Then
    /// TCP is dropped. (If the peer has sent so much that its Close may lie behind it, unread, it gets that time once
    /// more.) What was sent before the Close arrives even at a slow peer, as long as it reads: 8 KiB in a second at
    /// least.
    pub fn close_within(mut self, patience: Duration) -> Self {
        self.close_within = patience;
        self
    }

    /// The most connections at once; 100,000. On Linux no more than the descriptor limit (`ulimit -n`) allows, after a
    /// reserve; elsewhere that limit is not read, and a server that runs out of descriptors lets clients wait. Beyond
    /// it, requests are answered with 503.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// The most connections at once from one IPv4 address or one IPv6 /64 network; 256. Beyond it,
    /// requests are answered with 429. Loopback addresses and Unix-domain sockets are not counted; clients behind
    /// a [trusted proxy](Self::trust_proxies) count by their own address.
    pub fn max_connections_per_address(mut self, connections: u32) -> Self {
        self.max_connections_per_address = connections;
        self
    }

    /// Networks whose addresses have no limits of their own, only those of all together: on connections, and on memory.
    /// [`Networks::none`]. A whole office may be one address.
    pub fn trusted_networks(mut self, networks: Networks) -> Self {
        self.trusted_networks = networks;
        self
    }

    /// The origins whose pages may connect; [`Origins::same`]. Others are answered with 403.
    pub fn origins(mut self, origins: Origins) -> Self {
        self.origins = origins;
        self
    }

    /// The names the server goes by; [`Hosts::any`]. Requests for others are answered with 421.
    pub fn hosts(mut self, hosts: Hosts) -> Self {
        self.hosts = hosts;
        self
    }

    /// The reverse proxies whose X-Forwarded-For and X-Real-IP count; [`Proxies::none`].
    pub fn trust_proxies(mut self, proxies: Proxies) -> Self {
        self.proxies = proxies;
        self
    }

    /// Calls [`Handler::on_tick`](crate::Handler::on_tick) this often, a millisecond at least; not at all by default.
    /// Ticks do not drift: ten of 100 ms take a second, though each may come late by a millisecond and by what the turn
    /// before it takes. Ticks missed in a long turn are not made up: one call stands for all of them, and the next
    /// comes when it would have come.
    pub fn tick(mut self, every: Duration) -> Self {
        self.tick = Some(every);
        self
    }

    /// For how long after the last traffic the loop asks for more without going to sleep; not at all by default. 50 to
    /// 200 µs are usual. What it brings is the time that it takes to wake a sleeping processor, which is long on
    /// virtual machines: there, a lone message comes back in 20 µs instead of 58. What it costs is a core as long as
    /// there is traffic at least this often; once there is none, an idle server costs nothing, as ever. On a machine
    /// that has no core to spare it makes everything slower.
    pub fn spin(mut self, time: Duration) -> Self {
        self.spin = time;
        self
    }

    /// Offers permessage-deflate (RFC 7692) to the clients that ask for it; not by default. The length of a compressed
    /// message tells of its content: do not send a secret beside something that others can choose (see
    /// [`Outgoing::uncompressed`](crate::Outgoing::uncompressed)).
    #[cfg(feature = "deflate")]
    pub fn deflate(mut self, deflate: Deflate) -> Self {
        self.deflate = Some(deflate);
        self
    }

    /// How many letters the [`Mailbox`](crate::Mailbox) holds; 4096, and at least one.
    pub fn mailbox_capacity(mut self, letters: usize) -> Self {
        self.mailbox = letters;
        self
    }
}

impl Default for Config {
    fn default() -> Self {
        Config::new()
    }
}
