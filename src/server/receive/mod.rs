//! Bytes in: requests first, then frames.
//!
//! | file | what it knows |
//! |---|---|
//! | `reading.rs`, `read_buffer.rs` | how bytes are read from a connection, and where to |
//! | `opening.rs` | requests, until one of them opens a WebSocket |
//! | `messages.rs` | frames: the protocol's duties first, then the handler |
//! | `work.rs` | how much of one peer's input is worked on in one turn |
//! | `inbound.rs`, `way_in.rs` | the way in of all connections, and of one |
//! | `holding.rs` | input that waits, and what all unfinished messages may hold together |

mod holding;
mod inbound;
mod messages;
pub(in crate::server) mod opening;
mod read_buffer;
mod reading;
mod way_in;
mod work;

pub(in crate::server) use inbound::{Inbound, Turn};
pub(in crate::server) use reading::Until;
