//! The folder of the backups: what lies there, what the next one is called, and which of them go.
//!
//! Only what has the name of a backup, was made of this very chat, and has nothing that the history has not, is ever removed.
//!
//! Two chats that were brought back from one backup are the same chat up to then, and each goes on by itself. Whether a backup is
//! of one's own way is told by what the history has last of the time up to the backup's end: the backup has the very same. Where
//! the history has given up all of that time, nothing tells, and the backup counts as its own.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use rusqlite::{Connection, OpenFlags, OptionalExtension, Params};

use super::names;
use super::plan::{BackupPlan, MadeBackup};
use crate::history::copies::{is_backup, is_same, open};
use crate::history::places::{PARTS, part};
use crate::history::{Millis, schema};

/// Where backups of one history lie.
pub(super) struct Shelf<'a> {
    pub plan: &'a BackupPlan,
    /// The history itself.
    pub data: &'a Path,
}

/// Which chat it is, and how far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// When its first room was made. Nothing changes that, and no two chats were made in the same millisecond.
    chat: Option<Millis>,
    /// The next event's number: it never goes back.
    next: i64,
    /// What was said last, of what is there.
    last: Option<Said>,
}

/// Where and when something was said, and by whom: nothing changes that while it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Said {
    id: i64,
    room: i64,
    offset: i64,
    at: Millis,
    author: i64,
}

/// What is there, the latest first.
#[derive(Debug, Default)]
pub(super) struct Inventory {
    /// Of this chat, and when each was made by its name. The history has all that is in them.
    own: Vec<(i64, MadeBackup)>,
    /// How many more are of this chat, and have what the history has not.
    strays: usize,
    /// The latest name, whosever it is.
    latest: Option<i64>,
}

impl Shelf<'_> {
    /// The folder is there, or is made if nobody has named it: another disk that is not there is not to be replaced by a
    /// folder.
    ///
    /// # Errors
    ///
    /// It cannot be had, in words.
    pub(super) fn prepare(&self) -> Result<(), String> {
        let BackupPlan { folder, is_own, .. } = self.plan;
        let place = folder.display();
        match fs::metadata(folder) {
            Ok(metadata) if metadata.is_dir() => Ok(()),
            Ok(_) => Err(format!("{place} is no folder: name one with --backup-dir")),
            Err(error) if error.kind() == ErrorKind::NotFound && *is_own => fs::DirBuilder::new()
                .mode(0o700)
                .create(folder)
                .map_err(|error| format!("the folder {place} cannot be made: {error}")),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Err(format!("the folder {place} is not there: make it, or name another with --backup-dir"))
            }
            Err(error) => Err(format!("the folder {place} cannot be looked at: {error}")),
        }
    }

    /// Of what begins every name.
    fn stem(&self) -> String {
        self.data.file_stem().map_or_else(|| "chat".into(), |stem| stem.to_string_lossy().into_owned())
    }

    /// Where one is made. It is always the same: what was stopped leaves but one file, which the next one writes over.
    pub(super) fn workplace(&self) -> PathBuf {
        self.plan.folder.join(format!("{}-next.db", self.stem()))
    }

    /// A name that nothing there has.
    pub(super) fn place(&self, wall: Millis, inventory: &Inventory) -> PathBuf {
        let stem = self.stem();
        let mut seconds = names::next(wall, inventory.latest);
        loop {
            let path = self.plan.folder.join(names::name(&stem, seconds));
            if fs::symlink_metadata(&path).is_err() {
                return path;
            }
            // Only at the end of time one is taken.
            seconds -= 1;
        }
    }

    /// What lies there of the chat whose history this is. `mark` is the history's, and may be a little older than that.
    pub(super) fn look(&self, history: &Connection, mark: &Mark, wall: Millis) -> Inventory {
        let stem = self.stem();
        let mut inventory = Inventory::default();
        let entries = fs::read_dir(&self.plan.folder).into_iter().flatten().filter_map(Result::ok);
        for entry in entries {
            let name = entry.file_name();
            let Some(seconds) = name.to_str().and_then(|name| names::seconds(&stem, name)) else { continue };
            let path = entry.path();
            if !names::is_credible(seconds, wall) {
                log::warn!(
                    "{} is called like a backup of a time that is far off: it is left alone",
                    path.display()
                );
                continue;
            }
            inventory.latest = inventory.latest.max(Some(seconds));
            let Some(made) = self.made(&path) else { continue };
            match whose(&path, history, mark) {
                Ok(Whose::Another) => log::debug!("{} is another chat's", path.display()),
                Ok(Whose::Own) => inventory.own.push((seconds, made)),
                Ok(Whose::Stray) => inventory.strays += 1,
                Err(words) => log::warn!("what is called like a backup is left alone: {words}"),
            }
        }
        inventory.own.sort_unstable_by_key(|(seconds, _)| std::cmp::Reverse(*seconds));
        inventory
    }

    /// A file of its own, that no chat has in use. A history may have any name.
    fn made(&self, path: &Path) -> Option<MadeBackup> {
        let metadata = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?;
        let is_in_use = PARTS[1..].iter().any(|end| part(path, end).exists());
        if is_in_use || is_same(path, self.data) {
            return None;
        }
        let at = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_millis();
        Some(MadeBackup { at: at as Millis, bytes: metadata.len(), file: path.to_owned() })
    }

    /// A new one is good: the oldest of those that are too many go.
    pub(super) fn tidy(&self, others: Inventory) {
        for (_, MadeBackup { file, .. }) in others.own.into_iter().skip(self.plan.keep.saturating_sub(1)) {
            match fs::remove_file(&file) {
                Ok(()) => log::info!("{} was the oldest backup, and is removed", file.display()),
                Err(error) => log::warn!("{} cannot be removed: {error}", file.display()),
            }
        }
        // Made before an older backup was brought back, or by another chat that was: nowhere else there is what was said since.
        if others.strays > 0 {
            log::warn!(
                "{} backups in {} have what the history has not, and are kept beside the others: remove them if nobody needs \
                 what was said then",
                others.strays,
                self.plan.folder.display()
            );
        }
    }
}

impl Inventory {
    /// When each was made.
    pub(super) fn times(&self) -> Vec<Millis> {
        self.own.iter().map(|(_, made)| made.at).collect()
    }

    pub(super) fn last(&self) -> Option<MadeBackup> {
        self.own.first().map(|(_, made)| made.clone())
    }
}

/// Which chat a backup is of.
enum Whose {
    Another,
    /// The history has all that is in it, or had it.
    Own,
    /// It has what the history has not.
    Stray,
}

/// A history that is open in this process is never asked for by its path: closing it would take SQLite's locks with it.
fn whose(path: &Path, history: &Connection, mark: &Mark) -> Result<Whose, String> {
    if !is_backup(path)? {
        return Err(format!("{} is no whole backup of a chat", path.display()));
    }
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let theirs = self::mark(&connection).map_err(|error| format!("{}: {error}", path.display()))?;
    // Without a room there is nothing in it.
    if theirs.chat.is_some() && theirs.chat != mark.chat {
        return Ok(Whose::Another);
    }
    // What cannot be read is no reason to remove anything.
    let is_own = theirs.next <= mark.next && has_all(history, &connection, &theirs).unwrap_or(false);
    Ok(if is_own { Whose::Own } else { Whose::Stray })
}

/// Has the history all that is in a backup of its chat, or has it had it? A history only gives up: whatever it still has from before
/// the backup's end was there when that was made. So the latest of it is in the backup, if both have gone one way.
fn has_all(history: &Connection, backup: &Connection, theirs: &Mark) -> rusqlite::Result<bool> {
    let Some(last) = theirs.last else { return Ok(true) };
    let Some(here) = said(history, "WHERE id <= ?1 ORDER BY id DESC LIMIT 1", [last.id])? else {
        return Ok(true);
    };
    Ok(said(backup, "WHERE id = ?1", [here.id])? == Some(here))
}

fn said(connection: &Connection, which: &str, values: impl Params) -> rusqlite::Result<Option<Said>> {
    let sql = format!("SELECT id, room, offset, at, author FROM events {which}");
    connection
        .query_row(&sql, values, |row| {
            Ok(Said {
                id: row.get("id")?,
                room: row.get("room")?,
                offset: row.get("offset")?,
                at: row.get("at")?,
                author: row.get("author")?,
            })
        })
        .optional()
}

pub(super) fn mark(connection: &Connection) -> rusqlite::Result<Mark> {
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, Option<i64>>(0));
    let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let next = match version >= schema::KNOWS_NEXT_EVENT {
        true => "SELECT next_event FROM state",
        false => "SELECT 1 + max(id) FROM events",
    };
    Ok(Mark {
        chat: number("SELECT made FROM rooms ORDER BY id LIMIT 1").or_else(|error| match error {
            rusqlite::Error::QueryReturnedNoRows => Ok(None),
            other => Err(other),
        })?,
        next: number(next)?.unwrap_or(0),
        last: said(connection, "ORDER BY id DESC LIMIT 1", [])?,
    })
}
