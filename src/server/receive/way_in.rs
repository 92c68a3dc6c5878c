//! One connection's way in.

use super::bodies::Begun;
use super::messages::{self, Rest, Shared};
use super::opening::{Opening, Outcome};
use crate::Answer;
use crate::handshake::Refusal;
use crate::protocol::{Agreement, ReceiveHalf};
use crate::server::peer_id::Slot;
use crate::server::requests::{Asked, RequestId};
use crate::server::table::stage::Stage;
use crate::server::{Handler, PeerId, Peers};

#[derive(Debug)]
pub(super) enum WayIn {
    /// There is no connection, or nothing that comes from it matters any more.
    Deaf,
    Opening(Box<Opening>),
    Open(ReceiveHalf),
}

impl WayIn {
    /// How much memory what has begun, and has not ended, takes.
    #[inline]
    pub(super) fn unfinished(&self, slot: Slot, peers: &Peers) -> usize {
        match self {
            WayIn::Open(receive) => receive.unfinished(),
            WayIn::Opening(opening) => peers.kept_of_request(slot) + opening.memory(),
            WayIn::Deaf => 0,
        }
    }

    /// May a byte of its input be far more work than to copy it?
    #[inline]
    pub(super) fn inflates(&self) -> bool {
        matches!(self, WayIn::Open(receive) if receive.inflates())
    }

    /// Takes what has arrived from a peer: requests first, then frames. Returns what is to wait, and for what.
    pub(super) fn receive<'i, M>(
        &mut self,
        mut input: &'i mut [u8],
        id: PeerId,
        peers: &mut Peers,
        handler: &mut impl Handler<M>,
        shared: &mut Shared,
    ) -> Rest<'i> {
        if let WayIn::Opening(opening) = self {
            match peers.stage(id.slot()) {
                Stage::Opening => {}
                // One request at a time: what comes while a page is being fetched is not read.
                Stage::Awaiting => {
                    peers.is_last_request(id.slot());
                    return rest_while_waiting(input, id, peers);
                }
                _ => return Rest::Nothing,
            }
            // Beside what each byte costs that is read.
            if opening.is_mid_chunks() {
                shared.work.charge_chunks(input.len());
            }
            match opening.receive(&mut input, id, peers, handler) {
                Outcome::WebSocket(agreement) => self.open(agreement, peers),
                Outcome::Wait => return rest_while_waiting(input, id, peers),
            }
        }
        match self {
            WayIn::Open(receive) => {
                let rest = messages::receive(receive, input, id, peers, handler, shared);
                shared.work.set_inflating(shared.inflating());
                rest
            }
            WayIn::Deaf | WayIn::Opening(_) => Rest::Nothing,
        }
    }

    /// The answer to the upgrade that waited accepts it. The head is the request's.
    pub(super) fn accept<M>(
        &mut self,
        (answer, head): (Answer, &[u8]),
        id: PeerId,
        peers: &mut Peers,
        handler: &mut impl Handler<M>,
    ) {
        if let WayIn::Opening(opening) = self
            && let Outcome::WebSocket(agreement) = opening.accept((answer, head), id, peers, handler)
        {
            self.open(agreement, peers);
        }
    }

    /// What comes from here on are frames.
    fn open(&mut self, agreement: Option<Agreement>, peers: &Peers) {
        *self = WayIn::Open(ReceiveHalf::opened(peers.config().message, agreement.as_ref()));
    }

    /// The answer to the request that waited asks for its body.
    pub(super) fn read_body<M>(
        &mut self,
        wanted: (usize, Begun),
        request: (&[u8], Asked),
        id: RequestId,
        peers: &mut Peers,
        handler: &mut impl Handler<M>,
    ) {
        if let WayIn::Opening(opening) = self {
            opening.read_body(wanted, request, id, peers, handler);
        }
    }

    /// The body that is on its way takes too much memory, or all of them do.
    pub(super) fn give_up_body<M>(&self, id: PeerId, peers: &mut Peers, handler: &mut impl Handler<M>) {
        if let WayIn::Opening(opening) = self
            && opening.give_up_body(Refusal::OverBudget, id, peers, handler)
        {
            peers.count().over_budget += 1;
        }
    }

    /// Is the body of a request on its way?
    pub(super) fn is_mid_body(&self) -> bool {
        self.opening().is_some_and(Opening::is_mid_body)
    }

    /// The poll says that the peer's side of TCP has ended. Where all is read at once, the end is found then.
    pub(super) fn announce_end(&mut self) {
        if let WayIn::Opening(opening) = self {
            opening.announce_end();
        }
    }

    /// Requests, if the connection is no WebSocket yet.
    pub(super) fn opening(&self) -> Option<&Opening> {
        match self {
            WayIn::Opening(opening) => Some(opening),
            WayIn::Deaf | WayIn::Open(_) => None,
        }
    }

    /// The client sends HTTP to a TLS listener.
    pub(super) fn tell_of_tls(&mut self) {
        if let WayIn::Opening(opening) = self {
            opening.tell_of_tls();
        }
    }

    /// Another limit for the messages that begin from now on.
    pub(super) fn set_max_message(&mut self, bytes: usize) {
        if let WayIn::Open(receive) = self {
            receive.set_max_message(bytes);
        }
    }
}

/// What follows a request that waits for its answer, if it waits.
fn rest_while_waiting<'i>(input: &'i mut [u8], id: PeerId, peers: &Peers) -> Rest<'i> {
    if peers.holds_input(id.slot()) { Rest::UntilAnswered(input) } else { Rest::Nothing }
}
