//! Acts about people: what they are, that they may not speak or be there, that they go.

use rusqlite::{OptionalExtension, params};

use super::super::called;
use super::super::people::depart;
use super::super::progress::Progress;
use super::super::purge::{self, Mode, Order};
use super::super::schema::signed;
use super::super::stop::Stop;
use super::super::{
    Done, Failure, MOST_ADDRESSES, Millis, Number, PersonId, Restraint, RoomId, gone, rooms, standing,
};
use super::doing::Doing;
use super::reports::drop_held;
use crate::rights::{self, InChat, InRoom, Lack, Role};

/// Who is not to speak, or not to be, where.
#[derive(Clone, Copy)]
pub(super) struct On {
    pub restraint: Restraint,
    pub person: PersonId,
    pub room: Option<RoomId>,
}

impl On {
    fn rights(self) -> (InRoom, InChat) {
        match self.restraint {
            Restraint::Mute => (InRoom::Mute, InChat::Mute),
            Restraint::Ban => (InRoom::Ban, InChat::Ban),
        }
    }

    fn is_ban_from_chat(self) -> bool {
        self.restraint == Restraint::Ban && self.room.is_none()
    }

    fn key(self) -> [i64; 3] {
        [signed(self.person), signed(self.room.unwrap_or(0)), self.restraint as i64]
    }
}

pub(super) fn set_role(doing: &Doing<'_>, person: PersonId, role: Role) -> Result<Done, Stop> {
    doing.check_chat(InChat::Appoint, Some(person))?;
    doing.known(person)?;
    // Whoever gets hold of its key would have the chat.
    if role > Role::Member && standing::is_bot(doing.connection, person)? {
        return Err(Failure::NoSuchPerson.into());
    }
    if role < Role::Owner {
        remains_owned(doing, person)?;
    }
    doing
        .connection
        .prepare_cached("UPDATE people SET role = ?2 WHERE id = ?1")?
        .execute([signed(person), role.number()])?;
    if role < Role::Admin {
        shut_admins(doing, person)?;
    }
    Ok(Done::Kept)
}

/// There has to be an owner without them, if they are one.
pub(super) fn remains_owned(doing: &Doing<'_>, person: PersonId) -> Result<(), Stop> {
    let Some(whom) = standing::in_chat(doing.connection, person, doing.at)? else { return Ok(()) };
    let others: u32 = doing
        .connection
        .prepare_cached(
            "SELECT count(*) AS others FROM people p WHERE role = ?1 AND role > 0 AND gone = 0 AND id <> ?2
             AND NOT EXISTS (SELECT 1 FROM restraints x WHERE x.person = p.id AND x.room = 0 AND x.kind = 1
                             AND (x.until IS NULL OR x.until > ?3))",
        )?
        .query_row([Role::Owner.number(), signed(person), doing.at], |row| row.get("others"))?;
    Ok(rights::check_owners(whom, others as usize)?)
}

/// Whoever is no admin has nothing to do on the admin page.
fn shut_admins(doing: &Doing<'_>, person: PersonId) -> Result<(), Stop> {
    doing.connection.prepare_cached("DELETE FROM admins WHERE by = ?1")?.execute([signed(person)])?;
    Ok(())
}

pub(super) fn set_op(doing: &Doing<'_>, room: RoomId, person: PersonId, is_op: bool) -> Result<Done, Stop> {
    doing.check_room(room, InRoom::Appoint, Some(person))?;
    let key = [signed(room), signed(person)];
    let is_member = rooms::is_member(doing.connection, room, person)?;
    // Whoever has made the room is its op when they come back.
    let may_be_again = !is_op
        && doing
            .connection
            .prepare_cached("SELECT 1 FROM rooms WHERE id = ?1 AND maker = ?2")?
            .exists(key)?;
    if !is_member && !may_be_again {
        return Err(Failure::NoSuchPerson.into());
    }
    doing
        .connection
        .prepare_cached("UPDATE members SET op = ?3 WHERE room = ?1 AND person = ?2")?
        .execute([key[0], key[1], i64::from(is_op)])?;
    if may_be_again {
        doing.connection.prepare_cached("UPDATE rooms SET maker = NULL WHERE id = ?1")?.execute([key[0]])?;
    }
    Ok(Done::Kept)
}

pub(super) fn kick(doing: &Doing<'_>, person: PersonId, room: Option<RoomId>) -> Result<Done, Stop> {
    doing.check(room, (InRoom::Kick, InChat::Kick), Some(person))?;
    doing.known(person)?;
    // Out of the chat they only lose their connections.
    if let Some(room) = room {
        if !rooms::is_member(doing.connection, room, person)? {
            return Err(Failure::NoSuchPerson.into());
        }
        rooms::leave(doing.connection, room, person)?;
    }
    Ok(Done::Kept)
}

pub(super) fn restrain(
    doing: &Doing<'_>,
    on: On,
    (until, addresses): (Option<Millis>, &[String]),
    reason: &str,
) -> Result<Done, Stop> {
    doing.check(on.room, on.rights(), Some(on.person))?;
    doing.known(on.person)?;
    if on.is_ban_from_chat() {
        remains_owned(doing, on.person)?;
    }
    let addresses = addresses.get(..addresses.len().min(MOST_ADDRESSES)).unwrap_or_default().join(" ");
    let addresses = Some(addresses).filter(|text| on.is_ban_from_chat() && !text.is_empty());
    let [person, room, kind] = on.key();
    doing
        .connection
        .prepare_cached(
            "INSERT OR REPLACE INTO restraints (person, room, kind, until, by, at, reason, addresses)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![person, room, kind, until, doing.by.map(signed), doing.at, reason, addresses])?;
    match (on.restraint, on.room) {
        (Restraint::Ban, Some(room)) => rooms::leave(doing.connection, room, on.person)?,
        (Restraint::Ban, None) => shut_admins(doing, on.person)?,
        (Restraint::Mute, _) => {}
    }
    Ok(Done::Kept)
}

pub(super) fn release(doing: &Doing<'_>, on: On) -> Result<Done, Stop> {
    doing.check(on.room, on.rights(), Some(on.person))?;
    let ended = doing
        .connection
        .prepare_cached("DELETE FROM restraints WHERE person = ?1 AND room = ?2 AND kind = ?3")?
        .execute(on.key())?;
    if ended == 0 { Err(Failure::NoSuchEvent.into()) } else { Ok(Done::Kept) }
}

pub(super) fn end_session(doing: &Doing<'_>, person: PersonId, session: Number) -> Result<Done, Stop> {
    match doing.by {
        Some(by) if by == person => doing.known(person)?,
        _ => doing.check_chat(InChat::EndSessions, Some(person))?,
    }
    let token = doing
        .connection
        .prepare_cached("DELETE FROM tokens WHERE id = ?1 AND person = ?2 RETURNING hash")?
        .query_row([signed(session), signed(person)], |row| row.get("hash"))
        .optional()?;
    Ok(Done::SessionEnded { token: token.ok_or(Failure::NoSuchSession)? })
}

pub(super) fn erase(
    doing: &Doing<'_>,
    progress: &mut Progress,
    person: PersonId,
    words: bool,
) -> Result<Done, Stop> {
    if doing.by != Some(person) {
        return Err(Failure::NotYours.into());
    }
    let was = standing::name(doing.connection, person)?.ok_or(Failure::NoSuchPerson)?;
    // A bot is removed by those who have made it.
    if standing::is_bot(doing.connection, person)? {
        return Err(Failure::NotYours.into());
    }
    // One that is over keeps nobody, though that may not be noted yet.
    if standing::in_chat(doing.connection, person, doing.at)?.is_some_and(|standing| standing.is_banned) {
        return Err(Lack::Banned.into());
    }
    remains_owned(doing, person)?;
    if purge::is_full(doing.connection)? {
        return Err(Failure::Busy.into());
    }
    let was = called::keys_of(doing.connection, person, was)?;
    depart(doing.connection, person)?;
    let (id, name) = (signed(person), gone(person));
    for sql in [
        "UPDATE people SET name = ?2, folded = ?2, look = NULL WHERE id = ?1",
        "UPDATE acts SET by_name = ?2 WHERE by = ?1",
        "UPDATE acts SET person_name = ?2 WHERE person = ?1",
        "UPDATE reports SET author_name = ?2 WHERE author = ?1",
        "UPDATE purges SET by_name = ?2 WHERE by = ?1",
    ] {
        doing.connection.prepare_cached(sql)?.execute(params![id, name])?;
    }
    let (by, withheld) = (doing.by, Some(&was));
    let order =
        Order { person, room: None, since: Millis::MIN, by, by_name: &name, mode: Mode::Name, withheld };
    if words {
        drop_held(doing.connection, person, None, Millis::MIN)?;
        purge::order(doing.connection, progress, &Order { mode: Mode::Words, withheld: None, ..order })?;
    }
    // Last: what tells of the words has their name as well.
    let number = purge::order(doing.connection, progress, &order)?;
    Ok(Done::Numbered(number.unsigned_abs()))
}
