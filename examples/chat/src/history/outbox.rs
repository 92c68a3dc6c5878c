//! Entries about what goes out: that it is to go, and what has come of it.
//!
//! A row of `outbox` is a delivery: of a room, all that came after an offset, up to another one. It stays until it has arrived or
//! is given up. What somebody asks the robot has its row from the transaction of the message itself.

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::schema::{number, signed};
use super::standing::kind_number;
use super::stop::{self, KEPT, Stop};
use super::{
    Answer, Append, Delivery, Done, Failure, MAKER_IS_OUT, MOST_QUESTIONS, Millis, Number, Offset, PersonId,
    ROBOT_HOOK, RoomId, RoomKind,
};

/// What is to go out, to whom.
pub(super) struct Outgoing<'a> {
    /// Somebody who is away; `None`: it is for the room's own targets.
    pub whom: Option<PersonId>,
    pub targets: &'a [Number],
    pub room: RoomId,
    pub after: Offset,
    pub upto: Offset,
    pub at: Millis,
}

pub(super) fn dispatch(connection: &Connection, outgoing: &Outgoing<'_>) -> Answer {
    stop::answer(try_to_dispatch(connection, outgoing))
}

fn try_to_dispatch(connection: &Connection, outgoing: &Outgoing<'_>) -> std::result::Result<Done, Stop> {
    let &Outgoing { whom, targets, room, after, upto, at } = outgoing;
    let last: Option<i64> = connection
        .prepare_cached("SELECT last FROM rooms WHERE id = ?1")?
        .query_row([signed(room)], |row| row.get("last"))
        .optional()?;
    if signed(upto) > last.ok_or(Failure::NoSuchRoom)? || after >= upto {
        return Err(Failure::NoSuchEvent.into());
    }
    if let Some(person) = whom {
        let told = told(connection, room, person)?.ok_or(Failure::NoSuchRoom)?;
        if told >= signed(upto) {
            return Err(Failure::Taken.into());
        }
    }
    for (place, &target) in targets.iter().enumerate() {
        let cursor = upto_of(connection, target, whom, room)?.ok_or(Failure::NoSuchTarget)?;
        let is_repeated = targets[..place].contains(&target);
        if is_repeated || (whom.is_none() && cursor > signed(after)) {
            return Err(Failure::Taken.into());
        }
    }
    for &target in targets {
        put(connection, Delivery { target, room, upto }, after, at)?;
        if whom.is_none() {
            connection
                .prepare_cached("UPDATE targets SET upto = ?2 WHERE id = ?1")?
                .execute([signed(target), signed(upto)])?;
        }
    }
    if let Some(person) = whom {
        connection
            .prepare_cached("UPDATE members SET told = ?3 WHERE room = ?1 AND person = ?2")?
            .execute([signed(room), signed(person), signed(upto)])?;
    }
    Ok(Done::Kept)
}

/// Up to where a member of a room has been told of it, or has read it. `None`: they are not in it.
fn told(connection: &Connection, room: RoomId, person: PersonId) -> Result<Option<i64>> {
    connection
        .prepare_cached(
            "SELECT max(m.told, m.read) AS told FROM members m JOIN people p ON p.id = m.person
             WHERE m.room = ?1 AND m.person = ?2 AND p.gone = 0",
        )?
        .query_row([signed(room), signed(person)], |row| row.get("told"))
        .optional()
}

/// The cursor of a target that serves this person, or else this room. `None`: there is no such target, or it is off.
fn upto_of(
    connection: &Connection,
    target: Number,
    whom: Option<PersonId>,
    room: RoomId,
) -> Result<Option<i64>> {
    let person = whom.map(signed);
    let room = if whom.is_none() { Some(signed(room)) } else { None };
    connection
        .prepare_cached("SELECT upto FROM targets WHERE id = ?1 AND person IS ?2 AND room IS ?3 AND off = 0")?
        .query_row(params![signed(target), person, room], |row| row.get("upto"))
        .optional()
}

fn put(connection: &Connection, delivery: Delivery, after: Offset, at: Millis) -> Result<()> {
    let Delivery { target, room, upto } = delivery;
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO outbox (target, room, upto, after, made, due) VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
        )?
        .execute([signed(target), signed(room), signed(upto), signed(after), at])?;
    Ok(())
}

/// Somebody has asked the robot something, and a program answers for it. Bots are not answered.
pub(super) fn note_question(connection: &Connection, offset: Offset, append: &Append) -> Result<()> {
    let asked: Option<i64> = connection
        .prepare_cached(
            "SELECT person FROM bots WHERE kind = 1 AND gone = 0 AND hooked = 1
             AND NOT EXISTS (SELECT 1 FROM bots WHERE person = ?1)
             AND (SELECT count(*) FROM (SELECT 1 FROM outbox WHERE target = ?2 LIMIT ?3)) < ?3",
        )?
        .query_row([signed(append.author), signed(ROBOT_HOOK), signed(MOST_QUESTIONS as u64)], |row| {
            row.get("person")
        })
        .optional()?;
    match asked {
        Some(robot) if append.mentions.iter().any(|&person| signed(person) == robot) => {
            let delivery = Delivery { target: ROBOT_HOOK, room: append.room, upto: offset };
            put(connection, delivery, offset.saturating_sub(1), append.at)
        }
        _ => Ok(()),
    }
}

/// It is on its way no longer. False: it was not, and nothing is to be noted.
fn take(connection: &Connection, delivery: Delivery) -> Result<bool> {
    let taken = connection
        .prepare_cached("DELETE FROM outbox WHERE target = ?1 AND room = ?2 AND upto = ?3")?
        .execute([signed(delivery.target), signed(delivery.room), signed(delivery.upto)])?;
    Ok(taken > 0)
}

pub(super) fn delivered(connection: &Connection, delivery: Delivery) -> Answer {
    if take(connection, delivery)? {
        connection
            .prepare_cached("UPDATE targets SET sent = sent + 1, fault = NULL WHERE id = ?1")?
            .execute([signed(delivery.target)])?;
    }
    Ok(KEPT)
}

pub(super) fn postponed(connection: &Connection, delivery: Delivery, due: Millis, fault: &str) -> Answer {
    let Delivery { target, room, upto } = delivery;
    let postponed = connection
        .prepare_cached(
            "UPDATE outbox SET due = ?4, tries = tries + 1 WHERE target = ?1 AND room = ?2 AND upto = ?3",
        )?
        .execute([signed(target), signed(room), signed(upto), due])?;
    if postponed > 0 {
        connection
            .prepare_cached("UPDATE targets SET fault = ?2 WHERE id = ?1")?
            .execute(params![signed(target), fault])?;
    }
    Ok(KEPT)
}

pub(super) fn dropped(
    connection: &Connection,
    delivery: Delivery,
    fault: Option<&str>,
    is_off: bool,
) -> Answer {
    if take(connection, delivery)?
        && let Some(fault) = fault
    {
        let target = signed(delivery.target);
        connection
            .prepare_cached(
                "UPDATE targets SET dropped = dropped + 1, fault = ?2, off = max(off, ?3) WHERE id = ?1",
            )?
            .execute(params![target, fault, is_off])?;
        // What else was on its way there.
        if is_off && delivery.target != ROBOT_HOOK {
            connection.prepare_cached("DELETE FROM outbox WHERE target = ?1")?.execute([target])?;
        }
    }
    Ok(KEPT)
}

// ---- what goes with others

/// What is said in a private room goes to nobody who is not in it: a target of it is off when its maker has left, or was not in it when
/// it became private.
pub(super) fn end_targets_of_outsiders(connection: &Connection, room: RoomId) -> Result<()> {
    let (room, private) = (signed(room), kind_number(RoomKind::Private));
    let ended = connection
        .prepare_cached(
            "UPDATE targets SET off = 1, fault = ?3
             WHERE room = ?1 AND off = 0 AND EXISTS (SELECT 1 FROM rooms WHERE id = ?1 AND kind = ?2)
             AND NOT EXISTS (SELECT 1 FROM members WHERE room = ?1 AND person = targets.by)",
        )?
        .execute(params![room, private, MAKER_IS_OUT])?;
    if ended > 0 {
        connection
            .prepare_cached(
                "DELETE FROM outbox WHERE room = ?1
                 AND target IN (SELECT id FROM targets WHERE room = ?1 AND off = 1)",
            )?
            .execute([room])?;
    }
    Ok(())
}

/// The same for each room.
pub(super) fn end_all_targets_of_outsiders(connection: &Connection) -> Result<()> {
    let rooms = connection
        .prepare("SELECT DISTINCT room FROM targets WHERE off = 0 AND room IS NOT NULL ORDER BY room")?
        .query_map([], |row| number(row, "room"))?
        .collect::<Result<Vec<RoomId>>>()?;
    rooms.into_iter().try_for_each(|room| end_targets_of_outsiders(connection, room))
}

/// Of people and rooms that are gone: their targets, with all that is secret in them, and what was on its way to these.
pub(super) fn drop_targets_of_person(connection: &Connection, person: i64) -> Result<()> {
    for sql in [
        "DELETE FROM outbox WHERE target IN (SELECT id FROM targets WHERE person = ?1)",
        "DELETE FROM targets WHERE person = ?1",
    ] {
        connection.prepare_cached(sql)?.execute([person])?;
    }
    Ok(())
}

pub(super) fn drop_target(connection: &Connection, target: Number) -> Result<()> {
    for sql in ["DELETE FROM outbox WHERE target = ?1", "DELETE FROM targets WHERE id = ?1"] {
        connection.prepare_cached(sql)?.execute([signed(target)])?;
    }
    Ok(())
}
