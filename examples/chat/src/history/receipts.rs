//! Receipts: what somebody says again under the same key is not stored again, and gets its first answer.

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::schema::{number, signed};
use super::{Aim, Append, Body, Done, Failure, Offset, Outcome};

/// The answer of the first time, if the author has used the key before, and for the same.
pub(super) fn first(connection: &Connection, append: &Append) -> rusqlite::Result<Option<Outcome>> {
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
        Body::Purge { of, targets } => {
            hash.update(b"purge");
            hash.update(of.to_le_bytes());
            targets.iter().for_each(|target| hash.update(target.to_le_bytes()));
        }
    }
    *hash.finalize().first_chunk().expect("it has 32 bytes")
}

pub(super) fn insert(connection: &Connection, offset: Offset, append: &Append) -> rusqlite::Result<()> {
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
