//! Keys that are good once, whichever node they are used at: links to the admin page, codes for another device. The first one in the
//! log has used it.

use rusqlite::{Connection, Result, params};

use super::{KeyHash, Millis};

/// That one was used is noted for so long: longer than any is good, wherever it was made, and whatever the clocks there say.
const NOTED: Millis = 24 * 3_600_000;

pub(super) fn is_used(connection: &Connection, key: Option<&KeyHash>) -> Result<bool> {
    let Some(key) = key else { return Ok(false) };
    connection.prepare_cached("SELECT 1 FROM used_keys WHERE key = ?1")?.exists([key])
}

pub(super) fn use_up(connection: &Connection, key: &KeyHash, at: Millis) -> Result<()> {
    connection
        .prepare_cached("INSERT INTO used_keys (key, until) VALUES (?1, ?2)")?
        .execute(params![key, at.saturating_add(NOTED)])?;
    Ok(())
}
