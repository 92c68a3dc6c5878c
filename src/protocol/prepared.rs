//! A message that is encoded once and sent to many.

use std::sync::{Arc, OnceLock};

use super::deflate::{Codec, Deflater, WithCodec};
use super::encode::encode_message;
use super::frame::header_length_for;
use super::kind::Kind;
use crate::Message;

/// A message in the form in which it goes over the wire. Cloning it, and sending it to any number of
/// peers, shares the same bytes. Any thread may prepare one.
///
/// Where peers have permessage-deflate, it is compressed when it is first sent to one of them, and its clones share
/// that too.
#[derive(Debug, Clone)]
#[must_use = "it is not sent by being prepared"]
pub struct PreparedMessage {
    frame: Arc<Vec<u8>>,
    kind: Kind,
    header_length: u8,
    deflated: Option<WithCodec<Arc<OnceLock<Deflated>>>>,
}

/// The compressed frame, and the window that it needs.
#[derive(Debug)]
struct Deflated {
    window_bits: u8,
    frame: Arc<Vec<u8>>,
}

impl PreparedMessage {
    /// Encodes a message (RFC 6455 §5.2).
    pub fn new<'a>(message: impl Into<Message<'a>>) -> Self {
        let message = message.into();
        let mut frame = Vec::with_capacity(message.len() + 10);
        encode_message(message, &mut frame);
        let deflated = Codec::get().map(|codec| WithCodec::new(codec, Arc::default()));
        let header_length = header_length_for(message.len() as u64) as u8; // 10 at most
        PreparedMessage { frame: Arc::new(frame), kind: Kind::of(message), header_length, deflated }
    }

    /// The frame: header and payload.
    pub fn as_frame(&self) -> &[u8] {
        &self.frame
    }

    pub(crate) fn shared(&self) -> &Arc<Vec<u8>> {
        &self.frame
    }

    pub(crate) fn payload(&self) -> &[u8] {
        &self.frame[usize::from(self.header_length)..]
    }

    /// The compressed frame, if it has been made for a window of this size.
    pub(crate) fn deflated(&self, window_bits: u8) -> Option<&Arc<Vec<u8>>> {
        let made = self.deflated.as_ref()?.get()?;
        (made.window_bits == window_bits).then_some(&made.frame)
    }

    /// Compresses it, and keeps the result unless there is one for another window.
    pub(crate) fn deflate(&self, window_bits: u8, deflater: &mut Deflater) -> Arc<Vec<u8>> {
        let mut frame = Vec::new();
        self.encode_with(deflater, &mut frame);
        frame.shrink_to_fit();
        let frame = Arc::new(frame);
        if let Some(deflated) = &self.deflated {
            let _ = deflated.set(Deflated { window_bits, frame: Arc::clone(&frame) });
        }
        frame
    }

    pub(crate) fn encode_with(&self, deflater: &mut Deflater, out: &mut Vec<u8>) {
        deflater.encode(self.kind, self.payload(), out);
    }
}

impl PartialEq for PreparedMessage {
    fn eq(&self, other: &Self) -> bool {
        self.frame == other.frame
    }
}

impl Eq for PreparedMessage {}

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
