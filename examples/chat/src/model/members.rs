//! The members of a room: those who are here apart from the others, each part in the order of their names.
//!
//! A list of them costs what it shows, however many there are: the lobby holds everybody who is remembered.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

use crate::history::PersonId;

/// Names that only contain what is looked for are found among so many of the first; those that begin with it always.
const LOOKED_THROUGH: usize = 5_000;

/// Somebody, in the order of names: letters are small, and who bears the same letters comes by number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ByName {
    name: Arc<str>,
    pub id: PersonId,
}

impl ByName {
    pub(crate) fn new(name: &str, id: PersonId) -> Self {
        ByName { name: name.to_lowercase().into(), id }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Members {
    here: BTreeSet<ByName>,
    away: BTreeSet<ByName>,
}

/// Some of the members, those who are here first.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub people: Vec<PersonId>,
    /// There are others behind them.
    pub more: bool,
    /// How many names were looked at.
    pub looked_at: usize,
}

/// From where on a list is told: behind this member, who is here or not.
pub(crate) type After<'a> = Option<(&'a ByName, bool)>;

impl Members {
    /// False if they are one already.
    pub(crate) fn insert(&mut self, who: ByName, is_here: bool) -> bool {
        let new = !self.remove(&who);
        self.part(is_here).insert(who);
        new
    }

    pub(crate) fn remove(&mut self, who: &ByName) -> bool {
        self.here.remove(who) || self.away.remove(who)
    }

    /// A member comes, goes, or is called otherwise; nobody becomes one by this.
    pub(crate) fn replace(&mut self, old: &ByName, who: &ByName, is_here: bool) {
        if self.remove(old) {
            self.part(is_here).insert(who.clone());
        }
    }

    fn part(&mut self, is_here: bool) -> &mut BTreeSet<ByName> {
        if is_here { &mut self.here } else { &mut self.away }
    }

    pub(crate) fn len(&self) -> usize {
        self.here.len() + self.away.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn count_here(&self) -> usize {
        self.here.len()
    }

    /// Those who are here, by name.
    pub(crate) fn here(&self) -> impl Iterator<Item = PersonId> {
        self.here.iter().map(|who| who.id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = PersonId> {
        self.here.iter().chain(&self.away).map(|who| who.id)
    }

    /// At most `limit` of those whose names have `part` in them, behind `after`: names that begin with it come first.
    pub(crate) fn list(&self, part: &str, after: After<'_>, limit: usize) -> Listed {
        let part = part.to_lowercase();
        let mut listed = Listed { people: Vec::new(), more: false, looked_at: 0 };
        let begins = |who: &ByName| who.name.starts_with(&part);
        // Where the last one stood is told by what they are now.
        let start = after.map(|(who, is_here)| (begins(who), is_here, who));
        let mut reached = start.is_none();
        for (beginning, is_here) in [(true, true), (true, false), (false, true), (false, false)] {
            let mut from = Bound::Unbounded;
            if let Some((_, _, who)) = start.filter(|&(b, h, _)| !reached && (b, h) == (beginning, is_here)) {
                (reached, from) = (true, Bound::Excluded(who.clone()));
            } else if beginning {
                from = Bound::Included(ByName { name: part.as_str().into(), id: 0 });
            }
            if !reached || (!beginning && part.is_empty()) {
                continue;
            }
            let names = if is_here { &self.here } else { &self.away }.range((from, Bound::Unbounded));
            let found = match beginning {
                true => listed.take(names.take_while(|who| begins(who)), |_| true, limit),
                false => {
                    let left = LOOKED_THROUGH.saturating_sub(listed.looked_at);
                    listed.take(names.take(left), |who| !begins(who) && who.name.contains(&part), limit)
                }
            };
            if found == Found::More {
                listed.more = true;
                break;
            }
        }
        listed
    }
}

#[derive(PartialEq, Eq)]
enum Found {
    All,
    More,
}

impl Listed {
    fn take<'a>(
        &mut self,
        names: impl Iterator<Item = &'a ByName>,
        is_one: impl Fn(&ByName) -> bool,
        limit: usize,
    ) -> Found {
        for who in names {
            self.looked_at += 1;
            if is_one(who) {
                if self.people.len() == limit {
                    return Found::More;
                }
                self.people.push(who.id);
            }
        }
        Found::All
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 7] = ["Dora", "anna", "Bob", "Hannah", "an", "Ann", "dan"];

    /// Numbers are places in the list of names; those with even numbers are here.
    fn members() -> Members {
        let mut members = Members::default();
        for (name, id) in NAMES.into_iter().zip(0..) {
            assert!(members.insert(ByName::new(name, id), id % 2 == 0));
        }
        members
    }

    /// All that is listed, in pages of this size, each behind the last of the one before.
    fn paged(members: &Members, part: &str, limit: usize) -> Vec<PersonId> {
        let mut all: Vec<PersonId> = Vec::new();
        loop {
            let last = all.last().map(|&id| (ByName::new(NAMES[id as usize], id), id % 2 == 0));
            let page = members.list(part, last.as_ref().map(|(who, is_here)| (who, *is_here)), limit);
            assert!(page.people.len() == limit || !page.more, "{part} {page:?}");
            all.extend(page.people);
            if !page.more {
                return all;
            }
        }
    }

    #[test]
    fn those_who_are_here_come_first_and_all_by_name() {
        for limit in 1..9 {
            assert_eq!(paged(&members(), "", limit), [4, 2, 6, 0, 5, 1, 3], "{limit} at a time");
        }
        assert_eq!(members().here().collect::<Vec<_>>(), [4, 2, 6, 0]);
    }

    #[test]
    fn a_part_of_a_name_is_found_and_its_beginning_first() {
        for limit in 1..9 {
            let table: [(&str, &[PersonId]); 7] = [
                ("an", &[4, 5, 1, 6, 3]),
                ("AN", &[4, 5, 1, 6, 3]),
                ("ann", &[5, 1, 3]),
                ("o", &[2, 0]),
                ("dora", &[0]),
                ("x", &[]),
                ("annabel", &[]),
            ];
            for (part, expected) in table {
                assert_eq!(paged(&members(), part, limit), expected, "{part}, {limit} at a time");
            }
        }
    }

    #[test]
    fn members_come_go_and_are_renamed() {
        let mut members = members();
        let (bob, rob) = (ByName::new("Bob", 2), ByName::new("Rob", 2));
        assert!(!members.insert(bob.clone(), true), "he is one already");
        members.replace(&bob, &bob, false);
        assert_eq!((members.len(), members.count_here()), (7, 3));
        members.replace(&bob, &rob, true);
        assert_eq!((members.count_here(), members.list("rob", None, 9).people), (4, vec![2]));
        members.replace(&bob, &bob, true);
        assert_eq!(members.len(), 7, "a stranger does not become one");
        assert!(members.remove(&rob) && !members.remove(&rob));
        assert_eq!((members.len(), members.iter().count()), (6, 6));
    }

    #[test]
    fn a_list_costs_what_it_shows() {
        let mut members = Members::default();
        for id in 0..100_000 {
            members.insert(ByName::new(&format!("guest-{id}"), id), id % 10 == 0);
        }
        let last = ByName::new("guest-5000", 5000);
        for (part, after) in [("", None), ("guest", None), ("guest-77", None), ("", Some((&last, true)))] {
            let listed = members.list(part, after, 100);
            assert_eq!((listed.people.len(), listed.more, listed.looked_at), (100, true, 101), "{part}");
        }
        let nothing = members.list("nobody", None, 100);
        assert_eq!((nothing.people.len(), nothing.more), (0, false));
        assert!(nothing.looked_at <= LOOKED_THROUGH + 1, "{}", nothing.looked_at);
    }
}
