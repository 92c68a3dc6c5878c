//! The server as its clients meet it: real sockets on loopback, and a client written from the RFC.
//!
//! Most tests direct the server from outside (`server/directed.rs`): an errand runs within the loop, in one
//! turn, and every event of the handler comes back, so nothing is guessed and nothing slept for.
//!
//! Connections from loopback are not counted by address, on purpose: where the limits of an address are tested, loopback
//! is a trusted proxy.

// The modules find it here, for server_over_tls.rs has another one.
use pollcat_testing::running;

#[path = "server/answers.rs"]
mod answers;
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
#[path = "server/slow.rs"]
mod slow;
#[path = "server/spinning.rs"]
mod spinning;
#[path = "server/stopping.rs"]
mod stopping;
#[path = "server/ticking.rs"]
mod ticking;
