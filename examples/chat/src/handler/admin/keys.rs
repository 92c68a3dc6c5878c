//! Keys that let somebody in on the admin page once, and are in memory alone: those of people who ask for one in the chat,
//! and the one that the chat prints when it has started and has no owner. That one was used is in the history.

use crate::history::{By, KeyHash, Millis, PersonId};
use crate::run::admin_link::{LINK_FOR, same};
use crate::token::Token;

/// So many seconds a key of somebody in the chat is good.
pub(in crate::handler) const SECONDS: u64 = 60;
/// More are not kept; the oldest give way. Each person has one.
const MOST: usize = 64;

#[derive(Debug, Default)]
pub(in crate::handler) struct AdminKeys {
    /// The oldest first.
    keys: Vec<Key>,
}

#[derive(Debug)]
struct Key {
    hash: KeyHash,
    by: By,
    /// By the clock that nobody can set.
    until: Millis,
}

impl AdminKeys {
    /// A key for somebody, which takes the place of the one that they had. Whether they may have one, the caller knows, and
    /// it is looked at again when it is used.
    pub(in crate::handler) fn make(&mut self, person: PersonId, now: Millis) -> String {
        let key = Token::new().expect("the system has randomness to give, as it had at the start");
        self.keep(key.hash(), Some(person), now + SECONDS as Millis * 1000, now);
        key.text()
    }

    /// The key that whoever started the chat was shown.
    pub(super) fn keep_first(&mut self, hash: KeyHash, now: Millis) {
        self.keep(hash, None, now + LINK_FOR, now);
    }

    fn keep(&mut self, hash: KeyHash, by: By, until: Millis, now: Millis) {
        self.keys.retain(|key| key.by != by && key.until > now);
        if self.keys.len() == MOST {
            self.keys.remove(0);
        }
        self.keys.push(Key { hash, by, until });
    }

    /// What somebody has asked for is good no more.
    pub(in crate::handler) fn drop_of(&mut self, person: PersonId) {
        self.keys.retain(|key| key.by != Some(person));
    }

    /// Whose key it is, if it is one.
    pub(super) fn whose(&self, hash: &KeyHash, now: Millis) -> Option<By> {
        // All of them are looked at, whichever it is.
        let is_it = |key: &Key| same(&key.hash, hash) && key.until > now;
        self.keys.iter().fold(None, |found, key| if is_it(key) { Some(key.by) } else { found })
    }

    /// Somebody was let in by it: it is good no more.
    pub(super) fn drop_used(&mut self, hash: &KeyHash) {
        self.keys.retain(|key| !same(&key.hash, hash));
    }

    /// Those that are good: the hash, whose it is, and for how long.
    pub(super) fn good(&self, now: Millis) -> impl Iterator<Item = (KeyHash, By, Millis)> {
        self.keys
            .iter()
            .filter(move |key| key.until > now)
            .map(move |key| (key.hash, key.by, key.until - now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(text: &str) -> KeyHash {
        Token::parse(text).expect("a key").hash()
    }

    #[test]
    fn a_key_is_good_for_a_minute_and_until_it_is_used() {
        let mut keys = AdminKeys::default();
        let (one, other) = (keys.make(1, 0), keys.make(2, 0));
        assert_eq!(keys.whose(&[7; 32], 1), None);
        assert_eq!(keys.whose(&hash(&one), 59_999), Some(Some(1)));
        assert_eq!(
            keys.good(59_999).map(|(_, by, left)| (by, left)).collect::<Vec<_>>(),
            [(Some(1), 1), (Some(2), 1)]
        );
        keys.drop_used(&hash(&one));
        assert_eq!(keys.whose(&hash(&one), 59_999), None, "it was used");
        assert_eq!((keys.whose(&hash(&other), 60_000), keys.good(60_000).count()), (None, 0), "it is over");
        let (one, other) = (keys.make(1, 0), keys.make(2, 0));
        keys.drop_of(1);
        assert_eq!((keys.whose(&hash(&one), 1), keys.whose(&hash(&other), 1)), (None, Some(Some(2))));
    }

    #[test]
    fn a_newer_key_takes_the_place_of_the_older_one() {
        let mut keys = AdminKeys::default();
        let (old, new) = (keys.make(1, 0), keys.make(1, 1));
        assert_eq!((keys.whose(&hash(&old), 2), keys.whose(&hash(&new), 2)), (None, Some(Some(1))));
    }

    #[test]
    fn they_are_never_many() {
        let mut keys = AdminKeys::default();
        let made: Vec<String> = (1..=MOST as u64 + 1).map(|person| keys.make(person, 0)).collect();
        assert_eq!(keys.keys.len(), MOST);
        assert_eq!((keys.whose(&hash(&made[0]), 1), keys.whose(&hash(&made[1]), 1)), (None, Some(Some(2))));
    }

    #[test]
    fn whoever_started_the_chat_is_nobody_in_it() {
        let mut keys = AdminKeys::default();
        keys.keep_first([3; 32], 0);
        assert_eq!(keys.whose(&[3; 32], LINK_FOR - 1), Some(None));
        assert_eq!(keys.whose(&[3; 32], LINK_FOR), None);
    }
}
