//! The way to the history and back: what is on its way, and whether the chat still takes anything.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::history::{
    Append, BackupPlan, Calendar, Durability, Entry, Failure, History, Keep, Outcome, PersonId, Read, RoomId,
};
use crate::metrics::{Stand, Waits};
use crate::nodes::{Bus, Level, NotTaken, Saying};
use crate::refusal::Refusal;
use crate::tickets::{Question, Ticket, Waiting};

/// While this node's own disk takes nothing.
const FAILING: &str = "this node's history cannot be written: its log says why";
/// With fewer entries on their way than these.
const CALM: usize = 1_000;

pub(crate) struct Ledger {
    /// `None` only while it is being closed.
    history: Option<History<Ticket>>,
    /// The way to a log that is shared with other nodes; `None`: this one is alone.
    bus: Option<Bus<Ticket>>,
    calendar: Arc<Calendar>,
    /// Entries that have not been answered.
    pending: usize,
    /// How long the oldest of them has waited.
    waits: Waits,
    stopping: bool,
    /// Rooms that could not be stored, and why, while what else was to be done with them is still on its way.
    unmade: HashMap<RoomId, String>,
    /// The same of rooms that another node was faster to make: by which key they are found.
    made_elsewhere: HashMap<RoomId, String>,
}

impl Ledger {
    pub(crate) fn new(history: History<Ticket>, bus: Option<Bus<Ticket>>) -> Self {
        Ledger {
            bus,
            calendar: history.calendar(),
            history: Some(history),
            pending: 0,
            waits: Waits::default(),
            stopping: false,
            unmade: HashMap::new(),
            made_elsewhere: HashMap::new(),
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
        let ticket = Ticket::Entry(waiting);
        let taken = match &self.bus {
            None => history.write(entry, ticket).map_err(|(entry, _)| (entry, NotTaken::Full)),
            Some(_) if history.is_failing() => Err((entry, NotTaken::Away(FAILING.to_owned()))),
            Some(bus) => bus.write(entry, ticket).map_err(|(entry, _, why)| (entry, why)),
        };
        match taken {
            Ok(()) => {
                self.pending += 1;
                self.waits.ask();
                Ok(())
            }
            Err((entry, why)) => Err((entry, refusal(why))),
        }
    }

    // ---- several nodes

    pub(crate) fn is_shared(&self) -> bool {
        self.bus.is_some()
    }

    /// Does this node see to what time brings about? Whoever is alone does.
    pub(crate) fn holds_chores(&self) -> bool {
        self.bus.as_ref().is_none_or(Bus::holds_chores)
    }

    /// Why nobody new can come in now: nobody would know of them but this node.
    pub(crate) fn refuses_newcomers(&self) -> Option<Refusal> {
        let bus = self.bus.as_ref()?;
        match &self.history {
            Some(history) if history.is_failing() => Some(NotTaken::Away(FAILING.to_owned())),
            _ => bus.refuses(),
        }
        .map(refusal)
    }

    /// The ticket comes back when this node knows what is in the log now, if that is soon. False: it never will.
    pub(crate) fn wait_for_all(&self, ticket: Ticket) -> bool {
        self.bus.as_ref().is_some_and(|bus| bus.wait_for_all(ticket))
    }

    /// Those who have waited too long for their entries.
    pub(crate) fn give_up_waiting(&self) -> Vec<Ticket> {
        self.bus.as_ref().map_or_else(Default::default, Bus::give_up_waiting)
    }

    /// Other nodes hear who comes and goes here.
    pub(crate) fn show(&self, person: PersonId, is_here: bool) {
        self.bus.iter().for_each(|bus| bus.show(person, is_here));
    }

    pub(crate) fn tell_nodes(&self, saying: &Saying) {
        self.bus.iter().for_each(|bus| bus.tell(saying));
    }

    /// Why nothing can be written to the log now.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.bus.as_ref().and_then(Bus::trouble)
    }

    /// Why no picture can be taken now.
    pub(crate) fn refuses_pictures(&self) -> Option<Refusal> {
        let is_nearly_full = self.bus.as_ref().is_some_and(Bus::is_nearly_full);
        is_nearly_full
            .then(|| Refusal::busy("there is no room for pictures now: say it in words, or try again later"))
    }

    /// How this node stands to it, as far as is known here; `None`: there is no such log.
    pub(crate) fn stand(&self) -> Option<Stand> {
        self.bus.as_ref().map(Bus::stand)
    }

    /// How sure a message is, as the welcome says it: as the log really is, not as it should be.
    pub(crate) fn claim(&self, own: Durability) -> &'static str {
        match (&self.bus, own) {
            (Some(bus), _) => bus.level().map_or("memory", Level::word),
            (None, Durability::Disk) => "disk",
            (None, Durability::System) => "system",
            (None, Durability::Memory) => "memory",
        }
    }

    /// Would all of these be taken, and not the first few of them?
    pub(crate) fn has_room(&self, entries: &[Entry]) -> bool {
        let history = self.history.as_ref().filter(|_| !self.stopping);
        let has_room = |history: &History<Ticket>| match &self.bus {
            None => history.has_room(entries),
            Some(bus) => entries.len() <= 1 || bus.has_room(History::<Ticket>::weight_of(entries)),
        };
        history.is_some_and(has_room) && (entries.len() <= 1 || self.is_calm())
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
        let waiting = self.history.as_ref().map_or(0, History::waiting_bytes);
        waiting + self.bus.as_ref().map_or(0, Bus::waiting_bytes)
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
            self.made_elsewhere.clear();
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

    /// Of two nodes that make a room at once, one is faster; what was to be done with the room of the other one is still on its way.
    pub(crate) fn note_made(&mut self, entry: &Entry, outcome: &Outcome) {
        if let (Some(_), Entry::Create { room, folded, .. }, Err(Failure::Taken)) =
            (&self.bus, entry, outcome)
        {
            self.made_elsewhere.insert(*room, folded.clone());
        }
    }

    /// By which key the room is found that another node has made instead of this one.
    pub(crate) fn made_elsewhere(&self, room: RoomId) -> Option<&str> {
        self.made_elsewhere.get(&room).map(String::as_str)
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
        if let Some(bus) = self.bus.take() {
            bus.close();
        }
        if let Some(history) = self.history.take() {
            history.close();
        }
    }
}

/// Why an entry is not taken.
fn refusal(why: NotTaken) -> Refusal {
    match why {
        NotTaken::Full => Refusal::busy("too busy: nothing was stored, try again"),
        NotTaken::Away(words) => Refusal::not_stored(words),
    }
}
