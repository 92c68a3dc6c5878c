//! What other programs have kept, added to a history: rooms of their own, by people who are gone.
//!
//! It is a copy of the history that grows, by the same entries as everywhere, and takes its place in the end. Whoever runs the
//! chat has made the rooms: so they stay, also while nobody is in them.

use std::path::{Path, PathBuf};

use rusqlite::backup::Backup;
use rusqlite::{Connection, OptionalExtension};

use super::super::apply::apply;
use super::super::calendar::{Calendar, Wall};
use super::super::deed::OPERATOR;
use super::super::progress::{Progress, transact};
use super::super::schema;
use super::super::{Aim, Append, Body, Entry, Millis, PersonId, RoomId, RoomKind};
use super::placing::Placing;

/// Entries in one go.
const BITE: usize = 512;

pub(crate) struct Annex {
    placing: Placing,
    connection: Connection,
    progress: Progress,
    /// What day it is does not follow from messages that are old.
    calendar: Calendar,
    /// The first event that is new.
    begins: i64,
    next_person: PersonId,
    next_room: RoomId,
    waiting: Vec<Entry>,
}

impl Annex {
    /// # Errors
    ///
    /// A chat has the history, it is not ours, or nothing can be written there: in words for whoever asked.
    pub(crate) fn begin(data: &Path) -> Result<Self, String> {
        let placing = Placing::begin(data)?;
        let present = placing.present()?;
        let mut connection = placing.new_file()?;
        let progress = copy(present.as_ref(), &mut connection).map_err(|error| placing.cannot(error))?;
        if follows_a_log(&connection).map_err(|error| placing.cannot(error))? {
            return Err(format!(
                "{} follows a log of several nodes, and what is added here would be on no other one: OPERATING.md (Moving in and out) \
                 says how it gets there",
                placing.data().display()
            ));
        }
        // Of a new history, the clock is the one by which it is made.
        let calendar = Calendar::read(&connection, present.is_none(), Wall::default())
            .map_err(|error| placing.cannot(error))?;
        Ok(Annex {
            placing,
            connection,
            begins: progress.next_event,
            next_person: progress.next_person.unsigned_abs(),
            next_room: progress.next_room.unsigned_abs(),
            progress,
            calendar,
            waiting: Vec::new(),
        })
    }

    /// How the rooms are called that have a name of their own.
    pub(crate) fn names(&self) -> Result<Vec<String>, String> {
        self.connection
            .prepare("SELECT name FROM rooms WHERE kind = 0")
            .and_then(|mut names| names.query_map([], |row| row.get(0))?.collect())
            .map_err(|error| self.placing.cannot(error))
    }

    /// A number for somebody who is gone.
    pub(crate) fn person(&mut self) -> PersonId {
        self.next_person += 1;
        self.next_person - 1
    }

    /// A room that anybody may join.
    pub(crate) fn room(
        &mut self,
        (name, (folded, look)): (String, (String, Option<String>)),
        at: Millis,
    ) -> Result<RoomId, String> {
        let room = self.next_room;
        self.next_room += 1;
        let epoch = self
            .connection
            .query_row("SELECT lower(hex(randomblob(16)))", [], |row| row.get(0))
            .map_err(|error| self.placing.cannot(error))?;
        let (kind, maker, title) = (RoomKind::Public, Some(OPERATOR), None);
        self.push(Entry::Create { room, kind, name, folded, look, epoch, at, maker, title })?;
        Ok(room)
    }

    pub(crate) fn say(
        &mut self,
        room: RoomId,
        (author, author_name): (PersonId, &str),
        at: Millis,
        text: String,
    ) -> Result<(), String> {
        self.push(Entry::Append(Append {
            room,
            aim: Aim::There,
            author,
            author_name: author_name.to_owned(),
            key: None,
            at,
            body: Body::Text(text),
            mentions: Vec::new(),
            call: None,
        }))
    }

    fn push(&mut self, entry: Entry) -> Result<(), String> {
        self.waiting.push(entry);
        if self.waiting.len() < BITE { Ok(()) } else { self.write() }
    }

    fn write(&mut self) -> Result<(), String> {
        let waiting = std::mem::take(&mut self.waiting);
        let refused = transact(&mut self.connection, &mut self.progress, |connection, progress| {
            for entry in &waiting {
                if let Err(failure) = apply(connection, progress, entry)? {
                    return Ok(Some(failure));
                }
            }
            Ok(None)
        });
        match refused.map_err(|error| self.placing.cannot(error))? {
            Some(failure) => Err(format!("the history refuses it: {failure:?}")),
            None => Ok(()),
        }
    }

    /// Puts it in the place of the history. What was there is kept: as what, is told.
    ///
    /// # Errors
    ///
    /// Some of it is there already: then nothing is.
    pub(crate) fn finish(mut self) -> Result<Option<PathBuf>, String> {
        self.write()?;
        let Annex { placing, connection, calendar, begins, .. } = self;
        let known = known(&connection, begins).map_err(|error| placing.cannot(error))?;
        if let Some((room, count)) = known {
            return Err(format!(
                "it was imported before: {count} of its messages are in the room {room} already. Nothing was changed"
            ));
        }
        calendar.save(&connection).map_err(|error| placing.cannot(error))?;
        placing.finish(connection)
    }
}

fn follows_a_log(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT log_id IS NOT NULL FROM state", [], |row| row.get(0))
}

/// All that there is, or tables with nothing in them.
fn copy(present: Option<&Connection>, connection: &mut Connection) -> rusqlite::Result<Progress> {
    if let Some(present) = present {
        Backup::new(present, connection)?.step(-1)?;
        // The copy has a log as the other has, which it does not need.
        connection.pragma_update(None, "journal_mode", "delete")?;
        connection.pragma_update(None, "journal_mode", "off")?;
    }
    let version = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let transaction = connection.transaction()?;
    schema::bring_up(&transaction, version)?;
    transaction.commit()?;
    Progress::read(connection)
}

/// Messages that came with an earlier import as well: at the same moment, by the same name, in the same words. Their room, and
/// how many there are.
fn known(connection: &Connection, begins: i64) -> rusqlite::Result<Option<(String, u64)>> {
    connection.execute_batch("CREATE TEMP TABLE earlier (at INTEGER NOT NULL, event INTEGER NOT NULL)")?;
    connection.execute(
        "INSERT INTO earlier SELECT e.at, e.id FROM events e JOIN rooms r ON r.id = e.room AND r.maker = ?2
         WHERE e.id < ?1",
        [begins, OPERATOR as i64],
    )?;
    connection.execute_batch("CREATE INDEX earlier_at ON earlier (at)")?;
    connection
        .query_row(
            "SELECT r.name, count(*) AS count FROM events new CROSS JOIN earlier ON earlier.at = new.at
             JOIN events old ON old.id = earlier.event AND old.text = new.text AND old.author_name = new.author_name
             JOIN rooms r ON r.id = old.room
             WHERE new.id >= ?1 GROUP BY r.id ORDER BY count DESC LIMIT 1",
            [begins],
            |row| Ok((row.get("name")?, row.get::<_, i64>("count")?.unsigned_abs())),
        )
        .optional()
}
