//! Acts about rooms: how they are, that they go, and who is brought into one.

use rusqlite::params;

use super::super::called::Called;
use super::super::people::is_refused;
use super::super::schema::signed;
use super::super::standing::{self, kind_number};
use super::super::stop::Stop;
use super::super::{Change, Done, Failure, Offset, PersonId, RoomId, RoomKind, outbox, rooms};
use super::doing::Doing;
use crate::rights::{InRoom, Lack};

pub(super) fn alter(doing: &Doing<'_>, room: RoomId, change: &Change) -> Result<Done, Stop> {
    let right = match change {
        Change::Name { .. } => InRoom::Rename,
        Change::Topic(_) | Change::Pace(_) | Change::Closed(_) => InRoom::Alter,
    };
    doing.check_room(room, right, None)?;
    let (id, connection) = (signed(room), doing.connection);
    match change {
        Change::Name { is_private, name, folded, look, title } => {
            let called = Called { name, folded, look: look.as_deref() };
            if called.is_like_that_of_a_room(connection, room)? {
                return Err(Failure::Taken.into());
            }
            let kind = if *is_private { RoomKind::Private } else { RoomKind::Public };
            let renamed = connection
                .prepare_cached(
                    "UPDATE rooms SET kind = ?2, name = ?3, folded = ?4, look = ?5, title = ?6 WHERE id = ?1",
                )?
                .execute(params![id, kind_number(kind), name, folded, look, title]);
            if is_refused(renamed)? {
                return Err(Failure::Taken.into());
            }
            outbox::end_targets_of_outsiders(connection, room)?;
        }
        Change::Topic(topic) => {
            connection
                .prepare_cached("UPDATE rooms SET topic = ?2 WHERE id = ?1")?
                .execute(params![id, topic])?;
        }
        Change::Pace(pace) => {
            connection
                .prepare_cached("UPDATE rooms SET pace = ?2 WHERE id = ?1")?
                .execute(params![id, pace])?;
        }
        Change::Closed(is_closed) => {
            connection
                .prepare_cached("UPDATE rooms SET closed = ?2 WHERE id = ?1")?
                .execute(params![id, is_closed])?;
        }
    }
    Ok(Done::Kept)
}

pub(super) fn remove(doing: &Doing<'_>, room: RoomId) -> Result<Done, Stop> {
    doing.check_room(room, InRoom::Remove, None)?;
    rooms::take_away(doing.connection, room)?;
    Ok(Done::Kept)
}

pub(super) fn add(doing: &Doing<'_>, room: RoomId, person: PersonId, read: Offset) -> Result<Done, Stop> {
    doing.check_room(room, InRoom::Invite, None)?;
    doing.known(person)?;
    let theirs = standing::in_room(doing.connection, room, person, doing.at)?;
    if theirs.is_some_and(|theirs| theirs.standing.is_banned) {
        return Err(Lack::Banned.into());
    }
    rooms::enter(doing.connection, room, person, read)?;
    Ok(Done::Kept)
}
