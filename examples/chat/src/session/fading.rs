//! Those whose last connection has gone: in a moment they count as away, unless they are back.

use std::collections::{HashMap, VecDeque};

use crate::history::{Millis, PersonId};

/// Whoever comes back within this time never went: a page that is loaded again, a tunnel.
const FADING: Millis = 3_000;

#[derive(Debug, Default)]
pub(crate) struct Fading {
    /// In order. Somebody who was back in between has two of these, of which the first does not count.
    queue: VecDeque<(Millis, PersonId)>,
    until: HashMap<PersonId, Millis>,
}

impl Fading {
    pub(crate) fn begin(&mut self, person: PersonId, now: Millis) {
        self.queue.push_back((now + FADING, person));
        self.until.insert(person, now + FADING);
    }

    /// The next one whose time is over by now.
    pub(crate) fn next(&mut self, now: Millis) -> Option<PersonId> {
        while let Some((until, person)) = self.queue.front().copied().filter(|&(until, _)| until <= now) {
            self.queue.pop_front();
            if self.until.get(&person) == Some(&until) {
                self.until.remove(&person);
                return Some(person);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_going_counts() {
        let mut fading = Fading::default();
        fading.begin(1, 0);
        fading.begin(2, 100);
        fading.begin(1, 200);
        assert_eq!(fading.next(FADING + 50), None, "they were back, and went again");
        assert_eq!(fading.next(FADING + 150), Some(2));
        assert_eq!((fading.next(FADING + 150), fading.next(FADING + 200)), (None, Some(1)));
        assert!(fading.queue.is_empty() && fading.until.is_empty());
    }
}
