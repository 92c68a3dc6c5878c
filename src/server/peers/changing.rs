//! Settings that can be other ones while the server runs.

use super::Peers;
use crate::handshake::{Hosts, Networks, Origins, Proxies};
use crate::server::accept::admission::fit_to_descriptors;

/// # Changing settings
///
/// What [`Config`](crate::Config) was given for the following can be changed while the server runs: an operator edits a
/// file, and nobody loses a connection. Each of these methods is the one of `Config` with the same words. It holds for
/// the next request, connection or message. No peer that is open is closed because a limit is lower now, or because it
/// would not be let in any more.
impl Peers {
    /// The [origins](crate::Config::origins) whose pages may connect. Requests that come from now on are judged by
    /// them; a WebSocket that is open stays open, whatever its origin was.
    pub fn set_origins(&mut self, origins: Origins) {
        self.config.origins = origins;
    }

    /// The [names](crate::Config::hosts) that the server goes by, for requests that come from now on.
    pub fn set_hosts(&mut self, hosts: Hosts) {
        self.config.hosts = hosts;
    }

    /// The [proxies](crate::Config::trust_proxies) that are trusted: requests that come from now on are their clients',
    /// on connections too that were there before. A WebSocket that is open is counted as it was when it was opened.
    pub fn set_proxies(&mut self, proxies: Proxies) {
        self.config.proxies = proxies;
    }

    /// The [networks](crate::Config::trusted_networks) without a limit for each address. What is counted already of
    /// such a network stays counted until it ends, and keeps nobody out. Connections that were not counted are not,
    /// until their next request.
    pub fn set_trusted_networks(&mut self, networks: Networks) {
        self.admission.set_trusted(networks.clone());
        self.config.trusted_networks = networks;
    }

    /// The most [connections](crate::Config::max_connections) at once, or as many as the descriptor limit of the
    /// process allows: this is returned. The limit is read anew. If there are more connections already, all of them
    /// stay, and newcomers get 503 until enough have left.
    pub fn set_max_connections(&mut self, connections: usize) -> usize {
        self.config.max_connections = fit_to_descriptors(connections);
        self.config.max_connections
    }

    /// The most connections at once [of one address](crate::Config::max_connections_per_address). If there are more
    /// already, all of them stay, and the address gets 429 until enough have left.
    pub fn set_max_connections_per_address(&mut self, connections: u32) {
        self.admission.set_limit(connections);
        self.config.max_connections_per_address = connections;
    }

    /// The longest [message](crate::Config::max_message) of peers that open from now on. For one that is open there is
    /// [`set_max_message`](Self::set_max_message).
    pub fn set_max_message_of_newcomers(&mut self, bytes: usize) {
        self.config.message = self.config.message.max_message(bytes);
    }

    /// How much memory the unfinished messages of all peers may take together, and those of one address
    /// ([`Config::max_receiving`](crate::Config::max_receiving),
    /// [`Config::max_receiving_per_address`](crate::Config::max_receiving_per_address)), from the end of this turn on.
    /// If there are more bytes already, nothing happens until there are yet more: then peers are given up as always,
    /// one at a time.
    pub fn set_max_receiving(&mut self, bytes: usize, per_address: usize) {
        (self.config.max_receiving, self.config.max_receiving_per_address) = (bytes, per_address);
        self.receiving_has_changed = true;
    }

    /// How much memory may be taken by what waits for all peers together, and for one address
    /// ([`Config::max_sending`](crate::Config::max_sending),
    /// [`Config::max_sending_per_address`](crate::Config::max_sending_per_address)). If there are more bytes already,
    /// nothing happens until there are yet more: then peers are cut off as always, one at a time.
    pub fn set_max_sending(&mut self, bytes: usize, per_address: usize) {
        (self.config.max_sending, self.config.max_sending_per_address) = (bytes, per_address);
        self.out.set_limits(bytes, per_address);
    }

    /// The limits on what is received, for the way in, if they are other ones.
    pub(in crate::server) fn take_new_receiving(&mut self) -> Option<(usize, usize)> {
        let has_changed = std::mem::take(&mut self.receiving_has_changed);
        has_changed.then_some((self.config.max_receiving, self.config.max_receiving_per_address))
    }
}
