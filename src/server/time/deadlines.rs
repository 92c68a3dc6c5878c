//! One deadline per connection: for the handshake, for silence, for a Pong, for the closing handshake.
//! They are never needed together.
//!
//! A dense array of tenths of a second, looked through when the earliest is due. Arming is one store; there
//! are no nodes and nothing to cancel. A hundred thousand entries take some 20 µs to look through.

use std::time::{Duration, Instant};

use crate::server::peer_id::Slot;
#[cfg(feature = "testing")]
use crate::server::time::hand::Hand;
use crate::server::tuning::SLOWEST;

/// Tenths of a second since the server was made: enough for 13 years.
pub(in crate::server) type Tick = u32;

const NEVER: Tick = Tick::MAX;
const TICK: Duration = Duration::from_millis(100);

/// A duration in ticks, rounded up.
pub(in crate::server) fn ticks(duration: Duration) -> Tick {
    let ticks = duration.as_nanos().div_ceil(TICK.as_nanos());
    Tick::try_from(ticks).unwrap_or(NEVER)
}

/// The tick by which at least this much time will have passed: `now` may be as good as over.
pub(in crate::server) fn after(now: Tick, duration: Duration) -> Tick {
    now.saturating_add(ticks(duration)).saturating_add(1)
}

/// The time that reading so many bytes may take at [`SLOWEST`].
pub(in crate::server) fn time_for(bytes: usize) -> Tick {
    let per_tick = SLOWEST / (Duration::from_secs(1).as_millis() / TICK.as_millis()) as usize;
    Tick::try_from(bytes / per_tick).unwrap_or(NEVER)
}

/// Measures the time in ticks. Its clones show the same.
#[derive(Debug, Clone)]
pub(in crate::server) struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    /// The system's, since then.
    System(Instant),
    #[cfg(feature = "testing")]
    Hand(Hand),
}

impl Clock {
    pub(in crate::server) fn start() -> Self {
        Clock(Source::System(Instant::now()))
    }

    /// A clock that goes when it is turned.
    #[cfg(feature = "testing")]
    pub(in crate::server) fn by_hand(hand: &Hand) -> Self {
        Clock(Source::Hand(hand.clone()))
    }

    pub(in crate::server) fn now(&self) -> Tick {
        Clock::tick(self.elapsed())
    }

    /// The same, exactly.
    pub(in crate::server) fn elapsed(&self) -> Duration {
        match &self.0 {
            Source::System(start) => start.elapsed(),
            #[cfg(feature = "testing")]
            Source::Hand(hand) => hand.shows(),
        }
    }

    /// The tick in which a moment lies.
    pub(in crate::server) fn tick(elapsed: Duration) -> Tick {
        (elapsed.as_nanos() / TICK.as_nanos()) as Tick
    }

    /// When a tick begins.
    pub(in crate::server) fn begin_of(tick: Tick) -> Duration {
        TICK * tick
    }
}

#[derive(Debug)]
pub(in crate::server) struct Deadlines {
    /// By slot.
    due: Vec<Tick>,
    /// None is due earlier. It may be too early: deadlines that were put off leave it behind.
    earliest: Tick,
}

impl Default for Deadlines {
    fn default() -> Self {
        Deadlines { due: Vec::new(), earliest: NEVER }
    }
}

impl Deadlines {
    #[inline]
    pub(in crate::server) fn set(&mut self, slot: Slot, due: Tick) {
        if self.due.len() <= slot.index() {
            self.due.resize(slot.index() + 1, NEVER);
        }
        self.due[slot.index()] = due;
        self.earliest = self.earliest.min(due);
    }

    /// When the deadline of a slot is, if it has one.
    pub(in crate::server) fn due(&self, slot: Slot) -> Tick {
        self.due.get(slot.index()).copied().unwrap_or(NEVER)
    }

    /// Has a deadline been set that was not reported as passed?
    pub(in crate::server) fn is_set(&self, slot: Slot) -> bool {
        self.due(slot) != NEVER
    }

    /// Those that have passed by `now` come at `then`.
    pub(in crate::server) fn postpone(&mut self, now: Tick, then: Tick) {
        self.due.iter_mut().filter(|due| **due <= now).for_each(|due| *due = then);
        self.earliest = self.due.iter().copied().min().unwrap_or(NEVER);
    }

    pub(in crate::server) fn clear(&mut self, slot: Slot) {
        self.set(slot, NEVER);
    }

    /// When to look next, if ever.
    pub(in crate::server) fn earliest(&self) -> Option<Tick> {
        (self.earliest != NEVER).then_some(self.earliest)
    }

    /// The slots whose deadline has passed. Each is reported once.
    pub(in crate::server) fn expired(&mut self, now: Tick) -> Vec<Slot> {
        let mut expired = Vec::new();
        if now < self.earliest {
            return expired;
        }
        self.earliest = NEVER;
        for (slot, due) in self.due.iter_mut().enumerate() {
            if *due <= now {
                *due = NEVER;
                expired.push(Slot::at(slot));
            }
            self.earliest = self.earliest.min(*due);
        }
        expired
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_deadline_is_told_once_and_not_before_it_is_due() {
        let mut deadlines = Deadlines::default();
        assert_eq!(deadlines.earliest(), None);
        deadlines.set(Slot::at(3), 50);
        deadlines.set(Slot::at(0), 20);
        assert_eq!(deadlines.expired(19), []);
        assert_eq!(deadlines.expired(20), [0].map(Slot::at));
        assert_eq!(deadlines.earliest(), Some(50));
        deadlines.set(Slot::at(3), 70); // put off: one look too early, then the right one
        assert_eq!(deadlines.expired(50), []);
        assert_eq!(deadlines.earliest(), Some(70));
        deadlines.set(Slot::at(1), 60);
        deadlines.clear(Slot::at(1));
        assert_eq!(deadlines.expired(100), [3].map(Slot::at));
        assert_eq!(deadlines.earliest(), None);
    }

    #[test]
    fn what_has_passed_can_be_postponed() {
        let mut deadlines = Deadlines::default();
        for (slot, due) in [(0, 20), (1, 30), (2, 50)] {
            deadlines.set(Slot::at(slot), due);
        }
        deadlines.postpone(30, 40);
        assert_eq!(deadlines.earliest(), Some(40));
        assert_eq!(deadlines.expired(40), [0, 1].map(Slot::at));
        assert_eq!([0, 1, 2, 3].map(|slot| deadlines.is_set(Slot::at(slot))), [false, false, true, false]);
    }

    #[test]
    fn durations_round_up() {
        let table = [(0, 0), (1, 1), (99, 1), (100, 1), (101, 2), (10_000, 100)];
        for (millis, expected) in table {
            assert_eq!(ticks(Duration::from_millis(millis)), expected);
        }
        assert_eq!(ticks(Duration::MAX), NEVER);
        assert_eq!((after(7, Duration::ZERO), after(7, Duration::MAX)), (8, NEVER));
        assert_eq!((time_for(800), time_for(8 << 10), time_for(64 << 10)), (0, 10, 80));
    }
}
