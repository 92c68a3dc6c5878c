//! The way of entries to the log and back, as the loop sees it. Nothing here waits.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::appending::Appending;
use super::common::{Beginning, Common, NotTaken};
use super::following::Following;
use super::log::Level;
use super::saying::Saying;
use super::standing::Side;
use super::told::Told;
use crate::history::{Entry, Follower, PersonId, Whose};
use crate::metrics::{Claim, Stand};

/// And when it has been so long, whoever waits for it is told that it is not known what becomes of it.
const PATIENCE: Duration = Duration::from_secs(3);
/// While the log is known to be away, they are told so sooner.
const NO_HOPE: Duration = Duration::from_millis(700);
/// Whoever waits longer for this node to know what others knew is not waited for any more.
const BARRIER: Duration = Duration::from_secs(10);

pub(crate) struct Bus<T> {
    common: Arc<Common<T>>,
    threads: Vec<JoinHandle<()>>,
}

impl<T: Send + 'static> Bus<T> {
    /// Starts both threads. `tell` is how they reach the loop; false: there is none any more.
    pub(crate) fn start(
        common: Arc<Common<T>>,
        beginning: Beginning,
        follower: &Follower<T>,
        tell: impl Fn(Told) -> bool + Send + Clone + 'static,
    ) -> std::io::Result<Self> {
        let beginning = Arc::new(beginning);
        let follow = Following::new(common.clone(), beginning.clone(), follower.clone(), tell.clone());
        let append = Appending::new(common.clone(), beginning, follower.clone(), tell);
        let start =
            |name: &str, work: Box<dyn FnOnce() + Send>| thread::Builder::new().name(name.into()).spawn(work);
        let threads = vec![
            start("log-follow", Box::new(|| follow.run()))?,
            start("log-append", Box::new(|| append.run()))?,
        ];
        Ok(Bus { common, threads })
    }

    /// Puts an entry on its way. It comes back if it is not taken.
    #[expect(clippy::result_large_err, reason = "it is the entry itself that comes back")]
    pub(crate) fn write(&self, entry: Entry, ticket: T) -> Result<(), (Entry, T, NotTaken)> {
        match self.common.trouble() {
            Some(why) => Err((entry, ticket, why)),
            None => {
                self.common.ask(&entry, Whose::Loop(Some(ticket)));
                Ok(())
            }
        }
    }

    /// Why nothing would be taken now, if that is so.
    pub(crate) fn refuses(&self) -> Option<NotTaken> {
        self.common.trouble()
    }

    /// Would so many bytes be taken now?
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        self.waiting_bytes() + bytes <= self.common.limit
    }

    pub(crate) fn waiting_bytes(&self) -> usize {
        self.common.lock().producer.bytes()
    }

    /// The ticket comes back when this node has applied all that is in the log by now, if that is soon. False: it never will.
    pub(crate) fn wait_for_all(&self, ticket: T) -> bool {
        if self.common.standing.lost().is_some() {
            return false;
        }
        let now = Instant::now();
        let mut queue = self.common.lock();
        let is_over = |(_, since): &(T, Instant)| now.saturating_duration_since(*since) >= BARRIER;
        while queue.barriers.front().is_some_and(is_over) {
            queue.barriers.pop_front();
        }
        queue.barriers.push_back((ticket, now));
        drop(queue);
        self.common.bell.notify_one();
        true
    }

    /// Those who have waited too long for their entries.
    pub(crate) fn give_up_waiting(&self) -> Vec<T> {
        let patience = if self.common.standing.trouble().is_some() { NO_HOPE } else { PATIENCE };
        self.common.lock().producer.give_up_waiting(patience, Instant::now())
    }

    /// Other nodes hear who has come or gone here.
    pub(crate) fn show(&self, person: PersonId, is_here: bool) {
        self.common.lock().outbox.see(person, is_here);
        self.common.bell.notify_one();
    }

    /// Other nodes hear this, if nothing comes between.
    pub(crate) fn tell(&self, saying: &Saying) {
        self.common.lock().outbox.tell(saying.to_text(), saying.is_passing(), Instant::now());
        self.common.bell.notify_one();
    }

    pub(crate) fn holds_chores(&self) -> bool {
        self.common.holds_chores.load(Ordering::Relaxed)
    }

    /// Why nothing can be written now; and whether an operator has to see to it.
    pub(crate) fn trouble(&self) -> Option<String> {
        match self.common.trouble()? {
            NotTaken::Full => Some(format!(
                "{} MiB wait for the log, and no more is taken until some of that stands in it",
                self.common.limit >> 20
            )),
            NotTaken::Away(words) => Some(words),
        }
    }

    /// What is large would leave no room for words in the log.
    pub(crate) fn is_nearly_full(&self) -> bool {
        self.common.standing.is_nearly_full()
    }

    /// How this node stands to the log, for those who watch over it.
    pub(crate) fn stand(&self) -> Stand {
        let standing = &self.common.standing;
        let is_lost = standing.lost().is_some();
        Stand {
            can_write: self.trouble().is_none(),
            follows: !is_lost && standing.trouble_of(Side::Following).is_none(),
            is_lost,
            holds_chores: self.holds_chores(),
            claim: standing.level().map(claim),
            waiting_bytes: self.waiting_bytes(),
            people_elsewhere: 0,
        }
    }

    pub(crate) fn level(&self) -> Option<Level> {
        self.common.standing.level()
    }

    /// What waits is appended, if that can be done soon; other nodes hear that this one is gone.
    pub(crate) fn close(self) {
        self.common.lock().is_closing = true;
        self.common.bell.notify_all();
        for thread in self.threads {
            if thread.join().is_err() {
                log::error!("a thread of the log has stopped before its time");
            }
        }
    }
}

fn claim(level: Level) -> Claim {
    match level {
        Level::Replicated => Claim::Replicated,
        Level::Disk => Claim::Disk,
        Level::System => Claim::System,
        Level::Memory => Claim::Memory,
    }
}
