//! A history on its way out: its rows as they were at one moment, whoever writes into it meanwhile.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use rusqlite::{Connection, MAIN_DB, OpenFlags};

use super::super::copies::{give, told};
use super::super::file;
use super::super::lock::Lock;
use super::super::open_error::Fault;
use super::super::places::part;
use super::super::schema;
use super::cell::Cell;
use super::shape::{EVENTS, Kind};

pub(crate) struct Leaving {
    connection: Connection,
    path: std::path::PathBuf,
    is_open_elsewhere: bool,
    is_complete: bool,
    /// While the tables of an older version are brought up to date, for this alone.
    _lock: Option<Lock>,
}

impl Leaving {
    /// # Errors
    ///
    /// There is no history, it is another program's, or older while a chat has it: in words for whoever asked.
    pub(crate) fn open(data: &Path) -> Result<Self, String> {
        let path = fs::canonicalize(data).map_err(|error| {
            format!("{}: there is no history to export ({error}): name it with --data", data.display())
        })?;
        let wrong = |fault: Fault| told(&path, fault);
        let lock = at_rest(&path)?;
        let connection = file::connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(Fault::from);
        let connection = connection.map_err(wrong)?;
        file::check(&connection).map_err(wrong)?;
        let version = begin(&connection, lock.is_some()).map_err(|error| wrong(error.into()))?;
        if version != schema::VERSION && lock.is_none() {
            return Err(format!(
                "{} has tables of version {version}, and an older chat has it open: stop that first",
                path.display()
            ));
        }
        let incomplete: bool = connection
            .query_row("SELECT incomplete FROM state", [], |row| row.get(0))
            .map_err(|error| wrong(error.into()))?;
        let is_open_elsewhere = lock.is_none();
        let is_complete = !is_open_elsewhere && !incomplete;
        // A chat may start now: it does not change what is seen here.
        let lock = lock.filter(|_| version != schema::VERSION);
        Ok(Leaving { connection, path, is_open_elsewhere, is_complete, _lock: lock })
    }

    /// A chat has it while it is exported.
    pub(crate) fn is_open_elsewhere(&self) -> bool {
        self.is_open_elsewhere
    }

    /// Nobody has heard anything that is not in it.
    pub(crate) fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Those that are removed and not swept out among them.
    pub(crate) fn rooms(&self) -> Result<Vec<i64>, String> {
        self.connection
            .prepare("SELECT id FROM rooms UNION SELECT id FROM removed_rooms ORDER BY id")
            .and_then(|mut rooms| rooms.query_map([], |row| row.get(0))?.collect())
            .map_err(|error| self.wrong(error))
    }

    /// Tells each row. How many there are.
    pub(crate) fn rows(
        &self,
        kind: &Kind,
        tell: &mut dyn FnMut(&[Cell]) -> Result<(), String>,
    ) -> Result<u64, String> {
        self.walk(kind, None, tell)
    }

    /// The same for what was said in a room.
    pub(crate) fn events(
        &self,
        room: i64,
        tell: &mut dyn FnMut(&[Cell]) -> Result<(), String>,
    ) -> Result<u64, String> {
        self.walk(&EVENTS, Some(room), tell)
    }

    fn walk(
        &self,
        kind: &Kind,
        room: Option<i64>,
        tell: &mut dyn FnMut(&[Cell]) -> Result<(), String>,
    ) -> Result<u64, String> {
        let wrong = |error| self.wrong(error);
        let names: Vec<&str> = kind.columns.iter().map(|column| column.name).collect();
        let (names, table, order) = (names.join(", "), kind.name, kind.order);
        let here = if room.is_some() { "WHERE room = ?1" } else { "" };
        let sql = format!("SELECT {names} FROM {table} {here} ORDER BY {order}");
        let mut select = self.connection.prepare(&sql).map_err(wrong)?;
        let mut rows = match room {
            Some(room) => select.query([room]),
            None => select.query([]),
        }
        .map_err(wrong)?;
        let (mut cells, mut count) = (Vec::with_capacity(kind.columns.len()), 0);
        while let Some(row) = rows.next().map_err(wrong)? {
            cells.clear();
            for (at, column) in kind.columns.iter().enumerate() {
                let cell = Cell::read(row.get_ref(at).map_err(wrong)?);
                let cell = cell.filter(|cell| column.check(cell).is_ok()).ok_or_else(|| {
                    format!(
                        "{}: {table}.{} has what no pollcat has written, in row {} of the table: nothing was exported",
                        self.path.display(),
                        column.name,
                        count + 1
                    )
                })?;
                cells.push(cell);
            }
            tell(&cells)?;
            count += 1;
        }
        Ok(count)
    }

    /// Writes a picture, piece by piece: that of the row whose first column this is.
    pub(crate) fn picture(&self, kind: &Kind, row: i64, to: &mut dyn Write) -> Result<u64, String> {
        let blob = self.connection.blob_open(MAIN_DB, kind.name, "bytes", row, true);
        let mut blob = blob.map_err(|error| self.wrong(error))?;
        io::copy(&mut blob, to).map_err(|error| format!("a picture cannot be copied: {error}"))
    }

    fn wrong(&self, error: rusqlite::Error) -> String {
        told(&self.path, error.into())
    }
}

/// The lock, if no chat has it.
fn at_rest(path: &Path) -> Result<Option<Lock>, String> {
    let name = part(path, "-lock");
    let is_new = !name.exists();
    let lock = match Lock::take(path) {
        Ok(lock) => Some(lock),
        Err(Fault::Locked) => None,
        Err(fault) => return Err(told(path, fault)),
    };
    if is_new {
        // Whoever exports may be somebody else than the chat, which must be able to lock its history.
        give(&name, path)?;
    }
    Ok(lock)
}

/// Begins to look, at one moment. Tables of an older version are brought up to date if they may be, and nobody is told: what is
/// not committed never was. Which version they had.
fn begin(connection: &Connection, may_bring_up: bool) -> rusqlite::Result<i32> {
    connection.execute_batch("BEGIN")?;
    let version = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version != schema::VERSION && may_bring_up {
        schema::bring_up(connection, version)?;
    }
    Ok(version)
}
