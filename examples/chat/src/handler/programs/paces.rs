//! How fast each key is: messages in a minute, as it was given; and what else it asks.

use std::collections::HashMap;

use super::caller::Caller;
use crate::cost::{Cost, MESSAGE};
use crate::history::{Millis, Number};
use crate::pace::{Pace, Rate, Wait};

/// Tokens that a message takes: as many seconds as a minute has, so that a pace of so many a minute fills so many in a second.
const MINUTE: u32 = 60;
/// At once; or as many as in a minute, if those are fewer.
const AT_ONCE: u32 = 60;
/// What else may be asked, in prices of a message: ten in a second.
const ASKING: Rate = Rate { per_second: 10 * MESSAGE, burst: 60 * MESSAGE };
/// A key is noted as used no more often than this.
const NOTED: Millis = 3_600_000;

#[derive(Debug, Default)]
pub(in crate::handler) struct Paces {
    keys: HashMap<Number, OfKey>,
}

#[derive(Debug)]
struct OfKey {
    rate: Rate,
    says: Pace,
    asks: Pace,
    /// When it was noted last, by the calendar.
    noted: Option<Millis>,
}

fn rate(pace: u32) -> Rate {
    let pace = pace.max(1);
    Rate { per_second: pace, burst: pace.min(AT_ONCE) * MINUTE }
}

impl Paces {
    fn of(&mut self, caller: Caller) -> &mut OfKey {
        let new =
            || OfKey { rate: rate(caller.pace), says: Pace::default(), asks: Pace::default(), noted: None };
        self.keys.entry(caller.key).or_insert_with(new)
    }

    /// Something is to be said.
    pub(super) fn take(&mut self, caller: Caller, now: Millis) -> Result<(), Wait> {
        let OfKey { rate, says, .. } = self.of(caller);
        says.take(now as u64, MINUTE, rate)
    }

    /// It became several messages, or more work than one.
    pub(super) fn owe(&mut self, caller: Caller, messages: usize, cost: Cost, now: Millis) {
        let OfKey { rate, says, .. } = self.of(caller);
        let work = cost.less(Cost::paid(MESSAGE)).thousandths() / u64::from(MESSAGE);
        let messages = (messages as u64).saturating_sub(1) * 1_000;
        says.owe(now as u64, (messages + work).saturating_mul(u64::from(MINUTE)), rate);
    }

    /// Something else is asked.
    pub(super) fn take_asking(&mut self, caller: Caller, now: Millis) -> Result<(), Wait> {
        self.of(caller).asks.take(now as u64, MESSAGE, &ASKING)
    }

    pub(super) fn owe_asking(&mut self, caller: Caller, cost: Cost, now: Millis) {
        let owed = cost.less(Cost::paid(MESSAGE)).thousandths();
        self.of(caller).asks.owe(now as u64, owed, &ASKING);
    }

    /// Is it to be noted that the key was used? `at` is by the calendar, and so is `seen`.
    pub(super) fn is_to_be_noted(&mut self, caller: Caller, seen: Option<Millis>, at: Millis) -> bool {
        let noted = &mut self.of(caller).noted;
        let is_due = (*noted).max(seen).is_none_or(|last| at >= last.saturating_add(NOTED));
        if is_due {
            *noted = Some(at);
        }
        is_due
    }

    /// Forgets keys that are as good as new. `at` is by the calendar.
    pub(in crate::handler) fn tidy(&mut self, now: Millis, at: Millis) {
        self.keys.retain(|_, OfKey { rate, says, asks, noted }| {
            let is_full = says.is_full(now as u64, rate) && asks.is_full(now as u64, &ASKING);
            !is_full || noted.is_some_and(|noted| at < noted.saturating_add(NOTED))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::KeyKind;

    fn caller(pace: u32) -> Caller {
        Caller { key: 7, hash: [0; 32], kind: KeyKind::Hook, bot: 1, room: Some(2), pace }
    }

    /// How many of these are let through, one in a millisecond.
    fn let_through(paces: &mut Paces, caller: Caller, from: Millis, millis: Millis) -> usize {
        (from..from + millis).filter(|&now| paces.take(caller, now).is_ok()).count()
    }

    #[test]
    fn a_key_says_so_many_in_a_minute_and_as_many_at_once() {
        for (pace, at_once) in [(1, 1), (60, 60), (600, 60)] {
            let (mut paces, caller) = (Paces::default(), caller(pace));
            assert_eq!(let_through(&mut paces, caller, 0, 99), at_once, "{pace}");
            let after_that = let_through(&mut paces, caller, 99, 5 * 60_000);
            assert!(after_that.abs_diff(5 * pace as usize) <= 1, "{pace}: {after_that}");
        }
    }

    #[test]
    fn what_became_several_messages_is_owed() {
        let (mut paces, caller) = (Paces::default(), caller(1));
        assert_eq!(paces.take(caller, 0), Ok(()));
        paces.owe(caller, 3, Cost::NOTHING, 0);
        assert_eq!(paces.take(caller, 0), Err(Wait(180_000)));
        assert_eq!(paces.take(caller, 180_000), Ok(()));
        paces.owe(caller, 1, Cost::paid(3 * MESSAGE), 180_000);
        assert_eq!(paces.take(caller, 180_000), Err(Wait(180_000)));
    }

    #[test]
    fn a_use_is_noted_once_an_hour_and_not_while_that_is_on_its_way() {
        let (mut paces, caller) = (Paces::default(), caller(60));
        assert!(paces.is_to_be_noted(caller, None, 1_000));
        assert!(!paces.is_to_be_noted(caller, None, 2_000));
        paces.tidy(1_000_000, 1_000_000);
        assert!(!paces.is_to_be_noted(caller, Some(1_000), NOTED + 999));
        assert!(paces.is_to_be_noted(caller, Some(1_000), NOTED + 1_000));
        paces.tidy(3 * NOTED, 3 * NOTED);
        assert_eq!(paces.keys.len(), 0);
    }
}
