//! Which sessions were noted lately: a page that is loaded again and again is noted once an hour.

use std::collections::HashMap;

use crate::history::{Millis, TokenHash};

/// In milliseconds.
const EVERY: Millis = 3_600_000;
/// Beyond so many the others are noted as often as they come, for which they pay.
const MOST: usize = 50_000;

#[derive(Debug, Default)]
pub(crate) struct Seen {
    noted: HashMap<TokenHash, Millis>,
}

impl Seen {
    /// Is a session that is here to be noted?
    pub(crate) fn is_due(&mut self, token: TokenHash, now: Millis) -> bool {
        let is_due = self.noted.get(&token).is_none_or(|noted| noted + EVERY <= now);
        if is_due && (self.noted.len() < MOST || self.noted.contains_key(&token)) {
            self.noted.insert(token, now);
        }
        is_due
    }

    pub(crate) fn pass_time(&mut self, now: Millis) {
        self.noted.retain(|_, noted| *noted + EVERY > now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_noted_once_an_hour() {
        let mut seen = Seen::default();
        let due = [0, 1, EVERY - 1, EVERY, EVERY + 1].map(|now| seen.is_due([1; 32], now));
        assert_eq!(due, [true, false, false, true, false]);
        assert!(seen.is_due([2; 32], 1));
        seen.pass_time(EVERY + 1);
        assert_eq!(seen.noted.len(), 1);
    }
}
