//! Anything that can be sent.

use crate::Message;
use crate::protocol::PreparedMessage;

/// Anything that [`Peers`](crate::Peers) and a [`Mailbox`](crate::Mailbox) can send: a [`Message`], what converts into
/// one, or a [`PreparedMessage`].
///
/// Where peers have permessage-deflate, messages that are long enough are compressed, unless they say otherwise:
///
/// ```
/// # use pollcat::{Outgoing, PeerId, Peers};
/// fn send_picture(peers: &mut Peers, to: PeerId, jpeg: &[u8]) {
///     peers.send(to, Outgoing::from(jpeg).uncompressed()); // it is compressed already
/// }
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct Outgoing<'a> {
    pub(in crate::server) content: Content<'a>,
    pub(in crate::server) compressible: bool,
    /// Messages of one key replace one another.
    pub(in crate::server) key: Option<u64>,
}

#[derive(Debug, Clone, Copy)]
pub(in crate::server) enum Content<'a> {
    /// To be encoded now.
    Message(Message<'a>),
    /// Encoded before; its bytes are shared.
    Prepared(&'a PreparedMessage),
}

impl Outgoing<'_> {
    /// Does not compress the message: for data that is compressed already, or that mixes a secret with text that others
    /// can choose, as the compressed length would reveal the secret piece by piece (CRIME, BREACH).
    pub fn uncompressed(self) -> Self {
        Outgoing { compressible: false, ..self }
    }

    /// Takes the place of the message with this key that still waits for a peer, if there is one: for what only the
    /// newest of is wanted, such as a price.
    ///
    /// Only for a peer whose socket is full do messages wait beyond a turn. There the newer message is written where
    /// the older would have been, before what was sent after that; the older is never written. So a peer that reads
    /// slowly, or not for a while, finds one message for each key in its queue, and not all that there ever were. A
    /// peer whose socket has room receives all of them, also those of one turn.
    ///
    /// * A key is a number of your choice, and belongs to the peer that is sent to: it does not matter by which call
    ///   the two messages came, nor to which topic. Messages of other keys, and of none, are left alone.
    /// * A message of which a part is written already (or encrypted for TLS) stays, and the newer one waits behind it.
    /// * While it waits, such a message counts 160 bytes more than its length towards
    ///   [`Config::max_send_queue`](crate::Config::max_send_queue), and what it replaces counts no more. Without room
    ///   for the difference it is [`Delivery::Full`](crate::Delivery::Full), as any other. The turn in which a socket
    ///   turns out to be full is not held to this: it may leave 160 bytes for each message of the 256 KiB that a turn
    ///   writes at once, which [`Config::max_sending`](crate::Config::max_sending) bounds.
    /// * What is replaced counts in [`Counters::replaced`](crate::Counters::replaced), and not as missed in
    ///   [`on_drain`](crate::Handler::on_drain).
    /// * With a compression context of the peer's own (`Deflate::context_takeover`) each message builds on those before
    ///   it, so what is compressed there stays. When the socket is full, and always from 64 KiB on, messages with a key
    ///   go to such a peer uncompressed, and are replaced as for any other.
    ///
    /// What is stale is what has left the queue: the system's socket buffers hold as much as
    /// [`Config::max_unsent`](crate::Config::max_unsent) or [`Config::send_buffer`](crate::Config::send_buffer) says,
    /// and nothing there can be replaced.
    ///
    /// ```
    /// # use pollcat::{Outgoing, Peers};
    /// fn publish_price(peers: &mut Peers, symbol: u64, json: &str) {
    ///     peers.publish("prices", Outgoing::from(json).replacing(symbol));
    /// }
    /// ```
    pub fn replacing(self, key: u64) -> Self {
        Outgoing { key: Some(key), ..self }
    }

    /// The payload's length.
    pub(in crate::server) fn length(&self) -> usize {
        match self.content {
            Content::Message(message) => message.len(),
            Content::Prepared(prepared) => prepared.payload().len(),
        }
    }
}

impl<'a, T: Into<Message<'a>>> From<T> for Outgoing<'a> {
    fn from(message: T) -> Self {
        Outgoing { content: Content::Message(message.into()), compressible: true, key: None }
    }
}

impl<'a> From<&'a PreparedMessage> for Outgoing<'a> {
    fn from(prepared: &'a PreparedMessage) -> Self {
        Outgoing { content: Content::Prepared(prepared), compressible: true, key: None }
    }
}
