//! The way to the history and back: what is on its way, and whether the chat still takes anything.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::history::{Append, BackupPlan, Calendar, Entry, Failure, History, Keep, Read, RoomId};
use crate::metrics::Waits;
use crate::refusal::Refusal;
use crate::tickets::{Question, Ticket, Waiting};

/// With fewer entries on their way than these.
const CALM: usize = 1_000;

pub(crate) struct Ledger {
    /// `None` only while it is being closed.
    history: Option<History<Ticket>>,
    calendar: Arc<Calendar>,
    /// Entries that have not been answered.
    pending: usize,
    /// How long the oldest of them has waited.
    waits: Waits,
    stopping: bool,
    /// Rooms that could not be stored, and why, while what else was to be done with them is still on its way.
    unmade: HashMap<RoomId, String>,
}

impl Ledger {
    pub(crate) fn new(history: History<Ticket>) -> Self {
        Ledger {
            calendar: history.calendar(),
            history: Some(history),
            pending: 0,
            waits: Waits::default(),
            stopping: false,
            unmade: HashMap::new(),
        }
    }

    /// By which people and rooms are old, and what happens gets its time.
    pub(crate) fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Puts an entry on its way to the disk. It comes back if it cannot be.
    #[expect(clippy::result_large_err, reason = "it is the entry itself that comes back")]
    pub(crate) fn write(&mut self, entry: Entry, waiting: Waiting) -> Result<(), (Entry, Refusal)> {
        let Some(history) = self.history.as_ref().filter(|_| !self.stopping) else {
            // What is written from here on would be waited for, and so on for ever.
            return Err((entry, Refusal::stopping()));
        };
        match history.write(entry, Ticket::Entry(waiting)) {
            Ok(()) => {
                self.pending += 1;
                self.waits.ask();
            }
            Err((entry, _)) => {
                return Err((entry, Refusal::busy("too busy: nothing was stored, try again")));
            }
        }
        Ok(())
    }

    /// Would all of these be taken, and not the first few of them?
    pub(crate) fn has_room(&self, entries: &[Entry]) -> bool {
        let history = self.history.as_ref().filter(|_| !self.stopping);
        history.is_some_and(|history| history.has_room(entries)) && (entries.len() <= 1 || self.is_calm())
    }

    /// So much is kept from now on.
    pub(crate) fn keep(&self, keep: Keep) {
        self.history.iter().for_each(|history| history.keep(keep));
    }

    /// Backups are made by this plan from now on. False: it could not be told.
    pub(crate) fn plan_backups(&self, plan: BackupPlan) -> bool {
        self.history.as_ref().is_some_and(|history| history.plan_backups(plan))
    }

    /// Bytes on their way to the disk.
    pub(crate) fn waiting_bytes(&self) -> usize {
        self.history.as_ref().map_or(0, History::waiting_bytes)
    }

    pub(crate) fn read(&self, read: Read, question: Question) -> Result<(), Refusal> {
        let busy = || Refusal::busy("too busy: try again");
        let history = self.history.as_ref().ok_or_else(busy)?;
        history.read(read, Ticket::Read(question)).map_err(|_| busy())
    }

    /// How long the oldest of what is on its way has waited. To be asked now and then.
    pub(crate) fn longest_wait(&mut self, now: Duration) -> Duration {
        self.waits.look(now)
    }

    /// So many entries have been answered.
    pub(crate) fn settle(&mut self, answered: usize) {
        self.pending -= answered;
        self.waits.answer(answered as u64);
        if self.pending == 0 {
            self.unmade.clear();
        }
    }

    /// Is there room for what could as well be left out?
    pub(crate) fn is_calm(&self) -> bool {
        self.pending < CALM
    }

    /// From here on nothing is taken any more.
    pub(crate) fn stop(&mut self) {
        self.stopping = true;
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping
    }

    /// What was on its way has been answered, and nothing follows.
    pub(crate) fn is_done(&self) -> bool {
        self.stopping && self.pending == 0
    }

    /// On a full disk a room is not made, and what was to be done with it fails for a reason of its own. They are told the
    /// true one.
    pub(crate) fn explain(&mut self, entry: &Entry, failure: Failure) -> Failure {
        match (entry, failure) {
            (Entry::Create { room, .. }, Failure::Storage(words)) => {
                self.unmade.insert(*room, words.clone());
                Failure::Storage(words)
            }
            (
                Entry::Join { room, .. } | Entry::Append(Append { room, .. }) | Entry::Leave { room, .. },
                Failure::NoSuchRoom,
            ) => self.unmade.get(room).cloned().map_or(Failure::NoSuchRoom, Failure::Storage),
            (_, failure) => failure,
        }
    }
}

impl Drop for Ledger {
    /// What was asked for is still carried out.
    fn drop(&mut self) {
        if let Some(history) = self.history.take() {
            history.close();
        }
    }
}
