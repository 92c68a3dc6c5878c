//! Entries about rooms, and who is in which.

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::called::Called;
use super::people::is_refused;
use super::progress::Progress;
use super::schema::signed;
use super::standing::{self, kind_number};
use super::stop::KEPT;
use super::{Answer, Done, Failure, Level, Millis, Offset, PersonId, ReadMark, RoomId, RoomKind, outbox};
use crate::rights::Lack;

/// A room that is to be made.
pub(super) struct New<'a> {
    pub room: RoomId,
    pub kind: RoomKind,
    pub called: Called<'a>,
    pub epoch: &'a str,
    pub at: Millis,
    pub maker: Option<PersonId>,
    pub title: Option<&'a str>,
}

pub(super) fn create(connection: &Connection, progress: &mut Progress, new: &New<'_>) -> Answer {
    let New { room, kind, ref called, epoch, at, maker, title } = *new;
    if called.is_like_that_of_a_room(connection, room)? {
        return Ok(Err(Failure::Taken));
    }
    // A room that was removed, and is not yet swept out, has its number still.
    let inserted = connection
        .prepare_cached(
            "INSERT INTO rooms (id, kind, name, folded, look, epoch, made, voice, maker, title)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, ?8, ?9
             WHERE NOT EXISTS (SELECT 1 FROM removed_rooms WHERE id = ?1)",
        )?
        .execute(params![
            signed(room),
            kind_number(kind),
            called.name,
            called.folded,
            called.look,
            epoch,
            at,
            maker.map(signed),
            title
        ]);
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
    take_away(connection, room)?;
    Ok(KEPT)
}

/// With all who are in it, and all that is noted of it.
pub(super) fn take_away(connection: &Connection, room: RoomId) -> Result<()> {
    for sql in [
        "DELETE FROM people WHERE gone = 1 AND id IN (SELECT person FROM members WHERE room = ?1)
         AND NOT EXISTS (SELECT 1 FROM members WHERE person = people.id AND room <> ?1)",
        "DELETE FROM members WHERE room = ?1",
        "DELETE FROM unread_mentions WHERE room = ?1",
        "DELETE FROM restraints WHERE room = ?1",
        "DELETE FROM invite_uses WHERE invite IN (SELECT id FROM invites WHERE room = ?1)",
        "DELETE FROM invites WHERE room = ?1",
        "DELETE FROM held_pictures WHERE report IN (SELECT id FROM reports WHERE room = ?1)",
        "DELETE FROM reports WHERE room = ?1",
        "DELETE FROM outbox WHERE room = ?1",
        "DELETE FROM targets WHERE room = ?1",
        "DELETE FROM reminders WHERE room = ?1",
        "DELETE FROM keys WHERE room = ?1",
        "DELETE FROM rooms WHERE id = ?1",
        "INSERT INTO removed_rooms (id) VALUES (?1)",
    ] {
        connection.prepare_cached(sql)?.execute([signed(room)])?;
    }
    Ok(())
}

pub(super) fn join(connection: &Connection, room: RoomId, person: PersonId, read: Offset) -> Answer {
    let found = connection
        .prepare_cached("SELECT kind, maker IS ?2 FROM rooms WHERE id = ?1")?
        .query_row([signed(room), signed(person)], |row| {
            Ok((standing::kind(row, 0)?, row.get::<_, bool>(1)?))
        })
        .optional()?;
    let Some((kind, is_maker)) = found else { return Ok(Err(Failure::NoSuchRoom)) };
    if standing::name(connection, person)?.is_none() {
        return Ok(Err(Failure::NoSuchPerson));
    }
    if is_member(connection, room, person)? {
        return Ok(KEPT);
    }
    if kind == RoomKind::Private && !is_maker {
        return Ok(Err(Failure::NoSuchRoom));
    }
    if kind != RoomKind::Direct && standing::is_bot(connection, person)? {
        return Ok(Err(Failure::Lacks(Lack::NotOp)));
    }
    if standing::is_banned(connection, room, person)? {
        return Ok(Err(Failure::Lacks(Lack::Banned)));
    }
    enter(connection, room, person, read)?;
    Ok(Ok(Done::Joined))
}

pub(super) fn is_member(connection: &Connection, room: RoomId, person: PersonId) -> Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM members WHERE room = ?1 AND person = ?2")?
        .exists([signed(room), signed(person)])
}

/// They are in it from now on, and have read what was said there before; its op, if they have made it.
pub(super) fn enter(connection: &Connection, room: RoomId, person: PersonId, read: Offset) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO members (room, person, read, op)
             SELECT id, ?2, max(?3, last), maker IS ?2 FROM rooms WHERE id = ?1",
        )?
        .execute([signed(room), signed(person), signed(read)])?;
    Ok(())
}

pub(super) fn leave(connection: &Connection, room: RoomId, person: PersonId) -> Result<()> {
    for sql in [
        "DELETE FROM members WHERE room = ?1 AND person = ?2",
        "DELETE FROM unread_mentions WHERE room = ?1 AND person = ?2",
        "DELETE FROM reminders WHERE room = ?1 AND person = ?2",
        // What they were to be told of a room that they are in no longer.
        "DELETE FROM outbox WHERE room = ?1 AND target IN (SELECT id FROM targets WHERE person = ?2)",
    ] {
        connection.prepare_cached(sql)?.execute([signed(room), signed(person)])?;
    }
    outbox::end_targets_of_outsiders(connection, room)
}

/// How much of it they are told of while they are away.
pub(super) fn set_level(
    connection: &Connection,
    room: RoomId,
    person: PersonId,
    level: Option<Level>,
) -> Answer {
    let set = connection
        .prepare_cached(
            "UPDATE members SET level = ?3 WHERE room = ?1 AND person = ?2
             AND EXISTS (SELECT 1 FROM people WHERE id = ?2 AND gone = 0)",
        )?
        .execute(params![signed(room), signed(person), level.map(Level::number)])?;
    Ok(if set == 0 { Err(Failure::NoSuchRoom) } else { KEPT })
}

pub(super) fn mark_read(connection: &Connection, room: RoomId, person: PersonId, read: Offset) -> Result<()> {
    spoken(connection, room, person, read, None)
}

/// Many members at once, by one statement for all of them.
pub(super) fn mark_all(connection: &Connection, mark: &ReadMark) -> Result<()> {
    let people: Vec<String> = mark.people.iter().map(PersonId::to_string).collect();
    let people = format!("[{}]", people.join(","));
    for sql in [
        "UPDATE members SET read = ?2
         WHERE room = ?1 AND read < ?2 AND person IN (SELECT value FROM json_each(?3))",
        "DELETE FROM unread_mentions
         WHERE room = ?1 AND offset <= ?2 AND person IN (SELECT value FROM json_each(?3))",
    ] {
        connection.prepare_cached(sql)?.execute(params![signed(mark.room), signed(mark.read), people])?;
    }
    Ok(())
}

/// Whoever speaks has read what was said before; and in a slow room it is noted when that was.
pub(super) fn spoken(
    connection: &Connection,
    room: RoomId,
    person: PersonId,
    read: Offset,
    spoke: Option<Millis>,
) -> Result<()> {
    let (room, person, read) = (signed(room), signed(person), signed(read));
    connection
        .prepare_cached(
            "UPDATE members SET read = max(read, ?3), spoke = coalesce(?4, spoke)
             WHERE room = ?1 AND person = ?2",
        )?
        .execute(params![room, person, read, spoke])?;
    connection
        .prepare_cached("DELETE FROM unread_mentions WHERE room = ?1 AND person = ?2 AND offset <= ?3")?
        .execute([room, person, read])?;
    Ok(())
}

fn exists(connection: &Connection, room: RoomId) -> Result<bool> {
    connection.prepare_cached("SELECT 1 FROM rooms WHERE id = ?1")?.exists([signed(room)])
}
