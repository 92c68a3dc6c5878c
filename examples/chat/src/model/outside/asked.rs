//! What others ask of who is a bot, of keys, targets, reminders and levels.

use crate::history::{
    Delivery, KeyHash, Level, Number, Offset, PersonId, ROBOT_HOOK, RoomId, RoomKind, StoredBot,
    StoredDelivery, StoredKey, StoredTarget,
};
use crate::model::tables::Model;

/// Calls are counted up to here.
const CALLS: usize = 99;

impl Model {
    /// Is it a program, or was it one, if it is gone?
    pub(crate) fn is_bot(&self, person: PersonId) -> bool {
        self.outside.bots.contains_key(&person)
    }

    /// The robot of the chat itself, if it has one.
    pub(crate) fn robot(&self) -> Option<PersonId> {
        self.outside.robot()
    }

    /// Those that are not gone.
    pub(crate) fn bots(&self) -> impl Iterator<Item = &StoredBot> {
        self.outside.bots.values().filter(|bot| !bot.is_gone)
    }

    // ---- keys

    pub(crate) fn key(&self, hash: &KeyHash) -> Option<&StoredKey> {
        self.outside.by_hash.get(hash).and_then(|number| self.outside.keys.get(number))
    }

    pub(crate) fn keys_of(&self, bot: PersonId) -> impl Iterator<Item = &StoredKey> {
        self.outside.keys.values().filter(move |key| key.bot == bot)
    }

    // ---- targets

    /// The hosts to which something may go out for those who are no owners.
    pub(crate) fn push_hosts(&self) -> &[String] {
        &self.rules.push_hosts
    }

    pub(crate) fn target(&self, number: Number) -> Option<&StoredTarget> {
        self.outside.targets.get(&number)
    }

    pub(crate) fn targets(&self) -> impl Iterator<Item = &StoredTarget> {
        self.outside.targets.values()
    }

    pub(crate) fn has_targets(&self) -> bool {
        !self.outside.targets.is_empty()
    }

    /// Those who have a target, and how many they are.
    pub(crate) fn served(&self) -> impl Iterator<Item = PersonId> {
        self.outside.of_people.keys().copied()
    }

    pub(crate) fn count_served(&self) -> usize {
        self.outside.of_people.len()
    }

    pub(crate) fn targets_of(&self, person: PersonId) -> impl Iterator<Item = &StoredTarget> {
        let numbers = self.outside.of_people.get(&person).into_iter().flatten();
        numbers.filter_map(|number| self.target(*number))
    }

    pub(crate) fn targets_of_room(&self, room: RoomId) -> impl Iterator<Item = &StoredTarget> {
        let numbers = self.outside.of_rooms.get(&room).into_iter().flatten();
        numbers.filter_map(|number| self.target(*number))
    }

    /// Has a target not got yet what went out of a room before?
    pub(crate) fn waits(&self, target: Number, room: RoomId) -> bool {
        self.outside.deliveries.of_room(target, room).next().is_some()
    }

    /// What is on its way, or waits to be tried again: what is due first comes first.
    pub(crate) fn deliveries(&self) -> impl DoubleEndedIterator<Item = &StoredDelivery> {
        self.outside.deliveries.by_due()
    }

    /// Those that are for the program that answers for the robot.
    pub(crate) fn questions(&self) -> impl Iterator<Item = &StoredDelivery> {
        let questions = self.outside.deliveries.of(ROBOT_HOOK);
        questions.filter_map(|delivery| self.delivery(delivery))
    }

    pub(crate) fn count_deliveries(&self) -> usize {
        self.outside.deliveries.len()
    }

    /// How many deliveries wait for a target.
    pub(crate) fn waiting_for(&self, target: Number) -> usize {
        self.outside.deliveries.of(target).count()
    }

    pub(crate) fn delivery(&self, delivery: Delivery) -> Option<&StoredDelivery> {
        self.outside.deliveries.get(delivery)
    }

    // ---- what somebody is told of while they are away

    /// What they have chosen.
    pub(crate) fn level(&self, person: PersonId, room: RoomId) -> Option<Level> {
        self.outside.levels.get(&(room, person)).copied()
    }

    /// As it counts: of a private talk everything, of a room mentions, if they have not chosen.
    pub(crate) fn level_in_force(&self, person: PersonId, room: RoomId) -> Level {
        let is_direct = self.room(room).is_some_and(|room| room.kind() == RoomKind::Direct);
        self.level(person, room).unwrap_or(if is_direct { Level::All } else { Level::Mentions })
    }

    /// Mentions of them that they have not read, with the calls of all members: up to a hundred or so.
    pub(crate) fn unread_mentions(&self, person: PersonId, room: RoomId) -> usize {
        let (Some(mark), Some(place)) = (self.mark(person, room), self.room(room)) else { return 0 };
        let calls = place.calls_after(mark.read()).iter().rev().take(CALLS);
        mark.mentions(place.first()) + calls.filter(|call| !mark.is_mention(**call)).count()
    }

    /// Up to where they were told of it while they were away, or have read it.
    pub(crate) fn told_up_to(&self, person: PersonId, room: RoomId) -> Offset {
        let told = self.outside.told.get(&(room, person)).copied().unwrap_or(0);
        let read = self.mark(person, room).map_or(0, |mark| mark.read());
        told.max(read)
    }

    /// The latest event of a room that concerns them by their level, if there is one of which they were not told.
    pub(crate) fn concerns(&self, person: PersonId, room: RoomId) -> Option<Offset> {
        let (mark, place) = (self.mark(person, room)?, self.room(room)?);
        // Whoever is put out hears nothing outside either.
        if self.govern.ban(person, room).is_some() {
            return None;
        }
        let latest = match self.level_in_force(person, room) {
            Level::Nothing => return None,
            Level::All => place.last_counted(),
            Level::Mentions => mark.last_mention().max(place.last_call())?,
        };
        (latest > self.told_up_to(person, room)).then_some(latest)
    }

    /// How much concerns them behind one offset, up to another.
    pub(crate) fn count_concerning(
        &self,
        person: PersonId,
        room: RoomId,
        (after, upto): (Offset, Offset),
    ) -> usize {
        let (Some(mark), Some(place)) = (self.mark(person, room), self.room(room)) else { return 0 };
        match self.level_in_force(person, room) {
            Level::Nothing => 0,
            Level::All => usize::try_from(upto.saturating_sub(after)).unwrap_or(usize::MAX),
            Level::Mentions => {
                let calls = place.calls_after(after).iter().take_while(|call| **call <= upto);
                let calls = calls.filter(|call| !mark.is_mention(**call)).count();
                mark.mentions_between(after, upto).len() + calls
            }
        }
    }

    /// May they be told outside what is said there? Not if they are put out.
    pub(crate) fn may_be_told(&self, person: PersonId, room: RoomId) -> bool {
        self.is_member(person, room) && self.govern.ban(person, room).is_none()
    }
}
