//! What is counted by address: an office behind one address comes in as one, and so does whoever has many connections.

use crate::pace::{Pace, Rate, Wait};

/// Nobody is given a turn that is farther away.
const LONGEST_LINE: u64 = 60_000;

/// The paces of one address.
#[derive(Debug, Default)]
pub(super) struct Paces {
    pub requests: Pace,
    newcomers: Pace,
    /// Newcomers who were given a turn, and are expected to come back for it.
    line: Pace,
    pub files: Pace,
}

impl Paces {
    /// Are they as good as new? Newcomers have a rate of their own.
    pub(super) fn are_full(&mut self, now: u64, requests: &Rate, newcomers: &Rate, files: &Rate) -> bool {
        self.requests.is_full(now, requests)
            && self.newcomers.is_full(now, newcomers)
            && self.line.is_full(now, newcomers)
            && self.files.is_full(now, files)
    }

    /// One more newcomer. Those who are too many get turns one behind the other, so that each comes back when there is
    /// room for one.
    pub(super) fn admit(&mut self, now: u64, rate: &Rate) -> Result<(), Wait> {
        let Err(Wait(soonest)) = self.newcomers.take(now, 1, rate) else {
            return Ok(());
        };
        let line = Rate { burst: 0, ..*rate };
        self.line.owe(now, 1_000, &line);
        let turn = self.line.take(now, 0, &line).err().map_or(0, |Wait(wait)| wait).max(soonest);
        if turn > LONGEST_LINE {
            self.line.give_back(1);
        }
        Err(Wait(turn.min(LONGEST_LINE)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { per_second: 20, burst: 400 };

    /// When each of so many has come in, if each comes back when it was told to.
    fn admitted(number: usize, mut paces: Paces) -> Vec<u64> {
        let mut waiting: std::collections::BTreeSet<(u64, usize)> = (0..number).map(|one| (0, one)).collect();
        let mut times = Vec::new();
        let mut tries = 0;
        while let Some((now, one)) = waiting.pop_first() {
            tries += 1;
            match paces.admit(now, &RATE) {
                Ok(()) => times.push(now),
                Err(Wait(wait)) => drop(waiting.insert((now + wait.max(1), one))),
            }
        }
        assert!(tries <= 3 * number, "{tries} tries of {number}");
        times
    }

    #[test]
    fn an_office_and_a_school_come_in_one_after_the_other() {
        assert_eq!(admitted(400, Paces::default()).last(), Some(&0));
        let school = admitted(1000, Paces::default());
        assert_eq!(school[399..401], [0, 50]);
        assert!(school[999] <= 31_000, "{}", school[999]);
        let hordes = admitted(3000, Paces::default());
        assert!(hordes[2999] <= 140_000, "{}", hordes[2999]);
    }
}
