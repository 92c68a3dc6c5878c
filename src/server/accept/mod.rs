//! How connections come, and what their bytes travel on. `README.md` has the map of the folder.

pub(in crate::server) mod admission;
pub(in crate::server) mod input;
pub(in crate::server) mod listeners;
#[cfg(feature = "testing")]
pub(in crate::server) mod memory;
pub(in crate::server) mod origin;
pub(in crate::server) mod tcp;
#[cfg(feature = "tls")]
pub(in crate::server) mod tls;
pub(in crate::server) mod transport;
#[cfg(unix)]
pub(in crate::server) mod unix;
