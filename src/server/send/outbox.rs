//! What has not been written to a peer yet. An outbox allocates nothing while it is empty, nor while one stretch of the
//! tape is all that is queued: the common case of a turn.

use std::io::{self, ErrorKind, IoSlice};
use std::ops::Range;

use crate::server::accept::transport::Transport;
use crate::server::send::backlog::Backlog;
use crate::server::send::tape::{Piece, Tape};
use crate::server::tuning::KEYED;

#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// This turn's stretch, if it is all there is.
    stretch: Range<u32>,
    more: Option<Box<More>>,
}

/// What only a peer with several pieces, or with a full socket, needs.
#[derive(Debug, Default)]
struct More {
    backlog: Backlog,
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
        self.stretch.len() + self.more.as_ref().map_or(0, |more| more.backlog.queued())
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
        self.more.as_ref().map_or(0, |more| more.backlog.memory())
    }

    /// Does a page wait?
    pub(super) fn holds_page(&self) -> bool {
        self.more.as_ref().is_some_and(|more| more.backlog.holds_page())
    }

    /// May this many bytes be added? Only a full socket makes a peer slow: what is queued for any other is written
    /// before more is recorded than a send queue holds (`Outbound::make_room`). One message always fits an empty
    /// outbox.
    #[inline]
    pub(super) fn has_room_for(&self, length: usize, limit: usize) -> bool {
        let Some(more) = self.more.as_ref().filter(|more| more.blocked) else {
            return true;
        };
        let queued = self.stretch.len() + more.backlog.queued() + more.backlog.extra();
        queued == 0 || queued.saturating_add(length) <= limit
    }

    /// The same for a message with this key, which takes the place of an older one.
    pub(super) fn has_room_to_replace(&self, key: u64, length: usize, limit: usize) -> bool {
        let Some(more) = self.more.as_ref().filter(|more| more.blocked) else {
            return true;
        };
        let older = more.backlog.waits_with(key).map_or(0, |length| length + KEYED);
        let others = self.stretch.len() + more.backlog.queued() + more.backlog.extra() - older;
        others == 0 || others.saturating_add(length + KEYED) <= limit
    }

    #[inline]
    pub(super) fn push(&mut self, piece: &Piece) {
        if let Piece::Tape(range) = piece
            && self.more.as_ref().is_none_or(|more| more.backlog.is_empty())
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
        self.need_more().backlog.push(piece);
    }

    /// Queues a message with a key for a full socket. Returns how many it has replaced.
    pub(super) fn replace(&mut self, key: u64, message: &Piece, tape: &Tape) -> u64 {
        self.need_more().backlog.replace(key, message, tape)
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

    /// The socket is full: copies what is left of the tape, which is about to be rewound. Returns how many messages
    /// were replaced by newer ones.
    pub(super) fn keep(&mut self, tape: &Tape) -> u64 {
        self.more.as_mut().map_or(0, |more| more.backlog.keep(tape))
    }

    /// Writes until all is out or the socket takes no more; then what is left is to be [kept](Self::keep).
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
            more.behind = written < length;
            more.block();
            more.backlog.push_bytes(header);
            more.backlog.push_bytes(payload);
        }
        Ok(written)
    }

    /// From here on there is more to remember than one stretch.
    fn need_more(&mut self) -> &mut More {
        let stretch = std::mem::take(&mut self.stretch);
        let more = self.more.get_or_insert_default();
        if !stretch.is_empty() {
            more.backlog.push(&Piece::Tape(stretch));
        }
        more
    }

    fn write_pieces(&mut self, transport: &mut Transport, tape: &Tape) -> io::Result<Written> {
        let more = self.need_more();
        if !more.blocked {
            more.write(transport, tape)?;
        }
        more.behind = !more.backlog.is_empty();
        if !more.blocked && !transport.flush()? {
            more.block();
        }
        if more.blocked {
            return Ok(Written::Blocked);
        }
        let caught_up =
            CaughtUp { was_blocked: more.was_blocked, missed: more.told_slow.then_some(more.missed) };
        self.more = None;
        Ok(Written::All(caught_up))
    }
}

impl More {
    fn write(&mut self, transport: &mut Transport, tape: &Tape) -> io::Result<()> {
        while !self.blocked && !self.backlog.is_empty() {
            let (slices, count) = self.backlog.slices(tape);
            let written = retry_interrupted(|| transport.write_vectored(&slices[..count]))?;
            self.backlog.advance(written);
            if written == 0 {
                self.backlog.hold(transport.encrypted());
                self.block();
            }
        }
        Ok(())
    }

    fn block(&mut self) {
        self.blocked = true;
        self.was_blocked = true;
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
