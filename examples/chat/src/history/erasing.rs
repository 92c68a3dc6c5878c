//! Entries that erase: what somebody takes back, and what is given up (`retention.rs` decides it).
//!
//! The search index is told of each event that goes, if it has got to know it.

use rusqlite::{Connection, OptionalExtension, Result, Row};

use super::schema::{Kind, number, signed};
use super::{Answer, Done, Failure, Offset, PersonId, RoomId, index};

/// As much of an event as is needed to erase it.
pub(super) struct Erased {
    id: i64,
    room: i64,
    offset: i64,
    kind: Kind,
    text: Option<String>,
}

impl Erased {
    /// Of a row with `id`, `room`, `offset`, `kind` and `text`.
    pub(super) fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Erased {
            id: row.get("id")?,
            room: row.get("room")?,
            offset: row.get("offset")?,
            kind: Kind::read(row, "kind")?,
            text: row.get("text")?,
        })
    }

    pub(super) fn offset(&self) -> Offset {
        self.offset.unsigned_abs()
    }

    pub(super) fn has_words(&self) -> bool {
        self.kind.has_words()
    }

    /// Takes the picture away, and what the index knows.
    fn forget(
        &self,
        connection: &Connection,
        indexed: i64,
        unindex: fn(&Connection, i64, &str) -> Result<()>,
    ) -> Result<()> {
        if self.kind == Kind::Picture {
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
            "UPDATE events SET kind = ?3, text = NULL, mentions = NULL, called = NULL
             WHERE room = ?1 AND offset = ?2",
        )?
        .execute([erased.room, erased.offset, Kind::Deleted as i64])?;
    Ok(())
}

/// Gives up what was said in a room before an offset.
pub(super) fn prune(connection: &Connection, room: RoomId, before: Offset, indexed: i64) -> Answer {
    let (id, end) = (signed(room), signed(before));
    let last = connection
        .prepare_cached("SELECT last FROM rooms WHERE id = ?1")?
        .query_row([id], |row| number(row, "last"))
        .optional()?;
    match last {
        None => return Ok(Err(Failure::NoSuchRoom)),
        Some(last) if before > last.saturating_add(1) => return Ok(Err(Failure::NoSuchEvent)),
        Some(_) => {}
    }
    erase_before(connection, id, end, indexed)?;
    // There is nothing any more that somebody could look at.
    connection.prepare_cached("DELETE FROM reports WHERE room = ?1 AND offset < ?2")?.execute([id, end])?;
    connection.prepare_cached("DELETE FROM outbox WHERE room = ?1 AND upto < ?2")?.execute([id, end])?;
    connection.prepare_cached("UPDATE rooms SET first = max(first, ?2) WHERE id = ?1")?.execute([id, end])?;
    Ok(Ok(Done::Kept))
}

/// Sweeps out what was said before an offset in a room that was removed.
pub(super) fn sweep(connection: &Connection, room: RoomId, before: Offset, indexed: i64) -> Answer {
    let id = [signed(room)];
    if !connection.prepare_cached("SELECT 1 FROM removed_rooms WHERE id = ?1")?.exists(id)? {
        return Ok(Err(Failure::NoSuchRoom));
    }
    erase_before(connection, id[0], signed(before), indexed)?;
    if !connection.prepare_cached("SELECT 1 FROM events WHERE room = ?1")?.exists(id)? {
        connection.prepare_cached("DELETE FROM removed_rooms WHERE id = ?1")?.execute(id)?;
    }
    Ok(Ok(Done::Kept))
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

pub(super) fn give_up_pictures(connection: &Connection, upto: u64) -> Answer {
    let given_up: Vec<i64> = connection
        .prepare_cached("SELECT event FROM pictures WHERE event <= ?1")?
        .query_map([signed(upto)], |row| row.get("event"))?
        .collect::<Result<_>>()?;
    for event in given_up {
        drop_picture(connection, event)?;
    }
    Ok(Ok(Done::Kept))
}

fn drop_picture(connection: &Connection, event: i64) -> Result<()> {
    let size: Option<i64> = connection
        .prepare_cached("DELETE FROM pictures WHERE event = ?1 RETURNING size")?
        .query_row([event], |row| row.get("size"))
        .optional()?;
    size.map_or(Ok(()), |size| count_pictures(connection, size.saturating_neg()))
}

/// Adds to the size of all pictures.
pub(super) fn count_pictures(connection: &Connection, more: i64) -> Result<()> {
    connection.prepare_cached("UPDATE state SET picture_bytes = picture_bytes + ?1")?.execute([more])?;
    Ok(())
}

pub(super) fn forget_receipts(connection: &Connection, upto: u64) -> Answer {
    connection.prepare_cached("DELETE FROM receipts WHERE place <= ?1")?.execute([signed(upto)])?;
    Ok(Ok(Done::Kept))
}
