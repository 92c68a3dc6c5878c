//! Somebody who does something: what they are, and whether they may.

use rusqlite::Connection;

use super::super::standing::{self, Here};
use super::super::stop::Stop;
use super::super::{By, Failure, Millis, OPERATOR, PersonId, RoomId, RoomKind};
use crate::rights::{self, InChat, InRoom, Lack, Standing};

/// Who does it, and when, by the tables as they are.
pub(super) struct Doing<'a> {
    pub connection: &'a Connection,
    pub by: By,
    pub at: Millis,
}

impl Doing<'_> {
    /// Somebody of the chat. Who runs it is not meant.
    pub(super) fn somebody(&self) -> Result<PersonId, Stop> {
        let person = self.by.ok_or(Failure::NoSuchPerson)?;
        self.known(person)?;
        Ok(person)
    }

    pub(super) fn known(&self, person: PersonId) -> Result<(), Stop> {
        standing::name(self.connection, person)?.ok_or(Failure::NoSuchPerson)?;
        Ok(())
    }

    /// A room, and who does it in front of it. One of which they do not know does not exist.
    pub(super) fn here(&self, room: RoomId) -> Result<Here, Stop> {
        let person = self.by.unwrap_or(OPERATOR);
        let here = standing::in_room(self.connection, room, person, self.at)?;
        let mut here = here.ok_or(Failure::NoSuchRoom)?;
        match self.by {
            None => here.standing = Standing::OPERATOR,
            Some(_) if !here.is_known => return Err(Failure::NoSuchPerson.into()),
            Some(_) => {}
        }
        if here.is_hidden() { Err(Failure::NoSuchRoom.into()) } else { Ok(here) }
    }

    /// A room that may be opened to what is outside: what goes out is seen by others, and what comes in is read by those who are
    /// there. A private room opens only who is in it themself, whatever else they may; nobody opens a private talk.
    pub(super) fn opens(&self, room: RoomId) -> Result<(), Stop> {
        let here = self.here(room)?;
        match here.kind {
            RoomKind::Direct => return Err(Lack::Private.into()),
            RoomKind::Private if self.by.is_none() || !here.is_member => {
                return Err(Failure::NoSuchRoom.into());
            }
            RoomKind::Private | RoomKind::Public => {}
        }
        if here.standing.is_banned { Err(Lack::Banned.into()) } else { Ok(()) }
    }

    /// May they do that there, to somebody?
    pub(super) fn check_room(
        &self,
        room: RoomId,
        right: InRoom,
        whom: Option<PersonId>,
    ) -> Result<Here, Stop> {
        let here = self.here(room)?;
        let whom = match whom.filter(|whom| Some(*whom) != self.by) {
            Some(whom) => standing::in_room(self.connection, room, whom, self.at)?.map(|it| it.standing),
            None => None,
        };
        rights::check_room(here.standing, right, here.place, whom)?;
        Ok(here)
    }

    /// May they do that in the whole chat, to somebody? Whoever is not known is nothing more than a member.
    pub(super) fn check_chat(&self, right: InChat, whom: Option<PersonId>) -> Result<(), Stop> {
        let who = match self.by {
            Some(person) => {
                standing::in_chat(self.connection, person, self.at)?.ok_or(Failure::NoSuchPerson)?
            }
            None => Standing::OPERATOR,
        };
        let whom = match whom.filter(|whom| Some(*whom) != self.by) {
            Some(whom) => Some(standing::in_chat(self.connection, whom, self.at)?.unwrap_or_default()),
            None => None,
        };
        Ok(rights::check_chat(who, right, whom)?)
    }

    /// In a room if there is one, and otherwise in the whole chat.
    pub(super) fn check(
        &self,
        room: Option<RoomId>,
        (in_room, in_chat): (InRoom, InChat),
        whom: Option<PersonId>,
    ) -> Result<(), Stop> {
        match room {
            Some(room) => self.check_room(room, in_room, whom).map(drop),
            None => self.check_chat(in_chat, whom),
        }
    }
}
