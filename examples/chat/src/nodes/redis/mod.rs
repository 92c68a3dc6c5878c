//! A log in a stream of Redis or Valkey (7.0 or newer), and who else follows it.
//!
//! ```text
//!   RedisLog   append    MULTI  SET blob …  XADD log NOMKSTREAM 1-* …  GET id  EXEC         all or nothing
//!              read      XREAD BLOCK … STREAMS log now …,  GET id,  ROLE,  GET blob …
//!   Company    refresh   my card, my people and the lease live for 8 s; whose card is gone is gone
//! ```
//!
//! | file | what it knows |
//! |---|---|
//! | `link.rs` | one connection: no call lasts longer than it may |
//! | `address.rs` | where the log may be kept |
//! | `keys.rs` | what is called how |
//! | `faults.rs` | what an error of Redis means, and what to do about it |
//! | `condition.rs` | what Redis says of itself: may it be used, and how sure is what it has |
//! | `primary.rs` | at which of several addresses the primary is now |
//! | `replicas.rs` | what replicas have on their disks |
//! | `stream.rs` | the log |
//! | `ageing.rs` | how old it is, and what is given up |
//! | `company.rs` | the nodes that live, their people, the lease of the chores |
//!
//! The ids of the stream are `1-0`, `1-1`, `1-2`, …: with the first half given (`1-*`) Redis counts the second without gaps, which it
//! does since 7.0. So an id is a place, and a gap is seen.
//!
//! Which rights of Redis all of this needs, and no others, OPERATING.md says; a test takes them from there.

mod address;
mod ageing;
mod company;
mod condition;
mod faults;
mod keys;
mod link;
mod primary;
mod replicas;
mod stream;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub(crate) use address::Where;
pub(crate) use company::{Company, presence};
pub(crate) use primary::{Found, find};
#[cfg(test)]
pub(crate) use stream::FORMAT;
pub(crate) use stream::RedisLog;

/// So long lives what a node does not refresh: its card, its people, its lease.
pub(crate) const LIFE: Duration = Duration::from_secs(8);
