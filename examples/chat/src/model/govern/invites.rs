//! The invites that can still be used. One that somebody is about to use is kept for them until the disk has said how it came out.

use std::collections::{BTreeMap, HashMap};

use crate::history::{By, KeyHash, Millis, Number, RoomId, StoredInvite};

#[derive(Debug, Default)]
pub(super) struct Invites {
    all: BTreeMap<Number, Live>,
    by_key: HashMap<KeyHash, Number>,
    /// Those on their way to the disk: whose they are, and whether they are into the chat.
    pending: Vec<(By, bool)>,
}

#[derive(Debug)]
struct Live {
    invite: StoredInvite,
    /// So many are about to use it.
    reserved: u32,
}

impl Invites {
    pub(super) fn insert(&mut self, invite: StoredInvite) {
        self.by_key.insert(invite.key, invite.number);
        self.all.insert(invite.number, Live { invite, reserved: 0 });
    }

    pub(super) fn remove(&mut self, number: Number) -> Option<StoredInvite> {
        let Live { invite, .. } = self.all.remove(&number)?;
        self.by_key.remove(&invite.key);
        Some(invite)
    }

    pub(super) fn get(&self, number: Number) -> Option<&StoredInvite> {
        self.all.get(&number).map(|live| &live.invite)
    }

    /// The one with this key, if it can be used at this time.
    pub(super) fn with_key(&self, key: &KeyHash, at: Millis) -> Option<&StoredInvite> {
        let live = self.all.get(self.by_key.get(key)?)?;
        (live.invite.until > at && live.invite.left > live.reserved).then_some(&live.invite)
    }

    /// How many there are into rooms, or into the chat, with those on their way; and how many of these somebody has made.
    pub(super) fn count(&self, by: By, into_chat: bool) -> (usize, usize) {
        let all = self.iter().map(|invite| (invite.by, invite.room.is_none()));
        let all = all.chain(self.pending.iter().copied()).filter(|(_, it)| *it == into_chat);
        all.fold((0, 0), |(all, own), (whose, _)| (all + 1, own + usize::from(whose == by)))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &StoredInvite> {
        self.all.values().map(|live| &live.invite)
    }

    pub(super) fn begin(&mut self, by: By, into_chat: bool) {
        self.pending.push((by, into_chat));
    }

    pub(super) fn settle(&mut self, by: By, into_chat: bool) {
        if let Some(place) = self.pending.iter().position(|&one| one == (by, into_chat)) {
            self.pending.swap_remove(place);
        }
    }

    /// Somebody is about to use it.
    pub(super) fn reserve(&mut self, number: Number) {
        if let Some(live) = self.all.get_mut(&number) {
            live.reserved += 1;
        }
    }

    /// They have, or have not. The room that it leads to, if it was used.
    pub(super) fn used(&mut self, number: Number, is_used: bool) -> Option<RoomId> {
        let live = self.all.get_mut(&number)?;
        live.reserved = live.reserved.saturating_sub(1);
        live.invite.left -= u32::from(is_used && live.invite.left > 0);
        let room = live.invite.room.filter(|_| is_used);
        if live.invite.left == 0 {
            self.remove(number);
        }
        room
    }

    pub(super) fn remove_room(&mut self, room: RoomId) {
        self.remove_each(|invite| invite.room == Some(room));
    }

    /// Those that end by this time.
    pub(super) fn lapse(&mut self, at: Millis) {
        self.remove_each(|invite| invite.until <= at);
    }

    fn remove_each(&mut self, is_gone: impl Fn(&StoredInvite) -> bool) {
        let gone: Vec<Number> = self.iter().filter(|invite| is_gone(invite)).map(|it| it.number).collect();
        for number in gone {
            self.remove(number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invites_are_counted_by_who_makes_them_and_into_what() {
        let mut invites = Invites::default();
        for (number, room, by) in [(1, Some(5), Some(7)), (2, Some(5), Some(8)), (3, None, Some(7))] {
            let key = [number as u8; 32];
            invites.insert(StoredInvite { number, key, room, by, until: 100, left: 2 });
        }
        invites.begin(Some(7), false);
        assert_eq!((invites.count(Some(7), false), invites.count(Some(7), true)), ((3, 2), (1, 1)));
        invites.settle(Some(8), false);
        invites.settle(Some(7), false);
        assert_eq!((invites.count(Some(7), false), invites.count(None, true)), ((2, 1), (1, 0)));
    }

    #[test]
    fn an_invite_is_used_so_often_and_no_more() {
        let mut invites = Invites::default();
        let invite = StoredInvite { number: 3, key: [7; 32], room: Some(5), by: None, until: 100, left: 2 };
        invites.insert(invite);
        let is_good = |invites: &Invites, at| invites.with_key(&[7; 32], at).is_some();
        assert!(is_good(&invites, 99) && !is_good(&invites, 100));
        invites.reserve(3);
        invites.reserve(3);
        assert!(!is_good(&invites, 0), "two are about to use it");
        assert_eq!(invites.used(3, false), None);
        assert!(is_good(&invites, 0), "one of them does not");
        assert_eq!((invites.used(3, true), invites.get(3).map(|it| it.left)), (Some(5), Some(1)));
        assert_eq!((invites.used(3, true), invites.get(3)), (Some(5), None));
        assert_eq!((invites.by_key.len(), invites.used(3, true)), (0, None));
    }
}
