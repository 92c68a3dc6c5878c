//! The server as its clients meet it: real sockets on loopback, and a client written from the RFC.
//!
//! Most tests direct the server from outside (`server/directed.rs`): an errand runs within the loop, in one
//! turn, and every event of the handler comes back, so nothing is guessed and nothing slept for.
//!
//! Connections from loopback are not counted by address, on purpose: where the limits of an address are tested, loopback
//! is a trusted proxy.

// The modules find it here, for server_over_tls.rs has another one.
use pollcat_testing::running;

mod answers;
mod closing;
mod directed;
mod limits;
mod listeners;
mod mailbox;
mod memory;
mod messages;
mod order;
mod passing_on;
mod patience;
mod refused;
mod slow;
mod spinning;
mod stopping;
mod ticking;
