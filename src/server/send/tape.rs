//! The tape: everything that is sent in one turn is recorded here once, and each peer remembers which
//! stretches of it are for its ears.
//!
//! ```text
//!   tape   │ to A │ to the topic "tea" │ to the topic "tea" │ to B │
//!   A       ──────                                                    one stretch
//!   B              ──────────────────────────────────────────────     one stretch: a member of "tea"
//!   C              ───────────────────────────────────────            one stretch
//! ```
//!
//! So a message to ten thousand peers is encoded and stored once, what each peer hears is in the order
//! in which it was sent, and neighbouring stretches melt into one: a write per peer and turn, however
//! many messages the turn brought. What a topic was told is noted with the topic (`topics.rs`), and becomes a
//! stretch of its members' when the turn ends. Large messages would only be copied; they stay apart, shared.

use std::ops::Range;
use std::sync::Arc;

use crate::handshake::Body;
use crate::protocol::encode_message;
use crate::server::send::outgoing::Content;

/// From here on a message is kept apart: copying it onto the tape, and for a slow peer off it again, would cost
/// more than an allocation.
pub(in crate::server) const LARGE: usize = 64 << 10;

/// From here on a message that came alone, and is sent on as it came, is written from where it lies: an echo of 16 KiB
/// costs 3 % less, one of 32 KiB 6 %. (Up to 9 KiB it makes no difference, and eight in a row are better off on the tape: one
/// write each would make them twice as slow.)
pub(in crate::server) const LONG: usize = 12 << 10;

/// A turn that has said this much is flushed before it goes on, while the tape is still in the cache.
const FULL: usize = 256 << 10;

/// The tape's memory beyond this is given back after a flush.
const KEPT: usize = 1 << 20;

#[derive(Debug, Default)]
pub(in crate::server) struct Tape {
    bytes: Vec<u8>,
    /// Bytes of this turn that were kept apart.
    apart: usize,
}

/// Something to write: a stretch of the tape, or bytes of its own.
#[derive(Debug, Clone)]
pub(in crate::server) enum Piece {
    Tape(Range<u32>),
    Shared(Arc<Vec<u8>>),
    Page(Body),
}

impl Piece {
    #[inline]
    pub(in crate::server) fn len(&self) -> usize {
        match self {
            Piece::Tape(range) => range.len(),
            Piece::Shared(bytes) => bytes.len(),
            Piece::Page(body) => body.as_bytes().len(),
        }
    }
}

impl Tape {
    /// Encodes a message, unless it was before.
    #[inline]
    pub(in crate::server) fn put(&mut self, content: Content<'_>) -> Piece {
        match content {
            Content::Message(message) => self.record(message.len(), |out| encode_message(message, out)),
            Content::Prepared(prepared) => self.put_frame(prepared.shared()),
        }
    }

    /// A frame that others have too.
    pub(in crate::server) fn put_frame(&mut self, frame: &Arc<Vec<u8>>) -> Piece {
        match self.has_room_for(frame.len()) {
            true => self.record(frame.len(), |out| out.extend_from_slice(frame)),
            false => {
                self.apart += frame.len();
                Piece::Shared(Arc::clone(frame))
            }
        }
    }

    /// Records what `write` writes, which is about `length` bytes.
    #[inline]
    pub(in crate::server) fn record(&mut self, length: usize, write: impl FnOnce(&mut Vec<u8>)) -> Piece {
        if !self.has_room_for(length) {
            let mut apart = Vec::with_capacity(length + 256);
            write(&mut apart);
            self.apart += apart.len();
            return Piece::Shared(Arc::new(apart));
        }
        Piece::Tape(self.record_apart(write))
    }

    /// A handler that says very much at once goes on recording past `FULL`, but not without end: positions have
    /// 32 bits.
    fn has_room_for(&self, length: usize) -> bool {
        length < LARGE && self.bytes.len() < (1 << 30)
    }

    /// Records what is not for a peer's outbox, but for the moment.
    pub(in crate::server) fn record_apart(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Range<u32> {
        let start = self.position();
        write(&mut self.bytes);
        start..self.position()
    }

    /// One stretch with what these hold: themselves if they are neighbours, else a copy of them.
    pub(in crate::server) fn join(&mut self, ranges: impl Iterator<Item = Range<u32>> + Clone) -> Range<u32> {
        let mut all = ranges.clone();
        let Some(mut stretch) = all.next() else {
            return 0..0;
        };
        if all.all(|range| std::mem::replace(&mut stretch.end, range.end) == range.start) {
            return stretch;
        }
        let start = self.position();
        for Range { start, end } in ranges {
            self.bytes.extend_from_within(start as usize..end as usize);
        }
        start..self.position()
    }

    /// The place of what is recorded next.
    pub(in crate::server) fn position(&self) -> u32 {
        self.bytes.len() as u32
    }

    pub(in crate::server) fn get(&self, range: &Range<u32>) -> &[u8] {
        &self.bytes[range.start as usize..range.end as usize]
    }

    pub(in crate::server) fn is_full(&self) -> bool {
        self.bytes.len() + self.apart >= FULL
    }

    /// All peers have what is theirs; begins again.
    pub(in crate::server) fn rewind(&mut self) {
        self.apart = 0;
        self.bytes.clear();
        if self.bytes.capacity() > KEPT {
            self.bytes = Vec::new();
        }
    }
}
