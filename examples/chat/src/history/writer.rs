//! The writer: group commit.
//!
//! It waits for a job, takes whatever else has been queued meanwhile, carries all of it out in one transaction, and
//! tells the answers when that is on disk. So the disk is waited for once for as many messages as came in while it was
//! waited for before: the busier the chat, the cheaper the message. In batches of 100 short messages, each with a key,
//! one core writes 80,000 of them in a second in memory, 57,000 into a file, and 46,000 if each batch is synced.
//!
//! ```text
//!   job, job, job ──▶ BEGIN · job · job · job · COMMIT ──▶ Report::Applied      a refusal concerns one job
//!                           └──── fault ──▶ ROLLBACK ────▶ Report::Applied      a fault of the disk all of them,
//!                                                                            unless it is full and some fit
//! ```

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, Result, TransactionBehavior};

use super::chores::Chores;
use super::events::{self, Counters};
use super::faults::{GONE, is_full, words};
use super::file::Link;
use super::people::{self, Answer};
use super::retention;
use super::{Applied, Body, Entry, Failure, Outcome, Report};

/// A batch: what a disk syncs in one go, and an answer is waited for no longer than that takes.
const BATCH_JOBS: usize = 256;
const BATCH_BYTES: usize = 8 << 20;
/// How long a batch that does not fit is tried in parts.
const PERSISTENCE: Duration = Duration::from_secs(1);

pub(super) type Job<T> = (Entry, T);

pub(super) struct Writer<T, F> {
    pub link: Link,
    pub jobs: Receiver<Job<T>>,
    pub tell: F,
    pub counters: Counters,
    pub chores: Chores,
    /// Bytes of the jobs that have not been answered.
    pub waiting: Arc<AtomicUsize>,
}

impl<T, F: Fn(Report<T>) -> bool> Writer<T, F> {
    /// Works until nobody can ask for anything any more, and everything that was asked for is done.
    pub(super) fn run(mut self) {
        loop {
            match self.jobs.recv_timeout(self.patience()) {
                Ok(job) => self.batch(job),
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

    fn batch(&mut self, first: Job<T>) {
        let mut bytes = weight(&first.0);
        let mut batch = vec![first];
        while batch.len() < BATCH_JOBS && bytes < BATCH_BYTES {
            let Ok(job) = self.jobs.try_recv() else { break };
            bytes += weight(&job.0);
            batch.push(job);
        }
        let results = match self.link.was_displaced() {
            true => gone(batch.len()),
            false => self.carry_out(&batch, Instant::now() + PERSISTENCE),
        };
        // What went into a file that nobody will find again was not stored.
        let results = if self.is_displaced() { gone(batch.len()) } else { results };
        let written: Vec<_> = batch
            .into_iter()
            .zip(results)
            .map(|((entry, ticket), outcome)| Applied { entry, outcome, ticket: Some(ticket) })
            .collect();
        self.note(&written);
        // When nobody is there to hear it, what was asked for is carried out all the same.
        (self.tell)(Report::Applied(written));
        self.waiting.fetch_sub(bytes, Ordering::Relaxed);
        self.do_late_chores(bytes);
    }

    /// Whether the file is no longer where it was. Nothing is written any more then.
    pub(super) fn is_displaced(&self) -> bool {
        self.link.is_displaced()
    }

    /// One answer per job. On a disk that is full, what does not fit takes nothing else with it: a batch that fails is
    /// tried in halves, unless that takes too long, as on a disk that is broken.
    fn carry_out(&mut self, batch: &[Job<T>], until: Instant) -> Vec<Outcome> {
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
                vec![Err(Failure::Storage(words(&fault))); batch.len()]
            }
        }
    }

    /// One answer per job, or the fault that undid them all.
    fn transaction(&mut self, batch: &[Job<T>]) -> Result<Vec<Outcome>> {
        let mut connection = self.link.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let keep_pictures = self.chores.keep_pictures;
        let results = batch
            .iter()
            .map(|(entry, _)| carry_out(&transaction, &mut self.counters, keep_pictures, entry))
            .collect::<Result<_>>()?;
        transaction.commit()?;
        Ok(results)
    }
}

fn gone(jobs: usize) -> Vec<Outcome> {
    vec![Err(Failure::Storage(GONE.into())); jobs]
}

fn carry_out(connection: &Connection, counters: &mut Counters, keep_pictures: u64, entry: &Entry) -> Answer {
    match entry {
        Entry::Arrive { person, name, folded, token, at } => {
            people::arrive(connection, *person, (name, folded), token.as_ref(), *at)
        }
        Entry::Rename { person, name, folded } => people::rename(connection, *person, (name, folded)),
        Entry::Noticed { person } => people::noticed(connection, *person),
        Entry::Seen { person, at } => people::seen(connection, *person, *at),
        Entry::Forget { person } => people::forget(connection, *person),
        Entry::Create { room, kind, name, folded, epoch, at } => {
            people::create(connection, *room, *kind, (name, folded), epoch, *at)
        }
        Entry::Remove { room } => people::remove(connection, *room),
        Entry::Join { room, person, read } => people::join(connection, *room, *person, *read),
        Entry::Leave { room, person } => people::leave(connection, *room, *person),
        Entry::MarkRead { room, person, read } => people::mark_read(connection, *room, *person, *read),
        Entry::Append(append) => events::append(connection, counters, keep_pictures, append),
        Entry::Prune { room, before } => retention::prune(connection, *room, *before, counters.indexed),
    }
}

/// Bytes that an entry brings along, more or less.
pub(super) fn weight(entry: &Entry) -> usize {
    const ROW: usize = 100;
    ROW + match entry {
        Entry::Append(append) => match &append.body {
            Body::Text(text) => text.len(),
            Body::Picture { caption, bytes, .. } => caption.len() + bytes.len(),
            Body::Deletion { .. } => 0,
        },
        _ => 0,
    }
}
