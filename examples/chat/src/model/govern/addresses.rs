//! Which addresses are turned away: found at once, however many there are.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use crate::history::PersonId;

/// One address of IPv4; of IPv6 all that one customer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Net {
    V4([u8; 4]),
    V6([u8; 8]),
}

impl Net {
    pub(super) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Net::V4(address.octets()),
            IpAddr::V6(address) => {
                let [a, b, c, d, e, f, g, h, ..] = address.octets();
                Net::V6([a, b, c, d, e, f, g, h])
            }
        }
    }

    /// `203.0.113.7/32`, `2001:db8::/64`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/')?;
        let net = Net::of(address.parse().ok()?);
        match (net, bits) {
            (Net::V4(_), "32") | (Net::V6(_), "64") => Some(net),
            _ => None,
        }
    }
}

/// Whose ban turns which addresses away.
#[derive(Debug, Default)]
pub(super) struct Addresses(HashMap<Net, BTreeSet<PersonId>>);

impl Addresses {
    pub(super) fn insert(&mut self, person: PersonId, addresses: &[String]) {
        for net in addresses.iter().filter_map(|address| Net::parse(address)) {
            self.0.entry(net).or_default().insert(person);
        }
    }

    pub(super) fn remove(&mut self, person: PersonId, addresses: &[String]) {
        for net in addresses.iter().filter_map(|address| Net::parse(address)) {
            if let Some(people) = self.0.get_mut(&net) {
                people.remove(&person);
                if people.is_empty() {
                    self.0.remove(&net);
                }
            }
        }
    }

    /// Who was banned with this address.
    pub(super) fn of(&self, address: IpAddr) -> impl Iterator<Item = PersonId> {
        self.0.get(&Net::of(address)).into_iter().flatten().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(addresses: &Addresses, text: &str) -> Vec<PersonId> {
        addresses.of(text.parse().unwrap()).collect()
    }

    #[test]
    fn an_address_is_turned_away_and_its_neighbour_is_not() {
        let mut addresses = Addresses::default();
        addresses
            .insert(7, &["203.0.113.7/32", "2001:db8:1:2::/64", "nonsense", "10.0.0.0/8"].map(String::from));
        addresses.insert(8, &["203.0.113.7/32".to_owned()]);
        assert_eq!(found(&addresses, "203.0.113.7"), [7, 8]);
        assert_eq!(found(&addresses, "::ffff:203.0.113.7"), [7, 8], "the same, as IPv6 has it");
        assert_eq!(found(&addresses, "2001:db8:1:2:3:4:5:6"), [7]);
        for other in ["203.0.113.8", "2001:db8:1:3::1", "10.0.0.1"] {
            assert!(found(&addresses, other).is_empty(), "{other}");
        }
        addresses.remove(7, &["203.0.113.7/32", "2001:db8:1:2::/64"].map(String::from));
        assert_eq!((found(&addresses, "203.0.113.7"), addresses.0.len()), (vec![8], 1));
    }
}
