//! What others note. A handle is cheap to copy, and all copies are one; noting takes some nanoseconds and never waits.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::figures::Figures;
use super::health::{State, Verdict, alive, is_up_to_date, ready};
use super::labels::{Attempt, CodeWord, EventKind, HookResult, Person, Room};
use super::node::{NodeMetrics, Stand};
use super::page::Page;

/// The figures of one chat.
#[derive(Debug, Clone)]
pub(crate) struct Metrics(Arc<Noted>);

#[derive(Debug)]
struct Noted {
    began: Instant,
    /// In seconds since 1970.
    began_at: f64,
    figures: Figures,
    /// When the loop turned, in milliseconds since the beginning; 0: it has not begun.
    turned: AtomicU64,
    is_stopping: AtomicBool,
    is_failing: AtomicBool,
    /// Why nothing can be written to the log that is shared with other nodes.
    trouble: Mutex<Option<String>>,
    /// If there is such a log.
    node: OnceLock<NodeMetrics>,
}

/// What the loop's tables hold, as it notes it now and then.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Moment {
    pub people_here: usize,
    pub people_known: usize,
    pub public_rooms: usize,
    pub private_rooms: usize,
    pub direct_rooms: usize,
    pub deliveries_waiting: usize,
    /// Bytes.
    pub store_queue: usize,
    /// So long the oldest has waited for the disk: [`Waits`](super::Waits).
    pub store_wait: Duration,
}

impl Default for Metrics {
    fn default() -> Self {
        let began_at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Metrics(Arc::new(Noted {
            began: Instant::now(),
            began_at: began_at.as_secs_f64(),
            figures: Figures::default(),
            turned: AtomicU64::new(0),
            is_stopping: AtomicBool::new(false),
            is_failing: AtomicBool::new(false),
            trouble: Mutex::new(None),
            node: OnceLock::new(),
        }))
    }
}

#[cfg(test)]
impl Metrics {
    /// Those of a loop that turned once, so long ago.
    pub(super) fn of_a_loop_that_hangs(since: Duration) -> Self {
        let mut noted = Arc::into_inner(Metrics::default().0).expect("it has no copy");
        noted.began = noted.began.checked_sub(since).expect("the machine has run for longer");
        noted.turned = AtomicU64::new(1);
        Metrics(Arc::new(noted))
    }
}

/// By the loop.
impl Metrics {
    /// Why nothing can be written to the log that is shared with other nodes, if that is so.
    pub(crate) fn set_trouble(&self, words: Option<String>) {
        *self.trouble() = words;
    }

    /// How this node stands to that log.
    pub(crate) fn stands(&self, stand: &Stand) {
        self.0.node.get().into_iter().for_each(|node| node.stands(stand));
    }

    /// The loop has come by, and this is how things are.
    pub(crate) fn turned(&self, moment: &Moment) {
        let figures = self.figures();
        figures.people.set(Person::Here, moment.people_here as u64);
        figures.people.set(Person::Known, moment.people_known as u64);
        figures.rooms.set(Room::Public, moment.public_rooms as u64);
        figures.rooms.set(Room::Private, moment.private_rooms as u64);
        figures.rooms.set(Room::Direct, moment.direct_rooms as u64);
        figures.deliveries_waiting.set(moment.deliveries_waiting as u64);
        figures.store_queue.set(moment.store_queue as u64);
        figures.store_wait.set(moment.store_wait);
        if let Some(node) = self.0.node.get() {
            node.look(Duration::from_millis(self.millis()));
        }
        self.0.turned.store(self.millis().max(1), Relaxed);
    }

    /// From now on nobody new is served.
    pub(crate) fn stopping(&self) {
        self.0.is_stopping.store(true, Relaxed);
    }

    pub(crate) fn said(&self, kind: EventKind) {
        self.figures().events.add(kind);
    }

    /// A message was acknowledged, over HTTP too, so long after it was read.
    pub(crate) fn acked(&self, took: Duration) {
        self.figures().ack.note(took);
    }

    /// A request was refused with this code.
    pub(crate) fn refused(&self, code: &str) {
        self.figures().refusals.add(CodeWord::of(code));
    }

    pub(crate) fn hooked(&self, result: HookResult) {
        self.figures().hooks.add(result);
    }

    pub(crate) fn delivered(&self, attempt: Attempt) {
        self.figures().attempts.add(attempt);
    }

    pub(crate) fn delivery_dropped(&self) {
        self.figures().dropped.add(1);
    }
}

/// By the history's threads.
impl Metrics {
    /// A transaction of so many entries is on disk.
    pub(crate) fn stored(&self, entries: usize, took: Duration) {
        self.figures().batch.note(entries as u64);
        self.figures().store.note(took);
        self.0.is_failing.store(false, Relaxed);
    }

    /// It failed: the chat is not ready until something is written again.
    pub(crate) fn not_stored(&self) {
        self.figures().store_errors.add(1);
        self.0.is_failing.store(true, Relaxed);
    }

    /// Something small was written to see whether that is possible again.
    pub(crate) fn store_tried(&self, is_written: bool) {
        self.0.is_failing.store(!is_written, Relaxed);
    }

    /// A log that is shared is applied up to this place; with so many entries of this node's, and of others, since it was told last.
    pub(crate) fn applied(&self, place: u64, own: usize, others: usize) {
        self.0.node.get().into_iter().for_each(|node| node.applied(place, own, others));
    }

    pub(crate) fn is_store_failing(&self) -> bool {
        self.0.is_failing.load(Relaxed)
    }

    /// The last good backup, of this run or an earlier one: when it was made, in milliseconds since 1970, and its bytes. And
    /// how many have failed in this run.
    pub(crate) fn backups(&self, last: Option<(i64, u64)>, failures: u64) {
        let figures = self.figures();
        let (at, bytes) = last.unwrap_or_default();
        figures.backup_made.set(u64::try_from(at / 1_000).unwrap_or(0));
        figures.backup_bytes.set(bytes);
        figures.backup_errors.rise_to(failures);
    }
}

/// By the rest of the program.
impl Metrics {
    /// From now on it is one node of several.
    pub(crate) fn node(&self) -> NodeMetrics {
        self.0.node.get_or_init(NodeMetrics::default).clone()
    }

    pub(crate) fn lines_dropped(&self, lines: u64) {
        self.figures().lines_dropped.add(lines);
    }

    pub(crate) fn reload_failed(&self) {
        self.figures().reloads_failed.add(1);
    }
}

/// For the board.
impl Metrics {
    pub(super) fn write(&self, page: &mut Page) {
        self.figures().write(page);
        self.0.node.get().into_iter().for_each(|node| node.write(page));
    }

    pub(super) fn alive(&self) -> Verdict {
        alive(&self.state())
    }

    pub(super) fn ready(&self) -> Verdict {
        ready(&self.state())?;
        if let Some(words) = self.trouble().clone() {
            return Err(words.replace('\n', " "));
        }
        self.0.node.get().map_or(Ok("ok"), |node| is_up_to_date(&node.behind()))
    }

    fn trouble(&self) -> MutexGuard<'_, Option<String>> {
        self.0.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When the chat began, in seconds since 1970.
    pub(super) fn began_at(&self) -> f64 {
        self.0.began_at
    }

    /// How long ago the loop turned.
    pub(super) fn since_turn(&self) -> Option<Duration> {
        let turned = self.0.turned.load(Relaxed);
        (turned > 0).then(|| Duration::from_millis(self.millis().saturating_sub(turned)))
    }

    fn state(&self) -> State {
        State {
            turned: self.since_turn(),
            is_failing: self.is_store_failing(),
            waits: self.figures().store_wait.get(),
            is_stopping: self.0.is_stopping.load(Relaxed),
            log: self.0.node.get().map(NodeMetrics::places),
        }
    }

    fn figures(&self) -> &Figures {
        &self.0.figures
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.0.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
