//! The JSON of `admin.v1`: what the admin page asks and is told beyond what the chat asks and tells as well. The README has
//! it in "The admin page".
//!
//! | file | what it knows |
//! |---|---|
//! | `asked.rs` | requests; what it does not know is one of `chat.v1` |
//! | `told.rs` | the objects and their fields |

mod asked;
mod told;

pub(crate) use asked::{Login, PageAsk, PageAsked, is_not_for_here};
pub(crate) use told::*;
