//! Who is subscribed to what, and what was published in this turn.
//!
//! A publish touches no peer, unless some of them get it compressed. It is recorded on the tape once, and noted here
//! with its topic. It is queued for the members when the turn ends, or before something else is queued for them: the
//! places on the tape show what came first.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::members::Members;
use super::memberships::{EVERYBODY, Memberships, TopicNumber};
use crate::server::peer_id::Slot;
use crate::server::table::slot_set::SlotSet;

#[derive(Debug)]
pub(super) struct Topics {
    numbers: HashMap<Arc<str>, TopicNumber>,
    topics: Vec<Topic>,
    /// The members of `EVERYBODY`: the peers that accept messages.
    everybody: SlotSet,
    unused: Vec<TopicNumber>,
    /// The topics with such messages.
    active: Vec<TopicNumber>,
}

#[derive(Debug)]
struct Topic {
    name: Arc<str>,
    members: Members,
    /// The messages that some of them have not got yet, in the order of the tape.
    published: Vec<Published>,
    /// Where those are who have waited longest for them: so nobody is passed over again and again.
    place: usize,
}

/// A message to a topic.
#[derive(Debug, Clone)]
pub(super) struct Published {
    /// Where it is on the tape.
    pub(super) range: Range<u32>,
    /// It has been queued, compressed, for the members with permessage-deflate.
    pub(super) deflated_for_some: bool,
}

impl Topics {
    pub(super) fn new() -> Self {
        let everybody = Topic::named("".into());
        Topics {
            numbers: HashMap::new(),
            topics: vec![everybody],
            everybody: SlotSet::default(),
            unused: Vec::new(),
            active: Vec::new(),
        }
    }

    pub(super) fn find(&self, name: &str) -> Option<TopicNumber> {
        self.numbers.get(name).copied()
    }

    /// The peers that accept messages.
    pub(super) fn everybody(&self) -> &SlotSet {
        &self.everybody
    }

    pub(super) fn everybody_mut(&mut self) -> &mut SlotSet {
        &mut self.everybody
    }

    /// The next member of a topic from a place on, which moves on.
    #[inline]
    pub(super) fn next_member(&self, number: TopicNumber, place: &mut usize) -> Option<Slot> {
        if number == EVERYBODY {
            return self.everybody.next_at(place);
        }
        self.members(number).next(place)
    }

    pub(super) fn members(&self, number: TopicNumber) -> &Members {
        &self.topics[number as usize].members
    }

    pub(super) fn name(&self, number: TopicNumber) -> &str {
        &self.topics[number as usize].name
    }

    /// The topic of this name, made if need be; it lives as long as it has members.
    pub(super) fn find_or_make(&mut self, name: &str) -> TopicNumber {
        if let Some(number) = self.find(name) {
            return number;
        }
        let topic = Topic::named(name.into());
        let name = Arc::clone(&topic.name);
        let number = match self.unused.pop() {
            Some(number) => {
                self.topics[number as usize] = topic;
                number
            }
            None => {
                self.topics.push(topic);
                self.topics.len() as TopicNumber - 1
            }
        };
        self.numbers.insert(name, number);
        number
    }

    /// The caller knows that it is not a member yet.
    pub(super) fn join(&mut self, number: TopicNumber, slot: Slot) {
        self.topics[number as usize].members.add(slot);
    }

    /// What was published before has been queued for the peer.
    pub(super) fn leave(&mut self, number: TopicNumber, slot: Slot) {
        let topic = &mut self.topics[number as usize];
        topic.members.remove(slot);
        if topic.members.len() == 0 {
            (topic.members, topic.published) = (Members::default(), Vec::new());
            self.numbers.remove(&topic.name);
            self.unused.push(number);
            self.active.retain(|&active| active != number);
        }
    }

    // ---- what is published in a turn

    pub(super) fn publish(&mut self, number: TopicNumber, message: Published) {
        let topic = &mut self.topics[number as usize];
        if topic.published.is_empty() {
            self.active.push(number);
        }
        topic.published.push(message);
    }

    /// Has everybody got what was published?
    #[inline]
    pub(super) fn are_silent(&self) -> bool {
        self.active.is_empty()
    }

    /// The topics with messages that some of their members have not got.
    pub(super) fn active(&self) -> &[TopicNumber] {
        &self.active
    }

    pub(super) fn published(&self, number: TopicNumber) -> &[Published] {
        &self.topics[number as usize].published
    }

    /// What was published to a peer's topics and to everybody from a place of the tape on, in order.
    pub(super) fn published_to(&self, memberships: &Memberships, since: u32) -> Vec<Published> {
        let mut messages = Vec::new();
        let mut sources = 0;
        for number in memberships.iter().chain([EVERYBODY]) {
            let published = self.published(number);
            let queued_before = published.partition_point(|message| message.range.start < since);
            messages.extend_from_slice(&published[queued_before..]);
            sources += usize::from(queued_before < published.len());
        }
        if sources > 1 {
            messages.sort_unstable_by_key(|message| message.range.start);
        }
        messages
    }

    /// Do several of a peer's topics have messages, everybody's included?
    pub(super) fn several_are_active_for(&self, memberships: &Memberships) -> bool {
        let is_active = |number: &TopicNumber| !self.published(*number).is_empty();
        self.active.len() > 1 && memberships.iter().chain([EVERYBODY]).filter(is_active).count() > 1
    }

    /// Where among the members to begin.
    pub(super) fn place(&self, number: TopicNumber) -> usize {
        self.topics[number as usize].place
    }

    /// Some members of these active topics, in their order, have not got it all, from a place on; those of the others
    /// have. Topics take turns, too.
    pub(super) fn go_on_with(&mut self, unfinished: &[(TopicNumber, usize)]) {
        let mut unfinished = unfinished.iter().peekable();
        self.active.retain(|&number| {
            let topic = &mut self.topics[number as usize];
            match unfinished.next_if(|(other, _)| *other == number) {
                Some(&(_, place)) => topic.place = place,
                None => {
                    topic.fall_silent();
                    return false;
                }
            }
            true
        });
        self.active.rotate_left(1);
    }

    /// All of it has been queued.
    pub(super) fn fall_silent(&mut self) {
        for number in self.active.drain(..) {
            self.topics[number as usize].fall_silent();
        }
    }
}

impl Topic {
    fn named(name: Arc<str>) -> Self {
        Topic { name, members: Members::default(), published: Vec::new(), place: 0 }
    }

    /// A silent topic keeps nothing.
    fn fall_silent(&mut self) {
        (self.published, self.place) = (Vec::new(), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(start: u32) -> Published {
        Published { range: start..start + 10, deflated_for_some: false }
    }

    #[test]
    fn messages_come_in_the_order_of_the_tape_from_all_topics_of_a_peer_and_no_other() {
        let mut topics = Topics::new();
        let [tea, coffee, gin] = ["tea", "coffee", "gin"].map(|name| topics.find_or_make(name));
        let mut memberships = Memberships::default();
        for number in [tea, coffee] {
            memberships.add(number);
        }
        for (number, start) in [(tea, 0), (coffee, 10), (gin, 20), (EVERYBODY, 30), (tea, 40)] {
            topics.publish(number, message(start));
        }
        let starts = |since| {
            topics.published_to(&memberships, since).iter().map(|message| message.range.start).collect()
        };
        assert_eq!((starts(0), starts(5), starts(41)), (vec![0, 10, 30, 40], vec![10, 30, 40], vec![]));
        topics.fall_silent();
        assert!(topics.are_silent() && topics.published_to(&memberships, 0).is_empty());
    }

    #[test]
    fn a_topic_that_is_born_again_says_nothing_of_its_former_life() {
        let mut topics = Topics::new();
        let tea = topics.find_or_make("tea");
        topics.join(tea, Slot::at(7));
        topics.publish(tea, message(0));
        topics.leave(tea, Slot::at(7));
        assert!(topics.are_silent());
        let again = topics.find_or_make("tea");
        assert_eq!(again, tea);
        assert!(topics.published(again).is_empty());
        topics.publish(again, message(10));
        assert_eq!(topics.active(), [tea]);
    }
}
