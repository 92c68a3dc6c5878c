//! placeholder
mod message;
pub mod protocol;
pub mod handshake {
    //! x
}
pub use message::{Message, Outgoing};
