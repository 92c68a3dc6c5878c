//! What is to be given up, and when: the oldest events of a room, the oldest pictures, old receipts, removed rooms, old
//! acts, and what has lasted its time.
//!
//! Nothing is changed here. Tables, limits and the day go in, and the entry that is due comes out. It is a small bite each
//! time, so that nobody who writes waits for long. A room may therefore hold a few events more than it should ([`slack`]).

use rusqlite::{Connection, OptionalExtension, Result};

use super::lapses::OF_ANYBODY;
use super::schema::{number, signed};
use super::{Entry, Millis, Offset, RoomId};

/// Events that are given up in one bite. As many as a batch can bring, so that a room at its limit stays there.
pub(super) const BITE: u64 = 256;
/// Bytes of text that are taken from the index, or put into it, in one bite: some 20 ms.
pub(super) const BITE_TEXT: usize = 64 << 10;
/// Bytes of pictures that are given up in one bite: each page of them is overwritten.
pub(super) const BITE_BYTES: u64 = 4 << 20;
/// The same answer to a repeated message: for a day.
const RECEIPTS_KEPT: Millis = 24 * 60 * 60 * 1000;

/// Rows of the log of acts: so many of those that anybody can cause, and so many of the others.
pub(super) const ACTS_KEPT: i64 = 100_000;

/// How many events more than it should a room may have, before any are given up.
pub(super) fn slack(keep: u64) -> u64 {
    (keep / 8).min(BITE)
}

/// What may stay in a room.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub keep: u64,
    /// Nothing that is older.
    pub since: Millis,
}

/// An entry that is due, and whether there may be more of its kind.
pub(super) type Due = Option<(Entry, bool)>;

/// A bite of what a room has beyond its limits.
pub(super) fn surplus(connection: &Connection, room: RoomId, limits: Limits) -> Result<Due> {
    let id = signed(room);
    let Some((first, last)) = connection
        .prepare_cached("SELECT first, last FROM rooms WHERE id = ?1")?
        .query_row([id], |row| Ok((number(row, "first")?, number(row, "last")?)))
        .optional()?
    else {
        return Ok(None);
    };
    // One beyond the last event that has to go.
    let by_count = (last.saturating_add(1)).saturating_sub(limits.keep).max(first);
    let by_age = connection
        .prepare_cached(
            "SELECT offset FROM (SELECT offset, at FROM events WHERE room = ?1 ORDER BY offset LIMIT ?2)
             WHERE at >= ?3 ORDER BY offset LIMIT 1",
        )?
        .query_row([id, signed(BITE), limits.since], |row| number(row, "offset"))
        .optional()?
        .unwrap_or(first.saturating_add(BITE))
        .min(last.saturating_add(1));
    let wanted = by_count.max(by_age);
    if wanted <= first {
        return Ok(None);
    }
    let before = bite(connection, id, signed(wanted))?.unwrap_or(wanted);
    Ok(Some((Entry::Prune { room, before }, before < wanted || by_age == first.saturating_add(BITE))))
}

/// The first event of a room that is not in the next bite of those before an offset: there are only so many in it, and
/// so many bytes. `None`: there are none.
fn bite(connection: &Connection, room: i64, before: i64) -> Result<Option<Offset>> {
    let mut events = connection.prepare_cached(
        "SELECT e.offset, coalesce(octet_length(e.text), 0) AS text, coalesce(p.size, 0) AS picture
         FROM events e LEFT JOIN pictures p ON p.event = e.id
         WHERE e.room = ?1 AND e.offset < ?2 ORDER BY e.offset LIMIT ?3",
    )?;
    let mut events = events.query([room, before, signed(BITE)])?;
    let (mut end, mut text, mut pictures) = (None, 0, 0);
    while let Some(event) = events.next()? {
        end = Some(number(event, "offset")?.saturating_add(1));
        text += event.get::<_, isize>("text")?.unsigned_abs();
        pictures += event.get::<_, i64>("picture")?.unsigned_abs();
        if text >= BITE_TEXT || pictures >= BITE_BYTES {
            break;
        }
    }
    Ok(end)
}

/// A bite of a room that was removed.
pub(super) fn remains(connection: &Connection) -> Result<Due> {
    let Some(room) = connection
        .prepare_cached("SELECT id FROM removed_rooms LIMIT 1")?
        .query_row([], |row| number(row, "id"))
        .optional()?
    else {
        return Ok(None);
    };
    let before = bite(connection, signed(room), i64::MAX)?.unwrap_or(0);
    Ok(Some((Entry::Sweep { room, before }, true)))
}

/// Rooms that are beyond their limits.
pub(super) fn overdue(connection: &Connection, limits: Limits) -> Result<Vec<RoomId>> {
    connection
        .prepare_cached(
            "SELECT r.id FROM rooms r LEFT JOIN events e ON e.room = r.id AND e.offset = r.first
             WHERE r.last - r.first >= ?1 OR e.at < ?2",
        )?
        .query_map([signed(limits.keep.saturating_add(slack(limits.keep))), limits.since], |row| {
            number(row, "id")
        })?
        .collect()
}

/// The oldest pictures, so that what is left is no more than `keep` bytes; a bite of them, and as much as has been
/// `added`.
pub(super) fn surplus_pictures(connection: &Connection, keep: u64, added: u64) -> Result<Due> {
    let mut left: i64 = connection
        .prepare_cached("SELECT picture_bytes FROM state")?
        .query_row([], |row| row.get("picture_bytes"))?;
    let least = left.saturating_sub(signed(added.saturating_add(BITE_BYTES)));
    let mut pictures = connection.prepare_cached("SELECT event, size FROM pictures ORDER BY event")?;
    let mut pictures = pictures.query([])?;
    let mut upto = None;
    while left > signed(keep)
        && left >= least
        && let Some(picture) = pictures.next()?
    {
        upto = Some(number(picture, "event")?);
        left = left.saturating_sub(picture.get("size")?);
    }
    Ok(upto.map(|upto| (Entry::GiveUpPictures { upto }, left > signed(keep))))
}

/// A bite of the receipts of yesterday.
pub(super) fn old_receipts(connection: &Connection, today: Millis) -> Result<Due> {
    // They stand in the order in which they were given, which is close enough to that of their times.
    let upto: Option<i64> = connection
        .prepare_cached(
            "SELECT max(place) AS upto FROM (SELECT place, at FROM receipts ORDER BY place LIMIT ?1) WHERE at < ?2",
        )?
        .query_row([signed(BITE), today.saturating_sub(RECEIPTS_KEPT)], |row| row.get("upto"))?;
    Ok(upto.and_then(|upto| u64::try_from(upto).ok()).map(|upto| (Entry::ForgetReceipts { upto }, true)))
}

/// When the first of what lasts for a time is over: restraints, invites, sessions of the admin page, what is known of keys
/// that are good once, old secrets.
pub(super) fn next_lapse(connection: &Connection) -> Result<Option<Millis>> {
    connection
        .prepare_cached(
            "SELECT min(until) AS until FROM (SELECT min(until) AS until FROM restraints
             UNION ALL SELECT min(until) FROM invites UNION ALL SELECT min(until) FROM admins
             UNION ALL SELECT min(until) FROM used_keys UNION ALL SELECT min(old_until) FROM targets)",
        )?
        .query_row([], |row| row.get("until"))
}

/// What is over by now.
pub(super) fn lapsed(connection: &Connection, now: Millis) -> Result<Option<Entry>> {
    Ok(next_lapse(connection)?.filter(|until| *until <= now).map(|_| Entry::Lapse { at: now }))
}

/// A bite of the log of acts: what is older, and what is more than it holds. What anybody can cause is counted apart: it does
/// not push out what was done to the whole chat.
pub(super) fn old_acts(connection: &Connection, since: Millis) -> Result<Due> {
    match old_acts_of(connection, since, true)? {
        None => old_acts_of(connection, since, false),
        due => Ok(due),
    }
}

fn old_acts_of(connection: &Connection, since: Millis, of_anybody: bool) -> Result<Due> {
    let of = i64::from(of_anybody);
    let too_old: Option<i64> = connection
        .prepare_cached(&format!(
            "SELECT max(id) AS upto FROM
             (SELECT id, at FROM acts WHERE {OF_ANYBODY} = ?3 ORDER BY id LIMIT ?1) WHERE at < ?2"
        ))?
        .query_row([signed(BITE), since, of], |row| row.get("upto"))?;
    let acts: i64 = connection
        .prepare_cached(&format!("SELECT count(*) AS acts FROM acts WHERE {OF_ANYBODY} = ?1"))?
        .query_row([of], |row| row.get("acts"))?;
    // Never less than none: SQLite takes a limit below zero for none at all, and all acts would go.
    let surplus = acts.saturating_sub(ACTS_KEPT).clamp(0, signed(BITE));
    let too_many: Option<i64> = connection
        .prepare_cached(&format!(
            "SELECT max(id) AS upto FROM (SELECT id FROM acts WHERE {OF_ANYBODY} = ?2 ORDER BY id LIMIT ?1)"
        ))?
        .query_row([surplus, of], |row| row.get("upto"))?;
    let upto = too_old.max(too_many).and_then(|upto| u64::try_from(upto).ok());
    Ok(upto.map(|upto| (Entry::ForgetActs { upto, of_anybody }, true)))
}
