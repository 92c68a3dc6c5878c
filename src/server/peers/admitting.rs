//! By what address a connection is counted, and how many there may be of one.

use std::net::IpAddr;

use super::Peers;
use crate::server::accept::admission::AddressKey;
use crate::server::peer_id::Slot;

impl Peers {
    /// Does this end of a connection belong to a trusted proxy?
    pub(in crate::server) fn is_proxy(&self, remote: Option<IpAddr>) -> bool {
        self.config.proxies.trust(remote)
    }

    /// Counts a connection by its address; false if there are too many.
    pub(in crate::server) fn enter(&mut self, slot: Slot, address: Option<IpAddr>) -> bool {
        let Some(key) = address.and_then(|address| self.admission.key(address)) else {
            return true;
        };
        // A second try on a connection that was kept alive is not a second connection.
        self.leave_address(slot);
        let admitted = self.admission.enter(key);
        self.out.set_address(slot, admitted.then_some(key));
        admitted
    }

    /// Counts a connection of a trusted proxy by the client whose request it brings.
    pub(in crate::server) fn enter_by_proxy(&mut self, slot: Slot, client: Option<IpAddr>) -> bool {
        self.by_proxy.insert(slot);
        self.enter(slot, client)
    }

    /// The page that a proxy's connection has fetched is out: the next request may be another client's.
    pub(super) fn leave_by_proxy(&mut self, slot: Slot) {
        if self.by_proxy.contains(&slot) {
            self.leave_address(slot);
        }
    }

    /// The connection is not counted any more.
    pub(super) fn leave_address(&mut self, slot: Slot) {
        if let Some(counted) = self.out.address(slot) {
            self.admission.leave(counted);
            self.out.set_address(slot, None);
        }
    }

    /// The address that answers for what this connection holds.
    pub(in crate::server) fn address(&self, slot: Slot) -> Option<AddressKey> {
        self.out.address(slot)
    }
}
