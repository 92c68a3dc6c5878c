//! What all connections may hold together of something that costs memory, and each address of it.
//!
//! A limit for each connection is none for the server: ten thousand times a message that is nearly whole is more
//! memory than there is. When the sum is used up, waiting would not help, as each of them may be waiting for the
//! others: so one connection is given up. It is the one that holds most, of the address that holds most: so a client
//! that sends one long message does not pay for a crowd of others.
//!
//! Noting a change takes the same time however many there are; looking for the largest goes through all of them, and
//! each look ends a connection.

use std::collections::HashMap;

use crate::server::accept::admission::AddressKey;
use crate::server::peer_id::Slot;

#[derive(Debug)]
pub(in crate::server) struct Budget {
    /// In bytes: for all, and for one address.
    limit: usize,
    share: usize,
    total: usize,
    by_slot: Vec<Holding>,
    by_address: HashMap<AddressKey, usize>,
}

/// Of one connection.
#[derive(Debug, Clone, Copy, Default)]
struct Holding {
    bytes: usize,
    /// Where it came from when it began to hold something. Loopback and Unix-domain sockets have no share.
    address: Option<AddressKey>,
}

impl Budget {
    pub(in crate::server) fn new(limit: usize, share: usize) -> Self {
        Budget { limit, share, total: 0, by_slot: Vec::new(), by_address: HashMap::new() }
    }

    /// Other limits. What is held stays, though it may be more.
    pub(in crate::server) fn set_limits(&mut self, limit: usize, share: usize) {
        (self.limit, self.share) = (limit, share);
    }

    pub(in crate::server) fn total(&self) -> usize {
        self.total
    }

    /// So much is this connection's from now on.
    pub(in crate::server) fn hold(&mut self, slot: Slot, address: Option<AddressKey>, bytes: usize) {
        let place = slot.index();
        if self.by_slot.len() <= place {
            if bytes == 0 {
                return;
            }
            self.by_slot.resize(place + 1, Holding::default());
        }
        let holding = &mut self.by_slot[place];
        if holding.bytes == 0 {
            holding.address = address;
        }
        let before = std::mem::replace(&mut holding.bytes, bytes);
        self.total = self.total - before + bytes;
        if let Some(address) = holding.address {
            let sum = self.by_address.entry(address).or_insert(0);
            *sum = *sum - before + bytes;
            if *sum == 0 {
                self.by_address.remove(&address);
            }
        }
    }

    /// Does this connection hold something?
    #[inline]
    pub(in crate::server) fn is_held_by(&self, slot: Slot) -> bool {
        self.by_slot.get(slot.index()).is_some_and(|holding| holding.bytes > 0)
    }

    /// Would so many bytes more be too many?
    pub(in crate::server) fn has_room_for(&self, address: Option<AddressKey>, bytes: usize) -> bool {
        let of_address = address.map_or(0, |address| self.by_address.get(&address).copied().unwrap_or(0));
        self.total.saturating_add(bytes) <= self.limit
            && (address.is_none() || of_address.saturating_add(bytes) <= self.share)
    }

    /// The connection to be given up now that this one holds more, if that was too much.
    pub(in crate::server) fn debtor(&self, slot: Slot) -> Option<Slot> {
        let address = self.by_slot.get(slot.index()).and_then(|holding| holding.address);
        let sum = |address| self.by_address.get(&address).copied().unwrap_or(0);
        if let Some(address) = address.filter(|&address| sum(address) > self.share) {
            return self.largest(|holding| holding.address == Some(address));
        }
        if self.total <= self.limit {
            return None;
        }
        // A connection without an address stands for itself alone.
        let most = self.by_address.iter().max_by_key(|&(_, bytes)| *bytes);
        let alone = self.largest(|holding| holding.address.is_none());
        match (most, alone.map(|slot| self.by_slot[slot.index()].bytes)) {
            (Some((_, bytes)), Some(alone_bytes)) if alone_bytes > *bytes => alone,
            (Some((&address, _)), _) => self.largest(|holding| holding.address == Some(address)),
            (None, _) => alone,
        }
    }

    fn largest(&self, counts: impl Fn(&Holding) -> bool) -> Option<Slot> {
        let holdings = self.by_slot.iter().enumerate();
        let counted = holdings.filter(|(_, holding)| holding.bytes > 0 && counts(holding));
        counted.max_by_key(|(_, holding)| holding.bytes).map(|(slot, _)| Slot::at(slot))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> Option<AddressKey> {
        AddressKey::of([192, 0, 2, last].into())
    }

    #[test]
    fn the_largest_of_the_address_that_holds_most_is_given_up() {
        let mut budget = Budget::new(100, 1000);
        for (slot, last, bytes) in [(0, 1, 40), (1, 2, 15), (2, 2, 25), (3, 2, 20)] {
            assert_eq!(budget.debtor(Slot::at(slot)), None);
            budget.hold(Slot::at(slot), address(last), bytes);
        }
        assert_eq!(budget.debtor(Slot::at(3)), None, "all of it may be used");
        budget.hold(Slot::at(1), address(2), 16);
        // One long message is not more than a crowd of short ones.
        assert_eq!(budget.debtor(Slot::at(1)), Some(Slot::at(2)));
        budget.hold(Slot::at(2), None, 0);
        assert_eq!((budget.debtor(Slot::at(1)), budget.total()), (None, 76));
    }

    #[test]
    fn an_address_has_its_share_and_those_without_one_have_none() {
        let mut budget = Budget::new(1000, 50);
        budget.hold(Slot::at(0), None, 300);
        budget.hold(Slot::at(1), None, 301);
        budget.hold(Slot::at(2), address(1), 30);
        assert_eq!((budget.debtor(Slot::at(0)), budget.debtor(Slot::at(2))), (None, None));
        assert!(budget.has_room_for(address(1), 20) && !budget.has_room_for(address(1), 21));
        assert!(budget.has_room_for(None, 369) && !budget.has_room_for(None, 370));
        budget.hold(Slot::at(3), address(1), 21);
        assert_eq!(budget.debtor(Slot::at(3)), Some(Slot::at(2)));
        assert_eq!(budget.debtor(Slot::at(0)), None, "it is nobody else's affair");
        budget.hold(Slot::at(2), None, 0);
        budget.hold(Slot::at(4), address(2), 50);
        budget.hold(Slot::at(5), address(3), 50);
        budget.hold(Slot::at(0), None, 600);
        assert_eq!(budget.debtor(Slot::at(5)), Some(Slot::at(0)));
    }

    #[test]
    fn what_is_let_go_of_is_forgotten() {
        let mut budget = Budget::new(10, 10);
        for last in 0..100 {
            budget.hold(Slot::at(last.into()), address(last), 1);
            budget.hold(Slot::at(last.into()), address(last + 1), 7); // it has moved, what it holds has not
            budget.hold(Slot::at(last.into()), None, 0);
        }
        assert_eq!((budget.total(), budget.by_address.len()), (0, 0));
        budget.hold(Slot::at(1000), None, 0);
        assert_eq!(budget.by_slot.len(), 100);
    }
}
