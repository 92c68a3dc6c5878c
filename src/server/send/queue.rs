//! What is queued for a peer: messages, within the limit of its queue, and before them what was published to it.

use super::delivery::Delivery;
use super::outbound::{Fact, Outbound};
use super::tape::Piece;
use super::topics::Published;
use super::way_out::WayOut;
use crate::server::SlowPeers;
use crate::server::peer_id::Slot;

impl Outbound {
    // ---- what was published, before something else

    /// Queues what was published to a peer and is not queued yet.
    #[inline]
    pub(in crate::server) fn queue_published(&mut self, slot: Slot) {
        if !self.topics.are_silent() {
            self.queue_each_published(slot);
        }
    }

    #[inline(never)]
    fn queue_each_published(&mut self, slot: Slot) {
        if !self.accepts(slot) {
            return;
        }
        let since = self.skip_published(slot);
        let way = &self.ways[slot.index()];
        let published = self.topics.published_to(&way.topics, since);
        let reads_deflated = way.compression.is_agreed();
        for Published { range, .. } in
            published.into_iter().filter(|message| !(message.deflated_for_some && reads_deflated))
        {
            self.queue(slot, &Piece::Tape(range), self.queue_limit);
        }
    }

    /// Marks what was published up to now as queued for this peer, or as not meant for it. Returns the mark before.
    pub(super) fn skip_published(&mut self, slot: Slot) -> u32 {
        self.mark_dirty(slot);
        std::mem::replace(&mut self.ways[slot.index()].queued_up_to, self.tape.position())
    }

    #[inline]
    pub(super) fn reads_deflated(&self, slot: Slot) -> bool {
        self.ways[slot.index()].compression.is_agreed()
    }

    /// Queues a message, unless the peer accepts none, or has no room for it.
    #[inline(always)]
    pub(super) fn queue(&mut self, slot: Slot, piece: &Piece, limit: usize) -> Delivery {
        match self.is_blocked(slot) {
            true => self.queue_behind(slot, piece, limit),
            false => self.queue_at_the_end(slot, piece, limit),
        }
    }

    #[inline]
    fn queue_at_the_end(&mut self, slot: Slot, piece: &Piece, limit: usize) -> Delivery {
        match self.refuses(slot, piece.len(), limit) {
            Some(refused) => refused,
            None => self.push_message(slot, piece),
        }
    }

    /// Queues a message for a peer whose socket is full.
    #[cold]
    fn queue_behind(&mut self, slot: Slot, piece: &Piece, limit: usize) -> Delivery {
        match self.tape.key_of(piece) {
            Some(key) => self.queue_in_place(slot, key, piece, limit),
            None => self.queue_at_the_end(slot, piece, limit),
        }
    }

    /// Queues a message with a key for a peer whose socket is full: the one that it replaces makes room for it.
    fn queue_in_place(&mut self, slot: Slot, key: u64, piece: &Piece, limit: usize) -> Delivery {
        let WayOut { accepts, outbox, .. } = &mut self.ways[slot.index()];
        if !*accepts {
            return Delivery::Gone;
        }
        if !outbox.has_room_to_replace(key, piece.len(), limit) {
            return self.overflow(slot);
        }
        self.counts.replaced += outbox.replace(key, piece, &self.tape);
        self.counts.messages += 1;
        self.mark_dirty(slot);
        self.charge(slot);
        if self.accepts(slot) { Delivery::Slow } else { Delivery::Gone }
    }

    #[inline(always)]
    pub(super) fn push_message(&mut self, slot: Slot, piece: &Piece) -> Delivery {
        let outbox = &mut self.ways[slot.index()].outbox;
        outbox.push(piece);
        let delivery = if outbox.is_blocked() { Delivery::Slow } else { Delivery::Queued };
        self.counts.messages += 1;
        self.mark_dirty(slot);
        delivery
    }

    /// Why a message of this length cannot be queued within a limit, if so.
    #[inline]
    pub(super) fn refuses(&mut self, slot: Slot, length: usize, limit: usize) -> Option<Delivery> {
        let way = &self.ways[slot.index()];
        if !way.accepts {
            return Some(Delivery::Gone);
        }
        match way.outbox.has_room_for(length, limit) {
            true => None,
            false => Some(self.overflow(slot)),
        }
    }

    #[cold]
    fn overflow(&mut self, slot: Slot) -> Delivery {
        self.counts.queue_full += 1;
        match self.slow_peers {
            SlowPeers::Skip => self.ways[slot.index()].outbox.miss(),
            SlowPeers::Close => self.meet(slot, Fact::TooSlow),
        }
        Delivery::Full
    }

    /// Counts what waits for a peer, now that its socket has taken what it takes. If that is too much for all of them,
    /// what waits for the peers that hold most of it is dropped, and their streams with it: they may end in the middle
    /// of a frame, and a Close could only follow when all of it has been read.
    pub(super) fn charge(&mut self, slot: Slot) {
        let way = &self.ways[slot.index()];
        self.waiting.hold(slot, way.address, way.outbox.memory());
        while let Some(debtor) = self.waiting.debtor(slot) {
            self.drop_stream(debtor);
            self.meet(debtor, Fact::CutOff);
        }
    }
}
