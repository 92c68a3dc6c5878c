//! The log that several nodes share: what it takes, what it gives back, and how it may fail.
//!
//! It is one row of records. Each has a place in it, 1, 2, 3, … without gaps; the first one founds the log. All nodes read all of it,
//! in the same order.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A record's place in the log: 1, 2, 3, … 0 is before the first.
pub(crate) type Place = u64;

/// What stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// Who has appended it: a run of a node.
    pub producer: Arc<str>,
    /// Counts what a producer appends: 1, 2, 3, … What comes again has the same one, and is dropped everywhere.
    pub sequence: u64,
    /// Which time its producer has tried to append it. What comes again has another one: so two logs that have the same record at the
    /// same place, by all of this, have the same ones before it.
    pub attempt: u64,
    /// The entry, as `codec.rs` writes it.
    pub entry: String,
    /// The bytes of its picture, if it brings one. They are kept beside the log, for as long as it is.
    pub blob: Option<Arc<[u8]>>,
}

/// Why the log has not done what was asked of it, in words for people that say what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It cannot be reached, or has not answered in time. Whether it has taken what was appended is not known.
    Away(String),
    /// It was reached, and takes nothing now: it is a replica, its memory or disk is full, it would evict, a right is missing. What
    /// was to be appended is not in it.
    Refused(String),
    /// It is not the log that this node has followed so far: another one, or an older one. Nothing heals that but an operator.
    Lost(String),
    /// It is that log, and what comes next there cannot be had here: a newer version has written it, or it is not kept any more. What
    /// this node has is right as far as it goes. Nothing heals that but an operator.
    Blocked(String),
}

/// How sure a record is when `append` has returned, and when it is read. What the log does, and not what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// Its disk has it, and the disks of replicas, any of which may take over.
    Replicated,
    /// Its disk has it.
    Disk,
    /// Its memory has it, and its disk within a second or so.
    System,
    /// Only its memory.
    Memory,
}

/// Whose log it is, and how far. Looked at whenever it is connected to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    /// What was drawn when the log was founded; `None`: there is no log.
    pub id: Option<String>,
    pub level: Level,
    /// The process that keeps it: another one has started again, or another machine has taken over.
    pub run: String,
    /// The first that is kept, and the last one that there ever was. 0: there is none.
    pub first: Place,
    pub last: Place,
    /// How full its memory is, in percent of what it may have; `None`: there is no limit.
    pub filled: Option<u64>,
}

/// A log, as one thread sees it: with a connection of its own. Whoever meets a fault makes another one.
pub(crate) trait Log: Send {
    /// What the log is, and whether it may be used at all.
    fn look(&mut self) -> Result<Condition, Fault>;

    /// Makes the log, with this id and this first record, if there is none. False: somebody else was faster.
    fn found(&mut self, id: &str, first: &Record) -> Result<bool, Fault>;

    /// Appends all of these in this order, or none of them. They are as sure as [`Condition::level`] says when it returns.
    fn append(&mut self, records: &[Record]) -> Result<(), Fault>;

    /// What stands behind a place, in order and without a gap, no more than this many records or (after the first of them) bytes.
    /// Waits for so long if there is nothing yet.
    fn read(&mut self, after: Place, most: Most, wait: Duration) -> Result<Vec<(Place, Record)>, Fault>;

    /// The last place, as of now.
    fn tail(&mut self) -> Result<Place, Fault>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Most {
    pub records: usize,
    pub bytes: usize,
}

impl Fault {
    /// Does it last until an operator sees to it?
    pub(crate) fn lasts(&self) -> bool {
        matches!(self, Fault::Lost(_) | Fault::Blocked(_))
    }

    pub(crate) fn words(&self) -> &str {
        match self {
            Fault::Away(words) | Fault::Refused(words) | Fault::Lost(words) | Fault::Blocked(words) => words,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

impl Level {
    /// As the welcome names it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Level::Replicated => "replicated",
            Level::Disk => "disk",
            Level::System => "system",
            Level::Memory => "memory",
        }
    }
}
