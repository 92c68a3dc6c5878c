//! Requests, until one of them opens a WebSocket (RFC 6455 §4.2, RFC 9112 §9).

use std::net::IpAddr;

use crate::Answer;
use crate::handshake::{HeadReader, Method, Refusal, Request, Upgrade};
use crate::protocol::Agreement;
use crate::server::accept::origin::Origin;
#[cfg(feature = "tls")]
use crate::server::accept::transport::Transport;
use crate::server::peers::KeepAlive;
use crate::server::requests::{Asked, Wanted};
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
    Page(KeepAlive),
    /// It waits for the application.
    Later,
    Refused,
}

impl Opening {
    pub(in crate::server) fn new(config: &Config, origin: Origin, turned_away: Option<Refusal>) -> Self {
        let reader = HeadReader::new(config.head);
        Opening { reader, origin, end_is_announced: false, turned_away, between_requests: false }
    }

    /// Has the client begun a request?
    pub(in crate::server) fn is_mid_request(&self) -> bool {
        self.reader.is_mid_head()
    }

    /// The request that has begun does not end in time.
    pub(in crate::server) fn time_out<M>(
        &self,
        id: PeerId,
        peers: &mut Peers,
        handler: &mut impl Handler<M>,
    ) {
        turn_down(peers, id, &Refused::before_its_end(Refusal::TooSlow, &self.origin), handler);
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
        match answer(verdict, peers, id, &request, asked, handler) {
            Answered::WebSocket(answer, upgrade) => {
                return open(answer, upgrade, peers, id, &request, handler);
            }
            Answered::Page(KeepAlive::Yes) | Answered::Later => self.expect_another(peers),
            Answered::Page(KeepAlive::No) | Answered::Refused => {}
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
        let Ok(request) =
            Request::reread(head).map(|request| with_origin(request, &self.origin, peers.config()))
        else {
            unreachable!("it has been read before");
        };
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

    /// An idle connection keeps no head.
    fn expect_another(&mut self, peers: &Peers) {
        self.reader = HeadReader::new(peers.config().head);
        self.between_requests = true;
    }
}

/// The request as the application sees it: with where it comes from.
fn with_origin<'r>(request: Request<'r>, origin: &'r Origin, config: &Config) -> Request<'r> {
    let request = request
        .with_client(config.proxies.client(origin.remote_ip(), &request))
        .with_listener(origin.listener)
        .with_local_addr(origin.local)
        .with_remote_addr(origin.remote);
    #[cfg(feature = "tls")]
    if let Some(session) = &origin.tls {
        return request.with_tls(session);
    }
    request
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
    if peers.is_proxy(remote) && !peers.enter_by_proxy(id.slot(), request.client()) {
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
            turn_down(peers, id, &Refused::request(reason, request), handler);
            return Answered::Refused;
        }
    };
    let slot = id.slot();
    peers.begin_request();
    let panics = peers.count().panics;
    let answer = handler.on_request(peers, id, request);
    let panicked = peers.count().panics > panics;
    let asked = Asked { keep_alive: asked.keep_alive && !panicked, ..asked };
    match upgrade {
        Some(upgrade) if answer.is_accept() => return Answered::WebSocket(answer, upgrade),
        None if answer.is_accept() => {
            let reason = match request.method() {
                Method::Get | Method::Head => Refusal::NotWebSocket,
                _ => Refusal::Method,
            };
            turn_down(peers, id, &Refused::request(reason, request), handler);
            return Answered::Refused;
        }
        Some(_) if answer.is_later() => {
            peers.put_off(slot, asked, Wanted::WebSocket(request.head().into()));
            return Answered::Later;
        }
        Some(_) => peers.count().refused_by_application += 1,
        None => peers.count().pages += 1,
    }
    if answer.is_later() {
        peers.put_off(slot, asked, Wanted::Page);
        return Answered::Later;
    }
    Answered::Page(peers.give(slot, &answer, asked))
}

/// Calls on_refused, answers the client with the reason, and ends the connection.
fn turn_down<M>(peers: &mut Peers, id: PeerId, refused: &Refused<'_>, handler: &mut impl Handler<M>) {
    handler.on_refused(peers, refused);
    let method = refused.request.map_or(Method::Get, |request| request.method());
    peers.refuse(id.slot(), refused.reason, method);
}

impl<'a> Refused<'a> {
    /// There is no request, or only the beginning of one.
    fn before_its_end(reason: Refusal, origin: &Origin) -> Self {
        let Origin { listener, remote, .. } = *origin;
        Refused { reason, client: origin.remote_ip(), listener, remote_addr: remote, request: None }
    }

    fn request(reason: Refusal, request: &Request<'a>) -> Self {
        let (listener, remote_addr) = (request.listener(), request.remote_addr());
        Refused { reason, client: request.client(), listener, remote_addr, request: Some(*request) }
    }
}

fn display(client: Option<IpAddr>) -> String {
    client.map_or("a local client".into(), |address| address.to_string())
}
