//! How fast a copy is made: in steps, with pauses in which whoever else needs the disk and the processor has them.
//!
//! A copy of a gigabyte keeps a disk busy for seconds. What waits meanwhile is every `ack`. So what was written is handed to
//! the disk little by little, and there is a pause after each piece of work as long as that has taken.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Result};

/// A pause is no longer than this, however slow the disk is.
const LONGEST: Duration = Duration::from_millis(100);
/// Looking through a copy has a pause after so long.
const STRETCH: Duration = Duration::from_millis(4);
/// The clock is looked at after so many steps of SQLite's.
const STEPS: i32 = 2_000;

/// What is said of a copy that was stopped.
pub(in crate::history) const STOPPED: &str = "the copy was stopped";

#[derive(Debug, Clone, Default)]
pub(in crate::history) struct Pace {
    is_gentle: bool,
    stop: Arc<AtomicBool>,
}

impl Pace {
    /// Nobody waits for the disk.
    pub(in crate::history) fn full() -> Self {
        Pace::default()
    }

    /// A chat may run. This thread gives way to all others from here on, and ends the copy when it is told to.
    pub(in crate::history) fn gentle(stop: Arc<AtomicBool>) -> Self {
        give_way();
        Pace { is_gentle: true, stop }
    }

    /// May a chat run meanwhile?
    pub(super) fn is_gentle(&self) -> bool {
        self.is_gentle
    }

    /// # Errors
    ///
    /// The copy is to be stopped.
    pub(super) fn check(&self) -> std::result::Result<(), String> {
        if self.is_stopped() { Err(STOPPED.into()) } else { Ok(()) }
    }

    pub(in crate::history) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// After so much work.
    pub(super) fn rest(&self, worked: Duration) {
        if self.is_gentle {
            thread::sleep(worked.min(LONGEST));
        }
    }

    /// Whatever is asked of this connection has pauses, and can be stopped.
    pub(super) fn govern(&self, connection: &Connection) -> Result<()> {
        let (pace, mut since) = (self.clone(), Instant::now());
        let each = move || {
            if since.elapsed() >= STRETCH {
                pace.rest(since.elapsed());
                since = Instant::now();
            }
            pace.is_stopped()
        };
        connection.progress_handler(STEPS, Some(each))
    }
}

/// Where threads have a priority of their own. Elsewhere it would be that of the whole chat.
fn give_way() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, 10);
}
