//! What the writer does when nobody wants anything: it gives up what is too old or too much, erases what was taken
//! back, indexes, and tidies up SQLite's log. Each time the most pressing thing, a bite of it, in a transaction of its own.
//!
//! Here the clock and the settings have their say. What is to be given up because of them is *decided* here, and becomes an
//! entry of the log like any other: it is applied, counted and told.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Result};

use super::apply::apply_decided;
use super::deciding::{Deciding, TRIAL};
use super::file::Link;
use super::keeping::{Chosen, Keep};
use super::progress::{Progress, transact};
use super::retention;
use super::wal::{self, Task, Wal};
use super::{
    Applied, Calendar, Digest, Done, Entry, Millis, Outcome, Place, RoomId, Settings, Whose, index, purge,
};

/// The index waits for a pause in what is said, unless it is this far behind.
const PAUSE: Duration = Duration::from_millis(200);
const FAR_BEHIND: i64 = 1024;
/// Age is looked at, and receipts are, this often; and chores are left alone for so long after a fault.
const ROUND: Duration = Duration::from_secs(60);
/// What day it is believed to be is noted this often.
const NOTE: Duration = Duration::from_secs(60 * 60);
/// A chore that has waited for a pause so long is done between two batches.
const LATE: Duration = Duration::from_secs(20);

pub(super) struct Chores {
    pub(super) keep: Keep,
    chosen: Chosen<Keep>,
    /// Rooms that hold more than they should.
    pub(super) overdue: BTreeSet<RoomId>,
    pub(super) purge: bool,
    pub(super) erase: bool,
    pub(super) sweep: bool,
    receipts: bool,
    pub(super) pictures: bool,
    acts: bool,
    pub(super) lapse: Lapse,
    pub(super) wal: Wal,
    pub calendar: Arc<Calendar>,
    next_round: Instant,
    next_note: Instant,
    pub(super) shared: Option<Deciding>,
    /// After a fault.
    rest_until: Option<Instant>,
}

/// When the next of what lasts for a time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lapse {
    /// Something has changed: it is to be looked up.
    Unknown,
    Never,
    At(Instant),
}

#[derive(Debug, Clone, Copy)]
enum Chore {
    Prune(RoomId),
    Lapse,
    Purge,
    Erase,
    Sweep,
    Receipts,
    Pictures,
    Acts,
    Compare,
    Index,
    Note,
    Round,
}

/// What a bite has come to.
#[derive(Default)]
struct Bite {
    decided: Vec<(Entry, Done)>,
    /// By one of several nodes.
    proposed: Vec<Entry>,
    /// There may be more of the same.
    more: bool,
    overdue: Vec<RoomId>,
    lapse: Option<Lapse>,
}

impl Chores {
    pub(super) fn new(settings: &Settings, calendar: Arc<Calendar>, chosen: Chosen<Keep>) -> Self {
        Chores {
            keep: Keep::of(settings),
            chosen,
            overdue: BTreeSet::new(),
            purge: true,
            erase: true,
            sweep: true,
            receipts: true,
            pictures: true,
            acts: true,
            lapse: Lapse::Unknown,
            wal: Wal::default(),
            calendar,
            next_round: Instant::now(),
            next_note: Instant::now() + NOTE,
            shared: settings.shared.clone().map(Deciding::new),
            rest_until: None,
        }
    }

    /// How long chores are left alone.
    fn rest(&self) -> Option<Duration> {
        let rest = self.rest_until?.saturating_duration_since(Instant::now());
        (!rest.is_zero()).then_some(rest)
    }

    /// Is another amount to be kept? Then what is too much is looked for.
    pub(super) fn look(&mut self) {
        if let Some(keep) = self.chosen.take().filter(|keep| *keep != self.keep) {
            self.keep = keep;
            self.next_round = Instant::now();
        }
        if let Some(shared) = &mut self.shared
            && shared.look()
        {
            // Now it is this node's turn: nobody else sees to what is left.
            (self.purge, self.sweep, self.lapse) = (true, true, Lapse::Unknown);
            self.next_round = Instant::now();
        }
    }

    /// Sees what a batch leaves to do.
    pub(super) fn note<T>(&mut self, batch: &[Applied<T>]) {
        if batch.iter().any(|applied| applied.outcome.is_ok()) {
            self.wal.wrote(Instant::now());
        }
        batch.iter().for_each(|applied| self.note_one(applied));
    }

    /// What an entry calls for in the same transaction: a picture makes room for itself, so that the file does not grow
    /// beyond its limit however many come.
    pub(super) fn decide_at_once(
        &self,
        connection: &Connection,
        progress: &mut Progress,
        entry: &Entry,
        outcome: &Outcome,
    ) -> Result<Option<(Entry, Done)>> {
        let Some(added) = entry.picture_bytes().filter(|_| outcome.is_ok() && self.shared.is_none()) else {
            return Ok(None);
        };
        match retention::surplus_pictures(connection, self.keep.pictures, added)? {
            Some((entry, _)) => apply_decided(connection, progress, entry),
            None => Ok(None),
        }
    }

    /// How long to wait for a job before something else is done.
    pub(super) fn patience(&self, progress: Progress) -> Duration {
        if let Some(rest) = self.rest() {
            return rest;
        }
        let now = Instant::now();
        let behind = progress.behind();
        let is_waiting = self.purge || self.sweep || self.receipts || self.pictures || self.acts;
        let is_waiting = is_waiting || self.lapse == Lapse::Unknown || !self.overdue.is_empty();
        if self.erase || (is_waiting && self.may_decide()) || behind >= FAR_BEHIND {
            return Duration::ZERO;
        }
        let mut next = self.wal.next().map_or(self.next_round, |next| next.min(self.next_round));
        if let Lapse::At(at) = self.lapse
            && self.may_decide()
        {
            next = next.min(at);
        }
        next = self.next_comparison().map_or(next, |at| next.min(at));
        let rest = next.saturating_duration_since(now);
        if behind > 0 { PAUSE.min(rest) } else { rest }
    }

    /// Is there something that cannot wait for a pause any longer?
    pub(super) fn are_late(&self) -> bool {
        let now = Instant::now();
        let is_late = self.next_round + LATE <= now || self.wal.is_late(now, LATE);
        let is_late = is_late || self.next_comparison().is_some_and(|at| at + LATE <= now);
        // What somebody has ordered to be erased goes, however many talk meanwhile.
        let is_ordered = (self.purge || !self.overdue.is_empty()) && self.may_decide();
        (is_late || is_ordered) && self.rest().is_none()
    }

    /// Does a bite of the most pressing one. The entries that it came to; `None`: it failed.
    pub(super) fn work(&mut self, link: &Link, progress: &mut Progress) -> Option<Vec<(Entry, Done)>> {
        if !link.is_displaced() {
            match self.one(link, progress) {
                Ok(decided) => return Some(decided),
                Err(fault) => log::warn!("the history cannot be tidied now: {fault}"),
            }
        }
        self.rest_until = Some(Instant::now() + ROUND);
        None
    }

    fn one(&mut self, link: &Link, progress: &mut Progress) -> Result<Vec<(Entry, Done)>> {
        let mut connection = link.lock();
        let is_urgent = self.erase || ((!self.overdue.is_empty() || self.purge) && self.may_decide());
        if let Some(task) = self.wal.due(Instant::now()).filter(|_| !is_urgent) {
            self.tidy_log(link, &connection, task)?;
            return Ok(Vec::new());
        }
        let chore = self.next(*progress, Instant::now());
        let before = connection.total_changes();
        let bite = transact(&mut connection, progress, |connection, progress| {
            self.bite(chore, connection, progress)
        })?;
        if connection.total_changes() != before {
            self.wal.wrote(Instant::now());
        }
        self.done(chore, bite.more);
        self.lapse = bite.lapse.unwrap_or(self.lapse);
        self.overdue.extend(bite.overdue);
        if let Some(shared) = &mut self.shared
            && !shared.propose(bite.proposed)
        {
            // What was looked at for it is looked at again.
            shared.begin_anew = true;
            self.rest_until = Some(Instant::now() + TRIAL);
        }
        Ok(bite.decided)
    }

    fn tidy_log(&mut self, link: &Link, connection: &Connection, task: Task) -> Result<()> {
        let done = wal::carry_out(connection, task)?;
        self.wal.tried(task, done, Instant::now());
        if task == Task::Cut {
            link.note_last_event(connection)?;
        }
        Ok(())
    }

    /// The most pressing one.
    fn next(&self, progress: Progress, now: Instant) -> Chore {
        if !self.may_decide() {
            return match () {
                () if self.erase => Chore::Erase,
                () if progress.behind() > 0 => Chore::Index,
                () if self.next_note <= now => Chore::Note,
                () => Chore::Round,
            };
        }
        if let Some(&room) = self.overdue.first() {
            return Chore::Prune(room);
        }
        let is_over = match self.lapse {
            Lapse::Unknown => true,
            Lapse::Never => false,
            Lapse::At(at) => at <= now,
        };
        match () {
            () if is_over => Chore::Lapse,
            () if self.purge => Chore::Purge,
            () if self.erase => Chore::Erase,
            () if self.sweep => Chore::Sweep,
            () if self.receipts => Chore::Receipts,
            () if self.pictures => Chore::Pictures,
            () if self.acts => Chore::Acts,
            () if self.next_comparison().is_some_and(|at| at <= now) => Chore::Compare,
            () if progress.behind() > 0 => Chore::Index,
            () if self.next_note <= now => Chore::Note,
            () => Chore::Round,
        }
    }

    /// A bite of it: an entry is decided and applied, or something is done that only this file needs.
    fn bite(&self, chore: Chore, connection: &Connection, progress: &mut Progress) -> Result<Bite> {
        let mut bite = Bite::default();
        let due = match chore {
            Chore::Prune(room) => retention::surplus(connection, room, self.keep.limits(&self.calendar))?,
            Chore::Sweep => retention::remains(connection)?,
            Chore::Receipts => match self.calendar.today() {
                Some(today) => retention::old_receipts(connection, today)?,
                None => None,
            },
            Chore::Pictures => retention::surplus_pictures(connection, self.keep.pictures, 0)?,
            Chore::Acts => retention::old_acts(connection, self.keep.limits(&self.calendar).since)?,
            Chore::Lapse => {
                let due = retention::lapsed(connection, self.calendar.now())?;
                // Of what is left.
                if due.is_none() {
                    bite.lapse = Some(self.lapse_of(retention::next_lapse(connection)?));
                }
                due.map(|entry| (entry, true))
            }
            Chore::Purge => {
                if self.shared.as_ref().is_some_and(|shared| shared.begin_anew) {
                    purge::begin_anew(connection)?;
                }
                let entries = purge::bite(connection, self.calendar.now())?;
                bite.more = entries.is_some();
                for entry in entries.unwrap_or_default() {
                    self.decide(&mut bite, connection, progress, entry)?;
                }
                None
            }
            Chore::Erase => {
                bite.more = index::erase_next(connection)?;
                None
            }
            Chore::Compare => {
                bite.proposed.extend(self.shared.iter().map(Deciding::comparison));
                None
            }
            Chore::Index => {
                index::advance(connection, progress)?;
                None
            }
            Chore::Note => {
                self.calendar.save(connection)?;
                None
            }
            Chore::Round => {
                bite.overdue = retention::overdue(connection, self.keep.limits(&self.calendar))?;
                None
            }
        };
        if let Some((entry, more)) = due {
            self.decide(&mut bite, connection, progress, entry)?;
            bite.more = more && !bite.decided.is_empty() || !bite.proposed.is_empty();
        }
        Ok(bite)
    }

    /// Whoever is alone does it at once. Of several nodes the one whose turn it is proposes it to all of them.
    fn decide(
        &self,
        bite: &mut Bite,
        connection: &Connection,
        progress: &mut Progress,
        entry: Entry,
    ) -> Result<()> {
        match self.shared {
            None => bite.decided.extend(apply_decided(connection, progress, entry)?),
            Some(_) => bite.proposed.push(entry),
        }
        Ok(())
    }

    fn may_decide(&self) -> bool {
        self.shared.as_ref().is_none_or(Deciding::may_decide)
    }

    fn next_comparison(&self) -> Option<Instant> {
        self.shared.as_ref().and_then(Deciding::next_comparison)
    }

    /// All nodes compare what came of the log up to there.
    pub(super) fn passed(&self, place: Place, digest: Digest) {
        self.shared.iter().for_each(|shared| shared.passed(place, digest));
    }

    /// An entry of the log is applied. Was it proposed here?
    pub(super) fn came_back<T>(&mut self, whose: &Whose<T>, is_done: bool) {
        if let (Some(shared), Whose::Chores) = (&mut self.shared, whose) {
            shared.came_back();
            // What was looked at for it is looked at again.
            shared.begin_anew |= !is_done;
        }
    }

    /// By the calendar it is over then; the clock on which this waits cannot be set. It is looked up again at each round.
    fn lapse_of(&self, until: Option<Millis>) -> Lapse {
        let Some(until) = until else { return Lapse::Never };
        let wait = until.saturating_sub(self.calendar.now()).clamp(0, ROUND.as_millis() as Millis);
        Lapse::At(Instant::now() + Duration::from_millis(wait.unsigned_abs()))
    }

    fn done(&mut self, chore: Chore, more: bool) {
        match chore {
            Chore::Purge if self.shared.is_some() && more => {
                if let Some(shared) = &mut self.shared {
                    shared.begin_anew = false;
                }
                self.erase = true;
                self.wal.erased(Instant::now());
            }
            Chore::Prune(room) if !more => drop(self.overdue.remove(&room)),
            Chore::Prune(_) | Chore::Index => {}
            Chore::Lapse => {
                self.lapse = Lapse::Unknown;
                // It may have been an old secret.
                self.wal.erased(Instant::now());
            }
            Chore::Purge => {
                self.purge = more;
                self.erase = true;
                self.wal.erased(Instant::now());
            }
            Chore::Erase => self.erase = more,
            Chore::Sweep => self.sweep = more,
            Chore::Receipts => self.receipts = more,
            Chore::Pictures => self.pictures = more,
            Chore::Acts => self.acts = more,
            Chore::Compare => self.shared.iter_mut().for_each(Deciding::asked),
            Chore::Note => self.next_note = Instant::now() + NOTE,
            Chore::Round => {
                (self.receipts, self.pictures, self.acts) = (true, true, true);
                self.next_round = Instant::now() + ROUND;
            }
        }
    }
}
