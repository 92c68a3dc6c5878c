//! The robot of the chat: what it is asked becomes an answer. It knows nothing but the question, the time and chance, which are
//! arguments; reminders it only understands, others keep them.
//!
//! | file | what it knows |
//! |---|---|
//! | `asked.rs` | a question, and what comes of it |
//! | `commands.rs` | what can be asked, in both languages |
//! | `question.rs` | which part of what is said is for the robot |
//! | `reader.rs`, `numbers.rs` | how a question is read; numbers as people write them |
//! | `lasting.rs`, `day.rs`, `when.rs` | how long, which day, when |
//! | `local.rs` | which moment that is: local time |
//! | `chance.rs` | dice, and what is drawn |
//! | `phrases.rs` | what it says |

mod asked;
mod chance;
mod commands;
mod day;
mod lasting;
mod local;
mod numbers;
mod phrases;
mod question;
mod reader;
#[cfg(test)]
mod tests;
mod when;

pub(crate) use asked::{Answer, Answered, Asked, Language};
pub(crate) use commands::answer;
pub(crate) use local::Zone;
pub(crate) use phrases::{
    cancelled, no_such_reminder, not_said_here, not_stored, reminders, ringing, too_many, will_remind,
};
pub(crate) use question::question;
