//! The end of a turn: one write for each peer that has something to hear, however many messages the turn brought.

use std::io;

use crate::Message;
use crate::protocol::{encode_header, is_frame_of};
use crate::server::accept::transport::Transport;
use crate::server::peers::{Delivery, Peers};
use crate::server::send::outbox::Written;
use crate::server::send::tape::Piece;
use crate::server::send::topics::TopicNumber;
use crate::server::table::connection::Stage;
use crate::server::time::deadlines::{after, time_for};

/// Answers that leave together, at most.
const GROUP: usize = 48;

/// Bytes that leave together, if they are all answers: as much as stays in the first-level cache beside what was read.
const GROUP_LENGTH: u32 = 16 << 10;

impl Peers {
    /// Everybody hears what was said; then the tape is used again.
    pub(in crate::server) fn flush(&mut self) {
        // First those who have spoken, or were spoken to alone: they can go on while all the others are told.
        let served = self.serve_dirty(0);
        for number in self.topics.speaking().to_vec() {
            self.fan_out(number);
        }
        self.serve_dirty(served);
        for slot in self.dirty.drain(..) {
            let connection = self.connections.at(slot);
            connection.dirty = false;
            connection.heard = 0;
        }
        self.topics.fall_silent();
        self.tape.rewind();
        self.dismiss_cut_off();
    }

    /// Those who were marked, from one of them on; says how many there are.
    fn serve_dirty(&mut self, from: usize) -> usize {
        let mut served = from;
        while let Some(&slot) = self.dirty.get(served) {
            self.catch_up(slot);
            self.flush_one(slot);
            served += 1;
        }
        served
    }

    /// Answers that concern nobody else do not wait for the end of a turn of a thousand peers: they leave in groups, while
    /// the kernel's side of the connections, and the tape, are in the cache. One by one, each would wake a client that
    /// has fallen asleep over the one before.
    #[inline]
    pub(in crate::server) fn flush_answers(&mut self) {
        let is_group = self.dirty.len() >= GROUP || self.tape.position() >= GROUP_LENGTH;
        if is_group && self.topics.are_silent() && self.departed.is_empty() && self.drained.is_empty() {
            self.flush();
        }
    }

    /// The members of a topic who have heard nothing but what all of them heard: a write of the same bytes for each. The
    /// others are left for later.
    fn fan_out(&mut self, number: TopicNumber) {
        let said = self.topics.said(number);
        let messages = said.len() as u64;
        let deflated_for_some = said.iter().any(|said| said.deflated_for_some);
        let stretch = self.tape.join(said.iter().map(|said| said.range.clone()));
        let is_small = stretch.len() <= self.queue_limit();
        let stretch = Piece::Tape(stretch);
        let mut place = 0;
        while let Some(slot) = self.member(number, place) {
            let connection = self.connections.at(slot);
            if connection.stage == Stage::Open && !connection.dirty {
                let is_alike = is_small
                    && connection.outbox.is_empty()
                    && !self.topics.several_speak_to(&connection.topics)
                    && !(deflated_for_some && self.hears_deflated(slot));
                if is_alike {
                    self.connections.at(slot).outbox.push(&stretch);
                    self.counters.messages_out += messages;
                    self.flush_one(slot);
                } else {
                    self.mark_dirty(slot);
                }
            }
            place = self.next_place(number, place, slot);
        }
    }

    /// A large message for a peer for whom nothing waits, from where it lies. What the socket does not take is kept.
    pub(in crate::server) fn write_at_once(&mut self, slot: u32, message: Message<'_>) -> Delivery {
        let connection = self.connections.at(slot);
        let Some(transport) = &mut connection.transport else {
            return Delivery::Gone;
        };
        let slices = match is_frame_of(&self.heard, message) {
            true => [&[], &self.heard[..]],
            false => {
                let header = self.tape.record_apart(|out| encode_header(message, out));
                [self.tape.get(&header), message.as_bytes()]
            }
        };
        match connection.outbox.write_at_once(transport, slices) {
            Ok(written) => {
                let is_kept = connection.outbox.is_behind();
                self.counters.messages_out += 1;
                self.counters.bytes_out += written as u64;
                if is_kept {
                    self.charge_outbox(slot);
                }
                Delivery::Queued // behind nothing
            }
            Err(error) => {
                self.lose_to(slot, &error);
                Delivery::Gone
            }
        }
    }

    /// The peer has made room in a socket that was full.
    #[cold]
    fn note_progress(&mut self, slot: u32, progress: usize) {
        self.renew_patience(slot, progress);
        self.charge_outbox(slot);
        if self.connections.at(slot).stage == Stage::Opening {
            self.leave_by_proxy(slot);
        }
    }

    /// The peer has read so many bytes: it is slow, but it lives. One that is open may take its time, as a full queue
    /// ends that. Else what waits is all that keeps the connection, and each byte buys no more time than it may take:
    /// who reads one now and then has soon used up what there was to begin with.
    fn renew_patience(&mut self, slot: u32, progress: usize) {
        let id = self.connections.id_at(slot);
        let due = self.deadlines.due(id.index());
        let now = self.clock.now();
        let idle_until = after(now, self.config.keep_alive);
        let closed_by = after(now, self.config.close_within);
        let earned = time_for(progress);
        let outbox = &self.connections.at(slot).outbox;
        let (is_written, holds_page) = (outbox.queued() == 0, outbox.holds_page());
        let due = match self.connections.at(slot).stage {
            Stage::Open => return self.hear_from(id),
            Stage::Opening if is_written => idle_until,
            // A page may be long, and so are the steps in which the system tells that it was read.
            Stage::Opening => due.min(idle_until).saturating_add(earned),
            Stage::Ending if holds_page => due.min(idle_until).saturating_add(earned),
            Stage::Closing | Stage::Ending => due.saturating_add(earned).min(closed_by),
            Stage::Awaiting | Stage::Lingering | Stage::Dead | Stage::Vacant => return,
        };
        self.deadlines.set(id.index(), due);
    }

    /// The socket is full, and what waits is kept.
    #[cold]
    fn keep_waiting(&mut self, slot: u32, was_behind: bool) {
        let connection = self.connections.at(slot);
        // The last page has as much time as any other.
        if !was_behind && connection.stage == Stage::Ending && connection.outbox.holds_page() {
            self.set_deadline(self.connections.id_at(slot), self.config.keep_alive);
        }
        self.charge_outbox(slot);
    }

    pub(in crate::server) fn flush_one(&mut self, slot: u32) {
        let connection = self.connections.at(slot);
        let Some(transport) = connection.transport.as_mut().filter(|_| connection.stage != Stage::Dead)
        else {
            return;
        };
        let (before, was_behind) = (connection.outbox.queued(), connection.outbox.is_behind());
        let written = connection.outbox.write(transport, &self.tape);
        let progress = before - connection.outbox.queued();
        self.counters.bytes_out += progress as u64;
        if was_behind && progress > 0 {
            self.note_progress(slot, progress);
        }
        let connection = self.connections.at(slot);
        match written {
            Ok(Written::Blocked) => self.keep_waiting(slot, was_behind),
            Ok(Written::All { tell_drained }) => {
                if connection.stage == Stage::Ending {
                    match connection.transport.as_mut().map_or(Ok(true), Transport::close) {
                        Ok(true) => connection.stage = Stage::Lingering,
                        Ok(false) => return connection.outbox.block(),
                        Err(_) => return self.kill(slot),
                    }
                    if connection.input_ended {
                        return self.kill(slot);
                    }
                }
                let waits = std::mem::take(&mut connection.input_waits);
                let id = self.connections.id_at(slot);
                if waits {
                    self.unfinished.push(id);
                }
                if let Some(missed) = tell_drained {
                    self.drained.push_back((id, missed));
                }
            }
            Err(error) => self.lose_to(slot, &error),
        }
    }

    /// Writing has shown that the stream is broken.
    #[cold]
    fn lose_to(&mut self, slot: u32, error: &io::Error) {
        log::debug!("{}: {error}", self.connections.id_at(slot));
        self.lose(slot);
    }
}
