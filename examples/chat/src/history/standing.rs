//! What somebody is, by the tables: for `rights.rs`, which says what they may.

use rusqlite::{Connection, OptionalExtension, Result, Row};

use super::schema::{number, signed};
use super::{BotKind, By, Millis, PersonId, RoomId, RoomKind};
use crate::rights::{Place, Role, Standing};

/// A room, and somebody in front of it. Whoever is not known is a member of the chat, and of no room.
#[derive(Debug)]
pub(super) struct Here {
    pub kind: RoomKind,
    pub place: Place,
    /// Milliseconds between two messages of a member.
    pub pace: Millis,
    pub standing: Standing,
    pub is_known: bool,
    pub is_member: bool,
    /// When they spoke last, while the room was slow.
    pub spoke: Option<Millis>,
    /// If they are a program. A robot that is gone is a bot like others, and in no room.
    pub bot: Option<BotKind>,
}

impl Here {
    /// A room that is not public does not exist for those who are not in it. Admins may act on it, from their page;
    /// in the chat they are told nothing of it either (the model sees to that).
    pub(super) fn is_hidden(&self) -> bool {
        self.kind != RoomKind::Public && !self.is_member && self.standing.role < Role::Admin
    }
}

/// What counts at a time (`?3`) of what keeps `?2` from speaking (1) or being (2) in the room `?1`, or anywhere. One walk
/// through what there is about them, which is nothing, nearly always.
macro_rules! restrained {
    () => {
        "(SELECT max(x.kind = 0) + 2 * max(x.kind = 1) FROM restraints x
          WHERE x.person = ?2 AND (+x.room = 0 OR +x.room = ?1) AND (x.until IS NULL OR x.until > ?3))"
    };
}

/// Whether they are muted, and banned.
fn restraints(row: &Row<'_>, column: usize) -> Result<(bool, bool)> {
    let found = row.get::<_, Option<i64>>(column)?.unwrap_or(0);
    Ok((found & 1 != 0, found & 2 != 0))
}

/// One look, for every message. `None`: there is no such room.
pub(super) fn in_room(
    connection: &Connection,
    room: RoomId,
    person: PersonId,
    at: Millis,
) -> Result<Option<Here>> {
    connection
        .prepare_cached(concat!(
            "SELECT r.kind, r.folded = 'lobby', r.closed, r.pace, p.role, m.op, m.spoke, p.id, m.person, ",
            restrained!(),
            ", iif(b.gone, 0, b.kind) FROM rooms r LEFT JOIN people p ON p.id = ?2 AND p.gone = 0
              LEFT JOIN bots b ON b.person = ?2
              LEFT JOIN members m ON m.room = r.id AND m.person = ?2 WHERE r.id = ?1"
        ))?
        .query_row([signed(room), signed(person), at], |row| {
            let kind = kind(row, 0)?;
            let is_known = row.get::<_, Option<i64>>(7)?.is_some();
            let (is_muted, is_banned) = restraints(row, 9)?;
            Ok(Here {
                kind,
                place: Place {
                    is_lobby: row.get(1)?,
                    is_direct: kind == RoomKind::Direct,
                    is_closed: row.get(2)?,
                },
                pace: row.get::<_, Millis>(3)?.saturating_mul(1000),
                standing: Standing {
                    role: role(row.get(4)?),
                    is_op: is_known && row.get::<_, Option<bool>>(5)? == Some(true),
                    is_named: true,
                    is_muted,
                    is_banned,
                },
                is_known,
                is_member: is_known && row.get::<_, Option<i64>>(8)?.is_some(),
                spoke: row.get(6)?,
                bot: row.get::<_, Option<i64>>(10)?.and_then(BotKind::of_number),
            })
        })
        .optional()
}

/// In the whole chat. `None`: nobody is that, or no longer.
pub(super) fn in_chat(connection: &Connection, person: PersonId, at: Millis) -> Result<Option<Standing>> {
    connection
        .prepare_cached(concat!(
            "SELECT p.role, ",
            restrained!(),
            " FROM people p WHERE p.id = ?2 AND p.gone = 0 AND ?1 = 0"
        ))?
        .query_row([0, signed(person), at], |row| {
            let (is_muted, is_banned) = restraints(row, 1)?;
            Ok(Standing { role: role(row.get(0)?), is_op: false, is_named: true, is_muted, is_banned })
        })
        .optional()
}

/// Is there a ban that nobody has ended, from a room or (0) from the whole chat? Whatever time it is.
pub(super) fn is_banned(connection: &Connection, room: RoomId, person: PersonId) -> Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM restraints WHERE person = ?1 AND room IN (0, ?2) AND kind = 1")?
        .exists([signed(person), signed(room)])
}

/// How somebody is called, if they are there.
pub(super) fn name(connection: &Connection, person: PersonId) -> Result<Option<String>> {
    connection
        .prepare_cached("SELECT name FROM people WHERE id = ?1 AND gone = 0")?
        .query_row([signed(person)], |row| row.get(0))
        .optional()
}

/// Are they there?
pub(super) fn is_there(connection: &Connection, person: PersonId) -> Result<bool> {
    connection.prepare_cached("SELECT 1 FROM people WHERE id = ?1 AND gone = 0")?.exists([signed(person)])
}

/// What kind of bot somebody is, if they are one that is not gone.
pub(super) fn bot(connection: &Connection, person: PersonId) -> Result<Option<BotKind>> {
    let kind: Option<i64> = connection
        .prepare_cached("SELECT kind FROM bots WHERE person = ?1 AND gone = 0")?
        .query_row([signed(person)], |row| row.get("kind"))
        .optional()?;
    Ok(kind.and_then(BotKind::of_number))
}

/// Is it a program, or was it one?
pub(super) fn is_bot(connection: &Connection, person: PersonId) -> Result<bool> {
    connection.prepare_cached("SELECT 1 FROM bots WHERE person = ?1")?.exists([signed(person)])
}

pub(super) fn kind(row: &Row<'_>, column: usize) -> Result<RoomKind> {
    Ok(match row.get::<_, i64>(column)? {
        0 => RoomKind::Public,
        1 => RoomKind::Direct,
        _ => RoomKind::Private,
    })
}

pub(super) fn kind_number(kind: RoomKind) -> i64 {
    match kind {
        RoomKind::Public => 0,
        RoomKind::Direct => 1,
        RoomKind::Private => 2,
    }
}

/// A role that no pollcat has written is none.
fn role(number: Option<i64>) -> Role {
    number.and_then(Role::of_number).unwrap_or_default()
}

/// `NULL`: whoever runs the chat.
pub(super) fn by(row: &Row<'_>, column: &str) -> Result<By> {
    match row.get::<_, Option<i64>>(column)? {
        None => Ok(None),
        Some(_) => number(row, column).map(Some),
    }
}

/// 0: the whole chat.
pub(super) fn room(row: &Row<'_>, column: &str) -> Result<Option<RoomId>> {
    Ok(Some(number(row, column)?).filter(|room| *room != 0))
}
