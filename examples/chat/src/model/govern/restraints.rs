//! Who may not speak, or not be, where, and until when.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::addresses::Addresses;
use crate::history::{MOST_ADDRESSES, Millis, PersonId, Restraint, RoomId, StoredRestraint};

/// Whom it is about, where, and what it is: one of each.
type Key = (PersonId, Option<RoomId>, Restraint);

#[derive(Debug, Default)]
pub(super) struct Restraints {
    all: BTreeMap<Key, StoredRestraint>,
    /// Those of rooms, by room.
    by_room: BTreeSet<(RoomId, Key)>,
    /// Those that end, by when.
    ending: BTreeSet<(Millis, Key)>,
    addresses: Addresses,
}

fn key(restraint: &StoredRestraint) -> Key {
    (restraint.person, restraint.room, restraint.restraint)
}

impl Restraints {
    /// It takes the place of what was the same before.
    pub(super) fn insert(&mut self, restraint: StoredRestraint) {
        let key = key(&restraint);
        self.remove(key);
        self.by_room.extend(restraint.room.map(|room| (room, key)));
        self.ending.extend(restraint.until.map(|until| (until, key)));
        self.addresses.insert(restraint.person, &restraint.addresses);
        self.all.insert(key, restraint);
    }

    /// A ban from the whole chat that began then is for these addresses, too.
    pub(super) fn add_addresses(&mut self, person: PersonId, since: Millis, more: &[String]) {
        let ban = self.all.get_mut(&(person, None, Restraint::Ban)).filter(|ban| ban.at == since);
        let Some(ban) = ban else { return };
        for address in more {
            let is_one = !address.is_empty() && !address.contains(' ');
            if is_one && ban.addresses.len() < MOST_ADDRESSES && !ban.addresses.contains(address) {
                ban.addresses.push(address.clone());
                self.addresses.insert(person, std::slice::from_ref(address));
            }
        }
    }

    pub(super) fn remove(&mut self, key: Key) -> Option<StoredRestraint> {
        let restraint = self.all.remove(&key)?;
        if let Some(room) = restraint.room {
            self.by_room.remove(&(room, key));
        }
        if let Some(until) = restraint.until {
            self.ending.remove(&(until, key));
        }
        self.addresses.remove(restraint.person, &restraint.addresses);
        Some(restraint)
    }

    pub(super) fn get(&self, key: Key) -> Option<&StoredRestraint> {
        self.all.get(&key)
    }

    /// Those of the whole chat.
    pub(super) fn count_of_chat(&self) -> usize {
        self.all.len() - self.by_room.len()
    }

    /// Those of all rooms together.
    pub(super) fn count_of_rooms(&self) -> usize {
        self.by_room.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &StoredRestraint> {
        self.all.values()
    }

    /// Those of a room.
    pub(super) fn of_room(&self, room: RoomId) -> impl Iterator<Item = &StoredRestraint> {
        let of_room = self.by_room.range((room, (PersonId::MIN, None, Restraint::Mute))..);
        of_room.take_while(move |(of, _)| *of == room).filter_map(|(_, key)| self.all.get(key))
    }

    /// What is in force at a time, there or everywhere: the one that lasts longest.
    pub(super) fn in_force(
        &self,
        restraint: Restraint,
        person: PersonId,
        room: Option<RoomId>,
        at: Millis,
    ) -> Option<&StoredRestraint> {
        let there = room.and_then(|room| self.get((person, Some(room), restraint)));
        let found = there.into_iter().chain(self.get((person, None, restraint)));
        let in_force = found.filter(|restraint| restraint.until.is_none_or(|until| until > at));
        in_force.max_by_key(|restraint| restraint.until.unwrap_or(Millis::MAX))
    }

    /// Is somebody banned from the chat, as far as it is known that this is not over?
    pub(super) fn is_banned_for_now(&self, person: PersonId) -> bool {
        self.get((person, None, Restraint::Ban)).is_some()
    }

    /// What ends by this time.
    pub(super) fn over(&self, at: Millis) -> Vec<Key> {
        self.ending.iter().take_while(|&&(until, _)| until <= at).map(|&(_, key)| key).collect()
    }

    pub(super) fn remove_room(&mut self, room: RoomId) {
        let gone: Vec<Key> = self.of_room(room).map(key).collect();
        gone.into_iter().for_each(|key| drop(self.remove(key)));
    }

    pub(super) fn remove_person(&mut self, person: PersonId) {
        let from = (person, None, Restraint::Mute);
        let of_person = self.all.range(from..).map(|(key, _)| *key);
        let gone: Vec<Key> = of_person.take_while(|&(of, ..)| of == person).collect();
        gone.into_iter().for_each(|key| drop(self.remove(key)));
    }

    /// Is an address turned away, and until when? `Some(None)`: for ever.
    pub(super) fn of_address(&self, address: IpAddr, at: Millis) -> Option<Option<Millis>> {
        let bans =
            self.addresses.of(address).filter_map(|person| self.in_force(Restraint::Ban, person, None, at));
        bans.map(|ban| ban.until).max_by_key(|until| until.unwrap_or(Millis::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn restraint(person: PersonId, room: Option<RoomId>, until: Option<Millis>) -> StoredRestraint {
        let (restraint, by, reason) = (Restraint::Ban, None, String::new());
        StoredRestraint { restraint, person, room, until, by, at: 0, reason, addresses: Vec::new() }
    }

    #[test]
    fn what_is_said_anew_takes_the_place_of_what_was() {
        let mut table = Restraints::default();
        table.insert(restraint(1, Some(5), Some(100)));
        table.insert(restraint(1, Some(5), Some(200)));
        table.insert(restraint(1, None, Some(150)));
        table.insert(restraint(2, Some(5), None));
        let until = |person, room, at| table.in_force(Restraint::Ban, person, room, at).map(|it| it.until);
        assert_eq!((table.count_of_chat(), table.count_of_rooms(), table.of_room(5).count()), (1, 2, 2));
        assert_eq!(until(1, Some(5), 0), Some(Some(200)));
        assert_eq!((until(1, None, 149), until(1, None, 150)), (Some(Some(150)), None));
        assert_eq!((until(2, Some(5), 999), until(2, None, 0)), (Some(None), None));
        assert!(table.in_force(Restraint::Mute, 1, Some(5), 0).is_none());
        assert_eq!((table.over(100).len(), table.over(150).len(), table.over(200).len()), (0, 1, 2));
        table.remove_person(1);
        assert_eq!((table.all.len(), table.ending.len(), table.by_room.len()), (1, 0, 1));
        table.remove_room(5);
        assert_eq!((table.all.len(), table.by_room.len()), (0, 0));
    }

    #[test]
    fn an_address_is_found_at_once_among_ten_thousand() {
        let mut table = Restraints::default();
        for person in 0..10_000_u32 {
            let [_, b, c, d] = person.to_be_bytes();
            let addresses = vec![format!("9.{b}.{c}.{d}/32")];
            table.insert(StoredRestraint { addresses, ..restraint(person.into(), None, Some(100)) });
        }
        table.insert(StoredRestraint {
            addresses: vec!["9.0.0.7/32".into()],
            ..restraint(20_000, None, None)
        });
        let of = |text: &str, at| table.of_address(text.parse().unwrap(), at);
        assert_eq!((of("9.0.0.8", 99), of("9.0.0.8", 100)), (Some(Some(100)), None));
        assert_eq!((of("9.0.0.7", 99), of("9.9.9.9", 99)), (Some(None), None), "the longest counts");
    }
}
