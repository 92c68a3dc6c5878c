//! How requests are answered, at once or later.

use std::time::SystemTime;

use super::Peers;
use crate::handshake::{Answer, Body, Framing, Method, Refusal, Request, Upgrade};
use crate::server::peer_id::Slot;
use crate::server::requests::{Asked, RequestId};
use crate::server::table::stage::{Cause, Stage};

impl Peers {
    /// A request is put to the application.
    pub(in crate::server) fn begin_request(&mut self) {
        self.requests.begin();
    }

    /// Accepts a WebSocket: queues the 101.
    pub(in crate::server) fn accept(
        &mut self,
        slot: Slot,
        answer: &Answer,
        request: &Request<'_>,
        upgrade: &Upgrade,
    ) {
        if request.subprotocols().next().is_some() && answer.chosen_subprotocol(request).is_none() {
            self.warn_of_subprotocols(slot, request);
        }
        self.out.head(slot, 512, |out| answer.write_upgrade(request, upgrade, out));
    }

    /// Gives the client its page; its connection is kept for another request, or ends. Returns which.
    pub(in crate::server) fn give(&mut self, slot: Slot, answer: &Answer, asked: Asked) -> KeepAlive {
        let keep_alive = asked.keep_alive && !self.stopping;
        let owned = answer.response().body(asked.method).map_or(0, Body::owned);
        match self.out.has_room_for_page(slot, owned) {
            true => self.write_answer(slot, answer, asked.method, keep_alive),
            false => self.write_answer(slot, &busy(), asked.method, keep_alive),
        }
        if keep_alive {
            self.set_deadline(slot, self.config.keep_alive);
            self.out.report_when_written(slot);
            KeepAlive::Yes
        } else {
            self.step(slot, Cause::LastAnswer);
            KeepAlive::No
        }
    }

    /// Answers with the reason, and ends the connection.
    pub(in crate::server) fn refuse(&mut self, slot: Slot, refusal: Refusal, method: Method) {
        log::debug!("{} refused with {}: {refusal}", self.table.id(slot), refusal.status());
        self.counters.count_refusal(refusal);
        self.write_answer(slot, &Answer::from(refusal), method, false);
        self.step(slot, Cause::LastAnswer);
    }

    // ---- later

    /// The request that was begun last is answered later.
    pub(in crate::server) fn put_off(&mut self, slot: Slot, asked: Asked) {
        self.requests.wait(self.table.id(slot), asked);
        self.step(slot, Cause::PutOff);
    }

    /// The client has asked for more than it has been answered, or has ended its side of TCP: no further request
    /// follows.
    pub(in crate::server) fn is_last_request(&mut self, slot: Slot) {
        self.requests.is_last(slot);
    }

    /// Gives the client the page that it has been waiting for. False if it is not.
    pub(super) fn give_awaited(&mut self, request: RequestId, answer: &Answer) -> bool {
        let slot = self.table.find(request.peer()).filter(|&slot| self.table.stage(slot) == Stage::Awaiting);
        let (Some(slot), Some(asked)) = (slot, self.requests.take(request)) else {
            return false;
        };
        self.step(slot, Cause::Answered);
        if answer.is_accept() || answer.is_later() {
            self.refuse(slot, Refusal::NotWebSocket, asked.method);
        } else {
            self.give(slot, answer, asked);
        }
        true
    }

    /// The application takes too long. The next request, which may be another client's, comes on another connection.
    pub(super) fn give_up_waiting(&mut self, slot: Slot) {
        if let Some(request) = self.requests.awaited(self.table.id(slot)) {
            self.requests.is_last(slot);
            self.give_awaited(request, &Answer::refuse(503, "it takes too long"));
        }
    }

    // ---- writing

    fn write_answer(&mut self, slot: Slot, answer: &Answer, method: Method, keep_alive: bool) {
        if let Some(fault) = answer.fault() {
            let id = self.table.id(slot);
            log::error!("{id} is answered with 500, as the application made a mistake: {fault}");
        }
        let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let framing = Framing::new().method(method).keep_alive(keep_alive).date(since_1970.as_secs());
        let response = answer.response();
        self.out.head(slot, response.head_length(), |out| response.write_head(framing, out));
        if let Some(body) = response.body(method) {
            self.out.body(slot, body);
        }
    }

    /// Many clients, and every browser, then fail the connection (RFC 6455 §4.1), and do not say why. One warning is
    /// enough.
    #[cold]
    fn warn_of_subprotocols(&mut self, slot: Slot, request: &Request<'_>) {
        let level = match std::mem::replace(&mut self.warned_of_subprotocols, true) {
            false => log::Level::Warn,
            true => log::Level::Debug,
        };
        let offered: Vec<&str> = request.subprotocols().take(8).collect();
        log::log!(
            level,
            "{} is let in, though none of its subprotocols is answered ({}): see Answer::subprotocol",
            self.table.id(slot),
            offered.join(", ").escape_debug()
        );
    }
}

/// May another request follow on the connection?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum KeepAlive {
    Yes,
    No,
}

/// Too much waits for clients that read slowly.
fn busy() -> Answer {
    Answer::refuse(503, "too much is being fetched at the moment").header("Retry-After", "5")
}
