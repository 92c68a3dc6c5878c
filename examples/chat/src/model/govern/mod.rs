//! Who governs what: roles, ops, restraints, what rooms are like, invites, the door, reports. Tables only; the rest of the model
//! asks them.
//!
//! | file | what it knows |
//! |---|---|
//! | `restraints.rs`, `addresses.rs` | who may not speak or not be where, until when; which addresses are turned away |
//! | `invites.rs` | the invites that can still be used |
//! | `reports.rs` | what waits for somebody to look at it |
//! | `standing.rs` | what somebody is, in front of what they want to do; and what is told of it |
//! | `deciding.rs`, `people.rs`, `rooms.rs`, `coming.rs`, `bots.rs`, `targets.rs` | whether an act is granted, and the entries that carry it out |
//! | `done.rs` | what an act changes, and what is told of it |
//! | `words.rs` | what is said, in front of the word filter, the mutes and the pace of a room |

mod addresses;
mod bots;
mod coming;
mod deciding;
mod done;
mod invites;
#[cfg(test)]
mod look;
mod people;
mod reports;
mod restraints;
mod rooms;
mod standing;
mod targets;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::history::{
    Door, Governed, KeyHash, Millis, Number, PersonId, Restraint, RoomId, StoredAdminKey, StoredAnnouncement,
    StoredErasing, StoredRestraint, StoredTraits,
};
use crate::model::names;
use crate::rights::Role;
use invites::Invites;
use reports::Reports;
use restraints::Restraints;

pub(crate) use deciding::ADDRESSES;

/// Of a room whose pace is set, those who have spoken are looked through when they are so many more.
const SPOKEN: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Govern {
    /// Those who are more than members.
    roles: BTreeMap<PersonId, Role>,
    ops: BTreeSet<(RoomId, PersonId)>,
    restraints: Restraints,
    /// What else there is to know of rooms, as far as it is something.
    traits: HashMap<RoomId, StoredTraits>,
    /// Titles, as they are looked up.
    titles: HashMap<RoomId, String>,
    /// When somebody last spoke, where not everybody speaks at once.
    spoken: HashMap<RoomId, Spoken>,
    invites: Invites,
    reports: Reports,
    door: Door,
    announcement: Option<StoredAnnouncement>,
    /// Under which name, and how many bytes.
    avatars: HashMap<PersonId, (String, u64)>,
    admins: HashMap<KeyHash, StoredAdminKey>,
    /// Who is being erased, by the number of the work.
    erasing: BTreeMap<Number, StoredErasing>,
}

#[derive(Debug, Default)]
struct Spoken {
    at: HashMap<PersonId, Millis>,
    /// When there are more, those whose time is over go.
    most: usize,
}

impl Govern {
    pub(super) fn new(governed: Governed) -> Self {
        let Governed {
            roles,
            ops,
            restraints,
            rooms,
            invites,
            door,
            announcement,
            avatars,
            admins,
            reports,
            erasing,
        } = governed;
        let mut govern = Govern {
            roles: roles.into_iter().filter(|(_, role)| *role > Role::Member).collect(),
            ops: ops.into_iter().collect(),
            door,
            announcement,
            avatars: avatars.into_iter().map(|(person, id, size)| (person, (id, size))).collect(),
            admins: admins.into_iter().map(|admin| (admin.key, admin)).collect(),
            erasing: erasing.into_iter().map(|erasing| (erasing.work, erasing)).collect(),
            ..Govern::default()
        };
        rooms.into_iter().for_each(|traits| govern.describe(traits.room, |old| *old = traits));
        restraints.into_iter().for_each(|restraint| govern.restraints.insert(restraint));
        invites.into_iter().for_each(|invite| govern.invites.insert(invite));
        reports.into_iter().for_each(|(number, room)| govern.reports.insert(number, room, None, None));
        govern
    }

    pub(super) fn role(&self, person: PersonId) -> Role {
        self.roles.get(&person).copied().unwrap_or_default()
    }

    fn set_role(&mut self, person: PersonId, role: Role) {
        match role {
            Role::Member => self.roles.remove(&person),
            Role::Admin | Role::Owner => self.roles.insert(person, role),
        };
    }

    pub(super) fn is_op(&self, person: PersonId, room: RoomId) -> bool {
        self.ops.contains(&(room, person))
    }

    pub(super) fn traits(&self, room: RoomId) -> Option<&StoredTraits> {
        self.traits.get(&room)
    }

    /// A room is otherwise from now on.
    fn describe(&mut self, room: RoomId, change: impl FnOnce(&mut StoredTraits)) {
        let traits =
            self.traits.entry(room).or_insert_with(|| StoredTraits { room, ..StoredTraits::default() });
        change(traits);
        match &traits.title {
            Some(title) => self.titles.insert(room, names::fold_room(title)),
            None => self.titles.remove(&room),
        };
        if traits.pace == 0 {
            self.spoken.remove(&room);
        }
        let plain = StoredTraits { room, ..StoredTraits::default() };
        if *traits == plain {
            self.traits.remove(&room);
        }
    }

    pub(super) fn is_titled(&self, room: RoomId, folded: &str) -> bool {
        self.titles.get(&room).is_some_and(|title| title == folded)
    }

    /// A room is made.
    pub(super) fn make_room(&mut self, room: RoomId, maker: Option<PersonId>, title: Option<&str>) {
        self.describe(room, |traits| {
            traits.maker = maker;
            traits.title = title.map(str::to_owned);
        });
    }

    /// A room is gone, and all that was of it.
    pub(super) fn remove_room(&mut self, room: RoomId) {
        self.traits.remove(&room);
        self.titles.remove(&room);
        self.spoken.remove(&room);
        let ops: Vec<_> = self.ops.range((room, PersonId::MIN)..=(room, PersonId::MAX)).copied().collect();
        for op in ops {
            self.ops.remove(&op);
        }
        self.restraints.remove_room(room);
        self.invites.remove_room(room);
        self.reports.remove_room(room);
    }

    /// Whoever has made a room is its op whenever they are in it.
    pub(super) fn join(&mut self, room: RoomId, person: PersonId) {
        if self.traits(room).is_some_and(|traits| traits.maker == Some(person)) {
            self.ops.insert((room, person));
        }
    }

    pub(super) fn leave(&mut self, room: RoomId, person: PersonId) {
        self.ops.remove(&(room, person));
    }

    /// Somebody is gone for good, who was in these rooms.
    pub(super) fn forget(&mut self, person: PersonId, rooms: &[RoomId]) {
        rooms.iter().for_each(|&room| self.leave(room, person));
        self.roles.remove(&person);
        self.shut_admins(person);
        self.avatars.remove(&person);
        self.restraints.remove_person(person);
    }

    /// Whoever is no admin has nothing to do on the admin page.
    fn shut_admins(&mut self, person: PersonId) {
        self.admins.retain(|_, admin| admin.by != Some(person));
    }

    /// What is noted that keeps somebody out of a room, whatever time it is.
    pub(super) fn ban(&self, person: PersonId, room: RoomId) -> Option<&StoredRestraint> {
        let everywhere = self.restraints.get((person, None, Restraint::Ban));
        everywhere.or_else(|| self.restraints.get((person, Some(room), Restraint::Ban)))
    }

    /// Are they kept, however long they are away?
    pub(super) fn keeps(&self, person: PersonId) -> bool {
        self.role(person) > Role::Member || self.restraints.is_banned_for_now(person)
    }

    pub(super) fn show_by(&mut self, person: PersonId, avatar: Option<(&str, u64)>) {
        match avatar {
            Some((id, size)) => self.avatars.insert(person, (id.to_owned(), size)),
            None => self.avatars.remove(&person),
        };
    }

    // ---- the pace of a room

    /// Somebody has said something.
    pub(super) fn note_said(&mut self, room: RoomId, person: PersonId, at: Millis) {
        let Some(pace) =
            self.traits(room).map(|traits| Millis::from(traits.pace) * 1000).filter(|&it| it > 0)
        else {
            return;
        };
        let spoken = self.spoken.entry(room).or_default();
        spoken.at.insert(person, at);
        if spoken.at.len() > spoken.most {
            spoken.at.retain(|_, &mut then| then + pace > at);
            spoken.most = 2 * spoken.at.len() + SPOKEN;
        }
    }

    /// When somebody may speak again, who is not to speak at once.
    pub(super) fn next_word(&self, room: RoomId, person: PersonId) -> Option<Millis> {
        let pace = self.traits(room)?.pace;
        let last = self.spoken.get(&room)?.at.get(&person)?;
        Some(last + Millis::from(pace) * 1000)
    }

    // ---- who erases themself

    fn begin_to_erase(&mut self, erasing: StoredErasing) {
        self.erasing.insert(erasing.work, erasing);
    }

    pub(super) fn erasing(&self) -> impl Iterator<Item = &StoredErasing> {
        self.erasing.values()
    }

    /// It has nothing left to do. Whom it was about, if it was to erase somebody.
    pub(super) fn erased(&mut self, work: Number) -> Option<PersonId> {
        self.erasing.remove(&work).map(|erasing| erasing.person)
    }
}
