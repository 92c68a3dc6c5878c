//! How much is kept: as an operator chooses, and may choose anew while the history is open.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::retention::Limits;
use super::{Calendar, Millis, Settings};

/// What is to be kept no longer stays for so long: until then a slip in the settings can be mended, and then nothing is lost.
const GRACE: Duration = Duration::from_secs(600);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Keep {
    /// As in [`Settings`].
    pub messages: u64,
    pub age: Option<Duration>,
    pub pictures: u64,
}

impl Keep {
    pub(super) fn of(settings: &Settings) -> Self {
        Keep { messages: settings.keep_messages, age: settings.keep_for, pictures: settings.keep_pictures }
    }

    /// What either of them keeps.
    fn or(self, other: Keep) -> Self {
        Keep {
            messages: self.messages.max(other.messages),
            age: self.age.zip(other.age).map(|(one, other)| one.max(other)),
            pictures: self.pictures.max(other.pictures),
        }
    }

    /// What may stay in a room, today.
    pub(super) fn limits(&self, calendar: &Calendar) -> Limits {
        let age = self.age.and_then(|age| Millis::try_from(age.as_millis()).ok());
        let since = age.zip(calendar.today()).map(|(age, today)| today.saturating_sub(age));
        Limits { keep: self.messages, since: since.unwrap_or(Millis::MIN) }
    }
}

/// What is kept at present; and what will be, if that is less.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept {
    pub at_present: Keep,
    later: Option<(Keep, Instant)>,
}

impl Kept {
    pub(super) fn new(keep: Keep) -> Self {
        Kept { at_present: keep, later: None }
    }

    /// More is kept at once, and less when the time of grace is over. Is it less?
    pub(super) fn choose(&mut self, chosen: Keep, now: Instant) -> bool {
        self.at_present = self.at_present.or(chosen);
        self.later = (self.at_present != chosen).then_some((chosen, now + GRACE));
        self.later.is_some()
    }

    /// Is the time of grace over, just now?
    pub(super) fn pass_time(&mut self, now: Instant) -> bool {
        let due = self.later.take_if(|(_, at)| *at <= now);
        self.at_present = due.map_or(self.at_present, |(chosen, _)| chosen);
        due.is_some()
    }
}

/// What was chosen last, and the thread that goes by it has not seen yet. Its clones are the same.
#[derive(Debug, Clone)]
pub(super) struct Chosen<T>(Arc<Mutex<Option<T>>>);

impl<T> Default for Chosen<T> {
    fn default() -> Self {
        Chosen(Arc::default())
    }
}

impl<T> Chosen<T> {
    pub(super) fn set(&self, chosen: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(chosen);
    }

    pub(super) fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    #[test]
    fn more_is_kept_at_once_and_less_when_the_grace_is_over() {
        let keep = |messages, days: Option<u32>, pictures| Keep {
            messages,
            age: days.map(|days| DAY * days),
            pictures,
        };
        let (start, before) = (Instant::now(), keep(100, None, 50));
        let mut kept = Kept::new(before);
        assert!(kept.choose(keep(7, Some(365), 60), start));
        assert_eq!(kept.at_present, keep(100, None, 60));
        assert!(!kept.pass_time(start + GRACE - Duration::from_millis(1)));
        // The slip is mended in time, but for what costs nothing.
        assert!(kept.choose(before, start + GRACE / 2) && kept.at_present == keep(100, None, 60));
        assert!(!kept.pass_time(start + GRACE), "the time of grace began anew");
        assert!(kept.pass_time(start + GRACE * 2));
        assert_eq!(kept.at_present, before);
        assert!(!kept.pass_time(start + GRACE * 9), "once");
        // More of everything.
        assert!(!kept.choose(keep(101, None, 50), start) && kept.at_present == keep(101, None, 50));
        // For ever is more than any number of days.
        assert!(kept.choose(keep(101, Some(9), 50), start) && kept.pass_time(start + GRACE));
        assert!(!kept.choose(keep(101, Some(10), 50), start));
        assert_eq!(kept.at_present.age, Some(DAY * 10));
    }
}
