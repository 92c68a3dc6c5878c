//! The world outside: what goes out, and the robot.
//!
//! | file | what it knows |
//! |---|---|
//! | `asking.rs`, `robot.rs`, `reminders.rs` | the robot: who asks it how often, and what comes of it; what it says when it is time |
//! | `push.rs`, `post.rs`, `notices.rs` | what goes out, the parts that it takes, and what it says |
//! | `robot_hook.rs` | the program that answers for the robot |
//! | `lists.rs` | lists of bots and targets, and who may see them |
//! | `told_once.rs` | a key or a secret that was made, for whoever has asked for it |

pub(super) mod asking;
pub(super) mod lists;
mod notices;
pub(super) mod post;
pub(super) mod push;
pub(super) mod reminders;
pub(super) mod robot;
mod robot_hook;
pub(super) mod told_once;
