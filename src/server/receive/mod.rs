//! Bytes in: requests, then frames.

pub(in crate::server) mod inbound;
pub(in crate::server) mod opening;
pub(in crate::server) mod read_buffer;
pub(in crate::server) mod requests;
pub(in crate::server) mod work;
