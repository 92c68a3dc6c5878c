//! The clock of the log, which is that of the machine where it is kept. All nodes go by it, whatever their own machines' clocks say: it
//! is asked now and then, and in between time passes as on the clock that nobody can set.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use crate::history::{Millis, Wall};

/// What is asked again and differs by no more than this changes nothing: times do not go to and fro.
const AGREE: Millis = 1000;
/// An answer that has taken longer says too little of the moment in which it was given.
const LONGEST: Millis = 5000;
/// A machine's clock that is so far from the log's is told of.
const WRONG: Millis = 60_000;

/// The log has said what time it is, at some moment between these two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    pub asked: Instant,
    pub answered: Instant,
    pub log: Millis,
}

#[derive(Debug, Clone)]
pub(super) struct Clock {
    start: Instant,
    known: Arc<Mutex<Known>>,
}

#[derive(Debug, Default)]
struct Known {
    /// What time it was by the log at the start; `None`: it was not asked yet.
    origin: Option<Millis>,
    /// How far this machine's clock was ahead when that was told last.
    told: Millis,
}

impl Clock {
    pub(super) fn new() -> Self {
        Clock { start: Instant::now(), known: Arc::default() }
    }

    /// For the history.
    pub(super) fn wall(&self) -> Wall {
        let clock = self.clone();
        Wall::new(move || clock.with(|known, ticks| known.now(ticks)))
    }

    /// What the log has said. If this machine says something else, an operator hears of it.
    pub(super) fn look(&self, reading: Reading) {
        let since_start = |at: Instant| at.saturating_duration_since(self.start).as_millis() as Millis;
        let gap = self.with(|known, ticks| {
            let (asked, answered) = (since_start(reading.asked), since_start(reading.answered));
            known.origin = Some(origin(known.origin, asked, answered, reading.log));
            let ahead = wall().saturating_sub(known.now(ticks));
            is_news(known.told, ahead).then(|| {
                known.told = ahead;
                ahead
            })
        });
        if let Some(gap) = gap {
            tell(gap);
        }
    }

    fn with<R>(&self, work: impl FnOnce(&mut Known, Millis) -> R) -> R {
        let ticks = self.start.elapsed().as_millis() as Millis;
        work(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner), ticks)
    }
}

impl Known {
    fn now(&self, ticks: Millis) -> Millis {
        self.origin.map_or_else(wall, |origin| origin.saturating_add(ticks))
    }
}

/// What time it was by the log at the start, if that is what it says between two moments since.
fn origin(before: Option<Millis>, asked: Millis, answered: Millis, log: Millis) -> Millis {
    let took = answered.saturating_sub(asked);
    let now = log.saturating_sub(asked.saturating_add(took / 2));
    match before {
        Some(before) if took > LONGEST || now.saturating_sub(before).saturating_abs() <= AGREE + took / 2 => {
            before
        }
        _ => now,
    }
}

/// Once, when it is right again, and when it is wrong by something else.
fn is_news(told: Millis, ahead: Millis) -> bool {
    let is_wrong = |ahead: Millis| ahead.saturating_abs() > WRONG;
    is_wrong(told) != is_wrong(ahead) || (is_wrong(ahead) && is_wrong(ahead.saturating_sub(told)))
}

fn tell(ahead: Millis) {
    if ahead.saturating_abs() <= WRONG {
        return log::info!("the clocks of this machine and of the log's agree");
    }
    let which = if ahead > 0 { "ahead of" } else { "behind" };
    log::error!(
        "the clock of this machine is {} {which} the one of the log's, and the nodes go by that: set the one that is wrong",
        words(ahead)
    );
}

fn words(gap: Millis) -> String {
    let minutes = (gap.unsigned_abs() + 30_000) / 60_000;
    match minutes {
        0..120 => format!("{minutes} minutes"),
        120..4320 => format!("{} hours", (minutes + 30) / 60),
        _ => format!("{} days", (minutes + 720) / 1440),
    }
}

/// What this machine's clock says.
fn wall() -> Millis {
    Wall::default().look()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_800_000_000_000;
    const HOUR: Millis = 3_600_000;

    #[test]
    fn the_log_says_what_time_it_is() {
        assert_eq!(origin(None, 100, 200, NOW + 150), NOW);
        assert_eq!(origin(None, 0, 60_000, NOW + 30_000), NOW, "the first time, however long it takes");
    }

    #[test]
    fn what_it_says_again_changes_nothing_if_it_agrees() {
        for (took, differs) in [(0, 1000), (0, -1000), (2000, 2000), (2000, -2000), (6000, HOUR)] {
            assert_eq!(origin(Some(NOW), HOUR, HOUR + took, NOW + HOUR + took / 2 + differs), NOW);
        }
    }

    #[test]
    fn a_clock_that_was_set_is_followed() {
        for differs in [1001, -1001, HOUR, -HOUR, 9000 * HOUR, -9000 * HOUR] {
            assert_eq!(origin(Some(NOW), HOUR, HOUR, NOW + HOUR + differs), NOW + differs);
        }
        for log in [Millis::MIN, Millis::MAX] {
            let _ = origin(Some(NOW), HOUR, HOUR, log); // and nothing overflows
        }
    }

    #[test]
    fn a_machine_that_is_wrong_is_told_of_once_until_that_changes() {
        let table = [
            (0, 0, false),
            (0, 60_000, false),
            (0, 60_001, true),
            (0, -HOUR, true),
            (HOUR, HOUR + 900, false),
            (HOUR, HOUR + 61_000, true),
            (HOUR, -HOUR, true),
            (HOUR, 5, true),
            (5, Millis::MAX, true),
            (Millis::MIN, Millis::MAX, true),
        ];
        for (told, ahead, news) in table {
            assert_eq!(is_news(told, ahead), news, "{told} {ahead}");
        }
    }

    #[test]
    fn a_gap_is_told_in_a_unit_that_fits() {
        let table = [
            (119_000, "2 minutes"),
            (1 - HOUR, "60 minutes"),
            (26 * HOUR - 1, "26 hours"),
            (9600 * HOUR - 1, "400 days"),
        ];
        for (gap, told) in table {
            assert_eq!(words(gap), told);
        }
    }

    #[test]
    fn until_it_has_answered_it_is_this_machine_that_says_it() {
        let clock = Clock::new();
        let (before, now) = (wall(), clock.wall());
        assert!(format!("{now:?}").contains(&before.to_string()[..8]));
        let at = Instant::now();
        clock.look(Reading { asked: at, answered: at, log: NOW + 500 * 24 * HOUR });
        assert!(!format!("{now:?}").contains(&before.to_string()[..8]));
    }
}
