//! What a file is that somebody names: a history, the history itself, or something else.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::history::open_error::{Fault, OpenError};
use crate::history::{Data, file, schema};

pub(in crate::history) fn open(path: &Path, access: OpenFlags) -> Result<Connection, String> {
    let opened = file::connect(path, access).map_err(Fault::from);
    let checked = opened.and_then(|connection| file::check(&connection).map(|()| connection));
    checked.map_err(|fault| told(path, fault))
}

/// By its first bytes: SQLite's, with our number in them.
pub(in crate::history) fn is_history(path: &Path) -> Result<bool, String> {
    head(path).map(|head| head.is_some())
}

/// One file and all of it, which nobody has opened to write into it: SQLite notes in a history that there is a log.
pub(in crate::history) fn is_backup(path: &Path) -> Result<bool, String> {
    head(path).map(|head| head.is_some_and(|head| head[18..20] == [1, 1]))
}

/// The header of a history.
fn head(path: &Path) -> Result<Option<[u8; 72]>, String> {
    let cannot = |error| format!("{} cannot be read: {error}", path.display());
    let mut head = [0; 72];
    let is_file = fs::metadata(path).map_err(cannot)?.is_file();
    let length =
        if is_file { File::open(path).map_err(cannot)?.read(&mut head).map_err(cannot)? } else { 0 };
    let is_ours = length == head.len()
        && head.starts_with(b"SQLite format 3\0")
        && head[68..] == schema::APPLICATION.to_be_bytes();
    Ok(is_ours.then_some(head))
}

pub(in crate::history) fn is_same(one: &Path, other: &Path) -> bool {
    let identity = |path| fs::metadata(path).ok().map(|it| (it.dev(), it.ino()));
    identity(one).is_some() && identity(one) == identity(other)
}

pub(in crate::history) fn told(path: &Path, fault: Fault) -> String {
    OpenError::new(&Data::File(path.into()), fault).to_string()
}
