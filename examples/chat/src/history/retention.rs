//! What is given up, and when: the oldest events of a room, the oldest pictures, old receipts, removed rooms.
//!
//! Everything here happens in small bites, so that nobody who writes waits for long. A room may therefore hold a few
//! events more than it should ([`slack`]).

use rusqlite::{Connection, OptionalExtension, Result, Row};

use super::people::Answer;
use super::schema::{self, number, signed};
use super::{Done, Failure, Millis, Offset, PersonId, RoomId, index};

/// Events that are given up in one bite. As many as a batch can bring, so that a room at its limit stays there.
pub(super) const BITE: u64 = 256;
/// Bytes of text that are taken from the index, or put into it, in one bite: some 20 ms.
pub(super) const BITE_TEXT: usize = 64 << 10;
/// Bytes of pictures that are given up in one bite: each page of them is overwritten.
const BITE_BYTES: u64 = 4 << 20;
/// The same answer to a repeated message: for a day.
const RECEIPTS_KEPT: Millis = 24 * 60 * 60 * 1000;

/// How many events more than it should a room may have, before any are given up.
pub(super) fn slack(keep: u64) -> u64 {
    (keep / 8).min(BITE)
}

/// As much of an event as is needed to erase it.
pub(super) struct Erased {
    id: i64,
    room: i64,
    offset: i64,
    kind: i64,
    text: Option<String>,
}

impl Erased {
    /// Of a row that begins with `id, room, offset, kind, text`.
    pub(super) fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Erased {
            id: row.get(0)?,
            room: row.get(1)?,
            offset: row.get(2)?,
            kind: row.get(3)?,
            text: row.get(4)?,
        })
    }

    /// A text or a picture.
    pub(super) fn has_words(&self) -> bool {
        matches!(self.kind, schema::TEXT | schema::PICTURE)
    }

    /// Takes the picture away, and what the index knows.
    fn forget(
        &self,
        connection: &Connection,
        indexed: i64,
        unindex: fn(&Connection, i64, &str) -> Result<()>,
    ) -> Result<()> {
        if self.kind == schema::PICTURE {
            drop_picture(connection, self.id)?;
        }
        match &self.text {
            Some(text) if self.id <= indexed => unindex(connection, self.id, text),
            _ => Ok(()),
        }
    }
}

/// Erases what somebody takes back: text, picture, mentions, and every trace in the index.
pub(super) fn take_back(
    connection: &Connection,
    erased: &Erased,
    mentioned: &[PersonId],
    indexed: i64,
) -> Result<()> {
    erased.forget(connection, indexed, index::erase)?;
    // The key has the person in its middle: without them it is a walk through all that is unread in the room.
    let mut unmention = connection
        .prepare_cached("DELETE FROM unread_mentions WHERE room = ?1 AND person = ?2 AND offset = ?3")?;
    for &person in mentioned {
        unmention.execute([erased.room, signed(person), erased.offset])?;
    }
    connection
        .prepare_cached(
            "UPDATE events SET kind = 2, text = NULL, mentions = NULL WHERE room = ?1 AND offset = ?2",
        )?
        .execute([erased.room, erased.offset])?;
    Ok(())
}

/// What may stay in a room.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub keep: u64,
    /// Nothing that is older.
    pub since: Millis,
}

/// Gives up what was said in a room before an offset.
pub(super) fn prune(connection: &Connection, room: RoomId, before: Offset, indexed: i64) -> Answer {
    let id = signed(room);
    let last = connection
        .prepare_cached("SELECT last FROM rooms WHERE id = ?1")?
        .query_row([id], |row| number(row, 0))
        .optional()?;
    match last {
        None => return Ok(Err(Failure::NoSuchRoom)),
        Some(last) if before > last.saturating_add(1) => return Ok(Err(Failure::NoSuchEvent)),
        Some(_) => {}
    }
    erase_before(connection, id, signed(before), indexed)?;
    connection
        .prepare_cached("UPDATE rooms SET first = max(first, ?2) WHERE id = ?1")?
        .execute([id, signed(before)])?;
    Ok(Ok(Done::Kept))
}

/// A bite of what a room has beyond its limits: up to which offset, and whether there is more.
pub(super) fn surplus(
    connection: &Connection,
    room: RoomId,
    limits: Limits,
) -> Result<Option<(Offset, bool)>> {
    let id = signed(room);
    let Some((first, last)) = connection
        .prepare_cached("SELECT first, last FROM rooms WHERE id = ?1")?
        .query_row([id], |row| Ok((number(row, 0)?, number(row, 1)?)))
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
        .query_row([id, signed(BITE), limits.since], |row| number(row, 0))
        .optional()?
        .unwrap_or(first.saturating_add(BITE))
        .min(last.saturating_add(1));
    let wanted = by_count.max(by_age);
    if wanted <= first {
        return Ok(None);
    }
    let upto = bite(connection, id, signed(wanted))?.unwrap_or(wanted);
    Ok(Some((upto, upto < wanted || by_age == first.saturating_add(BITE))))
}

/// The first event of a room that is not in the next bite of those before an offset: there are only so many in it, and
/// so many bytes. `None`: there are none.
fn bite(connection: &Connection, room: i64, before: i64) -> Result<Option<Offset>> {
    let mut events = connection.prepare_cached(
        "SELECT e.offset, coalesce(octet_length(e.text), 0), coalesce(p.size, 0)
         FROM events e LEFT JOIN pictures p ON p.event = e.id
         WHERE e.room = ?1 AND e.offset < ?2 ORDER BY e.offset LIMIT ?3",
    )?;
    let mut events = events.query([room, before, signed(BITE)])?;
    let (mut end, mut text, mut pictures) = (None, 0, 0);
    while let Some(event) = events.next()? {
        end = Some(number(event, 0)?.saturating_add(1));
        text += event.get::<_, isize>(1)?.unsigned_abs();
        pictures += event.get::<_, i64>(2)?.unsigned_abs();
        if text >= BITE_TEXT || pictures >= BITE_BYTES {
            break;
        }
    }
    Ok(end)
}

fn erase_before(connection: &Connection, room: i64, offset: i64, indexed: i64) -> Result<()> {
    let erased: Vec<Erased> = connection
        .prepare_cached("SELECT id, room, offset, kind, text FROM events WHERE room = ?1 AND offset < ?2")?
        .query_map([room, offset], Erased::read)?
        .collect::<Result<_>>()?;
    for event in &erased {
        event.forget(connection, indexed, index::remove)?;
    }
    for sql in [
        "DELETE FROM events WHERE room = ?1 AND offset < ?2",
        "DELETE FROM unread_mentions WHERE room = ?1 AND offset < ?2",
    ] {
        connection.prepare_cached(sql)?.execute([room, offset])?;
    }
    Ok(())
}

/// Sweeps out a bite of a removed room. Whether there may be more.
pub(super) fn sweep(connection: &Connection, indexed: i64) -> Result<bool> {
    let Some(room) = connection
        .prepare_cached("SELECT id FROM removed_rooms LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?
    else {
        return Ok(false);
    };
    match bite(connection, room, i64::MAX)? {
        Some(upto) => erase_before(connection, room, signed(upto), indexed)?,
        None => {
            connection.prepare_cached("DELETE FROM removed_rooms WHERE id = ?1")?.execute([room])?;
        }
    }
    Ok(true)
}

/// Rooms that are beyond their limits.
pub(super) fn overdue(connection: &Connection, limits: Limits) -> Result<Vec<RoomId>> {
    connection
        .prepare_cached(
            "SELECT r.id FROM rooms r LEFT JOIN events e ON e.room = r.id AND e.offset = r.first
             WHERE r.last - r.first >= ?1 OR e.at < ?2",
        )?
        .query_map([signed(limits.keep.saturating_add(slack(limits.keep))), limits.since], |row| {
            number(row, 0)
        })?
        .collect()
}

/// Adds to the size of all pictures, and tells it.
pub(super) fn count_pictures(connection: &Connection, more: i64) -> Result<i64> {
    connection
        .prepare_cached("UPDATE state SET picture_bytes = picture_bytes + ?1 RETURNING picture_bytes")?
        .query_row([more], |row| row.get(0))
}

/// Gives up the oldest pictures until what is left is no more than `keep` bytes; a bite of them, and as much as has been
/// `added`. Their events stay. Whether there may be more.
pub(super) fn give_up_pictures(connection: &Connection, keep: u64, added: u64) -> Result<bool> {
    let start = count_pictures(connection, 0)?;
    let least = start.saturating_sub(signed(added.saturating_add(BITE_BYTES)));
    loop {
        let left = count_pictures(connection, 0)?;
        if left <= signed(keep) || left < least {
            return Ok(left > signed(keep));
        }
        let oldest = connection
            .prepare_cached("SELECT event FROM pictures ORDER BY event LIMIT 1")?
            .query_row([], |row| row.get(0))
            .optional()?;
        let Some(oldest) = oldest else { return Ok(false) };
        drop_picture(connection, oldest)?;
    }
}

fn drop_picture(connection: &Connection, event: i64) -> Result<()> {
    let size = connection
        .prepare_cached("DELETE FROM pictures WHERE event = ?1 RETURNING size")?
        .query_row([event], |row| row.get::<_, i64>(0))
        .optional()?;
    if let Some(size) = size {
        count_pictures(connection, size.saturating_neg())?;
    }
    Ok(())
}

/// Forgets a bite of the receipts of yesterday. Whether there may be more.
pub(super) fn prune_receipts(connection: &Connection, now: Millis) -> Result<bool> {
    // They stand in the order in which they were given, which is close enough to that of their times.
    let upto: Option<i64> = connection
        .prepare_cached(
            "SELECT max(place) FROM (SELECT place, at FROM receipts ORDER BY place LIMIT ?1) WHERE at < ?2",
        )?
        .query_row([signed(BITE), now.saturating_sub(RECEIPTS_KEPT)], |row| row.get(0))?;
    let Some(upto) = upto else { return Ok(false) };
    connection.prepare_cached("DELETE FROM receipts WHERE place <= ?1")?.execute([upto])?;
    Ok(true)
}
