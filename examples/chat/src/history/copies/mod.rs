//! Whole copies: made beside their place, looked through, and only then put there. `--backup` and `--restore` are here;
//! what makes backups by itself is `backups/`.
//!
//! ```text
//!   chat.db, open or not ──▶ FILE.part ── checked, counted, synced ──▶ FILE
//!   FILE ──▶ chat.db.part ── checked, counted, synced ──▶ chat.db          what was there: chat.db.old
//! ```
//!
//! A copy says of itself that something may be missing: whoever has heard what was said after it was made starts afresh.
//!
//! | file | what it knows |
//! |---|---|
//! | `copying.rs` | how a moment of a history is copied, and looked through |
//! | `pace.rs` | pauses, so that a chat goes on meanwhile |
//! | `beside.rs` | a file that is made beside its place |
//! | `room.rs` | whether the disk has room for it |
//! | `files.rs` | what a file is that somebody names |

mod beside;
mod copying;
mod files;
mod pace;
mod room;

use std::fs;
use std::os::unix::fs::{MetadataExt, lchown};
use std::path::{Path, PathBuf};

use rusqlite::OpenFlags;

pub(super) use beside::Beside;
use copying::contents;
pub(super) use copying::{Contents, copy};
pub(super) use files::{is_backup, is_history, is_same, open, told};
pub(super) use pace::Pace;
pub(super) use room::size_text;

use super::lock::Lock;
use super::places::{PARTS, folder, part, parts, place};

/// What was asked for on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Copy {
    Backup { data: PathBuf, to: PathBuf },
    Restore { data: PathBuf, from: PathBuf },
}

impl Copy {
    /// Makes the copy. What was done, in a line for whoever asked; or why it was not, and then nothing has changed.
    pub(crate) fn make(&self) -> Result<String, String> {
        match self {
            Copy::Backup { data, to } => backup(data, to),
            Copy::Restore { data, from } => restore(data, from),
        }
    }
}

fn backup(data: &Path, to: &Path) -> Result<String, String> {
    let data = fs::canonicalize(data).map_err(|error| {
        format!("{}: there is no history to copy ({error}): name it with --data", data.display())
    })?;
    let before = may_be_replaced(to, &data)?;
    let beside = Beside::of(to)?;
    let source = open(&data, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let contents = copy(&source, &data, &beside, &Pace::gentle(Default::default()))?;
    if let Some(before) = before.filter(|before| before.last > contents.last) {
        return Err(format!(
            "{} is ahead of {}: it has {before}, and this would be {contents}. Name another file, or remove it first",
            to.display(),
            data.display()
        ));
    }
    beside.take_its_place(to)?;
    Ok(format!("{} is a copy of {}: {contents}", to.display(), data.display()))
}

fn restore(data: &Path, from: &Path) -> Result<String, String> {
    let data = place(data);
    if !is_history(from)? {
        return Err(format!("{} is no backup of a chat", from.display()));
    }
    if is_same(from, &data) {
        return Err(format!("{} is the history itself", from.display()));
    }
    if is_same(from, &part(&data, ".part")) {
        return Err(format!("{} is what a copy that was stopped has left: name another", from.display()));
    }
    let _lock = Lock::take(&data).map_err(|fault| told(&data, fault))?;
    let beside = Beside::of(&data)?;
    let source = open(from, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let contents = copy(&source, from, &beside, &Pace::full())?;
    for new in [beside.part.clone(), part(&data, "-lock")] {
        give(&new, &data)?;
    }
    let old =
        move_aside(&data).map_err(|error| format!("{} cannot be moved aside: {error}", data.display()))?;
    beside.take_its_place(&data)?;
    let kept = old.map(|old| format!("; what was there is {} now", old.display())).unwrap_or_default();
    Ok(format!("{} is {} again: {contents}{kept}", data.display(), from.display()))
}

/// What a file has in it that is to be replaced by a backup. Only an older backup is, or an empty file.
fn may_be_replaced(to: &Path, data: &Path) -> Result<Option<Contents>, String> {
    let name = to.display();
    match fs::metadata(to) {
        Err(_) => return Ok(None),
        Ok(metadata) if metadata.is_file() && metadata.len() == 0 => return Ok(None),
        Ok(_) if is_same(to, data) => return Err(format!("{name} is the history itself: name another file")),
        Ok(_) => {}
    }
    if !is_history(to)? {
        return Err(format!("{name} is no backup of a chat, and is not written over: name another file"));
    }
    if let Some(part) = PARTS[1..].iter().map(|end| part(to, end)).find(|part| part.exists()) {
        return Err(format!(
            "{name} may be a chat's history ({} lies beside it): name another file",
            part.display()
        ));
    }
    // A damaged one is better replaced.
    Ok(open(to, OpenFlags::SQLITE_OPEN_READ_ONLY).ok().and_then(|old| contents(&old).ok()))
}

/// A restored history belongs to whom it belonged before, or to whom its folder belongs: root restores, and the chat's
/// own user must be able to write to it.
pub(super) fn give(new: &Path, data: &Path) -> Result<(), String> {
    let cannot =
        |error| format!("{} cannot be given to the owner of {}: {error}", new.display(), data.display());
    let owner = fs::metadata(data).or_else(|_| fs::metadata(folder(data))).map_err(cannot)?;
    // Whoever owns the folder may have put a link there meanwhile: that is not followed.
    match lchown(new, Some(owner.uid()), Some(owner.gid())) {
        // A group that this user is not in, or a folder for everybody.
        Err(_) if !data.exists() || fs::metadata(new).map_err(cannot)?.uid() == owner.uid() => Ok(()),
        given => given.map_err(cannot),
    }
}

/// Gives a history another name, its log with it: a log belongs to its file, and no other may meet it. The file itself
/// stays until the other one takes its place, so that at no time there is none.
pub(super) fn move_aside(data: &Path) -> std::io::Result<Option<PathBuf>> {
    let [_, log, index, _] = parts(data);
    let names = (1..).map(|n| part(data, &if n == 1 { ".old".into() } else { format!(".old-{n}") }));
    let is_free = |old: &PathBuf| !old.exists() && !part(old, "-wal").exists();
    let old = names.into_iter().find(is_free).expect("names do not end");
    // Its log may be there though the file is not.
    let is_there = data.exists() || log.exists();
    if data.exists() {
        fs::hard_link(data, &old)?;
    }
    if log.exists() {
        fs::rename(log, part(&old, "-wal"))?;
    }
    if index.exists() {
        fs::remove_file(index)?;
    }
    Ok(is_there.then_some(old))
}
