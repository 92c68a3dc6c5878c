//! A new file for the history: made beside it, while no chat has it, and put in its place when it is whole.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::super::copies::{Beside, give, move_aside, told};
use super::super::file;
use super::super::load;
use super::super::lock::{Lock, Note};
use super::super::open_error::Fault;
use super::super::places::{part, place};

/// Where it is made.
pub(super) struct Placing {
    data: PathBuf,
    beside: Beside,
    lock: Lock,
}

impl Placing {
    /// # Errors
    ///
    /// A chat has the history, or nothing can be written there: in words for whoever asked.
    pub(super) fn begin(data: &Path) -> Result<Self, String> {
        let data = place(data);
        let lock = Lock::take(&data).map_err(|fault| told(&data, fault))?;
        // It belongs to whom the history belongs, also if nothing comes of this.
        if data.exists() {
            give(&part(&data, "-lock"), &data)?;
        }
        let is_empty = |path: &Path| fs::metadata(path).map_or(0, |metadata| metadata.len()) == 0;
        if is_empty(&data) && !is_empty(&part(&data, "-wal")) {
            return Err(told(&data, Fault::Astray));
        }
        let beside = Beside::of(&data)?;
        Ok(Placing { data, beside, lock })
    }

    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    /// The history that is there now.
    pub(super) fn present(&self) -> Result<Option<Connection>, String> {
        if fs::metadata(&self.data).map_or(0, |metadata| metadata.len()) == 0 {
            return Ok(None);
        }
        let opened = file::connect(&self.data, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(Fault::from);
        let checked = opened.and_then(|connection| file::check(&connection).map(|()| connection));
        checked.map(Some).map_err(|fault| told(&self.data, fault))
    }

    /// The new file, of nothing. If writing fails there is no file, and nothing to roll back.
    pub(super) fn new_file(&self) -> Result<Connection, String> {
        let opened = file::connect(self.beside.part(), OpenFlags::SQLITE_OPEN_READ_WRITE);
        let connection = opened.map_err(|error| self.cannot(error))?;
        for (pragma, value) in [("journal_mode", "off"), ("synchronous", "off"), ("cache_size", "-32768")] {
            connection.pragma_update(None, pragma, value).map_err(|error| self.cannot(error))?;
        }
        Ok(connection)
    }

    pub(super) fn cannot(&self, error: rusqlite::Error) -> String {
        told(self.beside.part(), error.into())
    }

    /// Puts the new file in the place of the history. What was there is kept, if there was something: as what, is told.
    ///
    /// # Errors
    ///
    /// A chat could not start with it, or it cannot be put there: then nothing has changed.
    pub(super) fn finish(self, mut connection: Connection) -> Result<Option<PathBuf>, String> {
        let Placing { data, beside, lock } = self;
        let cannot = |error: rusqlite::Error| told(&data, error.into());
        // What is rehearsed is taken back. The log for that lies in memory: a file of it, left behind, would be met by the next.
        connection.pragma_update(None, "journal_mode", "memory").map_err(cannot)?;
        load::rehearse(&mut connection).map_err(|error| {
            let error = error.to_string().replace('\n', " ");
            format!("the chat could not start with what it becomes ({error}). Nothing was changed")
        })?;
        // One file, without a log; and the run that has it next is none that others have had.
        connection.pragma_update(None, "journal_mode", "delete").map_err(cannot)?;
        connection.execute("UPDATE state SET run = lower(hex(randomblob(16)))", []).map_err(cannot)?;
        let note = file::note(&connection).map_err(cannot)?;
        connection.close().map_err(|(_, error)| cannot(error))?;
        for new in [beside.part().to_owned(), part(&data, "-lock")] {
            give(&new, &data)?;
        }
        let old = move_aside(&data)
            .map_err(|error| format!("{} cannot be moved aside: {error}", data.display()))?;
        beside.take_its_place(&data)?;
        note_in(&lock, &note);
        Ok(old)
    }
}

/// It is not found to be an older copy when it is opened. Without the note all clients start afresh, no more.
fn note_in(lock: &Lock, note: &Note) {
    let _ = lock.write_note(note);
}
