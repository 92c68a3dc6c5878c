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

    /// A request has come on a connection, by which it is counted if it was not when it came: that of a trusted proxy
    /// by its client, and one that was a proxy's or a trusted network's, and is no longer, by its own address.
    pub(in crate::server) fn enter_by_request(
        &mut self,
        slot: Slot,
        remote: Option<IpAddr>,
        client: Option<IpAddr>,
    ) -> bool {
        if self.is_proxy(remote) {
            self.by_proxy.insert(slot);
            self.leave_address(slot);
            return self.enter(slot, client);
        }
        if self.by_proxy.remove(&slot) {
            self.leave_address(slot);
        }
        self.out.address(slot).is_some() || self.enter(slot, remote)
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
