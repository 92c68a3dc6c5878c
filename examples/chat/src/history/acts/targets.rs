//! Acts about targets: addresses to which something goes out.

use rusqlite::{OptionalExtension, params};

use super::super::progress::Progress;
use super::super::schema::{number, signed};
use super::super::stop::Stop;
use super::super::{Done, Failure, Millis, Number, PersonId, RoomId, Serves, Target, outbox, standing};
use super::doing::Doing;
use crate::rights::{InChat, Lack};

/// One's own; those of a room; and of all that may go anywhere.
const MOST_OF_ONE: i64 = 5;
const MOST_OF_ROOM: i64 = 100;
const MOST_FREE: i64 = 1000;

pub(super) fn add(doing: &Doing<'_>, progress: &mut Progress, target: &Target) -> Result<Done, Stop> {
    let Target { serves, shape, url, secret, discloses, is_free } = target;
    if *is_free {
        doing.check_chat(InChat::Targets, None)?;
    }
    let upto = match *serves {
        Serves::Person(person) => {
            if !is_free && doing.by != Some(person) {
                return Err(Failure::NotYours.into());
            }
            has_targets(doing, person)?;
            0
        }
        Serves::Room(_) if !is_free => return Err(Failure::NotYours.into()),
        Serves::Room(room) => {
            doing.opens(room)?;
            doing
                .connection
                .prepare_cached("SELECT last FROM rooms WHERE id = ?1")?
                .query_row([signed(room)], |row| row.get("last"))?
        }
    };
    has_room_for(doing, target)?;
    doing
        .connection
        .prepare_cached(
            "INSERT INTO targets (id, person, room, shape, url, secret, discloses, free, by, made, upto)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            progress.next_number,
            serves.person().map(signed),
            serves.room().map(signed),
            shape.number(),
            url,
            secret,
            discloses.number(),
            is_free,
            doing.by.map(signed),
            doing.at,
            upto
        ])?;
    Ok(Done::Numbered(progress.take_number().unsigned_abs()))
}

/// Somebody who comes back, and is no program.
fn has_targets(doing: &Doing<'_>, person: PersonId) -> Result<(), Stop> {
    let is_guest: Option<bool> = doing
        .connection
        .prepare_cached("SELECT guest FROM people WHERE id = ?1 AND gone = 0")?
        .query_row([signed(person)], |row| row.get("guest"))
        .optional()?;
    if is_guest != Some(false) || standing::is_bot(doing.connection, person)? {
        return Err(Failure::NoSuchPerson.into());
    }
    let standing = standing::in_chat(doing.connection, person, doing.at)?;
    if standing.is_some_and(|standing| standing.is_banned) {
        return Err(Lack::Banned.into());
    }
    Ok(())
}

fn has_room_for(doing: &Doing<'_>, target: &Target) -> Result<(), Stop> {
    let count = |sql, of: &[&dyn rusqlite::ToSql]| -> rusqlite::Result<i64> {
        doing.connection.prepare_cached(sql)?.query_row(of, |row| row.get("targets"))
    };
    let is_full = match target.serves {
        Serves::Person(person) if !target.is_free => {
            let sql = "SELECT count(*) AS targets FROM targets WHERE person = ?1 AND free = 0";
            count(sql, &[&signed(person)])? >= MOST_OF_ONE
        }
        Serves::Room(room)
            if count("SELECT count(*) AS targets FROM targets WHERE room = ?1", &[&signed(room)])?
                >= MOST_OF_ROOM =>
        {
            true
        }
        Serves::Person(_) | Serves::Room(_) => {
            count("SELECT count(*) AS targets FROM targets WHERE free = 1", &[])? >= MOST_FREE
        }
    };
    if is_full { Err(Failure::Busy.into()) } else { Ok(()) }
}

/// Whom or what a target serves, and whether it is free.
struct Found {
    serves: Serves,
    is_free: bool,
}

fn found(doing: &Doing<'_>, target: Number) -> Result<Found, Stop> {
    let found = doing
        .connection
        .prepare_cached("SELECT person, room, free FROM targets WHERE id = ?1")?
        .query_row([signed(target)], |row| {
            let serves = match row.get::<_, Option<i64>>("person")? {
                Some(_) => Serves::Person(number(row, "person")?),
                None => Serves::Room(number(row, "room")?),
            };
            Ok(Found { serves, is_free: row.get("free")? })
        })
        .optional()?;
    Ok(found.ok_or(Failure::NoSuchTarget)?)
}

/// Those who do not govern what goes out do not know of the targets of others.
fn check_governs(doing: &Doing<'_>) -> Result<(), Stop> {
    match doing.check_chat(InChat::Targets, None) {
        Err(Stop::Refused(Failure::Lacks(_))) => Err(Failure::NoSuchTarget.into()),
        checked => checked,
    }
}

/// Whom it serves ends it, and who governs what goes out.
pub(super) fn drop(doing: &Doing<'_>, target: Number) -> Result<Done, Stop> {
    let found = found(doing, target)?;
    if doing.by.is_none() || found.serves.person() != doing.by {
        check_governs(doing)?;
    }
    outbox::drop_target(doing.connection, target)?;
    Ok(Done::Kept)
}

/// The new secret is told to whoever does it: of somebody's own that is nobody else.
pub(super) fn rotate(doing: &Doing<'_>, target: Number, secret: &str, until: Millis) -> Result<Done, Stop> {
    let found = found(doing, target)?;
    match found.is_free {
        true => check_governs(doing)?,
        false if found.serves.person() != doing.by => return Err(Failure::NoSuchTarget.into()),
        false => {}
    }
    doing
        .connection
        .prepare_cached("UPDATE targets SET old_secret = secret, old_until = ?3, secret = ?2 WHERE id = ?1")?
        .execute(params![signed(target), secret, until])?;
    Ok(Done::Kept)
}

/// For the log of acts: whom it serves, or which room.
pub(super) fn about(
    connection: &rusqlite::Connection,
    target: Number,
) -> Result<(Option<PersonId>, Option<RoomId>), Stop> {
    let about = connection
        .prepare_cached("SELECT person, room FROM targets WHERE id = ?1")?
        .query_row([signed(target)], |row| Ok((standing::by(row, "person")?, standing::by(row, "room")?)))
        .optional()?;
    Ok(about.unwrap_or_default())
}
