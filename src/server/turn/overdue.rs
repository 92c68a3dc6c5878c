//! What becomes of connections whose time is up, and the application's tick.
//!
//! No peer is given up before everything has been read that had arrived by then
//! ([`Horizon`](crate::server::time::horizon::Horizon)), and before what waits for it has been offered to its socket
//! once more: that the loop was late is not the peer's fault.

use super::EventLoop;
use crate::server::peer_id::Slot;
use crate::server::table::marks::Mark;
use crate::server::table::stage::Stage;
use crate::server::time::deadlines::Tick;
use crate::server::tuning::{MERCY, NO_MERCY, STANDSTILL, TIMERS_PER_TURN};
use crate::server::{Handler, PeerId};

impl<M, H: Handler<M>> EventLoop<M, H> {
    pub(super) fn keep_time(&mut self) {
        let reached = self.horizon.reached();
        if let Some(earliest) = self.peers.earliest_deadline().filter(|&earliest| earliest <= reached) {
            if reached - earliest >= STANDSTILL && reached >= self.no_mercy_before {
                self.no_mercy_before = reached.saturating_add(NO_MERCY);
                let then = self.clock.now().saturating_add(MERCY);
                self.peers.deadlines().postpone(reached, then);
            } else {
                self.give_up_the_overdue(reached);
            }
        }
        if self.stop_by.is_some_and(|stop_by| stop_by <= reached) {
            // No peer has more time than the server.
            for stage in [Stage::Opening, Stage::Awaiting, Stage::Closing] {
                for slot in self.peers.in_stage(stage) {
                    self.peers.expire(slot);
                }
            }
        }
        if self.ticker.as_mut().is_some_and(|ticker| ticker.is_due(self.now)) {
            self.handler.on_tick(&mut self.peers);
            self.peers.act_on_facts();
        }
        self.call_timers();
    }

    /// Timers that are set meanwhile come in a later turn, however short they are; and so do those that are too many
    /// for one.
    fn call_timers(&mut self) {
        let latest = self.peers.latest_timer();
        for _ in 0..TIMERS_PER_TURN {
            let Some(timer) = self.peers.take_due_timer(self.now, latest) else {
                return;
            };
            self.handler.on_timer(&mut self.peers, timer);
            self.peers.act_on_facts();
        }
    }

    fn give_up_the_overdue(&mut self, reached: Tick) {
        // A peer that reads what was written to a full socket shows a sign of life.
        self.settle();
        let expired = self.peers.deadlines().expired(reached);
        let is_awaiting = |&slot: &Slot| self.peers.stage(slot) == Stage::Awaiting;
        if self.letters.is_waiting() && expired.iter().any(is_awaiting) {
            // The page may be among the letters.
            self.read_letters(self.peers.config().mailbox);
        }
        for slot in expired {
            if self.peers.stage(slot) != Stage::Vacant && !self.has_more_time(slot, reached) {
                self.give_up(slot);
            }
        }
    }

    /// Gives up a connection whose deadline has passed, unless it has a new one by now.
    fn give_up(&mut self, slot: Slot) {
        if self.peers.deadlines().is_set(slot) {
            return;
        }
        let opening = self.inbound.opening(slot).filter(|opening| opening.is_mid_request());
        match opening {
            Some(opening) if self.peers.stage(slot) == Stage::Opening => {
                opening.time_out(self.peers.id(slot), &mut self.peers, &mut self.handler);
                self.peers.act_on_facts();
            }
            _ => self.peers.expire(slot),
        }
    }

    /// Gives up a connection whose TLS handshake had its last turn, unless the peer waits for us: for the answer that
    /// is written now. A handshake has but two or three such steps.
    pub(super) fn give_up_shaking(&mut self, slot: Slot) {
        if self.peers.out().transport(slot).is_some_and(|transport| transport.has_output()) {
            let then = self.clock.now().saturating_add(MERCY);
            self.peers.deadlines().set(slot, then);
        } else {
            self.give_up(slot);
        }
    }

    /// Is there something of this peer that has not been read, or can be written? Each gets this but once or twice.
    fn has_more_time(&mut self, slot: Slot, reached: Tick) -> bool {
        if self.inbound.grant_last_turn(slot) {
            return true;
        }
        if self.peers.is_blocked(slot) {
            // No time is left to the peer. Only bytes that it turns out to have read give it more.
            self.peers.deadlines().set(slot, reached);
            self.peers.write_on(slot);
            if self.peers.deadlines().due(slot) > reached {
                return true;
            }
            self.peers.deadlines().clear(slot);
            return false;
        }
        let reads_on = matches!(self.peers.stage(slot), Stage::Opening | Stage::Closing);
        let id: PeerId = self.peers.id(slot);
        if reads_on && !self.peers.has(slot, Mark::Grace) && self.inbound.is_unfinished(id) {
            self.peers.mark(slot, Mark::Grace);
            self.peers.set_deadline(slot, self.peers.config().close_within);
            return true;
        }
        false
    }
}
