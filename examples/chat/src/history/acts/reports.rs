//! Acts about what somebody should look at: what was reported, and what is held back until then.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::super::events;
use super::super::progress::Progress;
use super::super::purge;
use super::super::receipts;
use super::super::rooms;
use super::super::schema::{self, number, numbers_text, signed};
use super::super::stop::Stop;
use super::super::{
    Aim, Append, Body, Done, Failure, Millis, Number, Offset, PersonId, Picture, RoomId, RoomKind, gone,
};
use super::doing::Doing;
use crate::rights::{InChat, InRoom, Lack};

/// What waits to be looked at: of one person, and altogether; and the bytes of all pictures that are held back.
const MOST_OF_ONE: i64 = 20;
const MOST: i64 = 10_000;
const MOST_BYTES: i64 = 64 << 20;

pub(super) fn report(
    doing: &Doing<'_>,
    progress: &mut Progress,
    room: RoomId,
    offset: Offset,
    reason: &str,
) -> Result<Done, Stop> {
    let person = doing.somebody()?;
    let here = doing.here(room)?;
    if here.standing.is_banned {
        return Err(Lack::Banned.into());
    }
    if !here.is_member {
        return Err(Failure::NoSuchRoom.into());
    }
    let (author, author_name) = doing
        .connection
        .prepare_cached(
            "SELECT author, author_name FROM events WHERE room = ?1 AND offset = ?2 AND kind IN (0, 1)",
        )?
        .query_row([signed(room), signed(offset)], |row| {
            Ok((number(row, "author")?, row.get::<_, String>("author_name")?))
        })
        .optional()?
        .ok_or(Failure::NoSuchEvent)?;
    if author == person {
        return Err(Lack::Oneself.into());
    }
    let again = doing
        .connection
        .prepare_cached("SELECT id FROM reports WHERE room = ?1 AND offset = ?2 AND by = ?3")?
        .query_row([signed(room), signed(offset), signed(person)], |row| number(row, "id"))
        .optional()?;
    if let Some(again) = again {
        return Ok(Done::Numbered(again));
    }
    check_waiting(doing.connection, person)?;
    let author_name = if purge::is_unnaming(doing.connection, author)? { gone(author) } else { author_name };
    let id = progress.take_number();
    doing
        .connection
        .prepare_cached(
            "INSERT INTO reports (id, room, offset, at, by, reason, author, author_name)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            id,
            signed(room),
            signed(offset),
            doing.at,
            signed(person),
            reason,
            signed(author),
            author_name
        ])?;
    Ok(Done::Numbered(id.unsigned_abs()))
}

/// Is there room for one more?
fn check_waiting(connection: &Connection, person: PersonId) -> Result<(), Stop> {
    let (theirs, all): (i64, i64) = connection
        .prepare_cached(
            "SELECT (SELECT count(*) FROM reports WHERE by = ?1) AS theirs,
                    (SELECT count(*) FROM reports) AS waiting",
        )?
        .query_row([signed(person)], |row| Ok((row.get("theirs")?, row.get("waiting")?)))?;
    if theirs >= MOST_OF_ONE || all >= MOST { Err(Failure::Busy.into()) } else { Ok(()) }
}

pub(super) fn hold(
    doing: &Doing<'_>,
    progress: &mut Progress,
    said: &Append,
    reason: &str,
) -> Result<Done, Stop> {
    if doing.by != Some(said.author) {
        return Err(Failure::NotYours.into());
    }
    if let Some(first) = receipts::first(doing.connection, said)? {
        return Ok(first?);
    }
    let again = doing
        .connection
        .prepare_cached(
            "SELECT id, text IS ?3 AND (?4 OR room = ?5) AS is_same FROM reports
             WHERE by = ?1 AND offset IS NULL AND key = ?2",
        )?
        .query_row(
            params![
                signed(said.author),
                said.key,
                said.body.words(),
                said.aim == Aim::Here,
                signed(said.room)
            ],
            |row| Ok((number(row, "id")?, row.get::<_, bool>("is_same")?)),
        )
        .optional()?;
    match again {
        Some((again, true)) => return Ok(Done::Numbered(again)),
        // As with what is said: other words under the same key are another message.
        Some((_, false)) => return Err(Failure::KeyUsed.into()),
        None => {}
    }
    let here = doing.here(said.room)?;
    events::may_speak(&here, said.at)?;
    let Some(words) = said.body.words() else { return Err(Failure::NoSuchEvent.into()) };
    check_waiting(doing.connection, said.author)?;
    let id = progress.next_number;
    if let Body::Picture { picture, bytes, .. } = &said.body {
        hold_picture(doing.connection, id, picture, bytes)?;
    }
    doing
        .connection
        .prepare_cached(
            "INSERT INTO reports (id, room, at, by, reason, author, author_name, key, text, mentions)
             VALUES (?1, ?2, ?3, ?4, ?5, ?4, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            id,
            signed(said.room),
            doing.at,
            signed(said.author),
            reason,
            said.author_name,
            said.key,
            words,
            numbers_text(&said.mentions)
        ])?;
    progress.take_number();
    // In a slow room it counts as said.
    if here.pace > 0 {
        rooms::spoken(doing.connection, said.room, said.author, 0, Some(said.at))?;
    }
    Ok(Done::Numbered(id.unsigned_abs()))
}

fn hold_picture(connection: &Connection, report: i64, picture: &Picture, bytes: &[u8]) -> Result<(), Stop> {
    let (held, is_taken): (i64, bool) = connection
        .prepare_cached(
            "SELECT coalesce(sum(size), 0) AS held, EXISTS (SELECT 1 FROM pictures WHERE id = ?1)
                    OR EXISTS (SELECT 1 FROM held_pictures WHERE id = ?1) AS is_taken FROM held_pictures",
        )?
        .query_row([&picture.id], |row| Ok((row.get("held")?, row.get("is_taken")?)))?;
    if is_taken {
        return Err(Failure::Taken.into());
    }
    let size = signed(bytes.len() as u64);
    if held > 0 && held.saturating_add(size) > MOST_BYTES {
        return Err(Failure::Busy.into());
    }
    connection
        .prepare_cached(
            "INSERT INTO held_pictures (report, id, media_type, width, height, size, bytes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            report,
            picture.id,
            picture.media_type,
            picture.width,
            picture.height,
            size,
            bytes
        ])?;
    Ok(())
}

pub(super) fn settle(
    doing: &Doing<'_>,
    progress: &mut Progress,
    report: Number,
    granted: bool,
) -> Result<Done, Stop> {
    let id = [signed(report)];
    let room = doing
        .connection
        .prepare_cached("SELECT room FROM reports WHERE id = ?1")?
        .query_row(id, |row| number(row, "room"))
        .optional()?
        .ok_or(Failure::NoSuchReport)?;
    may_review(doing, room)?;
    let held = if granted { held(doing, id[0])? } else { None };
    let Some(said) = held else {
        drop_report(doing.connection, id[0])?;
        return Ok(Done::Settled { said: None });
    };
    let offset = events::say(doing.connection, progress, &said, &[], None)?;
    drop_report(doing.connection, id[0])?;
    Ok(Done::Settled { said: Some((Box::new(said), offset)) })
}

/// In a private talk nobody governs: what is reported there is for those who govern the chat.
fn may_review(doing: &Doing<'_>, room: RoomId) -> Result<(), Stop> {
    let is_direct = match doing.here(room) {
        Ok(here) => here.kind == RoomKind::Direct,
        // Nor do its reports exist.
        Err(Stop::Refused(Failure::NoSuchRoom)) => return Err(Failure::NoSuchReport.into()),
        Err(stop) => return Err(stop),
    };
    match is_direct {
        true => doing.check_chat(InChat::Review, None),
        false => doing.check_room(room, InRoom::Review, None).map(drop),
    }
}

/// What is held back there, as it is said now.
fn held(doing: &Doing<'_>, report: i64) -> Result<Option<Append>, Stop> {
    let said = doing
        .connection
        .prepare_cached(
            // By the name that they have now: that of then may be somebody else's.
            "SELECT r.room, r.author, coalesce(w.name, r.author_name) AS author_name, r.text, r.mentions, p.id, p.media_type, p.width, p.height,
                    p.size, p.bytes, iif(EXISTS (SELECT 1 FROM receipts c WHERE c.author = r.author AND c.key = r.key),
                                         NULL, r.key) AS key
             FROM reports r LEFT JOIN held_pictures p ON p.report = r.id
             LEFT JOIN people w ON w.id = r.author AND w.gone = 0
             WHERE r.id = ?1 AND r.offset IS NULL",
        )?
        .query_row([report], |row| {
            Ok(Append {
                room: number(row, "room")?,
                aim: Aim::There,
                author: number(row, "author")?,
                author_name: row.get("author_name")?,
                // It may have been used for something else meanwhile.
                key: row.get("key")?,
                at: doing.at,
                body: body(row)?,
                mentions: schema::numbers(row, "mentions")?,
                call: None,
            })
        })
        .optional()?;
    Ok(said)
}

fn body(row: &Row<'_>) -> rusqlite::Result<Body> {
    let text: String = row.get("text")?;
    let Some(id) = row.get("id")? else { return Ok(Body::Text(text)) };
    Ok(Body::Picture {
        picture: Picture {
            id,
            media_type: schema::media_type(row.get_ref("media_type")?.as_str()?),
            width: row.get("width")?,
            height: row.get("height")?,
            size: number(row, "size")?,
        },
        caption: text,
        bytes: row.get_ref("bytes")?.as_blob()?.into(),
    })
}

/// What somebody has said since then, and is held back, is erased at once: it is not much.
pub(super) fn drop_held(
    connection: &Connection,
    person: PersonId,
    room: Option<RoomId>,
    since: Millis,
) -> Result<(), Stop> {
    let held: Vec<i64> = connection
        .prepare_cached(
            "SELECT id FROM reports WHERE by = ?1 AND offset IS NULL AND ?2 IN (0, room) AND at >= ?3",
        )?
        .query_map([signed(person), signed(room.unwrap_or(0)), since], |row| row.get("id"))?
        .collect::<rusqlite::Result<_>>()?;
    held.into_iter().try_for_each(|report| drop_report(connection, report))
}

fn drop_report(connection: &Connection, report: i64) -> Result<(), Stop> {
    connection.prepare_cached("DELETE FROM held_pictures WHERE report = ?1")?.execute([report])?;
    connection.prepare_cached("DELETE FROM reports WHERE id = ?1")?.execute([report])?;
    Ok(())
}
