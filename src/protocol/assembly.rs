//! A message that is put together of what arrives.

use super::deflate::{Deflated, WithCodec};
use super::message_buffer::MessageBuffer;

/// A message in the making.
#[derive(Debug)]
pub(super) struct Assembly {
    pub(super) buffer: MessageBuffer,
    pub(super) frames: u32,
    /// The bytes that arrive are compressed.
    pub(super) deflated: Option<WithCodec<Deflated>>,
    /// The length that the headers announce: of all frames together, if they are compressed.
    pub(super) announced: u64,
    /// The longest that it may be: as it was when it began.
    pub(super) limit: usize,
}

impl Assembly {
    pub(super) fn new(
        buffer: MessageBuffer,
        deflated: Option<WithCodec<Deflated>>,
        announced: u64,
        limit: usize,
    ) -> Self {
        Assembly { buffer, frames: 1, deflated, announced, limit }
    }

    pub(super) fn with_one_more_frame(self, length: u64) -> Self {
        let announced = self.announced.saturating_add(length);
        Assembly { frames: self.frames + 1, announced, ..self }
    }

    /// How much memory it takes.
    pub(super) fn memory(&self) -> usize {
        self.buffer.capacity() + self.deflated.as_ref().map_or(0, |deflated| deflated.memory())
    }
}
