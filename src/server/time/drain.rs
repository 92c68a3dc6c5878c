//! When a server that is drained closes its next peer. Of so many peers each has the same share of the time that is
//! left.

use std::time::Duration;

use crate::protocol::CloseCode;
use crate::server::tuning::DRAIN_CATCHES_UP;

/// A drain under way.
#[derive(Debug)]
pub(in crate::server) struct Drain {
    code: CloseCode,
    /// When the next peer is closed.
    next: Duration,
    /// When the last is.
    ends: Duration,
    /// It has been asked for, and not begun.
    is_new: bool,
}

impl Drain {
    pub(in crate::server) fn new(ends: Duration, code: CloseCode) -> Self {
        Drain { code, next: ends, ends, is_new: true }
    }

    /// It ends no later than this, and has this code from now on.
    pub(in crate::server) fn hasten(&mut self, now: Duration, ends: Duration, code: CloseCode, peers: usize) {
        self.code = code;
        self.ends = self.ends.min(ends);
        self.next = self.next.min(share(now, self.ends, peers));
    }

    /// Has it not begun?
    pub(in crate::server) fn is_new(&self) -> bool {
        self.is_new
    }

    /// True once.
    pub(in crate::server) fn begins(&mut self) -> bool {
        std::mem::take(&mut self.is_new)
    }

    pub(in crate::server) fn code(&self) -> CloseCode {
        self.code
    }

    /// When the next peer is closed.
    pub(in crate::server) fn next(&self) -> Duration {
        self.next
    }

    /// Is everybody's time over?
    pub(in crate::server) fn is_over(&self, now: Duration) -> bool {
        now >= self.ends
    }

    /// How much time is left.
    pub(in crate::server) fn rest(&self, now: Duration) -> Duration {
        self.ends.saturating_sub(now)
    }

    /// Time has passed. What a loop that was late has missed is made up for, if it is not much.
    pub(in crate::server) fn look(&mut self, now: Duration) {
        self.next = self.next.max(now.saturating_sub(DRAIN_CATCHES_UP));
    }

    /// Is a peer to be closed, and not all of them?
    pub(in crate::server) fn is_due(&self, now: Duration) -> bool {
        self.next <= now && !self.is_over(now)
    }

    /// A peer has been closed. So many are left.
    pub(in crate::server) fn closed_one(&mut self, left: usize) {
        self.next = share(self.next, self.ends, left);
    }
}

/// When the first of so many is closed, if all are by `ends`, one after the other.
fn share(from: Duration, ends: Duration, peers: usize) -> Duration {
    let peers = u32::try_from(peers).unwrap_or(u32::MAX).max(1);
    from.saturating_add(ends.saturating_sub(from) / peers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn drain(now: Duration, over: Duration, peers: usize) -> Drain {
        let mut drain = Drain::new(now + over, CloseCode::NORMAL);
        drain.hasten(now, now + over, CloseCode::NORMAL, peers);
        drain
    }

    /// How many are closed, when the loop looks at these times.
    fn closes(drain: &mut Drain, peers: &mut usize, looks: impl IntoIterator<Item = u64>) -> Vec<usize> {
        let mut look = |now| {
            let before = *peers;
            drain.look(now);
            while *peers > 0 && drain.is_due(now) {
                *peers -= 1;
                drain.closed_one(*peers);
            }
            before - *peers
        };
        looks.into_iter().map(|now| look(millis(now))).collect()
    }

    #[test]
    fn each_peer_has_its_share_of_the_time_and_the_last_is_closed_at_the_end() {
        let mut peers = 10_000;
        let mut drain = drain(millis(500), millis(10_000), peers);
        let closed = closes(&mut drain, &mut peers, 501..10_500);
        // One each millisecond, never early; what dividing loses is far below one.
        assert!(closed.iter().all(|&closed| closed <= 2), "{:?}", closed.iter().max());
        let sums = closed.iter().scan(0, |sum, closed| {
            *sum += closed;
            Some(*sum)
        });
        assert!((1..).zip(sums).all(|(passed, sum)| sum <= passed && sum + 1 >= passed));
        assert!(peers <= 2 && !drain.is_over(millis(10_499)) && drain.is_over(millis(10_500)), "{peers}");
    }

    #[test]
    fn who_leaves_by_itself_makes_time_for_the_others() {
        let mut peers = 10;
        let mut drain = drain(Duration::ZERO, millis(1_000), peers);
        assert_eq!(closes(&mut drain, &mut peers, [99, 100, 200]), [0, 1, 1]);
        peers = 2;
        // That one was due already. The other has the rest.
        assert_eq!(closes(&mut drain, &mut peers, [300, 999]), [1, 0]);
        assert_eq!((peers, drain.next(), drain.is_over(millis(1_000))), (1, millis(1_000), true));
    }

    #[test]
    fn a_loop_that_was_away_makes_no_burst_of_it() {
        let mut peers = 1_000;
        let mut drain = drain(Duration::ZERO, millis(10_000), peers);
        // 900 would be due. Those of the last 100 ms are 10 at the first pace; then it is faster.
        let closed = closes(&mut drain, &mut peers, [9_000]);
        assert!(closed[0] <= 100, "{closed:?}");
        let before = peers;
        let closed = closes(&mut drain, &mut peers, 9_001..10_000);
        assert!(closed.iter().all(|&closed| closed <= 2), "{:?}", closed.iter().max());
        assert!(before - peers > 800 && peers <= 2, "{before} and then {peers}");
    }

    #[test]
    fn a_second_call_only_hastens() {
        let mut drain = drain(Duration::ZERO, millis(1_000), 2);
        drain.hasten(millis(100), millis(5_000), CloseCode::GOING_AWAY, 2);
        assert_eq!((drain.next(), drain.rest(millis(100))), (millis(500), millis(900)));
        drain.hasten(millis(100), millis(300), CloseCode::GOING_AWAY, 2);
        assert_eq!((drain.next(), drain.rest(millis(400))), (millis(200), Duration::ZERO));
        assert_eq!(drain.code(), CloseCode::GOING_AWAY);
        assert_eq!(share(millis(9), millis(8), 3), millis(9));
        assert_eq!(share(millis(9), Duration::MAX, 0), Duration::MAX);
    }
}
