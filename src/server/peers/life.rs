//! A connection's life: the one place where it moves from stage to stage ([`Stage`] has the drawing), and what each
//! stage asks for.

use std::time::Duration;

use super::{News, Peers};
use crate::protocol::{Agreement, CloseCode, Event, ProtocolError, SendHalf};
use crate::server::accept::transport::Transport;
use crate::server::peer_id::Slot;
use crate::server::send::{CaughtUp, Fact};
use crate::server::table::marks::Mark;
use crate::server::table::stage::{Cause, Stage};
use crate::server::time::deadlines::{after, time_for};
use crate::server::{Departure, PeerId};

impl Peers {
    /// A connection has been accepted. `None` if it cannot be watched.
    pub(in crate::server) fn add(&mut self, mut transport: Transport) -> Option<PeerId> {
        let id = self.table.occupy();
        if let Err(error) = transport.register(self.registry.as_ref(), id.token()) {
            log::warn!("cannot watch a connection: {error}");
            self.table.vacate(id.slot());
            return None;
        }
        self.out.occupy(id.slot(), transport);
        self.counters.accepted += 1;
        self.set_deadline(id.slot(), self.config.handshake_within);
        Some(id)
    }

    /// The 101 has been queued.
    pub(in crate::server) fn open(&mut self, slot: Slot, agreement: Option<Agreement>) {
        self.out.open(slot, agreement);
        self.counters.opened += 1;
        self.step(slot, Cause::Upgraded);
        self.renew(slot);
    }

    /// Moves a connection on, and does what its new stage asks for.
    pub(in crate::server) fn step(&mut self, slot: Slot, cause: Cause) {
        let Some(before) = self.table.step(slot, cause) else {
            return;
        };
        let stage = self.table.stage(slot);
        if before == Stage::Open {
            self.out.shut(slot);
            self.round_trips.forget(slot);
            self.end_pause(slot);
        }
        if before == Stage::Awaiting {
            self.answered.push(self.table.id(slot));
        }
        let is_over = before == Stage::Opening && stage != Stage::Awaiting;
        if is_over || before == Stage::Awaiting && cause != Cause::BodyWanted {
            // It is taken when its answer comes.
            let gone = self.requests.forget(slot).map(News::RequestGone);
            self.news.extend(gone);
        }
        if before.is_websocket() && !stage.is_websocket() {
            let (id, departure) = (self.table.id(slot), cause.departure());
            log::debug!("{id} {departure}");
            self.news.push_back(News::Closed(id, departure));
        }
        match stage {
            Stage::Awaiting => {
                let patience = self.config.answer_within.unwrap_or(self.config.handshake_within);
                self.set_deadline(slot, patience);
            }
            Stage::Closing => self.set_deadline(slot, self.config.close_within),
            Stage::Ending => {
                self.out.end(slot);
                self.set_deadline(slot, self.config.close_within);
            }
            Stage::Vacant | Stage::Opening | Stage::Open | Stage::Lingering | Stage::Dead => {}
        }
    }

    /// Whatever ended it, what waits is read. Was there a pause?
    pub(super) fn end_pause(&mut self, slot: Slot) -> bool {
        let was_paused = self.table.unmark(slot, Mark::Paused);
        if was_paused {
            self.may_go_on.push(self.table.id(slot));
        }
        was_paused
    }

    // ---- the closing handshake

    /// Begins it, for an open peer.
    pub(super) fn begin_closing(&mut self, slot: Slot, code: CloseCode, reason: &str) {
        self.close_with(slot, Cause::CloseSent, |send, out| send.close(code, reason, out));
    }

    /// The peer's Close has come (RFC 6455 §5.5.1): answered unless ours was first, it completes the handshake.
    pub(in crate::server) fn receive_close(&mut self, slot: Slot, event: &Event<'_>, code: CloseCode) {
        let cause = Cause::Over(Departure::Closed(code));
        self.close_with(slot, cause, |send, out| send.answer(event, out));
    }

    /// The peer broke the protocol (RFC 6455 §7.1.7).
    pub(in crate::server) fn fail(&mut self, slot: Slot, error: ProtocolError) {
        self.counters.failed += 1;
        self.close_with(slot, Cause::Over(Departure::Failed(error)), |send, out| send.fail(error, out));
    }

    /// The server ends the WebSocket, and does not wait for the peer's Close.
    pub(super) fn give_up(&mut self, slot: Slot, code: CloseCode, reason: &str, departure: Departure) {
        self.close_with(slot, Cause::Over(departure), |send, out| send.close(code, reason, out));
    }

    /// A Close, after all that was published. If that is too much for the peer, its fate has a Close of its own.
    fn close_with(&mut self, slot: Slot, cause: Cause, write: impl FnOnce(&mut SendHalf, &mut Vec<u8>)) {
        self.out.queue_published(slot);
        if self.table.stage(slot) == Stage::Open && !self.out.accepts(slot) {
            return;
        }
        self.out.frame(slot, write);
        self.step(slot, cause);
    }

    /// The peer's side of TCP has ended.
    pub(in crate::server) fn end_input(&mut self, slot: Slot) {
        if self.awaits_web_socket(slot) {
            // A WebSocket needs both directions: this client has left.
            return self.step(slot, Cause::Lost);
        }
        // One that waits for a page reads still.
        self.requests.is_last(slot);
        self.step(slot, Cause::InputEnded);
    }

    // ---- what came of writing

    /// Writes all that is queued, and acts on what came of it.
    pub(in crate::server) fn flush(&mut self) {
        self.out.flush();
        self.act_on_facts();
    }

    /// Writes what is queued as far as this turn's share goes, and acts on what came of it.
    pub(in crate::server) fn flush_a_share(&mut self) {
        self.out.flush_a_share();
        self.act_on_facts();
    }

    /// Answers leave in groups, if nothing was published and the handler need not be called in between.
    #[inline]
    pub(in crate::server) fn flush_a_group(&mut self) {
        if self.out.has_a_group() && self.news.is_empty() {
            self.flush();
        }
    }

    /// The socket that was full has room again.
    pub(in crate::server) fn write_on(&mut self, slot: Slot) {
        self.out.resume(slot);
        self.act_on_facts();
    }

    /// Fates become stages. The loop calls this whenever a call of the handler is over, and when something was written.
    #[inline]
    pub(in crate::server) fn act_on_facts(&mut self) {
        while let Some((slot, fact)) = self.out.next_fact() {
            match fact {
                Fact::Broken => self.step(slot, Cause::Lost),
                Fact::TooSlow => {
                    self.counters.too_slow += 1;
                    let reason = "too slow: send queue full";
                    self.out.frame(slot, |send, out| send.close(CloseCode::POLICY, reason, out));
                    self.step(slot, Cause::Over(Departure::TooSlow));
                }
                Fact::CutOff => {
                    self.counters.too_slow += u64::from(self.table.stage(slot) != Stage::Dead);
                    self.step(slot, Cause::CutOff);
                }
                Fact::Blocked => self.give_the_last_page_time(slot),
                Fact::Progress(bytes) => self.renew_patience(slot, bytes),
                Fact::Written(caught_up) => self.all_is_written(slot, caught_up),
            }
        }
    }

    fn all_is_written(&mut self, slot: Slot, caught_up: CaughtUp) {
        match self.table.stage(slot) {
            // That was before more was queued in the same turn.
            Stage::Ending | Stage::Opening if self.out.queued(slot) > 0 => self.out.report_when_written(slot),
            Stage::Ending => match self.out.shut_down(slot) {
                Some(true) => self.step(slot, Cause::Written),
                Some(false) => {}
                None => self.step(slot, Cause::Lost),
            },
            Stage::Opening => self.leave_by_proxy(slot),
            _ => {}
        }
        let id = self.table.id(slot);
        self.may_go_on.push(id);
        if let Some(missed) = caught_up.missed {
            self.news.push_back(News::Drained(id, missed));
        }
    }

    // ---- going

    /// The server stops, and no request has begun: what is queued is written still. If there is nothing, TLS says
    /// goodbye, if it can do so at once.
    pub(in crate::server) fn leave_between_requests(&mut self, slot: Slot) {
        if self.out.queued(slot) > 0 {
            return self.step(slot, Cause::LastAnswer);
        }
        self.out.shut_down(slot);
        self.step(slot, Cause::Dropped);
    }

    /// The loop is over: whoever is still there is dropped.
    pub(in crate::server) fn lose_everybody(&mut self) {
        for slot in self.table.occupied() {
            self.step(slot, Cause::Lost);
        }
    }

    /// Drops a dead connection. Its id names nothing from now on.
    pub(in crate::server) fn vacate(&mut self, slot: Slot) {
        self.leave_address(slot);
        self.by_proxy.remove(&slot);
        self.out.vacate(slot);
        self.table.vacate(slot);
    }

    // ---- patience

    /// Gives a connection this much time from now, and never less: the turn may have begun long ago.
    pub(in crate::server) fn set_deadline(&mut self, slot: Slot, patience: Duration) {
        let due = after(self.clock.now(), patience);
        self.table.deadlines().set(slot, due);
    }

    /// The peer lives: its silence begins anew. A paused one may be as silent as it likes.
    #[inline]
    pub(in crate::server) fn renew(&mut self, slot: Slot) {
        if self.table.has(slot, Mark::Paused) {
            return;
        }
        self.table.unmark(slot, Mark::Grace);
        let due = self.now.saturating_add(self.silence);
        self.table.deadlines().set(slot, due);
    }

    /// The peer has read so many bytes: it is slow, but it lives. One that is open may take its time, as a full queue
    /// ends that. Else what waits is all that keeps the connection, and each byte earns no more time than reading it
    /// may take: a client that reads one byte now and then soon uses up the time that it had at first.
    fn renew_patience(&mut self, slot: Slot, progress: usize) {
        let due = self.table.deadlines().due(slot);
        let now = self.clock.now();
        let idle_until = after(now, self.config.keep_alive);
        let closed_by = after(now, self.config.close_within);
        let earned = time_for(progress);
        let (is_written, holds_page) = (self.out.queued(slot) == 0, self.out.holds_page(slot));
        let due = match self.table.stage(slot) {
            Stage::Open => return self.renew(slot),
            Stage::Opening if is_written => idle_until,
            // A page may be long, and the system reports what was read in long steps.
            Stage::Opening => due.min(idle_until).saturating_add(earned),
            Stage::Ending if holds_page => due.min(idle_until).saturating_add(earned),
            Stage::Closing | Stage::Ending => due.saturating_add(earned).min(closed_by),
            Stage::Awaiting | Stage::Lingering | Stage::Dead | Stage::Vacant => return,
        };
        self.table.deadlines().set(slot, due);
    }

    /// The last page of a connection has as much time as any other.
    fn give_the_last_page_time(&mut self, slot: Slot) {
        if self.table.stage(slot) == Stage::Ending && self.out.holds_page(slot) {
            self.set_deadline(slot, self.config.keep_alive);
        }
    }
}
