//! Acts about bots, and the keys by which they come in.

use rusqlite::{Connection, OptionalExtension, params};

use super::super::bots::{self, New};
use super::super::people::is_refused;
use super::super::progress::Progress;
use super::super::schema::{number, signed};
use super::super::stop::Stop;
use super::super::{
    BotKind, Done, Failure, KeyHash, KeyKind, Number, PersonId, RoomId, rooms, sessions, standing,
};
use super::doing::Doing;
use super::people::remains_owned;
use crate::rights::{InChat, Lack};

/// Bots that are not gone, and the keys of one of them.
const MOST: i64 = 1000;
const MOST_KEYS: i64 = 20;

pub(super) fn make(
    doing: &Doing<'_>,
    progress: &mut Progress,
    new: &New<'_>,
    room: RoomId,
) -> Result<Done, Stop> {
    doing.check_chat(InChat::Bots, None)?;
    doing.opens(room)?;
    let bots: i64 = doing
        .connection
        .prepare_cached("SELECT count(*) AS bots FROM bots WHERE gone = 0 AND kind = 0")?
        .query_row([], |row| row.get("bots"))?;
    if bots >= MOST {
        return Err(Failure::Busy.into());
    }
    bots::make(doing.connection, progress, new, BotKind::Bot, (doing.by, doing.at))??;
    bring_in(doing.connection, room, new.bot)?;
    Ok(Done::Kept)
}

/// The robot is not removed by an act: it is a setting.
pub(super) fn remove(doing: &Doing<'_>, bot: PersonId) -> Result<Done, Stop> {
    doing.check_chat(InChat::Bots, None)?;
    is_one(doing, bot)?;
    remains_owned(doing, bot)?;
    Ok(bots::retire(doing.connection, bot)??)
}

fn is_one(doing: &Doing<'_>, bot: PersonId) -> Result<(), Stop> {
    match standing::bot(doing.connection, bot)? {
        Some(BotKind::Bot) => Ok(()),
        Some(BotKind::Robot) | None => Err(Failure::NoSuchPerson.into()),
    }
}

/// A key, and for whom.
pub(super) struct Key<'a> {
    pub bot: PersonId,
    pub hash: &'a KeyHash,
    pub kind: KeyKind,
    pub room: RoomId,
    pub pace: u32,
}

pub(super) fn give_key(doing: &Doing<'_>, progress: &mut Progress, key: &Key<'_>) -> Result<Done, Stop> {
    let &Key { bot, hash, kind, room, pace } = key;
    doing.check_chat(InChat::Bots, None)?;
    doing.opens(room)?;
    is_one(doing, bot)?;
    if kind == KeyKind::Token && is_in_private_room_of_others(doing, bot)? {
        return Err(Failure::NoSuchRoom.into());
    }
    let theirs = standing::in_room(doing.connection, room, bot, doing.at)?.ok_or(Failure::NoSuchRoom)?;
    if theirs.standing.is_banned && !theirs.is_member {
        return Err(Lack::Banned.into());
    }
    let keys: i64 = doing
        .connection
        .prepare_cached("SELECT count(*) AS keys FROM keys WHERE bot = ?1")?
        .query_row([signed(bot)], |row| row.get("keys"))?;
    if keys >= MOST_KEYS {
        return Err(Failure::Busy.into());
    }
    if sessions::is_known(doing.connection, hash)? {
        return Err(Failure::Taken.into());
    }
    let hooked = if kind == KeyKind::Hook { room } else { 0 };
    let inserted = doing
        .connection
        .prepare_cached(
            "INSERT INTO keys (id, hash, bot, kind, room, pace, by, since) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            progress.next_number,
            hash,
            signed(bot),
            kind.number(),
            signed(hooked),
            pace,
            doing.by.map(signed),
            doing.at
        ]);
    if is_refused(inserted)? {
        return Err(Failure::Taken.into());
    }
    bring_in(doing.connection, room, bot)?;
    Ok(Done::Numbered(progress.take_number().unsigned_abs()))
}

/// A token reads in all rooms of its bot; whoever gives one does not come into a private room by it.
fn is_in_private_room_of_others(doing: &Doing<'_>, bot: PersonId) -> Result<bool, Stop> {
    let by = doing.by.map_or(-1, signed);
    Ok(doing
        .connection
        .prepare_cached(
            "SELECT 1 FROM members theirs JOIN rooms r ON r.id = theirs.room
             WHERE theirs.person = ?1 AND r.kind = 2
             AND NOT EXISTS (SELECT 1 FROM members own WHERE own.room = r.id AND own.person = ?2)",
        )?
        .exists([signed(bot), by])?)
}

/// What was said there before is nothing that it has yet to read.
fn bring_in(connection: &Connection, room: RoomId, bot: PersonId) -> Result<(), Stop> {
    let last = connection
        .prepare_cached("SELECT last FROM rooms WHERE id = ?1")?
        .query_row([signed(room)], |row| number(row, "last"))?;
    rooms::enter(connection, room, bot, last)?;
    Ok(())
}

pub(super) fn revoke_key(doing: &Doing<'_>, key: Number) -> Result<Done, Stop> {
    doing.check_chat(InChat::Bots, None)?;
    let token = doing
        .connection
        .prepare_cached("DELETE FROM keys WHERE id = ?1 RETURNING hash")?
        .query_row([signed(key)], |row| row.get("hash"))
        .optional()?;
    Ok(Done::SessionEnded { token: token.ok_or(Failure::NoSuchKey)? })
}

/// For the log of acts: whose key it is, and of which room.
pub(super) fn about(
    connection: &Connection,
    key: Number,
) -> Result<(Option<PersonId>, Option<RoomId>), Stop> {
    let about = connection
        .prepare_cached("SELECT bot, room FROM keys WHERE id = ?1")?
        .query_row([signed(key)], |row| Ok((standing::by(row, "bot")?, standing::room(row, "room")?)))
        .optional()?;
    Ok(about.unwrap_or_default())
}
