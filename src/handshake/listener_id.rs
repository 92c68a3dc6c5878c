//! Which listener a request came through.

/// A listener of a server: what one call of [`Server::bind`](crate::Server::bind), `listen`, `listen_tls` and the like
/// listens on, be it one address or all those of a name. [`Server::last_listener`](crate::Server::last_listener) has
/// it, and [`Request::listener`](super::Request::listener) says it again. Another server counts its own.
///
/// The default is no listener at all: what a request has that no server has received.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListenerId(u32);

impl ListenerId {
    /// By number: a server counts its listeners from 1. For tests, and for programs that use `handshake` without a
    /// [`Server`](crate::Server).
    pub fn new(number: u32) -> Self {
        ListenerId(number)
    }

    /// The one that is made after this.
    pub(crate) fn next(self) -> Self {
        ListenerId(self.0 + 1)
    }
}
