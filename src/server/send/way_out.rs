//! One connection's way out.

use super::compression::Compression;
use super::memberships::Memberships;
use super::outbox::Outbox;
use crate::protocol::SendHalf;
use crate::server::accept::admission::AddressKey;
use crate::server::accept::transport::Transport;

/// All that a fan-out touches of a peer, in one place: less than a cache line where neither feature adds to it.
#[derive(Debug, Default)]
pub(super) struct WayOut {
    /// The place of the tape up to which what was published to this peer is queued, or was not meant for it.
    pub(super) queued_up_to: u32,
    /// Messages are accepted: the peer is open, and has met no fate.
    pub(super) accepts: bool,
    /// In `Outbound::dirty`: to be written to when the turn ends.
    pub(super) dirty: bool,
    /// A [`Fact::Written`](super::Fact::Written) is wanted, though the socket was never full.
    pub(super) reports: bool,
    pub(super) send: SendHalf,
    pub(super) compression: Compression,
    /// What bytes travel on, in both directions: it lies here because a fan-out needs it.
    pub(super) transport: Option<Transport>,
    pub(super) outbox: Outbox,
    /// By what address the connection is counted.
    pub(super) address: Option<AddressKey>,
    pub(super) topics: Memberships,
}

/// mio's sockets are larger in debug builds.
#[cfg(not(any(debug_assertions, feature = "deflate", feature = "tls", feature = "testing")))]
const _: () = assert!(size_of::<WayOut>() == 56);
