//! # One letter of 20 prices instead of 20 letters
//!
//! A thread that produces much, and writes a [letter](crate::Mailbox) for each piece of it, wakes the loop for each: a
//! turn, and a write for each client that is told. Twenty pieces in one letter are one turn, and one write for each
//! client, which the client reads at once as well. Nothing else that a program can do saves as much.
//!
//! ```
//! use pollcat::{Handler, Mailbox, Message, NotDelivered, PeerId, Peers, PreparedMessage};
//!
//! struct Ticker;
//!
//! impl Handler<Vec<PreparedMessage>> for Ticker {
//!     fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
//!
//!     fn on_mail(&mut self, peers: &mut Peers, prices: Vec<PreparedMessage>) {
//!         // Each is a message of its own to the clients, and all of them leave together.
//!         prices.iter().for_each(|price| peers.broadcast(price));
//!     }
//! }
//!
//! /// On the thread that has the prices: waits for twenty.
//! fn deliver(mailbox: &Mailbox<Vec<PreparedMessage>>, prices: &mut Vec<PreparedMessage>, price: &str) {
//!     prices.push(PreparedMessage::new(price));
//!     if prices.len() >= 20 {
//!         match mailbox.deliver(std::mem::take(prices)) {
//!             Ok(()) => {}
//!             // The loop is behind: keep them for the next letter, or drop what is old.
//!             Err(NotDelivered::Full(late)) => *prices = late,
//!             Err(NotDelivered::Stopped(_)) => {}
//!         }
//!     }
//! }
//! ```
//!
//! Measured with 1,000 prices a second to 100 clients that want all of them (one core of an EPYC; `benches/NOTES.md`
//! has the command):
//!
//! | | the server's processor time | writes to a client |
//! |---|---|---|
//! | a letter for each price | 62 % of a core | 1,000 a second |
//! | a letter for 20 prices | 6 % of a core | 50 a second |
//!
//! What it costs is time: with 1,000 prices a second the first of twenty waits 19 ms. Let the thread decide by a clock,
//! and not by a count alone, where prices come in bursts.
//!
//! Within the loop nothing needs to be gathered: what a handler sends in one turn, to whomever and in however many
//! calls, leaves in one write for each peer. A message to many is encoded once, if it is published or broadcast; if it
//! goes to several topics, [prepare](crate::PreparedMessage::new) it, on the thread that has it.
//! [`Handler::on_tick`](crate::Handler::on_tick) can gather over several turns, with
//! [`Config::tick`](crate::Config::tick) at 20 ms, say.
