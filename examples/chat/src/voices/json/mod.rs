//! The JSON of `chat.v1`: what clients ask, and what they are told. The README has it in the order in which it
//! happens.
//!
//! | file | what it knows |
//! |---|---|
//! | `asked.rs` | requests, as they become an [`Ask`](crate::ask::Ask) |
//! | `told.rs` | the objects and their fields |
//! | `say.rs` | what happened, as one of them |
//! | `answer.rs` | what is answered, as one of them |

mod answer;
mod asked;
mod say;
mod told;

pub(crate) use answer::{PAGE, Piece, afresh, answer, missed};
pub(crate) use asked::{Asked, find_id, longest_request, may_announce, may_greet};
pub(crate) use say::{crowd, say};
pub(crate) use told::picture_path;
