//! The search index in the file, always a little behind what was said.
//!
//! A text costs some fifty times as much to index as to keep, so nobody waits for it: the writer indexes when it has
//! nothing better to do, and `state.indexed` says how far it has come. A search looks through the rest itself.
//!
//! It follows from the texts, and is no part of what lasts: each file has its own, and may make it anew.

use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::grams;
use super::progress::Progress;
use super::retention::BITE_TEXT;

/// So long those who want to write wait for what is erased: one text, or as many as a purge leaves.
const MOMENT: Duration = Duration::from_millis(10);
/// Events that are indexed in one bite, unless their texts are long.
const BITE: i64 = 256;

/// Indexes the next events.
pub(super) fn advance(connection: &Connection, progress: &mut Progress) -> Result<()> {
    let mut insert = connection.prepare_cached("INSERT INTO grams (rowid, text) VALUES (?1, ?2)")?;
    let mut select =
        connection.prepare_cached("SELECT id, text FROM events WHERE id > ?1 ORDER BY id LIMIT ?2")?;
    let mut rows = select.query([progress.indexed, BITE])?;
    let (mut last, mut bytes) = (None, 0);
    while let Some(row) = rows.next()? {
        let id: i64 = row.get("id")?;
        last = Some(id);
        if let Some(text) = row.get_ref("text")?.as_str_or_null()? {
            bytes += text.len();
            insert.execute(params![id, grams::of_text(&grams::fold(text))])?;
        }
        if bytes >= BITE_TEXT {
            break;
        }
    }
    // Events that have been given up meanwhile count as indexed.
    progress.indexed = last.unwrap_or(progress.next_event - 1);
    Ok(())
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
        .prepare_cached("INSERT OR REPLACE INTO erasures (event, grams) VALUES (?1, ?2)")?
        .execute(params![event, grams::of_text(&grams::fold(text))])?;
    Ok(())
}

/// Erases what has waited longest, for a moment. Whether there may be more.
pub(super) fn erase_next(connection: &Connection) -> Result<bool> {
    let until = Instant::now() + MOMENT;
    let mut thorough =
        connection.prepare_cached("INSERT INTO grams (grams, rank) VALUES ('secure-delete', ?1)")?;
    thorough.execute([1])?;
    let mut more = true;
    while more && Instant::now() < until {
        more = erase_one(connection)?;
    }
    thorough.execute([0])?;
    Ok(more)
}

fn erase_one(connection: &Connection) -> Result<bool> {
    let next: Option<(i64, String)> = connection
        .prepare_cached("SELECT event, grams FROM erasures LIMIT 1")?
        .query_row([], |row| Ok((row.get("event")?, row.get("grams")?)))
        .optional()?;
    let Some((event, grams)) = next else { return Ok(false) };
    delete(connection, event, &grams)?;
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
pub(super) fn renew(connection: &Connection, progress: &mut Progress) -> Result<()> {
    let form: String =
        connection.query_row("SELECT index_form FROM state", [], |row| row.get("index_form"))?;
    if form != grams::form() {
        connection.execute("INSERT INTO grams (grams) VALUES ('delete-all')", [])?;
        connection.execute("DELETE FROM erasures", [])?;
        connection.execute("UPDATE state SET index_form = ?1", [grams::form()])?;
        progress.indexed = 0;
    }
    Ok(())
}
