//! The topics that one peer is subscribed to.

/// A topic's place in the table. Peers remember the topics they are in by it.
pub(super) type TopicNumber = u32;

/// The topic of what is broadcast. It has no name, and no peer lists it: all peers that accept messages are its
/// members.
pub(super) const EVERYBODY: TopicNumber = 0;

/// The topics of one peer. Most are in few, and own no memory for it.
#[derive(Debug)]
pub(super) enum Memberships {
    /// `EVERYBODY` stands for none.
    Few([TopicNumber; 3]),
    /// Behind a pointer of one word: so the entry of a peer in few topics is no larger.
    Many(Box<Many>),
}

#[derive(Debug)]
pub(super) struct Many {
    numbers: Vec<TopicNumber>,
}

impl Memberships {
    pub(super) fn iter(&self) -> impl Iterator<Item = TopicNumber> {
        let numbers = match self {
            Memberships::Few(numbers) => &numbers[..],
            Memberships::Many(many) => &many.numbers,
        };
        numbers.iter().copied().filter(|&number| number != EVERYBODY)
    }

    pub(super) fn contains(&self, number: TopicNumber) -> bool {
        self.iter().any(|joined| joined == number)
    }

    /// The caller knows that it is not there yet.
    pub(super) fn add(&mut self, number: TopicNumber) {
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

    pub(super) fn remove(&mut self, number: TopicNumber) {
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
}
