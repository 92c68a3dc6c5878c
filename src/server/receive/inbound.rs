//! The way in of all connections.

use std::collections::{HashMap, VecDeque};

use super::holding::Holding;
use super::messages::Shared;
use super::opening::Opening;
use super::read_buffer::ReadBuffer;
use super::way_in::WayIn;
use crate::handshake::Deflate;
use crate::server::counters::Counters;
use crate::server::peer_id::Slot;
use crate::server::{Config, PeerId, Peers};

/// The way in of all connections. A message borrows from it while the handler holds [`Peers`].
#[derive(Debug)]
pub(in crate::server) struct Inbound {
    /// By slot.
    pub(super) ways: Vec<WayIn>,
    pub(super) holding: Holding,
    /// Connections whose TLS handshake waits for its turn: first come, first served.
    pub(super) line: VecDeque<PeerId>,
    pub(super) turns: HashMap<Slot, Turn>,
    pub(super) buffer: ReadBuffer,
    pub(super) shared: Shared,
}

/// A TLS handshake waits for its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Turn {
    Next,
    /// And if that does not complete it, its time is up.
    Last,
}

impl Inbound {
    pub(in crate::server) fn new(config: &Config) -> Self {
        let inflater = config.deflate.as_ref().map(Deflate::inflater);
        Inbound {
            ways: Vec::new(),
            holding: Holding::new(config),
            line: VecDeque::new(),
            turns: HashMap::new(),
            buffer: ReadBuffer::new(),
            shared: Shared::new(inflater),
        }
    }

    /// A connection has come.
    pub(in crate::server) fn occupy(&mut self, slot: Slot, opening: Opening) {
        if self.ways.len() <= slot.index() {
            self.ways.resize_with(slot.index() + 1, || WayIn::Deaf);
        }
        self.ways[slot.index()] = WayIn::Opening(Box::new(opening));
    }

    /// Nothing that comes from this connection matters any more, nor what has come.
    pub(in crate::server) fn deafen(&mut self, slot: Slot) {
        self.ways[slot.index()] = WayIn::Deaf;
        self.holding.forget(slot);
    }

    /// The connection is gone. Was it only there to get the refusal that there is no room for it?
    pub(in crate::server) fn vacate(&mut self, slot: Slot) -> bool {
        let way = std::mem::replace(&mut self.ways[slot.index()], WayIn::Deaf);
        self.holding.vacate(slot);
        self.turns.remove(&slot);
        way.opening().is_some_and(Opening::is_surplus)
    }

    /// The opening of a connection that is no WebSocket yet.
    pub(in crate::server) fn opening(&self, slot: Slot) -> Option<&Opening> {
        self.ways[slot.index()].opening()
    }

    /// Is there something to do that no event will bring?
    pub(in crate::server) fn is_restless(&self) -> bool {
        self.holding.unfinished() > 0 || !self.line.is_empty()
    }

    /// A turn begins, in which so many events have come.
    pub(in crate::server) fn begin_turn(&mut self, events: usize) {
        self.shared.work.begin_turn(events + self.holding.unfinished());
    }

    /// These peers may be read from again: their outbox is empty, or their pause is over.
    pub(in crate::server) fn go_on_with(&mut self, peers: Vec<PeerId>) {
        for id in peers {
            self.holding.wait_no_longer(id);
        }
    }

    /// Limits that the handler has set go to where messages are put together.
    pub(in crate::server) fn apply_new_limits(&mut self, peers: &mut Peers) {
        if let Some((bytes, per_address)) = peers.take_new_receiving() {
            self.holding.set_limits(bytes, per_address);
        }
        for (id, bytes) in peers.take_new_limits() {
            if let Some(slot) = peers.find(id) {
                self.ways[slot.index()].set_max_message(bytes);
            }
        }
    }

    pub(in crate::server) fn count_into(&self, counters: &mut Counters) {
        counters.receiving = self.holding.total() as u64;
    }
}
