//! Who is found by a key. A key is one's own; but two who have had theirs for long may share one, and while entries are on
//! their way here and elsewhere, two may have been promised the same. Then the first is found, and the next when that one
//! gives it up.

use std::collections::{BTreeSet, HashMap};

#[derive(Debug, Default)]
pub(super) struct Index {
    found: HashMap<String, u64>,
    /// Who has a key that finds somebody else.
    others: BTreeSet<(Box<str>, u64)>,
}

impl Index {
    pub(super) fn get(&self, key: &str) -> Option<u64> {
        self.found.get(key).copied()
    }

    pub(super) fn keep(&mut self, key: &str, id: u64) {
        let found = *self.found.entry(key.to_owned()).or_insert(id);
        if found != id {
            self.others.insert((key.into(), id));
        }
    }

    /// The same, for one who is found before all others.
    pub(super) fn keep_first(&mut self, key: &str, id: u64) {
        let before = self.found.insert(key.to_owned(), id).filter(|&before| before != id);
        self.others.extend(before.map(|before| (key.into(), before)));
        self.others.remove(&(Box::from(key), id));
    }

    pub(super) fn free(&mut self, key: &str, id: u64) {
        if self.get(key) != Some(id) {
            self.others.remove(&(Box::from(key), id));
            return;
        }
        let (least, most) = ((Box::from(key), u64::MIN), (Box::from(key), u64::MAX));
        match self.others.range(least..=most).next().cloned() {
            Some(next) => {
                self.others.remove(&next);
                self.found.insert(key.to_owned(), next.1);
            }
            None => drop(self.found.remove(key)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_a_key_is_found_when_another_gives_it_up() {
        let mut index = Index::default();
        index.keep("tea", 1);
        index.keep("tea", 3);
        index.keep("tea", 2);
        index.free("tea", 3);
        assert_eq!(index.get("tea"), Some(1));
        index.free("tea", 1);
        assert_eq!(index.get("tea"), Some(2));
        index.keep_first("tea", 4);
        index.keep_first("tea", 4);
        assert_eq!(index.get("tea"), Some(4));
        index.free("tea", 4);
        index.free("tea", 4);
        assert_eq!(index.get("tea"), Some(2));
        index.free("tea", 2);
        assert_eq!((index.get("tea"), index.others.len()), (None, 0));
    }
}
