//! What somebody on the command line may want to know of a history, whether a chat has it open or not. Nothing is changed.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, Result};

use super::RoomKind;

/// Names, as they are shown.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Peeked {
    /// Without private talks.
    pub rooms: Vec<(String, RoomKind)>,
    /// Who is there, but for bots.
    pub people: Vec<String>,
}

/// # Errors
///
/// It cannot be read, in words for whoever asked.
pub(crate) fn peek(data: &Path) -> std::result::Result<Peeked, String> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(data, flags);
    connection
        .and_then(|connection| names(&connection))
        .map_err(|error| format!("{}: {error}", data.display()))
}

fn names(connection: &Connection) -> Result<Peeked> {
    let moment = connection.unchecked_transaction()?;
    let kind = |private: i64| if private == 1 { RoomKind::Private } else { RoomKind::Public };
    let rooms = moment
        .prepare(
            "SELECT name, substr(name, 1, 1) = '+' AS private FROM rooms WHERE substr(name, 1, 1) <> '@'",
        )?
        .query_map([], |row| Ok((row.get("name")?, kind(row.get("private")?))))?
        .collect::<Result<_>>()?;
    // An older file has no bots.
    let but_bots = match moment.prepare("SELECT person FROM bots LIMIT 0") {
        Ok(_) => "AND id NOT IN (SELECT person FROM bots)",
        Err(_) => "",
    };
    let people = moment
        .prepare(&format!("SELECT name FROM people WHERE gone = 0 {but_bots}"))?
        .query_map([], |row| row.get("name"))?
        .collect::<Result<_>>()?;
    Ok(Peeked { rooms, people })
}
