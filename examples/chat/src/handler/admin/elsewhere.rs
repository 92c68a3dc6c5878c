//! What other nodes have of the admin page: the keys that they have made, and which sessions have a window there. Each of them says
//! all of it, over and over, so nothing has to be taken back, and what was lost on the way comes again.

use std::collections::HashMap;

use crate::history::{By, KeyHash, Millis, Number};
use crate::nodes::{AdminKey, AdminSession};
use crate::run::admin_link::{LINK_FOR, same};

/// So often a node says what it has, if it has anything.
const AGAIN: Millis = 5_000;
/// A node that has said nothing for so long has no windows any more.
const SILENT: Millis = 4 * AGAIN;
/// No node has more of either.
const MOST: usize = 256;

#[derive(Debug, Default)]
pub(super) struct Elsewhere {
    nodes: HashMap<String, Node>,
    said: Said,
}

#[derive(Debug)]
struct Node {
    keys: Vec<Key>,
    windows: Vec<Number>,
    heard: Millis,
}

#[derive(Debug)]
struct Key {
    hash: KeyHash,
    by: By,
    /// By the clock that nobody can set.
    until: Millis,
}

/// What was said here last, and when.
#[derive(Debug, Default)]
struct Said {
    at: Millis,
    keys: Vec<KeyHash>,
    windows: Vec<Number>,
}

impl Elsewhere {
    /// A node says what it has, which is all that it has.
    pub(super) fn hear(&mut self, boot: String, keys: Vec<AdminKey>, sessions: &[AdminSession], now: Millis) {
        let keys = keys.into_iter().take(MOST);
        let keys =
            keys.map(|AdminKey { hash, by, left }| Key { hash, by, until: now + left.clamp(0, LINK_FOR) });
        let windows = sessions.iter().filter(|it| it.is_here).map(|it| it.number).take(MOST);
        let node = Node { keys: keys.collect(), windows: windows.collect(), heard: now };
        self.nodes.insert(boot, node);
        self.nodes.retain(|_, it| it.heard + SILENT > now || it.keys.iter().any(|key| key.until > now));
    }

    /// Whose key it is, if it is one.
    pub(super) fn whose(&self, hash: &KeyHash, now: Millis) -> Option<By> {
        // All of them are looked at, whichever it is.
        let is_it = |key: &Key| same(&key.hash, hash) && key.until > now;
        let keys = self.nodes.values().flat_map(|node| &node.keys);
        keys.fold(None, |found, key| if is_it(key) { Some(key.by) } else { found })
    }

    pub(super) fn drop_used(&mut self, hash: &KeyHash) {
        self.nodes.values_mut().for_each(|node| node.keys.retain(|key| !same(&key.hash, hash)));
    }

    /// Has this session a window at another node?
    pub(super) fn has_window(&self, session: Number, now: Millis) -> bool {
        self.nodes.values().any(|node| node.heard + SILENT > now && node.windows.contains(&session))
    }

    /// Is this to be said now? It is, if it is something else than before; and again after a while.
    pub(super) fn is_news(&mut self, keys: &[AdminKey], sessions: &[AdminSession], now: Millis) -> bool {
        let keys: Vec<KeyHash> = keys.iter().map(|key| key.hash).collect();
        let windows: Vec<Number> = sessions.iter().filter(|it| it.is_here).map(|it| it.number).collect();
        let is_other = (&keys, &windows) != (&self.said.keys, &self.said.windows);
        let is_due = self.said.at + AGAIN <= now && !(keys.is_empty() && sessions.is_empty());
        if is_other || is_due {
            self.said = Said { at: now, keys, windows };
        }
        is_other || is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8, left: Millis) -> AdminKey {
        AdminKey { hash: [byte; 32], by: Some(u64::from(byte)), left }
    }

    fn session(number: Number, is_here: bool) -> AdminSession {
        AdminSession { number, idle: None, is_here }
    }

    #[test]
    fn a_node_says_all_that_it_has() {
        let mut elsewhere = Elsewhere::default();
        elsewhere.hear(
            "a".into(),
            vec![key(1, 1_000), key(2, 60_000)],
            &[session(7, true), session(8, false)],
            0,
        );
        elsewhere.hear("b".into(), vec![key(3, Millis::MAX)], &[], 0);
        let whose = |it: &Elsewhere, byte, now| it.whose(&[byte; 32], now);
        assert_eq!(
            [1, 2, 3, 4].map(|byte| whose(&elsewhere, byte, 999)),
            [Some(Some(1)), Some(Some(2)), Some(Some(3)), None]
        );
        assert_eq!(
            (whose(&elsewhere, 1, 1_000), whose(&elsewhere, 3, LINK_FOR)),
            (None, None),
            "none is good for longer"
        );
        assert_eq!([7, 8].map(|it| elsewhere.has_window(it, SILENT - 1)), [true, false]);
        assert!(!elsewhere.has_window(7, SILENT), "nothing was heard of that node any more");
        // A newer key has taken the place of an older one there; another node is not concerned.
        elsewhere.hear("a".into(), vec![key(4, 1_000)], &[], 10);
        assert_eq!([2, 3, 4].map(|byte| whose(&elsewhere, byte, 20)), [None, Some(Some(3)), Some(Some(4))]);
        elsewhere.drop_used(&[3; 32]);
        assert_eq!(whose(&elsewhere, 3, 20), None);
    }

    #[test]
    fn nodes_that_are_gone_are_forgotten_with_the_last_of_their_keys() {
        let mut elsewhere = Elsewhere::default();
        for number in 0..100 {
            elsewhere.hear(number.to_string(), vec![key(1, 1_000); 1_000], &vec![session(1, true); 1_000], 0);
        }
        assert!(elsewhere.nodes.values().all(|it| it.keys.len() == MOST && it.windows.len() == MOST));
        elsewhere.hear("last".into(), vec![], &[], SILENT);
        assert_eq!(elsewhere.nodes.len(), 1);
    }

    #[test]
    fn what_changes_is_said_at_once_and_what_is_there_again_and_again() {
        let mut elsewhere = Elsewhere::default();
        assert!(!elsewhere.is_news(&[], &[], 100_000), "there is nothing to be said");
        assert!(elsewhere.is_news(&[key(1, 9)], &[], 100_001));
        assert!(!elsewhere.is_news(&[key(1, 8)], &[], 100_002), "it is the same, and time has passed");
        assert!(elsewhere.is_news(&[key(1, 7)], &[], 100_001 + AGAIN));
        assert!(elsewhere.is_news(&[key(1, 6)], &[session(3, true)], 100_002 + AGAIN));
        assert!(!elsewhere.is_news(&[key(1, 6)], &[session(3, true), session(4, false)], 100_003 + AGAIN));
        assert!(elsewhere.is_news(&[], &[], 100_004 + AGAIN), "that it is nothing any more");
        assert!(!elsewhere.is_news(&[], &[], 200_000));
    }
}
