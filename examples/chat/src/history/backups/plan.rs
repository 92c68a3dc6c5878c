//! Which backups are wanted, and what there is of them: the words for both.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::history::Millis;
use crate::history::places::{folder, place};

/// What an operator has chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BackupPlan {
    /// `None`: never.
    pub every: Option<Duration>,
    /// So many are kept.
    pub keep: usize,
    pub folder: PathBuf,
    /// Nobody has named the folder: it is made.
    pub is_own: bool,
}

impl BackupPlan {
    /// Without a folder they are beside the history.
    pub(crate) fn new(data: &Path, every: Option<Duration>, keep: usize, named: Option<PathBuf>) -> Self {
        let is_own = named.is_none();
        let folder = named.unwrap_or_else(|| folder(&place(data)).join("backups"));
        BackupPlan { every, keep, folder, is_own }
    }
}

/// What an operator wants to know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct BackupState {
    pub is_planned: bool,
    /// The latest good one; of an earlier run, too.
    pub last: Option<MadeBackup>,
    /// When one is made, by the clock on the wall.
    pub next: Option<Millis>,
    /// Why there is none since, and when that was seen last.
    pub fault: Option<(Millis, String)>,
    /// How many could not be made in this run.
    pub failures: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MadeBackup {
    pub at: Millis,
    pub bytes: u64,
    pub file: PathBuf,
}
