//! What time it is, by both clocks.

use crate::history::Millis;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Now {
    /// By the clock that nobody can set.
    pub ticks: Millis,
    /// By the calendar.
    pub calendar: Millis,
}

/// What could not be written to the disk is told it again after so long, in milliseconds.
pub(super) const DISK_PAUSE: Millis = 5_000;
