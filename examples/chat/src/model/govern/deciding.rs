//! Acts: what they are about, and who may do it. Each is decided in the file of its kind.

use std::borrow::Cow;

use crate::ask::{Aimed, Intent, LONGEST_REASON, Where, Whom};
use crate::history::{self, Act, Deed, Entry, OPERATOR, PersonId, Restraint, RoomId, RoomKind};
use crate::model::decide::{By, Deciding, Decision, Moment};
use crate::model::legible::legible;
use crate::model::tables::Model;
use crate::refusal::{Code, Refusal};
use crate::rights::{InChat, InRoom, Lack, Role, Standing, check_chat, check_room};

/// A ban has at most so many addresses.
pub(crate) const ADDRESSES: usize = 16;

/// Where an act takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Chat,
    Room(RoomId),
}

impl Scope {
    pub(super) fn room(self) -> Option<RoomId> {
        match self {
            Scope::Chat => None,
            Scope::Room(room) => Some(room),
        }
    }
}

impl Model {
    /// An act from the admin page: by an admin, or by whoever runs the chat. They see that private rooms exist, and no private
    /// talks.
    ///
    /// # Errors
    ///
    /// As of [`Model::decide`].
    pub(crate) fn decide_on_page(
        &self,
        by: history::By,
        intent: Intent<'_>,
        moment: Moment<'_>,
    ) -> Result<Decision, Refusal> {
        let by = By { person: by.unwrap_or(OPERATOR), here: self.lobby, key: None, alias: None };
        let deciding = Deciding { model: self, by, moment, sees_all: true };
        deciding.check_chat(InChat::Administer, None)?;
        deciding.act(intent)
    }
}

impl Deciding<'_> {
    pub(in crate::model) fn act(self, intent: Intent<'_>) -> Result<Decision, Refusal> {
        let Intent { what, reason } = intent;
        let reason = line(&reason, LONGEST_REASON, "a reason")?;
        if self.by.person != OPERATOR {
            self.model.people.get(self.by.person).ok_or_else(Refusal::nobody)?;
        }
        self.check_deed_of_bot(&what)?;
        // Others read it. What somebody is reported for may be quoted; and who governs the chat may say why.
        if !matches!(what, Aimed::Report { .. }) && self.standing(None).role < Role::Admin {
            self.model.check_words(&reason)?;
        }
        let mut decision = match what {
            Aimed::Role { whom, role } => self.set_role(&whom, role),
            Aimed::Op { whom, place, is_op } => self.set_op(&whom, &place, is_op),
            Aimed::Kick { whom, place } => self.kick(&whom, &place),
            Aimed::Restrain { restraint, whom, place, seconds, with_addresses, purge } => {
                self.restrain(restraint, (&whom, &place), seconds, with_addresses, purge)
            }
            Aimed::Release { restraint, whom, place } => self.release(restraint, &whom, &place),
            Aimed::Purge { whom, place, since } => self.purge(&whom, &place, since),
            Aimed::EndSession { whom, session } => self.end_session(whom.as_ref(), session),
            Aimed::Erase { words } => self.erase(words),
            Aimed::DropAvatar { whom } => self.drop_avatar(whom.as_ref()),
            Aimed::Alter { place, name, is_private, topic, pace, is_closed } => {
                let room = self.room_at(&place)?;
                let named = self.alter_name(room, name.as_deref(), is_private)?;
                let described = self.alter_traits(room, topic.as_deref(), pace, is_closed)?;
                Ok(self.acts(named.into_iter().chain(described).collect(), room))
            }
            Aimed::RemoveRoom { place } => self.remove_room(&place),
            Aimed::Add { whom, place } => self.add(&whom, &place),
            Aimed::SetDoor(door) => self.set_door(door),
            Aimed::Invite { place, seconds, uses } => self.invite(&place, seconds, uses),
            Aimed::Revoke { invite } => self.revoke(invite),
            Aimed::Accept { key } => self.accept(&key),
            Aimed::Announce { text } => self.announce(text),
            Aimed::Report { place, offset } => self.report(&place, offset),
            Aimed::Settle { report, granted } => self.settle(report, granted),
            Aimed::GiveKey { name, place, kind, pace } => self.give_key(&name, &place, kind, pace),
            Aimed::RevokeKey { key } => self.revoke_key(key),
            Aimed::RemoveBot { whom } => self.remove_bot(&whom),
            Aimed::AddTarget { serves, shape, url, secret, discloses } => {
                self.add_target(&serves, shape, (&url, secret.as_deref()), discloses)
            }
            Aimed::DropTarget { target } => self.drop_target(target),
            Aimed::RotateTarget { target } => self.rotate_target(target),
        }?;
        for entry in &mut decision.entries {
            if let Entry::Act(deed) = entry {
                deed.reason.clone_from(&reason);
            }
        }
        Ok(decision)
    }

    /// These acts, one after the other.
    pub(super) fn acts(self, acts: Vec<Act>, room: RoomId) -> Decision {
        let by = (self.by.person != OPERATOR).then_some(self.by.person);
        let deed = |act| Entry::Act(Deed { by, at: self.moment.at, reason: String::new(), act });
        Decision { entries: acts.into_iter().map(deed).collect(), room, folded: 0, key: None }
    }

    pub(super) fn done(self, act: Act) -> Decision {
        self.acts(vec![act], self.by.here)
    }

    /// It is so already.
    pub(super) fn nothing(self) -> Decision {
        self.acts(Vec::new(), self.by.here)
    }

    // ---- who

    pub(in crate::model) fn standing(self, room: Option<RoomId>) -> Standing {
        self.model.standing(self.by.person, room, self.moment.at)
    }

    /// What somebody else is there. `None`: it is oneself.
    pub(super) fn other(self, whom: PersonId, room: Option<RoomId>) -> Option<Standing> {
        (whom != self.by.person).then(|| self.model.standing(whom, room, self.moment.at))
    }

    pub(super) fn whom(self, whom: &Whom<'_>) -> Result<PersonId, Refusal> {
        let (found, called) = match whom {
            Whom::Id(id) => (self.model.people.get(*id).map(|it| it.id()), Cow::Owned(id.to_string())),
            Whom::Named(name) => (self.model.called(name), Cow::Borrowed(&**name)),
        };
        found.ok_or_else(|| Refusal::no_such_person(&called))
    }

    /// The same; but a number may be that of somebody who is known at another node, and not here yet. The log knows.
    pub(super) fn anybody(self, whom: &Whom<'_>) -> Result<PersonId, Refusal> {
        match whom {
            Whom::Id(id) if *id != OPERATOR && self.model.is_shared() => Ok(*id),
            whom => self.whom(whom),
        }
    }

    // ---- where

    /// What of the lobby is of the chat: nobody is put out of the lobby alone.
    pub(super) fn scope(self, place: &Where<'_>, is_lobby_all: bool) -> Result<Scope, Refusal> {
        let room = match place {
            Where::Everywhere => return Ok(Scope::Chat),
            Where::Here if !self.sees(self.by.here) => return Err(Refusal::room_is_gone()),
            Where::Here => self.by.here,
            Where::Room(name) => self.governed(name)?,
        };
        Ok(if is_lobby_all && room == self.model.lobby { Scope::Chat } else { Scope::Room(room) })
    }

    /// A room that has to be named.
    pub(super) fn room_at(self, place: &Where<'_>) -> Result<RoomId, Refusal> {
        let room = self.scope(place, false)?.room();
        room.ok_or_else(|| Refusal::bad_field("`room` is missing: which one?"))
    }

    /// The room that somebody means. Who governs the chat need not be in it, if it is no secret.
    pub(in crate::model) fn governed(self, name: &str) -> Result<RoomId, Refusal> {
        let not_one_of_theirs = match self.model.room_of(self.by.person, name) {
            Ok(room) => return Ok(room),
            Err(refusal) => refusal,
        };
        let is_admin = self.standing(None).role >= Role::Admin;
        let found = self.model.rooms.called(name).filter(|_| is_admin);
        let is_seen = |kind| match kind {
            RoomKind::Public => true,
            RoomKind::Private => self.sees_all,
            RoomKind::Direct => false,
        };
        found.filter(|room| is_seen(room.kind())).map(|room| room.id()).ok_or(not_one_of_theirs)
    }

    /// Does the room exist, for who asks?
    pub(super) fn sees(self, room: RoomId) -> bool {
        let is_public = self.model.rooms.get(room).is_some_and(|room| room.is_public());
        is_public || self.sees_all || self.model.is_member(self.by.person, room)
    }

    // ---- may they?

    pub(in crate::model) fn check_room(
        self,
        room: RoomId,
        right: InRoom,
        whom: Option<PersonId>,
    ) -> Result<(), Refusal> {
        let whom = whom.and_then(|whom| self.other(whom, Some(room)));
        let place = self.model.place_of(room);
        check_room(self.standing(Some(room)), right, place, whom).map_err(|lack| self.lacks(lack, Some(room)))
    }

    pub(super) fn check_chat(self, right: InChat, whom: Option<PersonId>) -> Result<(), Refusal> {
        let whom = whom.and_then(|whom| self.other(whom, None));
        check_chat(self.standing(None), right, whom).map_err(|lack| self.lacks(lack, None))
    }

    pub(super) fn check(
        self,
        scope: Scope,
        (in_room, in_chat): (InRoom, InChat),
        whom: Option<PersonId>,
    ) -> Result<(), Refusal> {
        match scope {
            Scope::Room(room) => self.check_room(room, in_room, whom),
            Scope::Chat => self.check_chat(in_chat, whom),
        }
    }

    /// What somebody lacks; and if that ends, when.
    pub(in crate::model) fn lacks(self, lack: Lack, room: Option<RoomId>) -> Refusal {
        let (person, at) = (self.by.person, self.moment.at);
        let until = |what| self.model.restraint_of(what, person, room, at).and_then(|it| it.until);
        match lack {
            Lack::Muted => Refusal::muted(until(Restraint::Mute), at),
            Lack::Banned => Refusal::banned(until(Restraint::Ban), at),
            _ => Refusal::lacks(lack),
        }
    }
}

/// A text of one line, without what surrounds it. `what` it is, for who made it too long.
pub(super) fn line(text: &str, most: usize, what: &str) -> Result<String, Refusal> {
    if text.len() > most && text.chars().count() > most {
        return Err(Refusal::new(Code::TooLong, format!("{what} has at most {most} characters")));
    }
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    Ok(legible(text.trim().into()))
}
