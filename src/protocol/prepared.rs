//! A message that is encoded once and sent to many.

use std::sync::Arc;

use super::send::encode_message;
use crate::Message;

/// A message in the form in which it goes over the wire. Cloning it, and sending it to any number of
/// peers, shares the same bytes. Any thread may prepare one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedMessage {
    frame: Arc<Vec<u8>>,
}

impl PreparedMessage {
    /// Encodes a message (RFC 6455 §5.2).
    pub fn new<'a>(message: impl Into<Message<'a>>) -> Self {
        let message = message.into();
        let mut frame = Vec::with_capacity(message.len() + 10);
        encode_message(message, &mut frame);
        PreparedMessage { frame: Arc::new(frame) }
    }

    pub(crate) fn shared(&self) -> &Arc<Vec<u8>> {
        &self.frame
    }

    /// The frame: header and payload.
    pub fn as_frame(&self) -> &[u8] {
        &self.frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prepared_message_is_the_unmasked_frame_of_section_5_7_and_its_clones_share_it() {
        let prepared = PreparedMessage::new("Hello");
        assert_eq!(prepared.as_frame(), [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]);
        assert_eq!(prepared.clone().as_frame().as_ptr(), prepared.as_frame().as_ptr());
        let binary = PreparedMessage::new(&vec![0; 256]);
        assert_eq!(binary.as_frame()[..4], [0x82, 0x7E, 0x01, 0x00]);
    }
}
