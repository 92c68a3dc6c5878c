//! Who is a member of which room, and how far they have read it: the one table that knows.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::members::{ByName, Members};
use super::person::Person;
use crate::history::{Offset, PersonId, RoomId};

/// Mentions are counted up to here.
const MENTIONS: usize = 99;

/// How far a member has read a room.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    read: Offset,
    /// Unread mentions, in order.
    mentions: Vec<Offset>,
}

impl Mark {
    pub(crate) fn new(read: Offset, mentions: Vec<Offset>) -> Self {
        Mark { read, mentions }
    }

    pub(crate) fn read(&self) -> Offset {
        self.read
    }

    /// Unread mentions in what is kept: from `first` on.
    pub(crate) fn mentions(&self, first: Offset) -> usize {
        self.mentions.len() - self.mentions.partition_point(|&mention| mention < first)
    }

    pub(crate) fn is_mention(&self, offset: Offset) -> bool {
        self.mentions.binary_search(&offset).is_ok()
    }

    /// Unread mentions behind one offset, up to another.
    pub(crate) fn mentions_between(&self, after: Offset, upto: Offset) -> &[Offset] {
        let place = |offset| self.mentions.partition_point(|&mention| mention <= offset);
        self.mentions.get(place(after)..place(upto)).unwrap_or_default()
    }

    /// The latest unread mention.
    pub(crate) fn last_mention(&self) -> Option<Offset> {
        self.mentions.last().copied()
    }

    /// True if there was something left to read.
    pub(super) fn move_to(&mut self, offset: Offset) -> bool {
        let before = self.read;
        self.read = self.read.max(offset);
        self.mentions.retain(|&mention| mention > self.read);
        self.read > before
    }

    /// What comes before `first` is not kept, and does not count.
    pub(super) fn mention(&mut self, offset: Offset, first: Offset) {
        self.mentions.retain(|&mention| mention >= first);
        if self.mentions.len() < MENTIONS {
            self.mentions.push(offset);
        }
    }

    pub(super) fn forget_mention(&mut self, offset: Offset) {
        self.mentions.retain(|&mention| mention != offset);
    }
}

#[derive(Debug, Default)]
pub(super) struct Membership {
    by_person: HashMap<PersonId, HashMap<RoomId, Mark>>,
    /// The same from the other side: in the order in which lists show them.
    by_room: HashMap<RoomId, Members>,
}

impl Membership {
    /// False if they are a member already: then nothing changes.
    pub(super) fn join(&mut self, person: &Person, room: RoomId, mark: Mark) -> bool {
        let rooms = self.by_person.entry(person.id()).or_default();
        if rooms.contains_key(&room) {
            return false;
        }
        rooms.insert(room, mark);
        let members = self.by_room.entry(room).or_default();
        members.insert(person.by_name().clone(), person.is_here());
        true
    }

    /// False if they were none.
    pub(super) fn leave(&mut self, person: &Person, room: RoomId) -> bool {
        let was_in = self.by_person.get_mut(&person.id()).and_then(|rooms| rooms.remove(&room)).is_some();
        self.take_out(person, room);
        was_in
    }

    /// Somebody leaves all of their rooms: these were they.
    pub(super) fn leave_all(&mut self, person: &Person) -> Vec<RoomId> {
        let rooms = self.by_person.remove(&person.id()).unwrap_or_default();
        let mut rooms: Vec<RoomId> = rooms.into_keys().collect();
        rooms.sort_unstable();
        rooms.iter().for_each(|&room| self.take_out(person, room));
        rooms
    }

    /// Everybody leaves a room.
    pub(super) fn dissolve(&mut self, room: RoomId) {
        for person in self.by_room.remove(&room).iter().flat_map(Members::iter) {
            self.by_person.get_mut(&person).and_then(|rooms| rooms.remove(&room));
        }
    }

    fn take_out(&mut self, person: &Person, room: RoomId) {
        if let Some(members) = self.by_room.get_mut(&room) {
            members.remove(person.by_name());
            if members.is_empty() {
                self.by_room.remove(&room);
            }
        }
    }

    /// Somebody has come, has gone, or is called otherwise: here they stand in the lists of their rooms from now on.
    pub(super) fn place(&mut self, old: &ByName, person: &Person) {
        for room in self.by_person.get(&person.id()).into_iter().flat_map(HashMap::keys) {
            if let Some(members) = self.by_room.get_mut(room) {
                members.replace(old, person.by_name(), person.is_here());
            }
        }
    }

    pub(super) fn is_member(&self, person: PersonId, room: RoomId) -> bool {
        self.mark(person, room).is_some()
    }

    pub(super) fn mark(&self, person: PersonId, room: RoomId) -> Option<&Mark> {
        self.by_person.get(&person)?.get(&room)
    }

    pub(super) fn mark_mut(&mut self, person: PersonId, room: RoomId) -> Option<&mut Mark> {
        self.by_person.get_mut(&person)?.get_mut(&room)
    }

    pub(super) fn rooms_of(&self, person: PersonId) -> impl Iterator<Item = RoomId> {
        self.by_person.get(&person).into_iter().flat_map(HashMap::keys).copied()
    }

    pub(super) fn members_of(&self, room: RoomId) -> &Members {
        static NOBODY: LazyLock<Members> = LazyLock::new(Members::default);
        self.by_room.get(&room).unwrap_or(&NOBODY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_are_unread_until_they_are_read() {
        let mut mark = Mark::default();
        (1..=200).for_each(|offset| mark.mention(offset, 1));
        assert_eq!(mark.mentions(1), MENTIONS);
        assert!(mark.move_to(98));
        assert_eq!(mark.mentions, [99]);
        assert!(!mark.move_to(3), "a mark never moves back");
        assert_eq!((mark.read(), mark.mentions(1), mark.mentions(100)), (98, 1, 0));
    }

    #[test]
    fn both_sides_of_the_table_say_the_same() {
        let mut table = Membership::default();
        let [one, other] = [1, 2].map(|id| Person::new(id, format!("person {id}"), None, 0));
        assert!(table.join(&one, 7, Mark::default()) && table.join(&other, 7, Mark::default()));
        assert!(!table.join(&one, 7, Mark::new(5, vec![])), "they are a member already");
        assert_eq!(table.mark(1, 7).map(Mark::read), Some(0));
        assert!(table.join(&one, 8, Mark::default()));
        assert_eq!((table.members_of(7).len(), table.rooms_of(1).count()), (2, 2));
        assert!(table.leave(&one, 7) && !table.leave(&one, 7));
        assert!(!table.is_member(1, 7) && table.is_member(2, 7));
        assert_eq!(table.members_of(7).iter().collect::<Vec<_>>(), [2]);
        assert_eq!((table.leave_all(&one), table.rooms_of(1).count()), (vec![8], 0));
        assert!(table.members_of(8).is_empty());
    }
}
