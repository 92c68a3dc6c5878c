//! Acts about who comes in, and about what is said to everybody or reported.

use std::borrow::Cow;

use super::deciding::Scope;
use crate::ask::{MOST_USES, Where};
use crate::history::{Act, Door, Millis, Number, OPERATOR, Offset, RoomId, StoredInvite};
use crate::model::decide::{Deciding, Decision};
use crate::model::legible::{is_nothing, legible};
use crate::model::room::Room;
use crate::model::tables::Model;
use crate::refusal::{Code, Refusal};
use crate::rights::{InChat, InRoom, Lack, Role, check_chat, check_room};
use crate::token::key_hash;

/// Invites that can be used: into the chat, and into rooms. Anybody can make a room and invite into it: so many of one
/// person's, unless they govern the chat. So nobody leaves none for the others.
const INVITES: usize = 1_000;
const INVITES_OF_ONE: usize = 20;
/// How long one is good, in seconds: as it is usual, and at most.
const USUAL: u64 = 7 * 86_400;
const LONGEST: u64 = 90 * 86_400;
/// Into a room, if nothing is said. Into the chat it is one.
const USES: u32 = 10;

/// What was reported or is held back, and nobody has looked at: in all private rooms, which only those look at who are in them, and
/// in all others; in one private room, and by one person.
const REPORTS: usize = 1_000;
const REPORTS_OF_PRIVATE: usize = 100;
const REPORTS_OF_ONE: usize = 20;

impl Model {
    /// May somebody new come in? The invite that they use, if they bring one.
    ///
    /// # Errors
    ///
    /// What they need, or that nobody comes in.
    pub(crate) fn admits(
        &self,
        is_named: bool,
        invite: Option<&str>,
        at: Millis,
    ) -> Result<Option<Number>, Refusal> {
        let find = |key: &str| self.good_invite(key, at).map(|invite| invite.number);
        match (self.door(), invite) {
            (Door::Shut, _) => Err(Refusal::door_shut()),
            (Door::Named, _) if !is_named => Err(Refusal::name_needed()),
            (Door::Invited, None) => Err(Refusal::invite_needed()),
            (_, Some(key)) => find(key).ok_or_else(Refusal::bad_invite).map(Some),
            (Door::Open | Door::Named, None) => Ok(None),
        }
    }

    /// The invite with this key, if it is good: as long as whoever made it may invite there. A right that is taken away takes the
    /// links with it that were made by it.
    fn good_invite(&self, key: &str, at: Millis) -> Option<&StoredInvite> {
        let invite = self.govern.invites.with_key(&key_hash(key), at)?;
        let Some(maker) = invite.by else { return Some(invite) };
        self.people.get(maker)?;
        let standing = self.standing(maker, invite.room, at);
        let backed = match invite.room {
            Some(room) => check_room(standing, InRoom::Invite, self.place_of(room), None),
            None => check_chat(standing, InChat::Invite, None),
        };
        backed.ok().map(|()| invite)
    }

    /// The room into which an invite is.
    pub(crate) fn invited_to(&self, invite: Number) -> Option<RoomId> {
        self.govern.invites.get(invite)?.room
    }
}

impl Deciding<'_> {
    pub(super) fn set_door(self, door: Door) -> Result<Decision, Refusal> {
        self.check_chat(InChat::SetDoor, None)?;
        Ok(if self.model.door() == door { self.nothing() } else { self.done(Act::SetDoor { door }) })
    }

    pub(super) fn invite(
        self,
        place: &Where<'_>,
        seconds: Option<u64>,
        uses: Option<u32>,
    ) -> Result<Decision, Refusal> {
        let scope = self.scope(place, true)?;
        self.check(scope, (InRoom::Invite, InChat::Invite), None)?;
        if let Scope::Room(room) = scope {
            self.check_inside(room)?;
        }
        let seconds = seconds.unwrap_or(USUAL);
        if !(1..=LONGEST).contains(&seconds) {
            return Err(Refusal::bad_field(format!("`seconds` is from 1 to {LONGEST}")));
        }
        let uses = uses.unwrap_or(if scope == Scope::Chat { 1 } else { USES });
        if !(1..=MOST_USES).contains(&uses) {
            return Err(Refusal::bad_field(format!("`uses` is from 1 to {MOST_USES}")));
        }
        let by = (self.by.person != OPERATOR).then_some(self.by.person);
        let (all, own) = self.model.govern.invites.count(by, scope == Scope::Chat);
        let most = if self.standing(None).role < Role::Admin { INVITES_OF_ONE } else { INVITES };
        if own >= most {
            return Err(Refusal::busy("you have made too many invites: revoke some of them"));
        }
        if all >= INVITES {
            return Err(Refusal::busy("there are too many invites: revoke some of them"));
        }
        let text = (self.moment.random)();
        let until = self.moment.at + seconds as Millis * 1000;
        let invite = Act::Invite { key: key_hash(&text), room: scope.room(), until, uses };
        Ok(Decision { key: Some(text), ..self.acts(vec![invite], scope.room().unwrap_or(self.by.here)) })
    }

    /// One of a room that nobody may know of does not exist.
    pub(super) fn revoke(self, number: Number) -> Result<Decision, Refusal> {
        let invite = self.model.invite(number).filter(|invite| invite.until > self.moment.at);
        let invite = invite.ok_or_else(Refusal::no_such_invite)?;
        let scope = invite.room.map_or(Scope::Chat, Scope::Room);
        if invite.room.is_some_and(|room| !self.sees(room)) {
            return Err(Refusal::no_such_invite());
        }
        self.check(scope, (InRoom::Invite, InChat::Invite), None)?;
        Ok(self.done(Act::Revoke { invite: number }))
    }

    pub(super) fn accept(self, key: &str) -> Result<Decision, Refusal> {
        let (person, at) = (self.by.person, self.moment.at);
        self.model.people.get(person).ok_or_else(Refusal::nobody)?;
        let invite = self.model.good_invite(key, at).ok_or_else(Refusal::bad_invite)?;
        let room = invite.room.unwrap_or(self.model.lobby);
        // They are in the chat already, or in the room: it is not used.
        if self.model.is_member(person, room) {
            return Ok(self.acts(Vec::new(), room));
        }
        if self.standing(Some(room)).is_banned {
            return Err(self.lacks(Lack::Banned, Some(room)));
        }
        let place = self.model.rooms.get(room).ok_or_else(Refusal::bad_invite)?;
        self.check_joined(person)?;
        self.check_full(place)?;
        Ok(self.acts(vec![Act::Accept { invite: invite.number, read: place.last() }], room))
    }

    /// A part of what a message may be: it stands there for long.
    pub(super) fn announce(self, text: Cow<'_, str>) -> Result<Decision, Refusal> {
        self.check_chat(InChat::Announce, None)?;
        let most = self.model.rules.max_message / 4;
        if text.len() > most && text.chars().count() > most {
            return Err(Refusal::new(
                Code::TooLong,
                format!("an announcement has at most {most} characters"),
            ));
        }
        let text = if is_nothing(&text) { String::new() } else { legible(text) };
        match (text.is_empty(), self.model.announcement()) {
            (true, None) => Ok(self.nothing()),
            _ => Ok(self.done(Act::Announce { text })),
        }
    }

    pub(super) fn report(self, place: &Where<'_>, offset: Offset) -> Result<Decision, Refusal> {
        let room = match place {
            Where::Here => self.by.here,
            Where::Room(name) => self.model.room_of(self.by.person, name)?,
            Where::Everywhere => return Err(Refusal::bad_field("`room` is missing: which one?")),
        };
        if !self.model.is_member(self.by.person, room) {
            return Err(Refusal::room_is_gone());
        }
        let kept = self.model.rooms.get(room).map(|room| room.first()..=room.last());
        if !kept.is_some_and(|kept| kept.contains(&offset)) {
            return Err(crate::history::Failure::NoSuchEvent.into());
        }
        self.check_reports(room)?;
        Ok(self.acts(vec![Act::Report { room, offset }], room))
    }

    pub(in crate::model) fn check_reports(self, room: RoomId) -> Result<(), Refusal> {
        let reports = &self.model.govern.reports;
        let is_private = |room| self.model.rooms.get(room).is_some_and(Room::is_private);
        let is_full = match is_private(room) {
            true => {
                reports.waiting(|other| other == room) >= REPORTS_OF_PRIVATE
                    || reports.waiting(is_private) >= REPORTS
            }
            false => reports.waiting(|other| !is_private(other)) >= REPORTS,
        };
        if is_full || reports.count(self.by.person) >= REPORTS_OF_ONE {
            return Err(Refusal::busy("too much waits for somebody to look at it: try again later"));
        }
        Ok(())
    }

    /// In a private talk nobody governs: what is reported there is for those who govern the chat.
    fn may_settle(self, room: RoomId) -> bool {
        match self.model.place_of(room).is_direct {
            true => self.check_chat(InChat::Review, None).is_ok(),
            false => self.sees(room) && self.check_room(room, InRoom::Review, None).is_ok(),
        }
    }

    /// For whoever may not look at it a report does not exist: nobody finds out by its number that they were reported.
    pub(super) fn settle(self, report: Number, granted: bool) -> Result<Decision, Refusal> {
        let reports = &self.model.govern.reports;
        let room = reports
            .room_of(report)
            .filter(|&room| self.may_settle(room))
            .ok_or_else(Refusal::no_such_report)?;
        Ok(self.acts(vec![Act::Settle { report, granted }], room))
    }
}
