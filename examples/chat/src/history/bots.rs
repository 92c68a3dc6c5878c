//! Entries about programs that take part: the robot of the chat, and the keys of the others.

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::called::Called;
use super::people::{depart, is_refused, rename};
use super::progress::Progress;
use super::schema::{number, signed};
use super::stop::KEPT;
use super::{Answer, BotKind, By, Failure, Millis, Number, PersonId, ROBOT_HOOK, Robot};

/// The robot is this one from now on, or there is none.
pub(super) fn set_robot(
    connection: &Connection,
    progress: &mut Progress,
    robot: Option<&Robot>,
    at: Millis,
) -> Answer {
    let old = robot_of(connection)?;
    let refused = match (robot, old) {
        (None, None) => return Ok(KEPT),
        (None, Some(old)) => retire(connection, old)?,
        (Some(robot), Some(old)) => rename(connection, old, &called(robot))?,
        (Some(robot), None) => {
            let new = New { bot: robot.person, called: called(robot) };
            make(connection, progress, &new, BotKind::Robot, (None, at))?
        }
    };
    if refused.is_err() {
        return Ok(refused);
    }
    let has_hook = robot.is_some_and(|robot| robot.has_hook);
    connection
        .prepare_cached("UPDATE bots SET hooked = ?1 WHERE kind = 1 AND gone = 0")?
        .execute([i64::from(has_hook)])?;
    // Nobody would answer it any more.
    if !has_hook {
        connection.prepare_cached("DELETE FROM outbox WHERE target = ?1")?.execute([signed(ROBOT_HOOK)])?;
    }
    Ok(KEPT)
}

fn called(robot: &Robot) -> Called<'_> {
    Called { name: &robot.name, folded: &robot.folded, look: robot.look.as_deref() }
}

fn robot_of(connection: &Connection) -> Result<Option<PersonId>> {
    connection
        .prepare_cached("SELECT person FROM bots WHERE kind = 1 AND gone = 0")?
        .query_row([], |row| number(row, "person"))
        .optional()
}

/// A bot that is to be made.
pub(super) struct New<'a> {
    pub bot: PersonId,
    pub called: Called<'a>,
}

/// It is in no room yet. `Taken` if somebody has the number or the name.
pub(super) fn make(
    connection: &Connection,
    progress: &mut Progress,
    new: &New<'_>,
    kind: BotKind,
    (by, at): (By, Millis),
) -> Answer {
    let New { bot, called } = new;
    let id = signed(*bot);
    if called.is_like_that_of_a_person(connection, *bot)? {
        return Ok(Err(Failure::Taken));
    }
    // A bot that is gone has its number still.
    let made = connection
        .prepare_cached(
            "INSERT INTO people (id, name, folded, look, seen)
             SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS (SELECT 1 FROM bots WHERE person = ?1)",
        )?
        .execute(params![id, called.name, called.folded, called.look, at]);
    if matches!(made, Ok(0)) || is_refused(made)? {
        return Ok(Err(Failure::Taken));
    }
    connection
        .prepare_cached("INSERT INTO bots (person, kind, by, made) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![id, kind.number(), by.map(signed), at])?;
    progress.pass_person(*bot);
    Ok(KEPT)
}

/// It is gone for good, with its keys.
pub(super) fn retire(connection: &Connection, bot: PersonId) -> Answer {
    depart(connection, bot)?;
    for sql in ["DELETE FROM keys WHERE bot = ?1", "UPDATE bots SET gone = 1, hooked = 0 WHERE person = ?1"] {
        connection.prepare_cached(sql)?.execute([signed(bot)])?;
    }
    Ok(KEPT)
}

pub(super) fn see_key(connection: &Connection, key: Number, at: Millis) -> Answer {
    connection
        .prepare_cached("UPDATE keys SET seen = max(coalesce(seen, ?2), ?2) WHERE id = ?1")?
        .execute([signed(key), at])?;
    Ok(KEPT)
}
