//! `--backup` and `--restore`: whole copies, made beside their place, looked through, and only then put there.
//!
//! ```text
//!   chat.db, open or not ──▶ FILE.part ── checked, counted, synced ──▶ FILE
//!   FILE ──▶ chat.db.part ── checked, counted, synced ──▶ chat.db          what was there: chat.db.old
//! ```
//!
//! A copy says of itself that something may be missing: whoever has heard what was said after it was made starts afresh.

use std::fmt;
use std::fs::{self, File, Permissions};
use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use rustix::fs::{FlockOperation, flock};

use super::file;
use super::lock::{Lock, private};
use super::open_error::{Fault, OpenError};
use super::places::{PARTS, folder, part, parts, place};
use super::{Data, schema};

/// What was asked for on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Copy {
    Backup { data: PathBuf, to: PathBuf },
    Restore { data: PathBuf, from: PathBuf },
}

/// What is in a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Contents {
    messages: i64,
    pictures: i64,
    rooms: i64,
    people: i64,
    /// The latest event.
    last: i64,
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
    let contents = copy(&source, &data, &beside)?;
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
    let contents = copy(&source, from, &beside)?;
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

/// Copies what is in a history at one moment, whoever writes into it meanwhile, and looks through the copy.
fn copy(source: &Connection, name: &Path, beside: &Beside) -> Result<Contents, String> {
    let wrong = |error: rusqlite::Error| told(name, error.into());
    let moment = source.unchecked_transaction().map_err(wrong)?;
    let expected = contents(source).map_err(wrong)?;
    let cannot = |error: rusqlite::Error| format!("{} cannot be written: {error}", beside.part.display());
    let mut copy = Connection::open(&beside.part).map_err(cannot)?;
    // If this fails there is no copy, and nothing to roll back.
    copy.pragma_update(None, "journal_mode", "off").map_err(cannot)?;
    let step = Backup::new(source, &mut copy).and_then(|backup| backup.step(-1)).map_err(cannot)?;
    drop(moment);
    if step != StepResult::Done {
        return Err(format!("{} is locked by another program: try again", name.display()));
    }
    // One file, without a log.
    copy.pragma_update(None, "journal_mode", "delete").map_err(cannot)?;
    let verdict: String = copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(wrong)?;
    let found = contents(&copy).map_err(wrong)?;
    if verdict != "ok" || found != expected {
        return Err(format!(
            "{} is damaged ({}; {found} of {expected}): nothing was copied",
            name.display(),
            verdict.replace('\n', " ")
        ));
    }
    let version: i32 = copy.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(wrong)?;
    if version >= schema::KNOWS_GAPS {
        copy.execute("UPDATE state SET incomplete = 1", []).map_err(cannot)?;
    }
    Ok(expected)
}

fn contents(connection: &Connection) -> rusqlite::Result<Contents> {
    connection.query_row(
        "SELECT (SELECT count(*) FROM events) AS messages, (SELECT count(*) FROM pictures) AS pictures,
                (SELECT count(*) FROM rooms) AS rooms, (SELECT count(*) FROM people WHERE gone = 0) AS people,
                (SELECT coalesce(max(id), 0) FROM events) AS last",
        [],
        |row| {
            Ok(Contents {
                messages: row.get("messages")?,
                pictures: row.get("pictures")?,
                rooms: row.get("rooms")?,
                people: row.get("people")?,
                last: row.get("last")?,
            })
        },
    )
}

impl fmt::Display for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Contents { messages, pictures, rooms, people, .. } = self;
        write!(f, "{messages} messages, {pictures} pictures, {rooms} rooms, {people} people")
    }
}

/// A file that is being made beside the one that it will be. It goes if it does not come to that.
struct Beside {
    part: PathBuf,
    /// Locked: nobody else makes the same.
    file: File,
    is_placed: bool,
}

impl Beside {
    fn of(path: &Path) -> Result<Self, String> {
        let part = part(path, ".part");
        let cannot = |error| format!("{} cannot be written: {error}", part.display());
        // It may have been left behind by a copy that was stopped.
        let file = private(&part).map_err(cannot)?;
        let is_locked = flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok();
        // Another one may have put it in its place a moment ago.
        if !is_locked || file.metadata().map_err(cannot)?.ino() != fs::metadata(&part).map_err(cannot)?.ino()
        {
            return Err(format!("{} is being written by another program: try again", part.display()));
        }
        // What people say is not for other users of the machine, whoever made the file.
        file.set_permissions(Permissions::from_mode(0o600)).and_then(|()| file.set_len(0)).map_err(cannot)?;
        Ok(Beside { part, file, is_placed: false })
    }

    /// On the disk first, then in one step.
    fn take_its_place(mut self, path: &Path) -> Result<(), String> {
        let placed = self.file.sync_all().and_then(|()| fs::rename(&self.part, path));
        self.is_placed = placed.is_ok();
        placed
            .and_then(|()| File::open(folder(path))?.sync_all())
            .map_err(|error| format!("{} cannot be written: {error}", path.display()))
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if !self.is_placed {
            // What is left behind is written over by the next copy.
            let _ = fs::remove_file(&self.part);
        }
    }
}

/// A restored history belongs to whom it belonged before, or to whom its folder belongs: root restores, and the chat's
/// own user must be able to write to it.
fn give(new: &Path, data: &Path) -> Result<(), String> {
    let cannot =
        |error| format!("{} cannot be given to the owner of {}: {error}", new.display(), data.display());
    let owner = fs::metadata(data).or_else(|_| fs::metadata(folder(data))).map_err(cannot)?;
    match chown(new, Some(owner.uid()), Some(owner.gid())) {
        // A group that this user is not in, or a folder for everybody.
        Err(_) if !data.exists() || fs::metadata(new).map_err(cannot)?.uid() == owner.uid() => Ok(()),
        given => given.map_err(cannot),
    }
}

/// Gives a history another name, its log with it: a log belongs to its file, and no other may meet it. The file itself
/// stays until the other one takes its place, so that at no time there is none.
fn move_aside(data: &Path) -> std::io::Result<Option<PathBuf>> {
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

fn open(path: &Path, access: OpenFlags) -> Result<Connection, String> {
    let opened = file::connect(path, access).map_err(Fault::from);
    let checked = opened.and_then(|connection| file::check(&connection).map(|()| connection));
    checked.map_err(|fault| told(path, fault))
}

/// By its first bytes: SQLite's, with our number in them.
fn is_history(path: &Path) -> Result<bool, String> {
    let cannot = |error| format!("{} cannot be read: {error}", path.display());
    let mut head = [0; 72];
    let is_file = fs::metadata(path).map_err(cannot)?.is_file();
    let length =
        if is_file { File::open(path).map_err(cannot)?.read(&mut head).map_err(cannot)? } else { 0 };
    Ok(length == head.len()
        && head.starts_with(b"SQLite format 3\0")
        && head[68..] == schema::APPLICATION.to_be_bytes())
}

fn is_same(one: &Path, other: &Path) -> bool {
    let identity = |path| fs::metadata(path).ok().map(|it| (it.dev(), it.ino()));
    identity(one).is_some() && identity(one) == identity(other)
}

fn told(path: &Path, fault: Fault) -> String {
    OpenError::new(&Data::File(path.into()), fault).to_string()
}
