//! How many connections there may be: in all, and from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU64;

use crate::handshake::Networks;
use crate::server::tuning::{DESCRIPTORS_IN_RESERVE, TURNING_AWAY};

/// What connections are counted by: an IPv4 address, or an IPv6 /64 network, which is what one subscriber gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::server) struct AddressKey(NonZeroU64);

impl AddressKey {
    /// `None` for loopback addresses: they are this machine, or a proxy on it.
    pub(in crate::server) fn of(address: IpAddr) -> Option<Self> {
        let key = match address.to_canonical() {
            address if address.is_loopback() => None,
            // No IPv6 network begins with ffff:ffff.
            IpAddr::V4(v4) => NonZeroU64::new(0xFFFF_FFFF << 32 | u64::from(v4.to_bits())),
            // The one that would be zero (::/64) has no subscriber to be counted: no network is routed there.
            IpAddr::V6(v6) => NonZeroU64::new((v6.to_bits() >> 64) as u64),
        };
        key.map(AddressKey)
    }
}

#[derive(Debug)]
pub(in crate::server) struct Admission {
    per_address: u32,
    trusted: Networks,
    addresses: HashMap<AddressKey, u32>,
}

impl Admission {
    pub(in crate::server) fn new(per_address: u32, trusted: Networks) -> Self {
        Admission { per_address, trusted, addresses: HashMap::new() }
    }

    /// Connections that are counted stay so, under a limit that may be lower than their number.
    pub(in crate::server) fn set_limit(&mut self, per_address: u32) {
        self.per_address = per_address;
    }

    pub(in crate::server) fn set_trusted(&mut self, trusted: Networks) {
        self.trusted = trusted;
    }

    /// By what a client's connections are counted; `None` if they are not.
    pub(in crate::server) fn key(&self, client: IpAddr) -> Option<AddressKey> {
        AddressKey::of(client).filter(|_| !self.trusted.contains(client))
    }

    /// Counts one more connection of this address; false, and not counted, if it has too many.
    pub(in crate::server) fn enter(&mut self, key: AddressKey) -> bool {
        let count = self.addresses.entry(key).or_insert(0);
        let admitted = *count < self.per_address;
        if admitted {
            *count += 1;
        } else if *count == 0 {
            self.addresses.remove(&key); // a limit of none at all
        }
        admitted
    }

    pub(in crate::server) fn leave(&mut self, key: AddressKey) {
        if let Some(count) = self.addresses.get_mut(&key) {
            *count -= 1;
            if *count == 0 {
                self.addresses.remove(&key);
            }
        }
    }
}

/// The most connections that the descriptor limit of this process has room for. Where the limit cannot be
/// read, what was asked for: the loop survives running out.
pub(in crate::server) fn fit_to_descriptors(wanted: usize) -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let Some(soft) = soft_limit(&limits) else {
        return wanted;
    };
    let room = soft.saturating_sub(DESCRIPTORS_IN_RESERVE + TURNING_AWAY).max(1);
    if room < wanted {
        log::info!("room for {room} connections: the descriptor limit is {soft} (raise it with ulimit -n)");
    }
    wanted.min(room)
}

/// `Max open files   1024   524288   files`: the first number.
fn soft_limit(limits: &str) -> Option<usize> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(address: &str) -> Option<AddressKey> {
        AddressKey::of(address.parse().unwrap())
    }

    #[test]
    fn an_ipv6_network_counts_as_one_and_loopback_not_at_all() {
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
        assert_eq!(key("192.0.2.1"), key("::ffff:192.0.2.1"));
        assert_eq!((key("127.0.0.1"), key("127.9.9.9"), key("::1")), (None, None, None));
    }

    #[test]
    fn an_address_has_room_again_when_a_connection_leaves() {
        let mut admission = Admission::new(2, Networks::none());
        let key = key("192.0.2.1").unwrap();
        assert!(admission.enter(key) && admission.enter(key) && !admission.enter(key));
        admission.leave(key);
        assert!(admission.enter(key));
        admission.leave(key);
        admission.leave(key);
        assert!(admission.addresses.is_empty());
    }

    #[test]
    fn a_trusted_network_is_not_counted() {
        let admission = Admission::new(2, Networks::only(["192.0.2.0/24", "2001:db8::/32"]).unwrap());
        let key = |address: &str| admission.key(address.parse().unwrap());
        assert_eq!((key("192.0.2.9"), key("::ffff:192.0.2.9"), key("2001:db8::1")), (None, None, None));
        assert!(key("198.51.100.9").is_some() && key("2001:db9::1").is_some());
    }

    #[test]
    fn the_soft_limit_is_the_first_number() {
        let limits = "Limit Soft Hard Units\nMax processes 9 9 processes\nMax open files            1024                 4096                 files\n";
        assert_eq!(soft_limit(limits), Some(1024));
        assert_eq!(soft_limit(""), None);
    }
}
