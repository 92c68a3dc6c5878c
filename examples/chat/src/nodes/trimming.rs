//! How long the log is kept. Its entries have no times that a clock could not have set: so nodes note now and then how far it is, beside
//! it, by the clock of Redis, and give up what stood there so long ago.

use std::time::{Duration, Instant};

/// Between one note and the next.
const SHORTEST: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(600);
/// So many of them within the time for which the log is kept.
const NOTES: u32 = 200;

#[derive(Debug, Default)]
pub(super) struct Trimming {
    last: Option<Instant>,
    /// The time of the newest note, and when it was seen first.
    newest: Option<(u64, Instant)>,
}

impl Trimming {
    pub(super) fn is_due(&self, keep: Duration, now: Instant) -> bool {
        let apart = (keep / NOTES).clamp(SHORTEST, LONGEST);
        self.last.is_none_or(|last| now.saturating_duration_since(last) >= apart)
    }

    /// What stood in the log at this time is old enough, in milliseconds of the clock of Redis. The newest note is of that time: or of
    /// long before, as while the memory of Redis is full.
    pub(super) fn until(&mut self, newest: u64, keep: Duration, now: Instant) -> u64 {
        self.last = Some(now);
        let (newest, since) = *match &mut self.newest {
            Some(known) if known.0 == newest => known,
            known => known.insert((newest, now)),
        };
        let now = newest + now.saturating_duration_since(since).as_millis() as u64;
        now.saturating_sub(keep.as_millis() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_long_enough_ago_is_given_up() {
        let (start, keep) = (Instant::now(), Duration::from_secs(600));
        let mut trimming = Trimming::default();
        assert!(trimming.is_due(keep, start));
        assert_eq!(trimming.until(1_000_000, keep, start), 400_000);
        let later = |seconds| start + Duration::from_secs(seconds);
        assert!(!trimming.is_due(keep, later(9)) && trimming.is_due(keep, later(10)));
        assert_eq!(trimming.until(1_010_000, keep, later(10)), 410_000);
        // Nothing can be noted, and time goes on.
        assert_eq!(trimming.until(1_010_000, keep, later(70)), 470_000);
        assert_eq!(trimming.until(1_080_000, keep, later(80)), 480_000);
    }

    #[test]
    fn it_is_noted_the_less_often_the_longer_the_log_is_kept() {
        let start = Instant::now();
        for (keep, apart) in [(60, 10), (86_400, 432), (30 * 86_400, 600)] {
            let keep = Duration::from_secs(keep);
            let mut trimming = Trimming::default();
            trimming.until(0, keep, start);
            let is_due = |seconds| trimming.is_due(keep, start + Duration::from_secs(seconds));
            assert!(!is_due(apart - 1) && is_due(apart), "{keep:?}");
        }
    }
}
