//! The chat as its clients meet it: the program itself, started as people start it, and clients that nobody here
//! wrote. What it must do is in `examples/chat/README.md`; each file here is about some of its sections.

#[path = "support/chat.rs"]
#[allow(dead_code, reason = "each suite uses a part of it")]
mod chat;
#[path = "support/client.rs"]
#[allow(dead_code, reason = "most clients here are of another make")]
mod client;
#[path = "chat/people.rs"]
mod people;
#[path = "support/scratch.rs"]
#[allow(dead_code, reason = "each suite uses a part of it")]
mod scratch;
