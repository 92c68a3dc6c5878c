//! Who listens to what.

use std::collections::HashMap;

/// A topic's place in the table. Peers remember the topics they are in by it.
pub(super) type TopicNumber = u32;

#[derive(Debug, Default)]
pub(super) struct Topics {
    numbers: HashMap<Box<str>, TopicNumber>,
    topics: Vec<Topic>,
    unused: Vec<TopicNumber>,
}

#[derive(Debug, Default)]
struct Topic {
    name: Box<str>,
    /// Slots, close together, so that a fan-out walks memory in order.
    members: Vec<u32>,
}

impl Topics {
    pub(super) fn find(&self, name: &str) -> Option<TopicNumber> {
        self.numbers.get(name).copied()
    }

    pub(super) fn members(&self, number: TopicNumber) -> &[u32] {
        &self.topics[number as usize].members
    }

    /// The topic of this name, made if need be; it lives as long as it has members.
    pub(super) fn find_or_make(&mut self, name: &str) -> TopicNumber {
        if let Some(number) = self.find(name) {
            return number;
        }
        let number = self.unused.pop().unwrap_or_else(|| {
            self.topics.push(Topic::default());
            self.topics.len() as TopicNumber - 1
        });
        self.topics[number as usize].name = name.into();
        self.numbers.insert(name.into(), number);
        number
    }

    /// The caller knows that it is not a member yet.
    pub(super) fn join(&mut self, number: TopicNumber, slot: u32) {
        self.topics[number as usize].members.push(slot);
    }

    pub(super) fn leave(&mut self, number: TopicNumber, slot: u32) {
        let topic = &mut self.topics[number as usize];
        if let Some(place) = topic.members.iter().position(|&member| member == slot) {
            topic.members.swap_remove(place);
        }
        if topic.members.is_empty() {
            let topic = std::mem::take(topic);
            self.numbers.remove(&topic.name);
            self.unused.push(number);
        }
    }
}
