//! The way out of all connections: its parts, and what the rest of the server asks of it.

use std::collections::VecDeque;
use std::sync::Arc;

use super::compression::Compressors;
use super::members::Members;
use super::outbox::{CaughtUp, Outbox};
use super::tape::{Piece, Tape};
use super::topics::Topics;
use super::way_out::WayOut;
use crate::handshake::Deflate;
use crate::server::Config;
use crate::server::SlowPeers;
use crate::server::accept::admission::AddressKey;
use crate::server::accept::transport::Transport;
use crate::server::counters::{Counters, Meters};
use crate::server::peer_id::Slot;
use crate::server::table::budget::Budget;
use crate::server::tuning::{FULL_TAPE, MEMBERS_PER_TURN};

/// The way out of all connections.
#[derive(Debug)]
pub(in crate::server) struct Outbound {
    /// By slot.
    pub(super) ways: Vec<WayOut>,
    pub(super) open_count: usize,
    /// Peers that have met a fate and are still listed in their topics.
    pub(super) fated: usize,
    pub(super) tape: Tape,
    pub(super) topics: Topics,
    /// Slots with something to write, or to shut down.
    pub(super) dirty: Vec<Slot>,
    /// Slots that have got more of what is on the tape than others, who have their turn later.
    pub(super) ahead: Vec<Slot>,
    /// So many members are written to in a turn; the others later.
    pub(super) share: usize,
    pub(super) facts: VecDeque<(Slot, Fact)>,
    /// What waits for peers that do not read.
    pub(super) waiting: Budget,
    pub(super) compressors: Compressors,
    pub(super) deflate: Option<Deflate>,
    pub(super) slow_peers: SlowPeers,
    /// Bytes that may wait for one peer.
    pub(super) queue_limit: usize,
    /// A tape that would become longer than this is flushed first.
    pub(super) full: usize,
    pub(super) counts: Counts,
    pub(super) meters: Arc<Meters>,
}

/// What the table must know of a connection's way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Fact {
    /// Writing has shown that the stream is broken.
    Broken,
    /// The peer's queue is full.
    TooSlow,
    /// All that waited for peers was too much: what waited for this one was dropped, and its stream with it.
    CutOff,
    /// The socket is full, and was not before.
    Blocked,
    /// A socket that was full has taken this many bytes more.
    Progress(usize),
    /// All that waited is written.
    Written(CaughtUp),
}

#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) messages: u64,
    pub(super) replaced: u64,
    pub(super) encoded: u64,
    pub(super) compressed: u64,
    pub(super) bytes: u64,
    pub(super) queue_full: u64,
    pub(super) tls_failed: u64,
}

impl Outbound {
    pub(in crate::server) fn new(config: &Config, meters: &Arc<Meters>) -> Self {
        // A 64th of the limit is for the blocks in which it is kept.
        let queue_limit = config.send_queue - config.send_queue / 64;
        Outbound {
            ways: Vec::new(),
            open_count: 0,
            fated: 0,
            tape: Tape::default(),
            topics: Topics::new(),
            dirty: Vec::new(),
            ahead: Vec::new(),
            share: MEMBERS_PER_TURN,
            facts: VecDeque::new(),
            waiting: Budget::new(config.max_sending, config.max_sending_per_address),
            compressors: Compressors::default(),
            deflate: config.deflate.clone(),
            slow_peers: config.slow_peers,
            queue_limit,
            full: queue_limit.min(FULL_TAPE),
            counts: Counts::default(),
            meters: Arc::clone(meters),
        }
    }

    /// Other limits on what waits for all peers, and for one address.
    pub(in crate::server) fn set_limits(&mut self, bytes: usize, per_address: usize) {
        self.waiting.set_limits(bytes, per_address);
    }

    // ---- what the rest of the server asks

    /// Are messages accepted for this peer?
    #[inline]
    pub(in crate::server) fn accepts(&self, slot: Slot) -> bool {
        self.ways[slot.index()].accepts
    }

    /// How many peers accept messages.
    pub(in crate::server) fn open_count(&self) -> usize {
        self.open_count
    }

    pub(in crate::server) fn open_slots(&self) -> impl Iterator<Item = Slot> {
        self.topics.everybody().iter()
    }

    /// An open peer whose slot lies far from this one. Going on from each to the next comes to all of them, and never
    /// soon to where it was lately: the steps are those of the golden section.
    pub(in crate::server) fn open_far_from(&self, slot: Slot) -> Option<Slot> {
        let (slots, everybody) = (self.ways.len(), self.topics.everybody());
        let place = (slot.index() + slots * 618 / 1000) % slots.max(1);
        everybody.next(place).or_else(|| everybody.next(0))
    }

    /// How many peers are subscribed to a topic.
    pub(in crate::server) fn subscribers(&self, topic: &str) -> usize {
        match self.fated {
            0 => self.listed(topic).map_or(0, Members::len),
            _ => self.members(topic).count(),
        }
    }

    /// The peers that are subscribed to a topic, and accept messages.
    pub(in crate::server) fn members(&self, topic: &str) -> impl Iterator<Item = Slot> + use<'_> {
        self.listed(topic).into_iter().flat_map(Members::iter).filter(|&slot| self.accepts(slot))
    }

    /// With those that have met a fate.
    fn listed(&self, topic: &str) -> Option<&Members> {
        self.topics.find(topic).map(|number| self.topics.members(number))
    }

    /// The names of the topics that a peer is subscribed to.
    pub(in crate::server) fn topics_of(&self, slot: Slot) -> impl Iterator<Item = &str> {
        self.ways[slot.index()].topics.iter().map(|number| self.topics.name(number))
    }

    /// How many bytes wait for a peer.
    pub(in crate::server) fn queued(&self, slot: Slot) -> usize {
        let way = &self.ways[slot.index()];
        let published = match way.accepts && !self.topics.are_silent() {
            true => self.topics.published_to(&way.topics, way.queued_up_to),
            false => Vec::new(),
        };
        way.outbox.queued() + published.iter().map(|message| message.range.len()).sum::<usize>()
    }

    /// Is the peer's socket full?
    #[inline]
    pub(in crate::server) fn is_blocked(&self, slot: Slot) -> bool {
        self.ways[slot.index()].outbox.is_blocked()
    }

    /// Does a page wait for the peer?
    pub(in crate::server) fn holds_page(&self, slot: Slot) -> bool {
        self.ways[slot.index()].outbox.holds_page()
    }

    /// May a page with so many bytes of its own be queued for this peer?
    pub(in crate::server) fn has_room_for_page(&self, slot: Slot, owned: usize) -> bool {
        self.waiting.has_room_for(self.ways[slot.index()].address, owned)
    }

    pub(in crate::server) fn transport(&mut self, slot: Slot) -> Option<&mut Transport> {
        self.way(slot).transport.as_mut()
    }

    /// TLS is given up: what is written from now on is not encrypted.
    pub(in crate::server) fn give_up_tls(&mut self, slot: Slot) {
        let way = self.way(slot);
        way.transport = way.transport.take().map(Transport::without_tls);
    }

    pub(in crate::server) fn address(&self, slot: Slot) -> Option<AddressKey> {
        self.ways[slot.index()].address
    }

    pub(in crate::server) fn set_address(&mut self, slot: Slot, address: Option<AddressKey>) {
        self.way(slot).address = address;
    }

    /// Is there something to do that no event will bring?
    pub(in crate::server) fn is_restless(&self) -> bool {
        !self.dirty.is_empty() || !self.facts.is_empty() || !self.topics.are_silent()
    }

    pub(in crate::server) fn next_fact(&mut self) -> Option<(Slot, Fact)> {
        self.facts.pop_front()
    }

    pub(in crate::server) fn count_into(&self, counters: &mut Counters) {
        counters.messages_out = self.counts.messages;
        counters.replaced = self.counts.replaced;
        counters.encoded = self.counts.encoded;
        counters.compressed = self.counts.compressed;
        counters.bytes_out = self.counts.bytes;
        counters.queue_full = self.counts.queue_full;
        counters.tls_failed = self.counts.tls_failed;
        counters.open = self.open_count as u64;
        counters.sending = self.waiting.total() as u64;
    }

    // ---- inside

    #[inline]
    pub(super) fn way(&mut self, slot: Slot) -> &mut WayOut {
        &mut self.ways[slot.index()]
    }

    pub(super) fn push(&mut self, slot: Slot, piece: &Piece) {
        if piece.len() > 0 {
            self.way(slot).outbox.push(piece);
        }
        self.mark_dirty(slot);
    }

    /// To be written to at the next flush, though nothing may be queued: TLS may have bytes of its own.
    #[inline]
    pub(in crate::server) fn mark_dirty(&mut self, slot: Slot) {
        let way = &mut self.ways[slot.index()];
        if !way.dirty {
            way.dirty = true;
            self.dirty.push(slot);
        }
    }

    /// The stream, and what waits for it, are no more: so nothing is left that points at the tape.
    pub(super) fn drop_stream(&mut self, slot: Slot) {
        let way = &mut self.ways[slot.index()];
        way.outbox = Outbox::default();
        if way.transport.take().and_then(|transport| transport.handshake_is_done()) == Some(false) {
            self.counts.tls_failed += 1;
        }
        self.waiting.hold(slot, None, 0);
    }

    /// Accepts no message any more. Returns whether any was accepted before.
    pub(super) fn refuse_messages(&mut self, slot: Slot) -> bool {
        let accepted = std::mem::take(&mut self.way(slot).accepts);
        if accepted {
            self.topics.everybody_mut().remove(slot);
            self.open_count -= 1;
        }
        accepted
    }

    /// A peer has met its fate.
    #[cold]
    pub(super) fn meet(&mut self, slot: Slot, fate: Fact) {
        if self.refuse_messages(slot) {
            self.fated += 1;
        }
        self.facts.push_back((slot, fate));
    }
}
