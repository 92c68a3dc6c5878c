//! What the loop and the threads of the log share.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::clock::Clock;
use super::codec;
use super::cursor::Cursor;
use super::outbox::Outbox;
use super::producer::Producer;
use super::redis::Where;
use super::standing::Standing;
use crate::history::{Digest, Entry, Shared, Whose};
use crate::metrics::NodeMetrics;

/// When an entry has not come back for so long, nothing more is taken.
const STALL: Duration = Duration::from_secs(1);

/// Why an entry is not taken.
pub(crate) enum NotTaken {
    /// Too much has not come back.
    Full,
    /// In words that say what to do.
    Away(String),
}

/// What the loop and both threads share.
pub(crate) struct Common<T> {
    pub(super) queue: Mutex<Queue<T>>,
    pub(super) bell: Condvar,
    pub(super) standing: Standing,
    pub(super) holds_chores: Arc<AtomicBool>,
    /// The place up to which the log was read.
    pub(super) read: AtomicU64,
    /// The history has enough to apply, and no more of the log is read until it has less.
    pub(super) is_held_up: AtomicBool,
    pub(super) clock: Clock,
    /// In bytes.
    pub(super) limit: usize,
    pub(super) metrics: NodeMetrics,
}

pub(super) struct Queue<T> {
    pub(super) producer: Producer<T>,
    /// Who waits until this node knows what is in the log now, and since when.
    pub(super) barriers: VecDeque<(T, Instant)>,
    pub(super) outbox: Outbox,
    pub(super) is_closing: bool,
}

impl<T> Common<T> {
    pub(crate) fn new(boot: &str, limit: usize, metrics: NodeMetrics) -> Self {
        Common {
            queue: Mutex::new(Queue {
                producer: Producer::new(boot),
                barriers: VecDeque::new(),
                outbox: Outbox::default(),
                is_closing: false,
            }),
            bell: Condvar::new(),
            standing: Standing::new(),
            holds_chores: Arc::default(),
            read: AtomicU64::new(0),
            is_held_up: AtomicBool::new(false),
            clock: Clock::new(),
            limit,
            metrics,
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Queue<T>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn ask(&self, entry: &Entry, whose: Whose<T>) {
        let coded = codec::encode(entry);
        self.lock().producer.ask(coded, whose, Instant::now());
        self.bell.notify_one();
    }

    /// An entry of this node's stands in the log: whose is it?
    pub(super) fn came(&self, sequence: u64) -> Whose<T> {
        let mut queue = self.lock();
        let took = queue.producer.oldest(Instant::now());
        match queue.producer.came(sequence) {
            Some(whose) => {
                self.metrics.came_back(took);
                whose
            }
            // It has come before.
            None => Whose::Loop(None),
        }
    }

    /// Why nothing can be written now.
    pub(super) fn trouble(&self) -> Option<NotTaken> {
        if let Some(words) = self.standing.trouble() {
            return Some(NotTaken::Away(words));
        }
        let queue = self.lock();
        if queue.producer.oldest(Instant::now()) >= STALL {
            return Some(NotTaken::Away(match self.is_held_up.load(Ordering::Relaxed) {
                true => {
                    let entries = self.metrics.entries_behind();
                    format!("this node is {entries} entries behind the log, and applies those first")
                }
                false => "the log has not answered for a second".to_owned(),
            }));
        }
        (queue.producer.bytes() >= self.limit).then_some(NotTaken::Full)
    }
}

impl<T: Send + 'static> Common<T> {
    /// For the history's chores.
    pub(crate) fn shared(self: &Arc<Self>) -> Shared {
        let common = self.clone();
        let propose = move |entry| {
            let is_taken = common.trouble().is_none();
            if is_taken {
                common.ask(&entry, Whose::Chores);
            }
            is_taken
        };
        let common = self.clone();
        let passed = move |place, digest: Digest| {
            let hex = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            common.lock().outbox.compare(place, hex);
            common.bell.notify_one();
        };
        Shared {
            propose: Arc::new(propose),
            passed: Arc::new(passed),
            holds_chores: self.holds_chores.clone(),
            wall: self.clock.wall(),
        }
    }
}

/// Where the threads begin.
pub(crate) struct Beginning {
    pub log: Where,
    pub id: String,
    pub cursor: Cursor,
    /// What other nodes are told of this one, as JSON.
    pub card: String,
}
