//! The server as its clients meet it: real sockets on loopback, and a client written from the RFC.
//!
//! Most tests direct the server from outside (`pollcat_testing::directed`): an errand runs within the loop, in one
//! turn, and every event of the handler comes back, so nothing is guessed and nothing slept for.
//!
//! Connections from loopback are not counted by address, on purpose: where the limits of an address are tested,
//! loopback is a trusted proxy.

// The modules find them here, for `server_over_tls` has others.
use pollcat_testing::{directed, running};

mod answers;
mod buffers;
mod changing;
mod closing;
mod doors;
mod draining;
mod late;
mod limits;
mod listeners;
mod looking;
mod mailbox;
mod memory;
mod messages;
mod one_at_a_time;
mod order;
mod panics;
mod passing_on;
mod patience;
mod pausing;
mod refusal_fields;
mod refused;
mod replacing;
mod round_trips;
mod slow;
mod spinning;
mod stopping;
mod taking_no_more;
mod ticking;
mod timers;
