//! The way to the admin page for whoever runs the chat: a link with a key in it, good for one use and a quarter of an hour.
//!
//! ```text
//!   chat --admin-link ──▶ http://…/admin#KEY on stdout
//!          │ the hash of the key, and the time
//!          ▼
//!     chat.db-admin  (beside the history, 0600)  ──▶ the chat that runs looks there when somebody logs in, and removes it
//!                                                    when they are let in: that it was used is in the history then
//! ```
//!
//! So whoever may write beside the history is who runs the chat, and nobody else: there is no password to be set, and none
//! to be left as it was. The key itself is nowhere but in the link. A newer link takes the place of an older one.

use std::fs;
use std::path::{Path, PathBuf};

use crate::history::{Durability, KeyHash, Millis, admin_key_of};
use crate::pace::{Pace, Rate};
use crate::run::beside::{self, hex, parse_hex};
use crate::run::settings::Settings;
use crate::token::Token;

/// So long a key can be used.
pub(crate) const LINK_FOR: Millis = 15 * 60_000;
/// How often it is looked at, however many try; in between, what was found last counts.
const LOOKS: Rate = Rate { per_second: 5, burst: 10 };
/// The clocks of who writes and who reads are one, but for a step of it.
const AHEAD: Millis = 60_000;
/// More is not read.
const LONGEST: u64 = 256;
/// The first word in the file.
const MARK: &str = "pollcat-admin-1";

/// A key, for the chat with these settings, whether it runs or not: the link, for whoever asked.
///
/// # Errors
///
/// There is no such chat, or its folder cannot be written to: in words for whoever asked.
pub(crate) fn make(settings: &Settings, now: Millis) -> Result<String, String> {
    let data = settings.data.as_deref().filter(|_| settings.durability != Durability::Memory).ok_or(
        "a chat in memory has no file beside which a key could lie; started in a terminal it prints a link itself",
    )?;
    let there = admin_key_of(data);
    let owner = fs::metadata(data).map_err(|error| {
        format!(
            "{}: there is no history yet ({error}): start the chat, or name it with --data",
            data.display()
        )
    })?;
    let url = settings.said_address().ok_or(
        "under which address is the chat open? Its port is not known before it starts, or it listens on no port: \
         --public-url says it",
    )?;
    let key = Token::new().map_err(|error| format!("the system has no randomness to give: {error}"))?;
    beside::write(&there, &format!("{MARK} {} {now}\n", hex(&key.hash())), &owner)
        .map_err(|error| format!("{} cannot be written: {error}", there.display()))?;
    Ok(link(&url, &key))
}

/// Where a browser goes. What is behind `#` it sends nowhere.
pub(crate) fn link(url: &str, key: &Token) -> String {
    format!("{}/admin#{}", url.trim_end_matches('/'), key.text())
}

/// The file, as the chat that runs sees it.
#[derive(Debug)]
pub(crate) struct LinkFile {
    /// `None`: there is none, ever.
    path: Option<PathBuf>,
    looks: Pace,
    /// What it had in it.
    found: Option<Found>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Found {
    key: KeyHash,
    made: Millis,
}

impl LinkFile {
    pub(crate) fn new(settings: &Settings) -> Self {
        let data = settings.data.as_deref().filter(|_| settings.durability != Durability::Memory);
        LinkFile::at(data.map(admin_key_of))
    }

    fn at(path: Option<PathBuf>) -> Self {
        LinkFile { path, looks: Pace::default(), found: None }
    }

    /// Is this the key? `now` is on the wall, `ticks` is not.
    pub(crate) fn has(&mut self, key: &KeyHash, now: Millis, ticks: Millis) -> bool {
        self.key(now, ticks).is_some_and(|(found, _)| same(&found, key))
    }

    /// The key, and for how long it is good still. One that is over is removed.
    pub(crate) fn key(&mut self, now: Millis, ticks: Millis) -> Option<(KeyHash, Millis)> {
        let path = self.path.as_deref()?;
        if self.looks.take(ticks as u64, 1, &LOOKS).is_ok() {
            self.found = read(path);
        }
        let Found { key, made } = self.found?;
        let until = made.saturating_add(LINK_FOR);
        if (made.saturating_sub(AHEAD)..until).contains(&now) {
            return Some((key, until - now));
        }
        self.found = None;
        remove(path);
        None
    }

    /// Somebody was let in by this key: it is good no more.
    pub(crate) fn drop_used(&mut self, key: &KeyHash) {
        let Some(path) = self.path.as_deref() else { return };
        self.found = self.found.filter(|found| !same(&found.key, key));
        // There may be a newer one by now.
        if read(path).is_some_and(|found| same(&found.key, key)) {
            remove(path);
        }
    }
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        log::warn!("{} is good for nothing any more, and cannot be removed: {error}", path.display());
    }
}

fn read(path: &Path) -> Option<Found> {
    let text = beside::read(path, LONGEST)?;
    let mut words = text.strip_suffix('\n')?.split(' ');
    match (words.next()?, words.next()?, words.next()?, words.next()) {
        (MARK, key, made, None) => Some(Found { key: parse_hex(key)?, made: made.parse().ok()? }),
        _ => None,
    }
}

/// Are the two the same? It takes as long whatever they are.
pub(crate) fn same(one: &KeyHash, other: &KeyHash) -> bool {
    one.iter().zip(other).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

#[cfg(test)]
mod tests;
