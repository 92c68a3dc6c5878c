//! What a history is told when it is opened.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::{BackupPlan, Digest, Entry, Place, Wall};
use crate::metrics::Metrics;

/// How sure a message is when its sender gets the offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Synced: it survives a power cut.
    Disk,
    /// Handed to the system: it survives a crash of this program, not of the machine.
    System,
    /// Nowhere: it is gone with the program.
    Memory,
}

/// Where the history is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Data {
    File(PathBuf),
    /// In memory, as with [`Durability::Memory`].
    Memory,
}

#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub data: Data,
    pub durability: Durability,
    /// Events of each room that [`Loaded`] brings along.
    pub recent: usize,
    /// Events that a room keeps. It may have an eighth more for a while, and no more than some hundreds, or what a batch
    /// brings.
    pub keep_messages: u64,
    /// Older ones go, within a minute or so. `None`: age is no reason.
    pub keep_for: Option<Duration>,
    /// Whoever started the program says that the clock on the wall is right.
    pub believe_clock: bool,
    /// Bytes of all pictures together.
    pub keep_pictures: u64,
    /// `None`: none are made by themselves, and cannot be wanted later.
    pub backups: Option<BackupPlan>,
    /// Jobs that may wait, for each of the two threads; and bytes of those that are to be written.
    pub queue: usize,
    pub queue_bytes: usize,
    /// Where it notes what it does.
    pub metrics: Metrics,
    /// `None`: it is alone, and decides itself what is to be done and when.
    pub shared: Option<Shared>,
}

/// What a history needs to know that follows a log which it shares with others.
#[derive(Clone)]
pub(crate) struct Shared {
    /// Proposes an entry: it comes back in its turn. False: not now.
    pub propose: Arc<dyn Fn(Entry) -> bool + Send + Sync>,
    /// What came of the log up to a place, now and then.
    pub passed: Arc<dyn Fn(Place, Digest) + Send + Sync>,
    /// Does this node decide what is to be given up, and when?
    pub holds_chores: Arc<AtomicBool>,
    /// The clock by which all nodes go.
    pub wall: Wall,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("holds_chores", &self.holds_chores).finish_non_exhaustive()
    }
}
