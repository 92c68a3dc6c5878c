//! Who is there.

pub(in crate::server) mod budget;
pub(in crate::server) mod connection;
pub(in crate::server) mod lifecycle;
pub(in crate::server) mod slot_set;
pub(in crate::server) mod slots;
