//! How queues are written: one write for each peer with something to read, however many messages the turn brought. What
//! many thousands are to read is written over several turns.

use std::io;

use super::memberships::{EVERYBODY, TopicNumber};
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
        self.write_out(usize::MAX);
    }

    /// The turn ends: writes what is queued for one peer each, and what was published to a share of those who are to
    /// get it. The others get it in the next turns, so whoever says something then does not wait for all of them. Until
    /// then it is as if it had been published a moment ago: it stays on the tape, and noted with its topic.
    pub(in crate::server) fn flush_a_share(&mut self) {
        self.write_out(self.share);
    }

    fn write_out(&mut self, mut share: usize) {
        // First the peers for which something was queued alone: they can go on while the others are written to.
        let served = self.write_to_dirty(0);
        if !self.topics.are_silent() {
            let active = self.topics.active().to_vec();
            let places = active.iter().map(|&number| (number, self.fan_out(number, &mut share)));
            let unfinished: Vec<_> = places.filter_map(|(number, place)| Some((number, place?))).collect();
            self.write_to_dirty(served);
            if !unfinished.is_empty() {
                return self.go_on_later(&unfinished);
            }
        }
        for slot in self.dirty.drain(..).chain(self.ahead.drain(..)) {
            let way = &mut self.ways[slot.index()];
            way.dirty = false;
            way.queued_up_to = 0;
        }
        self.topics.fall_silent();
        self.tape.rewind();
    }

    /// Some members of these topics were not written to. What the others have got stays marked, until the tape is used
    /// again.
    fn go_on_later(&mut self, unfinished: &[(TopicNumber, usize)]) {
        for &slot in &self.dirty {
            self.ways[slot.index()].dirty = false;
        }
        self.ahead.append(&mut self.dirty);
        self.topics.go_on_with(unfinished);
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
    /// The others are left for later. If there are more than this share, it is used up, and where to go on is returned.
    fn fan_out(&mut self, number: TopicNumber, share: &mut usize) -> Option<usize> {
        let published = self.topics.published(number);
        let (first, last) = (published.first()?.range.start, published.last()?.range.start);
        let messages = published.len() as u64;
        let deflated_for_some = published.iter().any(|message| message.deflated_for_some);
        let stretch = Piece::Tape(self.tape.join(published.iter().map(|message| message.range.clone())));
        let may_be_left = self.member_count(number) > *share;
        let (begin, mut left) = (self.topics.place(number), None);
        for (from, to) in [(begin, usize::MAX), (0, begin)] {
            let mut place = from;
            while let Some(slot) = self.topics.next_member(number, &mut place)
                && place <= to
            {
                let way = &mut self.ways[slot.index()];
                if !way.accepts || way.dirty || way.queued_up_to > last {
                    continue;
                }
                // A full socket costs no write, and whether its queue has room is known now.
                if way.outbox.is_blocked() {
                    self.mark_dirty(slot);
                    continue;
                }
                if *share == 0 {
                    left.get_or_insert(place - 1);
                    continue;
                }
                *share -= 1;
                let is_alike = way.outbox.is_empty()
                    && way.queued_up_to <= first
                    && !self.topics.several_are_active_for(&way.topics)
                    && !(deflated_for_some && way.compression.is_agreed());
                if is_alike {
                    way.outbox.push(&stretch);
                    self.counts.messages += messages;
                    if may_be_left {
                        way.queued_up_to = self.tape.position();
                        self.ahead.push(slot);
                    }
                    self.write(slot);
                } else {
                    self.mark_dirty(slot);
                }
            }
        }
        left
    }

    fn member_count(&self, number: TopicNumber) -> usize {
        if number == EVERYBODY { self.open_count } else { self.topics.members(number).len() }
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
