//! Requests, until one of them opens a WebSocket (RFC 6455 §4.2, RFC 9112 §9).

use std::net::IpAddr;

use super::bodies::{self, Arriving, Begun, Body};
use super::request::{reread, turn_down, with_origin};
use crate::Answer;
use crate::handshake::{HeadReader, Method, Refusal, Request, Upgrade};
use crate::protocol::Agreement;
use crate::server::accept::origin::Origin;
#[cfg(feature = "tls")]
use crate::server::accept::transport::Transport;
use crate::server::peers::KeepAlive;
use crate::server::requests::{Asked, RequestId, Wanted};
use crate::server::table::stage::Cause;
use crate::server::{Config, Handler, PeerId, Peers, Refused};

/// A connection that is not a WebSocket, or not yet.
#[derive(Debug)]
pub(in crate::server) struct Opening {
    reader: HeadReader,
    origin: Origin,
    /// The poll has said that the client's side of TCP has ended; there may be bytes before the end.
    end_is_announced: bool,
    /// The refusal that its first request gets, whatever it asks for.
    turned_away: Option<Refusal>,
    /// Waiting for a further request, and no byte of it has come.
    between_requests: bool,
    /// The body of the request, if the application reads it.
    body: Option<Box<Arriving>>,
}

/// What becomes of the connection after some input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It waits for more, or is on its way out.
    Wait,
    /// It is a WebSocket from here on, with permessage-deflate if that was agreed on.
    WebSocket(Option<Agreement>),
}

/// How a request was answered.
enum Answered {
    WebSocket(Answer, Upgrade),
    /// The body is to be read first, with this limit.
    ReadBody(usize),
    /// There is an answer, or will be. May another request follow?
    Over(KeepAlive),
}

impl Opening {
    pub(in crate::server) fn new(config: &Config, origin: Origin, turned_away: Option<Refusal>) -> Self {
        let reader = HeadReader::new(config.head);
        Opening { reader, origin, end_is_announced: false, turned_away, between_requests: false, body: None }
    }

    /// Has the client begun a request, and not ended it?
    pub(in crate::server) fn is_mid_request(&self) -> bool {
        self.reader.is_mid_head() || self.is_mid_body()
    }

    /// Has it been answered, and asked for nothing since?
    pub(in crate::server) fn is_between_requests(&self) -> bool {
        self.between_requests
    }

    /// Is a body on its way?
    pub(super) fn is_mid_body(&self) -> bool {
        self.body.is_some()
    }

    /// May a body that is on its way come in chunks of a few bytes?
    pub(super) fn is_mid_chunks(&self) -> bool {
        self.body.as_ref().is_some_and(|body| body.is_chunked())
    }

    /// How much memory a body takes that is on its way.
    pub(super) fn memory(&self) -> usize {
        self.body.as_ref().map_or(0, |body| body.memory())
    }

    /// The request that has begun does not end in time.
    pub(in crate::server) fn time_out<M>(
        &self,
        id: PeerId,
        peers: &mut Peers,
        handler: &mut impl Handler<M>,
    ) {
        if !self.give_up_body(Refusal::TooSlow, id, peers, handler) {
            turn_down(peers, id, &Refused::before_its_end(Refusal::TooSlow, &self.origin), handler);
        }
    }

    /// The body that is on its way is not read any further. False if there is none.
    pub(super) fn give_up_body<M>(
        &self,
        reason: Refusal,
        id: PeerId,
        peers: &mut Peers,
        handler: &mut impl Handler<M>,
    ) -> bool {
        if let Some(body) = &self.body {
            body.turn_down(reason, &self.origin, id, peers, handler);
        }
        self.is_mid_body()
    }

    /// Is this connection one too many? A client that sends HTTP to a TLS listener has a place like any
    /// other.
    pub(super) fn is_surplus(&self) -> bool {
        self.turned_away.is_some_and(|refusal| refusal != Refusal::NotTls)
    }

    /// Whatever it asks for, the refusal says to use TLS, unless there is no room for it at all.
    pub(super) fn tell_of_tls(&mut self) {
        self.turned_away.get_or_insert(Refusal::NotTls);
    }

    /// Reads requests from the input and answers them. What is left in the input belongs to the frame parser.
    pub(super) fn receive<M>(
        &mut self,
        input: &mut &mut [u8],
        id: PeerId,
        peers: &mut Peers,
        handler: &mut impl Handler<M>,
    ) -> Outcome {
        if let Some(body) = self.body.take() {
            let body = body.receive(input, &self.origin, id, peers, handler);
            return self.go_on(body, peers);
        }
        if std::mem::take(&mut self.between_requests) {
            peers.set_deadline(id.slot(), peers.config().handshake_within);
        }
        #[cfg(feature = "tls")]
        if self.origin.tls.is_none() {
            self.origin.tls = peers.out().transport(id.slot()).and_then(Transport::take_tls_session);
        }
        let request = match self.reader.next(input) {
            Ok(None) => return Outcome::Wait,
            Ok(Some(request)) => request,
            Err(reason) => {
                turn_down(peers, id, &Refused::before_its_end(reason, &self.origin), handler);
                return Outcome::Wait;
            }
        };
        let request = with_origin(request, &self.origin, peers.config());
        // One request at a time: a client that sends the next one without waiting has to connect for it. Nor does one
        // follow where a body stands in between that nobody reads.
        let keep_alive = request.wants_keep_alive() && input.is_empty() && !request.has_body();
        let asked = Asked { method: request.method(), keep_alive };
        let verdict = examine(peers, id, &request, self.origin.remote_ip(), self.turned_away);
        let body = match answer(verdict, peers, id, &request, asked, handler) {
            Answered::WebSocket(answer, upgrade) => {
                return open(answer, upgrade, peers, id, &request, handler);
            }
            Answered::ReadBody(limit) => {
                let id = peers.request_id(id);
                bodies::read((limit, Begun::No), input, (&request, asked), id, peers, handler)
            }
            Answered::Over(keep_alive) => Body::Over(keep_alive),
        };
        self.go_on(body, peers)
    }

    /// The answer to a request that was put off asks for its body, some of which may be held.
    pub(super) fn read_body<M>(
        &mut self,
        (limit, begun): (usize, Begun),
        (head, asked): (&[u8], Asked),
        id: RequestId,
        peers: &mut Peers,
        handler: &mut impl Handler<M>,
    ) {
        peers.step(id.peer().slot(), Cause::BodyWanted);
        let request = reread(head, &self.origin, peers.config());
        let body = bodies::read((limit, begun), &mut &mut [][..], (&request, asked), id, peers, handler);
        self.go_on(body, peers);
    }

    fn go_on(&mut self, body: Body, peers: &Peers) -> Outcome {
        match body {
            Body::Arriving(body) => self.body = Some(body),
            Body::Over(KeepAlive::Yes) => self.expect_another(peers),
            Body::Over(KeepAlive::No) => {}
        }
        Outcome::Wait
    }

    /// The answer to an upgrade that was put off accepts it.
    pub(super) fn accept<M>(
        &self,
        (answer, head): (Answer, &[u8]),
        id: PeerId,
        peers: &mut Peers,
        handler: &mut impl Handler<M>,
    ) -> Outcome {
        let request = reread(head, &self.origin, peers.config());
        match request.upgrade().and_then(|upgrade| may_open(peers).map(|()| upgrade)) {
            Ok(Some(upgrade)) => open(answer, upgrade, peers, id, &request, handler),
            Ok(None) => unreachable!("it has been an upgrade before"),
            Err(reason) => {
                peers.step(id.slot(), Cause::Answered);
                turn_down(peers, id, &Refused::request(reason, &request), handler);
                Outcome::Wait
            }
        }
    }

    pub(super) fn announce_end(&mut self) {
        self.end_is_announced = true;
    }

    pub(super) fn end_is_announced(&self) -> bool {
        self.end_is_announced
    }

    /// An idle connection keeps neither a head nor a body.
    fn expect_another(&mut self, peers: &Peers) {
        self.reader = HeadReader::new(peers.config().head);
        self.between_requests = true;
    }
}

/// The handshake's rules first, then the server's policy.
fn examine(
    peers: &mut Peers,
    id: PeerId,
    request: &Request<'_>,
    remote: Option<IpAddr>,
    turned_away: Option<Refusal>,
) -> Result<Option<Upgrade>, Refusal> {
    if let Some(refusal) = turned_away {
        return Err(refusal);
    }
    let upgrade = request.upgrade()?;
    peers.config().hosts.check(request)?;
    if upgrade.is_some() {
        peers.config().origins.check(request)?;
        may_open(peers)?;
    }
    // A client behind a trusted proxy was not counted when the proxy connected.
    if !peers.enter_by_request(id.slot(), remote, request.client()) {
        return Err(Refusal::AddressFull);
    }
    Ok(upgrade)
}

/// Are WebSockets opened still?
fn may_open(peers: &Peers) -> Result<(), Refusal> {
    match (peers.is_stopping(), peers.is_draining()) {
        (true, _) => Err(Refusal::Stopping),
        (false, true) => Err(Refusal::Draining),
        (false, false) => Ok(()),
    }
}

/// Queues the 101, and tells the handler.
fn open<M>(
    mut answer: Answer,
    mut upgrade: Upgrade,
    peers: &mut Peers,
    id: PeerId,
    request: &Request<'_>,
    handler: &mut impl Handler<M>,
) -> Outcome {
    let agreement = peers.config().deflate.as_ref().and_then(|deflate| deflate.negotiate(request));
    upgrade.agree(agreement);
    peers.accept(id.slot(), &answer, request, &upgrade);
    peers.open(id.slot(), agreement);
    log::debug!("{id} opened {} for {}", request.path(), display(request.client()));
    peers.carry(id, answer.take_carried());
    handler.on_open(peers, id, request);
    peers.carry(id, None);
    Outcome::WebSocket(agreement)
}

fn answer<M>(
    verdict: Result<Option<Upgrade>, Refusal>,
    peers: &mut Peers,
    id: PeerId,
    request: &Request<'_>,
    asked: Asked,
    handler: &mut impl Handler<M>,
) -> Answered {
    let upgrade = match verdict {
        Ok(upgrade) => upgrade,
        Err(reason) => {
            return Answered::Over(turn_down(peers, id, &Refused::request(reason, request), handler));
        }
    };
    let slot = id.slot();
    peers.begin_request();
    let panics = peers.count().panics;
    let answer = handler.on_request(peers, id, request);
    let panicked = peers.count().panics > panics;
    let asked = Asked { keep_alive: asked.keep_alive && !panicked, ..asked };
    let Some(upgrade) = upgrade else {
        return answer_request(answer, peers, id, request, asked, handler);
    };
    if answer.is_accept() {
        return Answered::WebSocket(answer, upgrade);
    }
    if answer.is_later() {
        peers.put_off(slot, asked, Wanted::WebSocket(request.head().into()));
        return Answered::Over(KeepAlive::Yes);
    }
    peers.count().refused_by_application += 1;
    let answer = match answer.body_limit() {
        Some(_) => Answer::mistaken("a request for a WebSocket has no body to be read"),
        None => answer,
    };
    Answered::Over(peers.give(slot, &answer, asked))
}

/// An ordinary request, and what the application says to it.
fn answer_request<M>(
    answer: Answer,
    peers: &mut Peers,
    id: PeerId,
    request: &Request<'_>,
    asked: Asked,
    handler: &mut impl Handler<M>,
) -> Answered {
    if answer.is_accept() {
        let reason = match request.method() {
            Method::Get | Method::Head => Refusal::NotWebSocket,
            _ => Refusal::Method,
        };
        return Answered::Over(turn_down(peers, id, &Refused::request(reason, request), handler));
    }
    let waits_for_body = request.has_body() && (answer.is_later() || answer.body_limit().is_some());
    // One with a body is counted when that has come, or is not read.
    peers.count().pages += u64::from(!waits_for_body);
    if let Some(limit) = answer.body_limit() {
        return Answered::ReadBody(limit);
    }
    if answer.is_later() {
        let head = request.head().into();
        let wanted = if request.has_body() { Wanted::Body(head) } else { Wanted::Page(Some(head)) };
        peers.put_off(id.slot(), asked, wanted);
        return Answered::Over(KeepAlive::Yes);
    }
    Answered::Over(peers.give(id.slot(), &answer, asked))
}

fn display(client: Option<IpAddr>) -> String {
    client.map_or("a local client".into(), |address| address.to_string())
}
