//! Requests, until one of them opens a WebSocket (RFC 6455 §4.2, RFC 9112 §9).

use std::net::IpAddr;
use std::time::SystemTime;

use crate::handshake::{Answer, Body, Framing, HeadReader, Method, Refusal, Request, Upgrade};
use crate::protocol::Agreement;
use crate::server::receive::requests::{Asked, RequestId};
use crate::server::{Config, Handler, PeerId, Peers, Refused};

/// A connection that is not a WebSocket, or not yet.
#[derive(Debug)]
pub(in crate::server) struct Opening {
    reader: HeadReader,
    /// The other end, if it has an address.
    remote: Option<IpAddr>,
    /// TLS.
    is_secure: bool,
    /// What its first request will be told, whatever it asks for.
    turned_away: Option<Refusal>,
    /// Waiting for a further request, and no byte of it has come.
    between_requests: bool,
}

/// What becomes of the connection after some input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Outcome {
    /// It waits for more, or is on its way out.
    Wait,
    /// It is a WebSocket from here on, with permessage-deflate if that was agreed on.
    WebSocket(Option<Agreement>),
}

/// How a request was answered.
enum Answered {
    WebSocket(Option<Agreement>),
    Page {
        keep_alive: bool,
    },
    /// It waits for the application.
    Later,
    Refused,
}

impl Opening {
    pub(in crate::server) fn new(
        config: &Config,
        remote: Option<IpAddr>,
        is_secure: bool,
        turned_away: Option<Refusal>,
    ) -> Self {
        let reader = HeadReader::new(config.head);
        Opening { reader, remote, is_secure, turned_away, between_requests: false }
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
        let refused = Refused { reason: Refusal::TooSlow, client: self.remote, request: None };
        turn_down(peers, id, &refused, handler);
    }

    /// Is this connection one too many? Whoever speaks plainly where TLS is spoken has a place like any other.
    pub(in crate::server) fn is_surplus(&self) -> bool {
        self.turned_away.is_some_and(|refusal| refusal != Refusal::NotTls)
    }

    /// Whatever it asks for, it is told to speak TLS, unless there is no room for it at all.
    pub(in crate::server) fn tell_of_tls(&mut self) {
        self.turned_away.get_or_insert(Refusal::NotTls);
    }

    /// Reads requests from the input and answers them. What is left in the input belongs to the frame parser.
    pub(in crate::server) fn receive<M>(
        &mut self,
        input: &mut &mut [u8],
        id: PeerId,
        peers: &mut Peers,
        handler: &mut impl Handler<M>,
    ) -> Outcome {
        if std::mem::take(&mut self.between_requests) {
            peers.set_deadline(id, peers.config.handshake_within);
        }
        let request = match self.reader.next(input) {
            Ok(None) => return Outcome::Wait,
            Ok(Some(request)) => request,
            Err(reason) => {
                turn_down(peers, id, &Refused { reason, client: self.remote, request: None }, handler);
                return Outcome::Wait;
            }
        };
        let request = request.with_client(peers.config.proxies.client(self.remote, &request));
        let request = if self.is_secure { request.over_tls() } else { request };
        // One request at a time: whoever sends the next one without waiting has to connect for it.
        let pipelined = !input.is_empty();
        let verdict = examine(peers, id, &request, self.remote, self.turned_away);
        match answer(verdict, peers, id, &request, pipelined, handler) {
            Answered::WebSocket(agreement) => {
                peers.open(id, agreement);
                log::debug!("{id} opened {} for {}", request.path(), display(request.client()));
                handler.on_open(peers, id, &request);
                return Outcome::WebSocket(agreement);
            }
            Answered::Page { keep_alive: true } | Answered::Later => self.expect_another(peers),
            Answered::Page { keep_alive: false } | Answered::Refused => {}
        }
        Outcome::Wait
    }

    /// An idle connection keeps no head.
    fn expect_another(&mut self, peers: &Peers) {
        self.reader = HeadReader::new(peers.config.head);
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
    peers.config.hosts.check(request)?;
    if upgrade.is_some() {
        peers.config.origins.check(request)?;
        if peers.stopping {
            return Err(Refusal::Stopping);
        }
    }
    // A client behind a trusted proxy was not counted when the proxy connected.
    if peers.config.proxies.trust(remote) && !peers.enter_by_proxy(id, request.client()) {
        return Err(Refusal::AddressFull);
    }
    Ok(upgrade)
}

fn answer<M>(
    verdict: Result<Option<Upgrade>, Refusal>,
    peers: &mut Peers,
    id: PeerId,
    request: &Request<'_>,
    pipelined: bool,
    handler: &mut impl Handler<M>,
) -> Answered {
    let mut upgrade = match verdict {
        Ok(upgrade) => upgrade,
        Err(reason) => {
            turn_down(peers, id, &Refused::request(reason, request), handler);
            return Answered::Refused;
        }
    };
    peers.requests.begin();
    let answer = handler.on_request(peers, id, request);
    match &mut upgrade {
        Some(upgrade) if answer.is_accept() => {
            let agreement = peers.config.deflate.as_ref().and_then(|deflate| deflate.negotiate(request));
            upgrade.agree(agreement);
            if request.subprotocols().next().is_some() && answer.chosen_subprotocol(request).is_none() {
                tell_of_subprotocols(peers, id, request);
            }
            peers.write_http(id, 512, |out| answer.write_upgrade(request, upgrade, out));
            return Answered::WebSocket(agreement);
        }
        None if answer.is_accept() => {
            turn_down(peers, id, &Refused::request(Refusal::NotWebSocket, request), handler);
            return Answered::Refused;
        }
        Some(_) => peers.counters.refused_by_application += 1,
        None => peers.counters.pages += 1,
    }
    let asked = Asked { method: request.method(), keep_alive: request.wants_keep_alive() && !pipelined };
    match (answer.is_later(), &upgrade) {
        (true, None) => {
            peers.await_page(id, asked);
            Answered::Later
        }
        (true, Some(_)) => {
            give(peers, id, &Answer::mistaken("a request for a WebSocket cannot be answered later"), asked)
        }
        (false, _) => give(peers, id, &answer, asked),
    }
}

/// Many a client, and every browser, then fails the connection (RFC 6455 §4.1), and does not say why. Once is enough.
#[cold]
fn tell_of_subprotocols(peers: &mut Peers, id: PeerId, request: &Request<'_>) {
    let level = match std::mem::replace(&mut peers.told_of_subprotocols, true) {
        false => log::Level::Warn,
        true => log::Level::Debug,
    };
    let offered: Vec<&str> = request.subprotocols().take(8).collect();
    log::log!(
        level,
        "{id} is let in, though none of its subprotocols is answered ({}): see Answer::subprotocol",
        offered.join(", ").escape_debug()
    );
}

/// Gives the client its page; its connection is kept for another request, or ends.
fn give(peers: &mut Peers, id: PeerId, answer: &Answer, asked: Asked) -> Answered {
    let keep_alive = asked.keep_alive && !peers.stopping;
    let owned = answer.response().body(asked.method).map_or(0, Body::owned);
    let address = peers.connections.at(id.slot).address;
    match peers.sending.has_room_for(address, owned) {
        true => write(peers, id, answer, asked.method, keep_alive),
        false => write(peers, id, &busy(), asked.method, keep_alive),
    }
    if keep_alive {
        peers.set_deadline(id, peers.config.keep_alive);
        peers.flush_one(id.slot);
        peers.leave_by_proxy(id.slot);
    } else {
        peers.end(id);
    }
    Answered::Page { keep_alive }
}

/// Too much waits for others who read slowly.
fn busy() -> Answer {
    Answer::refuse(503, "too much is being fetched at the moment").header("Retry-After", "5")
}

/// Gives the client the page that it has been waiting for. False if it is not.
pub(in crate::server) fn give_awaited(peers: &mut Peers, request: RequestId, answer: &Answer) -> bool {
    let Some(asked) = peers.take_awaited(request) else {
        return false;
    };
    let id = request.peer();
    if answer.is_accept() || answer.is_later() {
        refuse(peers, id, Refusal::NotWebSocket, asked.method);
    } else {
        give(peers, id, answer, asked);
    }
    true
}

/// Tells the application and the client why not, and ends the connection.
fn turn_down<M>(peers: &mut Peers, id: PeerId, refused: &Refused<'_>, handler: &mut impl Handler<M>) {
    handler.on_refused(peers, refused);
    refuse(peers, id, refused.reason, refused.request.map_or(Method::Get, |request| request.method()));
}

impl<'a> Refused<'a> {
    fn request(reason: Refusal, request: &Request<'a>) -> Self {
        Refused { reason, client: request.client(), request: Some(*request) }
    }
}

/// The application takes too long. Whoever asks next, it may be somebody else, connects anew.
pub(in crate::server) fn give_up_waiting(peers: &mut Peers, id: PeerId) {
    if let Some(request) = peers.requests.awaited(id) {
        peers.requests.is_last(id.slot);
        give_awaited(peers, request, &Answer::refuse(503, "it takes too long"));
    }
}

/// Tells a client why not, and ends the connection.
fn refuse(peers: &mut Peers, id: PeerId, refusal: Refusal, method: Method) {
    log::debug!("{id} refused with {}: {refusal}", refusal.status());
    peers.counters.count_refusal(refusal);
    write(peers, id, &Answer::from(refusal), method, false);
    peers.end(id);
}

fn write(peers: &mut Peers, id: PeerId, answer: &Answer, method: Method, keep_alive: bool) {
    if let Some(fault) = answer.fault() {
        log::error!("{id} is answered with 500, as the application made a mistake: {fault}");
    }
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let framing = Framing::new().method(method).keep_alive(keep_alive).date(since_1970.as_secs());
    let response = answer.response();
    peers.write_http(id, response.head_length(), |out| response.write_head(framing, out));
    if let Some(body) = response.body(method) {
        peers.write_body(id, body);
    }
}

fn display(client: Option<IpAddr>) -> String {
    client.map_or("a local client".into(), |address| address.to_string())
}
