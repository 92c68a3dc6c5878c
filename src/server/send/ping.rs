//! A Ping of the application's: it waits like a message, and is none.

use super::delivery::Delivery;
use super::outbound::{Fact, Outbound};
use crate::server::SlowPeers;
use crate::server::peer_id::Slot;

/// Of a control frame that is not masked (RFC 6455 §5.2).
const HEADER: usize = 2;

impl Outbound {
    /// Queues a Ping after all that was sent and published to the peer.
    pub(in crate::server) fn ping(&mut self, slot: Slot, payload: &[u8]) -> Delivery {
        self.queue_published(slot);
        // As for a message: one that finds the socket full is still accepted.
        let limit = if self.is_blocked(slot) { self.queue_limit } else { usize::MAX };
        self.make_room(payload.len());
        if !self.accepts(slot) {
            return Delivery::Gone;
        }
        if !self.way(slot).outbox.has_room_for(HEADER + payload.len(), limit) {
            return self.leave_out_ping(slot);
        }
        let send = &mut self.ways[slot.index()].send;
        let piece = self.tape.record(payload.len(), |out| send.ping(payload, out));
        self.push(slot, &piece);
        if !self.is_blocked(slot) {
            return Delivery::Queued;
        }
        self.way(slot).outbox.tell_slow();
        Delivery::Slow
    }

    #[cold]
    fn leave_out_ping(&mut self, slot: Slot) -> Delivery {
        self.counts.queue_full += 1;
        match self.slow_peers {
            SlowPeers::Skip => self.way(slot).outbox.tell_slow(),
            SlowPeers::Close => self.meet(slot, Fact::TooSlow),
        }
        Delivery::Full
    }
}
