//! How queues are written: one write for each peer with something to read, however many messages the turn brought.

use std::io;

use super::memberships::TopicNumber;
use super::outbound::{Fact, Outbound};
use super::outbox::{CaughtUp, Written};
use super::tape::Piece;
use crate::Message;
use crate::protocol::message_header;
use crate::server::peer_id::Slot;
use crate::server::tuning::{GROUP, GROUP_LENGTH};

impl Outbound {
    /// Writes all that is queued; then the tape is used again.
    pub(in crate::server) fn flush(&mut self) {
        // First the peers for which something was queued alone: they can go on while the others are written to.
        let served = self.write_to_dirty(0);
        if !self.topics.are_silent() {
            for number in self.topics.active().to_vec() {
                self.fan_out(number);
            }
            self.write_to_dirty(served);
        }
        for slot in self.dirty.drain(..) {
            let way = &mut self.ways[slot.index()];
            way.dirty = false;
            way.queued_up_to = 0;
        }
        self.topics.fall_silent();
        self.tape.rewind();
    }

    /// Are there so many answers that they had better leave? Answers to one peer each do not wait for the end
    /// of a turn of a thousand peers: they leave in groups, while the kernel's side of the connections, and the tape,
    /// are in the cache. One by one, each would wake a client that sleeps again after the answer before.
    #[inline]
    pub(in crate::server) fn has_a_group(&self) -> bool {
        (self.dirty.len() >= GROUP || self.tape.position() >= GROUP_LENGTH) && self.topics.are_silent()
    }

    /// A writable event has come: the socket that was full has room again.
    pub(in crate::server) fn resume(&mut self, slot: Slot) {
        self.way(slot).outbox.unblock();
        self.write(slot);
    }

    /// Writes to the peers that were marked, from one of them on; returns how many there are.
    fn write_to_dirty(&mut self, from: usize) -> usize {
        let mut served = from;
        while let Some(&slot) = self.dirty.get(served) {
            self.queue_published(slot);
            self.write(slot);
            served += 1;
        }
        served
    }

    /// The members of a topic for whom nothing is queued but what all of them get: a write of the same bytes for each.
    /// The others are left for later.
    fn fan_out(&mut self, number: TopicNumber) {
        let published = self.topics.published(number);
        let messages = published.len() as u64;
        let deflated_for_some = published.iter().any(|message| message.deflated_for_some);
        let stretch = Piece::Tape(self.tape.join(published.iter().map(|message| message.range.clone())));
        let mut place = 0;
        while let Some(slot) = self.topics.next_member(number, &mut place) {
            let way = &mut self.ways[slot.index()];
            if !way.accepts || way.dirty {
                continue;
            }
            let is_alike = way.outbox.is_empty()
                && !self.topics.several_are_active_for(&way.topics)
                && !(deflated_for_some && way.compression.is_agreed());
            if is_alike {
                way.outbox.push(&stretch);
                self.counts.messages += messages;
                self.write(slot);
            } else {
                self.mark_dirty(slot);
            }
        }
    }

    /// Writes what is queued for one peer, until all of it is out or the socket takes no more.
    #[inline]
    fn write(&mut self, slot: Slot) {
        let way = &mut self.ways[slot.index()];
        let Some(transport) = &mut way.transport else {
            return;
        };
        let (before, was_behind) = (way.outbox.queued(), way.outbox.is_behind());
        let written = way.outbox.write(transport, &self.tape);
        let progress = before - way.outbox.queued();
        self.counts.bytes += progress as u64;
        let reports = way.reports;
        if was_behind && progress > 0 {
            self.note_progress(slot, progress);
        }
        match written {
            Ok(Written::All(caught_up)) if caught_up.was_blocked || caught_up.missed.is_some() || reports => {
                self.note_written(slot, caught_up);
            }
            Ok(Written::All(_)) => {}
            Ok(Written::Blocked) => self.keep_waiting(slot, was_behind),
            Err(error) => self.lose(slot, &error),
        }
    }

    /// Writes a message in front of which nothing waits.
    pub(super) fn write_at_once(&mut self, slot: Slot, message: Message<'_>) -> io::Result<()> {
        let way = &mut self.ways[slot.index()];
        let Some(transport) = &mut way.transport else {
            return Err(io::ErrorKind::NotConnected.into());
        };
        let header = message_header(message);
        let written = way.outbox.write_at_once(transport, [header.as_slice(), message.as_bytes()])?;
        self.counts.messages += 1;
        self.counts.bytes += written as u64;
        if way.outbox.is_blocked() {
            self.keep_waiting(slot, false);
        }
        Ok(())
    }

    #[cold]
    fn note_progress(&mut self, slot: Slot, progress: usize) {
        self.facts.push_back((slot, Fact::Progress(progress)));
        self.charge(slot);
    }

    #[cold]
    fn note_written(&mut self, slot: Slot, caught_up: CaughtUp) {
        self.way(slot).reports = false;
        self.facts.push_back((slot, Fact::Written(caught_up)));
        self.charge(slot);
    }

    /// The socket is full, and what waits is kept.
    #[cold]
    fn keep_waiting(&mut self, slot: Slot, was_behind: bool) {
        self.counts.replaced += self.ways[slot.index()].outbox.keep(&self.tape);
        if !was_behind {
            self.facts.push_back((slot, Fact::Blocked));
        }
        self.meters.queued().record_bytes(self.ways[slot.index()].outbox.queued());
        self.charge(slot);
    }

    /// Writing has shown that the stream is broken.
    #[cold]
    pub(super) fn lose(&mut self, slot: Slot, error: &io::Error) {
        log::debug!("a write has failed: {error}");
        self.drop_stream(slot);
        self.meet(slot, Fact::Broken);
    }
}
