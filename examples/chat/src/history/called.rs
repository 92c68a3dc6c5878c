//! How people and rooms are called, and which names look like one that somebody has.
//!
//! A name has two keys (`model/names/fold.rs`): how it is folded, and what it is drawn like, if that is another one. Nobody else gets
//! either. Whoever asks for a name is told so by their node, which knows all that are there. But another node may give away one that
//! looks like it in the same moment, and that stands before it in the log: so it is looked at here once more. The keys stand in the
//! entry. Two versions of the chat may fold a name differently, and would come to different tables.

use rusqlite::{Connection, Result, params};

use super::PersonId;
use super::RoomId;
use super::schema::signed;

/// A name, and its keys.
pub(super) struct Called<'a> {
    pub name: &'a str,
    pub folded: &'a str,
    pub look: Option<&'a str>,
}

impl Called<'_> {
    /// Has anybody else a name that is like it, or had one who is being erased?
    pub(super) fn is_like_that_of_a_person(&self, connection: &Connection, except: PersonId) -> Result<bool> {
        connection
            .prepare_cached(
                "SELECT 1 FROM people WHERE gone = 0 AND folded IN (?2, ?3) AND id <> ?1
                 UNION ALL SELECT 1 FROM people WHERE gone = 0 AND look IN (?2, ?3) AND id <> ?1
                 UNION ALL SELECT 1 FROM purges WHERE folded IN (?2, ?3) OR look IN (?2, ?3)",
            )?
            .exists(params![signed(except), self.folded, self.look])
    }

    /// Is another room called so?
    pub(super) fn is_like_that_of_a_room(&self, connection: &Connection, except: RoomId) -> Result<bool> {
        connection
            .prepare_cached(
                "SELECT 1 FROM rooms WHERE folded IN (?2, ?3) AND id <> ?1
                 UNION ALL SELECT 1 FROM rooms WHERE look IN (?2, ?3) AND id <> ?1",
            )?
            .exists(params![signed(except), self.folded, self.look])
    }
}

/// The name of somebody who is being erased, which nobody gets before that is done.
pub(super) struct Withheld {
    pub name: String,
    pub folded: String,
    pub look: Option<String>,
}

/// By which keys they are known who have this name.
pub(super) fn keys_of(connection: &Connection, person: PersonId, name: String) -> Result<Withheld> {
    connection
        .prepare_cached("SELECT folded, look FROM people WHERE id = ?1")?
        .query_row([signed(person)], |row| {
            Ok(Withheld { name, folded: row.get("folded")?, look: row.get("look")? })
        })
}
