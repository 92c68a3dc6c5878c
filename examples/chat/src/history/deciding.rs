//! Who decides what is to be given up, and when: of several nodes one at a time. It proposes an entry, and waits until that has come
//! back before it looks at what is left.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::{Behind, Digest, Done, Entry, Place, Shared, comparing};

/// What could not be proposed is tried again after so long.
pub(super) const TRIAL: Duration = Duration::from_secs(5);

/// All nodes compare a bite of their tables this often, as long as there is something new.
const COMPARE: Duration = Duration::from_secs(60);

pub(super) struct Deciding {
    shared: Shared,
    /// It was this node's turn when it was looked at last.
    had_turn: bool,
    /// What was proposed, and has not come back.
    proposed: usize,
    /// How far purges have looked counts no more: what another node has proposed, or was to be proposed here, may never come.
    pub begin_anew: bool,
    /// Up to where tables were compared, on the way through all of them.
    compared: Option<Behind>,
    /// Something has changed since that way began.
    has_news: bool,
    next_comparison: Instant,
}

impl Deciding {
    pub(super) fn new(shared: Shared) -> Self {
        let next_comparison = Instant::now() + COMPARE;
        Deciding {
            shared,
            had_turn: false,
            proposed: 0,
            begin_anew: true,
            compared: None,
            has_news: true,
            next_comparison,
        }
    }

    pub(super) fn passed(&self, place: Place, digest: Digest) {
        (self.shared.passed)(place, digest);
    }

    // ---- whether all have the same

    /// When that is to be asked next.
    pub(super) fn next_comparison(&self) -> Option<Instant> {
        let is_due = (self.has_news || self.compared.is_some()) && self.may_decide();
        is_due.then_some(self.next_comparison)
    }

    pub(super) fn comparison(&self) -> Entry {
        Entry::Compare(comparing::next(self.compared.clone()))
    }

    /// It was proposed, or could not be.
    pub(super) fn asked(&mut self) {
        self.next_comparison = Instant::now() + COMPARE;
    }

    /// What all nodes see: so whoever has the chores next goes on from there.
    pub(super) fn see(&mut self, entry: &Entry, done: &Done) {
        match (entry, done) {
            (Entry::Compare(bite), Done::Compared { behind, .. }) => {
                self.has_news &= bite.behind.is_some();
                self.compared.clone_from(behind);
            }
            _ => self.has_news = true,
        }
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use super::*;

    fn deciding(holds_chores: bool) -> Deciding {
        let holds_chores = Arc::new(AtomicBool::new(holds_chores));
        Deciding::new(Shared {
            propose: Arc::new(|_| true),
            passed: Arc::new(|_, _| {}),
            holds_chores,
            wall: crate::history::Wall::default(),
        })
    }

    /// What all have is asked until all of it was looked at since something was new; and then no more.
    #[test]
    fn tables_are_compared_to_their_end_and_again_when_there_is_something_new() {
        let mut deciding = deciding(true);
        let come = |behind: Option<&Behind>| Done::Compared { rows: None, behind: behind.cloned() };
        let row = Behind { table: "people".into(), key: Vec::new() };
        let asked = |deciding: &Deciding| deciding.next_comparison().map(|_| deciding.comparison());
        let from = |behind: Option<&Behind>| Some(Entry::Compare(comparing::next(behind.cloned())));
        assert_eq!(asked(&deciding), from(None));
        deciding.see(&asked(&deciding).unwrap(), &come(Some(&row)));
        assert_eq!(asked(&deciding), from(Some(&row)));
        deciding.see(&asked(&deciding).unwrap(), &come(None));
        assert_eq!(asked(&deciding), None);
        // What is new while they are on their way is looked at on the next one.
        deciding.see(&Entry::Noticed { person: 1 }, &Done::Kept);
        deciding.see(&asked(&deciding).unwrap(), &come(Some(&row)));
        deciding.see(&Entry::Noticed { person: 1 }, &Done::Kept);
        deciding.see(&asked(&deciding).unwrap(), &come(None));
        assert_eq!(asked(&deciding), from(None));
    }

    #[test]
    fn whoever_has_not_the_chores_asks_nothing() {
        assert_eq!(deciding(false).next_comparison(), None);
    }
}
