//! Sets of addresses, as settings name them: single ones, and networks in the notation of RFC 4632 §3.1.

use std::net::IpAddr;

use super::InvalidSetting;

/// Addresses and networks. None by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Networks(Vec<Network>);

/// All addresses whose first `prefix` bits are those of `address`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Networks {
    /// No address at all.
    pub fn none() -> Self {
        Networks::default()
    }

    /// These: an address (`192.0.2.1`) or a network (`10.0.0.0/8`, `2001:db8::/32`).
    ///
    /// # Errors
    ///
    /// An entry is neither.
    pub fn only<I>(entries: I) -> Result<Self, InvalidSetting>
    where
        I: IntoIterator<Item: AsRef<str>>,
    {
        let mut networks = Networks::none();
        for entry in entries {
            let text = entry.as_ref();
            let wrong =
                || InvalidSetting::new(format!("{text:?} is no network: write 192.0.2.1 or 10.0.0.0/8"));
            networks.add(text).ok_or_else(wrong)?;
        }
        Ok(networks)
    }

    /// `None` if the text is neither an address nor a network.
    pub(super) fn add(&mut self, text: &str) -> Option<()> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(bits);
        (prefix <= bits).then(|| self.0.push(Network { address, prefix }))
    }

    /// Is this one of them? An IPv4 address is the same if it is written as IPv6 (`::ffff:192.0.2.1`).
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(address))
    }
}

impl Network {
    fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                let differing = ours.to_bits() ^ theirs.to_bits();
                differing.leading_zeros() >= self.prefix
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                let differing = ours.to_bits() ^ theirs.to_bits();
                differing.leading_zeros() >= self.prefix
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_all_addresses_that_begin_like_it() {
        let networks =
            Networks::only(["10.0.0.0/8", "192.0.2.1", "2001:db8::/32", "198.51.100.0/25"]).unwrap();
        let table = [
            ("10.0.0.0", true),
            ("10.255.255.255", true),
            ("::ffff:10.1.2.3", true),
            ("11.0.0.0", false),
            ("192.0.2.1", true),
            ("192.0.2.2", false),
            ("198.51.100.127", true),
            ("198.51.100.128", false),
            ("2001:db8:ffff::1", true),
            ("2001:db9::", false),
            ("::1", false),
        ];
        for (address, is_one) in table {
            assert_eq!(networks.contains(address.parse().unwrap()), is_one, "{address}");
        }
        let everybody = Networks::only(["0.0.0.0/0", "::/0"]).unwrap();
        assert!(table.iter().all(|(address, _)| everybody.contains(address.parse().unwrap())));
        assert!(!Networks::none().contains("10.0.0.1".parse().unwrap()));
    }

    #[test]
    fn what_is_no_network_is_told() {
        for bad in [
            "",
            "localhost",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/-1",
            "::/129",
            "10.0.0/8",
            "unix",
            "10.0.0.1:80",
        ] {
            let error = Networks::only([bad]).unwrap_err();
            assert!(error.to_string().contains(&format!("{bad:?}")), "{error}");
        }
    }
}
