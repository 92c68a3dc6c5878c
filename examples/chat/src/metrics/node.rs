//! How one node of several stands to the log that they share. The threads of the log note what they do, and the loop, twice in a
//! second, how things are.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::figures::NodeFigures;
use super::health::{Behind, Waits};
use super::labels::{Appender, Claim, LogSide};
use super::page::Page;

/// The figures of one node; all copies are one.
#[derive(Debug, Clone, Default)]
pub(crate) struct NodeMetrics(Arc<NodeNoted>);

#[derive(Debug, Default)]
struct NodeNoted {
    figures: NodeFigures,
    /// Of the entries that this node knows of and has not applied. The loop alone takes it.
    waits: Mutex<Waits>,
}

/// How the node stands to the log, as the loop notes it now and then.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Stand {
    pub can_write: bool,
    pub follows: bool,
    pub is_lost: bool,
    pub holds_chores: bool,
    pub claim: Option<Claim>,
    pub waiting_bytes: usize,
    pub people_elsewhere: usize,
}

/// By the threads of the log.
impl NodeMetrics {
    /// It was asked: the log goes as far as this. That may be less than before, if the log has lost its end.
    pub(crate) fn ends_at(&self, last: u64) {
        self.0.figures.last_place.set(last);
    }

    /// It was read as far as this.
    pub(crate) fn read(&self, last: u64) {
        self.0.figures.last_place.rise_to(last);
    }

    pub(crate) fn appended(&self, entries: usize) {
        self.0.figures.appended.add(entries as u64);
    }

    /// An entry of this node's has come back, so long after it was asked for.
    pub(crate) fn came_back(&self, took: Duration) {
        self.0.figures.comeback.note(took);
    }

    pub(crate) fn reconnected(&self, side: LogSide) {
        self.0.figures.reconnects.add(side);
    }

    /// So many nodes live, this one too.
    pub(crate) fn live(&self, nodes: usize) {
        self.0.figures.nodes.set(nodes as u64);
    }

    /// The log is applied up to this place; with so many entries of this node's, and of others, since it was told last.
    pub(crate) fn applied(&self, place: u64, own: usize, others: usize) {
        let figures = &self.0.figures;
        figures.applied_place.set(place);
        figures.last_place.rise_to(place);
        figures.applied.add_many(Appender::Own, own as u64);
        figures.applied.add_many(Appender::Other, others as u64);
    }

    /// Entries that this node knows of and has not applied.
    pub(crate) fn entries_behind(&self) -> u64 {
        let applied = self.0.figures.applied_place.get();
        self.0.figures.last_place.get().saturating_sub(applied)
    }
}

/// By the loop.
impl NodeMetrics {
    pub(super) fn stands(&self, stand: &Stand) {
        let figures = &self.0.figures;
        figures.can_write.set(stand.can_write.into());
        figures.follows.set(stand.follows.into());
        figures.is_lost.set(stand.is_lost.into());
        figures.holds_chores.set(stand.holds_chores.into());
        figures.claim.set_only(stand.claim);
        figures.waiting.set(stand.waiting_bytes as u64);
        figures.people_elsewhere.set(stand.people_elsewhere as u64);
    }

    /// How long has what is not applied been waiting?
    pub(super) fn look(&self, now: Duration) {
        let figures = &self.0.figures;
        let mut waits = self.0.waits.lock().unwrap_or_else(PoisonError::into_inner);
        let applied = figures.applied_place.get();
        waits.set(figures.last_place.get().max(applied), applied);
        figures.behind.set(waits.look(now));
    }
}

/// For the board.
impl NodeMetrics {
    pub(super) fn write(&self, page: &mut Page) {
        self.0.figures.write(page);
        let help = "Entries of the log that this node knows of and has not applied.";
        page.one("chat_node_behind_entries", "gauge", help, self.entries_behind());
    }

    pub(super) fn behind(&self) -> Behind {
        Behind { entries: self.entries_behind(), waits: self.0.figures.behind.get() }
    }

    /// How far it is, and how far the log goes as far as is known.
    pub(super) fn places(&self) -> (u64, u64) {
        let (applied, last) = (self.0.figures.applied_place.get(), self.0.figures.last_place.get());
        (applied, last.max(applied))
    }
}
