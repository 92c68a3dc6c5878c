//! The thread that appends to the log, and tells other nodes of this one.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::checks;
use super::common::{Beginning, Common, Queue};
use super::comparing::{Verdict, judge};
use super::log::{Fault, Log, Place};
use super::outbox::Mail;
use super::redis::{Company, LIFE, RedisLog};
use super::retrying::Retrying;
use super::standing::{Kept, Side};
use super::told::{Fellow, Told};
use super::trimming::Trimming;
use crate::history::{Follower, PersonId};
use crate::metrics::LogSide;
use crate::token;

/// Other nodes hear so often that this one lives.
const REFRESH: Duration = Duration::from_secs(2);
/// A node that is further behind than so many entries leaves the chores to others.
const BEHIND: Place = 1000;
/// For so long others may come to the place at which nodes are compared.
const COMPARING: Duration = Duration::from_secs(60);
/// So many places are looked at again: the last ones.
const COMPARED: usize = 4;
/// At the end, what waits is tried to be appended for so long.
const LAST: Duration = Duration::from_secs(3);

pub(super) struct Appending<T, F> {
    common: Arc<Common<T>>,
    beginning: Arc<Beginning>,
    follower: Follower<T>,
    tell: F,
    /// All who are here, for a log that has forgotten it.
    here: BTreeSet<PersonId>,
    /// Who kept the log when it was last connected to.
    kept: Option<Kept>,
    trimming: Trimming,
    /// The places at which nodes were compared lately, and when: others may come there later.
    compared: Vec<(Place, Instant)>,
    /// So many nodes there are, this one too.
    living: usize,
}

/// What is to be done next.
struct Work<T> {
    records: Vec<super::log::Record>,
    barriers: Vec<T>,
    mail: Mail,
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
            here: BTreeSet::new(),
            kept: None,
            trimming: Trimming::default(),
            compared: Vec::new(),
            living: 1,
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
            let waits = |queue: &mut Queue<T>| !queue.is_closing && !self.has_moved();
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
        self.common.standing.see(&condition);
        self.common.metrics.ends_at(condition.last);
        let boot = self.boot();
        let mut company = Company::connect(&self.beginning.log, kept.at, &boot, LIFE)?;
        self.common.lock().producer.doubt();
        // First, for Redis may be too full for anything else.
        self.trim(&mut log)?;
        company.show_all(&self.everybody())?;
        let mut refreshed = self.refresh(&mut log, &mut company)?;
        retrying.done();
        if self.common.standing.heal(Side::Appending) {
            self.common.metrics.reconnected(LogSide::Append);
            (self.tell)(Told::Changed);
        }
        loop {
            let work = self.next(refreshed + REFRESH);
            // If anything fails from here on, the next connection begins with who is here.
            self.note(&work.mail);
            if let Some(words) = self.common.standing.lost() {
                return Err(Fault::Lost(words));
            }
            if self.has_moved() {
                return Err(unknown());
            }
            if !work.records.is_empty() {
                log.append(&work.records)?;
                self.common.metrics.appended(work.records.len());
            }
            self.answer_barriers(&mut log, work.barriers)?;
            show(&mut company, &work.mail)?;
            company.tell(&work.mail.told)?;
            for (place, digest) in work.mail.digests {
                company.report(&self.beginning.id, place, &digest)?;
                let most = self.compared.len().saturating_sub(COMPARED - 1);
                self.compared.drain(..most);
                self.compared.push((place, Instant::now()));
                self.compare(&mut company, place, false)?;
            }
            if work.is_closing && self.common.lock().producer.is_empty() {
                return company.leave();
            }
            if refreshed.elapsed() >= REFRESH {
                let trimmed = self.trim(&mut log);
                refreshed = self.refresh(&mut log, &mut company)?;
                trimmed?;
                for (place, since) in self.compared.clone() {
                    let is_over = since.elapsed() >= COMPARING;
                    self.compare(&mut company, place, is_over)?;
                    self.compared.retain(|(compared, _)| *compared != place || !is_over);
                }
            }
        }
    }

    /// Waits until there is something to do, or it is time to say that this node lives.
    fn next(&self, until: Instant) -> Work<T> {
        let mut queue = self.common.lock();
        if queue.is_closing && !queue.producer.has_batch() {
            // What was sent last is on its way back.
            queue = self.wait(queue, Duration::from_millis(20));
        }
        loop {
            let now = Instant::now();
            let due = queue.outbox.due(now).map_or(until, |due| due.min(until));
            let has_work = queue.producer.has_batch()
                || !queue.barriers.is_empty()
                || queue.is_closing
                || self.has_moved()
                || self.common.standing.lost().is_some();
            if has_work || due <= now {
                return Work {
                    records: queue.producer.batch(),
                    barriers: queue.barriers.drain(..).map(|(ticket, _)| ticket).collect(),
                    mail: queue.outbox.take(now),
                    is_closing: queue.is_closing,
                };
            }
            queue = self.wait(queue, due - now);
        }
    }

    fn wait<'a>(&self, queue: MutexGuard<'a, Queue<T>>, long: Duration) -> MutexGuard<'a, Queue<T>> {
        self.common.bell.wait_timeout(queue, long).unwrap_or_else(PoisonError::into_inner).0
    }

    fn answer_barriers(&self, log: &mut RedisLog, barriers: Vec<T>) -> Result<(), Fault> {
        if barriers.is_empty() {
            return Ok(());
        }
        // If it fails they are not told: nobody waits for this for ever.
        let tail = log.tail()?;
        self.common.metrics.ends_at(tail);
        for ticket in barriers {
            self.follower.tell_at(tail, ticket);
        }
        Ok(())
    }

    fn note(&mut self, mail: &Mail) {
        self.here.extend(&mail.came);
        for person in &mail.went {
            self.here.remove(person);
        }
    }

    fn everybody(&self) -> Vec<PersonId> {
        self.here.iter().copied().collect()
    }

    /// The thread that follows has found the log elsewhere, or kept by another process.
    fn has_moved(&self) -> bool {
        self.common.standing.kept() != self.kept
    }

    /// Has this node come to something else than others?
    fn compare(&mut self, company: &mut Company, place: Place, is_over: bool) -> Result<(), Fault> {
        let boot = self.boot();
        let reports = company.reports(&self.beginning.id, place)?;
        let missing = if is_over { 0 } else { self.living.saturating_sub(reports.len()) };
        match judge(&reports, &boot, missing) {
            Verdict::Same | Verdict::Open => Ok(()),
            Verdict::OthersDiffer => {
                self.compared.retain(|(compared, _)| *compared != place); // once is enough
                log::error!(
                    "up to place {place} of the log another node has come to something else than this one, and stops"
                );
                Ok(())
            }
            Verdict::Differs(theirs) => Err(Fault::Lost(format!(
                "up to place {place} of the log this node has come to something else than another one ({theirs} is there): stop it, and \
                 start it with a backup of a node that is right; and tell the authors of the chat"
            ))),
        }
    }

    fn boot(&self) -> Arc<str> {
        self.common.lock().producer.boot().clone()
    }

    /// What is old enough is given up.
    fn trim(&mut self, log: &mut RedisLog) -> Result<(), Fault> {
        let (keep, now) = (self.beginning.log.keep, Instant::now());
        if self.trimming.is_due(keep, now) {
            let newest = log.note()?;
            log.give_up(self.trimming.until(newest, keep, now))?;
        }
        Ok(())
    }

    /// This node lives; who else does? The chores are for one that follows.
    fn refresh(&mut self, log: &mut RedisLog, company: &mut Company) -> Result<Instant, Fault> {
        let condition = log.look()?;
        checks::is_the_same(&condition, &self.beginning.id)?;
        self.common.standing.see(&condition);
        self.common.metrics.ends_at(condition.last);
        let behind = condition.last.saturating_sub(self.common.read.load(Ordering::Relaxed));
        let follows = self.common.standing.trouble_of(Side::Following).is_none();
        let may_hold = follows && self.follower.has_room() && behind <= BEHIND;
        let round = company.refresh(&self.beginning.card, may_hold)?;
        self.common.metrics.live(round.nodes.len());
        self.common.clock.look(round.clock);
        if round.here != self.here.len() {
            company.show_all(&self.everybody())?;
        }
        let boot = self.boot();
        let had = self.common.holds_chores.swap(round.holds_chores, Ordering::Relaxed);
        if had != round.holds_chores {
            log::info!(
                "the chores are {}",
                if round.holds_chores { "this node's" } else { "another node's" }
            );
        }
        self.living = round.nodes.len();
        let mut fellows = Vec::new();
        for (boot, card) in round.nodes.into_iter().filter(|(other, _)| **other != *boot) {
            let here = company.here_of(&boot)?;
            fellows.push(Fellow { boot, card, here });
        }
        (self.tell)(Told::Company(fellows));
        Ok(Instant::now())
    }
}

fn show(company: &mut Company, mail: &Mail) -> Result<(), Fault> {
    match mail.came.is_empty() && mail.went.is_empty() {
        true => Ok(()),
        false => company.show(&mail.came, &mail.went),
    }
}

/// What is appended goes to the log that was found to be the right one.
fn unknown() -> Fault {
    Fault::Away("another process keeps the log than before, and it is looked at first".into())
}
