//! How the chat is, for a monitoring system: figures that others write into, and a small server of their own that tells them. A
//! leaf: it knows no other part of the chat, so every part may count.
//!
//! ```text
//!   the loop, the history's threads, … ──▶ Metrics (atomics) ◀── the board: /metrics, /healthz, /readyz, on a thread of its own
//! ```
//!
//! | file | what it knows |
//! |---|---|
//! | `figures.rs` | the table of all figures: their names, and what each is |
//! | `handle.rs`, `node.rs` | what others note; nobody waits for anybody. The second: of one node of several |
//! | `kinds.rs` | counters, gauges, histograms |
//! | `labels.rs` | by what they are told apart: a few fixed words, never a person, a room or an address |
//! | `page.rs` | the text that Prometheus reads |
//! | `health.rs` | whether the chat is well: pure |
//! | `machine.rs` | what the system knows of the process and of the disk |
//! | `board.rs` | the server that tells it |

mod board;
mod figures;
mod handle;
mod health;
mod kinds;
mod labels;
mod machine;
mod node;
mod page;
#[cfg(test)]
mod tests;

pub(crate) use board::{Board, Looks, Running};
pub(crate) use handle::{Metrics, Moment};
pub(crate) use health::Waits;
#[cfg(test)]
pub(crate) use labels::CODES;
pub(crate) use labels::{Attempt, Claim, EventKind, HookResult, LogSide};
pub(crate) use machine::Files;
pub(crate) use node::{NodeMetrics, Stand};
