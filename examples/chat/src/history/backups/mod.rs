//! Backups that are made by themselves: a thread of the history makes one now and then, while everybody goes on talking.
//!
//! ```text
//!   plan ──▶ due? ──▶ a copy, as --backup makes it ──▶ chat-20261129T030000Z.db ──▶ the oldest goes
//!                        └── not: a word in the log, and again after ten minutes
//!            what came of it ──▶ Report::Backups
//! ```
//!
//! | file | what it knows |
//! |---|---|
//! | `plan.rs` | what is wanted, and what there is: the words for it |
//! | `schedule.rs` | when the next one is due |
//! | `names.rs` | what they are called |
//! | `shelf.rs` | the folder in which they lie |

mod names;
mod plan;
mod schedule;
mod shelf;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use rusqlite::OpenFlags;

pub(crate) use plan::{BackupPlan, BackupState, MadeBackup};
use schedule::{Now, Schedule};
use shelf::{Inventory, Shelf, mark};

use super::copies::{Beside, Contents, Pace, copy, open, size_text};
use super::faults::GONE;
use super::file::Link;
use super::keeping::Chosen;
use super::{Report, calendar};

/// How the others reach the thread. When they are gone, it ends, and what it was just making with it.
pub(super) struct Backups {
    chosen: Chosen<BackupPlan>,
    bell: SyncSender<()>,
    stop: Arc<AtomicBool>,
}

impl Backups {
    /// The thread's part of it is to be run.
    pub(super) fn of<F>(data: PathBuf, link: Link, plan: BackupPlan, tell: F) -> (Self, Keeper<F>) {
        let (bell, rung) = sync_channel(1);
        let (chosen, stop) = (Chosen::default(), Arc::new(AtomicBool::new(false)));
        let keeper = Keeper { data, link, plan, chosen: chosen.clone(), rung, stop: stop.clone(), tell };
        (Backups { chosen, bell, stop }, keeper)
    }

    /// Another plan. Of several that come while a backup is made, only the last counts. False: nobody makes backups any more.
    pub(super) fn choose(&self, plan: BackupPlan) -> bool {
        self.chosen.set(plan);
        !matches!(self.bell.try_send(()), Err(TrySendError::Disconnected(())))
    }
}

impl Drop for Backups {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

pub(super) struct Keeper<F> {
    data: PathBuf,
    /// The reader's, which knows whether the file is still where it was.
    link: Link,
    plan: BackupPlan,
    chosen: Chosen<BackupPlan>,
    /// Something was chosen.
    rung: Receiver<()>,
    stop: Arc<AtomicBool>,
    tell: F,
}

/// One that is in its place.
struct Made {
    backup: MadeBackup,
    contents: Contents,
    /// What was there before.
    others: Inventory,
}

impl<F> Keeper<F> {
    pub(super) fn run<T>(mut self)
    where
        F: Fn(Report<T>) -> bool,
    {
        let pace = Pace::gentle(self.stop.clone());
        let there = self.look();
        let mut schedule = Schedule::new(self.plan.every, &there.times(), now());
        let mut state = BackupState { last: there.last(), ..BackupState::default() };
        self.tell_state(&mut state, &schedule);
        while !pace.is_stopped() {
            if schedule.is_due(now()) {
                self.try_one(&pace, &mut schedule, &mut state);
                continue;
            }
            match self.next_plan(schedule.patience(now())) {
                Ok(plan) => {
                    self.plan = plan.unwrap_or(self.plan);
                    let there = self.look();
                    schedule = schedule.again(self.plan.every, &there.times(), now());
                    state.last = there.last();
                    self.tell_state(&mut state, &schedule);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn next_plan(&self, patience: Option<Duration>) -> Result<Option<BackupPlan>, RecvTimeoutError> {
        let rung = match patience {
            Some(patience) => self.rung.recv_timeout(patience),
            None => self.rung.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        rung.map(|()| self.chosen.take())
    }

    fn try_one<T>(&self, pace: &Pace, schedule: &mut Schedule, state: &mut BackupState)
    where
        F: Fn(Report<T>) -> bool,
    {
        let began = Instant::now();
        match self.make(pace) {
            Ok(Made { backup, contents, others }) => {
                let (file, size) = (backup.file.display(), size_text(backup.bytes));
                let seconds = began.elapsed().as_secs_f64();
                log::info!("{file} is a backup: {contents}; {size} in {seconds:.1} s");
                self.shelf().tidy(others);
                schedule.made(now());
                (state.last, state.fault) = (Some(backup), None);
            }
            // The chat is ending.
            Err(_) if pace.is_stopped() => return,
            Err(words) => {
                log::error!("no backup was made: {words}");
                schedule.failed(now());
                state.failures += 1;
                state.fault = Some((now().wall, words));
            }
        }
        self.tell_state(state, schedule);
    }

    fn make(&self, pace: &Pace) -> Result<Made, String> {
        let is_there = || if self.link.is_displaced() { Err(GONE.to_owned()) } else { Ok(()) };
        is_there()?;
        let shelf = self.shelf();
        shelf.prepare()?;
        let beside = Beside::of(&shelf.workplace())?;
        let source = open(&self.data, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let mark = mark(&source).map_err(|error| format!("{}: {error}", self.data.display()))?;
        let contents = copy(&source, &self.data, &beside, pace)?;
        let at = now().wall;
        let others = shelf.look(&source, &mark, at);
        drop(source);
        // Another file may have come in its place meanwhile.
        is_there()?;
        let file = shelf.place(at, &others);
        beside.take_its_place(&file)?;
        let bytes = fs::metadata(&file).map_or(0, |metadata| metadata.len());
        Ok(Made { backup: MadeBackup { at, bytes, file }, contents, others })
    }

    /// What an earlier run has left.
    fn look(&self) -> Inventory {
        // Not by a connection that others wait for.
        let source = open(&self.data, OpenFlags::SQLITE_OPEN_READ_WRITE).ok();
        let known = source.and_then(|source| mark(&source).ok().map(|mark| (source, mark)));
        known.map_or_else(Inventory::default, |(source, mark)| self.shelf().look(&source, &mark, now().wall))
    }

    fn shelf(&self) -> Shelf<'_> {
        Shelf { plan: &self.plan, data: &self.data }
    }

    fn tell_state<T>(&self, state: &mut BackupState, schedule: &Schedule)
    where
        F: Fn(Report<T>) -> bool,
    {
        (state.is_planned, state.next) = (self.plan.every.is_some(), schedule.next(now()));
        (self.tell)(Report::Backups(Box::new(state.clone())));
    }
}

fn now() -> Now {
    Now { ticks: Instant::now(), wall: calendar::wall() }
}

#[cfg(test)]
#[test]
fn of_many_plans_the_last_counts() {
    let (link, _) = super::file::open(&super::Data::Memory, super::Durability::Memory).expect("in memory");
    let plan = |keep| BackupPlan { every: None, keep, folder: PathBuf::new(), is_own: false };
    let (backups, keeper) = Backups::of(PathBuf::new(), link, plan(1), ());
    assert!((2..100).all(|keep| backups.choose(plan(keep))), "while a backup is made nobody takes them");
    assert_eq!(keeper.next_plan(Some(Duration::ZERO)), Ok(Some(plan(99))));
    assert_eq!(keeper.next_plan(Some(Duration::ZERO)), Err(RecvTimeoutError::Timeout));
    drop(keeper);
    assert!(!backups.choose(plan(1)));
}
