//! What the chat starts with.

use rusqlite::{Connection, Result, params};

use super::schema::{self, number, select_events, signed};
use super::{
    Calendar, Event, Loaded, Offset, RoomKind, Settings, StoredMember, StoredPerson, StoredRoom, index,
    people,
};

/// Forgets the guests, who cannot come back, and reads everything that the chat keeps in memory.
pub(super) fn load(connection: &mut Connection, settings: &Settings) -> Result<(Calendar, Loaded)> {
    let transaction = connection.transaction()?;
    let calendar = Calendar::read(&transaction, settings.believe_clock)?;
    people::forget_guests(&transaction)?;
    index::renew(&transaction)?;
    let (next_person, next_room) =
        transaction.query_row("SELECT next_person, next_room FROM state", [], |row| {
            Ok((number(row, 0)?, number(row, 1)?))
        })?;
    let loaded = Loaded {
        people: people(&transaction)?,
        rooms: rooms(&transaction, settings.recent)?,
        members: members(&transaction)?,
        next_person,
        next_room,
    };
    calendar.save(&transaction)?;
    transaction.commit()?;
    Ok((calendar, loaded))
}

fn people(connection: &Connection) -> Result<Vec<StoredPerson>> {
    connection
        .prepare("SELECT id, name, folded, token, seen FROM people ORDER BY id")?
        .query_map([], |row| {
            Ok(StoredPerson {
                id: number(row, 0)?,
                name: row.get(1)?,
                folded: row.get(2)?,
                token: row.get(3)?,
                seen: row.get(4)?,
            })
        })?
        .collect()
}

fn rooms(connection: &Connection, recent: usize) -> Result<Vec<StoredRoom>> {
    let mut rooms: Vec<StoredRoom> = connection
        .prepare("SELECT id, kind, name, folded, epoch, first, last FROM rooms ORDER BY id")?
        .query_map([], |row| {
            Ok(StoredRoom {
                id: number(row, 0)?,
                kind: if row.get::<_, i64>(1)? == 0 { RoomKind::Public } else { RoomKind::Direct },
                name: row.get(2)?,
                folded: row.get(3)?,
                epoch: row.get(4)?,
                first: number(row, 5)?,
                last: number(row, 6)?,
                deletions: Vec::new(),
                recent: Vec::new(),
            })
        })?
        .collect::<Result<_>>()?;
    for room in &mut rooms {
        room.deletions = deletions(connection, room)?;
        room.recent = latest(connection, room, recent)?;
    }
    Ok(rooms)
}

fn deletions(connection: &Connection, room: &StoredRoom) -> Result<Vec<Offset>> {
    connection
        .prepare_cached("SELECT offset FROM events WHERE room = ?1 AND kind = 3 ORDER BY offset")?
        .query_map([signed(room.id)], |row| number(row, 0))?
        .collect()
}

fn latest(connection: &Connection, room: &StoredRoom, limit: usize) -> Result<Vec<Event>> {
    let after = room.last.saturating_sub(limit as u64);
    connection
        .prepare_cached(select_events!("WHERE e.room = ?1 AND e.offset > ?2 ORDER BY e.offset"))?
        .query_map(params![signed(room.id), signed(after)], |row| Ok(schema::kept(row)?.event))?
        .collect()
}

fn members(connection: &Connection) -> Result<Vec<StoredMember>> {
    // Both are in the order of their keys, so that one walk through each is enough.
    let mut unread =
        connection.prepare("SELECT room, person, offset FROM unread_mentions ORDER BY 1, 2, 3")?;
    let mut unread = unread
        .query_map([], |row| Ok(((number(row, 0)?, number(row, 1)?), number(row, 2)?)))?
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .peekable();
    connection
        .prepare(
            "SELECT m.room, m.person, m.read FROM members m JOIN people p ON p.id = m.person
             WHERE p.gone = 0 ORDER BY 1, 2",
        )?
        .query_map([], |row| {
            let mut member = StoredMember {
                room: number(row, 0)?,
                person: number(row, 1)?,
                read: number(row, 2)?,
                mentions: vec![],
            };
            let key = (member.room, member.person);
            while unread.next_if(|(of, _)| *of < key).is_some() {}
            while let Some((_, offset)) = unread.next_if(|(of, _)| *of == key) {
                member.mentions.push(offset);
            }
            Ok(member)
        })?
        .collect()
}
