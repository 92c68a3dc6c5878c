//! SQLite's log (`chat.db-wal`), in which everything stands before it is copied to where it belongs.
//!
//! Left to itself it is copied when it has become long, which takes a quiet chat weeks. Until then a copy of `chat.db`
//! alone has nothing of it, and what somebody has taken back still stands in it. So it is copied when it has been quiet
//! for a second, and cut to nothing within a minute, at once after an erasure.

use std::time::{Duration, Instant};

use rusqlite::{Connection, Result};

/// So long after the last write.
const QUIET: Duration = Duration::from_secs(1);
/// So long after the first write.
const MINUTE: Duration = Duration::from_secs(60);
/// Somebody still reads from it.
const AGAIN: Duration = Duration::from_secs(5);
/// How long those who want to write wait for somebody who reads: a slice of a search, and not another program.
const PATIENCE: Duration = Duration::from_millis(25);

/// What is to be done with it, and when. Pure.
#[derive(Debug, Default)]
pub(super) struct Wal {
    copy_at: Option<Instant>,
    cut_at: Option<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Task {
    /// Copies it, and keeps nobody waiting.
    Copy,
    /// Copies it, and leaves nothing of it.
    Cut,
}

impl Wal {
    pub(super) fn wrote(&mut self, now: Instant) {
        self.copy_at = Some(now + QUIET);
        self.cut_at.get_or_insert(now + MINUTE);
    }

    /// Something was written that takes words back.
    pub(super) fn erased(&mut self, now: Instant) {
        self.wrote(now);
        self.cut_at = self.cut_at.min(Some(now + QUIET));
    }

    pub(super) fn due(&self, now: Instant) -> Option<Task> {
        let is_due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        match () {
            () if is_due(self.cut_at) => Some(Task::Cut),
            () if is_due(self.copy_at) => Some(Task::Copy),
            () => None,
        }
    }

    /// When something will be due.
    pub(super) fn next(&self) -> Option<Instant> {
        self.cut_at.into_iter().chain(self.copy_at).min()
    }

    /// Has the log waited for a pause in vain, for so long?
    pub(super) fn is_late(&self, now: Instant, patience: Duration) -> bool {
        self.cut_at.is_some_and(|at| at + patience <= now)
    }

    /// It was tried, and is done or not.
    pub(super) fn tried(&mut self, task: Task, done: bool, now: Instant) {
        self.copy_at = None;
        if task == Task::Cut {
            self.cut_at = (!done).then_some(now + AGAIN);
        }
    }
}

/// Whether all of it was done: others may be reading.
pub(super) fn carry_out(connection: &Connection, task: Task) -> Result<bool> {
    let usual: i64 = connection.pragma_query_value(None, "busy_timeout", |row| row.get(0))?;
    connection.busy_timeout(PATIENCE)?;
    let sql = match task {
        Task::Copy => "PRAGMA wal_checkpoint(PASSIVE)",
        Task::Cut => "PRAGMA wal_checkpoint(TRUNCATE)",
    };
    let busy = connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    connection.busy_timeout(Duration::from_millis(usual.unsigned_abs()))?;
    Ok(busy? == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_copied_in_a_pause_and_cut_within_a_minute() {
        let (start, second) = (Instant::now(), Duration::from_secs(1));
        let mut wal = Wal::default();
        assert_eq!((wal.due(start), wal.next()), (None, None));
        // A word in every half second: no pause, and it is cut all the same.
        for half in 0..120 {
            let now = start + half * second / 2;
            assert_eq!(wal.due(now), None, "{half}");
            wal.wrote(now);
        }
        assert_eq!(wal.due(start + MINUTE), Some(Task::Cut));
        assert!(wal.is_late(start + 2 * MINUTE, MINUTE) && !wal.is_late(start + MINUTE, MINUTE));
        wal.tried(Task::Cut, false, start + MINUTE);
        assert_eq!(wal.next(), Some(start + MINUTE + AGAIN), "somebody reads from it");
        wal.tried(Task::Cut, true, start + MINUTE);
        assert_eq!(wal.next(), None);

        wal.wrote(start);
        assert_eq!(wal.due(start + QUIET), Some(Task::Copy));
        wal.tried(Task::Copy, true, start + QUIET);
        assert_eq!((wal.due(start + 2 * QUIET), wal.next()), (None, Some(start + MINUTE)));
        wal.erased(start + 2 * QUIET);
        assert_eq!(wal.due(start + 3 * QUIET), Some(Task::Cut));
    }
}
