//! The chat on a machine, as far as the log goes: what its two threads do, a bit at a time.

use std::collections::VecDeque;
use std::time::Duration;

use super::memory::{Fate, MemoryLog, Server};
use super::simulation::{LOG, Turns};
use crate::history::{Logged, Node, Whose};
use crate::nodes::checks;
use crate::nodes::cursor::Cursor;
use crate::nodes::log::{Fault, Log, Most};
use crate::nodes::producer::Producer;

/// What is gone when the chat ends there.
pub(super) struct Run {
    pub(super) producer: Producer<usize>,
    pub(super) asked: u64,
    pub(super) texts: u32,
    pub(super) cursor: Cursor,
    /// Read, and on its way to the history.
    pub(super) inbox: VecDeque<Logged<usize>>,
    pub(super) appending: Option<MemoryLog>,
    pub(super) following: Option<MemoryLog>,
    /// The process that the thread which follows has found.
    pub(super) kept: Option<String>,
    pub(super) lost: Option<String>,
}

impl Run {
    pub(super) fn new(boot: &str, disk: &Node) -> Self {
        Run {
            producer: Producer::new(boot),
            asked: 0,
            texts: 0,
            cursor: Cursor::new(disk.place(), disk.last()),
            inbox: VecDeque::new(),
            appending: None,
            following: None,
            kept: None,
            lost: None,
        }
    }

    /// A connection breaks; or it is not the log any more.
    fn fail(&mut self, fault: &Fault, turns: &mut Turns) {
        if fault.lasts() && self.lost.is_none() {
            turns.lost += 1;
            turns.lost_at_start += u32::from(self.asked == 0);
            self.lost = Some(fault.words().to_owned());
        }
    }

    /// As the thread that appends does it.
    pub(super) fn append(&mut self, server: &Server, fate: Fate, turns: &mut Turns) {
        if let Err(fault) = self.try_to_append(server, fate) {
            self.appending = None;
            self.fail(&fault, turns);
        }
    }

    fn try_to_append(&mut self, server: &Server, fate: Fate) -> Result<(), Fault> {
        let Some(log) = &mut self.appending else {
            if self.lost.is_none() {
                let mut log = server.connect();
                let condition = log.look()?;
                checks::is_the_same(&condition, LOG)?;
                if self.kept.as_ref() == Some(&condition.run) {
                    self.producer.doubt();
                    self.appending = Some(log);
                }
            }
            return Ok(());
        };
        let batch = self.producer.batch();
        log.fate = fate;
        // It says now and then that it lives, and so hears of a connection that is cut.
        if batch.is_empty() { log.tail().map(drop) } else { log.append(&batch) }
    }

    /// As the thread that follows does it.
    pub(super) fn follow(&mut self, server: &Server, most: usize, turns: &mut Turns) {
        if let Err(fault) = self.try_to_follow(server, most) {
            self.following = None;
            self.fail(&fault, turns);
        }
    }

    fn try_to_follow(&mut self, server: &Server, most: usize) -> Result<(), Fault> {
        let Some(log) = &mut self.following else {
            if self.lost.is_none() {
                let mut log = server.connect();
                let run = self.cursor.check(&mut log, LOG)?.run;
                if self.kept.replace(run.clone()).is_some_and(|before| before != run) {
                    self.appending = None;
                }
                self.following = Some(log);
            }
            return Ok(());
        };
        let most = Most { records: most, bytes: usize::MAX };
        let records = log.read(self.cursor.place(), most, Duration::ZERO)?;
        let boot = self.producer.boot().clone();
        let producer = &mut self.producer;
        let batch = self.cursor.take(records, |whose, sequence| match *whose == *boot {
            true => producer.came(sequence).unwrap_or(Whose::Loop(None)),
            false => Whose::Elsewhere,
        })?;
        self.inbox.extend(batch);
        Ok(())
    }
}
