//! What may wait, and how much memory it may take.

use super::{Config, SlowPeers};

/// # What may wait
impl Config {
    /// The most bytes that wait for one peer, beyond what the system's own socket buffers hold; 1 MiB, of which a 64th
    /// is for keeping them. An empty queue accepts one message of any size, and so does a socket that is found full by
    /// it. Pongs and Closes are exempt: the server does not read from a peer that does not read, so they cannot pile
    /// up. Pages are not counted here: a connection has one at a time, and [`max_sending`](Self::max_sending) holds for
    /// them.
    ///
    /// The system's buffers come first, and may hold some MiB for each peer (on Linux `net.ipv4.tcp_wmem`): for peers
    /// that must have the newest rather than everything there are [`max_unsent`](Self::max_unsent) and
    /// [`Outgoing::replacing`](crate::Outgoing::replacing).
    ///
    /// A message with a key that waits counts 160 bytes more than its length.
    pub fn max_send_queue(mut self, bytes: usize) -> Self {
        self.send_queue = bytes;
        self
    }

    /// How many bytes that have not left yet the system takes for one TCP connection, before the rest waits in the send
    /// queue of the server (TCP_NOTSENT_LOWAT); no limit but the system's own. What waits in the queue can be
    /// [replaced](crate::Outgoing::replacing), left out and counted; what the system has taken cannot. So this is the
    /// setting for messages that grow stale: 16 KiB are enough for any connection, and cost a fast one some writes.
    ///
    /// Bytes that are on their way do not count, however long the way is, so it does not slow a transfer down. They end
    /// in the receive buffer of the client, which is the client's: on Linux 64 KiB at first, and more for one that has
    /// read much in a short time.
    ///
    /// On Linux and Android, for connections over TCP, with TLS or without. Elsewhere nothing changes: there is
    /// [`send_buffer`](Self::send_buffer).
    pub fn max_unsent(mut self, bytes: usize) -> Self {
        self.max_unsent = Some(bytes);
        self
    }

    /// The length of the system's send buffer for one connection, in bytes (SO_SNDBUF), of whatever listener it comes:
    /// TCP, TLS or a Unix-domain socket. By default the system finds a length by itself, and goes on changing it.
    ///
    /// This bounds the memory that the system takes, for what has not left and for what the peer has not acknowledged.
    /// So it also bounds how fast a connection is: a buffer full for each round trip. With 64 KiB and 40 ms that is
    /// about 3 MB a second, whatever the line could do. Where you only want less to grow stale,
    /// [`max_unsent`](Self::max_unsent) does not cost that.
    ///
    /// What the system makes of the number is its own affair. Linux doubles it, for its own bookkeeping, after it has
    /// cut it to `net.core.wmem_max` (212,992 bytes by default); less than 4,608 becomes 4,608. A connection whose
    /// buffer cannot be set keeps the one that it has, which is logged at DEBUG.
    pub fn send_buffer(mut self, bytes: usize) -> Self {
        self.send_buffer = Some(bytes);
        self
    }

    /// What happens when the send queue of a peer is full; [`SlowPeers::Close`].
    pub fn slow_peers(mut self, policy: SlowPeers) -> Self {
        self.slow_peers = policy;
        self
    }

    /// How much memory the unfinished messages of all peers may take together, in bytes: the parts that have arrived,
    /// what was read from peers that do not read, what is kept of clients whose request is answered
    /// [later](crate::Answer::later), and the bodies of requests; 1 GiB. What is beyond it closes a peer with 1013: of
    /// the address that holds most, the one that holds most
    /// ([`Departure::OverBudget`](crate::Departure::OverBudget)). A request gets a 503
    /// ([`Refusal::OverBudget`](crate::Refusal::OverBudget)). The others go on, and wait for nothing.
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
}
