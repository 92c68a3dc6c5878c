//! What is asked for over HTTP, and who is let in: the page and its files, pictures, the way to a WebSocket.
//!
//! | file | what it knows |
//! |---|---|
//! | `door.rs` | by which names the chat goes, and what its operator hears of those who are turned away |
//! | `bans.rs`, `client.rs` | addresses that may not come in; what kind of client it is, and from where, in few words |
//! | `files.rs`, `pages.rs` | what there is to see |
//! | `codings.rs` | how it is compressed for each browser |
//! | `media.rs` | as what a body was sent |
//! | `gallery/` | pictures on their way |
//! | `unknown.rs` | who waits for what this node does not know |

mod bans;
pub(crate) mod client;
mod codings;
pub(crate) mod door;
pub(crate) mod files;
mod gallery;
pub(crate) mod media;
mod pages;
pub(crate) mod unknown;
