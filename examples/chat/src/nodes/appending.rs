//! The thread that appends to the log, and tells other nodes of this one.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::checks;
use super::common::{Beginning, Common};
use super::log::{Fault, Log, Place};
use super::redis::{Company, LIFE, RedisLog};
use super::retrying::Retrying;
use super::standing::{Kept, Side};
use super::told::{Fellow, Told};
use super::trimming::Trimming;
use crate::history::{Follower, PersonId};
use crate::token;

/// Other nodes hear so often that this one lives.
const REFRESH: Duration = Duration::from_secs(2);
/// At the end, what waits is tried to be appended for so long.
const LAST: Duration = Duration::from_secs(3);

pub(super) struct Appending<T, F> {
    common: Arc<Common<T>>,
    beginning: Arc<Beginning>,
    follower: Follower<T>,
    tell: F,
    /// All who are here, for a log that has forgotten it.
    here: Vec<PersonId>,
    /// Who kept the log when it was last connected to.
    kept: Option<Kept>,
    trimming: Trimming,
}

/// What is to be done next.
struct Work<T> {
    records: Vec<super::log::Record>,
    barriers: Vec<T>,
    seen: Vec<(PersonId, bool)>,
    told: Vec<String>,
    digests: Vec<(Place, String)>,
    is_closing: bool,
}

impl<T: Send + 'static, F: Fn(Told) -> bool> Appending<T, F> {
    pub(super) fn new(
        common: Arc<Common<T>>,
        beginning: Arc<Beginning>,
        follower: Follower<T>,
        tell: F,
    ) -> Self {
        Appending {
            common,
            beginning,
            follower,
            tell,
            here: Vec::new(),
            kept: None,
            trimming: Trimming::default(),
        }
    }

    pub(super) fn run(mut self) {
        let mut retrying = Retrying::default();
        let mut closing_since = None;
        loop {
            match self.serve(&mut retrying) {
                Ok(()) => return,
                Err(fault) => {
                    if self.common.standing.fail(Side::Appending, &fault) {
                        log::error!("the log: {fault}");
                        (self.tell)(Told::Changed);
                    }
                    self.common.holds_chores.store(false, Ordering::Relaxed);
                }
            }
            let queue = self.common.lock();
            if queue.is_closing {
                let since = *closing_since.get_or_insert_with(Instant::now);
                if since.elapsed() >= LAST || self.common.standing.lost().is_some() {
                    return;
                }
            }
            let wait = retrying.next(token::random_number());
            let waits = |queue: &mut super::common::Queue<T>| !queue.is_closing && !self.has_moved();
            drop(self.common.bell.wait_timeout_while(queue, wait, waits));
            if closing_since.is_some() {
                std::thread::sleep(wait);
            }
        }
    }

    /// Until the connection breaks, or all is done.
    fn serve(&mut self, retrying: &mut Retrying) -> Result<(), Fault> {
        if let Some(words) = self.common.standing.lost() {
            return Err(Fault::Lost(words));
        }
        self.kept = self.common.standing.kept();
        let Some(kept) = self.kept.clone() else { return Err(unknown()) };
        let mut log = RedisLog::connect(&self.beginning.log, kept.at)?;
        let condition = log.look()?;
        checks::is_the_same(&condition, &self.beginning.id)?;
        if condition.run != kept.run {
            return Err(unknown());
        }
        self.common.standing.set_level(condition.level);
        let boot = self.boot();
        let mut company = Company::connect(&self.beginning.log, kept.at, &boot, LIFE)?;
        self.common.lock().producer.doubt();
        company.show_all(&self.here)?;
        let mut refreshed = self.refresh(&mut company)?;
        retrying.done();
        if self.common.standing.heal(Side::Appending) {
            (self.tell)(Told::Changed);
        }
        loop {
            let work = self.next(refreshed + REFRESH);
            if let Some(words) = self.common.standing.lost() {
                return Err(Fault::Lost(words));
            }
            if self.has_moved() {
                return Err(unknown());
            }
            if !work.records.is_empty() {
                log.append(&work.records)?;
            }
            self.answer_barriers(&mut log, work.barriers)?;
            self.show(&mut company, &work.seen)?;
            for (place, digest) in work.digests {
                if let Some(theirs) = company.check_digest(place, &digest)? {
                    return Err(Fault::Lost(format!(
                        "up to place {place} of the log this node has come to something else than another one ({digest}, and not \
                         {theirs}): stop it, and start it with a backup of a node that is right; and tell the authors of the chat"
                    )));
                }
            }
            for payload in work.told {
                company.tell(&payload)?;
            }
            if work.is_closing && self.common.lock().producer.is_empty() {
                return company.leave();
            }
            if refreshed.elapsed() >= REFRESH {
                refreshed = self.refresh(&mut company)?;
                self.trim(&mut log, &mut company)?;
            }
        }
    }

    /// Waits until there is something to do.
    fn next(&self, until: Instant) -> Work<T> {
        let mut queue = self.common.lock();
        let has_nothing = |queue: &super::common::Queue<T>| {
            !queue.producer.has_batch()
                && queue.barriers.is_empty()
                && queue.seen.is_empty()
                && queue.told.is_empty()
                && queue.digests.is_empty()
                && !queue.is_closing
                && !self.has_moved()
        };
        if has_nothing(&queue) {
            let wait = until.saturating_duration_since(Instant::now());
            let woken = self.common.bell.wait_timeout_while(queue, wait, |queue| has_nothing(queue));
            queue = woken.unwrap_or_else(std::sync::PoisonError::into_inner).0;
        } else if queue.is_closing && !queue.producer.has_batch() {
            // What was sent last is on its way back.
            let woken = self.common.bell.wait_timeout(queue, Duration::from_millis(20));
            queue = woken.unwrap_or_else(std::sync::PoisonError::into_inner).0;
        }
        Work {
            records: queue.producer.batch(),
            barriers: queue.barriers.drain(..).map(|(ticket, _)| ticket).collect(),
            seen: std::mem::take(&mut queue.seen),
            told: std::mem::take(&mut queue.told),
            digests: std::mem::take(&mut queue.digests),
            is_closing: queue.is_closing,
        }
    }

    fn answer_barriers(&self, log: &mut RedisLog, barriers: Vec<T>) -> Result<(), Fault> {
        if barriers.is_empty() {
            return Ok(());
        }
        match log.tail() {
            Ok(tail) => {
                for ticket in barriers {
                    self.follower.tell_at(tail, ticket);
                }
                Ok(())
            }
            Err(fault) => {
                // They are told by whoever looks how long they have waited.
                let long_ago =
                    Instant::now().checked_sub(Duration::from_secs(60)).unwrap_or_else(Instant::now);
                self.common.lock().barriers.extend(barriers.into_iter().map(|ticket| (ticket, long_ago)));
                Err(fault)
            }
        }
    }

    fn show(&mut self, company: &mut Company, seen: &[(PersonId, bool)]) -> Result<(), Fault> {
        for &(person, is_here) in seen {
            self.here.retain(|&one| one != person);
            if is_here {
                self.here.push(person);
            }
        }
        let of = |wanted: bool| -> Vec<PersonId> {
            let is_last = |at: usize, person: PersonId| seen[at + 1..].iter().all(|&(one, _)| one != person);
            let some = seen.iter().enumerate();
            some.filter(|&(at, &(person, is_here))| is_here == wanted && is_last(at, person))
                .map(|(_, &(person, _))| person)
                .collect()
        };
        let (came, went) = (of(true), of(false));
        if came.is_empty() && went.is_empty() { Ok(()) } else { company.show(&came, &went) }
    }

    /// The thread that follows has found the log elsewhere, or kept by another process.
    fn has_moved(&self) -> bool {
        self.common.standing.kept() != self.kept
    }

    fn boot(&self) -> Arc<str> {
        self.common.lock().producer.boot().clone()
    }

    /// What is old enough is given up, by the node whose turn it is.
    fn trim(&mut self, log: &mut RedisLog, company: &mut Company) -> Result<(), Fault> {
        if !self.common.holds_chores.load(Ordering::Relaxed) {
            self.trimming = Trimming::default();
        } else if self.trimming.is_due(Instant::now()) {
            let tail = log.tail()?;
            if let Some(before) = self.trimming.mark(tail, self.beginning.log.keep, Instant::now()) {
                company.trim(before)?;
            }
        }
        Ok(())
    }

    /// This node lives; who else does?
    fn refresh(&self, company: &mut Company) -> Result<Instant, Fault> {
        let round = company.refresh(&self.beginning.card)?;
        if round.here != self.here.len() {
            company.show_all(&self.here)?;
        }
        let boot = self.boot();
        let had = self.common.holds_chores.swap(round.holds_chores, Ordering::Relaxed);
        if had != round.holds_chores {
            log::info!(
                "the chores are {}",
                if round.holds_chores { "this node's" } else { "another node's" }
            );
        }
        let mut fellows = Vec::new();
        for (boot, card) in round.nodes.into_iter().filter(|(other, _)| **other != *boot) {
            let here = company.here_of(&boot)?;
            fellows.push(Fellow { boot, card, here });
        }
        (self.tell)(Told::Company(fellows));
        Ok(Instant::now())
    }
}

/// What is appended goes to the log that was found to be the right one.
fn unknown() -> Fault {
    Fault::Away("another process keeps the log than before, and it is looked at first".into())
}
