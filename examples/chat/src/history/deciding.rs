//! Who decides what is to be given up, and when: of several nodes one at a time. It proposes an entry, and waits until that has come
//! back before it looks at what is left.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{Digest, Entry, Place, Shared};

/// What could not be proposed is tried again after so long.
pub(super) const TRIAL: Duration = Duration::from_secs(5);

pub(super) struct Deciding {
    shared: Shared,
    /// It was this node's turn when it was looked at last.
    had_turn: bool,
    /// What was proposed, and has not come back.
    proposed: usize,
    /// How far purges have looked counts no more: what another node has proposed, or was to be proposed here, may never come.
    pub begin_anew: bool,
}

impl Deciding {
    pub(super) fn new(shared: Shared) -> Self {
        Deciding { shared, had_turn: false, proposed: 0, begin_anew: true }
    }

    pub(super) fn passed(&self, place: Place, digest: Digest) {
        (self.shared.passed)(place, digest);
    }

    fn has_turn(&self) -> bool {
        self.shared.holds_chores.load(Ordering::Relaxed)
    }

    /// Is it this node's turn since just now?
    pub(super) fn look(&mut self) -> bool {
        let has_turn = self.has_turn();
        let is_new = has_turn && !self.had_turn;
        self.had_turn = has_turn;
        self.begin_anew |= is_new;
        is_new
    }

    pub(super) fn may_decide(&self) -> bool {
        self.proposed == 0 && self.has_turn()
    }

    /// False: some of it could not be.
    pub(super) fn propose(&mut self, entries: Vec<Entry>) -> bool {
        let all = entries.len();
        let taken =
            entries.into_iter().filter_map(|entry| (self.shared.propose)(entry).then_some(())).count();
        self.proposed += taken;
        taken == all
    }

    pub(super) fn came_back(&mut self) {
        self.proposed = self.proposed.saturating_sub(1);
    }
}
