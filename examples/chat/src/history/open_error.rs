//! Why a history cannot be opened, in a line that says what to do.

use std::path::{Path, PathBuf};
use std::{fmt, io};

use super::faults::{is_damage, is_forbidden, is_full, is_locked};
use super::places::folder;
use super::{Data, schema};

/// Why the history cannot be opened: one line for whoever started the program.
#[derive(Debug)]
pub(crate) struct OpenError {
    path: PathBuf,
    fault: Fault,
}

#[derive(Debug)]
pub(super) enum Fault {
    /// The history itself.
    File(io::Error),
    /// Another one, that must lie beside it.
    Beside(PathBuf, io::Error),
    Locked,
    /// It has so many names.
    Linked(u64),
    /// It is not there, and its log is.
    Astray,
    ReadOnly,
    /// SQLite, but another program's.
    Foreign,
    /// Made by a newer pollcat, whose tables have this version.
    Newer(i32),
    Sqlite(rusqlite::Error),
    Threads(io::Error),
}

impl OpenError {
    pub(super) fn new(data: &Data, fault: impl Into<Fault>) -> Self {
        let path = match data {
            Data::File(path) => path.clone(),
            Data::Memory => PathBuf::from(":memory:"),
        };
        OpenError { path, fault: fault.into() }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        if is_locked(&error) { Fault::Locked } else { Fault::Sqlite(error) }
    }
}

impl std::error::Error for OpenError {}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.fault {
            Fault::File(error) => f.write_str(&cannot(&self.path, error)),
            Fault::Beside(path, error) => f.write_str(&cannot(path, error)),
            Fault::Locked => {
                write!(f, "{path} is in use by another program: stop it, or choose another file with --data")
            }
            Fault::Linked(names) => {
                write!(f, "{path} has {names} names (hard links), and a history can have but one: ")?;
                f.write_str("remove the others, or choose another file with --data")
            }
            Fault::Astray => {
                write!(
                    f,
                    "{path} is not there or empty, and {path}-wal, its log, has what was said last: move the file back to "
                )?;
                f.write_str("its place, bring a backup back with --restore, or remove the -wal to begin anew")
            }
            Fault::ReadOnly => {
                write!(f, "{path} may not be written by this user: allow it, or choose another with --data")
            }
            Fault::Foreign => write!(f, "{path} belongs to another program: choose another file with --data"),
            Fault::Newer(version) => {
                write!(
                    f,
                    "{path} was made by a newer pollcat (tables {version}, this one knows {}): ",
                    schema::VERSION
                )?;
                f.write_str("use that one, or choose another file with --data")
            }
            Fault::Sqlite(error) if is_damage(error) => {
                write!(
                    f,
                    "{path} is damaged, or no history, or the -wal and -shm beside it are another file's "
                )?;
                write!(f, "({error}): bring a backup back with --restore, or choose another file with --data")
            }
            Fault::Sqlite(error) if is_full(error) => {
                write!(f, "{path}: the disk is full: make room on it, or choose another with --data")
            }
            Fault::Sqlite(error) if is_forbidden(error) => {
                let folder = folder(&self.path).display();
                write!(
                    f,
                    "{path}: this user may not write to it or to the folder {folder}, or the disk is read-only: "
                )?;
                f.write_str("allow it, or choose another with --data")
            }
            Fault::Sqlite(error) => {
                write!(f, "{path} cannot be used ({error}): choose another file with --data")
            }
            Fault::Threads(error) => {
                write!(f, "no thread can be started for {path}: {error} (ulimit -u, or TasksMax= in systemd)")
            }
        }
    }
}

/// Whether it is the file or its folder that is wrong.
fn cannot(path: &Path, error: &io::Error) -> String {
    use io::ErrorKind::{IsADirectory, NotADirectory, NotFound, PermissionDenied, ReadOnlyFilesystem};
    let folder = folder(path);
    let (file, place) = (path.display(), folder.display());
    match error.kind() {
        NotFound if folder.is_dir() => {
            format!("{file}: no file can be made in the folder {place}: choose another with --data")
        }
        NotFound => {
            format!("{file}: the folder {place} does not exist: make it, or choose another with --data")
        }
        NotADirectory => format!("{file}: a part of this path is no directory: choose another with --data"),
        IsADirectory => format!("{file} is a directory: name a file in it with --data"),
        PermissionDenied if !path.exists() => format!(
            "{file}: this user may not make files in the folder {place}: allow it, or choose another with --data"
        ),
        PermissionDenied => {
            format!("{file} may not be written by this user: allow it, or choose another with --data")
        }
        ReadOnlyFilesystem => format!("{file} is on a read-only disk: choose another with --data"),
        _ => format!("{file} cannot be opened ({error}): choose another with --data"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_named_when_it_is_the_folder() {
        let (here, nowhere) = (Path::new(env!("CARGO_MANIFEST_DIR")), Path::new("/nowhere/chat.db"));
        let told = |path: &Path, kind: io::ErrorKind| cannot(path, &kind.into());
        use io::ErrorKind::{NotFound, PermissionDenied};
        let new = told(&here.join("new.db"), PermissionDenied);
        assert!(new.contains(&format!("make files in the folder {}:", here.display())), "{new}");
        let old = told(&here.join("Cargo.toml"), PermissionDenied);
        assert!(old.contains("Cargo.toml may not be written"), "{old}");
        assert!(told(nowhere, NotFound).contains("the folder /nowhere does not exist"));
        assert!(told(&here.join("new.db"), NotFound).contains("no file can be made in the folder"));
        assert!(told(Path::new("chat.db"), PermissionDenied).contains("the folder .:"));
    }

    /// SQLite makes its own files beside the history.
    #[test]
    fn a_folder_that_may_not_be_written_to_is_named() {
        for code in [
            rusqlite::ffi::SQLITE_READONLY,
            rusqlite::ffi::SQLITE_READONLY_DIRECTORY,
            rusqlite::ffi::SQLITE_PERM,
        ] {
            let error = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
            let told = OpenError::new(&Data::File("/var/lib/chat/chat.db".into()), error).to_string();
            assert!(told.contains("the folder /var/lib/chat, or") && told.contains("--data"), "{told}");
        }
    }
}
