//! What the loop asks of the user table.

use mio::Registry;

use super::{News, Peers};
use crate::Answer;
use crate::server::counters::Counters;
use crate::server::peer_id::Slot;
use crate::server::requests::Wanted;
use crate::server::send::Outbound;
use crate::server::table::marks::Mark;
use crate::server::table::stage::Stage;
use crate::server::time::deadlines::{Deadlines, Tick};
use crate::server::{Config, PeerId};

impl Peers {
    /// A turn begins.
    pub(in crate::server) fn begin_turn(&mut self, now: Tick) {
        self.now = now;
    }

    pub(in crate::server) fn now(&self) -> Tick {
        self.now
    }

    pub(in crate::server) fn config(&self) -> &Config {
        &self.config
    }

    pub(in crate::server) fn count(&mut self) -> &mut Counters {
        &mut self.counters
    }

    /// The counters, all of them up to now.
    pub(in crate::server) fn counted(&mut self) -> &Counters {
        self.counters.connections = self.table.count() as u64;
        self.out.count_into(&mut self.counters);
        &self.counters
    }

    /// A message has been received.
    #[inline]
    pub(in crate::server) fn count_message(&mut self, length: usize) {
        self.counters.messages_in += 1;
        self.meters.message_in().record_bytes(length);
    }

    pub(in crate::server) fn connections(&self) -> usize {
        self.table.count()
    }

    /// The slot of a connection that is still there, whatever its stage.
    #[inline]
    pub(in crate::server) fn find(&self, id: PeerId) -> Option<Slot> {
        self.table.find(id)
    }

    pub(in crate::server) fn id(&self, slot: Slot) -> PeerId {
        self.table.id(slot)
    }

    #[inline]
    pub(in crate::server) fn stage(&self, slot: Slot) -> Stage {
        self.table.stage(slot)
    }

    pub(in crate::server) fn in_stage(&self, stage: Stage) -> Vec<Slot> {
        self.table.in_stage(stage)
    }

    pub(in crate::server) fn is_stopping(&self) -> bool {
        self.stopping
    }

    /// What the poll watches is forgotten through this; there is none where somebody turns the loop by hand.
    pub(in crate::server) fn registry(&self) -> Option<&Registry> {
        self.registry.as_ref()
    }

    pub(in crate::server) fn deadlines(&mut self) -> &mut Deadlines {
        self.table.deadlines()
    }

    pub(in crate::server) fn earliest_deadline(&self) -> Option<Tick> {
        self.table.earliest_deadline()
    }

    pub(in crate::server) fn has(&self, slot: Slot, mark: Mark) -> bool {
        self.table.has(slot, mark)
    }

    pub(in crate::server) fn mark(&mut self, slot: Slot, mark: Mark) {
        self.table.mark(slot, mark);
    }

    /// The way out, for the way in.
    #[inline]
    pub(in crate::server) fn out(&mut self) -> &mut Outbound {
        &mut self.out
    }

    #[inline]
    pub(in crate::server) fn is_blocked(&self, slot: Slot) -> bool {
        self.out.is_blocked(slot)
    }

    /// Is what comes from this client to be held, as its request waits for an answer that may open a WebSocket or ask
    /// for the body, or will in a moment?
    pub(in crate::server) fn holds_input(&self, slot: Slot) -> bool {
        let awaits_page = matches!(self.requests.wanted(slot), Some(Wanted::Page(_)));
        self.table.stage(slot) == Stage::Awaiting && !awaits_page
    }

    /// Does this client's request wait for an answer that may open a WebSocket, or will in a moment?
    pub(in crate::server) fn awaits_web_socket(&self, slot: Slot) -> bool {
        let may_open = matches!(self.requests.wanted(slot), Some(Wanted::WebSocket(_)) | None);
        self.table.stage(slot) == Stage::Awaiting && may_open
    }

    /// Is nothing read from this peer for now: because its socket is full, or it is paused?
    #[inline]
    pub(in crate::server) fn is_held_back(&self, slot: Slot) -> bool {
        self.out.is_blocked(slot) || self.table.has(slot, Mark::Paused)
    }

    /// Are messages of this peer handed to the handler?
    #[inline]
    pub(in crate::server) fn is_open(&self, slot: Slot) -> bool {
        self.out.accepts(slot)
    }

    /// An upgrade that was accepted later: whose it is, the answer, and the head of the request.
    pub(in crate::server) fn next_accepted(&mut self) -> Option<(PeerId, Answer, Box<[u8]>)> {
        self.accepted.pop_front()
    }

    pub(in crate::server) fn next_news(&mut self) -> Option<News> {
        self.news.pop_front()
    }

    pub(in crate::server) fn take_dead(&mut self) -> Vec<Slot> {
        self.table.take_dead()
    }

    /// Are there connections that are over?
    #[inline]
    pub(in crate::server) fn have_dead(&self) -> bool {
        self.table.has_dead()
    }

    /// May some be read from again?
    #[inline]
    pub(in crate::server) fn may_go_on(&self) -> bool {
        !self.may_go_on.is_empty()
    }

    /// Those peers.
    pub(in crate::server) fn take_those_that_may_go_on(&mut self) -> Vec<PeerId> {
        std::mem::take(&mut self.may_go_on)
    }

    /// Has the request of some peer got its answer, or does it need none any more?
    #[inline]
    pub(in crate::server) fn have_answers(&self) -> bool {
        !self.answered.is_empty()
    }

    /// Those peers.
    pub(in crate::server) fn take_answered(&mut self) -> Vec<PeerId> {
        std::mem::take(&mut self.answered)
    }

    /// Limits that the handler has set.
    pub(in crate::server) fn take_new_limits(&mut self) -> Vec<(PeerId, usize)> {
        std::mem::take(&mut self.new_limits)
    }

    /// The limit that the handler has just set for this peer.
    #[inline]
    pub(in crate::server) fn take_new_limit(&mut self, id: PeerId) -> Option<usize> {
        if self.new_limits.is_empty() {
            return None;
        }
        let mut bytes = None;
        self.new_limits.retain(|&(of, limit)| {
            bytes = if of == id { Some(limit) } else { bytes };
            of != id
        });
        bytes
    }

    /// Is there something to do that no event will bring?
    pub(in crate::server) fn is_restless(&self) -> bool {
        let quiet = self.news.is_empty() && self.may_go_on.is_empty() && self.answered.is_empty();
        !quiet || !self.accepted.is_empty() || self.table.has_dead() || self.out.is_restless()
    }
}
