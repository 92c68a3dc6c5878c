//! Entries of what is said: an event gets its place, a repeat its first answer.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::erasing::{self, Erased};
use super::people::is_refused;
use super::progress::Progress;
use super::schema::{self, Kind, number, numbers_text, signed};
use super::standing::{self, Here};
use super::stop::{self, Stop};
use super::{
    Answer, Append, Body, BotKind, Call, Done, Failure, Millis, OPERATOR, Offset, PersonId, RoomId, RoomKind,
    outbox, purge, receipts, rooms,
};
use crate::rights::{self, InRoom, Lack, Standing};

/// Everything that may refuse comes first, so that a refusal leaves nothing behind.
pub(super) fn append(connection: &Connection, progress: &mut Progress, append: &Append) -> Answer {
    stop::answer(try_append(connection, progress, append))
}

fn try_append(connection: &Connection, progress: &mut Progress, append: &Append) -> Result<Done, Stop> {
    if let Some(first) = receipts::first(connection, append)? {
        return Ok(first?);
    }
    if let Some(offset) = say_plainly(connection, progress, append)? {
        return Ok(Done::Appended { room: append.room, offset, at: append.at, repeated: false });
    }
    let mut here =
        standing::in_room(connection, append.room, append.author, append.at)?.ok_or(Failure::NoSuchRoom)?;
    // Whoever runs the chat says nothing in it, but takes back what others have said.
    if append.author == OPERATOR && matches!(append.body, Body::Deletion { .. }) {
        here.standing = Standing::OPERATOR;
    }
    let erased = match &append.body {
        Body::Text(_) | Body::Picture { .. } => {
            may_speak(&here, append.at)?;
            if append.call.is_some() {
                rights::check_room(here.standing, InRoom::Call, here.place, None)?;
            }
            Vec::new()
        }
        Body::Deletion { target } => vec![target_of(connection, append, *target, &here)?],
        Body::Purge { of, targets } => targets_of(connection, append, *of, targets)?,
    };
    let spoke = (here.pace > 0 && append.body.words().is_some()).then_some(append.at);
    let offset = say(connection, progress, append, &erased, spoke)?;
    let (room, at) = (append.room, append.at);
    Ok(match &append.body {
        Body::Text(_) | Body::Picture { .. } => Done::Appended { room, offset, at, repeated: false },
        Body::Deletion { .. } => {
            let mentioned = erased.into_iter().flat_map(|(_, mentioned)| mentioned).collect();
            Done::TakenBack { room, offset, at, mentioned }
        }
        Body::Purge { .. } => {
            let mentions = |(erased, mentioned): (Erased, Vec<PersonId>)| {
                mentioned.into_iter().map(move |person| (erased.offset(), person))
            };
            Done::Erased { room, offset, at, mentioned: erased.into_iter().flat_map(mentions).collect() }
        }
    })
}

/// Nearly every message is a text in a room where nothing special is to be looked at, by somebody whom nothing keeps from it:
/// then the room's next place is all that is asked for. `None`: it is to be looked at, and nothing has changed.
fn say_plainly(
    connection: &Connection,
    progress: &mut Progress,
    append: &Append,
) -> Result<Option<Offset>, Stop> {
    if !matches!(append.body, Body::Text(_)) || append.call.is_some() {
        return Ok(None);
    }
    let place = connection
        .prepare_cached(
            "SELECT last, voice FROM rooms WHERE id = ?1 AND closed = 0 AND pace = 0 AND kind <> 2
             AND NOT EXISTS (SELECT 1 FROM restraints WHERE person = ?2)
             AND NOT EXISTS (SELECT 1 FROM bots WHERE person = ?2)",
        )?
        .query_row([signed(append.room), signed(append.author)], Place::read)
        .optional()?;
    let Some(place) = place else { return Ok(None) };
    let offset = place.take(connection, append)?;
    record(connection, progress, append, offset, None)?;
    Ok(Some(offset))
}

/// How far a room is: its last offset, and who has spoken in it (`rooms.voice`). Read first and written then: what SQLite
/// does for `RETURNING` costs as much as a row of its own.
struct Place {
    last: Offset,
    voice: Option<i64>,
}

impl Place {
    /// Of a row with these two columns, and no others.
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Place { last: number(row, 0)?, voice: row.get(1)? })
    }

    fn take(self, connection: &Connection, append: &Append) -> rusqlite::Result<Offset> {
        let (offset, author) = (self.last + 1, signed(append.author));
        let voice = if self.voice.is_none_or(|voice| voice == author) { author } else { 0 };
        connection.prepare_cached("UPDATE rooms SET last = ?2, voice = ?3 WHERE id = ?1")?.execute([
            signed(append.room),
            signed(offset),
            voice,
        ])?;
        Ok(offset)
    }
}

/// May they say something there, now?
pub(super) fn may_speak(here: &Here, at: Millis) -> Result<(), Stop> {
    let is_in = match here.bot {
        // The robot answers wherever somebody asks it something; other bots are where they were brought in.
        Some(BotKind::Robot) => true,
        Some(BotKind::Bot) => here.is_member,
        None => here.is_member || here.kind != RoomKind::Private,
    };
    if !is_in {
        return Err(Failure::NoSuchRoom.into());
    }
    rights::check_room(here.standing, InRoom::Speak, here.place, None)?;
    match here.spoke.filter(|_| here.bot != Some(BotKind::Robot)) {
        // By a clock that was set back they have not spoken yet.
        Some(spoke) if (spoke..spoke.saturating_add(here.pace)).contains(&at) => {
            match rights::check_room(here.standing, InRoom::SpeakAtOnce, here.place, None) {
                Ok(()) => Ok(()),
                Err(_) => Err(Failure::TooSoon(spoke.saturating_add(here.pace)).into()),
            }
        }
        _ => Ok(()),
    }
}

/// An event gets its place, and what it erases goes. Nobody asks any more whether that may be.
pub(super) fn say(
    connection: &Connection,
    progress: &mut Progress,
    append: &Append,
    erased: &[(Erased, Vec<PersonId>)],
    spoke: Option<Millis>,
) -> Result<Offset, Stop> {
    if let Body::Picture { bytes, .. } = &append.body {
        if is_refused(insert_picture(connection, progress.next_event, &append.body))? {
            return Err(Failure::Taken.into());
        }
        erasing::count_pictures(connection, signed(bytes.len() as u64))?;
    }
    let offset = connection
        .prepare_cached("SELECT last, voice FROM rooms WHERE id = ?1")?
        .query_row([signed(append.room)], Place::read)?
        .take(connection, append)?;
    for (erased, mentioned) in erased {
        erasing::take_back(connection, erased, mentioned, progress.indexed)?;
    }
    record(connection, progress, append, offset, spoke)?;
    Ok(offset)
}

/// It has its place, and is written down there.
fn record(
    connection: &Connection,
    progress: &mut Progress,
    append: &Append,
    offset: Offset,
    spoke: Option<Millis>,
) -> Result<(), Stop> {
    insert_event(connection, progress.next_event, offset, append)?;
    progress.next_event += 1;
    insert_mentions(connection, offset, append)?;
    if !append.mentions.is_empty() {
        outbox::note_question(connection, offset, append)?;
    }
    // Whoever speaks has read what was said before; but not who has only ordered that something is erased.
    if !matches!(append.body, Body::Purge { .. }) {
        rooms::spoken(connection, append.room, append.author, offset, spoke)?;
    }
    receipts::insert(connection, offset, append)?;
    // Someone who came while the disk was full speaks without being known here. Their number is theirs all the same:
    // somebody else who got it could take back what they said, and read their private talks.
    progress.pass_person(append.author);
    Ok(())
}

/// The event that is to be taken back, if they may, and who is mentioned in it.
fn target_of(
    connection: &Connection,
    append: &Append,
    target: Offset,
    here: &Here,
) -> Result<(Erased, Vec<PersonId>), Stop> {
    // Whoever runs the chat is in no room, and may.
    let is_operator = append.author == OPERATOR;
    let who = if is_operator { Standing::OPERATOR } else { here.standing };
    if here.kind == RoomKind::Private && here.is_hidden() && !is_operator {
        return Err(Failure::NoSuchRoom.into());
    }
    let (erased, author, mentioned) = found(connection, append.room, target)?.ok_or(Failure::NoSuchEvent)?;
    if !erased.has_words() {
        return Err(Failure::NoSuchEvent.into());
    }
    if author != append.author {
        let whose = standing::in_room(connection, append.room, author, append.at)?;
        let whose = whose.map(|whose| whose.standing);
        match rights::check_room(who, InRoom::Delete, here.place, whose) {
            Ok(()) => {}
            Err(Lack::NotOp | Lack::Private) => return Err(Failure::NotYours.into()),
            Err(lack) => return Err(lack.into()),
        }
    }
    Ok((erased, mentioned))
}

/// What is there still of all that is to be erased, and who is mentioned in it.
fn targets_of(
    connection: &Connection,
    append: &Append,
    of: PersonId,
    targets: &[Offset],
) -> Result<Vec<(Erased, Vec<PersonId>)>, Stop> {
    if !purge::is_ordered(connection, of, append.room, append.author)? {
        return Err(Lack::NotOp.into());
    }
    let mut erased = Vec::new();
    for target in targets {
        let theirs = found(connection, append.room, *target)?.filter(|(_, author, _)| *author == of);
        erased.extend(theirs.filter(|(it, ..)| it.has_words()).map(|(it, _, mentioned)| (it, mentioned)));
    }
    Ok(erased)
}

/// An event, its author, and who is mentioned in it.
fn found(
    connection: &Connection,
    room: RoomId,
    offset: Offset,
) -> rusqlite::Result<Option<(Erased, PersonId, Vec<PersonId>)>> {
    connection
        .prepare_cached(
            "SELECT id, room, offset, kind, text, author, mentions FROM events WHERE room = ?1 AND offset = ?2",
        )?
        .query_row([signed(room), signed(offset)], |row| {
            Ok((Erased::read(row)?, number(row, "author")?, schema::numbers(row, "mentions")?))
        })
        .optional()
}

fn insert_picture(connection: &Connection, event: i64, body: &Body) -> rusqlite::Result<usize> {
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

fn insert_event(connection: &Connection, id: i64, offset: Offset, append: &Append) -> rusqlite::Result<()> {
    let (kind, target, targets) = match &append.body {
        Body::Text(_) => (Kind::Text, None, &[][..]),
        Body::Picture { .. } => (Kind::Picture, None, &[][..]),
        Body::Deletion { target } => (Kind::Deletion, Some(signed(*target)), &[][..]),
        Body::Purge { of, targets } => (Kind::Purge, Some(signed(*of)), &targets[..]),
    };
    connection
        .prepare_cached(
            "INSERT INTO events (id, room, offset, at, author, author_name, kind, text, target, mentions,
                                 targets, called)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
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
            numbers_text(&append.mentions),
            numbers_text(targets),
            append.call.filter(|_| append.body.words().is_some()).map(Call::number)
        ])?;
    Ok(())
}

/// Only members can have something unread.
fn insert_mentions(connection: &Connection, offset: Offset, append: &Append) -> rusqlite::Result<()> {
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
