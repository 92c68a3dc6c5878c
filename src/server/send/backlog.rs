//! The pieces that wait for one peer, in order. When its socket is full they are kept, off the tape: then each message
//! with a key is a piece of its own, and a newer one takes its place.
//!
//! ```text
//!   │ kept: on no tape                                 │ of this turn            │
//!   │ begun │ block │ key 7 │ key 9 │ block │ large    │ stretch │ large         │
//!                      ▲       ▲
//!   places:            7       9
//! ```

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};
use std::io::IoSlice;
use std::ops::Range;
use std::sync::Arc;

use crate::handshake::Body;
use crate::server::send::tape::{Key, Piece, Tape};
use crate::server::tuning::{BLOCK, KEYED, SLICES};

#[derive(Debug, Default)]
pub(super) struct Backlog {
    pieces: VecDeque<Waiting>,
    /// Bytes in all pieces that have not been written.
    queued: usize,
    /// Bytes of the first piece that have been written.
    written: usize,
    /// Memory that all of them take, without what is on the tape and what the application shares.
    memory: usize,
    /// So many pieces, from the first on, are kept.
    kept: usize,
    /// So many bytes behind those must stay what they are: a write has begun with them.
    begun: usize,
    /// Where the messages with a key are, among the pieces that are kept.
    places: Option<Box<Places>>,
}

#[derive(Debug, Default)]
struct Places {
    /// The number of the first piece. It goes up as pieces are written, and their numbers stay.
    first: u64,
    by_key: BTreeMap<u64, u64>,
}

#[derive(Debug)]
enum Waiting {
    Tape(Range<u32>),
    Shared(Arc<Vec<u8>>),
    Page(Body),
    Own(Vec<u8>),
    /// Wholly unwritten, once it is kept.
    Keyed(u64, Box<Waiting>),
}

impl Backlog {
    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    pub(super) fn queued(&self) -> usize {
        self.queued
    }

    pub(super) fn memory(&self) -> usize {
        self.memory
    }

    /// What keeping the messages with a key takes beside their bytes.
    pub(super) fn extra(&self) -> usize {
        self.places.as_ref().map_or(0, |places| places.by_key.len() * KEYED)
    }

    pub(super) fn holds_page(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Waiting::Page(_)))
    }

    /// Queues a piece behind the others.
    pub(super) fn push(&mut self, piece: &Piece) {
        self.queued += piece.len();
        match (self.pieces.back_mut(), piece) {
            (Some(Waiting::Tape(last)), Piece::Tape(range)) if last.end == range.start => {
                last.end = range.end
            }
            (_, Piece::Tape(range)) => self.pieces.push_back(Waiting::Tape(range.clone())),
            (_, Piece::Shared(bytes)) => self.add(Waiting::Shared(Arc::clone(bytes))),
            (_, Piece::Keyed(key, bytes)) => {
                self.add(Waiting::keyed(*key, Waiting::Shared(Arc::clone(bytes))))
            }
            (_, Piece::Page(body)) => self.add(Waiting::Page(body.clone())),
        }
    }

    /// A piece that is not on the tape.
    fn add(&mut self, piece: Waiting) {
        self.memory += piece.memory();
        self.pieces.push_back(piece);
    }

    // ---- writing

    /// What is to be written next, and in how many slices.
    pub(super) fn slices<'a>(&'a self, tape: &'a Tape) -> ([IoSlice<'a>; SLICES], usize) {
        let mut slices = [IoSlice::new(&[]); SLICES];
        let mut skipped = self.written;
        for (slice, piece) in slices.iter_mut().zip(&self.pieces) {
            *slice = IoSlice::new(&piece.bytes(tape)[std::mem::take(&mut skipped)..]);
        }
        (slices, self.pieces.len().min(SLICES))
    }

    /// Drops what has been written.
    pub(super) fn advance(&mut self, written: usize) {
        self.queued -= written;
        self.written += written;
        while let Some(first) = self.pieces.front() {
            let length = first.len();
            if self.written < length {
                return;
            }
            self.written -= length;
            self.memory -= first.memory();
            if let Some(Waiting::Keyed(key, _)) = self.pieces.pop_front()
                && self.kept > 0
            {
                self.forget(key);
            }
            self.kept = self.kept.saturating_sub(1);
            if let Some(places) = &mut self.places {
                places.first += 1;
            }
        }
    }

    /// The socket is full. What it has begun with stays what it is: a message of which a part is written, and the bytes
    /// behind it that are encrypted already.
    pub(super) fn hold(&mut self, encrypted: usize) {
        self.begun = self.written + encrypted;
        for place in 0..self.kept {
            if self.begun == 0 {
                return;
            }
            let piece = &self.pieces[place];
            self.begun = self.begun.saturating_sub(piece.len());
            if let &Waiting::Keyed(key, _) = piece {
                self.settle(key);
            }
        }
    }

    /// The message with this key, if one waits, stays what it is, and where it is.
    fn settle(&mut self, key: u64) {
        let Some(place) = self.forget(key) else { return };
        let piece = &mut self.pieces[place];
        if let Waiting::Keyed(_, message) = piece {
            *piece = std::mem::replace(message, Waiting::Own(Vec::new()));
            self.memory -= KEYED;
        }
    }

    /// Returns where the message with this key was.
    fn forget(&mut self, key: u64) -> Option<usize> {
        let places = self.places.as_mut()?;
        Some((places.by_key.remove(&key)? - places.first) as usize)
    }

    // ---- keeping

    /// Copies what lies on the tape, which is about to be rewound. Of the messages with a key only the newest are kept:
    /// returns how many were replaced.
    pub(super) fn keep(&mut self, tape: &Tape) -> u64 {
        let mut begun = std::mem::take(&mut self.begun);
        let mut replaced = 0;
        for piece in self.pieces.split_off(self.kept) {
            let length = piece.len();
            match piece {
                Waiting::Tape(stretch) => replaced += self.keep_stretch(&stretch, tape, begun),
                Waiting::Keyed(key, message) => {
                    self.memory -= KEYED + message.memory();
                    match begun {
                        0 => replaced += u64::from(self.put(key, *message)),
                        _ => self.add(*message),
                    }
                }
                other => self.pieces.push_back(other),
            }
            begun = begun.saturating_sub(length);
        }
        self.kept = self.pieces.len();
        replaced
    }

    fn keep_stretch(&mut self, stretch: &Range<u32>, tape: &Tape, mut begun: usize) -> u64 {
        let mut written = if self.pieces.is_empty() { std::mem::take(&mut self.written) } else { 0 };
        let mut replaced = 0;
        for (part, key) in tape.parts(stretch) {
            let (_, unwritten) = tape.get(&part).split_at(written.min(part.len()));
            match key {
                Some(Key::Replaces(key)) if begun == 0 => {
                    replaced += u64::from(self.put(key, Waiting::Own(unwritten.to_vec())));
                }
                _ => {
                    if let Some(Key::Stays(key)) = key {
                        self.settle(key);
                    }
                    self.keep_bytes(unwritten);
                }
            }
            written = written.saturating_sub(part.len());
            begun = begun.saturating_sub(part.len());
        }
        replaced
    }

    /// Fills the last block to its end before it begins another: what is kept costs no more than its length.
    fn keep_bytes(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let Some(Waiting::Own(block)) = self.pieces.back_mut().filter(|piece| piece.has_room()) else {
                // A block grows, unless one before it is full: then it will be so soon.
                let capacity = if matches!(self.pieces.back(), Some(Waiting::Own(_))) { BLOCK } else { 0 };
                self.pieces.push_back(Waiting::Own(Vec::with_capacity(capacity)));
                continue;
            };
            let (fits, rest) = bytes.split_at(bytes.len().min(BLOCK - block.len()));
            let length = block.len() + fits.len();
            if length > block.capacity() {
                // Doubles, as a `Vec` would, but never beyond the block.
                block.reserve_exact((2 * block.capacity()).clamp(length, BLOCK) - block.len());
            }
            block.extend_from_slice(fits);
            self.memory += fits.len();
            bytes = rest;
        }
    }

    /// Keeps bytes that were never on the tape, behind all others.
    pub(super) fn push_bytes(&mut self, bytes: &[u8]) {
        self.queued += bytes.len();
        self.keep_bytes(bytes);
        self.kept = self.pieces.len();
    }

    // ---- messages with a key

    /// How many bytes it would make room for if a message with this key were replaced.
    pub(super) fn waits_with(&self, key: u64) -> Option<usize> {
        let places = self.places.as_ref()?;
        let number = places.by_key.get(&key)?;
        Some(self.pieces[(number - places.first) as usize].len())
    }

    /// Keeps a message with a key at once. Returns how many were replaced.
    pub(super) fn replace(&mut self, key: u64, message: &Piece, tape: &Tape) -> u64 {
        let replaced = self.keep(tape);
        self.queued += message.len();
        let message = match message {
            Piece::Tape(range) => Waiting::Own(tape.get(range).to_vec()),
            Piece::Shared(bytes) | Piece::Keyed(_, bytes) => Waiting::Shared(Arc::clone(bytes)),
            Piece::Page(body) => Waiting::Page(body.clone()),
        };
        let is_replaced = self.put(key, message);
        self.kept = self.pieces.len();
        replaced + u64::from(is_replaced)
    }

    /// In the place of the one that waits, or behind all others.
    fn put(&mut self, key: u64, message: Waiting) -> bool {
        let message = Waiting::keyed(key, message);
        self.memory += message.memory();
        let places = self.places.get_or_insert_default();
        match places.by_key.entry(key) {
            Entry::Occupied(place) => {
                let older = &mut self.pieces[(place.get() - places.first) as usize];
                self.queued -= older.len();
                self.memory -= older.memory();
                *older = message;
                true
            }
            Entry::Vacant(place) => {
                place.insert(places.first + self.pieces.len() as u64);
                self.pieces.push_back(message);
                false
            }
        }
    }
}

impl Waiting {
    fn keyed(key: u64, message: Waiting) -> Waiting {
        Waiting::Keyed(key, Box::new(message))
    }

    fn has_room(&self) -> bool {
        matches!(self, Waiting::Own(block) if block.len() < BLOCK)
    }

    fn len(&self) -> usize {
        match self {
            Waiting::Tape(range) => range.len(),
            Waiting::Shared(bytes) => bytes.len(),
            Waiting::Page(body) => body.as_bytes().len(),
            Waiting::Own(bytes) => bytes.len(),
            Waiting::Keyed(_, message) => message.len(),
        }
    }

    fn bytes<'a>(&'a self, tape: &'a Tape) -> &'a [u8] {
        match self {
            Waiting::Tape(range) => tape.get(range),
            Waiting::Shared(bytes) => bytes,
            Waiting::Page(body) => body.as_bytes(),
            Waiting::Own(bytes) => bytes,
            Waiting::Keyed(_, message) => message.bytes(tape),
        }
    }

    /// A message that waits for several peers counts for each of them; what is on the tape, for none.
    fn memory(&self) -> usize {
        match self {
            Waiting::Tape(_) => 0,
            Waiting::Shared(bytes) => bytes.len(),
            Waiting::Page(body) => body.owned(),
            Waiting::Own(bytes) => bytes.len(),
            Waiting::Keyed(_, message) => KEYED + message.memory(),
        }
    }
}
