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
