//! Bytes in: requests first, then frames. `README.md` has the map of the folder.

mod bodies;
mod holding;
mod inbound;
mod messages;
pub(in crate::server) mod opening;
mod read_buffer;
mod reading;
mod request;
mod way_in;
mod work;

pub(in crate::server) use inbound::{Inbound, Turn};
pub(in crate::server) use reading::Until;
