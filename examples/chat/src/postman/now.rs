//! What time it is, by both clocks.

use crate::history::Millis;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Now {
    /// By the clock that nobody can set.
    pub ticks: Millis,
    /// By the calendar.
    pub calendar: Millis,
}
