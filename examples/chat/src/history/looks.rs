//! What those who govern look at, and everybody at what is their own: a bounded page of it, at one moment of the file.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::schema::{self, column, number, select_events, signed};
use super::standing::{by, room};
use super::{
    Found, Hit, InviteUsed, Millis, Number, PersonId, Picture, RoomId, StoredAct, StoredAdmin, StoredReport,
    StoredSession,
};

/// Of those who came by one invite the latest.
const USERS: u64 = 100;

/// Events that are looked at for what somebody said: less than a slice of a search, for a lower price.
pub(super) const STRIDE: i64 = 16_384;

/// One more than that, to see whether there is more.
fn beyond(limit: usize) -> i64 {
    signed(limit as u64).saturating_add(1)
}

/// Cuts what is beyond. Whether there was something.
fn cut<T>(rows: &mut Vec<T>, limit: usize) -> bool {
    let more = rows.len() > limit;
    rows.truncate(limit);
    more
}

/// Nothing in the file finds what somebody said (`purge.rs`), so this walks from the latest event to the oldest, and not
/// far at a time: there may be few in an answer, or none, and more behind. Rooms that are being swept out are not there any
/// more.
pub(super) fn mine(
    connection: &Connection,
    person: PersonId,
    before: Option<u64>,
    limit: usize,
) -> Result<Found> {
    let mut previous = connection.prepare_cached("SELECT max(id) FROM events WHERE id > 0 AND id < ?1")?;
    let mut previous = |before: i64| previous.query_row([before], |row| row.get::<_, Option<i64>>(0));
    let mut hits: Vec<Hit> = Vec::new();
    let mut next = previous(before.map_or(i64::MAX, signed))?;
    if let Some(latest) = next {
        let oldest = latest.saturating_sub(STRIDE - 1).max(1);
        hits = connection
            .prepare_cached(select_events!(
                "CROSS JOIN rooms r ON r.id = e.room
                 WHERE e.id BETWEEN ?1 AND ?2 AND e.author = ?3 AND e.kind < 2 ORDER BY e.id DESC LIMIT ?4"
            ))?
            .query_map([oldest, latest, signed(person), signed(limit as u64)], |row| {
                let kept = schema::kept(row)?;
                Ok(Hit { room: number(row, column::ROOM)?, event: kept.event, mark: kept.id.unsigned_abs() })
            })?
            .collect::<Result<_>>()?;
        let last = hits.last().filter(|_| hits.len() == limit);
        let mark = last.map_or(oldest, |hit| signed(hit.mark));
        next = previous(mark)?.map(|_| mark);
    }
    Ok(Found::Mine { hits, before: next.map(i64::unsigned_abs) })
}

pub(super) fn avatar(connection: &Connection, id: &str, is_known: bool) -> Result<Found> {
    picture(
        connection,
        "SELECT media_type, iif(?2, x'', bytes) AS bytes FROM avatars WHERE id = ?1",
        id,
        is_known,
    )
}

pub(super) fn held_picture(connection: &Connection, id: &str, is_known: bool) -> Result<Found> {
    let sql = "SELECT media_type, iif(?2, x'', bytes) AS bytes FROM held_pictures WHERE id = ?1";
    picture(connection, sql, id, is_known)
}

/// Of one that is known the bytes are not touched.
fn picture(connection: &Connection, sql: &str, id: &str, is_known: bool) -> Result<Found> {
    let found = connection
        .prepare_cached(sql)?
        .query_row(params![id, is_known], |row| {
            let media_type = schema::media_type(row.get_ref("media_type")?.as_str()?);
            Ok((media_type, row.get_ref("bytes")?.as_blob()?.into()))
        })
        .optional()?;
    Ok(if found.is_some() && is_known { Found::SamePicture } else { Found::Picture(found) })
}

pub(super) fn sessions(connection: &Connection, person: PersonId) -> Result<Found> {
    let sessions = connection
        .prepare_cached(
            "SELECT id, hash, since, seen, client, place FROM tokens WHERE person = ?1 ORDER BY id",
        )?
        .query_map([signed(person)], |row| {
            Ok(StoredSession {
                number: number(row, "id")?,
                token: row.get("hash")?,
                since: row.get("since")?,
                seen: row.get("seen")?,
                client: row.get("client")?,
                place: row.get("place")?,
            })
        })?
        .collect::<Result<_>>()?;
    Ok(Found::Sessions(sessions))
}

/// What was reported shows its words as they are now; what is held back, those that wait.
pub(super) fn reports(
    connection: &Connection,
    rooms: Option<&[RoomId]>,
    after: Number,
    limit: usize,
) -> Result<Found> {
    let rooms: Option<HashSet<RoomId>> = rooms.map(|rooms| rooms.iter().copied().collect());
    let mut select = connection.prepare_cached(
        "SELECT r.id, r.room, r.at, r.by, r.author, r.author_name, r.reason, r.offset,
                iif(r.offset IS NULL, r.text, e.text) AS text,
                coalesce(p.id, h.id) AS picture, coalesce(p.media_type, h.media_type) AS media_type,
                coalesce(p.width, h.width) AS width, coalesce(p.height, h.height) AS height,
                coalesce(p.size, h.size) AS size
         FROM reports r LEFT JOIN events e ON e.room = r.room AND e.offset = r.offset
         LEFT JOIN pictures p ON p.event = e.id LEFT JOIN held_pictures h ON h.report = r.id
         WHERE r.id > ?1 ORDER BY r.id",
    )?;
    let mut rows = select.query([signed(after)])?;
    let mut reports = Vec::new();
    while reports.len() <= limit
        && let Some(row) = rows.next()?
    {
        let of = number(row, "room")?;
        if rooms.as_ref().is_none_or(|rooms| rooms.contains(&of)) {
            reports.push(report(row, of)?);
        }
    }
    let more = cut(&mut reports, limit);
    Ok(Found::Reports { reports, more })
}

fn report(row: &Row<'_>, room: RoomId) -> Result<StoredReport> {
    let offset: Option<i64> = row.get("offset")?;
    let picture = match row.get("picture")? {
        Some(id) => Some(Picture {
            id,
            media_type: schema::media_type(row.get_ref("media_type")?.as_str()?),
            width: row.get("width")?,
            height: row.get("height")?,
            size: number(row, "size")?,
        }),
        None => None,
    };
    Ok(StoredReport {
        number: number(row, "id")?,
        room,
        at: row.get("at")?,
        by: number(row, "by")?,
        author: number(row, "author")?,
        author_name: row.get("author_name")?,
        reason: row.get("reason")?,
        offset: offset.map(i64::unsigned_abs),
        text: row.get("text")?,
        picture,
    })
}

/// The latest first.
pub(super) fn invites(connection: &Connection, only: Option<RoomId>, limit: usize) -> Result<Found> {
    let mut invites: Vec<InviteUsed> = connection
        .prepare_cached(
            "SELECT id, room, by, made, until, uses, revoked FROM invites
             WHERE ?1 IS NULL OR room = ?1 ORDER BY id DESC LIMIT ?2",
        )?
        .query_map(params![only.map(signed), signed(limit as u64)], |row| {
            Ok(InviteUsed {
                number: number(row, "id")?,
                room: room(row, "room")?,
                by: by(row, "by")?,
                made: row.get("made")?,
                until: row.get("until")?,
                left: row.get("uses")?,
                is_revoked: row.get("revoked")?,
                used_by: Vec::new(),
            })
        })?
        .collect::<Result<_>>()?;
    let mut used_by = connection.prepare_cached(
        "SELECT person, at FROM invite_uses WHERE invite = ?1 ORDER BY at DESC, person DESC LIMIT ?2",
    )?;
    for invite in &mut invites {
        invite.used_by = used_by
            .query_map([signed(invite.number), signed(USERS)], |row| {
                Ok((number(row, "person")?, row.get::<_, Millis>("at")?))
            })?
            .collect::<Result<_>>()?;
    }
    Ok(Found::Invites(invites))
}

pub(super) fn acts(connection: &Connection, before: Option<Number>, limit: usize) -> Result<Found> {
    let mut acts: Vec<StoredAct> = connection
        .prepare_cached(
            "SELECT id, at, by, by_name, act, person, person_name, room, room_name, detail, reason FROM acts
             WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
        )?
        .query_map([before.map_or(i64::MAX, signed), beyond(limit)], |row| {
            Ok(StoredAct {
                number: number(row, "id")?,
                at: row.get("at")?,
                by: by(row, "by")?,
                by_name: row.get("by_name")?,
                act: row.get("act")?,
                person: by(row, "person")?,
                person_name: row.get("person_name")?,
                room: by(row, "room")?,
                room_name: row.get("room_name")?,
                detail: row.get("detail")?,
                reason: row.get("reason")?,
            })
        })?
        .collect::<Result<_>>()?;
    let more = cut(&mut acts, limit);
    Ok(Found::Acts { acts, more })
}

pub(super) fn admin_sessions(connection: &Connection) -> Result<Found> {
    let admins = connection
        .prepare_cached("SELECT id, by, since, until, client, place FROM admins ORDER BY id")?
        .query_map([], |row| {
            Ok(StoredAdmin {
                number: number(row, "id")?,
                by: by(row, "by")?,
                since: row.get("since")?,
                until: row.get("until")?,
                client: row.get("client")?,
                place: row.get("place")?,
            })
        })?
        .collect::<Result<_>>()?;
    Ok(Found::AdminSessions(admins))
}
