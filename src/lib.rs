//! placeholder
pub mod handshake;
mod message;
pub mod protocol;
/// x
pub struct Counters;
pub use message::{Message, Outgoing};
