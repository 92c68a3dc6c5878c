//! Entries about people, rooms, and who is where.

use rusqlite::{Connection, Result, params};

use super::faults::is_taken;
use super::progress::Progress;
use super::schema::{number, signed};
use super::{Answer, Done, Entry, Failure, Millis, Offset, Outcome, PersonId, RoomId, RoomKind, TokenHash};

const KEPT: Outcome = Ok(Done::Kept);

pub(super) fn arrive(
    connection: &Connection,
    progress: &mut Progress,
    person: PersonId,
    (name, folded): (&str, &str),
    token: Option<&TokenHash>,
    at: Millis,
) -> Answer {
    let id = signed(person);
    let inserted = connection
        .prepare_cached(
            "INSERT INTO people (id, name, folded, token, seen, silent) VALUES (?1, ?2, ?3, ?4, ?5, 1)",
        )?
        .execute(params![id, name, folded, token, at]);
    if is_refused(inserted)? {
        return Ok(Err(Failure::Taken));
    }
    progress.pass_person(person);
    Ok(KEPT)
}

pub(super) fn rename(connection: &Connection, person: PersonId, (name, folded): (&str, &str)) -> Answer {
    let renamed = connection
        .prepare_cached("UPDATE people SET name = ?2, folded = ?3 WHERE id = ?1 AND gone = 0")?
        .execute(params![signed(person), name, folded]);
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

pub(super) fn forget(connection: &Connection, person: PersonId) -> Answer {
    let id = [signed(person)];
    let rooms: Vec<i64> = connection
        .prepare_cached("SELECT room FROM members WHERE person = ?1")?
        .query_map(id, |row| row.get("room"))?
        .collect::<Result<_>>()?;
    let mut erase =
        connection.prepare_cached("DELETE FROM unread_mentions WHERE room = ?1 AND person = ?2")?;
    for room in rooms {
        erase.execute([room, id[0]])?;
    }
    // The places in direct rooms stay: they tell how long the name is needed. Nobody else gets to see them.
    connection
        .prepare_cached(
            "DELETE FROM members WHERE person = ?1
             AND NOT EXISTS (SELECT 1 FROM rooms WHERE rooms.id = members.room AND rooms.kind = 1)",
        )?
        .execute(id)?;
    let needed = connection.prepare_cached("SELECT 1 FROM members WHERE person = ?1")?.exists(id)?;
    let sql = if needed {
        "UPDATE people SET gone = 1, token = NULL WHERE id = ?1"
    } else {
        "DELETE FROM people WHERE id = ?1"
    };
    connection.prepare_cached(sql)?.execute(id)?;
    Ok(KEPT)
}

/// The guests, who cannot come back, are to be forgotten.
pub(super) fn guests(connection: &Connection) -> Result<Vec<Entry>> {
    connection
        .prepare("SELECT id FROM people WHERE token IS NULL AND gone = 0")?
        .query_map([], |row| Ok(Entry::Forget { person: number(row, "id")? }))?
        .collect()
}

pub(super) fn create(
    connection: &Connection,
    progress: &mut Progress,
    room: RoomId,
    kind: RoomKind,
    (name, folded): (&str, &str),
    epoch: &str,
    at: Millis,
) -> Answer {
    let id = signed(room);
    // A room that was removed, and is not yet swept out, has its number still.
    let inserted = connection
        .prepare_cached(
            "INSERT INTO rooms (id, kind, name, folded, epoch, made, voice) SELECT ?1, ?2, ?3, ?4, ?5, ?6, NULL
             WHERE NOT EXISTS (SELECT 1 FROM removed_rooms WHERE id = ?1)",
        )?
        .execute(params![id, i64::from(kind == RoomKind::Direct), name, folded, epoch, at]);
    if matches!(inserted, Ok(0)) || is_refused(inserted)? {
        return Ok(Err(Failure::Taken));
    }
    progress.pass_room(room);
    Ok(KEPT)
}

pub(super) fn renew(connection: &Connection, room: RoomId, epoch: &str) -> Answer {
    let renewed = connection
        .prepare_cached("UPDATE rooms SET epoch = ?2 WHERE id = ?1")?
        .execute(params![signed(room), epoch])?;
    Ok(if renewed == 0 { Err(Failure::NoSuchRoom) } else { KEPT })
}

/// Takes the room away at once; what was said in it is swept out bit by bit (`Entry::Sweep`).
pub(super) fn remove(connection: &Connection, room: RoomId) -> Answer {
    let id = [signed(room)];
    if !exists(connection, room)? {
        return Ok(Err(Failure::NoSuchRoom));
    }
    let members = connection
        .prepare_cached(
            "SELECT 1 FROM members m JOIN people p ON p.id = m.person WHERE m.room = ?1 AND p.gone = 0",
        )?
        .exists(id)?;
    if members {
        return Ok(Err(Failure::HasMembers));
    }
    for sql in [
        "DELETE FROM people WHERE gone = 1 AND id IN (SELECT person FROM members WHERE room = ?1)
         AND NOT EXISTS (SELECT 1 FROM members WHERE person = people.id AND room <> ?1)",
        "DELETE FROM members WHERE room = ?1",
        "DELETE FROM unread_mentions WHERE room = ?1",
        "DELETE FROM rooms WHERE id = ?1",
        "INSERT INTO removed_rooms (id) VALUES (?1)",
    ] {
        connection.prepare_cached(sql)?.execute(id)?;
    }
    Ok(KEPT)
}

pub(super) fn join(connection: &Connection, room: RoomId, person: PersonId, read: Offset) -> Answer {
    if !exists(connection, room)? {
        return Ok(Err(Failure::NoSuchRoom));
    }
    let known = connection
        .prepare_cached("SELECT 1 FROM people WHERE id = ?1 AND gone = 0")?
        .exists([signed(person)])?;
    if !known {
        return Ok(Err(Failure::NoSuchPerson));
    }
    connection
        .prepare_cached("INSERT OR IGNORE INTO members (room, person, read) VALUES (?1, ?2, ?3)")?
        .execute([signed(room), signed(person), signed(read)])?;
    Ok(KEPT)
}

pub(super) fn leave(connection: &Connection, room: RoomId, person: PersonId) -> Answer {
    for sql in [
        "DELETE FROM members WHERE room = ?1 AND person = ?2",
        "DELETE FROM unread_mentions WHERE room = ?1 AND person = ?2",
    ] {
        connection.prepare_cached(sql)?.execute([signed(room), signed(person)])?;
    }
    Ok(KEPT)
}

pub(super) fn mark_read(connection: &Connection, room: RoomId, person: PersonId, read: Offset) -> Answer {
    for sql in [
        "UPDATE members SET read = max(read, ?3) WHERE room = ?1 AND person = ?2",
        "DELETE FROM unread_mentions WHERE room = ?1 AND person = ?2 AND offset <= ?3",
    ] {
        connection.prepare_cached(sql)?.execute([signed(room), signed(person), signed(read)])?;
    }
    Ok(KEPT)
}

pub(super) fn exists(connection: &Connection, room: RoomId) -> Result<bool> {
    connection.prepare_cached("SELECT 1 FROM rooms WHERE id = ?1")?.exists([signed(room)])
}

/// Whether somebody has it already; every other error stays one.
pub(super) fn is_refused(result: Result<usize>) -> Result<bool> {
    match result {
        Ok(_) => Ok(false),
        Err(error) if is_taken(&error) => Ok(true),
        Err(error) => Err(error),
    }
}
