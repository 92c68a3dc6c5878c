//! What the model knows of the world outside: bots and their keys, targets and what is on its way to them, reminders; and how much
//! of a room somebody wants to be told of. Tables only; the rest of the model asks them.
//!
//! | file | what it knows |
//! |---|---|
//! | `asked.rs` | what others ask of these tables |
//! | `done.rs` | what an entry changes in them, and what is told of it |
//! | `limits.rs` | what a bot does not do |
//! | `address.rs` | where something may go |
//! | `deliveries.rs` | what is on its way |
//! | `robot.rs` | the robot of the chat |
//! | `called.rs`, `calling.rs` | who has called a room together and when, and who may |
//! | `reminders.rs`, `reminding.rs` | what somebody wants to be reminded of, what is due; whether it is granted, what is said |

mod address;
mod asked;
mod called;
mod calling;
mod deliveries;
mod done;
mod limits;
#[cfg(test)]
mod look;
mod reminders;
mod reminding;
mod robot;
#[cfg(test)]
mod tests;

pub(crate) use address::Address;
pub(super) use address::check as check_address;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::history::{
    self, Append, BotKind, Event, Failure, KeyHash, Level, Millis, Number, Offset, PersonId, RoomId, Serves,
    StoredBot, StoredKey, StoredTarget,
};
use called::Called;
use deliveries::Deliveries;
use reminders::Reminders;

#[derive(Debug, Default)]
pub(super) struct Outside {
    /// Those that are gone, too.
    bots: BTreeMap<PersonId, StoredBot>,
    /// The one of them that is the robot of the chat.
    robot: Option<PersonId>,
    /// Those on their way to the disk.
    making: BTreeSet<PersonId>,
    keys: BTreeMap<Number, StoredKey>,
    by_hash: HashMap<KeyHash, Number>,
    targets: BTreeMap<Number, StoredTarget>,
    /// Those of each person, and of each room.
    of_people: BTreeMap<PersonId, BTreeSet<Number>>,
    of_rooms: BTreeMap<RoomId, BTreeSet<Number>>,
    deliveries: Deliveries,
    /// Those that went off with who left a room: it is not told yet.
    ended: Vec<Number>,
    reminders: Reminders,
    /// As far as somebody has chosen one.
    levels: HashMap<(RoomId, PersonId), Level>,
    /// Up to where somebody was told of a room while they were away.
    told: HashMap<(RoomId, PersonId), Offset>,
    called: Called,
}

impl Outside {
    pub(super) fn new(outside: history::Outside) -> Self {
        let history::Outside { bots, keys, targets, deliveries, reminders, levels, told } = outside;
        let mut tables = Outside {
            robot: bots.iter().rfind(|bot| bot.kind == BotKind::Robot && !bot.is_gone).map(|bot| bot.person),
            bots: bots.into_iter().map(|bot| (bot.person, bot)).collect(),
            deliveries: Deliveries::new(deliveries),
            reminders: Reminders::new(reminders),
            levels: levels.into_iter().map(|(room, person, level)| ((room, person), level)).collect(),
            told: told.into_iter().map(|(room, person, offset)| ((room, person), offset)).collect(),
            ..Outside::default()
        };
        keys.into_iter().for_each(|key| tables.insert_key(key));
        targets.into_iter().for_each(|target| tables.insert_target(target));
        tables
    }

    fn insert_key(&mut self, key: StoredKey) {
        self.by_hash.insert(key.key, key.number);
        self.keys.insert(key.number, key);
    }

    fn remove_key(&mut self, number: Number) -> Option<StoredKey> {
        let key = self.keys.remove(&number)?;
        self.by_hash.remove(&key.key);
        Some(key)
    }

    /// Is it a bot that is not gone?
    pub(super) fn is_bot(&self, person: PersonId) -> bool {
        self.kind_of(person).is_some()
    }

    /// Which kind of one.
    pub(super) fn kind_of(&self, person: PersonId) -> Option<BotKind> {
        self.bots.get(&person).filter(|bot| !bot.is_gone).map(|bot| bot.kind)
    }

    pub(super) fn robot(&self) -> Option<PersonId> {
        self.robot
    }

    /// Those that come by keys.
    pub(super) fn count_bots(&self) -> usize {
        self.bots.values().filter(|bot| !bot.is_gone && bot.kind == BotKind::Bot).count()
    }

    pub(super) fn key(&self, number: Number) -> Option<&StoredKey> {
        self.keys.get(&number)
    }

    // ---- what is on its way to the disk, and what comes of it

    /// Something is about to be said, or was said.
    pub(super) fn note_call(&mut self, append: &Append) {
        self.called.note(append);
    }

    /// It was not.
    pub(super) fn undo_call(&mut self, append: &Append) {
        self.called.undo(append);
    }

    pub(super) fn begin_to_ring(&mut self, reminder: Number) {
        self.reminders.begin_to_ring(reminder);
    }

    pub(super) fn give_up_ringing(&mut self, reminder: Number, failure: &Failure, now: Millis) {
        self.reminders.rings_no_more(reminder, failure, now);
    }

    /// What is in memory of a room, when the chat starts.
    pub(super) fn load_room(&mut self, room: RoomId, recent: &[Event]) {
        self.called.load(room, recent);
    }

    /// A room is gone, and all that was of it.
    pub(super) fn remove_room(&mut self, room: RoomId) {
        self.levels.retain(|(of, _), _| *of != room);
        self.told.retain(|(of, _), _| *of != room);
        self.called.remove_room(room);
        self.deliveries.remove_each(|delivery| delivery.room == room);
        for target in self.of_rooms.remove(&room).unwrap_or_default() {
            self.drop_target(target);
        }
        self.reminders.remove_each(|reminder| reminder.room == room);
        let hooks: Vec<Number> =
            self.keys.values().filter(|key| key.room == Some(room)).map(|key| key.number).collect();
        hooks.into_iter().for_each(|key| _ = self.remove_key(key));
    }

    /// Somebody has left a room.
    pub(super) fn leave(&mut self, room: RoomId, person: PersonId) {
        self.levels.remove(&(room, person));
        self.told.remove(&(room, person));
        self.reminders.remove_of(person, room);
        for &target in self.of_people.get(&person).into_iter().flatten() {
            self.deliveries.remove_of_room(target, room);
        }
    }

    /// Somebody is gone for good, who was in these rooms.
    pub(super) fn forget(&mut self, person: PersonId, rooms: &[RoomId]) {
        rooms.iter().for_each(|&room| self.leave(room, person));
        let targets = self.of_people.remove(&person).unwrap_or_default();
        targets.into_iter().for_each(|target| self.drop_target(target));
    }

    fn insert_target(&mut self, stored: StoredTarget) {
        match stored.target.serves {
            Serves::Person(person) => self.of_people.entry(person).or_default().insert(stored.number),
            Serves::Room(room) => self.of_rooms.entry(room).or_default().insert(stored.number),
        };
        self.targets.insert(stored.number, stored);
    }

    fn drop_target(&mut self, target: Number) {
        let Some(stored) = self.targets.remove(&target) else { return };
        match stored.target.serves {
            Serves::Person(person) => take_out(&mut self.of_people, person, target),
            Serves::Room(room) => take_out(&mut self.of_rooms, room, target),
        }
        self.deliveries.remove_of(target);
    }
}

fn take_out(index: &mut BTreeMap<u64, BTreeSet<Number>>, of: u64, target: Number) {
    if let Some(targets) = index.get_mut(&of) {
        targets.remove(&target);
        if targets.is_empty() {
            index.remove(&of);
        }
    }
}
