//! Messages out: from a call such as [`Peers::send`](super::Peers::send) to the sockets.
//!
//! | file | what it knows |
//! |---|---|
//! | `outgoing.rs` | anything that can be sent |
//! | `tape.rs` | what is sent in a turn, recorded once |
//! | `topics.rs`, `memberships.rs` | who is subscribed to what, and what was published in this turn |
//! | `way_out.rs`, `outbox.rs` | what has not been written to one peer yet |
//! | `compression.rs` | the compressors of each peer, and of all |
//! | `encode.rs` | a message on its way to its receivers, plain or compressed |
//! | `publish.rs` | how a message is queued for one peer, and for many |
//! | `flush.rs` | how the queues are written |
//!
//! **Nothing here ends a connection.** A failed write, or a queue that is full, is a *fate* of the peer: from then on
//! no message is accepted for it. That, and whatever else the table must know, is noted as a [`Fact`]. The loop acts on
//! facts when no handler is being called.
//!
//! **Bytes leave at three places:**
//!
//! 1. [`Outbound::flush`]: one write for each peer with something to read. The loop calls it when a turn ends, or when
//!    so many answers are together that they had better leave ([`Outbound::has_a_group`]); and what is sent calls it
//!    when the tape is full (`make_room`).
//! 2. [`Outbound::resume`]: a socket that was full has room again.
//! 3. A large message for a peer with an empty outbox is written at once, from where it lies
//!    (`write_from_where_it_lies`).
//!
//! Between calls an outbox is therefore empty; or its socket is full; or it holds no more than was recorded since the
//! last flush, which is never more than a send queue, or one message.

mod compression;
mod encode;
mod flush;
mod memberships;
mod outbox;
pub(in crate::server) mod outgoing;
mod publish;
mod tape;
mod topics;
mod way_out;

use std::collections::VecDeque;

use super::Config;
use super::accept::admission::AddressKey;
use super::accept::transport::Transport;
use super::counters::Counters;
use super::peer_id::Slot;
use super::table::budget::Budget;
use super::table::slot_set::SlotSet;
use super::tuning::{FULL_TAPE, LARGE};
use crate::handshake::{Body, Deflate};
use crate::protocol::{Agreement, SendHalf};
use crate::server::SlowPeers;
use compression::{Compression, Compressors};
pub(in crate::server) use outbox::CaughtUp;
use tape::{Piece, Tape};
use topics::Topics;
use way_out::WayOut;

/// The way out of all connections.
#[derive(Debug)]
pub(in crate::server) struct Outbound {
    /// By slot.
    ways: Vec<WayOut>,
    /// The slots that accept messages.
    open: SlotSet,
    open_count: usize,
    /// Peers that have met a fate, and are in their topics still.
    fated: usize,
    tape: Tape,
    topics: Topics,
    /// Slots with something to write, or to shut down.
    dirty: Vec<Slot>,
    facts: VecDeque<(Slot, Fact)>,
    /// What waits for peers that do not read.
    waiting: Budget,
    compressors: Compressors,
    deflate: Option<Deflate>,
    slow_peers: SlowPeers,
    /// Bytes that may wait for one peer.
    queue_limit: usize,
    /// A tape that would become longer than this is flushed first.
    full: usize,
    counts: Counts,
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
    /// The peer has made room in a socket that was full: so many bytes.
    Progress(usize),
    /// All that waited is written.
    Written(CaughtUp),
}

#[derive(Debug, Default)]
struct Counts {
    messages: u64,
    encoded: u64,
    compressed: u64,
    bytes: u64,
    queue_full: u64,
}

impl Outbound {
    pub(in crate::server) fn new(config: &Config) -> Self {
        // A 64th of what a peer may have waiting is for keeping it.
        let queue_limit = config.send_queue - config.send_queue / 64;
        Outbound {
            ways: Vec::new(),
            open: SlotSet::default(),
            open_count: 0,
            fated: 0,
            tape: Tape::default(),
            topics: Topics::new(),
            dirty: Vec::new(),
            facts: VecDeque::new(),
            waiting: Budget::new(config.max_sending, config.max_sending_per_address),
            compressors: Compressors::default(),
            deflate: config.deflate.clone(),
            slow_peers: config.slow_peers,
            queue_limit,
            full: queue_limit.min(FULL_TAPE),
            counts: Counts::default(),
        }
    }

    // ---- connections come, open and go

    /// A connection has come. Only HTTP is written to it before it opens.
    pub(in crate::server) fn occupy(&mut self, slot: Slot, transport: Transport) {
        if self.ways.len() <= slot.index() {
            self.ways.resize_with(slot.index() + 1, WayOut::default);
        }
        self.way(slot).transport = Some(transport);
    }

    /// From now on messages are accepted. What was published before is not for this peer.
    pub(in crate::server) fn open(&mut self, slot: Slot, agreement: Option<Agreement>) {
        self.skip_published(slot);
        let way = self.way(slot);
        way.accepts = true;
        way.compression = Compression::new(agreement);
        self.open.insert(slot);
        self.open_count += 1;
    }

    /// No message is accepted any more. What was published before is queued still.
    pub(in crate::server) fn shut(&mut self, slot: Slot) {
        self.queue_published(slot);
        if !self.refuse_messages(slot) {
            self.fated -= 1;
        }
        for number in std::mem::take(&mut self.way(slot).topics).iter() {
            self.topics.leave(number, slot);
        }
    }

    /// Nothing more will be queued: when all is written, [`Fact::Written`] says so, and [`shut_down`](Self::shut_down)
    /// follows. Both leave in one packet if they can.
    pub(in crate::server) fn end(&mut self, slot: Slot) {
        let way = self.way(slot);
        way.reports = true;
        if way.outbox.queued() > 0
            && let Some(transport) = &mut way.transport
        {
            transport.hold_for_the_end();
        }
        self.mark_dirty(slot);
    }

    /// Shuts our side of the stream down. `Some(false)`: the socket does not take what TLS has to say, and is written
    /// to again when it has room; `None`: the stream is broken.
    pub(in crate::server) fn shut_down(&mut self, slot: Slot) -> Option<bool> {
        let way = self.way(slot);
        let closed = way.transport.as_mut().map_or(Ok(true), Transport::close).ok()?;
        if !closed {
            way.outbox.block();
        }
        Some(closed)
    }

    /// The connection is gone, and all that it held.
    pub(in crate::server) fn vacate(&mut self, slot: Slot) {
        self.waiting.hold(slot, None, 0);
        let dirty = self.way(slot).dirty;
        *self.way(slot) = WayOut { dirty, ..WayOut::default() };
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
        self.open.iter()
    }

    /// How many peers are subscribed to a topic.
    pub(in crate::server) fn subscribers(&self, topic: &str) -> usize {
        let members = self.topics.find(topic).map_or(&[][..], |number| self.topics.members(number));
        match self.fated {
            0 => members.len(),
            _ => members.iter().filter(|&&slot| self.accepts(slot)).count(),
        }
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

    /// Speaks in the clear from now on.
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

    /// Is there something to do that no event will tell of?
    pub(in crate::server) fn is_restless(&self) -> bool {
        !self.dirty.is_empty() || !self.facts.is_empty()
    }

    pub(in crate::server) fn next_fact(&mut self) -> Option<(Slot, Fact)> {
        self.facts.pop_front()
    }

    pub(in crate::server) fn count_into(&self, counters: &mut Counters) {
        counters.messages_out = self.counts.messages;
        counters.encoded = self.counts.encoded;
        counters.compressed = self.counts.compressed;
        counters.bytes_out = self.counts.bytes;
        counters.queue_full = self.counts.queue_full;
        counters.open = self.open_count as u64;
        counters.sending = self.waiting.total() as u64;
    }

    // ---- subscriptions

    /// Subscribes an open peer; twice changes nothing.
    pub(in crate::server) fn subscribe(&mut self, slot: Slot, topic: &str) {
        self.queue_published(slot);
        if !self.accepts(slot) {
            return;
        }
        let number = self.topics.find_or_make(topic);
        let memberships = &mut self.ways[slot.index()].topics;
        if !memberships.contains(number) {
            memberships.add(number);
            self.topics.join(number, slot);
        }
    }

    /// Ends a subscription. What was published before is queued still.
    pub(in crate::server) fn unsubscribe(&mut self, slot: Slot, topic: &str) {
        let Some(number) = self.topics.find(topic) else {
            return;
        };
        if self.way(slot).topics.contains(number) {
            self.queue_published(slot);
            self.way(slot).topics.remove(number);
            self.topics.leave(number, slot);
        }
    }

    // ---- what is not a message

    /// Queues a frame of the protocol's own, which no limit holds back.
    pub(in crate::server) fn frame(&mut self, slot: Slot, write: impl FnOnce(&mut SendHalf, &mut Vec<u8>)) {
        self.make_room(0);
        self.queue_published(slot);
        let send = &mut self.ways[slot.index()].send;
        let piece = self.tape.record(0, |out| write(send, out));
        self.push(slot, &piece);
    }

    /// Queues the head of an HTTP answer, of about this length.
    pub(in crate::server) fn head(&mut self, slot: Slot, length: usize, write: impl FnOnce(&mut Vec<u8>)) {
        self.make_room(length);
        let piece = self.tape.record(length, write);
        self.push(slot, &piece);
    }

    /// Queues the body of an HTTP answer: a long one is written from where it lies.
    pub(in crate::server) fn body(&mut self, slot: Slot, body: &Body) {
        let bytes = body.as_bytes();
        let piece = match bytes.len() < LARGE {
            true => self.tape.record(bytes.len(), |out| out.extend_from_slice(bytes)),
            false => Piece::Page(body.clone()),
        };
        self.push(slot, &piece);
    }

    /// Asks for a [`Fact::Written`] when all is written.
    pub(in crate::server) fn report_when_written(&mut self, slot: Slot) {
        self.way(slot).reports = true;
    }

    // ---- inside

    #[inline]
    fn way(&mut self, slot: Slot) -> &mut WayOut {
        &mut self.ways[slot.index()]
    }

    fn push(&mut self, slot: Slot, piece: &Piece) {
        if piece.len() > 0 {
            self.way(slot).outbox.push(piece);
        }
        self.mark_dirty(slot);
    }

    /// To be written to at the next flush, though nothing may be queued: TLS may have something to say.
    #[inline]
    pub(in crate::server) fn mark_dirty(&mut self, slot: Slot) {
        let way = &mut self.ways[slot.index()];
        if !way.dirty {
            way.dirty = true;
            self.dirty.push(slot);
        }
    }

    /// Says whether they were accepted before.
    fn refuse_messages(&mut self, slot: Slot) -> bool {
        let accepted = std::mem::take(&mut self.way(slot).accepts);
        if accepted {
            self.open.remove(slot);
            self.open_count -= 1;
        }
        accepted
    }

    /// A peer has met its fate.
    #[cold]
    fn meet(&mut self, slot: Slot, fate: Fact) {
        if self.refuse_messages(slot) {
            self.fated += 1;
        }
        self.facts.push_back((slot, fate));
    }
}
