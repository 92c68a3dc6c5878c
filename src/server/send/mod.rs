//! Messages out: from a call such as [`Peers::send`](super::Peers::send) to the sockets.
//!
//! | file | what it knows |
//! |---|---|
//! | `outgoing.rs` | anything that can be sent |
//! | `tape.rs` | what is sent in a turn, recorded once |
//! | `topics.rs`, `memberships.rs` | who is subscribed to what, and what was published in this turn |
//! | `way_out.rs`, `outbox.rs` | what has not been written to one peer yet |
//! | `compression.rs` | the compressors of each peer, and of all |
//! | `encode.rs` | a message on its way to its receivers, plain or compressed |
//! | `outbound.rs` | the way out of all connections, and what the rest of the server asks of it |
//! | `connections.rs` | connections come, open, subscribe and go; frames and pages that are no messages |
//! | `publish.rs` | a message is sent to one peer, or published to many |
//! | `queue.rs` | what is queued for one peer, within its limit |
//! | `flush.rs` | how the queues are written |
//!
//! **Nothing here ends a connection.** A failed write, or a queue that is full, is a *fate* of the peer: from then on
//! no message is accepted for it. That, and whatever else the table must know, is noted as a [`Fact`]. The loop acts on
//! facts when no handler is being called.
//!
//! **Bytes leave at three places:**
//!
//! 1. [`Outbound::flush`]: one write for each peer with something to read. The loop calls it when a turn ends, or when
//!    so many answers are together that they had better leave ([`Outbound::has_a_group`]); and what is sent calls it
//!    when the tape is full (`make_room`).
//! 2. [`Outbound::resume`]: a socket that was full has room again.
//! 3. A large message for a peer with an empty outbox is written at once, from where it lies
//!    (`write_from_where_it_lies`).
//!
//! Between calls an outbox is therefore empty; or its socket is full; or it holds no more than was recorded since the
//! last flush, which is never more than a send queue, or one message.

mod compression;
mod connections;
mod delivery;
mod encode;
mod flush;
mod memberships;
mod outbound;
mod outbox;
pub(in crate::server) mod outgoing;
mod publish;
mod queue;
mod tape;
mod topics;
mod way_out;

pub use delivery::Delivery;
pub(in crate::server) use outbound::{Fact, Outbound};
pub(in crate::server) use outbox::CaughtUp;
