//! Deadlines, and up to when they are kept.

pub(in crate::server) mod deadlines;
pub(in crate::server) mod drain;
#[cfg(feature = "testing")]
pub(in crate::server) mod hand;
pub(in crate::server) mod horizon;
pub(in crate::server) mod ticker;
pub(in crate::server) mod trip;
