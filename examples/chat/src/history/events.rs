//! Entries of what is said: an event gets its place, a repeat its first answer.

use rusqlite::{Connection, OptionalExtension, Result, params};
use sha2::{Digest, Sha256};

use super::erasing::{self, Erased};
use super::people::{self, exists, is_refused};
use super::progress::Progress;
use super::schema::{self, Kind, mentions_text, number, signed};
use super::{Aim, Answer, Append, Body, Done, Failure, Offset, Outcome, PersonId};

/// Everything that may refuse comes first, so that a refusal leaves nothing behind.
pub(super) fn append(connection: &Connection, progress: &mut Progress, append: &Append) -> Answer {
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
        if is_refused(insert_picture(connection, progress.next_event, &append.body))? {
            return Ok(Err(Failure::Taken));
        }
        erasing::count_pictures(connection, signed(bytes.len() as u64))?;
    }
    let Some(offset) = connection
        .prepare_cached(
            "UPDATE rooms SET last = last + 1, voice = iif(coalesce(voice, ?2) = ?2, ?2, 0) WHERE id = ?1
             RETURNING last",
        )?
        .query_row([signed(append.room), signed(append.author)], |row| number(row, "last"))
        .optional()?
    else {
        return Ok(Err(Failure::NoSuchRoom));
    };
    if let Some((erased, mentioned)) = &erase {
        erasing::take_back(connection, erased, mentioned, progress.indexed)?;
    }
    insert_event(connection, progress.next_event, offset, append)?;
    progress.next_event += 1;
    insert_mentions(connection, offset, append)?;
    // Whoever speaks has read what was said before.
    let _ = people::mark_read(connection, append.room, append.author, offset)?;
    insert_receipt(connection, offset, append)?;
    // Someone who came while the disk was full speaks without being known here. Their number is theirs all the same:
    // somebody else who got it could take back what they said, and read their private talks.
    progress.pass_person(append.author);
    let (room, at) = (append.room, append.at);
    Ok(Ok(match erase {
        Some((_, mentioned)) => Done::TakenBack { room, offset, at, mentioned },
        None => Done::Appended { room, offset, at, repeated: false },
    }))
}

/// The answer of the first time, if the author has used the key before, and for the same.
fn receipt(connection: &Connection, append: &Append) -> Result<Option<Outcome>> {
    let Some(key) = &append.key else { return Ok(None) };
    connection
        .prepare_cached("SELECT room, offset, at, said FROM receipts WHERE author = ?1 AND key = ?2")?
        .query_row(params![signed(append.author), key], |row| {
            let first = Done::Appended {
                room: number(row, "room")?,
                offset: number(row, "offset")?,
                at: row.get("at")?,
                repeated: true,
            };
            // Receipts of the first version do not know what was said.
            let said: Option<Vec<u8>> = row.get("said")?;
            let is_same = said.is_none_or(|said| said == hash(append))
                && (append.aim == Aim::Here || number(row, "room")? == append.room);
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
            Ok((Erased::read(row)?, number(row, "author")?, schema::mentions(row, "mentions")?))
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
    connection
        .prepare_cached(
            "INSERT INTO pictures (event, id, media_type, width, height, size, bytes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
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
    let (kind, target) = match &append.body {
        Body::Text(_) => (Kind::Text, None),
        Body::Picture { .. } => (Kind::Picture, None),
        Body::Deletion { target } => (Kind::Deletion, Some(signed(*target))),
    };
    connection
        .prepare_cached(
            "INSERT INTO events (id, room, offset, at, author, author_name, kind, text, target, mentions)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            id,
            signed(append.room),
            signed(offset),
            append.at,
            signed(append.author),
            append.author_name,
            kind as i64,
            append.body.words(),
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
        "INSERT OR IGNORE INTO unread_mentions (room, person, offset)
         SELECT m.room, m.person, ?3 FROM members m JOIN people p ON p.id = m.person
         WHERE m.room = ?1 AND m.person = ?2 AND p.gone = 0",
    )?;
    for person in &append.mentions {
        insert.execute([signed(append.room), signed(*person), signed(offset)])?;
    }
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
