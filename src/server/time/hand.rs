//! The hand of a clock that is turned by a bench: time stands still while the server works.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Its clones are the same hand.
#[derive(Debug, Clone, Default)]
pub(in crate::server) struct Hand(Arc<AtomicU64>);

impl Hand {
    /// How much time has passed.
    pub(in crate::server) fn shows(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }

    /// Turns it on to a moment; never back.
    pub(in crate::server) fn turn_to(&self, moment: Duration) {
        let nanos = u64::try_from(moment.as_nanos()).unwrap_or(u64::MAX);
        self.0.fetch_max(nanos, Ordering::Relaxed);
    }
}
