//! How connections come, and what their bytes travel on.
//!
//! | file | what it knows |
//! |---|---|
//! | `listeners.rs`, `unix.rs`, `tcp.rs` | TCP and Unix-domain listeners, and what sockets are asked for |
//! | `admission.rs` | how many connections there may be, in all and from one address |
//! | `transport.rs`, `input.rs`, `tls/` | what the bytes of one connection travel on |

pub(in crate::server) mod admission;
pub(in crate::server) mod input;
pub(in crate::server) mod listeners;
pub(in crate::server) mod tcp;
#[cfg(feature = "tls")]
pub(in crate::server) mod tls;
pub(in crate::server) mod transport;
#[cfg(unix)]
pub(in crate::server) mod unix;
