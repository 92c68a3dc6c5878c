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
        Outgoing { content: Content::Message(message.into()), compressible: true }
    }
}

impl<'a> From<&'a PreparedMessage> for Outgoing<'a> {
    fn from(prepared: &'a PreparedMessage) -> Self {
        Outgoing { content: Content::Prepared(prepared), compressible: true }
    }
}
