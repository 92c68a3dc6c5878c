//! The beginning of a run: what is put in order, and what the chat starts with.

use std::cmp::Reverse;

use rusqlite::{Connection, Result, params};

use super::apply::apply_decided;
use super::lock::Note;
use super::progress::{Progress, transact};
use super::schema::{self, number, select_events, signed};
use super::{
    Calendar, Done, Durability, Entry, Event, Loaded, Offset, RING_BYTES, RINGS_BYTES, RoomKind, Settings,
    StoredMember, StoredPerson, StoredRoom, Voices, Wall, governed, index, outbox, outside_load, people,
    retention, standing,
};

/// Events of a room that are read when a run is rehearsed: as many as a chat reads, if its settings say nothing else.
const REHEARSED: usize = 200;

/// What an opened history has found, and what it has done at once.
pub(super) struct Start {
    pub calendar: Calendar,
    pub loaded: Loaded,
    /// Applied already: `loaded` knows of them.
    pub entries: Vec<(Entry, Done)>,
}

/// By which of the settings a run begins.
struct Manner {
    durability: Durability,
    believe_clock: bool,
    recent: usize,
    /// It shares no log with others.
    is_alone: bool,
    wall: Wall,
}

/// Begins a run: forgets the guests, who cannot come back, and reads everything that the chat keeps in memory.
pub(super) fn load(
    connection: &mut Connection,
    progress: &mut Progress,
    settings: &Settings,
    noted: Option<Note>,
) -> Result<Start> {
    let &Settings { durability, believe_clock, recent, .. } = settings;
    let wall = settings.shared.as_ref().map(|shared| shared.wall.clone()).unwrap_or_default();
    let manner = Manner { durability, believe_clock, recent, is_alone: settings.shared.is_none(), wall };
    transact(connection, progress, |connection, progress| begin(connection, progress, &manner, noted))
}

/// Whether a run can begin: it does, and is taken back. So a new file is known to be a history before it takes the place of one.
pub(super) fn rehearse(connection: &mut Connection) -> Result<()> {
    let manner = Manner {
        durability: Durability::Disk,
        believe_clock: true,
        recent: REHEARSED,
        is_alone: true,
        wall: Wall::default(),
    };
    let mut progress = Progress::read(connection)?;
    let transaction = connection.transaction()?;
    begin(&transaction, &mut progress, &manner, None)?;
    transaction.rollback()
}

fn begin(
    connection: &Connection,
    progress: &mut Progress,
    manner: &Manner,
    noted: Option<Note>,
) -> Result<Start> {
    let calendar = Calendar::read(connection, manner.believe_clock, manner.wall.clone())?;
    let is_gapped = begin_run(connection, manner, noted)?;
    let mut entries = Vec::new();
    // Whoever follows a log misses nothing of it, and decides nothing for itself.
    if manner.is_alone {
        let mut due = if is_gapped { renewals(connection)? } else { Vec::new() };
        due.extend(retention::lapsed(connection, calendar.now())?);
        for entry in due {
            entries.extend(apply_decided(connection, progress, entry)?);
        }
        // What keeps a guest here may have lapsed.
        let due = people::guests(connection)?;
        for entry in due {
            entries.extend(apply_decided(connection, progress, entry)?);
        }
    }
    // Earlier versions left them on, and so do others who write an archive.
    outbox::end_all_targets_of_outsiders(connection)?;
    index::renew(connection, progress)?;
    let loaded = everything(connection, progress, manner.recent)?;
    calendar.save(connection)?;
    Ok(Start { calendar, loaded, entries })
}

fn everything(connection: &Connection, progress: &Progress, recent: usize) -> Result<Loaded> {
    Ok(Loaded {
        people: people(connection)?,
        rooms: rooms(connection, recent)?,
        members: members(connection)?,
        governed: governed::governed(connection)?,
        outside: outside_load::outside(connection)?,
        next_person: progress.next_person.unsigned_abs(),
        next_room: progress.next_room.unsigned_abs(),
    })
}

/// Notes which run has the file from now on. Whether anything may be missing of what the runs before have told.
fn begin_run(connection: &Connection, manner: &Manner, noted: Option<Note>) -> Result<bool> {
    let (incomplete, run, last): (bool, String, i64) = connection.query_row(
        "SELECT incomplete, run, (SELECT coalesce(max(id), 0) FROM events) AS last FROM state",
        [],
        |row| Ok((row.get("incomplete")?, row.get("run")?, row.get("last")?)),
    )?;
    let is_another = noted.as_ref().is_some_and(|note| note.run != run || note.last > last);
    match noted {
        // What the file lacks it has read from the log by now.
        _ if !manner.is_alone && (is_another || incomplete) => log::info!(
            "the history is a copy, or was not closed: what it may have lacked is read from the log, and clients miss nothing"
        ),
        // A backup says of itself that it is one, also if nothing was said yet when it was made.
        Some(note) if is_another && last == 0 && !incomplete => log::error!(
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
    connection.execute(
        "UPDATE state SET run = lower(hex(randomblob(16))), incomplete = ?1",
        [manner.durability != Durability::Disk],
    )?;
    Ok(incomplete || is_another)
}

/// A client that has heard what is not in the file any more would never hear what takes its place. So every room gets a
/// new epoch, and all clients start afresh.
pub(super) fn renewals(connection: &Connection) -> Result<Vec<Entry>> {
    connection
        .prepare("SELECT id, lower(hex(randomblob(16))) AS epoch FROM rooms ORDER BY id")?
        .query_map([], |row| Ok(Entry::Renew { room: number(row, "id")?, epoch: row.get("epoch")? }))?
        .collect()
}

fn people(connection: &Connection) -> Result<Vec<StoredPerson>> {
    // Both are in the order of the people.
    let mut tokens = connection
        .prepare(
            "SELECT person, hash, id FROM tokens UNION ALL SELECT bot, hash, id FROM keys WHERE kind = 1
             ORDER BY person, id",
        )?
        .query_map([], |row| Ok((number(row, "person")?, row.get("hash")?)))?
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .peekable();
    connection
        .prepare("SELECT id, name, folded, seen, silent, gone, guest FROM people ORDER BY id")?
        .query_map([], |row| {
            let id = number(row, "id")?;
            while tokens.next_if(|(of, _)| *of < id).is_some() {}
            Ok(StoredPerson {
                id,
                name: row.get("name")?,
                folded: row.get("folded")?,
                tokens: std::iter::from_fn(|| tokens.next_if(|(of, _)| *of == id))
                    .map(|(_, hash)| hash)
                    .collect(),
                is_guest: row.get("guest")?,
                is_gone: row.get("gone")?,
                seen: row.get("seen")?,
                silent: row.get("silent")?,
            })
        })?
        .collect()
}

fn rooms(connection: &Connection, recent: usize) -> Result<Vec<StoredRoom>> {
    let mut rooms: Vec<StoredRoom> = connection
        .prepare("SELECT id, kind, name, folded, epoch, first, last, voice FROM rooms ORDER BY id")?
        .query_map([], |row| {
            Ok(StoredRoom {
                id: number(row, "id")?,
                kind: standing::kind(row, 1)?,
                name: row.get("name")?,
                folded: row.get("folded")?,
                epoch: row.get("epoch")?,
                first: number(row, "first")?,
                last: number(row, "last")?,
                voices: match row.get::<_, Option<i64>>("voice")? {
                    None => Voices::None,
                    Some(0) => Voices::Several,
                    Some(_) => Voices::One(number(row, "voice")?),
                },
                uncounted: Vec::new(),
                calls: Vec::new(),
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
        room.uncounted = uncounted(connection, room)?;
        room.calls = calls(connection, room)?;
        room.recent = latest(connection, room, recent, left.min(RING_BYTES))?;
        left = left.saturating_sub(room.recent.iter().map(Event::weight).sum());
    }
    Ok(rooms)
}

/// `kind >= 3`: [`Kind::Deletion`](schema::Kind) and what is like it is not counted. There is an index for it.
fn uncounted(connection: &Connection, room: &StoredRoom) -> Result<Vec<Offset>> {
    connection
        .prepare_cached("SELECT offset FROM events WHERE room = ?1 AND kind >= 3 ORDER BY offset")?
        .query_map([signed(room.id)], |row| number(row, "offset"))?
        .collect()
}

/// `called = 1`: [`Call::All`](super::Call). There is an index for it.
fn calls(connection: &Connection, room: &StoredRoom) -> Result<Vec<Offset>> {
    connection
        .prepare_cached("SELECT offset FROM events WHERE room = ?1 AND called = 1 ORDER BY offset")?
        .query_map([signed(room.id)], |row| number(row, "offset"))?
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
    let mut unread = connection
        .prepare("SELECT room, person, offset FROM unread_mentions ORDER BY room, person, offset")?;
    let mut unread = unread
        .query_map([], |row| Ok(((number(row, "room")?, number(row, "person")?), number(row, "offset")?)))?
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .peekable();
    connection
        .prepare(
            "SELECT m.room, m.person, m.read FROM members m JOIN people p ON p.id = m.person
             WHERE p.gone = 0 ORDER BY m.room, m.person",
        )?
        .query_map([], |row| {
            let mut member = StoredMember {
                room: number(row, "room")?,
                person: number(row, "person")?,
                read: number(row, "read")?,
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
