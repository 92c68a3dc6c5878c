//! Acts about people: what they are, and where they may not speak or not be.

use super::deciding::Scope;
use crate::ask::{LONGEST_RESTRAINT, Since, Where, Whom};
use crate::history::{Act, Entry, Millis, Number, OPERATOR, PersonId, Restraint};
use crate::model::decide::{Deciding, Decision};
use crate::refusal::{Code, Refusal};
use crate::rights::{InChat, InRoom, Role};

/// Mutes and bans: of the whole chat, of one room, and of all rooms together. Anybody may make a room: what they do there is not
/// to keep anybody from governing the chat.
const OF_CHAT: usize = 10_000;
const OF_ROOM: usize = 500;
const OF_ROOMS: usize = 20_000;

impl Deciding<'_> {
    pub(super) fn set_role(self, whom: &Whom<'_>, role: Role) -> Result<Decision, Refusal> {
        let person = self.whom(whom)?;
        self.check_chat(InChat::Appoint, Some(person))?;
        if self.model.role_of(person) == role {
            return Ok(self.nothing());
        }
        if role < Role::Owner {
            self.check_owner_left(person)?;
        }
        if role > Role::Member && self.model.outside.is_bot(person) {
            return Err(Refusal::new(Code::Forbidden, "a bot governs rooms, and not the chat"));
        }
        if role > Role::Member && self.model.person(person).is_none_or(|person| person.is_guest()) {
            let words = "they cannot come back, for they have no token: somebody else has to be that";
            return Err(Refusal::new(Code::Forbidden, words));
        }
        Ok(self.done(Act::Role { person, role }))
    }

    /// There is always an owner.
    fn check_owner_left(self, person: PersonId) -> Result<(), Refusal> {
        let standing = self.model.standing(person, None, self.moment.at);
        let checked = self.model.check_owners(person, standing, self.moment.at);
        checked.map_err(Refusal::lacks)
    }

    pub(super) fn set_op(self, whom: &Whom<'_>, place: &Where<'_>, is_op: bool) -> Result<Decision, Refusal> {
        let room = self.room_at(place)?;
        let person = self.whom(whom)?;
        self.check_room(room, InRoom::Appoint, Some(person))?;
        let is_maker = self.model.traits_of(room).is_some_and(|traits| traits.maker == Some(person));
        let is_so = self.model.is_op(person, room) == is_op && (is_op || !is_maker);
        match (is_op, self.model.is_member(person, room)) {
            _ if is_so => Ok(self.nothing()),
            (true, false) => Err(self.not_in_there()),
            _ => Ok(self.acts(vec![Act::Op { room, person, is_op }], room)),
        }
    }

    pub(super) fn kick(self, whom: &Whom<'_>, place: &Where<'_>) -> Result<Decision, Refusal> {
        let scope = self.scope(place, true)?;
        let person = self.anybody(whom)?;
        self.check(scope, (InRoom::Kick, InChat::Kick), Some(person))?;
        match scope {
            Scope::Room(room) if !self.model.is_member(person, room) => Err(self.not_in_there()),
            scope => Ok(self.done(Act::Kick { person, room: scope.room() })),
        }
    }

    pub(super) fn restrain(
        self,
        restraint: Restraint,
        (whom, place): (&Whom<'_>, &Where<'_>),
        seconds: Option<u64>,
        with_addresses: bool,
        purge: Option<Since>,
    ) -> Result<Decision, Refusal> {
        let scope = self.scope(place, restraint == Restraint::Ban)?;
        let (person, room) = (self.anybody(whom)?, scope.room());
        self.check(scope, rights(restraint), Some(person))?;
        if restraint == Restraint::Ban && scope == Scope::Chat {
            self.check_owner_left(person)?;
        }
        if with_addresses && (restraint == Restraint::Mute || room.is_some()) {
            return Err(Refusal::bad_field("`addresses` is for who is banned from the whole chat"));
        }
        if seconds.is_some_and(|seconds| !(1..=LONGEST_RESTRAINT).contains(&seconds)) {
            return Err(Refusal::bad_field(format!(
                "`seconds` is from 1 to {LONGEST_RESTRAINT}; without it, it is for ever"
            )));
        }
        let restraints = &self.model.govern.restraints;
        let is_full = match room {
            None => restraints.count_of_chat() >= OF_CHAT,
            Some(room) => {
                restraints.of_room(room).count() >= OF_ROOM || restraints.count_of_rooms() >= OF_ROOMS
            }
        };
        if is_full && restraints.get((person, room, restraint)).is_none() {
            return Err(Refusal::busy("there are too many mutes and bans: lift some of them"));
        }
        let until = seconds.map(|seconds| self.moment.at + seconds as Millis * 1000);
        let mut acts = vec![Act::Restrain { restraint, person, room, until, addresses: Vec::new() }];
        if let Some(since) = purge {
            self.check(scope, (InRoom::Purge, InChat::Purge), Some(person))?;
            acts.push(Act::Purge { person, room, since: self.since(since) });
        }
        Ok(self.acts(acts, self.by.here))
    }

    pub(super) fn release(
        self,
        restraint: Restraint,
        whom: &Whom<'_>,
        place: &Where<'_>,
    ) -> Result<Decision, Refusal> {
        let scope = self.scope(place, restraint == Restraint::Ban)?;
        let (person, room) = (self.whom(whom)?, scope.room());
        self.check(scope, rights(restraint), Some(person))?;
        let words = match restraint {
            Restraint::Mute => "they are not muted there",
            Restraint::Ban => "they are not banned there",
        };
        match self.model.govern.restraints.get((person, room, restraint)) {
            None => Err(Refusal::new(Code::NoSuchEvent, words)),
            Some(_) => Ok(self.done(Act::Release { restraint, person, room })),
        }
    }

    /// Also of somebody who is gone: their words are still there.
    pub(super) fn purge(self, whom: &Whom<'_>, place: &Where<'_>, since: Since) -> Result<Decision, Refusal> {
        let scope = self.scope(place, false)?;
        let person = match whom {
            Whom::Id(id) if *id != OPERATOR && self.model.person_numbers.was_given(*id) => *id,
            whom => self.anybody(whom)?,
        };
        self.check(scope, (InRoom::Purge, InChat::Purge), Some(person))?;
        Ok(self.done(Act::Purge { person, room: scope.room(), since: self.since(since) }))
    }

    fn since(self, since: Since) -> Millis {
        match since {
            Since::Hour => self.moment.at - 3_600_000,
            Since::Day => self.moment.at - 86_400_000,
            Since::Ever => 0,
        }
    }

    /// One's own needs no right.
    pub(super) fn end_session(self, whom: Option<&Whom<'_>>, session: Number) -> Result<Decision, Refusal> {
        let person = whom.map_or(Ok(self.by.person), |whom| self.whom(whom))?;
        if person != self.by.person {
            self.check_chat(InChat::EndSessions, Some(person))?;
        }
        Ok(self.done(Act::EndSession { person, session }))
    }

    pub(super) fn erase(self, words: bool) -> Result<Decision, Refusal> {
        let person = self.by.person;
        // Whoever runs the chat is nobody in it.
        self.model.people.get(person).ok_or_else(Refusal::nobody)?;
        self.check_owner_left(person)?;
        Ok(self.done(Act::Erase { person, words }))
    }

    pub(super) fn drop_avatar(self, whom: Option<&Whom<'_>>) -> Result<Decision, Refusal> {
        let person = whom.map_or(Ok(self.by.person), |whom| self.whom(whom))?;
        if person != self.by.person {
            self.check_chat(InChat::Purge, Some(person))?;
        }
        let mut decision = self.nothing();
        if self.model.avatar_of(person).is_some() {
            decision.entries.push(Entry::Avatar { person, avatar: None });
        }
        Ok(decision)
    }

    pub(super) fn not_in_there(self) -> Refusal {
        Refusal::new(Code::NotMember, "they are not in that room")
    }
}

fn rights(restraint: Restraint) -> (InRoom, InChat) {
    match restraint {
        Restraint::Mute => (InRoom::Mute, InChat::Mute),
        Restraint::Ban => (InRoom::Ban, InChat::Ban),
    }
}
