//! Several nodes, one chat: every entry stands in one log that all of them follow, each with a history of its own.
//!
//! ```text
//!   the loop ── Entry ──▶ append thread ──▶ the log ──▶ follow thread ──▶ the history's writer ── Report ──▶ the loop
//!                             own entries and others', in one order ──────────────▲
//! ```
//!
//! | file | what it knows |
//! |---|---|
//! | `log.rs` | the log, whoever keeps it: records, places, faults |
//! | `codec.rs` | an entry as a record carries it |
//! | `redis/` | a log in a stream of Redis or Valkey; who else is there |
//! | `joining.rs`, `checks.rs`, `cursor.rs` | how a node comes in; whether it is the log that it followed; how far it has read it |
//! | `bus.rs`, `common.rs`, `standing.rs`, `told.rs` | the way to the log and back, as the loop sees it; how the node stands to it; what other nodes tell |
//! | `outbox.rs`, `comparing.rs` | what other nodes are to hear of this one; what follows if nodes have come to different things |
//! | `producer.rs`, `appending.rs`, `following.rs`, `retrying.rs` | what has not come back; the two threads; how they begin again |
//! | `trimming.rs`, `saying.rs` | how long the log is kept; what is said beside it |
//! | `clock.rs` | the log's clock, by which all nodes go |

mod appending;
mod bus;
mod checks;
mod clock;
mod codec;
mod common;
mod comparing;
mod cursor;
mod following;
mod joining;
mod log;
mod outbox;
mod producer;
mod redis;
mod retrying;
mod saying;
mod standing;
#[cfg(test)]
mod tests;
mod told;
mod trimming;

pub(crate) use self::redis::Where;
pub(crate) use bus::Bus;
pub(crate) use common::{Beginning, Common, NotTaken};
pub(crate) use cursor::Cursor;
pub(crate) use joining::{Coming, join};
pub(crate) use log::Level;
pub(crate) use saying::{AdminKey, AdminSession, Saying};
pub(crate) use told::Told;
