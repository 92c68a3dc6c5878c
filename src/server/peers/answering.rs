//! How requests are answered, at once or later.

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::SystemTime;

use super::{News, Peers};
use crate::handshake::{Answer, Body, Carried, Framing, Method, Refusal, Request, Upgrade};
use crate::server::peer_id::Slot;
use crate::server::requests::{Asked, RequestId, Wanted};
use crate::server::table::stage::{Cause, Stage};
use crate::server::{Delivery, PeerId};

/// # Answers that come later
impl Peers {
    /// The id of the request with which [`on_request`](crate::Handler::on_request) or
    /// [`on_body`](crate::Handler::on_body) has just been called, for an answer that comes [later](Answer::later). It
    /// is the same in both. Ask for it there: elsewhere no request waits under the id that this returns.
    pub fn request_id(&self, id: PeerId) -> RequestId {
        self.requests.latest(id)
    }

    /// Gives the answer to a request for which [`on_request`](crate::Handler::on_request) or
    /// [`on_body`](crate::Handler::on_body) returned [`Answer::later`].
    ///
    /// A page or a refusal is queued now. An answer that [reads the body](Answer::read_body) leads to `on_body` when
    /// that is whole, and not before this turn is over. An answer that accepts is carried out when no method of the
    /// handler is running, at the end of the turn, or of one soon after it where many are accepted together: then the
    /// 101 is queued, [`on_open`](crate::Handler::on_open) is called, and what the client has sent meanwhile is read.
    /// If the connection breaks just then, or the server stops, `on_open` does not come; nothing else does either.
    ///
    /// [`Delivery::Queued`] if the answer was taken. [`Delivery::Gone`], and nothing is sent, if this request does not
    /// wait: it has its answer, or [`on_request_gone`](crate::Handler::on_request_gone) has been called for it, or is
    /// about to be.
    pub fn answer_request(&mut self, request: RequestId, answer: Answer) -> Delivery {
        let slot = self.table.find(request.peer()).filter(|&slot| self.table.stage(slot) == Stage::Awaiting);
        let (Some(slot), Some((asked, wanted))) = (slot, self.requests.take(request)) else {
            return Delivery::Gone;
        };
        let id = request.peer();
        match (wanted, answer.body_limit()) {
            (Wanted::WebSocket(head), _) if answer.is_accept() => {
                self.accepted.push_back((id, answer, head));
            }
            (Wanted::WebSocket(_), _) => {
                self.counters.refused_by_application += 1;
                self.give_late(slot, answer, asked);
            }
            (Wanted::Body(head) | Wanted::Page(Some(head)), Some(limit)) => {
                self.requests.arrive(request, asked);
                self.news.push_back(News::BodyWanted { request, limit, head, asked });
            }
            (Wanted::Body(_), None) => {
                self.counters.pages += 1;
                self.give_late(slot, answer, asked);
            }
            (Wanted::Page(_) | Wanted::Arriving, _) => self.give_late(slot, answer, asked),
        }
        Delivery::Queued
    }

    /// What the answer that accepted this peer [carries](Answer::with). It is there in
    /// [`on_open`](crate::Handler::on_open), and only there; it can be taken out once. `None` if it carries nothing, or
    /// something of another type: then it stays.
    pub fn opened_with<T: Any + Send + Sync + Clone>(&mut self, id: PeerId) -> Option<T> {
        let (_, carried) = self.carried.take_if(|(of, carried)| *of == id && carried.is::<T>())?;
        carried.downcast::<T>().ok().map(Arc::unwrap_or_clone)
    }
}

impl Peers {
    /// A request is put to the application.
    pub(in crate::server) fn begin_request(&mut self) {
        self.requests.begin();
    }

    /// The application is called again for a request, as its body is whole.
    pub(in crate::server) fn resume_request(&mut self, request: RequestId) {
        self.requests.resume(request);
    }

    /// The client waits for this before it sends the body (RFC 9110 §10.1.1).
    pub(in crate::server) fn say_continue(&mut self, slot: Slot) {
        self.out.head(slot, 32, |out| out.extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n"));
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
        let keep_alive = asked.keep_alive && !self.stopping && self.is_listening();
        let owned = answer.response().body(asked.method).map_or(0, Body::owned);
        match self.out.has_room_for_page(slot, owned) {
            true => self.write_answer(slot, answer, asked.method, keep_alive),
            false => self.write_answer(slot, &self.own(busy()), asked.method, keep_alive),
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
        let answer = match refusal {
            Refusal::Draining => {
                Answer::from(refusal).header("Retry-After", &self.rest_of_drain().to_string())
            }
            _ => Answer::from(refusal),
        };
        self.write_answer(slot, &self.own(answer), method, false);
        self.step(slot, Cause::LastAnswer);
    }

    // ---- later

    /// The request that was begun last is answered later.
    pub(in crate::server) fn put_off(&mut self, slot: Slot, asked: Asked, wanted: Wanted) {
        self.requests.wait(self.table.id(slot), asked, wanted);
        self.step(slot, Cause::PutOff);
    }

    /// The client has asked for more than it has been answered, or has ended its side of TCP: no further request
    /// follows.
    pub(in crate::server) fn is_last_request(&mut self, slot: Slot) {
        self.requests.is_last(slot);
    }

    /// The bytes that are kept of a request that waits.
    pub(in crate::server) fn kept_of_request(&self, slot: Slot) -> usize {
        self.requests.kept(slot)
    }

    /// What the answer carries is there for the handler, or not any more.
    pub(in crate::server) fn carry(&mut self, id: PeerId, carried: Option<Carried>) {
        self.carried = carried.map(|carried| (id, carried));
    }

    fn give_late(&mut self, slot: Slot, answer: Answer, asked: Asked) {
        self.step(slot, Cause::Answered);
        if answer.is_accept() {
            let reason = match asked.method {
                Method::Get | Method::Head => Refusal::NotWebSocket,
                _ => Refusal::Method,
            };
            self.refuse(slot, reason, asked.method);
        } else if answer.is_later() {
            let mistaken = Answer::mistaken("an answer that is given later cannot be put off once more");
            self.give(slot, &mistaken, asked);
        } else if answer.body_limit().is_some() {
            let mistaken = Answer::mistaken("there is no body to be read, or it has been read");
            self.give(slot, &mistaken, asked);
        } else {
            self.give(slot, &answer, asked);
        }
    }

    /// The application takes too long. The next request, which may be another client's, comes on another connection.
    pub(super) fn give_up_waiting(&mut self, slot: Slot) {
        self.give_instead(slot, Answer::refuse(503, "it takes too long"));
    }

    /// What clients have sent that wait for their answers takes too much memory.
    pub(super) fn give_up_held(&mut self, slot: Slot) {
        self.counters.over_budget += 1;
        if self.requests.asked(slot).is_none() {
            return self.step(slot, Cause::CutOff);
        }
        self.give_instead(slot, busy());
    }

    /// The server goes down: no WebSocket is opened any more.
    pub(in crate::server) fn refuse_those_that_wait(&mut self, reason: Refusal) {
        for slot in self.table.in_stage(Stage::Awaiting) {
            if let Some(asked) = self.requests.asked(slot).filter(|_| self.awaits_web_socket(slot)) {
                self.step(slot, Cause::Answered);
                self.refuse(slot, reason, asked.method);
            }
        }
    }

    /// A request that still waits is over, and gets this. The connection ends.
    fn give_instead(&mut self, slot: Slot, answer: Answer) {
        if let Some(asked) = self.requests.asked(slot) {
            self.step(slot, Cause::Answered);
            self.give(slot, &self.own(answer), Asked { keep_alive: false, ..asked });
        }
    }

    /// An answer that is the server's and not the application's.
    pub(in crate::server) fn own(&self, answer: Answer) -> Answer {
        answer.with_lines(self.config.refusal_fields.lines())
    }

    // ---- writing

    fn write_answer(&mut self, slot: Slot, answer: &Answer, method: Method, keep_alive: bool) {
        let mut answer = Cow::Borrowed(answer);
        if let Some(fault) = answer.fault() {
            let id = self.table.id(slot);
            log::error!("{id} is answered with 500, as the application made a mistake: {fault}");
            answer = Cow::Owned(self.own(answer.into_owned()));
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
