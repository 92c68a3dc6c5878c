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
    /// Input that was read from a peer and waits until it may go on, until its request has an answer, or for the next
    /// turn. Few peers have any.
    held: HashMap<Slot, Held>,
    /// There may be input that waits until the peer may go on, or for an answer, here or in the socket.
    waiting: SlotSet,
    /// Peers whose input was not read to its end. No event will come for it.
    unfinished: Vec<PeerId>,
    /// Unfinished messages, and what is held.
    budget: Budget,
}

/// Input of a peer that was read, and of which some has been handled since.
#[derive(Debug, Default)]
pub(super) struct Held {
    bytes: Vec<u8>,
    handled: usize,
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

    /// Other limits on what all peers may hold, and one address.
    pub(super) fn set_limits(&mut self, bytes: usize, per_address: usize) {
        self.budget.set_limits(bytes, per_address);
    }

    /// Keeps what is left of a peer's input that has been read. Says how much that is.
    #[inline]
    pub(super) fn keep(&mut self, id: PeerId, rest: Rest<'_>) -> usize {
        if rest == Rest::Nothing { 0 } else { self.keep_rest(id, rest) }
    }

    #[cold]
    fn keep_rest(&mut self, id: PeerId, rest: Rest<'_>) -> usize {
        let input = self.note(id, rest);
        if !input.is_empty() {
            self.held.entry(id.slot()).or_default().bytes.extend_from_slice(input);
        }
        input.len()
    }

    /// Keeps as much of what was held.
    pub(super) fn keep_held(&mut self, slot: Slot, mut held: Held, left: usize) {
        if left > 0 {
            held.keep_last(left);
            self.held.insert(slot, held);
        }
    }

    /// Notes for what the rest of a peer's input waits.
    pub(super) fn note<'i>(&mut self, id: PeerId, rest: Rest<'i>) -> &'i [u8] {
        match rest {
            Rest::Nothing => &[],
            Rest::UntilItMayGoOn(input) | Rest::UntilAnswered(input) => {
                self.wait(id.slot());
                input
            }
            Rest::UntilNextTurn(input) => {
                self.note_unfinished(id);
                input
            }
        }
    }

    /// The peer's input waits until the peer may go on, or its request has an answer.
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
        self.held.get(&slot).map_or(0, Held::left)
    }

    /// Gives back what was read before.
    pub(super) fn take(&mut self, slot: Slot) -> Option<Held> {
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
        let held = if self.held.is_empty() { 0 } else { self.held.get(&slot).map_or(0, Held::memory) };
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

impl Held {
    fn left(&self) -> usize {
        self.bytes.len() - self.handled
    }

    /// What has not been handled.
    pub(super) fn rest(&mut self) -> &mut [u8] {
        &mut self.bytes[self.handled..]
    }

    /// All but so much has been handled. That is copied only when as much can be freed: a peer that goes on by one
    /// small message at a time costs no more than one that goes on by all of them.
    fn keep_last(&mut self, left: usize) {
        self.handled = self.bytes.len() - left;
        if self.handled > left {
            self.bytes = self.rest().to_vec();
            self.handled = 0;
        }
    }

    fn memory(&self) -> usize {
        self.bytes.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_comes_back_whole_and_in_order_however_little_is_taken_at_a_time() {
        let bytes: Vec<u8> = (0..1_000_u32).map(|number| number as u8).collect();
        for taken_at_a_time in [1, 7, 499, 500, 501, 999] {
            let (mut held, mut taken) = (Held { bytes: bytes.clone(), handled: 0 }, Vec::new());
            loop {
                let left = held.rest().len();
                let step = taken_at_a_time.min(left);
                taken.extend_from_slice(&held.rest()[..step]);
                if step == left {
                    break;
                }
                held.keep_last(left - step);
                assert!(held.memory() <= 2 * (left - step) || held.memory() == bytes.len());
            }
            assert_eq!(taken, bytes, "{taken_at_a_time} at a time");
        }
    }
}
