//! How this node stands to the log: what both threads and the loop know of it.

use std::sync::{Arc, Mutex, PoisonError};

use super::log::{Condition, Fault, Level};

/// Shared by the threads and the loop.
#[derive(Debug, Clone)]
pub(crate) struct Standing(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// Of the thread that follows, which knows better why, and of the one that appends.
    faults: [Option<String>; 2],
    /// Nothing heals that but an operator.
    lost: Option<String>,
    level: Option<Level>,
    kept: Option<Kept>,
    is_nearly_full: bool,
}

/// When its memory is as full as this, in percent, what is large is refused, so that there is room for words.
const NEARLY_FULL: u64 = 80;

/// Who keeps the log: found by the thread that follows, and by nobody else, so that nothing is appended to a log that was not looked
/// at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Which of its addresses.
    pub at: usize,
    /// The process there.
    pub run: String,
}

/// Which thread has met a fault.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Side {
    Following = 0,
    Appending = 1,
}

impl Standing {
    /// Nobody has connected yet.
    pub(crate) fn new() -> Self {
        let unknown = || Some("the log has not been reached yet".to_owned());
        Standing(Arc::new(Mutex::new(State { faults: [unknown(), unknown()], ..State::default() })))
    }

    fn with<R>(&self, work: impl FnOnce(&mut State) -> R) -> R {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// True if that is new.
    pub(crate) fn fail(&self, side: Side, fault: &Fault) -> bool {
        self.with(|state| {
            let words = Some(fault.words().to_owned());
            let is_new = match fault.lasts() {
                true => state.lost.is_none(),
                false => state.faults[side as usize] != words,
            };
            if fault.lasts() {
                state.lost.clone_from(&words);
            }
            state.faults[side as usize] = words;
            is_new
        })
    }

    /// True if it was not well before.
    pub(crate) fn heal(&self, side: Side) -> bool {
        self.with(|state| {
            let had_fault = state.faults[side as usize].take().is_some();
            if had_fault && state.faults.iter().all(Option::is_none) {
                log::info!("the log is followed, and can be written to");
            }
            had_fault
        })
    }

    /// The log has been reached just now.
    pub(crate) fn reach(&self, level: Level, kept: Kept) {
        self.with(|state| (state.level, state.kept) = (Some(level), Some(kept)));
    }

    /// What is asked for gets there as soon as the threads have begun.
    pub(crate) fn begin(&self) {
        self.with(|state| state.faults = [None, None]);
    }

    /// True if somebody else has kept it before.
    pub(crate) fn set_kept(&self, kept: Kept) -> bool {
        self.with(|state| state.kept.replace(kept.clone()).is_some_and(|before| before != kept))
    }

    pub(crate) fn kept(&self) -> Option<Kept> {
        self.with(|state| state.kept.clone())
    }

    /// What the log is like now. It may change while it is used.
    pub(crate) fn see(&self, condition: &Condition) {
        let is_nearly_full = condition.filled.is_some_and(|percent| percent >= NEARLY_FULL);
        let was = self.with(|state| {
            state.level = Some(condition.level);
            std::mem::replace(&mut state.is_nearly_full, is_nearly_full)
        });
        match (was, is_nearly_full) {
            (false, true) => log::warn!(
                "the log's memory is nearly full: pictures are refused. Give it more (maxmemory), or keep the log for a shorter time"
            ),
            (true, false) => log::info!("the log's memory has room for pictures again"),
            _ => {}
        }
    }

    pub(crate) fn is_nearly_full(&self) -> bool {
        self.with(|state| state.is_nearly_full)
    }

    /// How sure an entry in the log is.
    pub(crate) fn level(&self) -> Option<Level> {
        self.with(|state| state.level)
    }

    /// Why nothing can be written now, if that is so.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.with(|state| state.lost.clone().or_else(|| state.faults.iter().flatten().next().cloned()))
    }

    /// What one of the threads has met.
    pub(super) fn trouble_of(&self, side: Side) -> Option<String> {
        self.with(|state| state.faults[side as usize].clone())
    }

    /// Why nothing can be written any more.
    pub(crate) fn lost(&self) -> Option<String> {
        self.with(|state| state.lost.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_operator_has_to_see_to_is_told_once_and_lasts() {
        for fault in [Fault::Lost("it".into()), Fault::Blocked("it".into())] {
            let standing = Standing::new();
            standing.begin();
            assert_eq!((standing.trouble(), standing.lost()), (None, None));
            assert!(standing.fail(Side::Appending, &Fault::Away("away".into())));
            assert!(standing.heal(Side::Appending) && standing.trouble().is_none());
            assert!(standing.fail(Side::Following, &fault), "that is new");
            assert!(!standing.fail(Side::Appending, &fault), "the other thread hears of it");
            [Side::Following, Side::Appending].into_iter().for_each(|side| _ = standing.heal(side));
            assert_eq!((standing.trouble(), standing.lost()), (Some("it".into()), Some("it".into())));
        }
    }
}
