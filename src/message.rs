//! A message: what applications send and receive.

use crate::protocol::PreparedMessage;

/// One whole message, borrowed (RFC 6455 §5.6).
///
/// A received message lives in the server's read buffer, or in the memory where its fragments were
/// put together. Copy what you keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message<'a> {
    /// Text: valid UTF-8, always.
    Text(&'a str),
    /// Bytes that mean whatever the application says they mean.
    Binary(&'a [u8]),
}

impl<'a> Message<'a> {
    /// The payload, whichever kind it is.
    pub fn as_bytes(self) -> &'a [u8] {
        match self {
            Message::Text(text) => text.as_bytes(),
            Message::Binary(bytes) => bytes,
        }
    }

    /// Payload length in bytes.
    pub fn len(self) -> usize {
        self.as_bytes().len()
    }

    /// Is the payload empty? Such messages are legal.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

impl<'a> From<&'a str> for Message<'a> {
    fn from(text: &'a str) -> Self {
        Message::Text(text)
    }
}

impl<'a> From<&'a String> for Message<'a> {
    fn from(text: &'a String) -> Self {
        Message::Text(text)
    }
}

impl<'a> From<&'a [u8]> for Message<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Message::Binary(bytes)
    }
}

impl<'a> From<&'a Vec<u8>> for Message<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        Message::Binary(bytes)
    }
}

/// Anything [`Peers`](crate::Peers) can send: a [`Message`], what converts into one, or a
/// [`PreparedMessage`].
///
/// Where peers have permessage-deflate, messages that are long enough are compressed, but for those that say
/// otherwise:
///
/// ```
/// # use pollcat::{Outgoing, PeerId, Peers};
/// fn send_picture(peers: &mut Peers, to: PeerId, jpeg: &[u8]) {
///     peers.send(to, Outgoing::from(jpeg).uncompressed()); // it is compressed already
/// }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    pub(crate) content: Content<'a>,
    #[cfg_attr(not(feature = "deflate"), allow(dead_code, reason = "nothing is compressed"))]
    pub(crate) compressible: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Content<'a> {
    /// To be encoded now.
    Message(Message<'a>),
    /// Encoded before; its bytes are shared.
    Prepared(&'a PreparedMessage),
}

impl Outgoing<'_> {
    /// Goes as it is, and costs no time: for what is compressed already, or holds a secret beside something that
    /// others can choose (the length of what is compressed would tell of it).
    pub fn uncompressed(self) -> Self {
        Outgoing { compressible: false, ..self }
    }

    /// The payload's length.
    #[cfg(feature = "deflate")]
    pub(crate) fn length(&self) -> usize {
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
