//! What is asked for over HTTP, and who is let in: the page and its files, pictures, the way to a WebSocket.
//!
//! | file | what it knows |
//! |---|---|
//! | `door.rs` | by which names the chat goes, and what its operator hears of those who are turned away |
//! | `files.rs`, `pages.rs` | what there is to see |
//! | `codings.rs` | how it is compressed for each browser |
//! | `gallery.rs` | pictures on their way |

mod codings;
pub(crate) mod door;
pub(crate) mod files;
mod gallery;
mod pages;
