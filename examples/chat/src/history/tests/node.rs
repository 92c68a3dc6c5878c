//! A history without threads, for tests: entries in, outcomes out, at once.

use rusqlite::Connection;
use rusqlite::backup::Backup;

use super::digest;
use super::*;
use crate::history::apply::{apply, apply_decided};
use crate::history::logged::{apply_logged, apply_shared};
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

    /// What stands in a log, in one transaction.
    pub(crate) fn follow<T>(&mut self, batch: &[Logged<T>]) -> Vec<Came> {
        self.transact(|connection, progress| {
            batch.iter().map(|logged| apply_logged(connection, progress, logged)).collect()
        })
    }

    /// The same, in a transaction that comes to nothing.
    pub(crate) fn follow_in_vain<T>(&mut self, batch: &[Logged<T>]) {
        let full = transact(&mut self.connection, &mut self.progress, |connection, progress| {
            batch.iter().try_for_each(|logged| apply_logged(connection, progress, logged).map(drop))?;
            Err::<(), _>(rusqlite::Error::ExecuteReturnedResults)
        });
        assert!(full.is_err());
    }

    /// An entry of a log, wherever it stands.
    pub(crate) fn apply_shared(&mut self, entry: &Entry) -> Outcome {
        self.transact(|connection, progress| apply_shared(connection, progress, entry))
    }

    pub(crate) fn place(&self) -> Place {
        self.progress.place
    }

    pub(crate) fn digest(&self) -> Digest {
        self.progress.digest
    }

    pub(crate) fn last(&self) -> Option<Digest> {
        self.progress.last
    }

    /// All that lasts, whatever log it comes from.
    pub(crate) fn tables(&self) -> String {
        let Progress { applied, next_event, next_person, next_room, next_number, .. } = self.progress;
        let numbers = format!("{applied} {next_event} {next_person} {next_room} {next_number}");
        let tables = digest::tables(&self.connection);
        let rows = tables.lines().filter(|row| !row.starts_with("state: "));
        rows.fold(numbers, |text, row| text + "\n" + row)
    }

    /// All that entries have filled in.
    pub(crate) fn filled(&self) -> String {
        digest::filled(&self.connection)
    }

    /// Who has appended how much to the log.
    pub(crate) fn producers(&self) -> Vec<(String, i64)> {
        let mut producers = self.connection.prepare("SELECT id, last FROM producers ORDER BY id").unwrap();
        let producers = producers.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        producers.map(Result::unwrap).collect()
    }

    /// All that was said, in its order.
    pub(crate) fn texts(&self) -> Vec<String> {
        let mut select = self.connection.prepare("SELECT text FROM events ORDER BY id").unwrap();
        select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    /// What it knows is what the file knows.
    pub(crate) fn restart(&mut self) {
        self.progress = Progress::read(&self.connection).unwrap();
    }
}
