//! The server as its clients meet it: real sockets on loopback, and a client written from the RFC.
//!
//! Most tests direct the server from outside (`server/directed.rs`): an errand runs within the loop, in one
//! turn, and every event of the handler comes back, so nothing is guessed and nothing slept for.
//!
//! Connections from loopback are not counted by address, on purpose: where the limits of an address are tested, loopback
//! is a trusted proxy.

#[path = "server/answers.rs"]
mod answers;
#[path = "support/client.rs"]
mod client;
#[path = "server/closing.rs"]
mod closing;
#[path = "server/directed.rs"]
mod directed;
#[path = "server/limits.rs"]
mod limits;
#[path = "server/listeners.rs"]
mod listeners;
#[path = "server/mailbox.rs"]
mod mailbox;
#[path = "server/memory.rs"]
mod memory;
#[path = "server/messages.rs"]
mod messages;
#[path = "server/order.rs"]
mod order;
#[path = "server/passing_on.rs"]
mod passing_on;
#[path = "server/patience.rs"]
mod patience;
#[path = "server/refused.rs"]
mod refused;
#[path = "support/running.rs"]
mod running;
#[path = "support/scratch.rs"]
#[allow(dead_code, reason = "each suite uses a part of it")]
mod scratch;
#[path = "server/slow.rs"]
mod slow;
#[path = "server/spinning.rs"]
mod spinning;
#[path = "server/stopping.rs"]
mod stopping;
#[path = "server/ticking.rs"]
mod ticking;
