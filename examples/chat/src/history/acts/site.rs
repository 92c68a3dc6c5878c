//! Acts about the admin page: who is let in.

use rusqlite::{OptionalExtension, params};

use super::super::people::is_refused;
use super::super::progress::Progress;
use super::super::schema::signed;
use super::super::stop::Stop;
use super::super::{Done, Failure, KeyHash, Millis, Number, once, standing};
use super::doing::Doing;
use crate::rights::{InChat, Lack};

/// Windows of the admin page that are let in at a time.
const MOST: i64 = 200;

pub(super) fn open(
    doing: &Doing<'_>,
    progress: &mut Progress,
    (key, until, link): (&KeyHash, Millis, Option<&KeyHash>),
    (client, place): (&str, &str),
) -> Result<Done, Stop> {
    doing.check_chat(InChat::Administer, None)?;
    if once::is_used(doing.connection, link)? {
        return Err(Failure::Taken.into());
    }
    let open: i64 = doing
        .connection
        .prepare_cached("SELECT count(*) AS open FROM admins")?
        .query_row([], |row| row.get("open"))?;
    if open >= MOST {
        return Err(Failure::Busy.into());
    }
    let inserted = doing
        .connection
        .prepare_cached(
            "INSERT INTO admins (id, key, by, since, until, client, place) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            progress.next_number,
            key,
            doing.by.map(signed),
            doing.at,
            until,
            client,
            place
        ]);
    if is_refused(inserted)? {
        return Err(Failure::Taken.into());
    }
    if let Some(link) = link {
        once::use_up(doing.connection, link, doing.at)?;
    }
    Ok(Done::Numbered(progress.take_number().unsigned_abs()))
}

/// One's own needs no right; and that of whoever runs the chat is closed by an owner.
pub(super) fn close(doing: &Doing<'_>, session: Number) -> Result<Done, Stop> {
    let whose = doing
        .connection
        .prepare_cached("SELECT by FROM admins WHERE id = ?1")?
        .query_row([signed(session)], |row| standing::by(row, "by"))
        .optional()?;
    match whose {
        Some(whose) if whose == doing.by => {}
        Some(Some(whose)) => {
            doing.check_chat(InChat::Administer, None)?;
            doing.check_chat(InChat::EndSessions, Some(whose))?;
        }
        Some(None) => match doing.check_chat(InChat::Appoint, None) {
            Err(Stop::Refused(Failure::Lacks(Lack::NotOwner))) => return Err(Lack::Outranked.into()),
            checked => checked?,
        },
        None => {
            doing.check_chat(InChat::Administer, None)?;
            return Err(Failure::NoSuchSession.into());
        }
    }
    doing.connection.prepare_cached("DELETE FROM admins WHERE id = ?1")?.execute([signed(session)])?;
    Ok(Done::Kept)
}
