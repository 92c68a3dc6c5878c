//! Which addresses may be banned, and how that is written down. An IPv6 /64 is one household. Which are, the model knows.
//!
//! Behind a proxy that nobody told the chat of, all come from one address, which is the machine's own or the network's: so
//! no such address is ever banned, and one act locks out nobody but whom it is about.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use pollcat::{Networks, Proxies};

use crate::run::settings::Settings;

/// Addresses that are never banned, besides those that are near.
#[derive(Debug)]
pub(crate) struct Bans {
    proxies: Proxies,
    trusted: Networks,
}

impl Bans {
    pub(crate) fn new(settings: &Settings) -> Self {
        Bans { proxies: settings.trust_proxy.clone(), trusted: settings.trusted_networks.clone() }
    }

    /// May this address be turned away, if it was banned? As settings are now; they may have been others then.
    pub(crate) fn may_be(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        !is_near(address) && !self.proxies.trust(Some(address)) && !self.trusted.contains(address)
    }

    /// How a ban of these addresses is written down: each once, and only those that may be banned. The first ones count.
    pub(crate) fn written(&self, addresses: impl Iterator<Item = IpAddr>, most: usize) -> Vec<String> {
        let mut written = Vec::new();
        for address in addresses.filter(|&address| self.may_be(address)).map(household) {
            let network = format!("{address}/{}", if address.is_ipv4() { 32 } else { 64 });
            if written.len() < most && !written.contains(&network) {
                written.push(network);
            }
        }
        written
    }
}

/// By what somebody is counted.
fn household(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address => address,
    }
}

/// This machine, or this network: a proxy's own address, or a carrier's behind which there are thousands.
fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let is_of_a_carrier = Ipv4Addr::new(100, 64, 0, 0).to_bits() >> 22 == address.to_bits() >> 22;
            address.is_loopback()
                || address.is_private()
                || address.is_link_local()
                || address.is_unspecified()
                || address.is_broadcast()
                || is_of_a_carrier
        }
        IpAddr::V6(address) => {
            address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(addresses: &[&str]) -> Vec<String> {
        let bans = Bans {
            proxies: Proxies::only(["198.51.100.1", "2001:db8:1::/48"]).unwrap(),
            trusted: Networks::only(["192.0.2.0/28"]).unwrap(),
        };
        bans.written(addresses.iter().map(|text| text.parse().unwrap()), 3)
    }

    #[test]
    fn what_is_near_or_trusted_is_never_banned() {
        let near = [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.7.7",
            "169.254.1.1",
            "100.64.0.1",
            "100.127.255.254",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd12:3456::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
        ];
        let as_settings_have_it = ["198.51.100.1", "2001:db8:1::77", "192.0.2.15"];
        for text in near.into_iter().chain(as_settings_have_it) {
            assert_eq!(written(&[text]), [""; 0], "{text}");
        }
        for text in ["100.63.255.255", "100.128.0.0", "172.32.0.1", "192.0.2.16", "198.51.100.2", "8.8.8.8"] {
            assert_eq!(written(&[text]), [format!("{text}/32")]);
        }
    }

    #[test]
    fn a_household_is_banned_as_one_and_there_is_an_end_to_how_many() {
        let told = written(&["2001:db8:7:1:a::1", "2001:db8:7:1:b::2", "203.0.113.7", "::ffff:203.0.113.7"]);
        assert_eq!(told, ["2001:db8:7:1::/64", "203.0.113.7/32"]);
        let many = ["203.0.113.4", "203.0.113.3", "203.0.113.2", "203.0.113.1"];
        assert_eq!(written(&many), ["203.0.113.4/32", "203.0.113.3/32", "203.0.113.2/32"]);
    }
}
