//! The history: everything that must outlive the program, in one SQLite file.
//!
//! ```text
//!   the loop ── Entry ──▶ queue ──▶ writer thread: one transaction per batch ──▶ chat.db
//!            ── Read  ──▶ queue ──▶ reader thread, with a connection of its own ◀──┘
//!            ◀───────────────── Report, by mail ─────────────────┘
//! ```
//!
//! | file | what it knows |
//! |---|---|
//! | `said.rs`, `entry.rs`, `deed.rs` | what is said; what changes what lasts: the entries of the log, and the acts of those who have a right to them |
//! | `outside.rs` | the words for bots, keys, targets, what is on its way to them, reminders |
//! | `spelling.rs` | how hashes and kinds of pictures are written in JSON, when an entry goes to other nodes |
//! | `jobs.rs`, `loaded.rs` | what can be asked and what is told; what the chat starts with |
//! | `settings.rs`, `places.rs` | what an operator chooses; where the files lie |
//! | `file.rs`, `lock.rs`, `open_error.rs` | opening, checking and locking the file; why that cannot be |
//! | `schema.rs`, `tables.rs`, `outside_tables.rs` | the tables and their versions; those of who governs; those of the world outside |
//! | `load.rs`, `governed.rs`, `outside_load.rs` | the beginning of a run; who governs then; what there is of the world outside |
//! | `calendar.rs` | what day it is, whatever the clock says |
//! | `copies/` | `--backup` and `--restore` |
//! | `backups/` | backups that are made by themselves, on a third thread |
//! | `archive/` | `--export` and `--import`: the rows of a history |
//! | `writer.rs` | group commit |
//! | `joining.rs`, `following.rs`, `logged.rs` | a log that several nodes share: opening a history that follows it, applying it, an entry of it |
//! | `comparing.rs` | whether the tables of several nodes are the same |
//! | `chores.rs`, `deciding.rs`, `noted.rs`, `wal.rs` | what is done in a pause; SQLite's log |
//! | `apply.rs`, `progress.rs` | the log, applied; how far it is |
//! | `people.rs`, `sessions.rs`, `once.rs`, `rooms.rs`, `events.rs`, `receipts.rs`, `erasing.rs`, `bans.rs`, `lapses.rs` | the entries, one by one |
//! | `called.rs` | names, and which ones look like one that somebody has |
//! | `bots.rs`, `outbox.rs`, `reminders.rs` | those about the world outside |
//! | `acts/`, `standing.rs`, `stop.rs` | what is done by those who have a right to it; who that is; why not |
//! | `purge.rs` | all that somebody has said, erased bit by bit |
//! | `retention.rs`, `keeping.rs` | what is to be given up, and when; how much is kept |
//! | `reader.rs`, `search.rs`, `looks.rs` | pages and pictures; searches, bit by bit; what those who govern look at |
//! | `grams.rs`, `index.rs` | the search index: pairs of characters |
//! | `faults.rs` | what is wrong with a disk, in words |

mod acts;
mod apply;
mod archive;
mod backups;
mod bans;
mod bots;
mod calendar;
mod called;
mod chores;
mod comparing;
mod copies;
mod deciding;
mod deed;
mod entry;
mod erasing;
mod events;
mod existing;
mod faults;
mod file;
mod following;
mod governed;
mod grams;
mod index;
mod jobs;
mod joining;
mod keeping;
mod lapses;
mod load;
mod loaded;
mod lock;
mod logged;
mod looks;
mod noted;
mod once;
mod open_error;
mod outbox;
mod outside;
mod outside_load;
mod outside_tables;
mod peek;
mod people;
mod places;
mod progress;
mod purge;
mod reader;
mod receipts;
mod reminders;
mod retention;
mod rooms;
mod said;
mod schema;
mod search;
mod sessions;
mod settings;
mod spelling;
mod standing;
mod stop;
mod tables;
#[cfg(test)]
mod tests;
mod wal;
mod writer;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

use crate::metrics::Metrics;
pub(crate) use archive::{
    Annex, Arriving, Cell, Column, EVENTS, Is, KINDS, Kind, Leaving, LoungeChannel, LoungeFile, STATE,
};
pub(crate) use backups::{BackupPlan, BackupState};
use backups::{Backups, Keeper};
pub(crate) use bans::MOST_ADDRESSES;
pub(crate) use calendar::{Calendar, Wall};
use chores::Chores;
pub(crate) use copies::Copy;
pub(crate) use deed::*;
pub(crate) use entry::*;
use file::Link;
pub(crate) use jobs::*;
pub(crate) use joining::Joining;
use keeping::Chosen;
pub(crate) use keeping::Keep;
use load::Start;
pub(crate) use loaded::*;
pub(crate) use logged::{Came, Logged, Whose};
use open_error::Fault;
pub(crate) use open_error::OpenError;
pub(crate) use outside::*;
pub(crate) use peek::{Peeked, peek};
pub(crate) use places::{admin_key_of, hooks_of, parts, place};
pub(crate) use progress::{Digest, Place};
use reader::Reader;
pub(crate) use rusqlite::Error as Broken;
pub(crate) use said::*;
pub(crate) use settings::{Data, Durability, Settings, Shared};
#[cfg(test)]
pub(crate) use tests::{Dice, Node, any_entries};
use wal::Task;
use writer::{Job, Writer};

/// So many batches of a log wait for the writer.
const BATCHES: usize = 4;

/// A history that is open. Dropped without [`History::close`] it still does what it was asked for, but nobody waits.
pub(crate) struct History<T> {
    writes: SyncSender<Job<T>>,
    reads: SyncSender<reader::Job<T>>,
    waiting: Arc<AtomicUsize>,
    queue_bytes: usize,
    calendar: Arc<Calendar>,
    /// What is to be kept from now on, until the writer has seen it.
    keep: Chosen<Keep>,
    threads: Vec<JoinHandle<()>>,
    /// Batches of a log that the writer has not applied.
    ahead: Arc<AtomicUsize>,
    metrics: Metrics,
    /// `None`: there are none of a history in memory.
    backups: Option<Backups>,
    /// For tests that meddle with the writer's connection.
    #[cfg(test)]
    writing: file::WeakLink,
}

impl<T: Send + 'static> History<T> {
    /// Opens or makes the file, checks it, forgets the guests of last time, and starts both threads.
    ///
    /// `tell` hands reports to the loop and waits until they are taken (the loop itself never waits for the history, so
    /// that cannot lock up); it returns false when nobody is there any more.
    pub(crate) fn open(
        settings: Settings,
        tell: impl Fn(Report<T>) -> bool + Send + Clone + 'static,
    ) -> Result<(Self, Loaded), OpenError> {
        Self::try_open(&settings, tell).map_err(|fault| OpenError::new(&settings.data, fault))
    }

    fn try_open(
        settings: &Settings,
        tell: impl Fn(Report<T>) -> bool + Send + Clone + 'static,
    ) -> Result<(Self, Loaded), Fault> {
        let mut joining = Joining::try_open(settings)?;
        joining.part()?;
        Self::start(settings, joining, tell)
    }

    /// Starts the threads of one that has caught up with the log that it follows.
    pub(crate) fn begin(
        settings: &Settings,
        joining: Joining,
        tell: impl Fn(Report<T>) -> bool + Send + Clone + 'static,
    ) -> Result<(Self, Loaded), OpenError> {
        Self::start(settings, joining, tell).map_err(|fault| OpenError::new(&settings.data, fault))
    }

    fn start(
        settings: &Settings,
        joining: Joining,
        tell: impl Fn(Report<T>) -> bool + Send + Clone + 'static,
    ) -> Result<(Self, Loaded), Fault> {
        let Joining { writing, reading, mut progress } = joining;
        let Start { calendar, loaded, entries } = {
            let mut connection = writing.lock();
            let start = load::load(&mut connection, &mut progress, settings, writing.note())?;
            // A copy of the file alone is a history, from the beginning.
            wal::carry_out(&connection, Task::Cut)?;
            writing.note_last_event(&connection)?;
            start
        };
        let calendar = Arc::new(calendar);
        #[cfg(test)]
        let hook = writing.downgrade();
        let keep = Chosen::default();
        let chores = Chores::new(settings, calendar.clone(), keep.clone());
        let kept = keeper(settings, &reading, &tell);
        let (reads, jobs) = sync_channel(settings.queue);
        let reader = Reader { link: reading, jobs, tell: tell.clone() };
        // Of a log whole batches come, which may be long.
        let queue = if settings.shared.is_some() { BATCHES } else { settings.queue };
        let (writes, jobs) = sync_channel(queue);
        let (waiting, ahead) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let writer = Writer {
            link: writing,
            jobs,
            tell,
            progress,
            chores,
            waiting: waiting.clone(),
            metrics: settings.metrics.clone(),
            next_trial: None,
            untold: entries,
            ahead: ahead.clone(),
            awaited: VecDeque::new(),
        };
        let (backups, keeper) = kept.unzip();
        let mut threads = Vec::from_iter(keeper.map(|it| start("backups", || it.run())).transpose()?);
        threads.push(start("history-reader", || reader.run())?);
        threads.push(start("history-writer", || writer.run())?);
        let history = History {
            writes,
            reads,
            waiting,
            queue_bytes: settings.queue_bytes,
            calendar,
            keep,
            threads,
            ahead,
            metrics: settings.metrics.clone(),
            backups,
            #[cfg(test)]
            writing: hook,
        };
        Ok((history, loaded))
    }

    /// Asks for an entry: one's own, or one that comes from elsewhere and that nobody waits for. Never waits; the entry
    /// comes back when the queue is full.
    #[expect(clippy::result_large_err, reason = "it is the entry itself that comes back")]
    pub(crate) fn write(&self, entry: Entry, ticket: T) -> Result<(), (Entry, T)> {
        let weight = entry.weight();
        let waiting = self.waiting.fetch_add(weight, Ordering::Relaxed);
        // A single one may be as large as it likes.
        let is_full = waiting > 0 && waiting + weight > self.queue_bytes;
        let refused = if is_full {
            Err((entry, ticket))
        } else {
            self.writes.try_send(Job::Asked(entry, ticket)).map_err(|refused| match the_job(refused) {
                Job::Asked(entry, ticket) => (entry, ticket),
                Job::Logged(_) | Job::Reached(..) => unreachable!("it is the job that was sent"),
            })
        };
        if refused.is_err() {
            self.waiting.fetch_sub(weight, Ordering::Relaxed);
        }
        refused
    }

    /// The way of a log into this history, for the thread that reads it.
    pub(crate) fn follower(&self) -> Follower<T> {
        Follower { writes: self.writes.clone(), ahead: self.ahead.clone() }
    }

    /// Would all of these be taken now? What belongs together is not begun if its end would be refused.
    pub(crate) fn has_room(&self, entries: &[Entry]) -> bool {
        entries.len() <= 1 || self.waiting_bytes() + Self::weight_of(entries) <= self.queue_bytes
    }

    /// Bytes, more or less.
    pub(crate) fn weight_of(entries: &[Entry]) -> usize {
        entries.iter().map(Entry::weight).sum()
    }

    /// The last that was to be written was not.
    pub(crate) fn is_failing(&self) -> bool {
        self.metrics.is_store_failing()
    }

    /// Bytes of entries that the writer has not taken yet.
    pub(crate) fn waiting_bytes(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// So much is kept from now on. If it is less, what is too much goes, bit by bit.
    pub(crate) fn keep(&self, keep: Keep) {
        self.keep.set(keep);
    }

    /// Backups are made by this plan from now on, or as soon as one is ready that is being made. Never waits. False: there are
    /// no backups of this history.
    pub(crate) fn plan_backups(&self, plan: BackupPlan) -> bool {
        self.backups.as_ref().is_some_and(|backups| backups.choose(plan))
    }

    /// By which day things are old, and at which time they happen.
    pub(crate) fn calendar(&self) -> Arc<Calendar> {
        self.calendar.clone()
    }

    /// Never waits. The job comes back when the queue is full.
    pub(crate) fn read(&self, read: Read, ticket: T) -> Result<(), (Read, T)> {
        self.reads.try_send((read, ticket)).map_err(the_job)
    }

    /// Carries out what was asked for, then closes the file cleanly. For when the loop has ended, and `tell` waits for
    /// nobody any more.
    pub(crate) fn close(self) {
        let History { writes, reads, threads, backups, .. } = self;
        drop((writes, reads, backups));
        // The writer last: as the last to leave, it tidies up.
        for thread in threads {
            if thread.join().is_err() {
                log::error!("a thread of the history has stopped before its time");
            }
        }
    }
}

/// Hands on what stands in a log, in its order, and waits while there is too much of it.
pub(crate) struct Follower<T> {
    writes: SyncSender<Job<T>>,
    ahead: Arc<AtomicUsize>,
}

impl<T> Clone for Follower<T> {
    fn clone(&self) -> Self {
        Follower { writes: self.writes.clone(), ahead: self.ahead.clone() }
    }
}

impl<T> Follower<T> {
    /// May more be handed on? On a disk that takes nothing the writer has all that was, and no more of it is to be in memory.
    pub(crate) fn has_room(&self) -> bool {
        self.ahead.load(Ordering::Relaxed) < BATCHES
    }

    /// False: the history is closed.
    pub(crate) fn apply(&self, batch: Vec<Logged<T>>) -> bool {
        self.ahead.fetch_add(1, Ordering::Relaxed);
        self.writes.send(Job::Logged(batch)).is_ok()
    }

    /// To be told ([`Report::Reached`]) when the log is applied up to there.
    pub(crate) fn tell_at(&self, place: Place, ticket: T) -> bool {
        self.writes.send(Job::Reached(place, ticket)).is_ok()
    }
}

/// What makes backups by itself, and how it is reached.
fn keeper<F: Clone>(settings: &Settings, link: &Link, tell: &F) -> Option<(Backups, Keeper<F>)> {
    let Data::File(data) = &settings.data else { return None };
    let plan = settings.backups.clone().filter(|_| settings.durability != Durability::Memory)?;
    Some(Backups::of(place(data), link.clone(), plan, tell.clone()))
}

fn start(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Fault> {
    thread::Builder::new().name(name.into()).spawn(work).map_err(Fault::Threads)
}

fn the_job<J>(refused: TrySendError<J>) -> J {
    match refused {
        TrySendError::Full(job) | TrySendError::Disconnected(job) => job,
    }
}
