//! The file beside the file, `chat.db-lock`: it says that a chat has the history, and which one had it last.
//!
//! The lock is not on the history itself: closing any descriptor of that would take SQLite's own locks with it, and an
//! exclusive lock of SQLite's would keep out the tools that only want to read. Nor would it help to name it by the
//! inode: SQLite's log goes by the name, so a file with two names (hard links) is refused altogether.
//!
//! What it notes tells a history from an older copy that was put in its place while nobody looked.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;

use super::open_error::Fault;
use super::places::{part, parts};

/// A lock that is held, until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
    /// What each part was when the history was opened.
    parts: Vec<(PathBuf, Option<(u64, u64)>)>,
    /// One of them was seen to be another, or none.
    is_displaced: AtomicBool,
}

/// Which run had the history, and the latest event that it knew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    pub run: String,
    pub last: i64,
}

impl Lock {
    /// Takes the lock, and makes sure that the history has but one name, and is this user's alone.
    pub(super) fn take(path: &Path) -> Result<Self, Fault> {
        let name = part(path, "-lock");
        let file = made_for(path, &name).or_else(|_| private(&name));
        let file = file.map_err(|error| Fault::Beside(name, error))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => return Err(Fault::Locked),
            Err(error) => return Err(Fault::File(error.into())),
        }
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_file() && metadata.nlink() > 1 => {
                Err(Fault::Linked(metadata.nlink()))
            }
            _ => Ok(Lock { file, path: path.into(), parts: Vec::new(), is_displaced: false.into() }),
        }
    }

    /// All parts are there now: whatever is found in their place later is something else.
    pub(super) fn remember_parts(&mut self) {
        self.parts = parts(&self.path).map(|path| (path.clone(), identity(&path))).into();
    }

    /// Was the history removed, moved or replaced while it was open? If it was once, it stays so: what was written
    /// meanwhile went nowhere.
    pub(super) fn is_displaced(&self, tell: impl FnOnce()) -> bool {
        if self.was_displaced() {
            return true;
        }
        let displaced = self.parts.iter().any(|(path, known)| identity(path) != *known);
        if displaced && !self.is_displaced.swap(true, Ordering::Relaxed) {
            tell();
        }
        displaced
    }

    pub(super) fn was_displaced(&self) -> bool {
        self.is_displaced.load(Ordering::Relaxed)
    }

    /// `None`: nothing was noted, or nothing that can be read.
    pub(super) fn note(&self) -> Option<Note> {
        let mut bytes = [0; 128];
        let length = self.file.read_at(&mut bytes, 0).ok()?;
        let text = std::str::from_utf8(&bytes[..length]).ok()?;
        let (run, last) = text.strip_suffix('\n')?.split_once(' ')?;
        Some(Note { run: run.into(), last: last.parse().ok()? })
    }

    /// Not synced: a note that is older than the history does no harm.
    pub(super) fn write_note(&self, note: &Note) -> io::Result<()> {
        let text = format!("{} {}\n", note.run, note.last);
        self.file.write_all_at(text.as_bytes(), 0)?;
        self.file.set_len(text.len() as u64)
    }
}

/// Makes the lock of a history. It belongs to whom the history belongs: root may look after it once, and then its own user has
/// to open it.
fn made_for(history: &Path, lock: &Path) -> io::Result<File> {
    // What is there already is not followed, and given to nobody.
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(lock)?;
    if let Ok(owner) = fs::metadata(history)
        && owner.uid() != file.metadata()?.uid()
    {
        let _ = fchown(&file, Some(owner.uid()), Some(owner.gid()));
    }
    Ok(file)
}

/// Opens a file, or makes one that only this user may read. A link that somebody has put there is not followed: it may lead
/// to what is not to be written over.
pub(super) fn private(path: &Path) -> io::Result<File> {
    let no_link = OFlags::NOFOLLOW.bits() as i32;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600).custom_flags(no_link).open(path)
}

fn identity(path: &Path) -> Option<(u64, u64)> {
    fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()))
}
