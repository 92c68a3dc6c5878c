//! How many connections there may be, and who counts as one client.

use super::Config;
use crate::handshake::{Networks, Proxies};

/// # Crowds
impl Config {
    /// The most connections at once; 100,000. On Linux no more than the descriptor limit (`ulimit -n`) allows, after a
    /// reserve; elsewhere that limit is not read, and a server that runs out of descriptors lets clients wait. Beyond
    /// it, requests are answered with 503.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// The most connections at once from one IPv4 address or one IPv6 /64 network; 256. Beyond it,
    /// requests are answered with 429. Loopback addresses and Unix-domain sockets are not counted; clients behind
    /// a [trusted proxy](Self::trust_proxies) count by their own address.
    pub fn max_connections_per_address(mut self, connections: u32) -> Self {
        self.max_connections_per_address = connections;
        self
    }

    /// Networks whose addresses have no limits of their own, only those of all together: on connections, and on memory.
    /// [`Networks::none`]. A whole office may be one address.
    pub fn trusted_networks(mut self, networks: Networks) -> Self {
        self.trusted_networks = networks;
        self
    }

    /// The reverse proxies whose X-Forwarded-For and X-Real-IP count; [`Proxies::none`].
    pub fn trust_proxies(mut self, proxies: Proxies) -> Self {
        self.proxies = proxies;
        self
    }
}
