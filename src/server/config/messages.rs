//! What peers may send.

use super::Config;
#[cfg(feature = "deflate")]
use crate::handshake::Deflate;

/// # What peers may send
impl Config {
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

    /// Offers permessage-deflate (RFC 7692) to the clients that ask for it; not by default. The length of a compressed
    /// message tells of its content: do not send a secret beside something that others can choose (see
    /// [`Outgoing::uncompressed`](crate::Outgoing::uncompressed)).
    #[cfg(feature = "deflate")]
    pub fn deflate(mut self, deflate: Deflate) -> Self {
        self.deflate = Some(deflate);
        self
    }
}
