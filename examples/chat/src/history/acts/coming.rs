//! Acts about who comes in: the door, and invites.

use rusqlite::{Connection, OptionalExtension, params};

use super::super::people::is_refused;
use super::super::progress::Progress;
use super::super::schema::signed;
use super::super::stop::Stop;
use super::super::{By, Done, Door, Failure, KeyHash, Millis, Number, Offset, RoomId, rooms, standing};
use super::doing::Doing;
use crate::rights::{InChat, InRoom, Lack};

/// Invites that nobody can use any more, kept to be looked at until their time is over.
const DEAD_KEPT: i64 = 1000;
const RIGHTS: (InRoom, InChat) = (InRoom::Invite, InChat::Invite);

pub(super) fn set_door(doing: &Doing<'_>, door: Door) -> Result<Done, Stop> {
    doing.check_chat(InChat::SetDoor, None)?;
    doing.connection.prepare_cached("UPDATE state SET door = ?1")?.execute([door.number()])?;
    Ok(Done::Kept)
}

pub(super) fn invite(
    doing: &Doing<'_>,
    progress: &mut Progress,
    key: &KeyHash,
    room: Option<RoomId>,
    (until, uses): (Millis, u32),
) -> Result<Done, Stop> {
    doing.check(room, RIGHTS, None)?;
    let inserted = doing
        .connection
        .prepare_cached(
            "INSERT INTO invites (id, key, room, by, made, until, uses) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            progress.next_number,
            key,
            signed(room.unwrap_or(0)),
            doing.by.map(signed),
            doing.at,
            until,
            uses
        ]);
    if is_refused(inserted)? {
        return Err(Failure::Taken.into());
    }
    let number = progress.take_number();
    bury(doing.connection)?;
    Ok(Done::Numbered(number.unsigned_abs()))
}

/// The oldest of those that nobody can use go, so that making and revoking does not pile them up.
fn bury(connection: &Connection) -> Result<(), Stop> {
    let oldest: Option<i64> = connection
        .prepare_cached(
            "SELECT id FROM invites WHERE uses = 0 OR revoked <> 0 ORDER BY id DESC LIMIT 1 OFFSET ?1",
        )?
        .query_row([DEAD_KEPT], |row| row.get("id"))
        .optional()?;
    let Some(oldest) = oldest else { return Ok(()) };
    for sql in [
        "DELETE FROM invite_uses WHERE invite IN
         (SELECT id FROM invites WHERE id <= ?1 AND (uses = 0 OR revoked <> 0))",
        "DELETE FROM invites WHERE id <= ?1 AND (uses = 0 OR revoked <> 0)",
    ] {
        connection.prepare_cached(sql)?.execute([oldest])?;
    }
    Ok(())
}

/// One that can still be used: its room, and who has made it.
fn usable(doing: &Doing<'_>, invite: Number) -> Result<(Option<RoomId>, By), Stop> {
    let found = doing
        .connection
        .prepare_cached(
            "SELECT room, by FROM invites WHERE id = ?1 AND revoked = 0 AND uses > 0 AND until > ?2",
        )?
        .query_row([signed(invite), doing.at], |row| {
            Ok((standing::room(row, "room")?, standing::by(row, "by")?))
        })
        .optional()?;
    Ok(found.ok_or(Failure::NoSuchInvite)?)
}

pub(super) fn revoke(doing: &Doing<'_>, invite: Number) -> Result<Done, Stop> {
    let (room, _) = usable(doing, invite)?;
    match doing.check(room, RIGHTS, None) {
        // Nor does its invite exist.
        Err(Stop::Refused(Failure::NoSuchRoom)) => return Err(Failure::NoSuchInvite.into()),
        checked => checked?,
    }
    doing
        .connection
        .prepare_cached("UPDATE invites SET revoked = 1 WHERE id = ?1")?
        .execute([signed(invite)])?;
    Ok(Done::Kept)
}

pub(super) fn accept(doing: &Doing<'_>, invite: Number, read: Offset) -> Result<Done, Stop> {
    let person = doing.somebody()?;
    let (room, by) = usable(doing, invite)?;
    // As long as whoever made it may invite there.
    match (Doing { by, ..*doing }).check(room, RIGHTS, None) {
        Err(Stop::Refused(_)) => return Err(Failure::NoSuchInvite.into()),
        checked => checked?,
    }
    let (connection, key) = (doing.connection, [signed(invite), signed(person)]);
    let is_banned = match room {
        Some(room) => {
            standing::in_room(connection, room, person, doing.at)?
                .ok_or(Failure::NoSuchInvite)?
                .standing
                .is_banned
        }
        None => standing::in_chat(connection, person, doing.at)?.is_some_and(|standing| standing.is_banned),
    };
    if is_banned {
        return Err(Lack::Banned.into());
    }
    // Whoever is there already uses nothing up.
    let is_there = match room {
        Some(room) => rooms::is_member(connection, room, person)?,
        None => connection
            .prepare_cached("SELECT 1 FROM invite_uses WHERE invite = ?1 AND person = ?2")?
            .exists(key)?,
    };
    if is_there {
        return Ok(Done::Accepted { is_used: false });
    }
    connection.prepare_cached("UPDATE invites SET uses = uses - 1 WHERE id = ?1")?.execute([key[0]])?;
    connection
        .prepare_cached("INSERT OR REPLACE INTO invite_uses (invite, person, at) VALUES (?1, ?2, ?3)")?
        .execute([key[0], key[1], doing.at])?;
    if let Some(room) = room {
        rooms::enter(connection, room, person, read)?;
    }
    Ok(Done::Accepted { is_used: true })
}
