//! One connection's way in.

use super::messages::{self, Rest, Shared};
use super::opening::{Opening, Outcome};
use crate::protocol::ReceiveHalf;
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
    pub(super) fn unfinished(&self) -> usize {
        match self {
            WayIn::Open(receive) => receive.unfinished(),
            WayIn::Deaf | WayIn::Opening(_) => 0,
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
                    return Rest::Nothing;
                }
                _ => return Rest::Nothing,
            }
            match opening.receive(&mut input, id, peers, handler) {
                Outcome::WebSocket(agreement) => {
                    let limits = peers.config().message;
                    *self = WayIn::Open(ReceiveHalf::opened(limits, agreement.as_ref()));
                }
                Outcome::Wait => return Rest::Nothing,
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
