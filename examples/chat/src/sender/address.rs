//! Which addresses are open to the whole world. All others are somebody's own network, or this machine: what a member has sent
//! there by the chat would be let in as the chat is.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// May a member's target be here? By the registries of IANA for special addresses (RFC 6890): what is not globally reachable is
/// refused, and so is whatever stands for another address: mapped, translated, tunnelled.
pub(super) fn is_open(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_open_v4(address),
        IpAddr::V6(address) => is_open_v6(address),
    }
}

/// A network: its first address, and how many bits of it count.
type V4 = ([u8; 4], u32);
type V6 = ([u16; 8], u32);

const CLOSED_V4: &[V4] = &[
    ([0, 0, 0, 0], 8),        // this network: on Linux 0.0.0.0 is this machine
    ([10, 0, 0, 0], 8),       // private
    ([100, 64, 0, 0], 10),    // shared: behind a provider's translation
    ([127, 0, 0, 0], 8),      // this machine
    ([169, 254, 0, 0], 16),   // link-local; 169.254.169.254 gives a cloud's keys away
    ([172, 16, 0, 0], 12),    // private
    ([192, 0, 0, 0], 24),     // protocols
    ([192, 0, 2, 0], 24),     // documentation
    ([192, 88, 99, 0], 24),   // relays of 6to4, which are no more
    ([192, 168, 0, 0], 16),   // private
    ([198, 18, 0, 0], 15),    // benchmarks
    ([198, 51, 100, 0], 24),  // documentation
    ([203, 0, 113, 0], 24),   // documentation
    ([224, 0, 0, 0], 4),      // multicast
    ([240, 0, 0, 0], 4),      // reserved, and broadcast
    ([168, 63, 129, 16], 32), // of Azure, for its own machines alone, in the middle of the open ones
];

/// What the Internet has of IPv6. Everything else is local, not given out yet, or another address in disguise: IPv4 that is mapped
/// (`::ffff:0:0/96`), compatible (`::/96`) or translated (`64:ff9b::/96`, `64:ff9b:1::/48`).
const GLOBAL_V6: V6 = ([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

const CLOSED_V6: &[V6] = &[
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),     // protocols, Teredo among them
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), // documentation
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16),     // 6to4: another address, by relays that are no more
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),     // documentation
];

fn is_open_v4(address: Ipv4Addr) -> bool {
    let bits = address.to_bits();
    !CLOSED_V4
        .iter()
        .any(|&(first, length)| begins(bits.into(), u32::from_be_bytes(first).into(), 32 - length))
}

fn is_open_v6(address: Ipv6Addr) -> bool {
    let within =
        |&(first, length): &V6| begins(address.to_bits(), Ipv6Addr::from(first).to_bits(), 128 - length);
    within(&GLOBAL_V6) && !CLOSED_V6.iter().any(within)
}

/// Are they the same but for their last bits?
fn begins(address: u128, first: u128, free: u32) -> bool {
    (address ^ first) >> free == 0
}
