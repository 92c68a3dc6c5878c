//! How long to wait before a connection is tried again: longer each time, and not all nodes at once.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(2);

#[derive(Debug, Default)]
pub(super) struct Retrying {
    tries: u32,
}

impl Retrying {
    /// It has worked.
    pub(super) fn done(&mut self) {
        self.tries = 0;
    }

    /// Between half of the time that is due and all of it; `chance` is any number.
    pub(super) fn next(&mut self, chance: u64) -> Duration {
        let due = FIRST.saturating_mul(1 << self.tries.min(6)).min(LONGEST);
        self.tries += 1;
        due / 2 + due.mul_f64((chance % 1000) as f64 / 2000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_longer_each_time_up_to_an_end() {
        let mut retrying = Retrying::default();
        let waits: Vec<_> = (0..10).map(|_| retrying.next(999)).collect();
        assert!(waits.is_sorted() && waits[0] <= FIRST && waits[9] <= LONGEST && waits[9] > LONGEST / 2);
        retrying.done();
        assert_eq!(retrying.next(0), FIRST / 2);
    }
}
