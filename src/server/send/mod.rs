//! Messages out.

#[cfg_attr(not(feature = "deflate"), path = "no_deflate.rs")]
pub(in crate::server) mod deflate;
pub(in crate::server) mod flushing;
pub(in crate::server) mod outbox;
pub(in crate::server) mod outgoing;
pub(in crate::server) mod saying;
pub(in crate::server) mod sending;
pub(in crate::server) mod tape;
pub(in crate::server) mod topics;
