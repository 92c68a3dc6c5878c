//! The copying itself: of one moment, step by step, and looked through afterwards.

use std::fmt;
use std::path::Path;
use std::time::Instant;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, Error};

use super::beside::Beside;
use super::files::told;
use super::pace::Pace;
use super::room;
use crate::history::schema;

/// What is in a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::history) struct Contents {
    messages: i64,
    pictures: i64,
    rooms: i64,
    people: i64,
    /// The latest event.
    pub(super) last: i64,
}

/// Pages that are copied in one step.
const STEP: i32 = 64;
/// Steps after which the disk has what was copied.
const STEPS: usize = 16;

/// Copies what is in a history at one moment, whoever writes into it meanwhile, and looks through the copy.
///
/// The moment is held by a transaction, so no step begins anew. Until the last one SQLite's log of the history is not cut.
pub(in crate::history) fn copy(
    source: &Connection,
    name: &Path,
    beside: &Beside,
    pace: &Pace,
) -> Result<Contents, String> {
    let wrong = |error: Error| told(name, error.into());
    let moment = source.unchecked_transaction().map_err(wrong)?;
    let expected = contents(source).map_err(wrong)?;
    room::check(source, name, &beside.part, pace)?;
    let cannot = |error: Error| format!("{} cannot be written: {error}", beside.part.display());
    let mut copy = Connection::open(&beside.part).map_err(cannot)?;
    // If this fails there is no copy, and nothing to roll back.
    copy.pragma_update(None, "journal_mode", "off").map_err(cannot)?;
    if !beside.is_there() {
        return Err(format!("{} was put away by somebody else: try again", beside.part.display()));
    }
    let backup = Backup::new(source, &mut copy).map_err(cannot)?;
    for steps in 1.. {
        let began = Instant::now();
        match backup.step(STEP).map_err(cannot)? {
            StepResult::Done => break,
            StepResult::More => {}
            _ => return Err(format!("{} is locked by another program: try again", name.display())),
        }
        if steps % STEPS == 0 {
            beside.sync()?;
        }
        pace.rest(began.elapsed());
        pace.check()?;
    }
    drop(backup);
    drop(moment);
    pace.govern(&copy).map_err(cannot)?;
    let found = look_through(&mut copy, name, expected);
    pace.check()?;
    found.map(|()| expected)
}

/// Is all there, and whole? Then it is made what a backup is.
fn look_through(copy: &mut Connection, name: &Path, expected: Contents) -> Result<(), String> {
    let wrong = |error: Error| told(name, error.into());
    let cannot = |error: Error| format!("the copy of {} cannot be written: {error}", name.display());
    // One file, without a log.
    copy.pragma_update(None, "journal_mode", "delete").map_err(cannot)?;
    let verdict: String = copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(wrong)?;
    let found = contents(copy).map_err(wrong)?;
    if verdict != "ok" || found != expected {
        return Err(format!(
            "{} is damaged ({}; {found} of {expected}): nothing was copied",
            name.display(),
            verdict.replace('\n', " ")
        ));
    }
    let version: i32 = copy.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(wrong)?;
    if version >= schema::KNOWS_GAPS {
        copy.execute("UPDATE state SET incomplete = 1", []).map_err(cannot)?;
    }
    if version >= schema::KNOWS_ADMINS && !follows_a_log(copy, version).map_err(wrong)? {
        // A session of the admin page that has ended is not to be there again. Whoever follows a log hears there that it has, and has to
        // have what all others have.
        copy.pragma_update(None, "secure_delete", true).map_err(cannot)?;
        copy.execute("DELETE FROM admins", []).map_err(cannot)?;
    }
    Ok(())
}

fn follows_a_log(copy: &Connection, version: i32) -> rusqlite::Result<bool> {
    Ok(version >= schema::KNOWS_LOGS
        && copy.query_row("SELECT log_id IS NOT NULL FROM state", [], |row| row.get(0))?)
}

pub(super) fn contents(connection: &Connection) -> rusqlite::Result<Contents> {
    connection.query_row(
        "SELECT (SELECT count(*) FROM events) AS messages, (SELECT count(*) FROM pictures) AS pictures,
                (SELECT count(*) FROM rooms) AS rooms, (SELECT count(*) FROM people WHERE gone = 0) AS people,
                (SELECT coalesce(max(id), 0) FROM events) AS last",
        [],
        |row| {
            Ok(Contents {
                messages: row.get("messages")?,
                pictures: row.get("pictures")?,
                rooms: row.get("rooms")?,
                people: row.get("people")?,
                last: row.get("last")?,
            })
        },
    )
}

impl fmt::Display for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Contents { messages, pictures, rooms, people, .. } = self;
        write!(f, "{messages} messages, {pictures} pictures, {rooms} rooms, {people} people")
    }
}
