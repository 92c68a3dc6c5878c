//! What the chat's suites and benches share: the program as a child that can be killed, and clients for its two voices.

mod chat;
pub mod http;
pub mod json;
pub mod png;
pub mod program;
pub mod text;

pub use chat::Chat;
