//! The body of a request, if the application reads it (RFC 9112 §6).

use super::request::{reread, turn_down};
use crate::Answer;
use crate::handshake::{BodyReader, Refusal, Request};
use crate::server::accept::origin::Origin;
use crate::server::peers::KeepAlive;
use crate::server::requests::{Asked, RequestId, Wanted};
use crate::server::{Handler, PeerId, Peers, Refused};

/// A body that is on its way.
#[derive(Debug)]
pub(super) struct Arriving {
    /// The request's head: the handler is shown the request again.
    head: Box<[u8]>,
    reader: BodyReader,
    request: RequestId,
}

/// What has come of it.
pub(super) enum Body {
    Arriving(Box<Arriving>),
    /// The request has its answer, or gets it later. May another request follow?
    Over(KeepAlive),
}

/// Has the client sent something of the body while its request waited?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begun {
    Yes,
    No,
}

impl Arriving {
    /// May it come in chunks of a few bytes?
    pub(super) fn is_chunked(&self) -> bool {
        self.reader.is_chunked()
    }

    /// How much memory it takes.
    pub(super) fn memory(&self) -> usize {
        self.head.len() + self.reader.memory()
    }

    /// Takes what has arrived. What is left in the input follows the body.
    pub(super) fn receive<M>(
        mut self: Box<Self>,
        input: &mut &mut [u8],
        origin: &Origin,
        id: PeerId,
        peers: &mut Peers,
        handler: &mut impl Handler<M>,
    ) -> Body {
        let body = match self.reader.next(input) {
            Ok(None) => return Body::Arriving(self),
            Ok(Some(body)) => Ok(body),
            Err(reason) => Err(reason),
        };
        let request = reread(&self.head, origin, peers.config());
        let keep_alive = request.wants_keep_alive() && input.is_empty();
        let asked = Asked { method: request.method(), keep_alive };
        Body::Over(match body {
            Ok(body) => {
                peers.resume_request(self.request);
                put_to_the_application(body, &request, asked, id, peers, handler)
            }
            Err(reason) => turn_down(peers, id, &Refused::request(reason, &request), handler),
        })
    }

    /// It is not read any further, for this reason.
    pub(super) fn turn_down<M>(
        &self,
        reason: Refusal,
        origin: &Origin,
        id: PeerId,
        peers: &mut Peers,
        handler: &mut impl Handler<M>,
    ) {
        let request = reread(&self.head, origin, peers.config());
        turn_down(peers, id, &Refused::request(reason, &request), handler);
    }
}

/// The application asks for the body of this request, at once or later. Some of it, or all, may be in the input.
pub(super) fn read<M>(
    (limit, begun): (usize, Begun),
    input: &mut &mut [u8],
    (request, asked): (&Request<'_>, Asked),
    request_id: RequestId,
    peers: &mut Peers,
    handler: &mut impl Handler<M>,
) -> Body {
    let id = request_id.peer();
    let mut reader = match BodyReader::new(request, limit) {
        Ok(reader) => reader,
        Err(reason) => return Body::Over(turn_down(peers, id, &Refused::request(reason, request), handler)),
    };
    peers.set_deadline(id.slot(), peers.config().body_within);
    match reader.next(input) {
        Ok(Some(body)) => {
            let keep_alive = match request.has_body() {
                true => request.wants_keep_alive() && input.is_empty(),
                false => asked.keep_alive,
            };
            let asked = Asked { keep_alive, ..asked };
            peers.resume_request(request_id);
            Body::Over(put_to_the_application(body, request, asked, id, peers, handler))
        }
        Err(reason) => Body::Over(turn_down(peers, id, &Refused::request(reason, request), handler)),
        Ok(None) => {
            if request.expects_continue() && begun == Begun::No && !reader.has_begun() {
                peers.say_continue(id.slot());
            }
            let head = request.head().into();
            Body::Arriving(Box::new(Arriving { head, reader, request: request_id }))
        }
    }
}

/// The body is whole.
fn put_to_the_application<M>(
    body: &[u8],
    request: &Request<'_>,
    asked: Asked,
    id: PeerId,
    peers: &mut Peers,
    handler: &mut impl Handler<M>,
) -> KeepAlive {
    peers.count().pages += u64::from(request.has_body());
    let panics = peers.count().panics;
    let answer = handler.on_body(peers, id, request, body);
    let panicked = peers.count().panics > panics;
    let asked = Asked { keep_alive: asked.keep_alive && !panicked, ..asked };
    if answer.is_later() {
        peers.put_off(id.slot(), asked, Wanted::Page(None));
        return KeepAlive::Yes;
    }
    let answer = match answer.is_accept() || answer.body_limit().is_some() {
        true => Answer::mistaken("on_body answers with a page or a refusal, at once or later"),
        false => answer,
    };
    peers.give(id.slot(), &answer, asked)
}
