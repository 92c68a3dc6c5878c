//! What the chat starts with.

use std::cmp::Reverse;

use rusqlite::{Connection, Result, params};

use super::lock::Note;
use super::schema::{self, number, select_events, signed};
use super::{
    Calendar, Durability, Event, Loaded, Offset, RING_BYTES, RINGS_BYTES, RoomKind, Settings, StoredMember,
    StoredPerson, StoredRoom, Voices, index, people,
};

/// Forgets the guests, who cannot come back, and reads everything that the chat keeps in memory.
pub(super) fn load(
    connection: &mut Connection,
    settings: &Settings,
    noted: Option<Note>,
) -> Result<(Calendar, Loaded)> {
    let transaction = connection.transaction()?;
    let calendar = Calendar::read(&transaction, settings.believe_clock)?;
    begin_run(&transaction, settings.durability, noted)?;
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

/// Whoever has heard what is not in the file any more would never hear what takes its place. So if anything may be
/// missing, every room gets a new epoch, and all clients start afresh.
fn begin_run(connection: &Connection, durability: Durability, noted: Option<Note>) -> Result<()> {
    let (incomplete, run, last): (bool, String, i64) = connection.query_row(
        "SELECT incomplete, run, (SELECT coalesce(max(id), 0) FROM events) FROM state",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let is_another = noted.as_ref().is_some_and(|note| note.run != run || note.last > last);
    match noted {
        Some(note) if is_another && last == 0 => log::error!(
            "the history is empty, but {} messages were here: if this is a copy, then one without its -wal; \
             stop the chat, and bring back a backup with --restore",
            note.last
        ),
        _ if is_another => log::warn!(
            "the history is not the one that was here last, but perhaps an older copy: all clients start afresh"
        ),
        _ if incomplete => {
            log::warn!("the history may have lost what was said last: all clients start afresh");
        }
        _ => {}
    }
    if incomplete || is_another {
        connection.execute("UPDATE rooms SET epoch = lower(hex(randomblob(16)))", [])?;
    }
    connection.execute(
        "UPDATE state SET run = lower(hex(randomblob(16))), incomplete = ?1",
        [durability != Durability::Disk],
    )?;
    Ok(())
}

fn people(connection: &Connection) -> Result<Vec<StoredPerson>> {
    connection
        .prepare("SELECT id, name, folded, token, seen, silent FROM people ORDER BY id")?
        .query_map([], |row| {
            Ok(StoredPerson {
                id: number(row, 0)?,
                name: row.get(1)?,
                folded: row.get(2)?,
                token: row.get(3)?,
                seen: row.get(4)?,
                silent: row.get(5)?,
            })
        })?
        .collect()
}

fn rooms(connection: &Connection, recent: usize) -> Result<Vec<StoredRoom>> {
    let mut rooms: Vec<StoredRoom> = connection
        .prepare("SELECT id, kind, name, folded, epoch, first, last, voice FROM rooms ORDER BY id")?
        .query_map([], |row| {
            Ok(StoredRoom {
                id: number(row, 0)?,
                kind: if row.get::<_, i64>(1)? == 0 { RoomKind::Public } else { RoomKind::Direct },
                name: row.get(2)?,
                folded: row.get(3)?,
                epoch: row.get(4)?,
                first: number(row, 5)?,
                last: number(row, 6)?,
                voices: match row.get(7)? {
                    None => Voices::None,
                    Some(0) => Voices::Several,
                    Some(_) => Voices::One(number(row, 7)?),
                },
                deletions: Vec::new(),
                recent: Vec::new(),
            })
        })?
        .collect::<Result<_>>()?;
    // The rooms that anybody may join first, and then the latest talks: there is not room for all of any length.
    let mut order: Vec<usize> = (0..rooms.len()).collect();
    order.sort_by_key(|&place| (rooms[place].kind == RoomKind::Direct, Reverse(place)));
    let mut left = RINGS_BYTES;
    for place in order {
        let room = &mut rooms[place];
        room.deletions = deletions(connection, room)?;
        room.recent = latest(connection, room, recent, left.min(RING_BYTES))?;
        left = left.saturating_sub(room.recent.iter().map(Event::weight).sum());
    }
    Ok(rooms)
}

fn deletions(connection: &Connection, room: &StoredRoom) -> Result<Vec<Offset>> {
    connection
        .prepare_cached("SELECT offset FROM events WHERE room = ?1 AND kind = 3 ORDER BY offset")?
        .query_map([signed(room.id)], |row| number(row, 0))?
        .collect()
}

/// The latest events, oldest first: one at least, and no more bytes.
fn latest(connection: &Connection, room: &StoredRoom, limit: usize, bytes: usize) -> Result<Vec<Event>> {
    let after = room.last.saturating_sub(limit as u64);
    let mut select = connection
        .prepare_cached(select_events!("WHERE e.room = ?1 AND e.offset > ?2 ORDER BY e.offset DESC"))?;
    let mut rows = select.query(params![signed(room.id), signed(after)])?;
    let (mut latest, mut taken): (Vec<Event>, usize) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let event = schema::kept(row)?.event;
        taken += event.weight();
        if taken > bytes && !latest.is_empty() {
            break;
        }
        latest.push(event);
    }
    latest.reverse();
    Ok(latest)
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
