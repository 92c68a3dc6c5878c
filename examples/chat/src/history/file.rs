//! Opening the file: only one pollcat at a time, only a file that is ours, and a clear word when that cannot be.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, MAIN_DB, OpenFlags, TransactionBehavior};

use super::faults::GONE;
use super::lock::{Lock, Note, private};
use super::open_error::Fault;
use super::places::{part, place};
use super::wal::{self, Task};
use super::{Calendar, Data, Durability, schema};

/// A connection to the history. For a file the writer and the reader have one each and never wait for one another;
/// what is kept in memory has but one, which they share.
#[derive(Clone)]
pub(super) struct Link(Arc<Linked>);

#[cfg(test)]
pub(super) type WeakLink = std::sync::Weak<Linked>;

/// The lock goes after the connection, and with the last connection.
pub(super) struct Linked {
    pub(super) connection: Mutex<Connection>,
    lock: Option<Arc<Lock>>,
}

impl Link {
    fn new(connection: Connection, lock: Option<Arc<Lock>>) -> Self {
        Link(Arc::new(Linked { connection: Mutex::new(connection), lock }))
    }

    #[cfg(test)]
    pub(super) fn downgrade(&self) -> WeakLink {
        Arc::downgrade(&self.0)
    }

    /// The file was removed, moved or replaced. The log hears of it once.
    pub(super) fn is_displaced(&self) -> bool {
        self.0.lock.as_ref().is_some_and(|lock| lock.is_displaced(|| log::error!("{GONE}")))
    }

    /// What was noted beside the file last time.
    pub(super) fn note(&self) -> Option<Note> {
        self.0.lock.as_ref().and_then(|lock| lock.note())
    }

    /// That was seen before. Costs nothing.
    pub(super) fn was_displaced(&self) -> bool {
        self.0.lock.as_ref().is_some_and(|lock| lock.was_displaced())
    }

    /// Notes beside the file how far it is.
    pub(super) fn note_last_event(&self, connection: &Connection) -> rusqlite::Result<()> {
        let Some(lock) = &self.0.lock else { return Ok(()) };
        let note = note(connection)?;
        // Without it, an older copy is not told from this file.
        lock.write_note(&note).unwrap_or_else(|error| log::warn!("{} cannot be noted: {error}", note.run));
        Ok(())
    }

    /// A clean end: nothing is missing, and all of it is in the file itself.
    pub(super) fn end(&self, calendar: &Calendar) -> rusqlite::Result<()> {
        let connection = self.lock();
        calendar.save(&connection)?;
        connection.execute("UPDATE state SET incomplete = 0", [])?;
        // The last connection to a file tidies up as it closes; if other programs have it open, this does.
        wal::carry_out(&connection, Task::Cut)?;
        self.note_last_event(&connection)
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Connection> {
        // A transaction that was left by a panic has been rolled back.
        self.0.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The writer's link and the reader's, to tables that are there.
pub(super) fn open(data: &Data, durability: Durability) -> Result<(Link, Link), Fault> {
    match data {
        Data::File(path) if durability != Durability::Memory => open_file(path, durability),
        _ => {
            let mut connection = Connection::open_in_memory()?;
            prepare(&mut connection)?;
            let link = Link::new(connection, None);
            Ok((link.clone(), link))
        }
    }
}

fn open_file(path: &Path, durability: Durability) -> Result<(Link, Link), Fault> {
    // The lock belongs to the file, whatever symbolic links lead to it.
    let path = place(path);
    let mut lock = Lock::take(&path)?;
    // SQLite would take it for a log of nothing, and remove it.
    let length = |path: &Path| fs::metadata(path).map_or(0, |metadata| metadata.len());
    if length(&path) == 0 && length(&part(&path, "-wal")) > 0 {
        return Err(Fault::Astray);
    }
    // What people say is not for other users of the machine. SQLite gives its own files the same permissions.
    private(&path).map_err(Fault::File)?;

    let mut writer = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    if writer.is_readonly(MAIN_DB)? {
        return Err(Fault::ReadOnly);
    }
    check(&writer)?;
    writer.pragma_update(None, "journal_mode", "wal")?;
    // NORMAL hands every commit to the system, FULL waits until the disk has it.
    writer.pragma_update(
        None,
        "synchronous",
        if durability == Durability::Disk { "full" } else { "normal" },
    )?;
    writer.pragma_update(None, "fullfsync", true)?;
    writer.pragma_update(None, "checkpoint_fullfsync", true)?;
    // Rooms and receipts are all over the file; the more of it stays at hand, the fewer pages are read again.
    writer.pragma_update(None, "cache_size", -32 << 10)?;
    writer.pragma_update(None, "wal_autocheckpoint", 4000)?;
    // A burst makes the log long; afterwards it need not stay so.
    writer.pragma_update(None, "journal_size_limit", 32 << 20)?;
    prepare(&mut writer)?;

    let reader = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    reader.pragma_update(None, "query_only", true)?;
    // Opens all that it needs: by their names, which may belong to others later.
    check(&reader)?;
    lock.remember_parts();
    let lock = Arc::new(lock);
    Ok((Link::new(writer, Some(lock.clone())), Link::new(reader, Some(lock))))
}

pub(super) fn connect(path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // Other tools may read at any time, and write for a moment.
    connection.busy_timeout(Duration::from_secs(2))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Looks, and changes nothing: the file may be anybody's.
pub(super) fn check(connection: &Connection) -> Result<(), Fault> {
    let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i32>(0));
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (number("application_id")?, number("user_version")?) {
        (0, 0) if tables == 0 => Ok(()),
        (schema::APPLICATION, 1..=schema::VERSION) => Ok(()),
        (schema::APPLICATION, version) if version > schema::VERSION => Err(Fault::Newer(version)),
        _ => Err(Fault::Foreign),
    }
}

/// Makes the tables if there are none, and brings older ones up to date.
fn prepare(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(64);
    // Overwrites what is erased, so that words that were taken back are in the file no longer.
    connection.pragma_update(None, "secure_delete", true)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version != schema::VERSION {
        schema::bring_up(&transaction, version)?;
        if version != 0 {
            log::info!("the history's tables were brought from version {version} to {}", schema::VERSION);
        }
    }
    transaction.commit()
}

/// Which run has the file, and how far it is.
pub(super) fn note(connection: &Connection) -> rusqlite::Result<Note> {
    connection.query_row(
        "SELECT run, (SELECT coalesce(max(id), 0) FROM events) AS last FROM state",
        [],
        |row| Ok(Note { run: row.get("run")?, last: row.get("last")? }),
    )
}
