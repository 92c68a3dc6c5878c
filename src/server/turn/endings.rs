//! Peers leave, and the handler is called for it; the server stops.

use super::EventLoop;
use crate::handshake::Refusal;
use crate::server::Handler;
use crate::server::peers::News;
use crate::server::table::stage::Stage;
use crate::server::time::deadlines::after;
use crate::server::tuning::OPENINGS_PER_TURN;

impl<M, H: Handler<M>> EventLoop<M, H> {
    /// The turn's end: the handler is called for what has happened, slots are freed, and what is queued is written.
    pub(super) fn settle(&mut self) {
        self.tell_the_handler();
        self.open_the_accepted();
        if self.peers.have_dead() {
            self.vacate_the_dead();
        }
        self.inbound.apply_new_limits(&mut self.peers);
        if self.peers.have_answers() {
            self.inbound.requests_are_answered(&mut self.peers, &mut self.handler);
        }
        self.peers.flush_a_share();
        if self.peers.may_go_on() {
            self.inbound.go_on_with(self.peers.take_those_that_may_go_on());
        }
    }

    /// Calls the handler for what has happened, until that causes no more.
    fn tell_the_handler(&mut self) {
        self.peers.act_on_facts();
        while let Some(news) = self.peers.next_news() {
            match news {
                News::BodyWanted { request, limit, head, asked } => {
                    self.inbound.read_body(
                        limit,
                        (&head, asked),
                        request,
                        &mut self.peers,
                        &mut self.handler,
                    );
                }
                News::RequestGone(request) => self.handler.on_request_gone(&mut self.peers, request),
                News::Closed(id, departure) => {
                    // The connection may linger, but a message that it had begun does not matter any more.
                    self.inbound.deafen(id.slot());
                    self.handler.on_close(&mut self.peers, id, departure);
                }
                News::Drained(id, missed) if self.peers.contains(id) => {
                    self.handler.on_drain(&mut self.peers, id, missed);
                }
                News::Drained(..) => {}
            }
            self.peers.act_on_facts();
        }
    }

    /// Opens those whose upgrade was accepted later. Where many are, the others have their turn in between.
    fn open_the_accepted(&mut self) {
        for _ in 0..OPENINGS_PER_TURN {
            let Some((id, answer, head)) = self.peers.next_accepted() else {
                return;
            };
            self.inbound.accept((answer, &head), id, &mut self.peers, &mut self.handler);
            self.tell_the_handler();
        }
    }

    fn vacate_the_dead(&mut self) {
        for slot in self.peers.take_dead() {
            if self.inbound.vacate(slot) {
                self.turning_away -= 1;
            }
            self.peers.vacate(slot);
            self.listeners.retry_now();
        }
    }

    pub(super) fn publish_counters(&mut self) {
        self.inbound.count_into(self.peers.count());
        self.published.publish(self.peers.counted());
    }

    // ---- going down

    /// Takes no more clients, drains, and stops, if that was asked for.
    pub(super) fn go_down(&mut self) {
        if let Some((over, code)) = self.letters.drain_was_asked() {
            self.peers.drain(over, code);
        }
        if self.letters.stop_was_asked() {
            self.peers.stop();
        }
        if self.peers.lets_listeners_go() {
            self.take_no_more();
        }
        if self.peers.begins_to_drain() {
            self.peers.refuse_those_that_wait(Refusal::Draining);
        }
        self.peers.go_on_draining(self.now);
        if self.peers.is_stopping() && self.stop_by.is_none() {
            self.begin_to_stop();
        }
    }

    fn take_no_more(&mut self) {
        self.listeners.close(self.peers.registry());
        for slot in self.peers.in_stage(Stage::Opening) {
            if self.inbound.opening(slot).is_some_and(|opening| opening.is_between_requests()) {
                self.peers.leave_between_requests(slot);
            }
        }
    }

    fn begin_to_stop(&mut self) {
        // What was posted before the request to stop is still carried out.
        self.letters.bell_has_rung();
        self.read_letters(self.peers.config().mailbox);
        self.stop_by = Some(after(self.clock.now(), self.peers.config().close_within));
        self.listeners.close(self.peers.registry());
        self.peers.say_goodbye();
        self.peers.refuse_those_that_wait(Refusal::Stopping);
        for slot in self.peers.in_stage(Stage::Opening) {
            match self.inbound.opening(slot) {
                Some(opening) if opening.is_mid_request() => {}
                _ => self.peers.leave_between_requests(slot),
            }
        }
    }

    /// Has the server stopped, and have all connections ended, or had the time to?
    pub(super) fn is_finished(&self) -> bool {
        let all_have_ended = self.peers.connections() == 0 && !self.peers.is_restless();
        self.stop_by.is_some_and(|stop_by| all_have_ended || self.horizon.reached() >= stop_by)
    }

    /// The loop is over. The handler's last calls: `on_close` for whoever is still there, as when the poll has failed,
    /// and `on_stop`.
    pub(super) fn end(&mut self) {
        self.peers.lose_everybody();
        self.settle();
        self.handler.on_stop(&mut self.peers);
        self.publish_counters();
    }
}
