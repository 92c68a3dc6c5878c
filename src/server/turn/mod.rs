//! One turn of the loop.

pub(in crate::server) mod coming_and_going;
pub(in crate::server) mod event_loop;
pub(in crate::server) mod keeping_time;
pub(in crate::server) mod memory;
