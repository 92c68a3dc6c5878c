//! Silence, and the end.

use std::time::Duration;

use super::Config;

/// A Pong is a sign of life: without this, a Ping would follow it at once.
const SHORTEST_SILENCE: Duration = Duration::from_millis(100);

/// # Silence, and the end
impl Config {
    /// After how much silence a peer is sent a Ping; 20 s, and 100 ms at least. Its payload is the server's own affair:
    /// it says when the Ping was sent, for [`Peers::round_trip`](crate::Peers::round_trip), and only the server can
    /// read it. `Duration::MAX` turns Pings off, as [`without_pings`](Self::without_pings) does.
    pub fn ping_after(mut self, silence: Duration) -> Self {
        self.ping_after = silence.max(SHORTEST_SILENCE);
        self
    }

    /// Sends no Pings, and gives no peer up for silence. Then a peer whose network is lost stays until something is
    /// written to it and the system has tried for minutes to deliver it, and nothing keeps a path through a NAT open.
    /// [`Peers::ping`](crate::Peers::ping) sends Pings all the same.
    pub fn without_pings(self) -> Self {
        self.ping_after(Duration::MAX)
    }

    /// How long after that Ping a peer that stays silent is given up; 10 s. Reading from a socket that was full is a
    /// sign of life too: a slow peer is not a dead one. A Pong that comes later than this is not measured
    /// ([`Peers::round_trip`](crate::Peers::round_trip)).
    ///
    /// This and all other deadlines are kept in steps of 100 ms, and never before everything has been read that had
    /// arrived by then: a server that was stopped, or whose handler took long, closes no peer for its own lateness.
    /// If it is late by 300 ms or more, connections whose time is up get another second, once a minute: in the midst
    /// of a TLS handshake it was the server's turn.
    pub fn pong_within(mut self, patience: Duration) -> Self {
        self.pong_within = patience;
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
}
