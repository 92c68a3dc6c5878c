//! The thread that reads the log, and hands it on to the history.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::common::{Beginning, Common};
use super::cursor::Cursor;
use super::log::{Fault, Most};
use super::redis::{self, RedisLog, presence};
use super::retrying::Retrying;
use super::standing::{Kept, Side};
use super::told::Told;
use crate::history::{Follower, Whose};
use crate::metrics::LogSide;
use crate::token;

/// Of one batch.
pub(super) const MOST: Most = Most { records: 512, bytes: 8 << 20 };
/// While the history has enough to apply, it is asked again this often.
const PAUSE: Duration = Duration::from_millis(5);
/// When nothing comes, it is looked so often whether the chat ends.
const WAIT: Duration = Duration::from_millis(500);
/// When the chat ends, what is on its way is waited for so long.
const LAST: Duration = Duration::from_secs(5);

pub(super) struct Following<T, F> {
    common: Arc<Common<T>>,
    beginning: Arc<Beginning>,
    follower: Follower<T>,
    tell: F,
    cursor: Cursor,
    closing_since: Option<Instant>,
}

impl<T: Send + 'static, F: Fn(Told) -> bool> Following<T, F> {
    pub(super) fn new(
        common: Arc<Common<T>>,
        beginning: Arc<Beginning>,
        follower: Follower<T>,
        tell: F,
    ) -> Self {
        let cursor = beginning.cursor;
        Following { common, beginning, follower, tell, cursor, closing_since: None }
    }

    pub(super) fn run(mut self) {
        let mut retrying = Retrying::default();
        loop {
            match self.serve(&mut retrying) {
                Ok(()) => return,
                Err(fault) => {
                    if self.common.standing.fail(Side::Following, &fault) {
                        log::error!("the log: {fault}");
                        (self.tell)(Told::Changed);
                    }
                }
            }
            let queue = self.common.lock();
            if queue.is_closing {
                return;
            }
            let wait = retrying.next(token::random_number());
            drop(self.common.bell.wait_timeout_while(queue, wait, |queue| !queue.is_closing));
        }
    }

    /// Until the connection breaks, or the chat ends.
    fn serve(&mut self, retrying: &mut Retrying) -> Result<(), Fault> {
        if let Some(words) = self.common.standing.lost() {
            return Err(Fault::Lost(words));
        }
        let found = redis::find(&self.beginning.log)?;
        let mut log = RedisLog::connect(&self.beginning.log, found.at)?;
        let condition =
            self.cursor.check(&mut log, &self.beginning.id).map_err(|fault| found.judge(fault))?;
        self.common.metrics.ends_at(condition.last);
        if self.common.standing.set_kept(Kept { at: found.at, run: condition.run }) {
            log::warn!("the log is kept by another process than before");
        }
        self.common.bell.notify_one();
        let mut now_after = String::new();
        retrying.done();
        if self.common.standing.heal(Side::Following) {
            self.common.metrics.reconnected(LogSide::Follow);
            (self.tell)(Told::Changed);
        }
        loop {
            {
                let queue = self.common.lock();
                let is_over = |since: Instant| since.elapsed() >= LAST;
                if queue.is_closing
                    && (queue.producer.is_empty()
                        || is_over(*self.closing_since.get_or_insert_with(Instant::now)))
                {
                    return Ok(());
                }
            }
            let is_held_up = !self.follower.has_room();
            self.common.is_held_up.store(is_held_up, Ordering::Relaxed);
            if is_held_up {
                std::thread::sleep(PAUSE);
                continue;
            }
            let heard = log.read_both(self.cursor.place(), &now_after, MOST, WAIT)?;
            now_after = heard.now_after;
            for (_, boot, payload) in heard.now {
                if *boot != **self.common.lock().producer.boot() {
                    (self.tell)(match presence(&payload) {
                        Some((came, went)) => Told::Saw { boot, came, went },
                        None => Told::Said { boot, payload },
                    });
                }
            }
            if heard.records.is_empty() {
                continue;
            }
            let ours = self.common.lock().producer.boot().clone();
            let came = |producer: &str, sequence| match *producer == *ours {
                true => self.common.came(sequence),
                false => Whose::Elsewhere,
            };
            let batch = self.cursor.take(heard.records, came)?;
            self.common.read.store(self.cursor.place(), Ordering::Relaxed);
            self.common.metrics.read(self.cursor.place());
            if !self.follower.apply(batch) {
                return Ok(());
            }
        }
    }
}
