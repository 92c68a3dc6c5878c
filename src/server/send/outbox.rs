//! What has not been written to a peer yet. An outbox allocates nothing while it is empty, nor while one stretch of the
//! tape is all that is queued: the common case of a turn.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice};
use std::ops::Range;
use std::sync::Arc;

use crate::handshake::Body;
use crate::server::accept::transport::Transport;
use crate::server::send::tape::{Piece, Tape};
use crate::server::tuning::{BLOCK, SLICES};

#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// This turn's stretch, if it is all there is.
    stretch: Range<u32>,
    more: Option<Box<More>>,
}

/// What only a peer with several pieces, or with a full socket, needs.
#[derive(Debug, Default)]
struct More {
    pieces: VecDeque<Waiting>,
    /// Bytes in all pieces that have not been written.
    queued: usize,
    /// Bytes of the first piece that have been written.
    written: usize,
    /// Memory that all of them take, without what is on the tape and what the application shares.
    memory: usize,
    /// The socket would not take more; a writable event comes when it does.
    blocked: bool,
    /// The socket has not taken everything since it was last blocked.
    behind: bool,
    /// The application knows that this peer is slow, and is owed an on_drain.
    told_slow: bool,
    /// The socket was full since all was written the last time.
    was_blocked: bool,
    /// Messages that were left out.
    missed: u64,
}

#[derive(Debug)]
enum Waiting {
    Tape(Range<u32>),
    Shared(Arc<Vec<u8>>),
    Page(Body),
    Own(Vec<u8>),
}

/// How a write went.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// All of it is out.
    All(CaughtUp),
    /// The rest waits for a writable event.
    Blocked,
}

/// What an outbox was before all of it was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::server) struct CaughtUp {
    /// Its socket was full.
    pub(in crate::server) was_blocked: bool,
    /// The application knows that the peer is slow; so many messages were left out since.
    pub(in crate::server) missed: Option<u64>,
}

impl Outbox {
    #[inline]
    pub(super) fn queued(&self) -> usize {
        self.stretch.len() + self.more.as_ref().map_or(0, |more| more.queued)
    }

    /// Is nothing queued, and nothing to be remembered?
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.stretch.is_empty() && self.more.is_none()
    }

    #[inline]
    pub(super) fn is_blocked(&self) -> bool {
        self.more.as_ref().is_some_and(|more| more.blocked)
    }

    /// Was the socket too full for what is queued, when it was last written to?
    #[inline]
    pub(super) fn is_behind(&self) -> bool {
        self.more.as_ref().is_some_and(|more| more.behind)
    }

    /// How much memory what waits takes, at the end of a turn.
    pub(super) fn memory(&self) -> usize {
        self.more.as_ref().map_or(0, |more| more.memory)
    }

    /// Does a page wait?
    pub(super) fn holds_page(&self) -> bool {
        self.more.as_ref().is_some_and(|more| more.pieces.iter().any(|it| matches!(it, Waiting::Page(_))))
    }

    /// May this many bytes be added? Only a full socket makes a peer slow: what is queued for any other is written
    /// before more is recorded than a send queue holds (`Outbound::make_room`). One message always fits an empty
    /// outbox.
    #[inline]
    pub(super) fn has_room_for(&self, length: usize, limit: usize) -> bool {
        let Some(more) = self.more.as_ref().filter(|more| more.blocked) else {
            return true;
        };
        let queued = self.stretch.len() + more.queued;
        queued == 0 || queued.saturating_add(length) <= limit
    }

    #[inline]
    pub(super) fn push(&mut self, piece: &Piece) {
        if let Piece::Tape(range) = piece
            && self.more.as_ref().is_none_or(|more| more.pieces.is_empty())
        {
            if self.stretch.is_empty() {
                self.stretch = range.clone();
                return;
            }
            if self.stretch.end == range.start {
                self.stretch.end = range.end;
                return;
            }
        }
        self.push_apart(piece);
    }

    /// Queues a piece behind others that are not one stretch with it.
    #[cold]
    fn push_apart(&mut self, piece: &Piece) {
        let more = self.need_more();
        more.queued += piece.len();
        match (more.pieces.back_mut(), piece) {
            (Some(Waiting::Tape(last)), Piece::Tape(range)) if last.end == range.start => {
                last.end = range.end
            }
            (_, Piece::Tape(range)) => more.pieces.push_back(Waiting::Tape(range.clone())),
            (_, Piece::Shared(bytes)) => more.push(Waiting::Shared(Arc::clone(bytes))),
            (_, Piece::Page(body)) => more.push(Waiting::Page(body.clone())),
        }
    }

    /// The application learns that the peer is slow: on_drain is owed.
    pub(super) fn tell_slow(&mut self) {
        self.more.get_or_insert_default().told_slow = true;
    }

    /// A message is left out.
    pub(super) fn miss(&mut self) {
        let more = self.more.get_or_insert_default();
        more.told_slow = true;
        more.missed += 1;
    }

    /// The socket is full, though there is nothing here: what waits is TLS's own.
    pub(super) fn block(&mut self) {
        self.more.get_or_insert_default().block();
    }

    /// A writable event has come.
    pub(super) fn unblock(&mut self) {
        if let Some(more) = &mut self.more {
            more.blocked = false;
        }
    }

    /// Writes until all is out or the socket takes no more; then copies what is left of the tape, which is about
    /// to be rewound.
    #[inline]
    pub(super) fn write(&mut self, transport: &mut Transport, tape: &Tape) -> io::Result<Written> {
        if self.more.is_some() {
            return self.write_pieces(transport, tape);
        }
        let stretch = std::mem::take(&mut self.stretch);
        let bytes = tape.get(&stretch);
        let written = if bytes.is_empty() { 0 } else { retry_interrupted(|| transport.write(bytes))? };
        if written == bytes.len() && transport.flush()? {
            return Ok(Written::All(CaughtUp::default()));
        }
        self.stretch = stretch.start + written as u32..stretch.end;
        self.write_pieces(transport, tape)
    }

    /// Writes a message in front of which nothing waits. Keeps what the socket does not take; returns how much it took.
    pub(super) fn write_at_once(
        &mut self,
        transport: &mut Transport,
        [header, payload]: [&[u8]; 2],
    ) -> io::Result<usize> {
        let (mut header, mut payload) = (header, payload);
        let length = header.len() + payload.len();
        while !payload.is_empty() {
            let slices = [IoSlice::new(header), IoSlice::new(payload)];
            let written = retry_interrupted(|| match header {
                [] => transport.write(payload),
                _ => transport.write_vectored(&slices),
            })?;
            if written == 0 {
                break;
            }
            let of_header = written.min(header.len());
            header = &header[of_header..];
            payload = &payload[written - of_header..];
        }
        let written = length - header.len() - payload.len();
        if written < length || !transport.flush()? {
            let more = self.need_more();
            more.queued = length - written;
            more.behind = written < length;
            more.block();
            more.keep(header);
            more.keep(payload);
        }
        Ok(written)
    }

    /// From here on there is more to remember than one stretch.
    fn need_more(&mut self) -> &mut More {
        let stretch = std::mem::take(&mut self.stretch);
        let more = self.more.get_or_insert_default();
        if !stretch.is_empty() {
            more.queued += stretch.len();
            more.pieces.push_back(Waiting::Tape(stretch));
        }
        more
    }

    fn write_pieces(&mut self, transport: &mut Transport, tape: &Tape) -> io::Result<Written> {
        let more = self.need_more();
        while !more.blocked && !more.pieces.is_empty() {
            let mut slices = [IoSlice::new(&[]); SLICES];
            let mut skipped = more.written;
            for (slice, piece) in slices.iter_mut().zip(&more.pieces) {
                *slice = IoSlice::new(&piece.bytes(tape)[std::mem::take(&mut skipped)..]);
            }
            let count = more.pieces.len().min(SLICES);
            let written = retry_interrupted(|| transport.write_vectored(&slices[..count]))?;
            more.queued -= written;
            if written == 0 {
                more.block();
            }
            more.advance(written, tape);
        }
        more.behind = !more.pieces.is_empty();
        if !more.blocked && !transport.flush()? {
            more.block();
        }
        if more.blocked {
            more.keep_tape(tape);
            return Ok(Written::Blocked);
        }
        let caught_up =
            CaughtUp { was_blocked: more.was_blocked, missed: more.told_slow.then_some(more.missed) };
        self.more = None;
        Ok(Written::All(caught_up))
    }
}

impl More {
    fn block(&mut self) {
        self.blocked = true;
        self.was_blocked = true;
    }

    /// A piece that is not on the tape.
    fn push(&mut self, piece: Waiting) {
        self.memory += piece.memory();
        self.pieces.push_back(piece);
    }

    /// Drops what has been written.
    fn advance(&mut self, written: usize, tape: &Tape) {
        self.written += written;
        while let Some(first) = self.pieces.front() {
            let length = first.bytes(tape).len();
            if self.written < length {
                return;
            }
            self.written -= length;
            self.memory -= first.memory();
            self.pieces.pop_front();
        }
    }

    /// Copies what lies on the tape.
    fn keep_tape(&mut self, tape: &Tape) {
        let is_tape = |piece: &Waiting| matches!(piece, Waiting::Tape(_));
        let first = self.pieces.iter().position(is_tape).unwrap_or(self.pieces.len());
        let mut skipped = if first == 0 { std::mem::take(&mut self.written) } else { 0 };
        for piece in self.pieces.split_off(first) {
            match piece {
                Waiting::Tape(range) => self.keep(&tape.get(&range)[std::mem::take(&mut skipped)..]),
                other => self.pieces.push_back(other),
            }
        }
    }

    /// Fills the last block to its end before it begins another: what is kept costs no more than its length.
    fn keep(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let Some(Waiting::Own(block)) = self.pieces.back_mut().filter(|piece| piece.has_room()) else {
                // Only the first block grows: the others will be full soon.
                let capacity = if self.pieces.is_empty() { 0 } else { BLOCK };
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
}

impl Waiting {
    fn has_room(&self) -> bool {
        matches!(self, Waiting::Own(block) if block.len() < BLOCK)
    }

    fn bytes<'a>(&'a self, tape: &'a Tape) -> &'a [u8] {
        match self {
            Waiting::Tape(range) => tape.get(range),
            Waiting::Shared(bytes) => bytes,
            Waiting::Page(body) => body.as_bytes(),
            Waiting::Own(bytes) => bytes,
        }
    }

    /// A message that waits for several peers counts for each of them; what is on the tape, for none.
    fn memory(&self) -> usize {
        match self {
            Waiting::Tape(_) => 0,
            Waiting::Shared(bytes) => bytes.len(),
            Waiting::Page(body) => body.owned(),
            Waiting::Own(bytes) => bytes.len(),
        }
    }
}

/// A socket that would block has taken nothing.
fn retry_interrupted(mut write: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match write() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(0),
            result => return result,
        }
    }
}
