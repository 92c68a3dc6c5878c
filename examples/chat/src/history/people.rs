//! Entries about people: who comes, how they are called, who is forgotten.

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::called::Called;
use super::faults::is_taken;
use super::progress::Progress;
use super::schema::{number, signed};
use super::stop::KEPT;
use super::{Answer, Away, Entry, Failure, Millis, Passer, PersonId, TokenHash, outbox, sessions, standing};
use crate::rights::Lack;

pub(super) fn arrive(
    connection: &Connection,
    progress: &mut Progress,
    person: PersonId,
    called: &Called<'_>,
    token: Option<&TokenHash>,
    at: Millis,
) -> Answer {
    if token.map_or(Ok(false), |token| sessions::is_known(connection, token))? {
        return Ok(Err(Failure::Taken));
    }
    if called.is_like_that_of_a_person(connection, person)? {
        return Ok(Err(Failure::Taken));
    }
    let Called { name, folded, look } = called;
    let inserted = connection
        .prepare_cached(
            "INSERT INTO people (id, name, folded, look, seen, silent, guest)
             VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6)",
        )?
        .execute(params![signed(person), name, folded, look, at, token.is_none()]);
    if is_refused(inserted)? {
        return Ok(Err(Failure::Taken));
    }
    if let Some(token) = token {
        sessions::begin(connection, progress, person, token, at)?;
    }
    progress.pass_person(person);
    Ok(KEPT)
}

pub(super) fn rename(connection: &Connection, person: PersonId, called: &Called<'_>) -> Answer {
    if standing::name(connection, person)?.is_none() {
        return Ok(Err(Failure::NoSuchPerson));
    }
    if called.is_like_that_of_a_person(connection, person)? {
        return Ok(Err(Failure::Taken));
    }
    let Called { name, folded, look } = called;
    let renamed = connection
        .prepare_cached("UPDATE people SET name = ?2, folded = ?3, look = ?4 WHERE id = ?1 AND gone = 0")?
        .execute(params![signed(person), name, folded, look]);
    match renamed {
        Ok(0) => Ok(Err(Failure::NoSuchPerson)),
        renamed => Ok(if is_refused(renamed)? { Err(Failure::Taken) } else { KEPT }),
    }
}

pub(super) fn noticed(connection: &Connection, person: PersonId) -> Answer {
    connection.prepare_cached("UPDATE people SET silent = 0 WHERE id = ?1")?.execute([signed(person)])?;
    Ok(KEPT)
}

pub(super) fn seen(connection: &Connection, person: PersonId, at: Millis) -> Answer {
    connection
        .prepare_cached("UPDATE people SET seen = max(seen, ?2) WHERE id = ?1")?
        .execute(params![signed(person), at])?;
    Ok(KEPT)
}

pub(super) fn forget(connection: &Connection, person: PersonId, away: Option<Away>) -> Answer {
    if let Some(away) = away
        && !is_still(connection, person, away)?
    {
        return Ok(Err(Failure::Returned));
    }
    if standing::is_banned(connection, 0, person)? {
        return Ok(Err(Failure::Lacks(Lack::Banned)));
    }
    if standing::is_bot(connection, person)? {
        return Ok(Err(Failure::NotYours));
    }
    depart(connection, person)?;
    Ok(KEPT)
}

/// Are they as they were, or gone?
fn is_still(connection: &Connection, person: PersonId, away: Away) -> Result<bool> {
    let found = connection
        .prepare_cached("SELECT seen, silent, guest FROM people WHERE id = ?1 AND gone = 0")?
        .query_row([signed(person)], |row| {
            let is_one = match away.whom {
                Passer::Anybody => true,
                Passer::Silent => row.get("silent")?,
                Passer::Guest => row.get("guest")?,
            };
            Ok(is_one && row.get::<_, Millis>("seen")? <= away.since)
        })
        .optional()?;
    Ok(found.unwrap_or(true))
}

/// Takes away all that somebody has in the chat, but for what they have said. If they are in a direct room their row stays,
/// marked as gone.
pub(super) fn depart(connection: &Connection, person: PersonId) -> Result<()> {
    let id = [signed(person)];
    let rooms: Vec<i64> = connection
        .prepare_cached("SELECT room FROM members WHERE person = ?1")?
        .query_map(id, |row| row.get("room"))?
        .collect::<Result<_>>()?;
    let mut erase =
        connection.prepare_cached("DELETE FROM unread_mentions WHERE room = ?1 AND person = ?2")?;
    for room in &rooms {
        erase.execute([*room, id[0]])?;
    }
    for sql in [
        // The places in direct rooms stay: they tell how long the name is needed. Nobody else gets to see them.
        "DELETE FROM members WHERE person = ?1
         AND NOT EXISTS (SELECT 1 FROM rooms WHERE rooms.id = members.room AND rooms.kind = 1)",
        "DELETE FROM tokens WHERE person = ?1",
        "DELETE FROM avatars WHERE person = ?1",
        "DELETE FROM restraints WHERE person = ?1",
        "DELETE FROM admins WHERE by = ?1",
        "DELETE FROM reminders WHERE person = ?1",
    ] {
        connection.prepare_cached(sql)?.execute(id)?;
    }
    outbox::drop_targets_of_person(connection, id[0])?;
    for room in rooms {
        outbox::end_targets_of_outsiders(connection, room.cast_unsigned())?;
    }
    let needed = connection.prepare_cached("SELECT 1 FROM members WHERE person = ?1")?.exists(id)?;
    let sql = if needed {
        "UPDATE people SET gone = 1, role = 0 WHERE id = ?1"
    } else {
        "DELETE FROM people WHERE id = ?1"
    };
    connection.prepare_cached(sql)?.execute(id)?;
    Ok(())
}

/// The guests, who cannot come back, are to be forgotten; but not those who may not come back. Whoever has ended their last
/// session is no guest: they are forgotten in their time.
pub(super) fn guests(connection: &Connection) -> Result<Vec<Entry>> {
    connection
        .prepare(
            "SELECT id FROM people p WHERE gone = 0 AND guest = 1
             AND NOT EXISTS (SELECT 1 FROM restraints WHERE person = p.id AND room = 0 AND kind = 1)",
        )?
        .query_map([], |row| Ok(Entry::Forget { person: number(row, "id")?, away: None }))?
        .collect()
}

/// Whether somebody has it already; every other error stays one.
pub(super) fn is_refused(result: Result<usize>) -> Result<bool> {
    match result {
        Ok(_) => Ok(false),
        Err(error) if is_taken(&error) => Ok(true),
        Err(error) => Err(error),
    }
}
