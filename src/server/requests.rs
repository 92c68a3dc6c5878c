//! Requests that are answered later, by number: a late answer finds the request that it was made for, or none.
//!
//! A connection serves many requests, one after the other, and behind a reverse proxy those of many clients. Under the
//! connection's id alone, an answer that came after its request was given up would be taken for the next one's.

use std::collections::HashMap;
use std::fmt;

use super::PeerId;
use super::peer_id::Slot;
use crate::handshake::Method;

/// A request of a connection ([`Peers::request_id`](crate::server::Peers::request_id)). It is `Copy`, cheap to keep,
/// and never comes to mean another request, be it the next one of the same connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId {
    peer: PeerId,
    number: u64,
}

impl RequestId {
    /// The connection that asks.
    pub fn peer(self) -> PeerId {
        self.peer
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "request {} of {}", self.number, self.peer)
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestId({} of {:?})", self.number, self.peer)
    }
}

/// How the answer is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) struct Asked {
    pub(in crate::server) method: Method,
    pub(in crate::server) keep_alive: bool,
}

/// What a request that waits asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::server) enum Wanted {
    /// No body follows. Its head is kept, unless its body has been read.
    Page(Option<Box<[u8]>>),
    /// Likewise, but a body follows: the answer may ask for it.
    Body(Box<[u8]>),
    /// The answer has asked for the body, which is on its way: what the body brings is the answer.
    Arriving,
    /// Its head is kept: the answer may open the WebSocket, and then the handler is shown the request again.
    WebSocket(Box<[u8]>),
}

/// A request that is answered later.
#[derive(Debug)]
struct Awaited {
    id: RequestId,
    asked: Asked,
    wanted: Wanted,
}

#[derive(Debug, Default)]
pub(in crate::server) struct Requests {
    /// The number of the last one. All connections share the numbers: 64 bits last for as long as any server.
    last: u64,
    /// The number of the one that the application is called for.
    current: u64,
    /// By slot: a connection waits for one answer at a time.
    awaited: HashMap<Slot, Awaited>,
}

impl Requests {
    /// A request is put to the application.
    pub(in crate::server) fn begin(&mut self) {
        self.last += 1;
        self.current = self.last;
    }

    /// The body of a request is whole, and put to the application.
    pub(in crate::server) fn resume(&mut self, id: RequestId) {
        self.current = id.number;
        self.awaited.remove(&id.peer.slot());
    }

    /// The request that the application is called for, if it is this connection's.
    pub(in crate::server) fn latest(&self, peer: PeerId) -> RequestId {
        RequestId { peer, number: self.current }
    }

    /// The request that was begun last is answered later.
    pub(in crate::server) fn wait(&mut self, peer: PeerId, asked: Asked, wanted: Wanted) {
        self.awaited.insert(peer.slot(), Awaited { id: self.latest(peer), asked, wanted });
    }

    /// How the answer to the request that this connection waits for is to be written.
    pub(in crate::server) fn asked(&self, slot: Slot) -> Option<Asked> {
        self.awaited.get(&slot).map(|awaited| awaited.asked)
    }

    /// What this connection waits for, unless the answer has come.
    pub(in crate::server) fn wanted(&self, slot: Slot) -> Option<&Wanted> {
        self.awaited.get(&slot).map(|awaited| &awaited.wanted)
    }

    /// The bytes of a head that is kept.
    pub(in crate::server) fn kept(&self, slot: Slot) -> usize {
        match self.awaited.get(&slot).map(|awaited| &awaited.wanted) {
            Some(Wanted::WebSocket(head) | Wanted::Body(head) | Wanted::Page(Some(head))) => head.len(),
            Some(Wanted::Page(None) | Wanted::Arriving) | None => 0,
        }
    }

    /// No further request follows on this connection.
    pub(in crate::server) fn is_last(&mut self, slot: Slot) {
        if let Some(awaited) = self.awaited.get_mut(&slot) {
            awaited.asked.keep_alive = false;
        }
    }

    /// The answer has come, if this is the request that waits for one.
    pub(in crate::server) fn take(&mut self, id: RequestId) -> Option<(Asked, Wanted)> {
        let slot = id.peer.slot();
        let is_it = |awaited: &&Awaited| awaited.id == id && awaited.wanted != Wanted::Arriving;
        self.awaited.get(&slot).filter(is_it)?;
        self.awaited.remove(&slot).map(|awaited| (awaited.asked, awaited.wanted))
    }

    /// The answer has asked for the body.
    pub(in crate::server) fn arrive(&mut self, id: RequestId, asked: Asked) {
        self.awaited.insert(id.peer.slot(), Awaited { id, asked, wanted: Wanted::Arriving });
    }

    /// No answer is needed any more. Returns the request, if the connection has waited for one.
    pub(in crate::server) fn forget(&mut self, slot: Slot) -> Option<RequestId> {
        self.awaited.remove(&slot).map(|awaited| awaited.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_request_that_is_awaited_can_be_taken_and_only_once() {
        let asked = Asked { method: Method::Get, keep_alive: true };
        let (one, other) = (PeerId::new(Slot::at(1), 0), PeerId::new(Slot::at(2), 0));
        let heir = PeerId::new(Slot::at(1), 1);
        let mut requests = Requests::default();
        let mut wait = |peer, wanted| {
            requests.begin();
            requests.wait(peer, asked, wanted);
            requests.latest(peer)
        };
        let socket = Wanted::WebSocket(b"a head"[..].into());
        let (first, foreign) = (wait(one, Wanted::Page(None)), wait(other, socket.clone()));
        let second = wait(one, Wanted::Page(None));
        assert_eq!(requests.asked(Slot::at(1)), Some(asked));
        assert_eq!(requests.wanted(Slot::at(2)), Some(&socket));
        assert_eq!([1, 2, 3].map(|slot| requests.kept(Slot::at(slot))), [0, 6, 0]);
        assert_eq!(requests.take(first), None, "given up");
        requests.is_last(Slot::at(1));
        assert_eq!(requests.take(second), Some((Asked { keep_alive: false, ..asked }, Wanted::Page(None))));
        assert_eq!(requests.take(second), None, "answered");
        assert_eq!(requests.take(foreign), Some((asked, socket)));
        requests.begin();
        requests.wait(heir, asked, Wanted::Page(None));
        assert_eq!(requests.take(second), None, "another's slot");
        assert_eq!(requests.forget(Slot::at(1)), Some(requests.latest(heir)));
        assert_eq!((requests.forget(Slot::at(1)), requests.asked(Slot::at(1))), (None, None));
    }
}
