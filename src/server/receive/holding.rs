//! Input that waits, and the memory that clients can make the server keep by messages that they begin and do not end.
//! There is a limit for each connection; here is the one for all of them together ([`Budget`] says what happens at
//! it).

use std::collections::HashMap;

use super::messages::Rest;
use crate::server::accept::admission::AddressKey;
use crate::server::peer_id::Slot;
use crate::server::table::budget::Budget;
use crate::server::table::slot_set::SlotSet;
use crate::server::{Config, PeerId};

#[derive(Debug)]
pub(super) struct Holding {
    /// Input that was read from a peer and waits until its outbox is empty, until its request has an answer, or for the
    /// next turn. Few peers have any.
    held: HashMap<Slot, Vec<u8>>,
    /// There may be input that waits for an empty outbox or for an answer, here or in the socket.
    waiting: SlotSet,
    /// Peers whose input was not read to its end. No event will come for it.
    unfinished: Vec<PeerId>,
    /// Unfinished messages, and what is held.
    budget: Budget,
}

impl Holding {
    pub(super) fn new(config: &Config) -> Self {
        Holding {
            held: HashMap::new(),
            waiting: SlotSet::default(),
            unfinished: Vec::new(),
            budget: Budget::new(config.max_receiving, config.max_receiving_per_address),
        }
    }

    /// Keeps what is left of a peer's input.
    pub(super) fn keep(&mut self, id: PeerId, rest: Rest<'_>) {
        let input = match rest {
            Rest::Nothing => return,
            Rest::UntilWritten(input) | Rest::UntilAnswered(input) => {
                self.wait(id.slot());
                input
            }
            Rest::UntilNextTurn(input) => {
                self.note_unfinished(id);
                input
            }
        };
        if !input.is_empty() {
            self.held.entry(id.slot()).or_default().extend_from_slice(input);
        }
    }

    /// The peer's input waits until its outbox is empty, or its request has an answer.
    pub(super) fn wait(&mut self, slot: Slot) {
        self.waiting.insert(slot);
    }

    /// The peer's input was not read to its end.
    pub(super) fn note_unfinished(&mut self, id: PeerId) {
        self.unfinished.push(id);
    }

    pub(super) fn take_unfinished(&mut self) -> Vec<PeerId> {
        std::mem::take(&mut self.unfinished)
    }

    pub(super) fn is_unfinished(&self, id: PeerId) -> bool {
        self.unfinished.contains(&id)
    }

    /// How many peers have input that was not read to its end.
    pub(super) fn unfinished(&self) -> usize {
        self.unfinished.len()
    }

    /// Does input wait that was read before?
    #[inline]
    pub(super) fn holds(&self, slot: Slot) -> bool {
        !self.held.is_empty() && self.held.contains_key(&slot)
    }

    /// How much waits that was read before.
    pub(super) fn held(&self, slot: Slot) -> usize {
        self.held.get(&slot).map_or(0, Vec::len)
    }

    /// Gives back what was read before.
    pub(super) fn take(&mut self, slot: Slot) -> Option<Vec<u8>> {
        self.held.remove(&slot)
    }

    /// What this peer's input waited for has come: it is read.
    pub(super) fn wait_no_longer(&mut self, id: PeerId) {
        if self.waiting.contains(id.slot()) {
            self.waiting.remove(id.slot());
            self.unfinished.push(id);
        }
    }

    /// Counts what a peer has left unfinished in a message, and what is held of it. Says whether anything changed.
    #[inline]
    pub(super) fn charge(
        &mut self,
        slot: Slot,
        unfinished: usize,
        address: impl FnOnce() -> Option<AddressKey>,
    ) -> bool {
        let held = if self.held.is_empty() { 0 } else { self.held.get(&slot).map_or(0, Vec::capacity) };
        let bytes = unfinished + held;
        let is_charged = bytes > 0 || self.budget.is_held_by(slot);
        if is_charged {
            self.budget.hold(slot, address(), bytes);
        }
        is_charged
    }

    /// The peer that is to be given up now that this one holds more, if that was too much.
    pub(super) fn debtor(&self, slot: Slot) -> Option<Slot> {
        self.budget.debtor(slot)
    }

    /// What has come from this peer does not matter any more.
    pub(super) fn forget(&mut self, slot: Slot) {
        self.held.remove(&slot);
        self.budget.hold(slot, None, 0);
    }

    /// The connection is gone.
    pub(super) fn vacate(&mut self, slot: Slot) {
        self.waiting.remove(slot);
        self.forget(slot);
    }

    /// How much memory of all peers waits or is unfinished, in bytes.
    pub(super) fn total(&self) -> usize {
        self.budget.total()
    }
}
