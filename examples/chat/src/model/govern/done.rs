//! What an act changes in the tables, and what is told of it.

use crate::history::{
    Act, Append, Change as Altered, Deed, Done, Failure, Millis, Number, PersonId, Restraint, RoomId,
    StoredAdminKey, StoredAnnouncement, StoredErasing, StoredInvite, StoredRestraint,
};
use crate::model::names::Keys;
use crate::model::tables::Model;
use crate::news::{Change, News};
use crate::rights::Role;

impl Model {
    /// An act is on its way to the disk.
    pub(in crate::model) fn begin_act(&mut self, deed: &Deed) {
        match &deed.act {
            Act::Accept { invite, .. } => self.govern.invites.reserve(*invite),
            Act::Invite { room, .. } => self.govern.invites.begin(deed.by, room.is_none()),
            Act::Report { .. } | Act::Hold { .. } => {
                deed.by.into_iter().for_each(|by| self.govern.reports.begin(by));
            }
            Act::Alter { room, change: Altered::Name { is_private: false, name, .. } } => {
                self.rooms.reserve(*room, &Keys::of_room(name));
            }
            Act::MakeBot { bot, name, .. } => self.begin_to_make_bot(*bot, name, deed.at),
            _ => {}
        }
    }

    /// It was not carried out: what was kept for it is free.
    pub(in crate::model) fn give_up_act(&mut self, deed: &Deed, failure: &Failure) {
        self.settle_act(deed);
        match deed.act {
            Act::Accept { invite, .. } => {
                self.govern.invites.used(invite, false);
            }
            Act::MakeBot { bot, .. } => self.unmake_bot(bot),
            // What was held back of somebody goes with what they have said. (To whom the room does not exist, its reports do not.)
            Act::Settle { report, .. } if *failure == Failure::NoSuchReport => {
                let room = self.govern.reports.room_of(report);
                if room.is_some_and(|room| deed.by.is_none_or(|by| self.knows_of(by, room))) {
                    self.govern.reports.remove(report);
                }
            }
            _ => {}
        }
    }

    fn settle_act(&mut self, deed: &Deed) {
        match &deed.act {
            Act::Invite { room, .. } => self.govern.invites.settle(deed.by, room.is_none()),
            Act::Report { .. } | Act::Hold { .. } => {
                deed.by.into_iter().for_each(|by| self.govern.reports.settle(by));
            }
            Act::Alter { room, change: Altered::Name { is_private: false, name, .. } } => {
                self.rooms.free_reserved(*room, &Keys::of_room(name));
            }
            _ => {}
        }
    }

    /// It was. `now` is as in [`Model::apply`].
    pub(in crate::model) fn carry_out_act(&mut self, deed: &Deed, done: &Done, now: Millis) -> Vec<News> {
        self.settle_act(deed);
        let number = if let Done::Numbered(number) = done { Some(*number) } else { None };
        let told = |changes: Vec<Change>| {
            let news = |change| News::Done { by: deed.by, reason: deed.reason.clone(), change };
            changes.into_iter().map(news).collect()
        };
        let govern = &mut self.govern;
        match &deed.act {
            &Act::Role { person, role } => {
                govern.set_role(person, role);
                if role < Role::Admin {
                    govern.shut_admins(person);
                }
                self.keep(person);
                told(vec![Change::Role { person }])
            }
            &Act::Op { room, person, is_op } => {
                if is_op {
                    govern.ops.insert((room, person));
                } else {
                    govern.ops.remove(&(room, person));
                    govern.describe(room, |traits| {
                        traits.maker = traits.maker.filter(|maker| *maker != person)
                    });
                }
                told(vec![Change::Op { room, person, is_op }])
            }
            &Act::Kick { person, room: None } => told(vec![Change::Kicked { person }]),
            &Act::Kick { person, room: Some(room) } => told(self.put_out(room, person, now)),
            Act::Restrain { restraint, person, room, until, addresses } => {
                govern.restraints.insert(StoredRestraint {
                    restraint: *restraint,
                    person: *person,
                    room: *room,
                    until: *until,
                    by: deed.by,
                    at: deed.at,
                    reason: deed.reason.clone(),
                    addresses: addresses.clone(),
                });
                if *restraint == Restraint::Ban && room.is_none() {
                    govern.shut_admins(*person);
                }
                self.keep(*person);
                let from = room.filter(|_| *restraint == Restraint::Ban);
                let mut changes = from.map_or(Vec::new(), |room| self.put_out(room, *person, now));
                let (restraint, person, room, until) = (*restraint, *person, *room, *until);
                let addresses = addresses.clone();
                changes.push(Change::Restrained {
                    restraint,
                    person,
                    room,
                    until,
                    is_over: false,
                    addresses,
                });
                told(changes)
            }
            &Act::Release { restraint, person, room } => {
                told(Vec::from_iter(self.release((person, room, restraint))))
            }
            &Act::Purge { person, room, since } => {
                govern.reports.drop_held(person, room, since);
                Vec::new()
            }
            &Act::EndSession { person, .. } => {
                let Done::SessionEnded { token } = done else { return Vec::new() };
                self.people.end_session(token);
                told(vec![Change::SessionEnded { person, token: *token }])
            }
            &Act::Erase { person, words } => {
                if words {
                    govern.reports.drop_held(person, None, Millis::MIN);
                }
                let mut news = self.erase(person, number, now);
                news.extend(told(vec![Change::Erased { person }]));
                news
            }
            Act::Alter { room, change } => told(self.alter(*room, change)),
            &Act::RemoveRoom { room } => told(Vec::from_iter(self.remove_with_members(room))),
            &Act::Add { room, person, .. } => match self.let_in(room, person) {
                Some(who) => told(vec![Change::BroughtIn { room, who }]),
                None => Vec::new(),
            },
            Act::MakeBot { .. }
            | Act::RemoveBot { .. }
            | Act::GiveKey { .. }
            | Act::RevokeKey { .. }
            | Act::AddTarget { .. }
            | Act::DropTarget { .. }
            | Act::RotateTarget { .. } => self.carry_out_act_outside(deed, done, now),
            &Act::SetDoor { door } => {
                govern.door = door;
                told(vec![Change::Door])
            }
            &Act::Invite { key, room, until, uses } => {
                let invite = |number| StoredInvite { number, key, room, by: deed.by, until, left: uses };
                number.map(invite).into_iter().for_each(|invite| govern.invites.insert(invite));
                Vec::new()
            }
            Act::Revoke { invite } => {
                govern.invites.remove(*invite);
                Vec::new()
            }
            &Act::Accept { invite, .. } => {
                // The history alone knows who has used it before.
                let room = govern.invites.used(invite, matches!(done, Done::Accepted { is_used: true }));
                let joined = room.zip(deed.by).and_then(|(room, by)| Some((room, self.let_in(room, by)?)));
                joined.map(|(room, who)| News::Joined { room, who }).into_iter().collect()
            }
            Act::Announce { text } => {
                let (text, at) = (text.clone(), deed.at);
                let made = number.filter(|_| !text.is_empty());
                govern.announcement = made.map(|number| StoredAnnouncement { number, text, at });
                told(vec![Change::Announcement])
            }
            Act::Report { room, .. } => told(Vec::from_iter(self.reported(number, *room, deed))),
            Act::Hold { said } => {
                // Where not everybody speaks at once, it counts as said.
                if number.is_some() {
                    govern.note_said(said.room, said.author, said.at);
                }
                told(Vec::from_iter(self.reported(number, said.room, deed)))
            }
            &Act::Settle { report, .. } => {
                let room = govern.reports.remove(report);
                let Done::Settled { said } = done else { return Vec::new() };
                let mut news =
                    said.iter().flat_map(|(said, offset)| self.say(said, *offset)).collect::<Vec<_>>();
                let settled = room.map(|room| Change::Report { report, room, is_settled: true });
                news.extend(told(Vec::from_iter(settled)));
                news
            }
            &Act::OpenAdmin { key, until, .. } => {
                let admin = number.map(|number| StoredAdminKey { number, key, by: deed.by, until });
                govern.admins.extend(admin.map(|admin| (key, admin)));
                Vec::new()
            }
            Act::CloseAdmin { session } => {
                govern.admins.retain(|_, admin| admin.number != *session);
                Vec::new()
            }
        }
    }

    /// What has lasted its time is over.
    pub(in crate::model) fn lapse(&mut self, at: Millis) -> Vec<News> {
        self.govern.invites.lapse(at);
        self.govern.admins.retain(|_, admin| admin.until > at);
        self.outside.lapse(at);
        let over = self.govern.restraints.over(at);
        let changes: Vec<Change> = over.into_iter().filter_map(|key| self.release(key)).collect();
        let news = |change| News::Done { by: None, reason: String::new(), change };
        changes.into_iter().map(news).collect()
    }

    fn release(&mut self, key: (PersonId, Option<RoomId>, Restraint)) -> Option<Change> {
        let lifted = self.govern.restraints.remove(key)?;
        let StoredRestraint { restraint, person, room, until, addresses, .. } = lifted;
        self.keep(person);
        Some(Change::Restrained { restraint, person, room, until, is_over: true, addresses })
    }

    /// Somebody may have become one who is kept however long they are away, or is none any more.
    pub(in crate::model) fn keep(&mut self, person: PersonId) {
        self.people.keep(person, self.govern.keeps(person) || self.outside.is_bot(person));
    }

    // ---- who is in which room

    fn put_out(&mut self, room: RoomId, person: PersonId, now: Millis) -> Vec<Change> {
        let who = self.take_out(room, person, now);
        who.map(|who| Change::PutOut { room, who }).into_iter().collect()
    }

    fn remove_with_members(&mut self, room: RoomId) -> Option<Change> {
        let title = self.title_of(room).map(str::to_owned);
        let mut members: Vec<PersonId> = self.members(room).iter().collect();
        members.sort_unstable();
        self.membership.dissolve(room);
        for &person in &members {
            self.unsaved.remove(person, room);
        }
        self.govern.remove_room(room);
        self.outside.remove_room(room);
        let removed = self.rooms.remove(room)?;
        let (name, kind) = (removed.name().to_owned(), removed.kind());
        Some(Change::RoomRemoved { room, name, title, kind, members })
    }

    fn knows_of(&self, person: PersonId, room: RoomId) -> bool {
        let is_public = self.rooms.get(room).is_some_and(|room| room.is_public());
        is_public || self.is_member(person, room) || self.role_of(person) > Role::Member
    }

    // ---- what rooms are like

    fn alter(&mut self, room: RoomId, change: &Altered) -> Vec<Change> {
        let Some(key) = self.rooms.get(room).map(|room| room.name().to_owned()) else {
            return Vec::new();
        };
        match change {
            Altered::Name { is_private, name, folded, title, .. } => {
                self.rooms.rename(room, *is_private, name, folded);
                self.govern.describe(room, |traits| traits.title.clone_from(title));
                self.end_targets_of_outsiders(room);
            }
            Altered::Topic(topic) => self.govern.describe(room, |traits| traits.topic.clone_from(topic)),
            Altered::Pace(pace) => self.govern.describe(room, |traits| traits.pace = *pace),
            Altered::Closed(closed) => self.govern.describe(room, |traits| traits.is_closed = *closed),
        }
        let is_other = self.rooms.get(room).is_some_and(|room| room.name() != key);
        vec![Change::Room { room, old: is_other.then_some(key) }]
    }

    // ---- what is said

    fn reported(&mut self, number: Option<Number>, room: RoomId, deed: &Deed) -> Option<Change> {
        // Said again, it has the number that it has.
        let report = number.filter(|&number| self.govern.reports.room_of(number).is_none())?;
        let held = matches!(deed.act, Act::Hold { .. }).then_some(deed.at);
        self.govern.reports.insert(report, room, deed.by, held);
        Some(Change::Report { report, room, is_settled: false })
    }

    /// What was held back is said now.
    fn say(&mut self, said: &Append, offset: u64) -> Vec<News> {
        self.said(said, said.room, offset, said.at)
    }

    // ---- who erases themself

    /// They are gone, and their name is nobody's until all that they said has another one.
    fn erase(&mut self, id: PersonId, work: Option<Number>, now: Millis) -> Vec<News> {
        let was = self.people.get(id).map(|person| person.name().to_owned());
        let news = self.forgotten(id, now);
        let name = gone_name(id);
        self.rooms.rename_author(id, &name);
        if self.rooms.count_talks(id) > 0 {
            self.people.remember_gone(id, name);
        }
        if let (Some(work), Some(name)) = (work, was) {
            self.people.withhold(id, &Keys::of_person(&name));
            self.govern.begin_to_erase(StoredErasing { work, person: id, name });
        }
        news
    }

    /// A work of erasing has nothing left to do.
    pub(in crate::model) fn end_erasing(&mut self, work: Number) {
        if let Some(person) = self.govern.erased(work) {
            self.people.free_withheld(person);
        }
    }

    /// A ban from the whole chat that began then is for these addresses, too.
    pub(in crate::model) fn add_addresses(&mut self, person: PersonId, since: Millis, more: &[String]) {
        self.govern.restraints.add_addresses(person, since, more);
    }

    /// Somebody is shown by another picture.
    pub(in crate::model) fn avatar(&mut self, person: PersonId, avatar: Option<(&str, u64)>) -> Vec<News> {
        if self.people.get(person).is_none() || self.avatar_of(person) == avatar.map(|(id, _)| id) {
            return Vec::new();
        }
        self.govern.show_by(person, avatar);
        vec![News::Avatar { person, avatar: avatar.map(|(id, _)| id.to_owned()) }]
    }
}

/// What somebody is called who has erased themself.
pub(crate) fn gone_name(person: PersonId) -> String {
    format!("gone-{person}")
}
