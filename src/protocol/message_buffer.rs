//! Memory in which a message is put together that is not whole in the input.

use super::ProtocolError;
use super::kind::Kind;
use super::spare::{self, Spare};
use super::utf8::TextBuffer;
use crate::Message;

#[derive(Debug)]
pub(super) enum MessageBuffer {
    Text(TextBuffer),
    Binary(Vec<u8>),
}

impl MessageBuffer {
    pub(super) fn push(&mut self, piece: &[u8]) -> Result<(), ProtocolError> {
        match self {
            MessageBuffer::Text(text) => text.push(piece).map_err(|_| ProtocolError::InvalidUtf8),
            MessageBuffer::Binary(bytes) => {
                bytes.extend_from_slice(piece);
                Ok(())
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            MessageBuffer::Text(text) => text.len(),
            MessageBuffer::Binary(bytes) => bytes.len(),
        }
    }

    pub(super) fn new(kind: Kind) -> Self {
        match kind {
            Kind::Text => MessageBuffer::Text(TextBuffer::default()),
            Kind::Binary => MessageBuffer::Binary(Vec::new()),
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            MessageBuffer::Text(_) => Kind::Text,
            MessageBuffer::Binary(_) => Kind::Binary,
        }
    }

    /// Makes room for so many bytes, which have arrived: by doubling, but never for more than `most` in all. What is
    /// long moves into spare memory, if there is any to be had.
    pub(super) fn make_room(&mut self, length: usize, most: usize, spare: Option<&mut Spare>) {
        let (needed, has) = (self.len() + length, self.capacity());
        if needed <= has {
            return;
        }
        match spare {
            Some(spare) if needed >= spare::SMALLEST => {
                let left = self.move_to(spare.take(needed, most));
                spare.give(left);
            }
            _ => self.reserve_exact((2 * has).min(most).max(needed)),
        }
    }

    pub(super) fn capacity(&self) -> usize {
        match self {
            MessageBuffer::Text(text) => text.capacity(),
            MessageBuffer::Binary(bytes) => bytes.capacity(),
        }
    }

    fn reserve_exact(&mut self, capacity: usize) {
        match self {
            MessageBuffer::Text(text) => text.reserve_exact(capacity),
            MessageBuffer::Binary(bytes) => bytes.reserve_exact(capacity - bytes.len()),
        }
    }

    /// Goes on in other memory, which is empty, and leaves its own.
    fn move_to(&mut self, mut memory: Vec<u8>) -> Vec<u8> {
        match self {
            MessageBuffer::Text(text) => text.move_to(memory),
            MessageBuffer::Binary(bytes) => {
                memory.extend_from_slice(bytes);
                std::mem::replace(bytes, memory)
            }
        }
    }

    /// The memory of a message that is over.
    pub(super) fn into_memory(self) -> Vec<u8> {
        match self {
            MessageBuffer::Text(text) => text.into_memory(),
            MessageBuffer::Binary(bytes) => bytes,
        }
    }

    pub(super) fn finish(&self) -> Result<(), ProtocolError> {
        match self {
            MessageBuffer::Text(text) => text.finish().map_err(|_| ProtocolError::InvalidUtf8),
            MessageBuffer::Binary(_) => Ok(()),
        }
    }

    pub(super) fn as_message(&self) -> Message<'_> {
        match self {
            MessageBuffer::Text(text) => Message::Text(text.as_str()),
            MessageBuffer::Binary(bytes) => Message::Binary(bytes),
        }
    }
}
