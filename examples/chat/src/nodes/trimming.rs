//! How long the log is kept. Its entries have no times that a clock could not have set: so whoever gives them up notes now and then how
//! far it is, and gives up what was there so long ago. After a start nothing is given up for that long.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::log::Place;

/// So often that is noted.
const NOTE: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
pub(super) struct Trimming {
    /// How far the log was, in order.
    notes: VecDeque<(Instant, Place)>,
}

impl Trimming {
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.notes.back().is_none_or(|&(at, _)| now.saturating_duration_since(at) >= NOTE)
    }

    /// The log is as far as this. What stands before the place that is returned is old enough. The last entry always stays.
    pub(super) fn mark(&mut self, tail: Place, keep: Duration, now: Instant) -> Option<Place> {
        self.notes.push_back((now, tail));
        let is_old = |&(at, _): &(Instant, Place)| now.saturating_duration_since(at) >= keep;
        let old = self.notes.iter().take_while(|note| is_old(note)).count();
        self.notes.drain(..old).next_back().map(|(_, place)| place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_long_enough_ago_is_given_up() {
        let (start, keep) = (Instant::now(), Duration::from_secs(600));
        let mut trimming = Trimming::default();
        assert!(trimming.is_due(start));
        let minute = |number| start + Duration::from_secs(60 * number);
        for number in 0..10 {
            assert!(trimming.is_due(minute(number)));
            assert_eq!(trimming.mark(10 * number, keep, minute(number)), None);
            assert!(!trimming.is_due(minute(number) + Duration::from_secs(59)));
        }
        assert_eq!(trimming.mark(200, keep, minute(10)), Some(0));
        assert_eq!(trimming.mark(300, keep, minute(12)), Some(20));
        assert_eq!(trimming.mark(300, keep, minute(60)), Some(300), "what stands at its end stays");
        assert_eq!(trimming.mark(300, keep, minute(61)), None);
    }
}
