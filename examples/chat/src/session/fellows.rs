//! Who is here at other nodes, as far as they have told.

use std::collections::{HashMap, HashSet};

use crate::history::PersonId;

#[derive(Debug, Default)]
pub(crate) struct Fellows {
    by_node: HashMap<String, HashSet<PersonId>>,
    /// At how many nodes somebody is.
    counts: HashMap<PersonId, usize>,
}

impl Fellows {
    /// Is somebody at any of them?
    pub(crate) fn have(&self, person: PersonId) -> bool {
        self.counts.contains_key(&person)
    }

    /// How many people are at any of them?
    pub(crate) fn count(&self) -> usize {
        self.counts.len()
    }

    /// True if they were at none of them before.
    pub(crate) fn come(&mut self, node: &str, person: PersonId) -> bool {
        if !self.by_node.entry(node.to_owned()).or_default().insert(person) {
            return false;
        }
        let count = self.counts.entry(person).or_insert(0);
        *count += 1;
        *count == 1
    }

    /// True if they are at none of them any more.
    pub(crate) fn go(&mut self, node: &str, person: PersonId) -> bool {
        self.by_node.get_mut(node).is_some_and(|here| here.remove(&person)) && self.count_out(person)
    }

    fn count_out(&mut self, person: PersonId) -> bool {
        let Some(count) = self.counts.get_mut(&person) else { return false };
        *count -= 1;
        let is_gone = *count == 0;
        if is_gone {
            self.counts.remove(&person);
        }
        is_gone
    }

    /// These are all the nodes that live, and who is here at each. Who is new at them, and who is at none any more.
    pub(crate) fn replace<'a>(
        &mut self,
        nodes: impl Iterator<Item = (&'a str, &'a [PersonId])>,
    ) -> (Vec<PersonId>, Vec<PersonId>) {
        let nodes: HashMap<&str, HashSet<PersonId>> =
            nodes.map(|(node, here)| (node, here.iter().copied().collect())).collect();
        let before: HashSet<PersonId> = self.counts.keys().copied().collect();
        let none = HashSet::new();
        let known: Vec<String> = self.by_node.keys().cloned().collect();
        for node in known {
            let here = nodes.get(&*node).unwrap_or(&none);
            let gone: Vec<PersonId> = self.by_node[&node].difference(here).copied().collect();
            gone.into_iter().for_each(|person| _ = self.go(&node, person));
            if !nodes.contains_key(&*node) {
                self.by_node.remove(&node);
            }
        }
        for (node, here) in nodes {
            self.by_node.entry(node.to_owned()).or_default();
            here.into_iter().for_each(|person| _ = self.come(node, person));
        }
        let came = self.counts.keys().filter(|person| !before.contains(person)).copied().collect();
        let went = before.into_iter().filter(|person| !self.have(*person)).collect();
        (came, went)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_there_as_long_as_they_are_at_one_node() {
        let mut fellows = Fellows::default();
        assert!(fellows.come("a", 1) && !fellows.come("a", 1) && !fellows.come("b", 1));
        assert!(!fellows.go("a", 1) && !fellows.go("a", 1) && fellows.have(1));
        assert!(fellows.go("b", 1) && !fellows.have(1) && !fellows.go("c", 1));
    }

    #[test]
    fn what_all_nodes_say_takes_the_place_of_what_was_heard() {
        let mut fellows = Fellows::default();
        fellows.come("a", 1);
        fellows.come("a", 2);
        fellows.come("b", 2);
        let (came, went) = fellows.replace([("b", &[2, 3][..]), ("c", &[])].into_iter());
        assert_eq!((came, went), (vec![3], vec![1]));
        assert_eq!((fellows.by_node.len(), fellows.have(2), fellows.count()), (2, true, 2));
        let (came, went) = fellows.replace(std::iter::empty());
        assert_eq!((came.len(), went.len(), fellows.by_node.len()), (0, 2, 0));
        assert!(fellows.by_node.is_empty() && fellows.counts.is_empty());
    }
}
