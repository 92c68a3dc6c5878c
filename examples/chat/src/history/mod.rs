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
//! | `entry.rs` | what changes what lasts: the entries of the log |
//! | `jobs.rs`, `loaded.rs` | what can be asked and what is told; what the chat starts with |
//! | `settings.rs`, `places.rs` | what an operator chooses; where the files lie |
//! | `file.rs`, `lock.rs`, `open_error.rs` | opening, checking and locking the file; why that cannot be |
//! | `schema.rs`, `load.rs` | the tables and their versions; the beginning of a run |
//! | `calendar.rs` | what day it is, whatever the clock says |
//! | `copies.rs` | `--backup` and `--restore` |
//! | `writer.rs` | group commit |
//! | `chores.rs`, `wal.rs` | what is done in a pause; SQLite's log |
//! | `apply.rs`, `progress.rs` | the log, applied; how far it is |
//! | `people.rs`, `events.rs`, `erasing.rs` | the entries, one by one |
//! | `retention.rs` | what is to be given up, and when |
//! | `reader.rs`, `search.rs` | pages and pictures; searches, bit by bit |
//! | `grams.rs`, `index.rs` | the search index: pairs of characters |
//! | `faults.rs` | what is wrong with a disk, in words |

mod apply;
mod calendar;
mod chores;
mod copies;
mod entry;
mod erasing;
mod events;
mod faults;
mod file;
mod grams;
mod index;
mod jobs;
mod load;
mod loaded;
mod lock;
mod open_error;
mod people;
mod places;
mod progress;
mod reader;
mod retention;
mod schema;
mod search;
mod settings;
#[cfg(test)]
mod tests;
mod wal;
mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

pub(crate) use calendar::Calendar;
use chores::Chores;
pub(crate) use copies::Copy;
pub(crate) use entry::*;
pub(crate) use jobs::*;
use load::Start;
pub(crate) use loaded::*;
use open_error::Fault;
pub(crate) use open_error::OpenError;
pub(crate) use places::{parts, place};
use progress::Progress;
use reader::Reader;
pub(crate) use settings::{Data, Durability, Settings};
#[cfg(test)]
pub(crate) use tests::Node;
use wal::Task;
use writer::Writer;

/// A history that is open. Dropped without [`History::close`] it still does what it was asked for, but nobody waits.
pub(crate) struct History<T> {
    writes: SyncSender<writer::Job<T>>,
    reads: SyncSender<reader::Job<T>>,
    waiting: Arc<AtomicUsize>,
    queue_bytes: usize,
    calendar: Arc<Calendar>,
    threads: [JoinHandle<()>; 2],
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
        let (writing, reading) = file::open(&settings.data, settings.durability)?;
        let (Start { calendar, loaded, entries }, progress) = {
            let mut connection = writing.lock();
            let mut progress = Progress::read(&connection)?;
            let start = load::load(&mut connection, &mut progress, settings, writing.note())?;
            // A copy of the file alone is a history, from the beginning.
            wal::carry_out(&connection, Task::Cut)?;
            writing.note_last_event(&connection)?;
            (start, progress)
        };
        let calendar = Arc::new(calendar);
        #[cfg(test)]
        let hook = writing.downgrade();
        let chores = Chores::new(settings, calendar.clone());
        let (reads, jobs) = sync_channel(settings.queue);
        let reader = Reader { link: reading, jobs, tell: tell.clone() };
        let (writes, jobs) = sync_channel(settings.queue);
        let waiting = Arc::new(AtomicUsize::new(0));
        let writer =
            Writer { link: writing, jobs, tell, progress, chores, waiting: waiting.clone(), untold: entries };
        let threads = [start("history-reader", || reader.run())?, start("history-writer", || writer.run())?];
        let history = History {
            writes,
            reads,
            waiting,
            queue_bytes: settings.queue_bytes,
            calendar,
            threads,
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
            self.writes.try_send((entry, ticket)).map_err(the_job)
        };
        if refused.is_err() {
            self.waiting.fetch_sub(weight, Ordering::Relaxed);
        }
        refused
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
        let History { writes, reads, threads, .. } = self;
        drop((writes, reads));
        // The reader first: the writer, as the last to leave, tidies up.
        for thread in threads {
            if thread.join().is_err() {
                log::error!("a thread of the history has stopped before its time");
            }
        }
    }
}

fn start(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Fault> {
    thread::Builder::new().name(name.into()).spawn(work).map_err(Fault::Threads)
}

fn the_job<J>(refused: TrySendError<J>) -> J {
    match refused {
        TrySendError::Full(job) | TrySendError::Disconnected(job) => job,
    }
}
