//! Who listens to what, and what was said to them in this turn.
//!
//! A publish touches nobody. It is recorded on the tape once, and noted here with its topic. The members hear it when the
//! turn ends, or before something else is said to them: the places on the tape tell what came first.

use std::collections::HashMap;
use std::ops::Range;

/// A topic's place in the table. Peers remember the topics they are in by it.
pub(in crate::server) type TopicNumber = u32;

/// The topic of what is broadcast. It has no name, and its members are not listed: they are all who are open.
pub(in crate::server) const EVERYBODY: TopicNumber = 0;

#[derive(Debug)]
pub(in crate::server) struct Topics {
    numbers: HashMap<Box<str>, TopicNumber>,
    topics: Vec<Topic>,
    unused: Vec<TopicNumber>,
    /// Those to which something was said in this turn.
    speaking: Vec<TopicNumber>,
}

#[derive(Debug, Default)]
struct Topic {
    name: Box<str>,
    /// Slots, close together, so that a fan-out walks memory in order.
    members: Vec<u32>,
    /// In this turn; in the order of the tape.
    said: Vec<Said>,
}

/// A message to a topic.
#[derive(Debug, Clone)]
pub(in crate::server) struct Said {
    /// Where it is on the tape.
    pub(in crate::server) range: Range<u32>,
    /// Those with permessage-deflate have been told it their way already.
    pub(in crate::server) deflated_for_some: bool,
}

impl Topics {
    pub(in crate::server) fn new() -> Self {
        let everybody = Topic::default();
        Topics { numbers: HashMap::new(), topics: vec![everybody], unused: Vec::new(), speaking: Vec::new() }
    }

    pub(in crate::server) fn find(&self, name: &str) -> Option<TopicNumber> {
        self.numbers.get(name).copied()
    }

    pub(in crate::server) fn members(&self, number: TopicNumber) -> &[u32] {
        &self.topics[number as usize].members
    }

    /// The topic of this name, made if need be; it lives as long as it has members.
    pub(in crate::server) fn find_or_make(&mut self, name: &str) -> TopicNumber {
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
    pub(in crate::server) fn join(&mut self, number: TopicNumber, slot: u32) {
        self.topics[number as usize].members.push(slot);
    }

    /// The caller has caught up with what was said.
    pub(in crate::server) fn leave(&mut self, number: TopicNumber, slot: u32) {
        let topic = &mut self.topics[number as usize];
        if let Some(place) = topic.members.iter().position(|&member| member == slot) {
            topic.members.swap_remove(place);
        }
        if topic.members.is_empty() {
            let topic = std::mem::take(topic);
            self.numbers.remove(&topic.name);
            self.unused.push(number);
            self.speaking.retain(|&speaking| speaking != number);
        }
    }

    // ---- what is said in a turn

    pub(in crate::server) fn say(&mut self, number: TopicNumber, said: Said) {
        let topic = &mut self.topics[number as usize];
        if topic.said.is_empty() {
            self.speaking.push(number);
        }
        topic.said.push(said);
    }

    /// Has nothing been said to any topic?
    #[inline]
    pub(in crate::server) fn are_silent(&self) -> bool {
        self.speaking.is_empty()
    }

    pub(in crate::server) fn speaking(&self) -> &[TopicNumber] {
        &self.speaking
    }

    pub(in crate::server) fn said(&self, number: TopicNumber) -> &[Said] {
        &self.topics[number as usize].said
    }

    /// What was said to a peer's topics and to everybody from a place of the tape on, in order.
    pub(in crate::server) fn news(&self, memberships: &Memberships, since: u32) -> Vec<Said> {
        let mut news = Vec::new();
        let mut sources = 0;
        for number in memberships.iter().chain([EVERYBODY]) {
            let said = self.said(number);
            let heard = said.partition_point(|said| said.range.start < since);
            news.extend_from_slice(&said[heard..]);
            sources += usize::from(heard < said.len());
        }
        if sources > 1 {
            news.sort_unstable_by_key(|said| said.range.start);
        }
        news
    }

    /// Have several of a peer's topics spoken, everybody's included?
    pub(in crate::server) fn several_speak_to(&self, memberships: &Memberships) -> bool {
        let speaks = |number: &TopicNumber| !self.said(*number).is_empty();
        self.speaking.len() > 1 && memberships.iter().chain([EVERYBODY]).filter(speaks).count() > 1
    }

    /// Everybody has heard everything. A silent topic keeps nothing.
    pub(in crate::server) fn fall_silent(&mut self) {
        for number in self.speaking.drain(..) {
            self.topics[number as usize].said = Vec::new();
        }
    }
}

/// The topics of one peer. Most are in few, and own no memory for it.
#[derive(Debug)]
pub(in crate::server) enum Memberships {
    /// `EVERYBODY` stands for none.
    Few([TopicNumber; 3]),
    Many(Box<Many>),
}

#[derive(Debug)]
pub(in crate::server) struct Many {
    numbers: Vec<TopicNumber>,
}

impl Memberships {
    pub(in crate::server) fn iter(&self) -> impl Iterator<Item = TopicNumber> {
        let numbers = match self {
            Memberships::Few(numbers) => &numbers[..],
            Memberships::Many(many) => &many.numbers,
        };
        numbers.iter().copied().filter(|&number| number != EVERYBODY)
    }

    pub(in crate::server) fn contains(&self, number: TopicNumber) -> bool {
        self.iter().any(|joined| joined == number)
    }

    /// The caller knows that it is not there yet.
    pub(in crate::server) fn add(&mut self, number: TopicNumber) {
        match self {
            Memberships::Few(numbers) => match numbers.iter_mut().find(|place| **place == EVERYBODY) {
                Some(place) => *place = number,
                None => {
                    let numbers = numbers.iter().copied().chain([number]).collect();
                    *self = Memberships::Many(Box::new(Many { numbers }));
                }
            },
            Memberships::Many(many) => many.numbers.push(number),
        }
    }

    pub(in crate::server) fn remove(&mut self, number: TopicNumber) {
        match self {
            Memberships::Few(numbers) => {
                numbers.iter_mut().filter(|joined| **joined == number).for_each(|joined| *joined = EVERYBODY);
            }
            Memberships::Many(many) => many.numbers.retain(|&joined| joined != number),
        }
    }
}

impl Default for Memberships {
    fn default() -> Self {
        Memberships::Few([EVERYBODY; 3])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(start: u32) -> Said {
        Said { range: start..start + 10, deflated_for_some: false }
    }

    #[test]
    fn a_peer_is_in_as_many_topics_as_it_likes() {
        let mut memberships = Memberships::default();
        let numbers = |memberships: &Memberships| {
            let mut numbers: Vec<_> = memberships.iter().collect();
            numbers.sort_unstable();
            numbers
        };
        for number in 1..=5 {
            memberships.add(number);
            assert_eq!(numbers(&memberships), (1..=number).collect::<Vec<_>>());
        }
        for number in 1..=5 {
            memberships.remove(number);
            assert!(!memberships.contains(number));
            assert_eq!(numbers(&memberships), (number + 1..=5).collect::<Vec<_>>());
        }
    }

    #[test]
    fn news_come_in_the_order_of_the_tape_from_all_topics_of_a_peer_and_no_other() {
        let mut topics = Topics::new();
        let [tea, coffee, gin] = ["tea", "coffee", "gin"].map(|name| topics.find_or_make(name));
        let mut memberships = Memberships::default();
        for number in [tea, coffee] {
            memberships.add(number);
        }
        for (number, start) in [(tea, 0), (coffee, 10), (gin, 20), (EVERYBODY, 30), (tea, 40)] {
            topics.say(number, said(start));
        }
        let news = |since| topics.news(&memberships, since).iter().map(|said| said.range.start).collect();
        assert_eq!((news(0), news(5), news(41)), (vec![0, 10, 30, 40], vec![10, 30, 40], vec![]));
        topics.fall_silent();
        assert!(topics.are_silent() && topics.news(&memberships, 0).is_empty());
    }

    #[test]
    fn a_topic_that_is_born_again_says_nothing_of_its_former_life() {
        let mut topics = Topics::new();
        let tea = topics.find_or_make("tea");
        topics.join(tea, 7);
        topics.say(tea, said(0));
        topics.leave(tea, 7);
        assert!(topics.are_silent());
        let again = topics.find_or_make("tea");
        assert_eq!(again, tea);
        assert!(topics.said(again).is_empty());
        topics.say(again, said(10));
        assert_eq!(topics.speaking(), [tea]);
    }
}
