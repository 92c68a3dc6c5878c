//! The log of acts: who has done what when, to whom, where and why. Never what somebody has said. Names are as they were: they
//! stay readable when people and rooms are gone, until somebody erases themself.

use rusqlite::{Connection, OptionalExtension, params};

use super::super::progress::Progress;
use super::super::purge::{self, STRIDE};
use super::super::schema::{number, signed};
use super::super::stop::Stop;
use super::super::{
    Act, Append, Body, By, Change, Deed, Done, Door, Millis, OPERATOR, Offset, PersonId, Restraint, RoomId,
    gone, standing,
};
use super::{bots, targets};
use crate::rights::Role;

/// Whom and what an act is about, and how they are called.
#[derive(Default)]
pub(super) struct About {
    by_name: String,
    person: Option<PersonId>,
    person_name: String,
    room: Option<RoomId>,
    room_name: String,
}

pub(super) fn about(connection: &Connection, deed: &Deed) -> Result<About, Stop> {
    let mut name_then = None;
    let (person, room) = match &deed.act {
        Act::Role { person, .. } | Act::EndSession { person, .. } | Act::Erase { person, .. } => {
            (Some(*person), None)
        }
        Act::Op { room, person, .. } | Act::Add { room, person, .. } => (Some(*person), Some(*room)),
        Act::Kick { person, room }
        | Act::Restrain { person, room, .. }
        | Act::Release { person, room, .. }
        | Act::Purge { person, room, .. } => (Some(*person), *room),
        Act::Alter { room, .. } | Act::RemoveRoom { room } => (None, Some(*room)),
        Act::Invite { room, .. } => (None, *room),
        Act::Revoke { invite } | Act::Accept { invite, .. } => {
            let room = connection
                .prepare_cached("SELECT room FROM invites WHERE id = ?1")?
                .query_row([signed(*invite)], |row| standing::room(row, "room"))
                .optional()?;
            (None, room.flatten())
        }
        Act::Report { room, offset } => {
            let (author, name) = author(connection, *room, *offset)?.unzip();
            name_then = name;
            (author, Some(*room))
        }
        Act::Hold { said } => (Some(said.author), Some(said.room)),
        Act::Settle { report, .. } => connection
            .prepare_cached("SELECT author, author_name, room FROM reports WHERE id = ?1")?
            .query_row([signed(*report)], |row| {
                name_then = row.get("author_name")?;
                Ok((Some(number(row, "author")?), Some(number(row, "room")?)))
            })
            .optional()?
            .unwrap_or_default(),
        Act::MakeBot { bot, room, .. } | Act::GiveKey { bot, room, .. } => (Some(*bot), Some(*room)),
        Act::RemoveBot { bot } => (Some(*bot), None),
        Act::AddTarget { target } => (target.serves.person(), target.serves.room()),
        Act::RevokeKey { key } => bots::about(connection, *key)?,
        Act::DropTarget { target } | Act::RotateTarget { target, .. } => targets::about(connection, *target)?,
        Act::SetDoor { .. } | Act::Announce { .. } | Act::OpenAdmin { .. } | Act::CloseAdmin { .. } => {
            (None, None)
        }
    };
    called_now(connection, deed.by, (person, name_then), room)
}

/// `name_then`: how they were called when they said what it is about, if it is about that.
fn called_now(
    connection: &Connection,
    by: By,
    (person, name_then): (Option<PersonId>, Option<String>),
    room: Option<RoomId>,
) -> Result<About, Stop> {
    let now = named(connection, person)?;
    Ok(About {
        by_name: named(connection, by)?,
        person,
        person_name: if now.is_empty() { name_then.unwrap_or_default() } else { now },
        room,
        room_name: called(connection, room)?,
    })
}

/// Also of what was taken back.
fn author(connection: &Connection, room: RoomId, offset: Offset) -> Result<Option<(PersonId, String)>, Stop> {
    let author = connection
        .prepare_cached("SELECT author, author_name FROM events WHERE room = ?1 AND offset = ?2")?
        .query_row([signed(room), signed(offset)], |row| {
            Ok((number(row, "author")?, row.get("author_name")?))
        })
        .optional()?;
    Ok(author)
}

/// Whoever is forgotten has the name under which they spoke last, if that was lately: nothing in the file finds what somebody
/// said (`purge.rs`).
fn named(connection: &Connection, person: Option<PersonId>) -> Result<String, Stop> {
    let Some(person) = person else { return Ok(String::new()) };
    // Whoever has erased themself is called nothing else, though it stands in what they said for a while.
    if purge::is_unnaming(connection, person)? {
        return Ok(gone(person));
    }
    let name = connection
        .prepare_cached(
            "SELECT name FROM people WHERE id = ?1 UNION ALL
             SELECT * FROM (SELECT author_name FROM events
                            WHERE id > (SELECT max(id) FROM events) - ?2 AND author = ?1 AND kind < 2
                            ORDER BY id DESC LIMIT 1)
             LIMIT 1",
        )?
        .query_row([signed(person), STRIDE], |row| row.get("name"))
        .optional()?;
    Ok(name.unwrap_or_default())
}

/// A private room by its number: its title is for those who are in it.
fn called(connection: &Connection, room: Option<RoomId>) -> Result<String, Stop> {
    let Some(room) = room else { return Ok(String::new()) };
    let name = connection
        .prepare_cached("SELECT name FROM rooms WHERE id = ?1")?
        .query_row([signed(room)], |row| row.get("name"))
        .optional()?;
    Ok(name.unwrap_or_default())
}

pub(super) fn note(
    connection: &Connection,
    deed: &Deed,
    about: &About,
    done: &Done,
    number: i64,
) -> Result<(), Stop> {
    let is_erased = |name: &str| match deed.act {
        Act::Erase { person, .. } => gone(person),
        _ => name.to_owned(),
    };
    let about = About {
        by_name: is_erased(&about.by_name),
        person_name: is_erased(&about.person_name),
        room_name: about.room_name.clone(),
        ..*about
    };
    // Why something was reported may quote it.
    let reason = if matches!(deed.act, Act::Report { .. }) { "" } else { &deed.reason };
    let what = (deed.act.word(), detail(deed, done), reason);
    insert(connection, (number, deed.at, deed.by), &about, what)
}

/// Somebody has taken back what somebody else said: that is an event of its room, and no act, but noted like one.
pub(super) fn note_taken_back(
    connection: &Connection,
    progress: &mut Progress,
    append: &Append,
) -> Result<(), Stop> {
    let Body::Deletion { target } = append.body else { return Ok(()) };
    let (whose, name_then) = author(connection, append.room, target)?.unzip();
    if whose == Some(append.author) {
        return Ok(());
    }
    let by = Some(append.author).filter(|&author| author != OPERATOR);
    let about = called_now(connection, by, (whose, name_then), Some(append.room))?;
    let what = ("delete", format!("message {target}"), "");
    insert(connection, (progress.take_number(), append.at, by), &about, what)
}

fn insert(
    connection: &Connection,
    (number, at, by): (i64, Millis, By),
    about: &About,
    (act, detail, reason): (&str, String, &str),
) -> Result<(), Stop> {
    connection
        .prepare_cached(
            "INSERT INTO acts (id, at, by, by_name, act, person, person_name, room, room_name, detail, reason)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            number,
            at,
            by.map(signed),
            about.by_name,
            act,
            about.person.map(signed),
            about.person_name,
            about.room.map(signed),
            about.room_name,
            detail,
            reason
        ])?;
    Ok(())
}

/// For people: until when, what it is now, how many.
fn detail(deed: &Deed, done: &Done) -> String {
    match &deed.act {
        Act::Role { role, .. } => match role {
            Role::Member => "member".into(),
            Role::Admin => "admin".into(),
            Role::Owner => "owner".into(),
        },
        Act::Restrain { restraint, until, addresses, room, .. } => {
            let long = until.map_or("for ever".into(), |until| seconds(until.saturating_sub(deed.at)));
            match addresses.len() {
                count if count > 0 && *restraint == Restraint::Ban && room.is_none() => {
                    format!("{long}, {count} addresses")
                }
                _ => long,
            }
        }
        Act::Purge { since: Millis::MIN | 0, .. } => "all".into(),
        Act::Purge { since, .. } => format!("the last {}", seconds(deed.at.saturating_sub(*since))),
        Act::EndSession { session, .. } | Act::CloseAdmin { session } => format!("session {session}"),
        Act::Erase { words, .. } => if *words { "name and words" } else { "name" }.into(),
        Act::Alter { change: Change::Name { is_private, name, .. }, .. } => match is_private {
            true => format!("private: {name}"),
            false => name.clone(),
        },
        Act::Alter { change: Change::Pace(pace), .. } => format!("{pace} s"),
        Act::SetDoor { door } => match door {
            Door::Open => "open".into(),
            Door::Named => "named".into(),
            Door::Invited => "invited".into(),
            Door::Shut => "shut".into(),
        },
        Act::Invite { uses, until, .. } => {
            format!("{uses} uses, {}", seconds(until.saturating_sub(deed.at)))
        }
        Act::Revoke { invite } | Act::Accept { invite, .. } => format!("invite {invite}"),
        Act::Announce { text } if text.is_empty() => "taken down".into(),
        Act::Report { offset, .. } => format!("message {offset}"),
        Act::Settle { report, granted } => match done {
            Done::Settled { said: Some((_, offset)) } => format!("report {report}: said, message {offset}"),
            _ if *granted => format!("report {report}: granted"),
            _ => format!("report {report}: not granted"),
        },
        Act::MakeBot { name, .. } => name.clone(),
        Act::GiveKey { kind, .. } => kind.word().into(),
        Act::RevokeKey { key } => format!("key {key}"),
        // Never its address.
        Act::AddTarget { target } => target.shape.word().into(),
        Act::DropTarget { target } | Act::RotateTarget { target, .. } => format!("target {target}"),
        Act::OpenAdmin { client, .. } => client.clone(),
        Act::Op { .. }
        | Act::Kick { .. }
        | Act::Release { .. }
        | Act::Alter { .. }
        | Act::RemoveRoom { .. }
        | Act::Add { .. }
        | Act::Announce { .. }
        | Act::Hold { .. }
        | Act::RemoveBot { .. } => String::new(),
    }
}

fn seconds(millis: Millis) -> String {
    format!("{} s", millis / 1000)
}
