//! Memory for what is not whole yet: a message in its fragments, a header or a control payload in its bytes.

use super::deflate::{Deflated, WithCodec};
use super::frame::{MAX_CONTROL_PAYLOAD, MAX_HEADER};
use super::spare::{self, Spare};
use super::{ProtocolError, utf8};
use crate::Message;

/// A message in the making.
#[derive(Debug)]
pub(super) struct Assembly {
    pub(super) kind: AssemblyKind,
    pub(super) frames: u32,
    /// The bytes that arrive are compressed.
    pub(super) deflated: Option<WithCodec<Deflated>>,
    /// How long the frames say that they are: together, if they are compressed.
    pub(super) announced: u64,
    /// The longest that it may be: as it was when it began.
    pub(super) limit: usize,
}

#[derive(Debug)]
pub(super) enum AssemblyKind {
    Text(utf8::TextBuffer),
    Binary(Vec<u8>),
}

impl Assembly {
    pub(super) fn new(
        kind: AssemblyKind,
        deflated: Option<WithCodec<Deflated>>,
        announced: u64,
        limit: usize,
    ) -> Self {
        Assembly { kind, frames: 1, deflated, announced, limit }
    }

    pub(super) fn with_one_more_frame(self, length: u64) -> Self {
        let announced = self.announced.saturating_add(length);
        Assembly { frames: self.frames + 1, announced, ..self }
    }

    /// How much memory it takes.
    pub(super) fn memory(&self) -> usize {
        self.kind.capacity() + self.deflated.as_ref().map_or(0, |deflated| deflated.memory())
    }

    pub(super) fn finish(&self) -> Result<(), ProtocolError> {
        match &self.kind {
            AssemblyKind::Text(text) => text.finish().map_err(|_| ProtocolError::InvalidUtf8),
            AssemblyKind::Binary(_) => Ok(()),
        }
    }

    pub(super) fn as_message(&self) -> Message<'_> {
        match &self.kind {
            AssemblyKind::Text(text) => Message::Text(text.as_str()),
            AssemblyKind::Binary(bytes) => Message::Binary(bytes),
        }
    }
}

impl AssemblyKind {
    pub(super) fn push(&mut self, piece: &[u8]) -> Result<(), ProtocolError> {
        match self {
            AssemblyKind::Text(text) => text.push(piece).map_err(|_| ProtocolError::InvalidUtf8),
            AssemblyKind::Binary(bytes) => {
                bytes.extend_from_slice(piece);
                Ok(())
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            AssemblyKind::Text(text) => text.len(),
            AssemblyKind::Binary(bytes) => bytes.len(),
        }
    }

    pub(super) fn is_text(&self) -> bool {
        matches!(self, AssemblyKind::Text(_))
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
            AssemblyKind::Text(text) => text.capacity(),
            AssemblyKind::Binary(bytes) => bytes.capacity(),
        }
    }

    fn reserve_exact(&mut self, capacity: usize) {
        match self {
            AssemblyKind::Text(text) => text.reserve_exact(capacity),
            AssemblyKind::Binary(bytes) => bytes.reserve_exact(capacity - bytes.len()),
        }
    }

    /// Goes on in other memory, which is empty, and leaves its own.
    fn move_to(&mut self, mut memory: Vec<u8>) -> Vec<u8> {
        match self {
            AssemblyKind::Text(text) => text.move_to(memory),
            AssemblyKind::Binary(bytes) => {
                memory.extend_from_slice(bytes);
                std::mem::replace(bytes, memory)
            }
        }
    }

    /// The memory of a message that is over.
    pub(super) fn into_memory(self) -> Vec<u8> {
        match self {
            AssemblyKind::Text(text) => text.into_memory(),
            AssemblyKind::Binary(bytes) => bytes,
        }
    }
}

/// Up to `N` bytes, kept inline.
#[derive(Debug, Clone, Copy)]
pub(super) struct Inline<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

pub(super) type HeaderBytes = Inline<MAX_HEADER>;
pub(super) type ControlPayload = Inline<MAX_CONTROL_PAYLOAD>;

impl<const N: usize> Inline<N> {
    /// The caller knows that it fits: a header has at most 14 bytes, a control payload 125.
    pub(super) fn extend(&mut self, more: &[u8]) {
        self.bytes[self.length..][..more.len()].copy_from_slice(more);
        self.length += more.len();
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.length == 0
    }

    pub(super) fn clear(&mut self) {
        self.length = 0;
    }
}

impl<const N: usize> Default for Inline<N> {
    fn default() -> Self {
        Inline { bytes: [0; N], length: 0 }
    }
}
