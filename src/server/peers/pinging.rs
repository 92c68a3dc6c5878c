//! Pings, and how long they take.

use std::time::Duration;

use super::Peers;
use crate::protocol::MAX_CONTROL_PAYLOAD;
use crate::server::PeerId;
use crate::server::peer_id::Slot;
use crate::server::round_trips::STAMP;
use crate::server::send::Delivery;
use crate::server::table::marks::Mark;
use crate::server::time::trip::Trip;

/// # Round trips
impl Peers {
    /// Sends a Ping (RFC 6455 §5.5.2). Its payload comes back in a Pong, with which
    /// [`on_pong`](crate::Handler::on_pong) is called; of a payload over 125 bytes the first 125 are sent. It arrives
    /// after what was sent and published before, and counts against the peer's queue: what becomes of it is as for
    /// [`send`](Self::send), but a Ping that is left out is not counted as missed
    /// ([`SlowPeers::Skip`](crate::SlowPeers::Skip)).
    ///
    /// Nothing waits for the answer: a peer is given up for silence alone ([`Config::ping_after`]), and a peer that
    /// gets two Pings may answer the later one only (§5.5.3).
    ///
    /// [`Config::ping_after`]: crate::Config::ping_after
    pub fn ping(&mut self, id: PeerId, payload: &[u8]) -> Delivery {
        let Some(slot) = self.table.find(id) else {
            return Delivery::Gone;
        };
        let payload = &payload[..payload.len().min(MAX_CONTROL_PAYLOAD)];
        let delivery = self.out.ping(slot, payload);
        if matches!(delivery, Delivery::Queued | Delivery::Slow) {
            let now = self.clock.elapsed();
            self.round_trips.note(slot, payload, now, self.config.pong_within);
        }
        delivery
    }

    /// How long the latest Ping took whose Pong has come: from the call, or from when the server sent one of its own
    /// for [silence](crate::Config::ping_after), until the loop came to the Pong. The time that it waited in a queue is
    /// in it. `None` before the first.
    ///
    /// A peer that is never silent gets no Ping of the server's own: send it one with [`ping`](Self::ping) if you want
    /// to know. Of those, eight of one peer are measured at a time: what is sent while that many have no answer is not.
    /// A payload that was sent twice counts from the first time. A Pong that comes later than
    /// [`Config::pong_within`](crate::Config::pong_within) changes nothing.
    ///
    /// It is exact up to 4 ms, and then too short by less than 0.05 %. It takes no memory of its own. A peer that keeps
    /// a Pong back makes its own figure larger, up to that limit. It can make it smaller only by guessing what you
    /// ping it with: the server's own payloads cannot be guessed.
    pub fn round_trip(&self, id: PeerId) -> Option<Duration> {
        let slot = self.table.find(id)?;
        self.table.round_trip(slot).map(Trip::duration)
    }

    /// The payload of a Ping that is sent now, of the server's own.
    pub(super) fn stamp(&mut self, slot: Slot) -> [u8; STAMP] {
        self.table.mark(slot, Mark::Pinged);
        self.round_trips.stamp(self.table.id(slot), self.clock.elapsed())
    }

    /// A Pong has come. False if it answers one of the server's own Pings, which is not the application's affair.
    pub(in crate::server) fn receive_pong(&mut self, slot: Slot, payload: &[u8]) -> bool {
        if let Some(sent) = self.round_trips.read_stamp(self.table.id(slot), payload) {
            // One that comes again was measured before.
            if self.table.unmark(slot, Mark::Pinged) {
                self.measure(slot, sent);
            }
            return false;
        }
        if let Some(sent) = self.round_trips.answered(slot, payload) {
            self.measure(slot, sent);
        }
        true
    }

    fn measure(&mut self, slot: Slot, sent: Duration) {
        let took = self.clock.elapsed().checked_sub(sent);
        if let Some(took) = took.filter(|&took| took <= self.config.pong_within) {
            self.table.set_round_trip(slot, Trip::of(took));
        }
    }
}
