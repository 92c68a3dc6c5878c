//! What goes out over HTTP, on threads of its own: nothing that happens outside holds the chat up. It knows no room, no person
//! and no JSON: a request goes out, and what came of it comes back as mail.
//!
//! | file | what it knows |
//! |---|---|
//! | `job.rs` | the words for it |
//! | `workers.rs`, `queue.rs` | the threads, and what waits for them |
//! | `sending.rs` | one request, and what it may cost |
//! | `place.rs`, `address.rs` | where somebody's target may be: by its words, and by its address |
//! | `resolver.rs` | names become addresses, and bad ones are dropped |
//! | `faults.rs`, `retry_after.rs` | what went wrong, in plain words; and when to come again |

mod address;
mod faults;
mod job;
pub(crate) mod place;
mod queue;
mod resolver;
mod retry_after;
mod sending;
mod workers;

#[cfg(test)]
mod tests;

pub(crate) use job::{Job, Outcome, Request, Sent, Trust};
pub(crate) use workers::Sender;
