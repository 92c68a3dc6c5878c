//! The tape: everything that is sent in one turn is recorded here once, and each peer's outbox says which stretches
//! of it are for that peer.
//!
//! ```text
//!   tape   │ to A │ to the topic "tea" │ to the topic "tea" │ to B │
//!   A       ──────                                                    one stretch
//!   B              ──────────────────────────────────────────────     one stretch: a member of "tea"
//!   C              ───────────────────────────────────────            one stretch
//! ```
//!
//! So a message to ten thousand peers is encoded and stored once, each peer receives messages in the order of the
//! calls, and neighbouring stretches become one: a write per peer and turn, however many messages the turn brought.
//! What is published is noted with its topic (`topics.rs`), and becomes a stretch of its members' when the turn ends.
//! Large messages would only be copied; they stay apart, shared.

use std::iter;
use std::ops::Range;
use std::sync::Arc;

use crate::handshake::Body;
use crate::protocol::encode_message;
use crate::server::send::outgoing::Content;
use crate::server::tuning::{KEYS_KEPT, LARGE, TAPE_KEPT};

#[derive(Debug, Default)]
pub(super) struct Tape {
    bytes: Vec<u8>,
    /// Bytes of this turn that do not lie on the tape.
    apart: usize,
    /// Where the messages with a key lie, in order.
    keyed: Vec<Keyed>,
}

#[derive(Debug)]
struct Keyed {
    range: Range<u32>,
    key: Key,
}

/// Of a message that has to wait.
#[derive(Debug, Clone, Copy)]
pub(super) enum Key {
    /// Takes the place of the older one, and may be replaced.
    Replaces(u64),
    /// Stays where it is, and so does the older one: what follows is compressed in a context that includes it.
    Stays(u64),
}

/// Something to write: a stretch of the tape, or bytes of its own.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    Tape(Range<u32>),
    Shared(Arc<Vec<u8>>),
    /// A large message with a key. (Of those on the tape, the tape knows it.)
    Keyed(u64, Arc<Vec<u8>>),
    Page(Body),
}

impl Piece {
    #[inline]
    pub(super) fn len(&self) -> usize {
        match self {
            Piece::Tape(range) => range.len(),
            Piece::Shared(bytes) | Piece::Keyed(_, bytes) => bytes.len(),
            Piece::Page(body) => body.as_bytes().len(),
        }
    }
}

impl Tape {
    /// Encodes a message, unless it was before.
    #[inline]
    pub(super) fn put(&mut self, content: Content<'_>) -> Piece {
        match content {
            Content::Message(message) => self.record(message.len(), |out| encode_message(message, out)),
            Content::Prepared(prepared) => self.put_frame(prepared.shared()),
        }
    }

    /// The same for a message with a key. Few have one.
    #[cold]
    pub(super) fn put_with_key(&mut self, content: Content<'_>, key: Key) -> Piece {
        let piece = self.put(content);
        self.remember_key(piece, key)
    }

    /// A frame that others share.
    pub(super) fn put_frame(&mut self, frame: &Arc<Vec<u8>>) -> Piece {
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
    pub(super) fn record(&mut self, length: usize, write: impl FnOnce(&mut Vec<u8>)) -> Piece {
        if !self.has_room_for(length) {
            let mut apart = Vec::with_capacity(length + 256);
            write(&mut apart);
            self.apart += apart.len();
            return Piece::Shared(Arc::new(apart));
        }
        let start = self.position();
        write(&mut self.bytes);
        Piece::Tape(start..self.position())
    }

    /// Messages that are compressed for one peer each may make the tape longer than `FULL_TAPE`, but a place has 32
    /// bits.
    fn has_room_for(&self, length: usize) -> bool {
        length < LARGE && self.bytes.len() < (1 << 30)
    }

    // ---- keys

    /// A message has just been recorded: remembers its key, if it has one.
    #[inline]
    pub(super) fn note_key(&mut self, piece: Piece, key: Option<Key>) -> Piece {
        match key {
            None => piece,
            Some(key) => self.remember_key(piece, key),
        }
    }

    #[cold]
    fn remember_key(&mut self, piece: Piece, key: Key) -> Piece {
        match (piece, key) {
            (Piece::Tape(range), key) => {
                self.keyed.push(Keyed { range: range.clone(), key });
                Piece::Tape(range)
            }
            (Piece::Shared(bytes), Key::Replaces(key)) => Piece::Keyed(key, bytes),
            (other, _) => other,
        }
    }

    /// The key of a message, if it has one.
    pub(super) fn key_of(&self, message: &Piece) -> Option<u64> {
        match message {
            Piece::Tape(range) => match self.key_at(range.start)? {
                Key::Replaces(key) => Some(key),
                Key::Stays(_) => None,
            },
            Piece::Keyed(key, _) => Some(*key),
            Piece::Shared(_) | Piece::Page(_) => None,
        }
    }

    fn key_at(&self, start: u32) -> Option<Key> {
        let place = self.keyed.binary_search_by_key(&start, |keyed| keyed.range.start).ok()?;
        Some(self.keyed[place].key)
    }

    /// The parts of a stretch: each message with a key that begins in it, and what lies between those.
    pub(super) fn parts(&self, stretch: &Range<u32>) -> impl Iterator<Item = (Range<u32>, Option<Key>)> {
        let Range { mut start, end } = *stretch;
        let mut keyed = self.keyed[self.keyed.partition_point(|keyed| keyed.range.start < start)..].iter();
        let mut next = keyed.next();
        iter::from_fn(move || {
            let (part, key) = match next {
                Some(Keyed { range, key }) if range.start == start && start < end => {
                    next = keyed.next();
                    (range.clone(), Some(*key))
                }
                Some(Keyed { range, .. }) => (start..range.start.min(end), None),
                None => (start..end, None),
            };
            start = part.end;
            (!part.is_empty()).then_some((part, key))
        })
    }

    // ---- stretches

    /// One stretch with the bytes of all these: of neighbours as they lie, else a copy at the tape's end.
    pub(super) fn join(&mut self, ranges: impl Iterator<Item = Range<u32>> + Clone) -> Range<u32> {
        let mut all = ranges.clone();
        let Some(mut stretch) = all.next() else {
            return 0..0;
        };
        if all.all(|range| std::mem::replace(&mut stretch.end, range.end) == range.start) {
            return stretch;
        }
        let start = self.position();
        for Range { start, end } in ranges {
            if let Some(key) = self.key_at(start) {
                let copy = self.position();
                self.keyed.push(Keyed { range: copy..copy + (end - start), key });
            }
            self.bytes.extend_from_within(start as usize..end as usize);
        }
        start..self.position()
    }

    /// The place of what is recorded next.
    pub(super) fn position(&self) -> u32 {
        self.bytes.len() as u32
    }

    pub(super) fn get(&self, range: &Range<u32>) -> &[u8] {
        &self.bytes[range.start as usize..range.end as usize]
    }

    /// Bytes that are on their way to a peer in this turn, wherever they lie.
    #[inline]
    pub(super) fn used(&self) -> usize {
        self.bytes.len() + self.apart
    }

    /// Begins again: everything on the tape is written, or was copied off it.
    pub(super) fn rewind(&mut self) {
        self.apart = 0;
        self.bytes.clear();
        self.keyed.clear();
        self.keyed.shrink_to(KEYS_KEPT);
        if self.bytes.capacity() > TAPE_KEPT {
            self.bytes = Vec::new();
        }
    }
}
