//! # Pings and Pongs, and how long a peer takes
//!
//! The server pings by itself. A peer that has said nothing for [20 s](crate::Config::ping_after) gets a Ping (RFC 6455
//! §5.5.2), and if nothing comes for [10 s](crate::Config::pong_within) more, it is given up:
//! [`Departure::TimedOut`](crate::Departure::TimedOut). Browsers and all libraries answer Pings by themselves, so there
//! is nothing to do, on either side.
//!
//! # How long does a message take to a peer and back?
//!
//! [`Peers::round_trip`](crate::Peers::round_trip) knows: each Ping of the server's own says when it was sent, in a way
//! that only the server can read. It costs nothing, as those Pings are sent anyway, and no memory.
//!
//! A peer that talks all the time is never silent, so it is never asked. If you want to know of such peers, or more
//! often, ask with [`Peers::ping`](crate::Peers::ping):
//!
//! ```
//! use pollcat::{Delivery, Handler, Message, PeerId, Peers};
//!
//! struct Game;
//!
//! impl Handler for Game {
//!     fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
//!         peers.broadcast_from(from, message);
//!     }
//!
//!     // With `Config::tick(Duration::from_secs(5))`.
//!     fn on_tick(&mut self, peers: &mut Peers) {
//!         for id in peers.ids() {
//!             match peers.round_trip(id) {
//!                 Some(took) if took.as_millis() > 400 => drop(peers.send(id, "your line is slow")),
//!                 _ => {}
//!             }
//!             // Its Pong is measured: there is nothing to keep, and no `on_pong` to write.
//!             let _: Delivery = peers.ping(id, b"");
//!         }
//!     }
//! }
//! # fn is_a_handler(_: impl Handler) {}
//! # is_a_handler(Game);
//! ```
//!
//! The figure is the latest one. It goes from the call to the moment at which the loop comes to the Pong, so it has in
//! it what waited for the peer before the Ping, and a handler that takes long. It is exact up to 4 ms, and then too
//! short by less than 0.05 %.
//!
//! # Pongs
//!
//! [`Handler::on_pong`](crate::Handler::on_pong) is called for every Pong but those to the server's own Pings: for the
//! answers to [`Peers::ping`](crate::Peers::ping), with the same payload, and for Pongs that nobody asked for, which
//! some clients send as a sign of life (§5.5.3). A peer that gets several Pings may answer the last one only. Put a
//! number into the payload if it matters which one it was:
//!
//! ```
//! use pollcat::{Departure, Handler, Message, PeerId, PeerMap, Peers};
//!
//! /// Confirms that a peer has received everything up to some point: Pongs come in the order of what was sent.
//! #[derive(Default)]
//! struct Ledger {
//!     sent: u64,
//!     received: PeerMap<u64>,
//! }
//!
//! impl Handler for Ledger {
//!     fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
//!         self.sent += 1;
//!         peers.send(from, message);
//!         peers.ping(from, &self.sent.to_be_bytes());
//!     }
//!
//!     fn on_pong(&mut self, _: &mut Peers, from: PeerId, payload: &[u8]) {
//!         // A peer may send anything.
//!         let Ok(number) = payload.try_into().map(u64::from_be_bytes) else { return };
//!         if number <= self.sent {
//!             self.received.insert(from, number);
//!         }
//!     }
//!
//!     fn on_close(&mut self, _: &mut Peers, id: PeerId, _: Departure) {
//!         self.received.remove(id);
//!     }
//! }
//! # fn is_a_handler(_: impl Handler) {}
//! # is_a_handler(Ledger::default());
//! ```
//!
//! # What a peer can do to the figures
//!
//! A peer can spoil its own figure, and nobody else's. It can keep a Pong back, which makes the figure larger: up to
//! [`Config::pong_within`](crate::Config::pong_within), as later Pongs are not measured. It can make it smaller only by
//! answering before it has read the Ping, for which it has to guess the payload. The server's own payloads cannot be
//! guessed, nor used by another peer, nor twice. If figures of yours decide something (who may play, say), ping with
//! random bytes.
//!
//! # Without Pings
//!
//! [`Config::without_pings`](crate::Config::without_pings) turns the server's own off. Then nobody is given up for
//! silence: a peer whose network is lost stays until something is written to it, and the system has tried for some
//! minutes (on Linux 15, by default). That may be right where something else looks for dead connections: a proxy in
//! front, or the application. Fewer Pings are [`Config::ping_after`](crate::Config::ping_after) with more time; many
//! NATs and proxies forget a path that is silent for a minute.
