//! What `server.rs` says of the server, said of it over TLS: the same tests, with a bridge in between
//! (`tls/bridge.rs`). Whatever they find out about closing, order, limits and slow readers must stay true.
//!
//! Two modules stay away: `limits.rs` and `stopping.rs` say things of the address, and of pages in the clear, that are not
//! true of a bridge. Their like is in `tls.rs`.
#![cfg(feature = "tls")]

#[path = "tls/authority.rs"]
#[allow(dead_code, reason = "each suite uses a part of it")]
mod authority;
#[path = "tls/bridge.rs"]
mod bridge;
#[path = "server/closing.rs"]
mod closing;
#[path = "server/directed.rs"]
#[allow(dead_code, reason = "each suite uses a part of it")]
mod directed;
#[path = "server/mailbox.rs"]
mod mailbox;
#[path = "server/messages.rs"]
mod messages;
#[path = "server/order.rs"]
mod order;
#[path = "server/patience.rs"]
mod patience;
#[path = "tls/running.rs"]
#[allow(dead_code, reason = "each suite uses a part of it")]
mod running;
#[path = "server/slow.rs"]
mod slow;
