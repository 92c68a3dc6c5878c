//! The JSON of an archive: its lines and its head. And what other programs export.
//!
//! | file | what it knows |
//! |---|---|
//! | `row.rs` | a row of the history, as a line |
//! | `head.rs` | `archive.json`: what must be in the folder |
//! | `slack.rs`, `elements.rs` | Slack's export; long lists, element by element |
//! | `lounge.rs` | a message that The Lounge has kept |

mod elements;
mod head;
mod lounge;
mod row;
mod slack;

pub(crate) use head::Head;
pub(crate) use lounge::lounge_message;
pub(crate) use row::{read_row, write_row};
pub(crate) use slack::{SlackMessage, slack_channels, slack_count, slack_day, slack_users};
