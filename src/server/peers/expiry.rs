//! What becomes of a connection whose deadline has passed, or of which too much is kept.

use std::time::Duration;

use super::Peers;
use crate::protocol::CloseCode;
use crate::server::Departure;
use crate::server::peer_id::Slot;
use crate::server::table::marks::Mark;
use crate::server::table::stage::{Cause, Stage};
use crate::server::time::deadlines::ticks;

impl Peers {
    /// A deadline has passed.
    pub(in crate::server) fn expire(&mut self, slot: Slot) {
        match self.table.stage(slot) {
            // It was paused in this very turn.
            Stage::Open if self.table.has(slot, Mark::Paused) => {}
            Stage::Open if !self.table.has(slot, Mark::Grace) => self.ask_for_a_pong(slot),
            Stage::Open => {
                self.counters.timed_out += 1;
                let reason = "no pong in time";
                self.give_up(slot, CloseCode::INTERNAL_ERROR, reason, Departure::TimedOut);
                // The peer seems to be gone: the Close is tried once, and not waited for.
                self.set_deadline(slot, Duration::ZERO);
            }
            Stage::Awaiting => self.give_up_waiting(slot),
            _ => self.step(slot, Cause::Expired),
        }
    }

    /// The peer holds most of what all unfinished messages, and all that is held, may take.
    pub(in crate::server) fn give_up_unfinished(&mut self, slot: Slot) {
        match self.table.stage(slot) {
            Stage::Open => {
                self.counters.over_budget += 1;
                let reason = "the memory for unfinished messages is used up: try again later";
                self.give_up(slot, CloseCode::TRY_AGAIN_LATER, reason, Departure::OverBudget);
            }
            Stage::Awaiting => self.give_up_held(slot),
            _ => self.step(slot, Cause::Over(Departure::OverBudget)),
        }
    }

    /// The peer has been silent: it gets a Ping, and some time to answer it (RFC 6455 §5.5.2).
    fn ask_for_a_pong(&mut self, slot: Slot) {
        self.table.mark(slot, Mark::Grace);
        let stamp = self.stamp(slot);
        self.out.frame(slot, |send, out| send.ping(&stamp, out));
        // A tick has just begun, so nothing is lost by counting from it: silence and pong add up exactly.
        let due = self.clock.now().saturating_add(ticks(self.config.pong_within).max(1));
        self.table.deadlines().set(slot, due);
    }
}
