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

#[derive(Debug, Default)]
pub(in crate::server) struct Requests {
    /// The number of the last one. All connections share the numbers: 64 bits last for as long as any server.
    last: u64,
    /// By slot: a connection waits for one answer at a time.
    awaited: HashMap<Slot, (RequestId, Asked)>,
}

impl Requests {
    /// A request is put to the application.
    pub(in crate::server) fn begin(&mut self) {
        self.last += 1;
    }

    /// The request that was begun last, if it is this connection's.
    pub(in crate::server) fn latest(&self, peer: PeerId) -> RequestId {
        RequestId { peer, number: self.last }
    }

    /// The request that was begun last is answered later.
    pub(in crate::server) fn wait(&mut self, peer: PeerId, asked: Asked) {
        self.awaited.insert(peer.slot(), (self.latest(peer), asked));
    }

    /// The request whose answer this connection waits for.
    pub(in crate::server) fn awaited(&self, peer: PeerId) -> Option<RequestId> {
        self.awaited.get(&peer.slot()).map(|&(id, _)| id).filter(|id| id.peer == peer)
    }

    /// No further request follows on this connection.
    pub(in crate::server) fn is_last(&mut self, slot: Slot) {
        if let Some((_, asked)) = self.awaited.get_mut(&slot) {
            asked.keep_alive = false;
        }
    }

    /// The answer has come, if this is the request that waits for one.
    pub(in crate::server) fn take(&mut self, id: RequestId) -> Option<Asked> {
        let (awaited, asked) = *self.awaited.get(&id.peer.slot())?;
        (awaited == id).then(|| {
            self.awaited.remove(&id.peer.slot());
            asked
        })
    }

    /// The connection is gone.
    pub(in crate::server) fn forget(&mut self, slot: Slot) {
        self.awaited.remove(&slot);
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
        let mut wait = |peer| {
            requests.begin();
            requests.wait(peer, asked);
            requests.latest(peer)
        };
        let (first, foreign, second) = (wait(one), wait(other), wait(one));
        assert_eq!(requests.awaited(one), Some(second));
        assert_eq!(requests.take(first), None, "given up");
        requests.is_last(Slot::at(1));
        assert_eq!(requests.take(second), Some(Asked { keep_alive: false, ..asked }));
        assert_eq!(requests.take(second), None, "answered");
        assert_eq!(requests.take(foreign), Some(asked));
        requests.begin();
        requests.wait(heir, asked);
        assert_eq!((requests.awaited(one), requests.take(second)), (None, None), "another's slot");
        requests.forget(Slot::at(1));
        assert_eq!(requests.awaited(heir), None);
    }
}
