//! What somebody is, in front of what they want to do; and what others ask of who governs what.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::history::{
    Door, Millis, Number, OPERATOR, PersonId, Restraint, RoomId, RoomKind, StoredAnnouncement, StoredInvite,
    StoredRestraint, StoredTraits,
};
use crate::model::tables::Model;
use crate::rights::{InChat, InRoom, Place, Role, Standing, check_owners, has_chat, has_room};

impl Model {
    pub(crate) fn role_of(&self, person: PersonId) -> Role {
        self.govern.role(person)
    }

    pub(crate) fn is_op(&self, person: PersonId, room: RoomId) -> bool {
        self.govern.is_op(person, room)
    }

    /// What somebody is in front of what they want to do in a room, or in the whole chat.
    pub(crate) fn standing(&self, person: PersonId, room: Option<RoomId>, at: Millis) -> Standing {
        if person == OPERATOR {
            return Standing::OPERATOR;
        }
        let is_restrained = |what| self.restraint_of(what, person, room, at).is_some();
        Standing {
            role: self.role_of(person),
            is_op: room.is_some_and(|room| self.is_op(person, room)),
            is_named: self.people.get(person).is_some_and(|person| person.is_named()),
            is_muted: is_restrained(Restraint::Mute),
            is_banned: is_restrained(Restraint::Ban),
        }
    }

    /// What a room is, for rights.
    pub(crate) fn place_of(&self, room: RoomId) -> Place {
        Place {
            is_lobby: room == self.lobby(),
            is_direct: self.room(room).is_some_and(|room| room.kind() == RoomKind::Direct),
            is_closed: self.traits_of(room).is_some_and(|traits| traits.is_closed),
        }
    }

    /// May they see what was reported and held back there? Of a private room only those hear who are in it.
    pub(crate) fn may_review(&self, person: PersonId, room: RoomId, at: Millis) -> bool {
        if self.place_of(room).is_direct {
            return has_chat(self.standing(person, None, at), InChat::Review).is_ok();
        }
        let is_seen = self.room(room).is_some_and(|room| room.is_public()) || self.is_member(person, room);
        let standing = self.standing(person, Some(room), at);
        is_seen && has_room(standing, InRoom::Review, self.place_of(room)).is_ok()
    }

    /// Is what was reported there for all who govern the chat? Of a private room only those hear who are in it; in a private
    /// talk nobody else could look at it.
    pub(crate) fn is_reviewed_on_page(&self, room: RoomId) -> bool {
        self.room(room).is_some_and(|room| room.kind() != RoomKind::Private)
    }

    /// What else is to be known of a room, as far as it is something.
    pub(crate) fn traits_of(&self, room: RoomId) -> Option<&StoredTraits> {
        self.govern.traits(room)
    }

    /// What a private room is called by those who are in it.
    pub(crate) fn title_of(&self, room: RoomId) -> Option<&str> {
        self.traits_of(room)?.title.as_deref()
    }

    /// What keeps somebody from speaking, or from being, in a room or everywhere, as long as it lasts.
    pub(crate) fn restraint_of(
        &self,
        restraint: Restraint,
        person: PersonId,
        room: Option<RoomId>,
        at: Millis,
    ) -> Option<&StoredRestraint> {
        self.govern.restraints.in_force(restraint, person, room, at)
    }

    /// Why somebody may not be in the chat at all.
    pub(crate) fn ban_of(&self, person: PersonId, at: Millis) -> Option<&StoredRestraint> {
        self.restraint_of(Restraint::Ban, person, None, at)
    }

    /// All that keeps anybody from anything: what counts everywhere, and then what counts in a room.
    pub(crate) fn restraints(&self) -> impl Iterator<Item = &StoredRestraint> {
        let all = || self.govern.restraints.iter();
        all().filter(|it| it.room.is_none()).chain(all().filter(|it| it.room.is_some()))
    }

    /// Is an address turned away, and until when? `Some(None)`: for ever.
    pub(crate) fn is_address_banned(&self, address: IpAddr, at: Millis) -> Option<Option<Millis>> {
        self.govern.restraints.of_address(address, at)
    }

    /// By which picture somebody is shown, if it is not the one that is drawn.
    pub(crate) fn avatar_of(&self, person: PersonId) -> Option<&str> {
        self.govern.avatars.get(&person).map(|(id, _)| id.as_str())
    }

    /// The bytes of all of them together, but for one person's.
    pub(crate) fn bytes_of_avatars(&self, but: PersonId) -> u64 {
        self.govern.avatars.iter().filter(|(person, _)| **person != but).map(|(_, (_, size))| size).sum()
    }

    /// The ops of a room.
    pub(crate) fn ops_of(&self, room: RoomId) -> impl Iterator<Item = PersonId> {
        let ops = self.govern.ops.range((room, PersonId::MIN)..=(room, PersonId::MAX));
        ops.map(|&(_, person)| person)
    }

    /// Those who are more than members of the chat.
    pub(crate) fn admins(&self) -> impl Iterator<Item = PersonId> {
        self.govern.roles.keys().copied()
    }

    /// May somebody be an owner no longer?
    pub(super) fn check_owners(
        &self,
        whom: PersonId,
        standing: Standing,
        at: Millis,
    ) -> Result<(), crate::rights::Lack> {
        let owners = self.govern.roles.iter().filter(|(_, role)| **role == Role::Owner);
        let others = owners.filter(|&(&other, _)| other != whom && self.ban_of(other, at).is_none());
        check_owners(standing, others.count())
    }

    pub(crate) fn door(&self) -> Door {
        self.govern.door
    }

    pub(crate) fn announcement(&self) -> Option<&StoredAnnouncement> {
        self.govern.announcement.as_ref()
    }

    pub(crate) fn invite(&self, number: Number) -> Option<&StoredInvite> {
        self.govern.invites.get(number)
    }

    /// The rooms in which something waits for somebody to look at it, of those that they may see.
    pub(crate) fn reported_in(&self, is_seen: impl Fn(RoomId) -> bool) -> Vec<RoomId> {
        let rooms: BTreeSet<RoomId> = self.govern.reports.iter().map(|(_, room)| room).collect();
        rooms.into_iter().filter(|&room| is_seen(room)).collect()
    }
}
