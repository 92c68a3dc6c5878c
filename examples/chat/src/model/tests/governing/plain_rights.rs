//! A plain table of who may do what: written from the contract, and sharing nothing with `rights.rs`.

use super::plain::{By, Plain, Room};
use crate::history::{
    Act, Append, Body, Change, Deed, Entry, KeyKind, Millis, Number, PersonId, Restraint, RoomId, RoomKind,
};
use crate::rights::Role;

impl Plain {
    pub(super) fn is_restrained(
        &self,
        what: Restraint,
        whom: PersonId,
        room: Option<RoomId>,
        at: Millis,
    ) -> bool {
        self.restraints.iter().any(|&(which, who, place, until)| {
            which == what
                && who == whom
                && (place.is_none() || place == room)
                && until.is_none_or(|until| until > at)
        })
    }

    pub(super) fn has_restraint(&self, what: Restraint, whom: PersonId, room: Option<RoomId>) -> bool {
        self.restraints.iter().any(|&(which, who, place, _)| (which, who, place) == (what, whom, room))
    }

    /// 3: an owner, or who runs the chat; 2: an admin; 1: an op of the room; 0: everybody else.
    pub(super) fn degree(&self, who: By, room: Option<RoomId>) -> u8 {
        let Some(who) = who else { return 3 };
        match self.people.get(&who).map(|somebody| somebody.role) {
            Some(Role::Owner) => 3,
            Some(Role::Admin) => 2,
            _ if room.is_some_and(|room| self.rooms.get(&room).is_some_and(|it| it.ops.contains(&who))) => 1,
            _ => 0,
        }
    }

    fn is_free(&self, who: By, room: Option<RoomId>, at: Millis) -> bool {
        who.is_none_or(|who| {
            self.people.contains_key(&who) && !self.is_restrained(Restraint::Ban, who, room, at)
        })
    }

    /// Somebody who governs that room (op, admin, owner), or the chat (admin, owner).
    pub(super) fn governs(&self, who: By, room: Option<RoomId>, at: Millis) -> bool {
        let enough = if room.is_some() { 1 } else { 2 };
        let is_room =
            room.is_none_or(|room| self.rooms.get(&room).is_some_and(|it| it.kind != RoomKind::Direct));
        is_room && self.is_free(who, room, at) && self.degree(who, room) >= enough
    }

    /// And is more than whom it is about; owners are as good as more than owners.
    fn is_above(&self, who: By, whom: PersonId, room: Option<RoomId>) -> bool {
        self.degree(who, room) == 3 || self.degree(who, room) > self.degree(Some(whom), room)
    }

    pub(super) fn is_lobby(&self, room: Option<RoomId>) -> bool {
        room.is_some_and(|room| self.rooms.get(&room).is_some_and(|it| it.key == "lobby"))
    }

    fn is_member(&self, who: PersonId, room: RoomId) -> bool {
        self.rooms.get(&room).is_some_and(|it| it.members.contains(&who))
    }

    /// There is another owner, who is not banned.
    fn has_owner_beside(&self, whom: PersonId, at: Millis) -> bool {
        self.people.iter().any(|(&id, somebody)| {
            id != whom && somebody.role == Role::Owner && !self.is_restrained(Restraint::Ban, id, None, at)
        })
    }

    fn may_be_owner_no_longer(&self, whom: PersonId, at: Millis) -> bool {
        self.people.get(&whom).is_none_or(|it| it.role != Role::Owner) || self.has_owner_beside(whom, at)
    }

    fn is_good(&self, invite: Number, at: Millis) -> Option<Option<RoomId>> {
        self.invites
            .get(&invite)
            .filter(|(_, until, left, _)| *until > at && *left > 0)
            .map(|(room, ..)| *room)
    }

    fn speaks(&self, who: PersonId, room: RoomId, at: Millis) -> bool {
        let Some(place) = self.rooms.get(&room) else { return false };
        let is_slow = place.spoke.get(&who).is_some_and(|then| then + Millis::from(place.pace) * 1000 > at);
        let governs = self.governs(Some(who), Some(room), at);
        let is_bot = self.bots.contains(&who) && self.robot != Some(who);
        let is_robot = self.robot == Some(who);
        ((place.kind != RoomKind::Private && !is_bot) || is_robot || self.is_member(who, room))
            && self.is_free(Some(who), Some(room), at)
            && !self.is_restrained(Restraint::Mute, who, Some(room), at)
            && (!place.is_closed || governs)
            && (place.pace == 0 || !is_slow || governs || is_robot)
    }

    /// A room is opened to what is outside: a private one by who is in it.
    fn opens(&self, by: By, room: RoomId, at: Millis) -> bool {
        let Some(place) = self.rooms.get(&room) else { return false };
        let is_in = by.is_some_and(|by| self.is_member(by, room));
        place.kind != RoomKind::Direct
            && (place.kind == RoomKind::Public || is_in)
            && self.is_free(by, Some(room), at)
    }

    /// Somebody who comes back, is no program, and is not banned.
    fn is_served(&self, whom: PersonId, at: Millis) -> bool {
        self.people.get(&whom).is_some_and(|it| !it.is_guest)
            && !self.bots.contains(&whom)
            && self.is_free(Some(whom), None, at)
    }

    fn is_owner(&self, by: By, at: Millis) -> bool {
        self.is_free(by, None, at) && self.degree(by, None) == 3
    }

    /// May they be shown as everybody is?
    pub(super) fn may_undress(&self, by: By, whom: PersonId, at: Millis) -> bool {
        by == Some(whom) || (self.governs(by, None, at) && self.is_above(by, whom, None))
    }

    /// May it be done?
    pub(super) fn may(&self, entry: &Entry) -> bool {
        match entry {
            Entry::Act(deed) => self.may_do(deed),
            Entry::Append(Append { room, author, at, body: Body::Deletion { target }, .. }) => {
                let Some(place) = self.rooms.get(room) else { return false };
                let said = place.said.get((*target as usize).wrapping_sub(1)).and_then(|(by, _)| *by);
                said.is_some_and(|said| {
                    let is_own = said == *author
                        && (place.kind != RoomKind::Private || self.is_member(*author, *room));
                    let may = self.governs(Some(*author), Some(*room), *at)
                        && self.is_above(Some(*author), said, Some(*room));
                    self.people.contains_key(author) && (is_own || (said != *author && may))
                })
            }
            Entry::Append(append) => {
                self.speaks(append.author, append.room, append.at)
                    && (append.call.is_none()
                        || self.governs(Some(append.author), Some(append.room), append.at))
            }
            Entry::SetLevel { room, person, .. } => self.is_member(*person, *room),
            Entry::Join { room, person, .. } => {
                let Some(place) = self.rooms.get(room) else { return false };
                let is_banned =
                    [None, Some(*room)].iter().any(|&at| self.has_restraint(Restraint::Ban, *person, at));
                let is_let = match self.bots.contains(person) {
                    true => place.kind == RoomKind::Direct,
                    false => place.kind != RoomKind::Private || place.maker == Some(*person),
                };
                self.people.contains_key(person) && (place.members.contains(person) || (is_let && !is_banned))
            }
            Entry::Rename { person, name, .. } => {
                let is_taken = self.people.iter().any(|(id, other)| id != person && other.name == *name);
                self.people.contains_key(person) && !is_taken
            }
            Entry::Create { folded, .. } => self.rooms.values().all(|other| other.key != *folded),
            Entry::Remove { room } => self.rooms.get(room).is_some_and(|it| it.members.is_empty()),
            Entry::Leave { .. } => true,
            Entry::AddToken { person, .. } => self.people.contains_key(person) && !self.bots.contains(person),
            Entry::Forget { person, .. } => {
                !self.has_restraint(Restraint::Ban, *person, None) && !self.bots.contains(person)
            }
            _ => true,
        }
    }

    fn may_do(&self, deed: &Deed) -> bool {
        let (by, at) = (deed.by, deed.at);
        let is_known = |whom: &PersonId| self.people.contains_key(whom);
        let governs = |room: Option<RoomId>| self.governs(by, room, at);
        // Of somebody else, who is less.
        let may_to =
            |whom: PersonId, room| by != Some(whom) && governs(room) && self.is_above(by, whom, room);
        match &deed.act {
            Act::Role { person, role } => {
                let is_owner = self.is_free(by, None, at) && self.degree(by, None) == 3;
                is_owner
                    && is_known(person)
                    && (*role == Role::Member || !self.bots.contains(person))
                    && (*role == Role::Owner || self.may_be_owner_no_longer(*person, at))
            }
            Act::Op { room, person, is_op } => {
                let is_maker = self.rooms.get(room).is_some_and(|it| it.maker == Some(*person));
                (may_to(*person, Some(*room)) || (by == Some(*person) && governs(Some(*room))))
                    && (self.is_member(*person, *room) || (is_maker && !is_op))
            }
            Act::Kick { person, room } => {
                is_known(person)
                    && may_to(*person, *room)
                    && !self.is_lobby(*room)
                    && room.is_none_or(|room| self.is_member(*person, room))
            }
            Act::Restrain { restraint, person, room, .. } => {
                let is_ban = *restraint == Restraint::Ban;
                is_known(person)
                    && may_to(*person, *room)
                    && !(is_ban && self.is_lobby(*room))
                    && (!is_ban || room.is_some() || self.may_be_owner_no_longer(*person, at))
            }
            Act::Release { restraint, person, room } => {
                let is_ban = *restraint == Restraint::Ban;
                may_to(*person, *room)
                    && !(is_ban && self.is_lobby(*room))
                    && self.has_restraint(*restraint, *person, *room)
            }
            Act::Purge { person, room, .. } => {
                let is_own = by == Some(*person) && governs(*room);
                (is_own || may_to(*person, *room)) && (1..self.next_person).contains(person)
            }
            Act::Erase { person, .. } => {
                by == Some(*person)
                    && self.is_free(by, None, at)
                    && self.may_be_owner_no_longer(*person, at)
                    && !self.bots.contains(person)
            }
            Act::Alter { room, change: Change::Name { folded, .. } } => {
                let is_taken = self.rooms.iter().any(|(id, other)| id != room && other.key == *folded);
                governs(Some(*room)) && !self.is_lobby(Some(*room)) && !is_taken
            }
            Act::Alter { room, .. } => governs(Some(*room)),
            Act::RemoveRoom { room } => governs(Some(*room)) && !self.is_lobby(Some(*room)),
            Act::Add { room, person, .. } => {
                governs(Some(*room))
                    && !self.is_lobby(Some(*room))
                    && is_known(person)
                    && !self.is_restrained(Restraint::Ban, *person, Some(*room), at)
            }
            Act::Invite { room, .. } => governs(*room) && !self.is_lobby(*room),
            Act::Revoke { invite } => self.is_good(*invite, at).is_some_and(governs),
            Act::Accept { invite, .. } => {
                let by = by.filter(is_known);
                // As long as its maker may invite there.
                let is_backed = |room| {
                    let maker = self.invites[invite].3;
                    self.governs(maker, room, at) && !self.is_lobby(room)
                };
                by.is_some_and(|by| {
                    self.is_good(*invite, at)
                        .is_some_and(|room| self.is_free(Some(by), room, at) && is_backed(room))
                })
            }
            Act::SetDoor { .. } | Act::Announce { .. } => governs(None),
            Act::Report { room, offset } => {
                let said =
                    self.rooms.get(room).and_then(|it| it.said.get((*offset as usize).wrapping_sub(1)));
                let Some(by) = by else { return false };
                self.is_free(Some(by), Some(*room), at)
                    && self.is_member(by, *room)
                    && said.is_some_and(|(author, _)| author.is_some_and(|author| author != by))
            }
            Act::Settle { report, .. } => self.reports.get(report).is_some_and(|room| {
                let is_direct = self.rooms[room].kind == RoomKind::Direct;
                governs(Some(*room).filter(|_| !is_direct))
            }),
            Act::Hold { said } => by == Some(said.author) && self.speaks(said.author, said.room, said.at),
            Act::EndSession { person, session } => {
                let is_own = by == Some(*person) && is_known(person);
                (is_own || may_to(*person, None)) && self.sessions.get(session) == Some(person)
            }
            Act::MakeBot { bot, name, room, .. } => {
                let is_taken = self.people.values().any(|other| other.name == *name);
                governs(None) && self.opens(by, *room, at) && !is_taken && *bot >= self.next_person
            }
            Act::RemoveBot { bot } => governs(None) && self.bots.contains(bot) && self.robot != Some(*bot),
            Act::GiveKey { bot, room, kind, .. } => {
                // Whoever has a token reads wherever its bot is.
                let reads = |(id, place): (&RoomId, &Room)| {
                    place.kind == RoomKind::Private
                        && place.members.contains(bot)
                        && !by.is_some_and(|by| self.is_member(by, *id))
                };
                let is_secret = *kind == KeyKind::Token && self.rooms.iter().any(reads);
                let is_barred = self.is_restrained(Restraint::Ban, *bot, Some(*room), at);
                governs(None)
                    && self.opens(by, *room, at)
                    && self.bots.contains(bot)
                    && self.robot != Some(*bot)
                    && !is_secret
                    && (self.is_member(*bot, *room) || !is_barred)
            }
            Act::RevokeKey { key } => governs(None) && self.keys.contains_key(key),
            Act::AddTarget { target } => {
                let (whom, room) = (target.serves.person(), target.serves.room());
                let is_own = whom.is_some() && by == whom && self.is_free(by, None, at);
                (is_own && !target.is_free || target.is_free && self.is_owner(by, at))
                    && whom.is_none_or(|whom| self.is_served(whom, at))
                    && room.is_none_or(|room| self.opens(by, room, at))
            }
            Act::DropTarget { target } => self
                .targets
                .get(target)
                .is_some_and(|it| by.is_some() && it.person == by || self.is_owner(by, at)),
            Act::RotateTarget { target, .. } => self.targets.get(target).is_some_and(|it| match it.is_free {
                true => self.is_owner(by, at),
                false => by.is_some() && it.person == by,
            }),
            Act::OpenAdmin { .. } => governs(None),
            Act::CloseAdmin { session } => match self.admins.get(session) {
                None => false,
                Some((whose, _)) if *whose == by => true,
                Some((Some(whose), _)) => may_to(*whose, None),
                Some((None, _)) => self.is_free(by, None, at) && self.degree(by, None) == 3,
            },
        }
    }
}
