//! What is in a file that a power cut has left, read by nobody's code but SQLite's.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};

use crate::talk::What;

/// `events.kind` of what was taken back.
const DELETED: i64 = 2;

pub(crate) struct Found(Connection);

impl Found {
    /// SQLite brings the file and its log together, as it would for the chat.
    pub(crate) fn open(file: &Path) -> Result<Self, String> {
        let open = || {
            let found = Connection::open(file)?;
            let whole: String = found.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
            Ok((found, whole))
        };
        match open().map_err(|error: rusqlite::Error| error.to_string())? {
            (found, whole) if whole == "ok" => Ok(Found(found)),
            (_, damage) => Err(damage),
        }
    }

    pub(crate) fn keeps(&self, what: &What) -> rusqlite::Result<bool> {
        match what {
            What::Message { room, offset, text } => {
                let event = self.event(room, *offset)?;
                Ok(event.is_some_and(|(kind, found)| kind == DELETED || found.as_ref() == Some(text)))
            }
            What::Picture { room, offset, bytes } => match self.event(room, *offset)? {
                Some((DELETED, _)) => Ok(true),
                Some(_) => Ok(self.picture(room, *offset)?.as_ref() == Some(bytes)),
                None => Ok(false),
            },
            What::TakenBack { room, offset } => {
                let is_gone = self.event(room, *offset)? == Some((DELETED, None));
                Ok(is_gone && self.picture(room, *offset)?.is_none())
            }
            What::Name { person, number } => {
                let name: Option<String> = self
                    .0
                    .prepare_cached("SELECT name FROM people WHERE id = ?1")?
                    .query_row([*person as i64], |row| row.get(0))
                    .optional()?;
                let found = name.as_ref().and_then(|name| name.rsplit_once('x')?.1.parse::<usize>().ok());
                Ok(found.is_some_and(|found| found >= *number))
            }
            What::Member { room, person } => self
                .0
                .prepare_cached(
                    "SELECT 1 FROM members m JOIN rooms r ON r.id = m.room WHERE r.name = ?1 AND m.person = ?2",
                )?
                .exists(params![room, *person as i64]),
            What::Token { person, hash } => self
                .0
                .prepare_cached("SELECT 1 FROM tokens WHERE person = ?1 AND hash = ?2")?
                .exists(params![*person as i64, hash]),
        }
    }

    fn event(&self, room: &str, offset: u64) -> rusqlite::Result<Option<(i64, Option<String>)>> {
        self.0
            .prepare_cached(
                "SELECT e.kind, e.text FROM events e JOIN rooms r ON r.id = e.room WHERE r.name = ?1 AND e.offset = ?2",
            )?
            .query_row(params![room, offset as i64], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
    }

    fn picture(&self, room: &str, offset: u64) -> rusqlite::Result<Option<Vec<u8>>> {
        self.0
            .prepare_cached(
                "SELECT p.bytes FROM pictures p JOIN events e ON e.id = p.event JOIN rooms r ON r.id = e.room
                 WHERE r.name = ?1 AND e.offset = ?2",
            )?
            .query_row(params![room, offset as i64], |row| row.get(0))
            .optional()
    }
}
