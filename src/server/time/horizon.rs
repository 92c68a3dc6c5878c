//! Up to when everything that had arrived has been read. Deadlines are kept by this rather than by the clock, so that
//! no peer is given up for an answer that lies in a socket because the server came late to it.
//!
//! ```text
//!   poll ──▶ fewer events than asked for ──▶ all that had come when it began: the horizon is there
//!     ├────▶ as many as asked for ─────────▶ more wait; asked often enough, each source has had its turn
//!     └────▶ interrupted ──────────────────▶ nothing was seen
//! ```
//!
//! The last but one needs no poll that comes back with less: the system hands out readiness in the order in which it
//! came, and reports an edge once. So a flood of events cannot hold the horizon back for ever.

use crate::server::time::deadlines::Tick;

#[derive(Debug, Default)]
pub(in crate::server) struct Horizon {
    reached: Tick,
    /// When the first of the polls began that have been coming back full.
    begun: Tick,
    /// Events that may still be of things that had arrived then.
    to_come: usize,
}

impl Horizon {
    /// All that had arrived at this time has been read, once the events that the last poll brought are handled.
    pub(in crate::server) fn reached(&self) -> Tick {
        self.reached
    }

    /// A poll has come back. It began at `began` or later; so many sources of events there are.
    pub(in crate::server) fn seen(&mut self, began: Tick, events: usize, asked_for: usize, sources: usize) {
        if events < asked_for {
            self.reached = began;
            self.to_come = 0;
            return;
        }
        if self.to_come == 0 {
            (self.begun, self.to_come) = (began, sources);
        }
        self.to_come = self.to_come.saturating_sub(events);
        if self.to_come == 0 {
            self.reached = self.begun;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED_FOR: usize = 1024;

    #[test]
    fn a_poll_that_brings_all_there_is_reaches_its_own_beginning() {
        let mut horizon = Horizon::default();
        for (began, events) in [(3, 0), (5, 1), (9, ASKED_FOR - 1)] {
            horizon.seen(began, events, ASKED_FOR, 5_000);
            assert_eq!(horizon.reached(), began);
        }
    }

    #[test]
    fn what_waits_behind_a_full_poll_is_read_first() {
        let mut horizon = Horizon::default();
        horizon.seen(1, 0, ASKED_FOR, 2_501);
        for (began, events, reached) in [(40, ASKED_FOR, 1), (41, ASKED_FOR, 1), (42, 453, 42)] {
            horizon.seen(began, events, ASKED_FOR, 2_501);
            assert_eq!(horizon.reached(), reached);
        }
    }

    #[test]
    fn a_flood_lets_each_source_have_its_turn_and_no_more() {
        let mut horizon = Horizon::default();
        for turn in 1..=100 {
            horizon.seen(turn, ASKED_FOR, ASKED_FOR, 2_501);
            // Three polls are one round: it began with the first of them.
            assert_eq!(horizon.reached(), (turn / 3 * 3).saturating_sub(2), "turn {turn}");
        }
    }
}
