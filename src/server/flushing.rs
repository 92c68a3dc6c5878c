//! The end of a turn: one write for each peer that has something to hear, however many messages the turn brought.

use std::io;

use super::connection::Stage;
use super::outbox::Written;
use super::peers::{Delivery, Peers};
use super::tape::Piece;
use super::topics::TopicNumber;
use super::transport::Transport;
use crate::Message;
use crate::protocol::{encode_header, is_frame_of};

/// Answers that leave together, at most.
const GROUP: usize = 48;

/// Bytes that leave together, if they are all answers: as much as stays in the first-level cache beside what was read.
const GROUP_LENGTH: u32 = 16 << 10;

impl Peers {
    /// Everybody hears what was said; then the tape is used again.
    pub(super) fn flush(&mut self) {
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
    pub(super) fn flush_answers(&mut self) {
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
    pub(super) fn write_at_once(&mut self, slot: u32, message: Message<'_>) -> Delivery {
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
                self.counters.messages_out += 1;
                self.counters.bytes_out += written as u64;
                Delivery::Queued // behind nothing
            }
            Err(error) => {
                self.lose_to(slot, &error);
                Delivery::Gone
            }
        }
    }

    /// The peer has made room in a socket that was full: it is slow, but it lives, and it reads.
    fn renew_patience(&mut self, slot: u32) {
        let id = self.connections.id_at(slot);
        match self.connections.at(slot).stage {
            Stage::Open => self.hear_from(id),
            Stage::Opening => self.set_deadline(id, self.config.keep_alive),
            Stage::Awaiting => self.set_deadline(id, self.config.handshake_within),
            Stage::Closing | Stage::Ending => self.set_deadline(id, self.config.close_within),
            Stage::Lingering | Stage::Dead | Stage::Vacant => {}
        }
    }

    pub(super) fn flush_one(&mut self, slot: u32) {
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
            self.renew_patience(slot);
        }
        let connection = self.connections.at(slot);
        match written {
            Ok(Written::Blocked) => {}
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
