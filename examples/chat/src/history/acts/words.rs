//! Acts about what is said to all, and about all that somebody has said.

use rusqlite::params;

use super::super::progress::Progress;
use super::super::purge::{self, Mode, OPERATOR_NAME, Order};
use super::super::schema::signed;
use super::super::standing;
use super::super::stop::Stop;
use super::super::{Done, Failure, Millis, PersonId, RoomId};
use super::doing::Doing;
use super::reports::drop_held;
use crate::rights::{InChat, InRoom};

pub(super) fn purge(
    doing: &Doing<'_>,
    progress: &mut Progress,
    person: PersonId,
    room: Option<RoomId>,
    since: Millis,
) -> Result<Done, Stop> {
    doing.check(room, (InRoom::Purge, InChat::Purge), Some(person))?;
    // Whoever has said something may be forgotten.
    if signed(person) >= progress.next_person || person == 0 {
        return Err(Failure::NoSuchPerson.into());
    }
    if purge::is_full(doing.connection)? {
        return Err(Failure::Busy.into());
    }
    drop_held(doing.connection, person, room, since)?;
    let name = match doing.by {
        Some(by) => standing::name(doing.connection, by)?.unwrap_or_default(),
        None => OPERATOR_NAME.to_owned(),
    };
    let order =
        Order { person, room, since, by: doing.by, by_name: &name, mode: Mode::Words, withheld: None };
    Ok(Done::Numbered(purge::order(doing.connection, progress, &order)?.unsigned_abs()))
}

pub(super) fn announce(doing: &Doing<'_>, progress: &mut Progress, text: &str) -> Result<Done, Stop> {
    doing.check_chat(InChat::Announce, None)?;
    doing.connection.prepare_cached("DELETE FROM announcements")?.execute([])?;
    if text.is_empty() {
        return Ok(Done::Kept);
    }
    let number = progress.take_number();
    doing
        .connection
        .prepare_cached("INSERT INTO announcements (id, text, by, at) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![number, text, doing.by.map(signed), doing.at])?;
    Ok(Done::Numbered(number.unsigned_abs()))
}
