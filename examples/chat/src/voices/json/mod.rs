//! The JSON of `chat.v1`: what clients ask, and what they are told. The README has it in the order in which it
//! happens.
//!
//! | file | what it knows |
//! |---|---|
//! | `asked.rs`, `fields.rs` | requests, as they become an [`Ask`](crate::ask::Ask), and their fields |
//! | `governing.rs` | those of who governs, and about oneself |
//! | `told.rs`, `events.rs`, `governed.rs`, `codes.rs` | the objects and their fields, and the codes of refusals |
//! | `parts.rs`, `users.rs`, `may.rs` | people and rooms in them, and what somebody may do |
//! | `say.rs`, `say_governing.rs` | what happened, as one of them |
//! | `answer.rs`, `answer_governing.rs`, `pieces.rs` | what is answered, as one of them, or as several |
//! | `outward.rs`, `outside.rs` | what is asked and told of the world outside: bots, keys, targets, levels |
//! | `targets/` | what goes out of the chat, as the software there takes it |
//! | `api.rs`, `hook/` | what programs send by HTTP, and what they are answered |
//! | `archive/` | what is exported, and what other programs export |
//! | `admin/` | what is asked and told on the admin page alone: `admin.v1` |

pub(crate) mod admin;
mod answer;
mod answer_governing;
pub(crate) mod api;
pub(crate) mod archive;
mod asked;
mod codes;
mod events;
mod fields;
mod governed;
mod governing;
pub(crate) mod hook;
mod may;
mod outside;
mod outward;
mod parts;
mod pieces;
mod say;
mod say_governing;
pub(crate) mod targets;
mod told;
mod users;

pub(crate) use answer::answer;
pub(crate) use asked::{Asked, find_id, longest_request, may_announce, may_greet};
pub(crate) use codes::code_word;
pub(crate) use events::picture_path;
pub(crate) use pieces::{PAGE, Piece, afresh, missed};
pub(crate) use say::{crowd, say};
pub(crate) use say_governing::say_to_them;
