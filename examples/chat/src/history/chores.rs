//! What the writer does when nobody wants anything: it gives up what is too old or too much, erases what was taken
//! back, indexes, and tidies up SQLite's log. Each time the most pressing thing, a bite of it, in a transaction of its own.
//!
//! Here the clock and the settings have their say. What is to be given up because of them is *decided* here, and becomes an
//! entry of the log like any other: it is applied, counted and told.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Result};

use super::apply::{Progress, apply_decided, transact};
use super::retention::{self, BITE_TEXT, Limits};
use super::wal::{self, Task, Wal};
use super::writer::Writer;
use super::{Applied, Calendar, Done, Entry, Millis, Report, RoomId, Settings, index};

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
    pub keep_pictures: u64,
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

    /// Is there something that cannot wait for a pause any longer?
    fn are_late(&self) -> bool {
        let now = Instant::now();
        let is_late = self.next_round + LATE <= now || self.wal.is_late(now, LATE);
        (is_late || !self.overdue.is_empty()) && self.rest().is_none()
    }
}

impl<T, F: Fn(Report<T>) -> bool> Writer<T, F> {
    /// Sees what a batch leaves to do, and does what cannot wait.
    pub(super) fn note(&mut self, batch: &[Applied<T>]) {
        if batch.iter().any(|applied| applied.outcome.is_ok()) {
            self.chores.wal.wrote(Instant::now());
        }
        batch.iter().for_each(|applied| self.chores.note(applied));
    }

    /// Between two batches: about as much is given up as the last one has brought.
    pub(super) fn do_late_chores(&mut self, bytes: usize) {
        let mut bites = 1 + bytes / BITE_TEXT;
        while bites > 0 && self.chores.are_late() {
            self.do_chores();
            bites -= 1;
        }
    }

    /// How long to wait for a job before something else is done.
    pub(super) fn patience(&self) -> Duration {
        let chores = &self.chores;
        if let Some(rest) = chores.rest() {
            return rest;
        }
        let now = Instant::now();
        let behind = self.progress.behind();
        let is_waiting = chores.erase || chores.sweep || chores.receipts || chores.pictures;
        if !chores.overdue.is_empty() || is_waiting || behind >= FAR_BEHIND {
            return Duration::ZERO;
        }
        let next = chores.wal.next().map_or(chores.next_round, |next| next.min(chores.next_round));
        let rest = next.saturating_duration_since(now);
        if behind > 0 { PAUSE.min(rest) } else { rest }
    }

    pub(super) fn do_chores(&mut self) {
        if self.is_displaced() {
            self.chores.rest_until = Some(Instant::now() + ROUND);
        } else if let Err(fault) = self.one_chore() {
            log::warn!("the history cannot be tidied now: {fault}");
            self.chores.rest_until = Some(Instant::now() + ROUND);
        }
    }

    fn one_chore(&mut self) -> Result<()> {
        let link = self.link.clone();
        let mut connection = link.lock();
        let now = Instant::now();
        let chores = &self.chores;
        let is_urgent = !chores.overdue.is_empty() || chores.erase;
        if let Some(task) = chores.wal.due(now).filter(|_| !is_urgent) {
            return self.tidy_log(&connection, task);
        }
        let chore = chores.next(self.progress, now);
        let before = connection.total_changes();
        let bite = transact(&mut connection, &mut self.progress, |connection, progress| {
            chores.bite(chore, connection, progress)
        })?;
        if connection.total_changes() != before {
            self.chores.wal.wrote(Instant::now());
        }
        drop(connection);
        self.chores.done(chore, bite.more);
        self.chores.overdue.extend(bite.overdue);
        self.tell_decided(bite.decided.into_iter().collect());
        Ok(())
    }

    fn tidy_log(&mut self, connection: &Connection, task: Task) -> Result<()> {
        let done = wal::carry_out(connection, task)?;
        self.chores.wal.tried(task, done, Instant::now());
        if task == Task::Cut {
            self.link.note_last_event(connection)?;
        }
        Ok(())
    }
}

impl Chores {
    fn note<T>(&mut self, applied: &Applied<T>) {
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
