//! The writer: group commit.
//!
//! It waits for an entry, takes whatever else has been queued meanwhile, applies all of it in one transaction, and
//! tells it when that is on disk. So the disk is waited for once for as many messages as came in while it was
//! waited for before: the busier the chat, the cheaper the message. In batches of 100 short messages, each with a key,
//! one core writes 80,000 of them in a second in memory, 57,000 into a file, and 46,000 if each batch is synced.
//!
//! ```text
//!   entry, entry ──▶ BEGIN · entry · entry · progress · COMMIT ──▶ Report::Applied     a refusal concerns one entry
//!                          └──────── fault ──▶ ROLLBACK ─────────▶ Report::Applied     a fault of the disk all of them,
//!                                                                                      unless it is full and some fit
//! ```

use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use rusqlite::Result;

use super::apply::apply;
use super::chores::Chores;
use super::faults::{GONE, is_full, words};
use super::file::Link;
use super::progress::{Progress, transact};
use super::retention::BITE_TEXT;
use super::{Applied, Done, Entry, Failure, Logged, Origin, Outcome, Place, Report};
use crate::metrics::Metrics;

/// A batch: what a disk syncs in one go, and an answer is waited for no longer than that takes.
const BATCH_JOBS: usize = 256;
pub(super) const BATCH_BYTES: usize = 8 << 20;
/// While nothing can be written, something small is tried this often: whoever sends people only to a chat that is well would
/// otherwise never send anybody who says something.
const TRIAL: Duration = Duration::from_secs(5);
/// How long a batch that does not fit is tried in parts.
const PERSISTENCE: Duration = Duration::from_secs(1);

/// What is asked of the writer.
pub(super) enum Job<T> {
    /// An entry, by whoever has the ticket.
    Asked(Entry, T),
    /// Entries that stand in a log, in its order (`following.rs`).
    Logged(Vec<Logged<T>>),
    /// To be told when the log is applied up to there.
    Reached(Place, T),
}

/// An entry, and who waits for it.
type Asked<T> = (Entry, T);

pub(super) struct Writer<T, F> {
    pub link: Link,
    pub jobs: Receiver<Job<T>>,
    pub tell: F,
    pub progress: Progress,
    pub chores: Chores,
    /// Bytes of the jobs that have not been answered.
    pub waiting: Arc<AtomicUsize>,
    pub metrics: Metrics,
    /// When it is tried next whether something can be written again.
    pub next_trial: Option<Instant>,
    /// What was applied when the history was opened, and nobody was told yet.
    pub untold: Vec<(Entry, Done)>,
    /// Batches of the log that were handed on, and are not applied.
    pub ahead: Arc<AtomicUsize>,
    /// Who waits until the log is applied up to a place.
    pub awaited: VecDeque<(Place, T)>,
}

/// How an entry came out, and the entry that was decided because of it, and applied after it.
type Came = (Outcome, Option<(Entry, Done)>);

impl<T, F: Fn(Report<T>) -> bool> Writer<T, F> {
    /// Works until nobody can ask for anything any more, and everything that was asked for is done.
    pub(super) fn run(mut self) {
        let untold = mem::take(&mut self.untold);
        self.tell_decided(untold);
        loop {
            self.chores.look();
            let trial = self.next_trial();
            let patience = trial.map_or(Duration::MAX, |at| at.saturating_duration_since(Instant::now()));
            match self.jobs.recv_timeout(self.chores.patience(self.progress).min(patience)) {
                Ok(Job::Asked(entry, ticket)) => self.batch((entry, ticket)),
                Ok(job) => self.follow(job),
                Err(RecvTimeoutError::Timeout) if trial.is_some_and(|at| at <= Instant::now()) => {
                    self.try_to_write()
                }
                Err(RecvTimeoutError::Timeout) => self.do_chores(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        if !self.is_displaced()
            && let Err(fault) = self.link.end(&self.chores.calendar)
        {
            log::warn!(
                "the history does not end as it should, and is checked when it is opened next: {fault}"
            );
        }
    }

    /// Between two batches: about as much is given up as the last one has brought.
    pub(super) fn do_late_chores(&mut self, bytes: usize) {
        let mut bites = 1 + bytes / BITE_TEXT;
        while bites > 0 && self.chores.are_late() {
            self.do_chores();
            bites -= 1;
        }
    }

    fn do_chores(&mut self) {
        match self.chores.work(&self.link, &mut self.progress) {
            Some(decided) => self.tell_decided(decided),
            None => {
                self.metrics.not_stored();
                // Perhaps it was that chore alone.
                self.try_to_write();
            }
        }
    }

    fn next_trial(&mut self) -> Option<Instant> {
        let is_failing = self.metrics.is_store_failing();
        is_failing.then(|| *self.next_trial.get_or_insert_with(|| Instant::now() + TRIAL))
    }

    fn try_to_write(&mut self) {
        self.next_trial = None;
        let is_written = !self.is_displaced() && self.chores.calendar.save(&self.link.lock()).is_ok();
        self.metrics.store_tried(is_written);
        if is_written {
            log::info!("the history can be written");
        }
    }

    /// Tells entries that nobody has asked for.
    fn tell_decided(&self, entries: Vec<(Entry, Done)>) {
        let mut entries = entries.into_iter().map(Applied::decided).peekable();
        while entries.peek().is_some() {
            (self.tell)(Report::Applied(entries.by_ref().take(BATCH_JOBS).collect()));
        }
    }

    fn batch(&mut self, first: Asked<T>) {
        let mut bytes = first.0.weight();
        let mut batch = vec![first];
        while batch.len() < BATCH_JOBS && bytes < BATCH_BYTES {
            // Whoever is alone asks for nothing else.
            let Ok(Job::Asked(entry, ticket)) = self.jobs.try_recv() else { break };
            bytes += entry.weight();
            batch.push((entry, ticket));
        }
        let results = match self.link.was_displaced() {
            true => self.gone(batch.len()),
            false => self.carry_out(&batch, Instant::now() + PERSISTENCE),
        };
        // What went into a file that nobody will find again was not stored.
        let results = if self.is_displaced() { self.gone(batch.len()) } else { results };
        let mut applied = Vec::with_capacity(batch.len());
        for ((entry, ticket), (outcome, decided)) in batch.into_iter().zip(results) {
            applied.push(Applied { entry, outcome, ticket: Some(ticket), origin: Origin::Here });
            applied.extend(decided.map(Applied::decided));
        }
        self.chores.note(&applied);
        // When nobody is there to hear it, what was asked for is carried out all the same.
        (self.tell)(Report::Applied(applied));
        self.waiting.fetch_sub(bytes, Ordering::Relaxed);
        self.do_late_chores(bytes);
    }

    /// Whether the file is no longer where it was. Nothing is written any more then.
    fn is_displaced(&self) -> bool {
        self.link.is_displaced()
    }

    fn gone(&self, jobs: usize) -> Vec<Came> {
        self.metrics.not_stored();
        not_stored(jobs, GONE.into())
    }

    /// One outcome per job. On a disk that is full, what does not fit takes nothing else with it: a batch that fails is
    /// tried in halves, unless that takes too long, as on a disk that is broken.
    fn carry_out(&mut self, batch: &[Asked<T>], until: Instant) -> Vec<Came> {
        match self.transaction(batch) {
            Ok(results) => results,
            Err(fault) if batch.len() > 1 && is_full(&fault) && Instant::now() < until => {
                let (first, rest) = batch.split_at(batch.len() / 2);
                let mut results = self.carry_out(first, until);
                results.extend(self.carry_out(rest, until));
                results
            }
            Err(fault) => {
                log::error!("the history cannot be written: {fault}");
                not_stored(batch.len(), words(&fault))
            }
        }
    }

    /// One outcome per job, or the fault that undid them all.
    fn transaction(&mut self, batch: &[Asked<T>]) -> Result<Vec<Came>> {
        let began = Instant::now();
        let results = self.try_transaction(batch);
        match results {
            Ok(_) => self.metrics.stored(batch.len(), began.elapsed()),
            Err(_) => self.metrics.not_stored(),
        }
        results
    }

    fn try_transaction(&mut self, batch: &[Asked<T>]) -> Result<Vec<Came>> {
        let mut connection = self.link.lock();
        transact(&mut connection, &mut self.progress, |connection, progress| {
            let came = |(entry, _): &Asked<T>| {
                let outcome = apply(connection, progress, entry)?;
                let decided = self.chores.decide_at_once(connection, progress, entry, &outcome)?;
                Ok((outcome, decided))
            };
            batch.iter().map(came).collect()
        })
    }
}

fn not_stored(jobs: usize, words: String) -> Vec<Came> {
    vec![(Err(Failure::Storage(words)), None); jobs]
}
