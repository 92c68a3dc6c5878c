//! When a backup is due. Pure: both clocks are passed in.
//!
//! The time between two goes by the clock that nobody can set. The one on the wall counts as well: it goes on while a machine
//! sleeps, and only it tells how old a backup of an earlier run is. It may be wrong, so by itself it never causes two backups
//! within a short time.

use std::time::{Duration, Instant};

use crate::history::Millis;

/// After a fault.
const AGAIN: Duration = Duration::from_secs(10 * 60);
/// Whatever the clock on the wall says, there is so much time between two.
const LEAST: Duration = Duration::from_secs(10 * 60);
/// When all backups seem to be made in the future, nobody knows how old they are.
const IN_DOUBT: Duration = Duration::from_secs(60 * 60);
/// So often the clock on the wall is looked at.
const LOOK: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy)]
pub(super) struct Now {
    pub ticks: Instant,
    pub wall: Millis,
}

#[derive(Debug)]
pub(super) struct Schedule {
    every: Option<Duration>,
    due: Instant,
    /// When the last one was made, if the clock on the wall is to be believed in that.
    made: Option<Millis>,
    not_before: Instant,
}

impl Schedule {
    /// `made`: when each of those was made that are there already.
    pub(super) fn new(every: Option<Duration>, made: &[Millis], now: Now) -> Self {
        let last = made.iter().copied().filter(|at| *at <= now.wall).max();
        let period = every.unwrap_or_default();
        let wait = match last {
            Some(last) => period.saturating_sub(millis(now.wall - last)),
            None if made.is_empty() => Duration::ZERO,
            None => period.min(IN_DOUBT),
        };
        Schedule { every, due: now.ticks + wait, made: last, not_before: now.ticks }
    }

    /// The same with another plan: what has just been tried is not tried at once again.
    pub(super) fn again(&self, every: Option<Duration>, made: &[Millis], now: Now) -> Self {
        let new = Schedule::new(every, made, now);
        Schedule { not_before: self.not_before.max(now.ticks), ..new }
    }

    pub(super) fn is_due(&self, now: Now) -> bool {
        let Some(every) = self.every else { return false };
        let is_old = |made: Millis| now.wall >= made && millis(now.wall - made) >= every;
        now.ticks >= self.not_before && (now.ticks >= self.due || self.made.is_some_and(is_old))
    }

    /// How long nothing has to be looked at. `None`: for ever.
    pub(super) fn patience(&self, now: Now) -> Option<Duration> {
        let every = self.every?;
        let rest = self.due.max(self.not_before).saturating_duration_since(now.ticks);
        Some(rest.min(LOOK).min(every))
    }

    pub(super) fn made(&mut self, now: Now) {
        let every = self.every.unwrap_or_default();
        self.due = now.ticks + every;
        self.not_before = now.ticks + every.min(LEAST);
        self.made = Some(now.wall);
    }

    pub(super) fn failed(&mut self, now: Now) {
        let wait = self.every.unwrap_or_default().min(AGAIN);
        (self.due, self.not_before) = (now.ticks + wait, now.ticks + wait);
    }

    /// By the clock on the wall.
    pub(super) fn next(&self, now: Now) -> Option<Millis> {
        self.every?;
        let rest = self.due.max(self.not_before).saturating_duration_since(now.ticks);
        Some(now.wall.saturating_add(rest.as_millis() as Millis))
    }
}

fn millis(passed: Millis) -> Duration {
    Duration::from_millis(passed.max(0).unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);
    const DAY: Duration = Duration::from_secs(86_400);
    /// A day in November 2026.
    const WALL: Millis = 1_796_000_000_000;

    fn as_millis(time: Duration) -> Millis {
        time.as_millis() as Millis
    }

    fn after(start: Now, passed: Duration, leap: Millis) -> Now {
        Now { ticks: start.ticks + passed, wall: start.wall + as_millis(passed) + leap }
    }

    fn start() -> Now {
        Now { ticks: Instant::now(), wall: WALL }
    }

    #[test]
    fn the_first_is_made_at_once_and_the_next_after_the_time() {
        let start = start();
        let mut schedule = Schedule::new(Some(DAY), &[], start);
        assert!(schedule.is_due(start));
        schedule.made(start);
        assert_eq!(schedule.next(start), Some(WALL + as_millis(DAY)));
        assert!(!schedule.is_due(after(start, DAY - HOUR, 0)) && schedule.is_due(after(start, DAY, 0)));
        assert_eq!(schedule.patience(after(start, HOUR, 0)), Some(LOOK));
        let never = Schedule::new(None, &[], start);
        assert!(!never.is_due(after(start, DAY, 0)));
        assert_eq!((never.patience(start), never.next(start)), (None, None));
    }

    /// A chat that is started again and again makes no more of them, and no less.
    #[test]
    fn what_an_earlier_run_has_made_counts() {
        let start = start();
        let made = [WALL - as_millis(3 * DAY), WALL - as_millis(20 * HOUR)];
        let schedule = Schedule::new(Some(DAY), &made, start);
        assert!(!schedule.is_due(after(start, 3 * HOUR, 0)) && schedule.is_due(after(start, 4 * HOUR, 0)));
        assert!(Schedule::new(Some(20 * HOUR), &made, start).is_due(start));
    }

    #[test]
    fn what_failed_is_tried_again_after_ten_minutes() {
        let start = start();
        let mut schedule = Schedule::new(Some(DAY), &[WALL - as_millis(DAY)], start);
        assert!(schedule.is_due(start));
        schedule.failed(start);
        assert!(!schedule.is_due(after(start, AGAIN - LOOK, 0)) && schedule.is_due(after(start, AGAIN, 0)));
        let often = Duration::from_secs(60);
        let mut schedule = Schedule::new(Some(often), &[], start);
        schedule.failed(start);
        assert!(schedule.is_due(after(start, often, 0)));
        // A plan that is changed is no way round.
        schedule.failed(start);
        let schedule = schedule.again(Some(DAY), &[], start);
        assert!(!schedule.is_due(start) && schedule.is_due(after(start, often, 0)));
    }

    /// While a machine sleeps only the wall goes on.
    #[test]
    fn a_day_that_was_slept_through_is_a_day() {
        let start = start();
        let mut schedule = Schedule::new(Some(DAY), &[], start);
        schedule.made(start);
        assert!(schedule.is_due(after(start, HOUR, as_millis(DAY))));
    }

    #[test]
    fn a_clock_that_leaps_makes_no_flood_and_no_silence() {
        let begin = start();
        let year = as_millis(366 * DAY);
        // Back: the other clock counts.
        let mut schedule = Schedule::new(Some(DAY), &[], begin);
        schedule.made(begin);
        assert!(!schedule.is_due(after(begin, HOUR, -year)) && schedule.is_due(after(begin, DAY, -year)));
        // To and fro, each minute, for a day.
        let (mut made, mut leap) = (0, 0);
        for minute in 0..24 * 60 {
            leap = if minute % 2 == 0 { leap.max(0) + year } else { -leap };
            let now = after(begin, minute * LOOK, leap);
            if schedule.is_due(now) {
                schedule.made(now);
                made += 1;
            }
        }
        assert!(made <= 24 * 6, "{made}");
        // All were made by a clock that was ahead: none at once, and not none for a year.
        let ahead = [WALL + year];
        let schedule = Schedule::new(Some(DAY), &ahead, begin);
        assert!(!schedule.is_due(begin) && schedule.is_due(after(begin, HOUR, 0)));
        // One was, and the others tell.
        let ahead = [WALL + year, WALL - as_millis(23 * HOUR)];
        let schedule = Schedule::new(Some(DAY), &ahead, begin);
        assert!(!schedule.is_due(begin) && schedule.is_due(after(begin, HOUR, 0)));
    }
}
