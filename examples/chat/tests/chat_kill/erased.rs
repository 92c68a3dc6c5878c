//! Whose words had to go, and when: by what was asked for and acknowledged, and by nothing that the chat says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;

use aho_corasick::AhoCorasick;

use crate::deed::{Deed, What};
use crate::ledger::Rooms;
use crate::listener::Words;

#[derive(Debug)]
pub(crate) struct Purge {
    pub person: u64,
    /// `None`: wherever they have spoken.
    pub room: Option<String>,
    /// When it was asked for first, and when the answer was there.
    pub asked: Instant,
    pub acknowledged: Instant,
}

#[derive(Debug, Default)]
pub(crate) struct Sentences {
    /// Who governs.
    pub by: u64,
    /// What is to be deleted, by its room and offset: it may have been too late.
    pub deleted: BTreeSet<(String, u64)>,
    /// Where the deletions that were acknowledged are, and what each has deleted.
    pub deletions: BTreeMap<(String, u64), u64>,
    pub purges: Vec<Purge>,
}

impl Sentences {
    fn of<'a>(&'a self, person: u64, room: &'a str) -> impl Iterator<Item = &'a Purge> {
        let is_meant = move |purge: &&Purge| {
            purge.person == person && purge.room.as_deref().is_none_or(|only| only == room)
        };
        self.purges.iter().filter(is_meant)
    }

    /// Said, and acknowledged, before a purge was asked for.
    pub(crate) fn must_be_gone(&self, person: u64, room: &str, deed: &Deed) -> bool {
        let is_before = |purge: &Purge| deed.answered.is_some_and(|answered| answered < purge.asked);
        self.of(person, room).any(is_before)
    }

    /// It was deleted, or said before a purge was acknowledged.
    pub(crate) fn may_be_gone(&self, person: u64, (room, offset): (&str, u64), deed: &Deed) -> bool {
        self.deleted.contains(&(room.to_owned(), offset))
            || self.of(person, room).any(|purge| deed.asked < purge.acknowledged)
    }

    /// Is this event of a room one of who governs?
    pub(crate) fn are_behind(&self, room: &str, offset: u64, author: u64, words: &Words) -> bool {
        author == self.by
            && match words {
                Words::Deletion(target) => {
                    let known = self.deletions.get(&(room.to_owned(), offset));
                    known.is_none_or(|known| known == target)
                        && self.deleted.contains(&(room.to_owned(), *target))
                }
                Words::Erasing { of, .. } => self.of(*of, room).next().is_some(),
                _ => false,
            }
    }

    /// What was acknowledged is there.
    pub(crate) fn compare_deletions(&self, stored: &Rooms) {
        for ((room, offset), target) in &self.deletions {
            let event = &stored[room][*offset as usize - 1];
            if event.words != Words::Pruned {
                assert_eq!(
                    (event.author, &event.words),
                    (self.by, &Words::Deletion(*target)),
                    "{room} {offset}"
                );
                let target = &stored[room][*target as usize - 1];
                assert!(matches!(target.words, Words::TakenBack | Words::Pruned), "{room}: {target:?}");
            }
        }
    }
}

/// Whatever is gone is announced by an event behind it, once, and each erasing is of that person's words.
pub(crate) fn compare_erasings(stored: &Rooms) {
    for (room, events) in stored {
        let mut gone = BTreeSet::new();
        for event in events {
            match &event.words {
                Words::Deletion(target) => assert!(gone.insert(*target), "{room}: {event:?}"),
                Words::Erasing { of, targets } => {
                    for &target in targets {
                        assert!(gone.insert(target) || is_pruned(events, target), "{room}: {event:?}");
                        let erased = &events[target as usize - 1];
                        let is_theirs = erased.words == Words::Pruned || erased.author == *of;
                        assert!(is_theirs, "{room}: {event:?} has erased {erased:?}");
                    }
                }
                _ => {}
            }
        }
        for (offset, event) in (1..).zip(events) {
            let is_gone = event.words == Words::TakenBack;
            let is_said = matches!(event.words, Words::Text(_) | Words::Picture { .. });
            assert!(!is_gone || gone.contains(&offset), "{room} {offset}: nobody was told: {event:?}");
            assert!(!is_said || !gone.contains(&offset), "{room} {offset}: told, and still there: {event:?}");
        }
    }
}

fn is_pruned(events: &[crate::listener::Event], offset: u64) -> bool {
    events[offset as usize - 1].words == Words::Pruned
}

/// Not a byte of what is gone is in what the file holds.
pub(crate) fn compare_bytes(path: &Path, stored: &Rooms, deeds: &[(u64, Vec<Deed>)]) {
    let mut gone = Vec::new();
    for deed in deeds.iter().flat_map(|(_, deeds)| deeds) {
        let (Some(room), Some(Some((offset, _)))) = (deed.room(), deed.done) else { continue };
        if stored[room][offset as usize - 1].words == Words::TakenBack {
            // Its first word is like no other.
            gone.extend(match &deed.what {
                What::Message { text, .. } => text.split(' ').next().map(str::to_owned),
                What::Picture { caption, .. } => Some(caption.clone()),
                _ => None,
            });
        }
    }
    let words = AhoCorasick::new(&gone).expect("so few words");
    let mut bytes = std::fs::read(path).expect("the file is there");
    clear_gaps(&mut bytes);
    if let Some(found) = words.find(&bytes) {
        panic!("{:?} was erased, and is in the file", gone[found.pattern().as_usize()]);
    }
}

/// SQLite overwrites what is erased where it stands. Where it has moved a row to another page before, a copy may be left in
/// the gap of the old one, between its cells' addresses and the cells, until a row needs that room (its file format, 1.6):
/// OPERATING.md says so, and how to be rid of it.
fn clear_gaps(file: &mut [u8]) {
    const INTERIOR: [u8; 2] = [2, 5];
    const LEAF: [u8; 2] = [10, 13];
    let number = |bytes: &[u8], at: usize| match u16::from_be_bytes([bytes[at], bytes[at + 1]]) {
        0 => 65_536,
        number => usize::from(number),
    };
    let size = match number(file, 16) {
        1 => 65_536,
        size => size,
    };
    for (page, bytes) in file.chunks_exact_mut(size).enumerate() {
        let header = if page == 0 { 100 } else { 0 };
        let length = match bytes[header] {
            kind if INTERIOR.contains(&kind) => 12,
            kind if LEAF.contains(&kind) => 8,
            _ => continue, // no table and no index: the whole of it was overwritten
        };
        let cells = number(bytes, header + 3) % 65_536;
        let gap = header + length + 2 * cells..number(bytes, header + 5).min(size);
        bytes[gap].fill(0);
    }
}
