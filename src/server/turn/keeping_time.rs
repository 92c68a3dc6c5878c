//! What becomes of those whose time is up, and the application's tick.
//!
//! Nobody is given up before everything has been read that had arrived by then ([`horizon`](crate::server::time::horizon)), and before what
//! waits for them has been offered to their socket once more: whatever made the loop late is not their fault.

use crate::server::accept::transport::Transport;
use crate::server::receive::inbound::Inbound;
use crate::server::table::connection::{InLine, Stage};
use crate::server::time::deadlines::Tick;
use crate::server::turn::event_loop::EventLoop;
use crate::server::{Handler, PeerId};

/// Ticks by which a turn is so late that some of those who are overdue had no chance to answer: in the midst of a TLS
/// handshake, it was our turn.
const STANDSTILL: Tick = 3;

/// Ticks that they get from then on: some round trips.
const MERCY: Tick = 10;

/// Ticks before the loop may be forgiven its lateness again: so a server that is always late finds out who is dead.
const NO_MERCY: Tick = 600;

impl<M, H: Handler<M>> EventLoop<M, H> {
    pub(in crate::server) fn keep_time(&mut self) {
        let reached = self.horizon.reached();
        if let Some(earliest) = self.peers.deadlines.earliest().filter(|&earliest| earliest <= reached) {
            if reached - earliest >= STANDSTILL && reached >= self.no_mercy_before {
                self.no_mercy_before = reached.saturating_add(NO_MERCY);
                self.peers.deadlines.postpone(reached, self.clock.now().saturating_add(MERCY));
            } else {
                self.give_up_the_overdue(reached);
            }
        }
        if self.stop_by.is_some_and(|stop_by| stop_by <= reached) {
            // Nobody has more time than the server.
            for id in self.peers.connections.in_stage(Stage::Closing) {
                self.peers.expire(id);
            }
        }
        if self.ticker.as_mut().is_some_and(|ticker| ticker.is_due(self.now)) {
            self.handler.on_tick(&mut self.peers);
        }
    }

    fn give_up_the_overdue(&mut self, reached: Tick) {
        // Whoever takes what was written to a socket that was full shows signs of life.
        self.settle();
        let expired = self.peers.deadlines.expired(reached);
        let is_awaiting = |&slot: &u32| self.peers.connections.at(slot).stage == Stage::Awaiting;
        if self.letters.is_waiting() && expired.iter().any(is_awaiting) {
            // The page may be among the letters.
            self.read_letters(self.peers.config.mailbox);
        }
        for slot in expired {
            let id = self.peers.connections.id_at(slot);
            if !self.has_more_time(id, reached) {
                self.give_up(id);
            }
        }
    }

    /// Gives up a connection whose deadline has passed, unless it has a new one by now.
    pub(in crate::server) fn give_up(&mut self, id: PeerId) {
        if self.peers.deadlines.is_set(id.index()) {
            return;
        }
        let is_opening = self.peers.connections.get(id).is_some_and(|peer| peer.stage == Stage::Opening);
        match &self.inbound[id.index()] {
            Inbound::Opening(opening) if is_opening && opening.is_mid_request() => {
                opening.time_out(id, &mut self.peers, &mut self.handler);
            }
            _ => self.peers.expire(id),
        }
    }

    /// Gives up one whose TLS handshake had its last turn, unless it was the peer that waited: for what is answered now.
    /// A handshake has but two or three such steps.
    pub(in crate::server) fn give_up_shaking(&mut self, id: PeerId) {
        let peer = self.peers.connections.get(id);
        if peer.and_then(|peer| peer.transport.as_ref()).is_some_and(Transport::has_output) {
            self.peers.deadlines.set(id.index(), self.clock.now().saturating_add(MERCY));
        } else {
            self.give_up(id);
        }
    }

    /// Is there something of this peer that has not been read, or can be written? Each gets this but once or twice.
    fn has_more_time(&mut self, id: PeerId, reached: Tick) -> bool {
        let Some(connection) = self.peers.connections.get_mut(id) else {
            return true; // nobody is there any more
        };
        if connection.in_line == InLine::Yes {
            connection.in_line = InLine::ForTheLastTime;
            return true;
        }
        if connection.outbox.is_blocked() {
            connection.outbox.unblock();
            // What it turns out to have read adds to what is left of its time: nothing.
            self.peers.deadlines.set(id.index(), reached);
            self.peers.flush_one(id.slot);
            if self.peers.deadlines.due(id.index()) > reached {
                return true;
            }
            self.peers.deadlines.clear(id.index());
            return false;
        }
        let reads_on = matches!(connection.stage, Stage::Opening | Stage::Closing);
        if reads_on && !connection.last_call && self.peers.unfinished.contains(&id) {
            connection.last_call = true;
            self.peers.set_deadline(id, self.peers.config.close_within);
            return true;
        }
        false
    }
}
