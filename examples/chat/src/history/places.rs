//! Where the files of a history lie, and how they are called.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// Everything that belongs to a history, by the ends of its names.
pub(super) const PARTS: [&str; 4] = ["", "-wal", "-shm", "-lock"];

/// The files of the history that has this path.
pub(crate) fn parts(path: &Path) -> [PathBuf; 4] {
    PARTS.map(|end| part(path, end))
}

/// What lies beside a history and is no part of it: the key by which whoever runs the chat comes to the admin page
/// (`run/admin_link.rs`). It is neither copied nor restored.
pub(crate) fn admin_key_of(path: &Path) -> PathBuf {
    part(&place(path), "-admin")
}

/// The same of hooks that whoever runs the chat makes (`run/new_hook.rs`): the names of their files begin so.
pub(crate) fn hooks_of(path: &Path) -> PathBuf {
    part(&place(path), "-hook-")
}

/// Where a file is, or will be, without links and detours: whatever leads to it, it is the same file.
pub(crate) fn place(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    // A link may lead to what is still to be made. No system follows more of them.
    for _ in 0..40 {
        let Ok(target) = fs::read_link(&path) else { break };
        path = folder(&path).join(target);
    }
    let new = || Some(fs::canonicalize(folder(&path)).ok()?.join(path.file_name()?));
    fs::canonicalize(&path).ok().or_else(new).unwrap_or(path)
}

pub(super) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
}

/// `chat.db` and `-wal` are `chat.db-wal`.
pub(super) fn part(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    name.into()
}
