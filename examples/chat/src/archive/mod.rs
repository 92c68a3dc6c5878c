//! Moving in and out: a folder of lines and pictures, of which other programs can be made, and the exports of others.
//!
//! ```text
//!   --export   chat.db, open or not ──▶ rows ──▶ lines ──▶ DIR.part ── synced ──▶ DIR
//!   --import   DIR ──▶ lines ──▶ rows ──▶ chat.db.part ── whole? a start? ──▶ chat.db
//! ```
//!
//! | file | what it knows |
//! |---|---|
//! | `export.rs`, `folder.rs` | the way out; a folder that is made beside its place |
//! | `import.rs`, `lines.rs` | the way in; files of lines, line by line |
//! | `rules.rs` | whether the chat could have given the names that come |
//! | `foreign.rs`, `names.rs` | what other programs have kept becomes rooms; how people and rooms are called then |
//! | `slack.rs` | Slack's export |
//! | `lounge.rs`, `irc.rs` | The Lounge's logs; their lines |

mod export;
mod folder;
mod foreign;
mod import;
mod irc;
mod lines;
mod lounge;
mod names;
mod rules;
mod slack;

use std::path::Path;

use crate::history::{Durability, Millis};
use crate::run::settings::{Format, Moving, Settings};

/// Does what was asked for. What was done, in a line for whoever asked; or why nothing was.
pub(crate) fn make(settings: &Settings, moving: &Moving, now: Millis) -> Result<String, String> {
    let data = settings.data.as_deref().filter(|_| settings.durability != Durability::Memory);
    let data: &Path = data.ok_or("a history in memory has no file: name one with --data")?;
    match moving {
        Moving::Out { to } => export::export(data, to),
        Moving::In { from, format: Format::Own } => import::import(data, from),
        Moving::In { from, format: Format::Slack } => {
            foreign::import(settings, (data, from), &slack::Slack::open(from, settings.max_name)?, now)
        }
        Moving::In { from, format: Format::TheLounge } => {
            foreign::import(settings, (data, from), &*lounge::open(from)?, now)
        }
    }
}
