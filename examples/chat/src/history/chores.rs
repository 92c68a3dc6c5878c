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
use super::file::Link;
use super::progress::{Progress, transact};
use super::retention::{self, Limits};
use super::wal::{self, Task, Wal};
use super::{Applied, Calendar, Done, Entry, Millis, Outcome, RoomId, Settings, index};

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
    keep: u64,
    keep_for: Option<Duration>,
    keep_pictures: u64,
    /// Rooms that hold more than they should.
    overdue: BTreeSet<RoomId>,
    erase: bool,
    sweep: bool,
    receipts: bool,
    pictures: bool,
    wal: Wal,
    pub calendar: Arc<Calendar>,
    next_round: Instant,
    next_note: Instant,
    /// After a fault.
    rest_until: Option<Instant>,
}

#[derive(Debug, Clone, Copy)]
enum Chore {
    Prune(RoomId),
    Erase,
    Sweep,
    Receipts,
    Pictures,
    Index,
    Note,
    Round,
}

/// What a bite has come to.
#[derive(Default)]
struct Bite {
    decided: Option<Entry>,
    /// There may be more of the same.
    more: bool,
    overdue: Vec<RoomId>,
}

impl Chores {
    pub(super) fn new(settings: &Settings, calendar: Arc<Calendar>) -> Self {
        Chores {
            keep: settings.keep_messages,
            keep_for: settings.keep_for,
            keep_pictures: settings.keep_pictures,
            overdue: BTreeSet::new(),
            erase: true,
            sweep: true,
            receipts: true,
            pictures: true,
            wal: Wal::default(),
            calendar,
            next_round: Instant::now(),
            next_note: Instant::now() + NOTE,
            rest_until: None,
        }
    }

    /// How long chores are left alone.
    fn rest(&self) -> Option<Duration> {
        let rest = self.rest_until?.saturating_duration_since(Instant::now());
        (!rest.is_zero()).then_some(rest)
    }

    fn limits(&self) -> Limits {
        let age = self.keep_for.and_then(|age| Millis::try_from(age.as_millis()).ok());
        let since = age.zip(self.calendar.today()).map(|(age, today)| today.saturating_sub(age));
        Limits { keep: self.keep, since: since.unwrap_or(Millis::MIN) }
    }
}

impl Chores {
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
    ) -> Result<Option<Entry>> {
        let Some(added) = entry.picture_bytes().filter(|_| outcome.is_ok()) else { return Ok(None) };
        match retention::surplus_pictures(connection, self.keep_pictures, added)? {
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
        let is_waiting = self.erase || self.sweep || self.receipts || self.pictures;
        if !self.overdue.is_empty() || is_waiting || behind >= FAR_BEHIND {
            return Duration::ZERO;
        }
        let next = self.wal.next().map_or(self.next_round, |next| next.min(self.next_round));
        let rest = next.saturating_duration_since(now);
        if behind > 0 { PAUSE.min(rest) } else { rest }
    }

    /// Is there something that cannot wait for a pause any longer?
    pub(super) fn are_late(&self) -> bool {
        let now = Instant::now();
        let is_late = self.next_round + LATE <= now || self.wal.is_late(now, LATE);
        (is_late || !self.overdue.is_empty()) && self.rest().is_none()
    }

    /// Does a bite of the most pressing one. The entry that it came to, if it did.
    pub(super) fn work(&mut self, link: &Link, progress: &mut Progress) -> Option<Entry> {
        if !link.is_displaced() {
            match self.one(link, progress) {
                Ok(decided) => return decided,
                Err(fault) => log::warn!("the history cannot be tidied now: {fault}"),
            }
        }
        self.rest_until = Some(Instant::now() + ROUND);
        None
    }

    fn one(&mut self, link: &Link, progress: &mut Progress) -> Result<Option<Entry>> {
        let mut connection = link.lock();
        let is_urgent = !self.overdue.is_empty() || self.erase;
        if let Some(task) = self.wal.due(Instant::now()).filter(|_| !is_urgent) {
            self.tidy_log(link, &connection, task)?;
            return Ok(None);
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
        self.overdue.extend(bite.overdue);
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

    fn note_one<T>(&mut self, applied: &Applied<T>) {
        match (&applied.entry, &applied.outcome) {
            (
                Entry::Append(_),
                Ok(
                    done @ (Done::Appended { room, offset, repeated: false, .. }
                    | Done::TakenBack { room, offset, .. }),
                ),
            ) => {
                if matches!(done, Done::TakenBack { .. }) {
                    self.erase = true;
                    self.wal.erased(Instant::now());
                }
                // How many are kept is not at hand here: now and then a room is looked at in vain.
                let slack = retention::slack(self.keep);
                if *offset > self.keep.saturating_add(slack) && offset.is_multiple_of(slack + 1) {
                    self.overdue.insert(*room);
                }
            }
            (Entry::Remove { .. }, Ok(_)) => self.sweep = true,
            _ => {}
        }
    }

    /// The most pressing one.
    fn next(&self, progress: Progress, now: Instant) -> Chore {
        if let Some(&room) = self.overdue.first() {
            return Chore::Prune(room);
        }
        match () {
            () if self.erase => Chore::Erase,
            () if self.sweep => Chore::Sweep,
            () if self.receipts => Chore::Receipts,
            () if self.pictures => Chore::Pictures,
            () if progress.behind() > 0 => Chore::Index,
            () if self.next_note <= now => Chore::Note,
            () => Chore::Round,
        }
    }

    /// A bite of it: an entry is decided and applied, or something is done that only this file needs.
    fn bite(&self, chore: Chore, connection: &Connection, progress: &mut Progress) -> Result<Bite> {
        let mut bite = Bite::default();
        let due = match chore {
            Chore::Prune(room) => retention::surplus(connection, room, self.limits())?,
            Chore::Sweep => retention::remains(connection)?,
            Chore::Receipts => match self.calendar.today() {
                Some(today) => retention::old_receipts(connection, today)?,
                None => None,
            },
            Chore::Pictures => retention::surplus_pictures(connection, self.keep_pictures, 0)?,
            Chore::Erase => {
                bite.more = index::erase_next(connection)?;
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
                bite.overdue = retention::overdue(connection, self.limits())?;
                None
            }
        };
        if let Some((entry, more)) = due {
            bite.decided = apply_decided(connection, progress, entry)?;
            bite.more = more && bite.decided.is_some();
        }
        Ok(bite)
    }

    fn done(&mut self, chore: Chore, more: bool) {
        match chore {
            Chore::Prune(room) if !more => drop(self.overdue.remove(&room)),
            Chore::Prune(_) | Chore::Index => {}
            Chore::Erase => self.erase = more,
            Chore::Sweep => self.sweep = more,
            Chore::Receipts => self.receipts = more,
            Chore::Pictures => self.pictures = more,
            Chore::Note => self.next_note = Instant::now() + NOTE,
            Chore::Round => {
                (self.receipts, self.pictures) = (true, true);
                self.next_round = Instant::now() + ROUND;
            }
        }
    }
}
