//! A history without threads, for tests: entries in, outcomes out, at once.

use rusqlite::Connection;
use rusqlite::backup::Backup;

use super::*;
use crate::history::apply::{apply, apply_decided};
use crate::history::progress::transact;

/// The tables, and how far they are.
pub(crate) struct Node {
    pub(super) connection: Connection,
    pub(super) progress: Progress,
}

impl Node {
    /// With the tables of another one.
    pub(crate) fn like(template: &Node) -> Self {
        let mut connection = Connection::open_in_memory().unwrap();
        Backup::new(&template.connection, &mut connection).unwrap().step(-1).unwrap();
        let progress = Progress::read(&connection).unwrap();
        Node { connection, progress }
    }

    pub(crate) fn new() -> Self {
        let connection = Connection::open_in_memory().unwrap();
        schema::bring_up(&connection, 0).unwrap();
        let progress = Progress::read(&connection).unwrap();
        Node { connection, progress }
    }

    pub(super) fn transact<R>(
        &mut self,
        work: impl FnOnce(&Connection, &mut Progress) -> rusqlite::Result<R>,
    ) -> R {
        transact(&mut self.connection, &mut self.progress, work).unwrap()
    }

    /// In one transaction.
    pub(crate) fn apply(&mut self, entries: &[Entry]) -> Vec<Outcome> {
        self.transact(|connection, progress| {
            entries.iter().map(|entry| apply(connection, progress, entry)).collect()
        })
    }

    /// In one transaction that comes to nothing.
    pub(super) fn apply_in_vain(&mut self, entries: &[Entry]) {
        let full = transact(&mut self.connection, &mut self.progress, |connection, progress| {
            entries.iter().try_for_each(|entry| apply(connection, progress, entry).map(drop))?;
            Err::<(), _>(rusqlite::Error::ExecuteReturnedResults)
        });
        assert!(full.is_err());
    }

    pub(super) fn decide(
        &mut self,
        due: impl FnOnce(&Connection) -> rusqlite::Result<Vec<Entry>>,
    ) -> Vec<(Entry, Done)> {
        self.transact(|connection, progress| {
            let entries = due(connection)?.into_iter();
            let applied = entries.map(|entry| apply_decided(connection, progress, entry));
            applied.filter_map(Result::transpose).collect()
        })
    }

    /// What only this file needs: an index that comes nearer, and forgets.
    pub(super) fn index(&mut self) {
        self.transact(|connection, progress| {
            index::advance(connection, progress)?;
            index::erase_next(connection)
        });
    }

    /// As when it is opened: without the guests, and with all that a chat keeps in memory.
    pub(crate) fn load(&mut self, recent: usize) -> Loaded {
        let settings = Settings { durability: Durability::Disk, recent, ..settings(Path::new("")) };
        self.restart();
        load::load(&mut self.connection, &mut self.progress, &settings, None).unwrap().loaded
    }

    /// The sessions of somebody, the newest last.
    pub(crate) fn sessions(&self, person: PersonId) -> Vec<Number> {
        let mut select =
            self.connection.prepare_cached("SELECT id FROM tokens WHERE person = ?1 ORDER BY id").unwrap();
        let sessions = select.query_map([schema::signed(person)], |row| schema::number(row, "id")).unwrap();
        sessions.map(Result::unwrap).collect()
    }

    /// What it knows is what the file knows.
    pub(super) fn restart(&mut self) {
        self.progress = Progress::read(&self.connection).unwrap();
    }
}
