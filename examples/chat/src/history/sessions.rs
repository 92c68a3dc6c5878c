//! Entries about how somebody comes back, and how they are shown: tokens, each of which is a session, and avatars.

use rusqlite::{Connection, Result, params};

use super::progress::Progress;
use super::schema::signed;
use super::stop::KEPT;
use super::{Answer, Avatar, Failure, KeyHash, Millis, PersonId, TokenHash, once, standing};

/// One person's devices. Whoever wants more ends one.
const MOST: i64 = 32;

pub(super) fn is_known(connection: &Connection, token: &TokenHash) -> Result<bool> {
    connection.prepare_cached("SELECT 1 FROM tokens WHERE hash = ?1")?.exists([token])
}

pub(super) fn begin(
    connection: &Connection,
    progress: &mut Progress,
    person: PersonId,
    token: &TokenHash,
    at: Millis,
) -> Result<()> {
    connection
        .prepare_cached("INSERT INTO tokens (id, person, hash, since, seen) VALUES (?1, ?2, ?3, ?4, ?4)")?
        .execute(params![progress.take_number(), signed(person), token, at])?;
    Ok(())
}

pub(super) fn add_token(
    connection: &Connection,
    progress: &mut Progress,
    person: PersonId,
    (token, code): (&TokenHash, Option<&KeyHash>),
    at: Millis,
) -> Answer {
    // A bot comes by its keys: what is not among them could not be revoked.
    if standing::name(connection, person)?.is_none() || standing::is_bot(connection, person)? {
        return Ok(Err(Failure::NoSuchPerson));
    }
    // It comes by its keys, and by nothing that is left when they are revoked.
    if standing::is_bot(connection, person)? {
        return Ok(Err(Failure::NoSuchPerson));
    }
    if is_known(connection, token)? || once::is_used(connection, code)? {
        return Ok(Err(Failure::Taken));
    }
    let sessions: i64 = connection
        .prepare_cached("SELECT count(*) AS sessions FROM tokens WHERE person = ?1")?
        .query_row([signed(person)], |row| row.get("sessions"))?;
    if sessions >= MOST {
        return Ok(Err(Failure::Busy));
    }
    begin(connection, progress, person, token, at)?;
    if let Some(code) = code {
        once::use_up(connection, code, at)?;
    }
    connection.prepare_cached("UPDATE people SET guest = 0 WHERE id = ?1")?.execute([signed(person)])?;
    Ok(KEPT)
}

pub(super) fn see(
    connection: &Connection,
    token: &TokenHash,
    at: Millis,
    (client, place): (&str, &str),
) -> Answer {
    connection
        .prepare_cached("UPDATE tokens SET seen = max(seen, ?2), client = ?3, place = ?4 WHERE hash = ?1")?
        .execute(params![token, at, client, place])?;
    Ok(KEPT)
}

pub(super) fn set_avatar(connection: &Connection, person: PersonId, avatar: Option<&Avatar>) -> Answer {
    if let Some(Avatar { picture, .. }) = avatar {
        let is_taken = connection
            .prepare_cached("SELECT 1 FROM avatars WHERE id = ?1 AND person <> ?2")?
            .exists(params![picture.id, signed(person)])?;
        if is_taken {
            return Ok(Err(Failure::Taken));
        }
    }
    connection.prepare_cached("DELETE FROM avatars WHERE person = ?1")?.execute([signed(person)])?;
    let Some(Avatar { picture, bytes }) = avatar else { return Ok(KEPT) };
    connection
        .prepare_cached(
            "INSERT INTO avatars (person, id, media_type, width, height, size, bytes)
             SELECT id, ?2, ?3, ?4, ?5, ?6, ?7 FROM people WHERE id = ?1 AND gone = 0",
        )?
        .execute(params![
            signed(person),
            picture.id,
            picture.media_type,
            picture.width,
            picture.height,
            signed(bytes.len() as u64),
            &bytes[..]
        ])?;
    Ok(KEPT)
}
