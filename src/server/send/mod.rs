//! Messages out: from a call such as [`Peers::send`](super::Peers::send) to the sockets. `README.md` has the map of the
//! folder, and the three places where bytes leave.

mod backlog;
mod compression;
mod connections;
mod delivery;
mod encode;
mod flush;
mod members;
mod memberships;
mod outbound;
mod outbox;
pub(in crate::server) mod outgoing;
mod ping;
mod publish;
mod queue;
#[cfg(test)]
mod reader;
#[cfg(test)]
mod share_tests;
mod tape;
#[cfg(test)]
mod tests;
mod topics;
#[cfg(test)]
mod waiting_list;
mod way_out;

pub use delivery::Delivery;
pub(in crate::server) use outbound::{Fact, Outbound};
pub(in crate::server) use outbox::CaughtUp;
