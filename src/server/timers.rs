//! Timers of the application: each comes once, when its time is over.

use std::collections::BTreeSet;
use std::time::Duration;

/// A timer that an application has set ([`Peers::after`](crate::Peers::after)). It is `Copy`, cheap to keep, and never
/// comes to mean another timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TimerId {
    /// On the loop's clock.
    due: Duration,
    number: u64,
}

/// The timers that are set. The ids are the keys, so whoever has one finds its timer.
#[derive(Debug, Default)]
pub(in crate::server) struct Timers {
    set: BTreeSet<TimerId>,
    latest: u64,
}

impl Timers {
    /// Sets a timer.
    pub(in crate::server) fn set(&mut self, due: Duration) -> TimerId {
        self.latest += 1;
        let timer = TimerId { due, number: self.latest };
        self.set.insert(timer);
        timer
    }

    /// Takes a timer back. False if its time was over, or it was taken back before.
    pub(in crate::server) fn cancel(&mut self, timer: TimerId) -> bool {
        self.set.remove(&timer)
    }

    /// When the next one is due.
    pub(in crate::server) fn next(&self) -> Option<Duration> {
        self.set.first().map(|timer| timer.due)
    }

    /// The number of the one that was set last.
    pub(in crate::server) fn latest(&self) -> u64 {
        self.latest
    }

    /// Takes out the next one, if its time is over, and its number is no more than `latest`. One that is set when it is
    /// `now`, or later, is behind all that are due: so it hides none of those that may be taken.
    pub(in crate::server) fn take_due(&mut self, now: Duration, latest: u64) -> Option<TimerId> {
        let first = *self.set.first()?;
        (first.due <= now && first.number <= latest).then(|| {
            self.set.remove(&first);
            first
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_come_in_the_order_of_their_time_and_those_of_one_time_in_the_order_of_the_calls() {
        let mut timers = Timers::default();
        let at = Duration::from_millis;
        let (late, early, second, gone) =
            (timers.set(at(9)), timers.set(at(3)), timers.set(at(3)), timers.set(at(4)));
        assert!(timers.cancel(gone) && !timers.cancel(gone));
        assert_eq!((timers.next(), timers.take_due(at(2), 4)), (Some(at(3)), None));
        let come: Vec<TimerId> = std::iter::from_fn(|| timers.take_due(at(9), 4)).collect();
        assert_eq!(come, [early, second, late]);
        assert!(timers.next().is_none() && !timers.cancel(early));
    }

    /// With a clock that stands still there is no other end to it.
    #[test]
    fn a_timer_that_is_set_while_others_come_comes_after_them() {
        let mut timers = Timers::default();
        let now = Duration::from_secs(1);
        let set = [timers.set(Duration::ZERO), timers.set(now)];
        let latest = timers.latest();
        let mut come = Vec::new();
        while let Some(timer) = timers.take_due(now, latest) {
            come.push(timer);
            timers.set(now);
        }
        assert_eq!((&come[..], timers.set.len()), (&set[..], 2));
        assert_eq!((timers.take_due(now, timers.latest()).is_some(), timers.next()), (true, Some(now)));
    }
}
