//! The search index in the file, always a little behind what was said.
//!
//! A text costs some fifty times as much to index as to keep, so nobody waits for it: the writer indexes when it has
//! nothing better to do, and `state.indexed` says how far it has come. A search looks through the rest itself.

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::grams;
use super::retention::BITE_TEXT;

/// Events that are indexed in one bite, unless their texts are long.
const BITE: i64 = 256;

/// Indexes the next events. How far it has come now.
pub(super) fn advance(connection: &Connection, indexed: i64) -> Result<i64> {
    let mut insert = connection.prepare_cached("INSERT INTO grams (rowid, text) VALUES (?1, ?2)")?;
    let mut select =
        connection.prepare_cached("SELECT id, text FROM events WHERE id > ?1 ORDER BY id LIMIT ?2")?;
    let mut rows = select.query([indexed, BITE])?;
    let (mut last, mut bytes) = (indexed, 0);
    while let Some(row) = rows.next()? {
        last = row.get(0)?;
        if let Some(text) = row.get_ref(1)?.as_str_or_null()? {
            bytes += text.len();
            insert.execute(params![last, grams::of_text(&grams::fold(text))])?;
        }
        if bytes >= BITE_TEXT {
            break;
        }
    }
    connection.prepare_cached("UPDATE state SET indexed = ?1")?.execute([last])?;
    Ok(last)
}

/// Takes an event out again. FTS5 needs to be told what it was told then: it keeps no texts. It notes that the event is
/// gone, and tidies up in its own time, which is good enough for what is old.
pub(super) fn remove(connection: &Connection, event: i64, text: &str) -> Result<()> {
    delete(connection, event, &grams::of_text(&grams::fold(text)))
}

/// The same, for words that somebody takes back: nothing of them shall stay in the pages of the index. To look for all
/// of it takes FTS5 some 10 ms among a million messages, too long for those who want to write; so it is noted, and
/// [`erase_next`] does it a little later.
pub(super) fn erase(connection: &Connection, event: i64, text: &str) -> Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO erasures VALUES (?1, ?2)")?
        .execute(params![event, grams::of_text(&grams::fold(text))])?;
    Ok(())
}

/// Erases what has waited longest. Whether there may be more.
pub(super) fn erase_next(connection: &Connection) -> Result<bool> {
    let next: Option<(i64, String)> = connection
        .prepare_cached("SELECT event, grams FROM erasures LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((event, grams)) = next else { return Ok(false) };
    let mut thorough =
        connection.prepare_cached("INSERT INTO grams (grams, rank) VALUES ('secure-delete', ?1)")?;
    thorough.execute([1])?;
    delete(connection, event, &grams)?;
    thorough.execute([0])?;
    connection.prepare_cached("DELETE FROM erasures WHERE event = ?1")?.execute([event])?;
    Ok(true)
}

fn delete(connection: &Connection, event: i64, grams: &str) -> Result<()> {
    connection
        .prepare_cached("INSERT INTO grams (grams, rowid, text) VALUES ('delete', ?1, ?2)")?
        .execute(params![event, grams])?;
    Ok(())
}

/// Starts anew if the index was made with other tables of Unicode.
pub(super) fn renew(connection: &Connection) -> Result<()> {
    let form: String = connection.query_row("SELECT index_form FROM state", [], |row| row.get(0))?;
    if form != grams::form() {
        connection.execute("INSERT INTO grams (grams) VALUES ('delete-all')", [])?;
        connection.execute("DELETE FROM erasures", [])?;
        connection.execute("UPDATE state SET indexed = 0, index_form = ?1", [grams::form()])?;
    }
    Ok(())
}
