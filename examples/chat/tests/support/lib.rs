//! What the chat's suites and benches share: the program as a child that can be killed, clients for its two voices, and thousands
//! of them at once.

pub mod acks;
pub mod admin;
pub mod bots;
mod chat;
pub mod clock;
pub mod crowd;
pub mod governed;
pub mod http;
pub mod json;
pub mod measured;
pub mod png;
pub mod program;
pub mod receiver;
pub mod redis;
pub mod table;
pub mod text;
pub mod watching;

pub use chat::Chat;
