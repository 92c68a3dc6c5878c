//! The writer: group commit.
//!
//! It waits for a job, takes whatever else has been queued meanwhile, carries all of it out in one transaction, and
//! tells the answers when that is on disk. So the disk is waited for once for as many messages as came in while it was
//! waited for before: the busier the chat, the cheaper the message. In batches of 100 short messages, each with a key,
//! one core writes 80,000 of them in a second in memory, 57,000 into a file, and 46,000 if each batch is synced.
//!
//! ```text
//!   job, job, job ──▶ BEGIN · job · job · job · COMMIT ──▶ News::Written      a refusal concerns one job
//!                           └──── fault ──▶ ROLLBACK ────▶ News::Written      a fault of the disk all of them
//! ```

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, Result, TransactionBehavior};

use super::events::{self, Counters};
use super::faults::words;
use super::file::Link;
use super::people::{self, Answer};
use super::retention::{self, Limits};
use super::{Body, Calendar, Done, Failure, Millis, News, RoomId, Settings, Write, Written, index};

/// A batch: what a disk syncs in one go, and an answer is waited for no longer than that takes.
const BATCH_JOBS: usize = 256;
const BATCH_BYTES: usize = 8 << 20;
/// The index waits for a pause in what is said, unless it is this far behind.
const PAUSE: Duration = Duration::from_millis(200);
const FAR_BEHIND: i64 = 1024;
/// Age is looked at, and receipts are, this often; and chores are left alone for so long after a fault.
const ROUND: Duration = Duration::from_secs(60);
/// What day it is believed to be is noted this often.
const NOTE: Duration = Duration::from_secs(60 * 60);

pub(super) type Job<T> = (Write, T);

pub(super) struct Writer<T, F> {
    pub link: Link,
    pub jobs: Receiver<Job<T>>,
    pub tell: F,
    pub counters: Counters,
    pub chores: Chores,
}

/// What is left to do when nobody wants anything.
pub(super) struct Chores {
    keep: u64,
    keep_for: Option<Duration>,
    keep_pictures: u64,
    /// Rooms that hold more than they should.
    overdue: BTreeSet<RoomId>,
    erase: bool,
    sweep: bool,
    receipts: bool,
    calendar: Arc<Calendar>,
    next_round: Instant,
    next_note: Instant,
    /// After a fault.
    rest_until: Option<Instant>,
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

impl<T, F: Fn(News<T>) -> bool> Writer<T, F> {
    /// Works until nobody can ask for anything any more, and everything that was asked for is done.
    pub(super) fn run(mut self) {
        loop {
            match self.jobs.recv_timeout(self.patience()) {
                Ok(job) => self.batch(job),
                Err(RecvTimeoutError::Timeout) => self.do_chores(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let connection = self.link.lock();
        if let Err(fault) = self.chores.calendar.save(&connection) {
            log::warn!("what day it is cannot be noted in the history: {fault}");
        }
        // The last connection to a file tidies up as it closes; if other programs have it open, this does.
        let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }

    fn batch(&mut self, first: Job<T>) {
        let mut bytes = weight(&first.0);
        let mut batch = vec![first];
        while batch.len() < BATCH_JOBS && bytes < BATCH_BYTES {
            let Ok(job) = self.jobs.try_recv() else { break };
            bytes += weight(&job.0);
            batch.push(job);
        }
        let results = self.transaction(&batch);
        let written: Vec<_> = match results {
            Ok(results) => batch
                .into_iter()
                .zip(results)
                .map(|((write, ticket), result)| Written { write, ticket, result })
                .collect(),
            Err(fault) => {
                log::error!("the history cannot be written: {fault}");
                let failure = Failure::Storage(words(&fault));
                batch
                    .into_iter()
                    .map(|(write, ticket)| Written { write, ticket, result: Err(failure.clone()) })
                    .collect()
            }
        };
        for written in &written {
            self.note(written);
        }
        // When nobody is there to hear it, what was asked for is carried out all the same.
        (self.tell)(News::Written(written));
        if !self.chores.overdue.is_empty() && self.chores.rest().is_none() {
            self.do_chores();
        }
    }

    /// One answer per job, or the fault that undid them all.
    fn transaction(&mut self, batch: &[Job<T>]) -> Result<Vec<std::result::Result<Done, Failure>>> {
        let mut connection = self.link.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let keep_pictures = self.chores.keep_pictures;
        let results = batch
            .iter()
            .map(|(write, _)| carry_out(&transaction, &mut self.counters, keep_pictures, write))
            .collect::<Result<_>>()?;
        transaction.commit()?;
        Ok(results)
    }

    /// Sees what a write leaves to do.
    fn note(&mut self, written: &Written<T>) {
        let chores = &mut self.chores;
        match (&written.write, &written.result) {
            (
                Write::Append(_),
                Ok(
                    done @ (Done::Appended { room, offset, repeated: false, .. }
                    | Done::TakenBack { room, offset, .. }),
                ),
            ) => {
                chores.erase |= matches!(done, Done::TakenBack { .. });
                // How many are kept is not at hand here: now and then a room is looked at in vain.
                let slack = retention::slack(chores.keep);
                if *offset > chores.keep.saturating_add(slack) && offset.is_multiple_of(slack + 1) {
                    chores.overdue.insert(*room);
                }
            }
            (Write::Remove { .. }, Ok(_)) => chores.sweep = true,
            _ => {}
        }
    }

    /// How long to wait for a job before something else is done.
    fn patience(&self) -> Duration {
        let chores = &self.chores;
        if let Some(rest) = chores.rest() {
            return rest;
        }
        let behind = self.counters.next_event - 1 - self.counters.indexed;
        let rest = chores.next_round.saturating_duration_since(Instant::now());
        if !chores.overdue.is_empty()
            || chores.erase
            || chores.sweep
            || chores.receipts
            || behind >= FAR_BEHIND
        {
            Duration::ZERO
        } else if behind > 0 {
            PAUSE.min(rest)
        } else {
            rest
        }
    }

    fn do_chores(&mut self) {
        if let Err(fault) = self.one_chore() {
            log::warn!("the history cannot be tidied now: {fault}");
            self.chores.rest_until = Some(Instant::now() + ROUND);
        }
    }

    /// The most pressing one, a bite of it, in a transaction of its own.
    fn one_chore(&mut self) -> Result<()> {
        let mut connection = self.link.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let chores = &mut self.chores;
        let indexed = self.counters.indexed;
        let mut pruned = None;
        if let Some(room) = chores.overdue.first().copied() {
            let bite = retention::prune(&transaction, room, chores.limits(), indexed)?;
            transaction.commit()?;
            if !matches!(bite, Some((_, true))) {
                chores.overdue.remove(&room);
            }
            pruned = bite.map(|(first, _)| News::Pruned { room, first });
        } else if chores.erase {
            let more = index::erase_next(&transaction)?;
            transaction.commit()?;
            chores.erase = more;
        } else if chores.sweep {
            let more = retention::sweep(&transaction, indexed)?;
            transaction.commit()?;
            chores.sweep = more;
        } else if chores.receipts {
            let today = chores.calendar.today();
            let more = today.map_or(Ok(false), |today| retention::prune_receipts(&transaction, today))?;
            transaction.commit()?;
            chores.receipts = more;
        } else if self.counters.indexed + 1 < self.counters.next_event {
            let upto = index::advance(&transaction, indexed)?;
            transaction.commit()?;
            // Numbers that were given to nobody count as indexed.
            self.counters.indexed = if upto == indexed { self.counters.next_event - 1 } else { upto };
        } else {
            retention::give_up_pictures(&transaction, chores.keep_pictures)?;
            let overdue = retention::overdue(&transaction, chores.limits())?;
            let is_time = chores.next_note <= Instant::now();
            if is_time {
                chores.calendar.save(&transaction)?;
            }
            transaction.commit()?;
            if is_time {
                chores.next_note = Instant::now() + NOTE;
            }
            chores.overdue.extend(overdue);
            chores.receipts = true;
            chores.next_round = Instant::now() + ROUND;
        }
        drop(connection);
        if let Some(pruned) = pruned {
            (self.tell)(pruned);
        }
        Ok(())
    }
}

fn carry_out(connection: &Connection, counters: &mut Counters, keep_pictures: u64, write: &Write) -> Answer {
    match write {
        Write::Arrive { person, name, folded, token, at } => {
            people::arrive(connection, *person, (name, folded), token.as_ref(), *at)
        }
        Write::Rename { person, name, folded } => people::rename(connection, *person, (name, folded)),
        Write::Seen { person, at } => people::seen(connection, *person, *at),
        Write::Forget { person } => people::forget(connection, *person),
        Write::Create { room, kind, name, folded, epoch, at } => {
            people::create(connection, *room, *kind, (name, folded), epoch, *at)
        }
        Write::Remove { room } => people::remove(connection, *room),
        Write::Join { room, person, read } => people::join(connection, *room, *person, *read),
        Write::Leave { room, person } => people::leave(connection, *room, *person),
        Write::MarkRead { room, person, read } => people::mark_read(connection, *room, *person, *read),
        Write::Append(append) => events::append(connection, counters, keep_pictures, append),
    }
}

/// Bytes that a write brings along, more or less.
fn weight(write: &Write) -> usize {
    const ROW: usize = 100;
    ROW + match write {
        Write::Append(append) => match &append.body {
            Body::Text(text) => text.len(),
            Body::Picture { caption, bytes, .. } => caption.len() + bytes.len(),
            Body::Deletion { .. } => 0,
        },
        _ => 0,
    }
}
