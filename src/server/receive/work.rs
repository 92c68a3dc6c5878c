//! How much work a turn of the loop may be, and what share of it each peer has that has sent something.
//!
//! Some input takes far longer than its length tells: the smallest messages, and what is compressed to nothing. Until a
//! turn has done so much, each peer may use a good deal. After that each gets little: the less, the more peers there
//! are, so that none of them waits for more than some 50 ms.

use crate::server::tuning::{
    ALL_INFLATING_WHEN_BUSY, ALL_READ_TO_INFLATE_WHEN_BUSY, ALL_READ_WHEN_BUSY, BUSY, BYTES_FOR_ONE,
    INFLATING, INFLATING_WHEN_BUSY, MESSAGE_COST, READ_AT_LEAST, READ_BUFFER, READ_TO_INFLATE,
    READ_WHEN_BUSY, SMALLEST_CHUNK,
};

#[derive(Debug, Default)]
pub(super) struct Work {
    /// For plain messages, since the server began.
    plain: u64,
    /// For compressed ones.
    inflating: u64,
    /// All of it, when the turn began.
    before: u64,
    /// Peers with input in this turn.
    ready: usize,
}

impl Work {
    pub(super) fn begin_turn(&mut self, ready: usize) {
        (self.before, self.ready) = (self.plain + self.inflating, ready.max(1));
    }

    /// Plain input is about to be looked at.
    pub(super) fn charge_bytes(&mut self, bytes: usize) {
        self.plain += (bytes / BYTES_FOR_ONE) as u64;
    }

    /// A part of a chunked body is about to be looked at. It may be full of the smallest chunks.
    pub(super) fn charge_chunks(&mut self, bytes: usize) {
        self.plain += (bytes / SMALLEST_CHUNK) as u64 * MESSAGE_COST;
    }

    #[inline]
    pub(super) fn charge_message(&mut self) {
        self.plain += MESSAGE_COST;
    }

    /// So far so much work has been inflating.
    pub(super) fn set_inflating(&mut self, inflating: u64) {
        self.inflating = inflating;
    }

    fn is_busy(&self) -> bool {
        self.plain + self.inflating - self.before > BUSY
    }

    /// Bytes to be read from a peer at once.
    pub(super) fn most_to_read(&self, inflates: bool) -> usize {
        let share = |all: usize| (all / self.ready).clamp(READ_AT_LEAST, READ_WHEN_BUSY);
        match (self.is_busy(), inflates) {
            (false, false) => READ_BUFFER,
            (false, true) => READ_TO_INFLATE,
            (true, false) => share(ALL_READ_WHEN_BUSY),
            (true, true) => share(ALL_READ_TO_INFLATE_WHEN_BUSY),
        }
    }

    /// Work for one peer's compressed messages, before the others have their turn.
    pub(super) fn inflating_budget(&self) -> u64 {
        match self.is_busy() {
            false => INFLATING,
            true => (ALL_INFLATING_WHEN_BUSY / self.ready as u64).min(INFLATING_WHEN_BUSY),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A turn in which all have sent as much as they can of the same, and each is charged for it.
    fn turn(ready: usize, charge: impl Fn(&mut Work)) -> u64 {
        let mut work = Work::default();
        work.begin_turn(ready);
        (0..ready).for_each(|_| charge(&mut work));
        work.plain + work.inflating
    }

    /// The unit is about a nanosecond.
    const MILLISECOND: u64 = 1_000_000;

    /// The smallest messages there are.
    fn small(work: &mut Work) {
        let bytes = work.most_to_read(false);
        work.charge_bytes(bytes);
        (0..bytes / 7).for_each(|_| work.charge_message());
    }

    #[test]
    fn a_turn_is_bounded_however_many_send_the_worst_there_is() {
        for ready in [1, 2, 8, 32, 100, 300, 1_024] {
            let tables = turn(ready, |work| work.inflating += 50 * work.most_to_read(true) as u64);
            let small_compressed = turn(ready, |work| work.inflating += work.inflating_budget() + 2_000);
            let small = turn(ready, small);
            for (what, done) in [("tables", tables), ("small compressed", small_compressed), ("small", small)]
            {
                assert!(done < 60 * MILLISECOND, "{ready} peers, {what}: {done}");
            }
        }
    }

    /// A turn brings no more than 1,024 events, but there may be more peers whose input was not read to its end.
    #[test]
    fn nor_is_a_turn_longer_for_a_crowd_that_was_left_over_from_the_last() {
        for ready in [2_000, 5_000, 10_000, 15_000] {
            let done = turn(ready, small);
            assert!(done < 60 * MILLISECOND, "{ready} peers: {done}");
        }
    }

    #[test]
    fn a_few_large_messages_are_read_at_once() {
        let mut work = Work::default();
        work.begin_turn(30);
        for _ in 0..30 {
            assert_eq!(work.most_to_read(false), READ_BUFFER);
            work.charge_bytes(1 << 20);
            work.charge_message();
        }
        // What was done before is not held against the next turn.
        work.charge_bytes(1 << 30);
        assert_eq!(work.most_to_read(false), READ_WHEN_BUSY);
        work.begin_turn(1);
        assert_eq!((work.most_to_read(false), work.inflating_budget()), (READ_BUFFER, INFLATING));
    }
}
