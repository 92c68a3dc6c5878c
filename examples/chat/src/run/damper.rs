//! Not every line of a flood is written: the first ones of a kind in each period are, the others are counted.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

/// What was written of each kind lately. Kinds that have been quiet for a period are forgotten.
#[derive(Debug)]
pub(crate) struct Damper<K> {
    kinds: HashMap<K, Period>,
}

/// How many lines of a kind are written in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowance {
    pub(crate) lines: u32,
    pub(crate) per: Duration,
}

#[derive(Debug)]
struct Period {
    ends: Duration,
    written: u32,
    left_out: u64,
}

impl<K: Copy + Eq + Hash> Damper<K> {
    pub(crate) fn new() -> Self {
        Damper { kinds: HashMap::new() }
    }

    /// May a line of this kind be written? `now` is the time since some beginning. `Err` is the number of those that
    /// were left out in this period, this one among them.
    pub(crate) fn admit(&mut self, kind: K, allowance: Allowance, now: Duration) -> Result<(), u64> {
        let period =
            self.kinds.entry(kind).or_insert(Period { ends: now + allowance.per, written: 0, left_out: 0 });
        // Its end is told by `ended`, which may come late.
        if period.ends <= now && period.left_out == 0 {
            *period = Period { ends: now + allowance.per, written: 0, left_out: 0 };
        }
        if period.written < allowance.lines {
            period.written += 1;
            return Ok(());
        }
        period.left_out += 1;
        Err(period.left_out)
    }

    /// The kinds whose period has ended, with how many lines were left out in it. `Duration::MAX` ends them all.
    pub(crate) fn ended(&mut self, now: Duration) -> Vec<(K, u64)> {
        let ended = self.kinds.extract_if(|_, period| period.ends <= now);
        ended
            .filter(|(_, period)| period.left_out > 0)
            .map(|(kind, period)| (kind, period.left_out))
            .collect()
    }

    /// When [`ended`](Self::ended) has something to tell.
    pub(crate) fn next_end(&self) -> Option<Duration> {
        self.kinds.values().filter(|period| period.left_out > 0).map(|period| period.ends).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_A_MINUTE: Allowance = Allowance { lines: 2, per: Duration::from_secs(60) };

    #[test]
    fn the_first_of_a_kind_are_written_and_the_others_counted() {
        let mut damper = Damper::new();
        let at = Duration::from_secs;
        let told: Vec<_> = (1..=5).map(|second| damper.admit("a", TWO_A_MINUTE, at(second))).collect();
        assert_eq!(told, [Ok(()), Ok(()), Err(1), Err(2), Err(3)]);
        assert_eq!(damper.admit("b", TWO_A_MINUTE, at(9)), Ok(()));
        assert_eq!((damper.next_end(), damper.ended(at(60))), (Some(at(61)), vec![]));
        // Too late, but not told yet: it belongs to those.
        assert_eq!(damper.admit("a", TWO_A_MINUTE, at(62)), Err(4));
        assert_eq!(damper.ended(at(62)), [("a", 4)]);
        assert_eq!(damper.admit("a", TWO_A_MINUTE, at(63)), Ok(()));
    }

    #[test]
    fn a_kind_that_was_quiet_is_forgotten_and_begins_anew() {
        let mut damper = Damper::new();
        for second in [0, 1, 60, 61, 120] {
            assert_eq!(damper.admit("a", TWO_A_MINUTE, Duration::from_secs(second)), Ok(()));
        }
        assert_eq!((damper.ended(Duration::MAX), damper.kinds.len(), damper.next_end()), (vec![], 0, None));
    }
}
