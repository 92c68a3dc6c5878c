//! Plain lists of who is what where, and what an entry changes in them.

use std::collections::{BTreeMap, BTreeSet};

use crate::history::{
    Act, Append, Body, Change, Deed, Done, Entry, KeyKind, Millis, Number, Outcome, PersonId, Restraint,
    RoomId, RoomKind,
};
use crate::rights::Role;

#[derive(Debug, Default)]
pub(super) struct Plain {
    pub people: BTreeMap<PersonId, Somebody>,
    pub rooms: BTreeMap<RoomId, Room>,
    /// What it is, whom it is about, where, until when.
    pub restraints: Vec<(Restraint, PersonId, Option<RoomId>, Option<Millis>)>,
    /// Into what, until when, how often; and who has made it.
    pub invites: BTreeMap<Number, (Option<RoomId>, Millis, u32, By)>,
    /// Who has used which invite into the chat.
    pub used: BTreeSet<(Number, PersonId)>,
    pub reports: BTreeMap<Number, RoomId>,
    /// Of those what is held back: whose it is, and since when.
    pub held: BTreeMap<Number, (PersonId, Millis)>,
    /// What somebody comes back with, and until when the admin page lets whom in.
    pub sessions: BTreeMap<Number, PersonId>,
    pub admins: BTreeMap<Number, (By, Millis)>,
    /// Names of those who are being erased.
    pub withheld: BTreeMap<Number, String>,
    /// Those that are not gone; and which of them is the robot.
    pub bots: BTreeSet<PersonId>,
    pub robot: Option<PersonId>,
    pub keys: BTreeMap<Number, Key>,
    pub targets: BTreeMap<Number, Target>,
    /// When a room was last called together.
    pub called: BTreeMap<RoomId, Millis>,
    pub next_person: PersonId,
}

#[derive(Debug)]
pub(super) struct Key {
    pub bot: PersonId,
    /// Of a hook.
    pub room: Option<RoomId>,
}

#[derive(Debug)]
pub(super) struct Target {
    pub person: Option<PersonId>,
    pub room: Option<RoomId>,
    pub is_free: bool,
}

#[derive(Debug)]
pub(super) struct Somebody {
    pub name: String,
    pub role: Role,
    /// They never had a token.
    pub is_guest: bool,
}

#[derive(Debug)]
pub(super) struct Room {
    pub kind: RoomKind,
    pub key: String,
    pub title: Option<String>,
    pub is_closed: bool,
    pub pace: u32,
    pub maker: Option<PersonId>,
    pub members: BTreeSet<PersonId>,
    pub ops: BTreeSet<PersonId>,
    /// Who said what is there, if it has not been taken back; and when.
    pub said: Vec<(Option<PersonId>, Millis)>,
    /// When somebody last spoke, while it was slow.
    pub spoke: BTreeMap<PersonId, Millis>,
}

/// Who does it: nobody of the chat runs it.
pub(super) type By = Option<PersonId>;

impl Plain {
    pub(super) fn apply(&mut self, entry: &Entry, outcome: &Outcome) {
        let Ok(done) = outcome else { return };
        match entry {
            Entry::Arrive { person, name, token, .. } => {
                let (name, is_guest) = (name.clone(), token.is_none());
                self.people.insert(*person, Somebody { name, role: Role::Member, is_guest });
                self.next_person = self.next_person.max(person + 1);
            }
            Entry::Rename { person, name, .. } => {
                self.people.get_mut(person).unwrap().name.clone_from(name);
            }
            Entry::Create { room, kind, name, maker, title, .. } => {
                let (key, title, maker) = (name.clone(), title.clone(), *maker);
                let (members, ops, said, spoke) = Default::default();
                let made = Room {
                    kind: *kind,
                    key,
                    title,
                    is_closed: false,
                    pace: 0,
                    maker,
                    members,
                    ops,
                    said,
                    spoke,
                };
                self.rooms.insert(*room, made);
            }
            Entry::Remove { room } => self.remove(*room),
            Entry::Join { room, person, .. } => self.enter(*room, *person),
            Entry::Leave { room, person } => self.leave(*room, *person),
            Entry::Forget { person, .. } => self.forget(*person),
            Entry::Append(append) => self.say(append, done),
            Entry::Lapse { at } => {
                self.restraints.retain(|(.., until)| until.is_none_or(|until| until > *at));
                self.invites.retain(|_, (_, until, ..)| *until > *at);
                self.admins.retain(|_, (_, until)| *until > *at);
            }
            Entry::AddToken { person, .. } => self.people.get_mut(person).unwrap().is_guest = false,
            Entry::Robot { robot: Some(robot), .. } => {
                self.make_bot(robot.person, &robot.name);
                self.robot = Some(robot.person);
            }
            Entry::Purged { purge } => drop(self.withheld.remove(purge)),
            Entry::Act(deed) => self.act(deed, done),
            _ => {}
        }
    }

    fn say(&mut self, append: &Append, done: &Done) {
        let Some(place) = self.rooms.get_mut(&append.room) else { return };
        match (&append.body, done) {
            (Body::Deletion { target }, _) => {
                place.said[*target as usize - 1].0 = None;
                place.said.push((None, append.at));
            }
            (_, Done::Appended { repeated: false, .. }) => {
                if append.call.is_some() {
                    self.called.insert(append.room, append.at);
                }
                place.said.push((Some(append.author), append.at));
                if place.pace > 0 && place.members.contains(&append.author) {
                    place.spoke.insert(append.author, append.at);
                }
            }
            _ => {}
        }
    }

    fn act(&mut self, deed: &Deed, done: &Done) {
        let number = if let Done::Numbered(number) = done { *number } else { 0 };
        match &deed.act {
            Act::Role { person, role } => {
                self.people.get_mut(person).unwrap().role = *role;
                if *role == Role::Member {
                    self.shut_admins(*person);
                }
            }
            Act::Op { room, person, is_op } => {
                let place = self.rooms.get_mut(room).unwrap();
                place.ops.remove(person);
                if *is_op {
                    place.ops.insert(*person);
                } else if place.maker == Some(*person) {
                    place.maker = None;
                }
            }
            Act::Kick { person, room } => room.iter().for_each(|room| self.leave(*room, *person)),
            Act::Restrain { restraint, person, room, until, .. } => {
                self.release(*restraint, *person, *room);
                self.restraints.push((*restraint, *person, *room, *until));
                match (restraint, room) {
                    (Restraint::Ban, Some(room)) => self.leave(*room, *person),
                    (Restraint::Ban, None) => self.shut_admins(*person),
                    (Restraint::Mute, _) => {}
                }
            }
            Act::Release { restraint, person, room } => self.release(*restraint, *person, *room),
            Act::Erase { person, words } => {
                self.withheld.insert(number, self.people[person].name.clone());
                if *words {
                    self.drop_held(*person, None, Millis::MIN);
                }
                self.forget(*person);
            }
            Act::Alter { room, change } => {
                let place = self.rooms.get_mut(room).unwrap();
                match change {
                    Change::Name { is_private, name, title, .. } => {
                        place.kind = if *is_private { RoomKind::Private } else { RoomKind::Public };
                        (place.key, place.title) = (name.clone(), title.clone());
                    }
                    Change::Pace(pace) => place.pace = *pace,
                    Change::Closed(is_closed) => place.is_closed = *is_closed,
                    Change::Topic(_) => {}
                }
            }
            Act::RemoveRoom { room } => self.remove(*room),
            Act::Add { room, person, .. } => self.enter(*room, *person),
            Act::Invite { room, until, uses, .. } => {
                self.invites.insert(number, (*room, *until, *uses, deed.by));
            }
            Act::Revoke { invite } => drop(self.invites.remove(invite)),
            Act::Accept { invite, .. } => {
                let (by, (room, _, left, _)) = (deed.by.unwrap(), self.invites.get_mut(invite).unwrap());
                let is_there = match room {
                    Some(room) => self.rooms[room].members.contains(&by),
                    None => !self.used.insert((*invite, by)),
                };
                assert_eq!(*done, Done::Accepted { is_used: !is_there });
                *left -= u32::from(!is_there);
                let (room, is_used_up) = (*room, *left == 0);
                if is_used_up {
                    self.invites.remove(invite);
                }
                room.into_iter().for_each(|room| self.enter(room, by));
            }
            Act::Report { room, .. } => drop(self.reports.insert(number, *room)),
            Act::Purge { person, room, since } => self.drop_held(*person, *room, *since),
            Act::Hold { said } => {
                self.held.insert(number, (said.author, deed.at));
                self.reports.insert(number, said.room);
                let place = self.rooms.get_mut(&said.room).unwrap();
                if place.pace > 0 {
                    place.spoke.insert(said.author, said.at);
                }
            }
            Act::Settle { report, .. } => {
                self.reports.remove(report);
                if let Done::Settled { said: Some((said, _)) } = done {
                    self.rooms.get_mut(&said.room).unwrap().said.push((Some(said.author), said.at));
                }
            }
            Act::EndSession { session, .. } => drop(self.sessions.remove(session)),
            Act::OpenAdmin { until, .. } => drop(self.admins.insert(number, (deed.by, *until))),
            Act::CloseAdmin { session } => drop(self.admins.remove(session)),
            Act::MakeBot { bot, name, room, .. } => {
                self.make_bot(*bot, name);
                self.enter(*room, *bot);
            }
            Act::RemoveBot { bot } => {
                self.bots.remove(bot);
                self.keys.retain(|_, key| key.bot != *bot);
                self.forget(*bot);
            }
            Act::GiveKey { bot, kind, room, .. } => {
                let hooked = Some(*room).filter(|_| *kind == KeyKind::Hook);
                self.keys.insert(number, Key { bot: *bot, room: hooked });
                self.enter(*room, *bot);
            }
            Act::RevokeKey { key } => drop(self.keys.remove(key)),
            Act::AddTarget { target } => {
                let (person, room) = (target.serves.person(), target.serves.room());
                self.targets.insert(number, Target { person, room, is_free: target.is_free });
            }
            Act::DropTarget { target } => drop(self.targets.remove(target)),
            Act::RotateTarget { .. } | Act::SetDoor { .. } | Act::Announce { .. } => {}
        }
    }

    fn make_bot(&mut self, bot: PersonId, name: &str) {
        let name = name.to_owned();
        self.people.insert(bot, Somebody { name, role: Role::Member, is_guest: false });
        self.bots.insert(bot);
        self.next_person = self.next_person.max(bot + 1);
    }

    fn shut_admins(&mut self, whom: PersonId) {
        self.admins.retain(|_, (by, _)| *by != Some(whom));
    }

    fn release(&mut self, what: Restraint, whom: PersonId, room: Option<RoomId>) {
        self.restraints.retain(|&(which, who, place, _)| (which, who, place) != (what, whom, room));
    }

    /// What is held back of somebody goes with what they have said.
    fn drop_held(&mut self, of: PersonId, room: Option<RoomId>, since: Millis) {
        let held = &self.held;
        self.reports.retain(|number, place| {
            let is_theirs = held.get(number).is_some_and(|&(whose, at)| whose == of && at >= since);
            !(is_theirs && room.is_none_or(|room| room == *place))
        });
    }

    fn enter(&mut self, room: RoomId, person: PersonId) {
        let place = self.rooms.get_mut(&room).unwrap();
        if place.members.insert(person) && place.maker == Some(person) {
            place.ops.insert(person);
        }
    }

    fn leave(&mut self, room: RoomId, person: PersonId) {
        let Some(place) = self.rooms.get_mut(&room) else { return };
        place.members.remove(&person);
        place.ops.remove(&person);
        place.spoke.remove(&person);
    }

    fn remove(&mut self, room: RoomId) {
        self.rooms.remove(&room);
        self.restraints.retain(|(_, _, place, _)| *place != Some(room));
        self.invites.retain(|_, (place, ..)| *place != Some(room));
        self.reports.retain(|_, place| *place != room);
        self.keys.retain(|_, key| key.room != Some(room));
        self.targets.retain(|_, target| target.room != Some(room));
        self.called.remove(&room);
    }

    fn forget(&mut self, person: PersonId) {
        self.people.remove(&person);
        self.sessions.retain(|_, whose| *whose != person);
        self.shut_admins(person);
        let rooms: Vec<RoomId> = self.rooms.keys().copied().collect();
        rooms.into_iter().for_each(|room| self.leave(room, person));
        self.restraints.retain(|(_, who, ..)| *who != person);
        self.targets.retain(|_, target| target.person != Some(person));
    }
}
