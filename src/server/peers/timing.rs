//! The application's timers.

use std::time::Duration;

use super::Peers;
use crate::server::timers::TimerId;

/// # Timers
impl Peers {
    /// Sets a timer: [`on_timer`](crate::Handler::on_timer) is called once so much time has passed, with the id that
    /// this returns. It may come late by a millisecond and by what the turn before it takes, and never early. Timers
    /// of one time come in the order in which they were set.
    ///
    /// One that [`on_timer`](crate::Handler::on_timer) sets comes in a later turn, even with no time at all: the peers
    /// have theirs in between. They also do when more than 1,024 are due at once, which come in as many turns as that
    /// takes. When the server stops, timers go on until [`Server::run`](crate::Server::run) returns, and do not keep it
    /// from that. What the clock cannot count ([`Duration::MAX`]) never comes.
    ///
    /// A timer takes some 40 bytes until it has come. Nothing limits how many there are: they are the application's
    /// own.
    pub fn after(&mut self, time: Duration) -> TimerId {
        // Later than this turn, even if the clock has not moved since it began.
        let time = time.max(Duration::from_nanos(1));
        self.timers.set(self.clock.elapsed().saturating_add(time))
    }

    /// Takes a timer back, even one whose time is over in this turn. False if it has come already, or was taken back
    /// before.
    pub fn cancel(&mut self, timer: TimerId) -> bool {
        self.timers.cancel(timer)
    }

    /// When the next timer is due.
    pub(in crate::server) fn next_timer(&self) -> Option<Duration> {
        self.timers.next()
    }

    /// The number of the timer that was set last.
    pub(in crate::server) fn latest_timer(&self) -> u64 {
        self.timers.latest()
    }

    /// A timer whose time is over, of those up to this number.
    pub(in crate::server) fn take_due_timer(&mut self, now: Duration, latest: u64) -> Option<TimerId> {
        self.timers.take_due(now, latest)
    }
}
