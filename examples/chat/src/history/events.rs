//! Writes of what is said: an event gets its place, a repeat its first answer.

use rusqlite::{Connection, Error, OptionalExtension, Result, params};
use sha2::{Digest, Sha256};

use super::people::{self, Answer, exists, is_refused};
use super::retention::{self, Erased};
use super::schema::{self, mentions_text, number, signed};
use super::{Aim, Append, Body, Done, Failure, Offset, PersonId};

/// What the writer remembers between its transactions. Nothing here must be true to the file after a rollback: a
/// number that was skipped does no harm.
pub(super) struct Counters {
    /// The next event's `id`.
    pub next_event: i64,
    /// Events up to here are in the index.
    pub indexed: i64,
}

const MOST: i64 = i64::MAX / 2;

impl Counters {
    pub(super) fn read(connection: &Connection) -> Result<Self> {
        connection.query_row(
            "SELECT max(indexed, (SELECT coalesce(max(id), 0) FROM events)), indexed FROM state",
            [],
            |row| match row.get(0)? {
                // So many were never said; and counting on from here cannot overflow.
                latest @ 0..=MOST => Ok(Counters { next_event: latest + 1, indexed: row.get(1)? }),
                other => Err(Error::IntegralValueOutOfRange(0, other)),
            },
        )
    }
}

/// Everything that may refuse comes first, so that a refusal leaves nothing behind.
pub(super) fn append(
    connection: &Connection,
    counters: &mut Counters,
    keep_pictures: u64,
    append: &Append,
) -> Answer {
    if let Some(first) = receipt(connection, append)? {
        return Ok(first);
    }
    let erase = match &append.body {
        Body::Deletion { target } => match target_of(connection, append, *target)? {
            Ok(erased) => Some(erased),
            Err(failure) => return Ok(Err(failure)),
        },
        _ => None,
    };
    if let Body::Picture { bytes, .. } = &append.body {
        if !exists(connection, append.room)? {
            return Ok(Err(Failure::NoSuchRoom));
        }
        if is_refused(insert_picture(connection, counters.next_event, &append.body))? {
            return Ok(Err(Failure::Taken));
        }
        let added = bytes.len() as u64;
        retention::count_pictures(connection, signed(added))?;
        let _ = retention::give_up_pictures(connection, keep_pictures, added)?;
    }
    let Some(offset) = connection
        .prepare_cached(
            "UPDATE rooms SET last = last + 1, voice = iif(coalesce(voice, ?2) = ?2, ?2, 0) WHERE id = ?1
             RETURNING last",
        )?
        .query_row([signed(append.room), signed(append.author)], |row| number(row, 0))
        .optional()?
    else {
        return Ok(Err(Failure::NoSuchRoom));
    };
    if let Some((erased, mentioned)) = &erase {
        retention::take_back(connection, erased, mentioned, counters.indexed)?;
    }
    insert_event(connection, counters.next_event, offset, append)?;
    counters.next_event += 1;
    insert_mentions(connection, offset, append)?;
    // Whoever speaks has read what was said before.
    let _ = people::mark_read(connection, append.room, append.author, offset)?;
    insert_receipt(connection, offset, append)?;
    keep_number(connection, append.author)?;
    let (room, at) = (append.room, append.at);
    Ok(Ok(match erase {
        Some((_, mentioned)) => Done::TakenBack { room, offset, at, mentioned },
        None => Done::Appended { room, offset, at, repeated: false },
    }))
}

/// The answer of the first time, if the author has used the key before, and for the same.
fn receipt(connection: &Connection, append: &Append) -> Result<Option<std::result::Result<Done, Failure>>> {
    let Some(key) = &append.key else { return Ok(None) };
    connection
        .prepare_cached("SELECT room, offset, at, said FROM receipts WHERE author = ?1 AND key = ?2")?
        .query_row(params![signed(append.author), key], |row| {
            let first = Done::Appended {
                room: number(row, 0)?,
                offset: number(row, 1)?,
                at: row.get(2)?,
                repeated: true,
            };
            // Receipts of the first version do not know what was said.
            let said: Option<Vec<u8>> = row.get(3)?;
            let is_same = said.is_none_or(|said| said == hash(append))
                && (append.aim == Aim::Here || number(row, 0)? == append.room);
            Ok(if is_same { Ok(first) } else { Err(Failure::KeyUsed) })
        })
        .optional()
}

/// What was said under a key. Only a part of the hash is kept, for a day: words that are taken back shall not be found
/// by it.
fn hash(append: &Append) -> [u8; 8] {
    let mut hash = Sha256::new();
    match &append.body {
        Body::Text(text) => {
            hash.update(b"text");
            hash.update(text);
        }
        Body::Picture { caption, bytes, .. } => {
            hash.update(b"picture");
            hash.update((caption.len() as u64).to_le_bytes());
            hash.update(caption);
            hash.update(bytes);
        }
        Body::Deletion { target } => {
            hash.update(b"deletion");
            hash.update(target.to_le_bytes());
        }
    }
    *hash.finalize().first_chunk().expect("it has 32 bytes")
}

/// The event that is to be taken back, if the author may, and who is mentioned in it.
fn target_of(
    connection: &Connection,
    append: &Append,
    target: Offset,
) -> Result<std::result::Result<(Erased, Vec<PersonId>), Failure>> {
    let found = connection
        .prepare_cached(
            "SELECT id, room, offset, kind, text, author, mentions FROM events WHERE room = ?1 AND offset = ?2",
        )?
        .query_row([signed(append.room), signed(target)], |row| {
            Ok((Erased::read(row)?, number(row, 5)?, schema::mentions(row, 6)?))
        })
        .optional()?;
    Ok(match found {
        Some((erased, ..)) if !erased.has_words() => Err(Failure::NoSuchEvent),
        Some((_, author, _)) if author != append.author => Err(Failure::NotYours),
        Some((erased, _, mentioned)) => Ok((erased, mentioned)),
        None if exists(connection, append.room)? => Err(Failure::NoSuchEvent),
        None => Err(Failure::NoSuchRoom),
    })
}

fn insert_picture(connection: &Connection, event: i64, body: &Body) -> Result<usize> {
    let Body::Picture { picture, bytes, .. } = body else { return Ok(0) };
    connection.prepare_cached("INSERT INTO pictures VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?.execute(params![
        event,
        picture.id,
        picture.media_type,
        picture.width,
        picture.height,
        signed(bytes.len() as u64),
        &bytes[..]
    ])
}

fn insert_event(connection: &Connection, id: i64, offset: Offset, append: &Append) -> Result<()> {
    let (kind, text, target) = match &append.body {
        Body::Text(text) => (schema::TEXT, Some(text), None),
        Body::Picture { caption, .. } => (schema::PICTURE, Some(caption), None),
        Body::Deletion { target } => (schema::DELETION, None, Some(signed(*target))),
    };
    connection
        .prepare_cached("INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?
        .execute(params![
            id,
            signed(append.room),
            signed(offset),
            append.at,
            signed(append.author),
            append.author_name,
            kind,
            text,
            target,
            mentions_text(&append.mentions)
        ])?;
    Ok(())
}

/// Only members can have something unread.
fn insert_mentions(connection: &Connection, offset: Offset, append: &Append) -> Result<()> {
    if append.mentions.is_empty() {
        return Ok(());
    }
    let mut insert = connection.prepare_cached(
        "INSERT OR IGNORE INTO unread_mentions
         SELECT m.room, m.person, ?3 FROM members m JOIN people p ON p.id = m.person
         WHERE m.room = ?1 AND m.person = ?2 AND p.gone = 0",
    )?;
    for person in &append.mentions {
        insert.execute([signed(append.room), signed(*person), signed(offset)])?;
    }
    Ok(())
}

/// Whoever came while the disk was full speaks without being known here. Their number is theirs all the same: somebody
/// else who got it could take back what they said, and read their private talks.
fn keep_number(connection: &Connection, author: PersonId) -> Result<()> {
    connection
        .prepare_cached("UPDATE state SET next_person = ?1 + 1 WHERE next_person <= ?1")?
        .execute([signed(author)])?;
    Ok(())
}

fn insert_receipt(connection: &Connection, offset: Offset, append: &Append) -> Result<()> {
    if let Some(key) = &append.key {
        connection
            .prepare_cached(
                "INSERT INTO receipts (author, key, room, offset, at, said) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                signed(append.author),
                key,
                signed(append.room),
                signed(offset),
                append.at,
                hash(append)
            ])?;
    }
    Ok(())
}
