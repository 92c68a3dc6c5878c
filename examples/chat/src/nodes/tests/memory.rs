//! A log in memory, with all that may go wrong with one.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use crate::nodes::log::{Condition, Fault, Level, Log, Most, Place, Record};

/// What keeps the log.
#[derive(Clone)]
pub(super) struct Server(Arc<Mutex<Kept>>);

struct Kept {
    id: String,
    level: Level,
    records: Vec<Record>,
    /// On their way, over connections that nobody waits at any more.
    late: Vec<Vec<Record>>,
    /// Connections that were made before are cut.
    cuts: u64,
    run: u64,
    /// It is a replica.
    refuses: bool,
    /// So many of the records are on the disks of its replicas, and whether those follow now.
    copied: usize,
    is_copied: bool,
}

/// What becomes of a batch, and what its producer hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Taken,
    /// Taken, and the producer does not hear of it.
    ReplyLost,
    NotTaken,
    /// It comes after the producer has given up waiting.
    Late,
    /// Something on the way delivers it twice.
    Twice,
}

pub(super) struct MemoryLog {
    server: Server,
    cut: u64,
    pub(super) fate: Fate,
}

impl Server {
    pub(super) fn new(id: &str, level: Level) -> Self {
        Server(Arc::new(Mutex::new(Kept {
            id: id.to_owned(),
            level,
            records: Vec::new(),
            late: Vec::new(),
            cuts: 0,
            run: 0,
            refuses: false,
            copied: 0,
            is_copied: true,
        })))
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap()
    }

    pub(super) fn connect(&self) -> MemoryLog {
        MemoryLog { server: self.clone(), cut: self.kept().cuts, fate: Fate::Taken }
    }

    pub(super) fn records(&self) -> Vec<Record> {
        self.kept().records.clone()
    }

    pub(super) fn cut(&self) {
        self.kept().cuts += 1;
    }

    pub(super) fn deliver_late(&self) {
        let mut kept = self.kept();
        if !kept.refuses && !kept.late.is_empty() {
            let late = kept.late.remove(0);
            kept.records.extend(late);
        }
    }

    /// It takes nothing until it is promoted again.
    pub(super) fn demote(&self) {
        let mut kept = self.kept();
        kept.refuses = true;
        kept.cuts += 1;
        kept.late.clear();
    }

    pub(super) fn promote(&self) {
        let mut kept = self.kept();
        if std::mem::take(&mut kept.refuses) {
            kept.run += 1;
            kept.cuts += 1;
        }
    }

    /// Its replicas follow it from now on, or do not.
    pub(super) fn set_copied(&self, is_copied: bool) {
        self.kept().is_copied = is_copied;
    }

    /// It begins again without its last ones, unless its disk has them. How many it has lost of which somebody may know.
    pub(super) fn lose(&self, count: usize) -> usize {
        let mut kept = self.kept();
        let count = match kept.level {
            // One of its replicas takes its place.
            Level::Replicated => count.min(kept.records.len() - kept.copied),
            Level::Disk => 0,
            Level::System | Level::Memory => count.min(kept.records.len()),
        };
        let left = kept.records.len() - count;
        kept.records.truncate(left);
        kept.late.clear();
        kept.run += 1;
        kept.cuts += 1;
        if kept.level == Level::Replicated { 0 } else { count }
    }
}

impl Kept {
    fn wait_for_replicas(&mut self) -> Result<(), Fault> {
        match self.level {
            Level::Replicated if self.is_copied => self.copied = self.records.len(),
            Level::Replicated => return Err(Fault::Away("its replicas do not follow".to_owned())),
            Level::Disk | Level::System | Level::Memory => {}
        }
        Ok(())
    }
}

impl MemoryLog {
    fn reach(&self) -> Result<MutexGuard<'_, Kept>, Fault> {
        let kept = self.server.kept();
        if kept.cuts != self.cut {
            return Err(Fault::Away("the connection is cut".to_owned()));
        }
        if kept.refuses {
            return Err(Fault::Refused("it is a replica".to_owned()));
        }
        Ok(kept)
    }
}

impl Log for MemoryLog {
    fn look(&mut self) -> Result<Condition, Fault> {
        let mut kept = self.reach()?;
        kept.wait_for_replicas()?;
        Ok(Condition {
            id: Some(kept.id.clone()),
            level: kept.level,
            run: kept.run.to_string(),
            first: 1,
            last: kept.records.len() as Place,
            filled: None,
        })
    }

    fn found(&mut self, _: &str, _: &Record) -> Result<bool, Fault> {
        self.reach().map(|_| false)
    }

    fn append(&mut self, records: &[Record]) -> Result<(), Fault> {
        let mut kept = self.reach()?;
        let copies = match self.fate {
            Fate::Taken | Fate::ReplyLost => 1,
            Fate::Twice => 2,
            Fate::NotTaken => 0,
            Fate::Late => {
                kept.late.push(records.to_vec());
                0
            }
        };
        for _ in 0..copies {
            kept.records.extend_from_slice(records);
        }
        match self.fate {
            Fate::Taken | Fate::Twice => Ok(()),
            Fate::ReplyLost | Fate::NotTaken | Fate::Late => Err(Fault::Away("no answer".to_owned())),
        }
    }

    fn read(&mut self, after: Place, most: Most, _: Duration) -> Result<Vec<(Place, Record)>, Fault> {
        let mut kept = self.reach()?;
        kept.wait_for_replicas()?;
        let behind = kept.records.iter().skip(after as usize).take(most.records);
        Ok((after + 1..).zip(behind.cloned()).collect())
    }

    fn tail(&mut self) -> Result<Place, Fault> {
        self.reach().map(|kept| kept.records.len() as Place)
    }
}
