//! Memory for what is not whole yet: a message in its fragments, a header or a control payload in its bytes.

use super::deflate::Deflated;
use super::frame::{MAX_CONTROL_PAYLOAD, MAX_HEADER};
use super::{ProtocolError, utf8};
use crate::Message;

/// A message in the making.
#[derive(Debug)]
pub(super) struct Assembly {
    pub(super) kind: AssemblyKind,
    pub(super) frames: u32,
    /// The bytes that arrive are compressed.
    pub(super) deflated: Option<Deflated>,
}

#[derive(Debug)]
pub(super) enum AssemblyKind {
    Text(utf8::TextBuffer),
    Binary(Vec<u8>),
}

impl Assembly {
    pub(super) fn new(kind: AssemblyKind, deflated: Option<Deflated>) -> Self {
        Assembly { kind, frames: 1, deflated }
    }

    pub(super) fn with_one_more_frame(self) -> Self {
        Assembly { frames: self.frames + 1, ..self }
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

    #[cfg(feature = "deflate")]
    pub(super) fn is_text(&self) -> bool {
        matches!(self, AssemblyKind::Text(_))
    }

    /// Makes room for so many bytes, but never for more than `limit` in all.
    #[cfg(feature = "deflate")]
    pub(super) fn make_room(&mut self, length: usize, limit: usize) {
        match self {
            AssemblyKind::Text(text) => text.make_room(length, limit),
            AssemblyKind::Binary(bytes) if bytes.len() + length > bytes.capacity() => {
                let most = (2 * bytes.capacity()).min(limit).max(bytes.len() + length);
                bytes.reserve_exact(most - bytes.len());
            }
            AssemblyKind::Binary(_) => {}
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
