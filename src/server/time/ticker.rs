//! When the application's tick is due. Each is counted from when the one before was due, not from when it came: so they
//! do not drift. Those that the loop was too late for are left out.

use std::time::Duration;

/// More often than the poll can wake us there are none.
const SHORTEST: Duration = Duration::from_millis(1);

#[derive(Debug)]
pub(in crate::server) struct Ticker {
    every: Duration,
    next: Duration,
}

impl Ticker {
    /// The first is due this much time after `now`.
    pub(in crate::server) fn new(now: Duration, every: Duration) -> Self {
        let every = every.max(SHORTEST);
        Ticker { every, next: now.saturating_add(every) }
    }

    /// When the next is due.
    pub(in crate::server) fn next(&self) -> Duration {
        self.next
    }

    /// Is one due? True once, however many it should have been by now.
    pub(in crate::server) fn is_due(&mut self, now: Duration) -> bool {
        let Some(late) = now.checked_sub(self.next) else {
            return false;
        };
        let missed = late.as_nanos() / self.every.as_nanos();
        let passed = u64::try_from((missed + 1) * self.every.as_nanos()).unwrap_or(u64::MAX);
        self.next = self.next.saturating_add(Duration::from_nanos(passed));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    /// Ticks reported within a time, if the loop looks that late each time.
    fn count(every: Duration, within: Duration, late: Duration) -> usize {
        let mut ticker = Ticker::new(millis(37), every);
        let looks = std::iter::from_fn(|| {
            let now = ticker.next() + late;
            let was_due = ticker.is_due(now);
            assert!(was_due && !ticker.is_due(now), "each is told once");
            Some(now)
        });
        looks.take_while(|&now| now <= millis(37) + within + late).count()
    }

    #[test]
    fn ticks_do_not_drift_however_late_the_loop_looks() {
        for late in [0, 1, 3, 9] {
            for (every, within, expected) in
                [(100, 1_000, 10), (500, 5_000, 10), (10, 1_000, 100), (33, 3_300, 100)]
            {
                let told = count(millis(every), millis(within), millis(late));
                assert_eq!(told, expected, "{every} ms, looked at {late} ms late");
            }
        }
    }

    #[test]
    fn what_was_missed_in_a_long_turn_is_not_made_up() {
        let mut ticker = Ticker::new(Duration::ZERO, millis(100));
        assert!(!ticker.is_due(millis(99)) && ticker.is_due(millis(100)));
        // Eleven should have been due by now; the grid stays.
        assert!(ticker.is_due(millis(1_250)) && !ticker.is_due(millis(1_299)));
        assert_eq!(ticker.next(), millis(1_300));
        assert!(ticker.is_due(millis(1_300)) && !ticker.is_due(millis(1_399)));
    }

    #[test]
    fn odd_settings_are_no_trouble() {
        let mut often = Ticker::new(Duration::ZERO, Duration::ZERO);
        assert!(!often.is_due(Duration::ZERO) && often.is_due(millis(1)) && !often.is_due(millis(1)));
        let mut never = Ticker::new(millis(5), Duration::MAX);
        assert!(!never.is_due(millis(1 << 50)));
        assert!(never.is_due(Duration::MAX) && never.is_due(Duration::MAX));
    }
}
