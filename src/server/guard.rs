//! Where the application's code is called: a panic in it ends here, and costs one connection.
//!
//! [`Guarded`] is a [`Handler`] around the application's. The loop calls nothing else, so no panic of the application
//! passes through a half-done step of the server: `Peers` itself calls no code of the application. (A bug of our own in
//! `Peers` is caught here too, if a handler's call meets it; what it leaves half done stays so.)
//!
//! A catch costs a message 7 to 10 instructions (`benches/NOTES.md`, "a catch around each call").

use std::any::Any;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::config::OnPanic;
use super::departure::Departure;
use super::handler::{Handler, Refused};
use super::peer_id::PeerId;
use super::peers::Peers;
use super::requests::RequestId;
use super::timers::TimerId;
use crate::Message;
use crate::handshake::{Answer, Request};
use crate::protocol::CloseCode;

/// What the client receives. The text of a panic is for the log: it may name what is secret.
const REASON: &str = "the application failed";

pub(super) struct Guarded<H> {
    handler: H,
    on_panic: OnPanic,
}

/// The call panicked. That is logged and counted.
struct Panicked;

impl<H> Guarded<H> {
    pub(super) fn new(handler: H, on_panic: OnPanic) -> Self {
        Guarded { handler, on_panic }
    }

    /// The application's handler.
    #[cfg(feature = "testing")]
    pub(super) fn inner(&self) -> &H {
        &self.handler
    }

    /// The same, to change it between turns.
    #[cfg(feature = "testing")]
    pub(super) fn inner_mut(&mut self) -> &mut H {
        &mut self.handler
    }

    #[cfg(feature = "testing")]
    pub(super) fn into_inner(self) -> H {
        self.handler
    }

    #[cfg(feature = "testing")]
    pub(super) fn set_on_panic(&mut self, policy: OnPanic) {
        self.on_panic = policy;
    }

    /// Makes one call; `method` is the name under which a panic is logged, beside the peer that the call was for.
    ///
    /// The state that a panic leaves behind is the application's: the docs of `OnPanic` warn of it.
    #[inline]
    fn call<T>(
        &mut self,
        method: &str,
        peers: &mut Peers,
        id: Option<PeerId>,
        call: impl FnOnce(&mut H, &mut Peers) -> T,
    ) -> Result<T, Panicked> {
        match catch_unwind(AssertUnwindSafe(|| call(&mut self.handler, peers))) {
            Ok(result) => Ok(result),
            Err(payload) => Err(self.report(method, peers, id, payload)),
        }
    }

    #[cold]
    fn report(
        &self,
        method: &str,
        peers: &mut Peers,
        id: Option<PeerId>,
        payload: Box<dyn Any + Send>,
    ) -> Panicked {
        if self.on_panic == OnPanic::Unwind {
            resume_unwind(payload);
        }
        let text = text_of(&*payload);
        match id {
            Some(id) => log::error!("{method} panicked for {id}: {text}"),
            None => log::error!("{method} panicked: {text}"),
        }
        discard(payload);
        peers.count().panics += 1;
        Panicked
    }

    /// Makes a call for an open peer, which is closed if it panics.
    #[inline]
    fn call_for(
        &mut self,
        method: &str,
        peers: &mut Peers,
        id: PeerId,
        call: impl FnOnce(&mut H, &mut Peers),
    ) {
        if let Err(Panicked) = self.call(method, peers, Some(id), call) {
            peers.close(id, CloseCode::INTERNAL_ERROR, REASON);
        }
    }
}

impl<M, H: Handler<M>> Handler<M> for Guarded<H> {
    fn on_request(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) -> Answer {
        let answer =
            self.call("on_request", peers, Some(id), |handler, peers| handler.on_request(peers, id, request));
        answer.unwrap_or_else(|Panicked| peers.own(Answer::refuse(500, REASON)))
    }

    fn on_body(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>, body: &[u8]) -> Answer {
        let answer =
            self.call("on_body", peers, Some(id), |handler, peers| handler.on_body(peers, id, request, body));
        answer.unwrap_or_else(|Panicked| peers.own(Answer::refuse(500, REASON)))
    }

    fn on_request_gone(&mut self, peers: &mut Peers, request: RequestId) {
        let _ = self.call("on_request_gone", peers, Some(request.peer()), |handler, peers| {
            handler.on_request_gone(peers, request);
        });
    }

    fn on_refused(&mut self, peers: &mut Peers, refused: &Refused<'_>) {
        let _ = self.call("on_refused", peers, None, |handler, peers| handler.on_refused(peers, refused));
    }

    fn on_open(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) {
        self.call_for("on_open", peers, id, |handler, peers| handler.on_open(peers, id, request));
    }

    #[inline]
    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        self.call_for("on_message", peers, from, |handler, peers| handler.on_message(peers, from, message));
    }

    fn on_pong(&mut self, peers: &mut Peers, from: PeerId, payload: &[u8]) {
        self.call_for("on_pong", peers, from, |handler, peers| handler.on_pong(peers, from, payload));
    }

    fn on_drain(&mut self, peers: &mut Peers, id: PeerId, missed: u64) {
        self.call_for("on_drain", peers, id, |handler, peers| handler.on_drain(peers, id, missed));
    }

    fn on_close(&mut self, peers: &mut Peers, id: PeerId, departure: Departure) {
        let _ =
            self.call("on_close", peers, Some(id), |handler, peers| handler.on_close(peers, id, departure));
    }

    fn on_mail(&mut self, peers: &mut Peers, mail: M) {
        let _ = self.call("on_mail", peers, None, |handler, peers| handler.on_mail(peers, mail));
    }

    fn on_timer(&mut self, peers: &mut Peers, timer: TimerId) {
        let _ = self.call("on_timer", peers, None, |handler, peers| handler.on_timer(peers, timer));
    }

    fn on_tick(&mut self, peers: &mut Peers) {
        let _ = self.call("on_tick", peers, None, |handler, peers| handler.on_tick(peers));
    }

    fn on_stop(&mut self, peers: &mut Peers) {
        let _ = self.call("on_stop", peers, None, |handler, peers| handler.on_stop(peers));
    }
}

/// What `panic!` was given: `&str` without arguments, `String` with some.
fn text_of(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("(no text)")
}

/// Drops what the panic left. The application may have made a payload whose drop panics again: what that leaves is
/// forgotten, or this would have no end.
fn discard(payload: Box<dyn Any + Send>) {
    if let Err(next) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        mem::forget(next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caught(panics: impl FnOnce()) -> Box<dyn Any + Send> {
        catch_unwind(AssertUnwindSafe(panics)).expect_err("it panics")
    }

    #[test]
    fn a_panic_is_told_in_its_own_words_if_it_has_any() {
        assert_eq!(text_of(&*caught(|| panic!("a bug"))), "a bug");
        let number = 7;
        assert_eq!(text_of(&*caught(|| panic!("bug {number}"))), "bug 7");
        assert_eq!(text_of(&*caught(|| resume_unwind(Box::new(number)))), "(no text)");
    }

    #[test]
    fn a_payload_that_panics_when_it_is_dropped_ends_nothing() {
        struct Bomb(u32);
        impl Drop for Bomb {
            fn drop(&mut self) {
                if self.0 > 0 {
                    std::panic::panic_any(Bomb(self.0 - 1));
                }
            }
        }
        discard(caught(|| std::panic::panic_any(Bomb(3))));
    }
}
