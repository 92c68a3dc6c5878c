//! The two clocks of the loop. What the disk keeps goes by a third one, the calendar of the history.

use std::sync::OnceLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::history::Millis;

/// A clock for durations, in milliseconds, which nobody can set: when the one on the wall was put back by an hour,
/// everybody was too fast for an hour.
pub(crate) fn ticks() -> Millis {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_millis() as Millis
}

/// The clock of this machine. What is kept, and what people are told, goes by the calendar of the history.
pub(crate) fn now() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as Millis)
}
