//! Entries about reminders: the robot says something when it is time.

use rusqlite::{Connection, OptionalExtension, params};

use super::events;
use super::progress::Progress;
use super::schema::{number, signed};
use super::stop::KEPT;
use super::{Answer, Append, Done, Failure, Number, PersonId, Reminder, RoomId, rooms, standing};

/// Of one person.
const MOST: i64 = 20;

pub(super) fn remind(connection: &Connection, progress: &mut Progress, reminder: &Reminder) -> Answer {
    let Reminder { person, room, made, due, is_by_clock, text } = reminder;
    if standing::name(connection, *person)?.is_none() {
        return Ok(Err(Failure::NoSuchPerson));
    }
    if !rooms::is_member(connection, *room, *person)? {
        return Ok(Err(Failure::NoSuchRoom));
    }
    let theirs: i64 = connection
        .prepare_cached("SELECT count(*) AS theirs FROM reminders WHERE person = ?1")?
        .query_row([signed(*person)], |row| row.get("theirs"))?;
    if theirs >= MOST {
        return Ok(Err(Failure::Busy));
    }
    let id = progress.take_number();
    connection
        .prepare_cached(
            "INSERT INTO reminders (id, person, room, made, due, by_clock, text)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![id, signed(*person), signed(*room), made, due, is_by_clock, text])?;
    Ok(Ok(Done::Numbered(id.unsigned_abs())))
}

pub(super) fn unremind(connection: &Connection, reminder: Number, person: PersonId) -> Answer {
    let ended = connection
        .prepare_cached("DELETE FROM reminders WHERE id = ?1 AND person = ?2")?
        .execute([signed(reminder), signed(person)])?;
    Ok(if ended == 0 { Err(Failure::NoSuchReminder) } else { KEPT })
}

/// It is said, and the reminder is gone: both, or neither. It is gone as well if it cannot be said: the robot is muted there, or
/// the room is closed.
pub(super) fn ring(
    connection: &Connection,
    progress: &mut Progress,
    reminder: Number,
    said: &Append,
) -> Answer {
    let found: Option<RoomId> = connection
        .prepare_cached("SELECT room FROM reminders WHERE id = ?1")?
        .query_row([signed(reminder)], |row| number(row, "room"))
        .optional()?;
    if found != Some(said.room) {
        return Ok(Err(Failure::NoSuchReminder));
    }
    // In a slow room it is said later.
    let outcome = events::append(connection, progress, said)?;
    if let Err(too_soon @ Failure::TooSoon(_)) = outcome {
        return Ok(Err(too_soon));
    }
    connection.prepare_cached("DELETE FROM reminders WHERE id = ?1")?.execute([signed(reminder)])?;
    Ok(outcome.or(KEPT))
}
