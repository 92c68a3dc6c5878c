//! An entry as a record carries it: compact JSON, and the bytes of its picture beside it.
//!
//! The names of kinds and fields are those of the types (`history/entry.rs`, `history/deed.rs`, `history/said.rs`,
//! `history/outside.rs`), and a format that nodes of other versions read: `fixtures/entries-1.txt` has one line of each kind.
//! Reading is strict. A node must not apply half of what an entry says, so it stops before what it does not know: a kind, a
//! field, a word. Hence a new kind, or a new field of an old one, is written only when no older node is there any more.
//!
//! What an entry *means* is part of the format. Whoever changes what `apply` makes of one counts the format of records up
//! (`redis/stream.rs`), and keeps the old meaning for the old number: else two versions come to different things by one log.
//! `fixtures/meaning-1.txt` has entries of each kind with the tables to which they come, and fails if somebody forgets.

use std::fmt;
use std::sync::Arc;

use serde_json::error::Category;

use crate::history::{Act, Avatar, Body, Deed, Entry};

/// Why an entry cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It is JSON, and says what this version does not know.
    Unknown(String),
    /// It is no JSON, or something stands behind it.
    Damaged(String),
    /// The bytes of its picture are missing.
    NoPicture,
    /// There are bytes of a picture, and it has none.
    PictureOfNothing,
}

/// The entry without the bytes of its picture; and these, if it has one.
pub(crate) fn encode(entry: &Entry) -> (String, Option<Arc<[u8]>>) {
    let text = serde_json::to_string(entry).expect("an entry has no maps, and none of its parts fails");
    (text, picture(entry).cloned())
}

/// What [`encode`] has made an entry into, also in another version.
///
/// # Errors
///
/// This version does not know all that it says.
pub(crate) fn decode(entry: &str, blob: Option<Arc<[u8]>>) -> Result<Entry, Unreadable> {
    let mut entry = serde_json::from_str(entry).map_err(|error| Unreadable::of(&error))?;
    match (picture_mut(&mut entry), blob) {
        (Some(bytes), Some(blob)) => *bytes = blob,
        (None, None) => {}
        (Some(_), None) => return Err(Unreadable::NoPicture),
        (None, Some(_)) => return Err(Unreadable::PictureOfNothing),
    }
    Ok(entry)
}

/// Where an entry has the bytes of its picture: serde leaves them out there.
fn picture(entry: &Entry) -> Option<&Arc<[u8]>> {
    let body = match entry {
        Entry::Avatar { avatar, .. } => return avatar.as_ref().map(|Avatar { bytes, .. }| bytes),
        Entry::Append(said) => &said.body,
        Entry::Ring { said, .. } | Entry::Act(Deed { act: Act::Hold { said }, .. }) => &said.body,
        _ => return None,
    };
    if let Body::Picture { bytes, .. } = body { Some(bytes) } else { None }
}

/// The same place, to put them back.
fn picture_mut(entry: &mut Entry) -> Option<&mut Arc<[u8]>> {
    let body = match entry {
        Entry::Avatar { avatar, .. } => return avatar.as_mut().map(|Avatar { bytes, .. }| bytes),
        Entry::Append(said) => &mut said.body,
        Entry::Ring { said, .. } | Entry::Act(Deed { act: Act::Hold { said }, .. }) => &mut said.body,
        _ => return None,
    };
    if let Body::Picture { bytes, .. } = body { Some(bytes) } else { None }
}

impl Unreadable {
    fn of(error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        match error.classify() {
            Category::Data => Unreadable::Unknown(told(&error.to_string())),
            Category::Syntax | Category::Eof | Category::Io => {
                Unreadable::Damaged(format!("line {line}, column {column}"))
            }
        }
    }
}

/// Names of kinds and fields. What is wrong with a value is not told: it may be what somebody has said, or a secret.
fn told(error: &str) -> String {
    const OF_NAMES: [&str; 6] =
        ["unknown variant", "unknown field", "missing field", "duplicate field", "a hash ", "a picture "];
    const LONGEST: usize = 80;
    if !OF_NAMES.iter().any(|of| error.starts_with(of)) {
        return "a value of another kind".into();
    }
    let end =
        [", expected", ", there are no", " at line "].iter().filter_map(|behind| error.find(behind)).min();
    error[..end.unwrap_or(error.len())].chars().take(LONGEST).flat_map(char::escape_debug).collect()
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unreadable::Unknown(what) => write!(
                f,
                "a newer version of the chat has written it ({what}): start that version here as well"
            ),
            Unreadable::Damaged(place) => {
                write!(f, "it is damaged ({place}): no version of the chat has written it")
            }
            Unreadable::NoPicture => {
                f.write_str("the bytes of its picture are missing: they are not kept any more")
            }
            Unreadable::PictureOfNothing => f.write_str(
                "it brings the bytes of a picture, and has none: a newer version of the chat has written it",
            ),
        }
    }
}

#[cfg(test)]
#[path = "codec_tests.rs"]
pub(super) mod tests;
