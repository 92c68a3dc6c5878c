//! The writer of a history that follows a log: what stands there is applied, all of it, in its order. What cannot be applied now is
//! tried until it can be: left out it would be here, and nowhere else.

use std::collections::VecDeque;
use std::mem;
use std::sync::atomic::Ordering;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use rusqlite::Result;

use super::comparing::together;
use super::faults::{GONE, words};
use super::logged::{Came, Logged, apply_logged};
use super::progress::{Place, transact};
use super::writer::{Job, Writer};
use super::{Applied, Done, Origin, Report};

/// After a fault it is tried again this often.
const TRIAL: Duration = Duration::from_secs(1);
/// What came of the log is compared between nodes at each of so many places, and where an entry asks for it.
const COMPARED: Place = 1000;
/// So many may wait for a place, while nothing can be applied. Those who have waited for longest have given up.
const AWAITED: usize = 10_000;

impl<T, F: Fn(Report<T>) -> bool> Writer<T, F> {
    /// Some of the log, or somebody who waits for it to be applied.
    pub(super) fn follow(&mut self, first: Job<T>) {
        let mut jobs = vec![first];
        while let Some(job) = (!jobs.is_empty()).then(|| jobs.remove(0)) {
            match job {
                Job::Asked(..) => log::error!("an entry that does not stand in the log is left out"),
                Job::Reached(place, ticket) => {
                    self.wait_for(place, ticket);
                    self.tell_reached();
                }
                Job::Logged(batch) => match self.apply_all(batch, &mut jobs) {
                    true => self.tell_reached(),
                    false => return,
                },
            }
        }
    }

    /// False: the chat ends before it could be done, and it is done when it begins again.
    fn apply_all(&mut self, mut batch: Vec<Logged<T>>, held: &mut Vec<Job<T>>) -> bool {
        let mut is_told = false;
        let came = loop {
            match self.try_to_follow(&batch) {
                Ok(came) => break came,
                Err(words) if !is_told => {
                    is_told = true;
                    log::error!("the log cannot be applied here: {words}");
                }
                Err(_) => {}
            }
            self.tell_unsure(&mut batch);
            for job in held.iter_mut() {
                if let Job::Logged(batch) = job {
                    self.tell_unsure(batch);
                }
            }
            match self.jobs.recv_timeout(TRIAL) {
                Ok(Job::Reached(place, ticket)) => self.wait_for(place, ticket),
                // There are no more than the follower may be ahead.
                Ok(job) => held.push(job),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        };
        if is_told {
            log::info!("the log can be applied here again");
        }
        self.ahead.fetch_sub(1, Ordering::Relaxed);
        let mut applied = Vec::with_capacity(batch.len());
        for (logged, came) in batch.into_iter().zip(came) {
            match came {
                Came::Out(outcome) => {
                    self.chores.came_back(&logged.whose, outcome.is_ok());
                    let (origin, mut whose) = (logged.whose.origin(), logged.whose);
                    applied.push(Applied {
                        entry: logged.entry,
                        outcome,
                        ticket: whose.take_ticket(),
                        origin,
                    });
                }
                Came::Repeated => {}
                Came::Early => log::warn!(
                    "place {} of the log, {} of {}, comes too early, and is left out on every node",
                    logged.place,
                    logged.sequence,
                    logged.producer
                ),
            }
        }
        self.chores.note(&applied);
        (self.tell)(Report::Applied(applied));
        self.do_late_chores(0);
        true
    }

    fn try_to_follow(&mut self, batch: &[Logged<T>]) -> std::result::Result<Vec<Came>, String> {
        if self.link.is_displaced() {
            self.metrics.not_stored();
            return Err(GONE.into());
        }
        let began = Instant::now();
        let came = self.transact_log(batch);
        match &came {
            Ok(came) => {
                self.metrics.stored(batch.len(), began.elapsed());
                let (own, others) = count(batch, came);
                self.metrics.applied(self.progress.place, own, others);
            }
            Err(_) => self.metrics.not_stored(),
        }
        came.map_err(|fault| words(&fault))
    }

    fn transact_log(&mut self, batch: &[Logged<T>]) -> Result<Vec<Came>> {
        let mut connection = self.link.lock();
        let mut passed = Vec::new();
        let came = transact(&mut connection, &mut self.progress, |connection, progress| {
            let apply = |logged| {
                let came = apply_logged(connection, progress, logged)?;
                if let Came::Out(Ok(Done::Compared { rows, .. })) = &came {
                    passed.extend(rows.map(|rows| (progress.place, together(&progress.digest, &rows))));
                } else if progress.place.is_multiple_of(COMPARED) {
                    passed.push((progress.place, progress.digest));
                }
                Ok(came)
            };
            batch.iter().map(apply).collect()
        })?;
        for (place, digest) in passed {
            self.chores.passed(place, digest);
        }
        Ok(came)
    }

    fn tell_unsure(&self, batch: &mut [Logged<T>]) {
        let tickets: Vec<T> = batch.iter_mut().filter_map(|logged| logged.whose.take_ticket()).collect();
        if !tickets.is_empty() {
            (self.tell)(Report::Unsure(tickets));
        }
    }

    fn wait_for(&mut self, place: Place, ticket: T) {
        if self.awaited.len() == AWAITED {
            self.awaited.pop_front();
        }
        self.awaited.push_back((place, ticket));
    }

    fn tell_reached(&mut self) {
        let place: Place = self.progress.place;
        let (reached, waiting): (VecDeque<_>, _) =
            mem::take(&mut self.awaited).into_iter().partition(|(until, _)| *until <= place);
        self.awaited = waiting;
        for (_, ticket) in reached {
            (self.tell)(Report::Reached { ticket });
        }
    }
}

/// How many were applied: of this node's, and of others.
fn count<T>(batch: &[Logged<T>], came: &[Came]) -> (usize, usize) {
    let applied = batch.iter().zip(came).filter(|(_, came)| matches!(came, Came::Out(_)));
    applied.fold((0, 0), |(own, others), (logged, _)| match logged.whose.origin() {
        Origin::Here => (own + 1, others),
        Origin::Elsewhere => (own, others + 1),
    })
}
