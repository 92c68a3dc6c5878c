//! The threads. There are none before something is to be sent, and then as many as are needed, up to a limit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread;

use ureq::Agent;
use ureq::tls::RootCerts;

use super::job::{Job, Outcome, Request, Sent, Trust};
use super::queue::Queue;
use super::resolver::{Lookup, of_the_system};
use super::{address, place, sending};

/// Sends what it is given. When it is dropped nobody waits for what is under way, and what waits is forgotten: whoever has
/// ordered it knows that nothing has come back.
pub(crate) struct Sender<T> {
    shared: Arc<Shared<T>>,
    most: usize,
}

struct Shared<T> {
    state: Mutex<State<T>>,
    /// Something waits, or it is over.
    changed: Condvar,
    post: Post,
    tell: Box<dyn Fn(Sent<T>) -> bool + Send + Sync>,
}

struct State<T> {
    queue: Queue<T>,
    workers: usize,
    idle: usize,
    is_over: bool,
}

/// The two ways out.
struct Post {
    free: Agent,
    judged: Agent,
    /// Of the settings, which may change.
    hosts: RwLock<Vec<String>>,
}

impl<T: Send + 'static> Sender<T> {
    /// With at most so many threads; `hosts` are those to which members may have something sent. `tell` is called on such a
    /// thread, and says whether anybody still listens.
    pub(crate) fn new(
        workers: usize,
        hosts: Vec<String>,
        tell: impl Fn(Sent<T>) -> bool + Send + Sync + 'static,
    ) -> Self {
        let state = State { queue: Queue::new(workers), workers: 0, idle: 0, is_over: false };
        let post = Post::new(hosts, of_the_system(), None);
        Sender {
            shared: Arc::new(Shared {
                state: state.into(),
                changed: Condvar::new(),
                post,
                tell: Box::new(tell),
            }),
            most: workers,
        }
    }

    /// Other hosts, for what is sent from now on.
    pub(crate) fn set_hosts(&self, hosts: Vec<String>) {
        *self.shared.post.hosts.write().unwrap_or_else(PoisonError::into_inner) = hosts;
    }

    /// # Errors
    ///
    /// There is no room for it now: later.
    pub(crate) fn try_send(&self, job: Job<T>) -> Result<(), Job<T>> {
        let mut state = self.shared.lock();
        if state.workers == 0 && !self.start_worker(&mut state) {
            return Err(job);
        }
        state.queue.push(job)?;
        if state.queue.len() > state.idle && state.workers < self.most {
            self.start_worker(&mut state);
        }
        self.shared.changed.notify_one();
        Ok(())
    }

    fn start_worker(&self, state: &mut State<T>) -> bool {
        let shared = Arc::clone(&self.shared);
        let started = thread::Builder::new().name("sender".into()).spawn(move || shared.work());
        state.workers += usize::from(started.is_ok());
        if let Err(error) = &started {
            log::warn!("no thread to send with: {error}");
        }
        started.is_ok()
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.is_over = true;
        state.queue.clear();
        self.shared.changed.notify_all();
    }
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // Nothing that panics is done while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        while let Some(Job { ticket, request, trust, is_slow: was_slow }) = self.next() {
            let sent = catch_unwind(AssertUnwindSafe(|| self.post.send(request, trust)));
            let (outcome, is_slow) = sent.unwrap_or_else(|_| (Outcome::Failed(BROKEN.into()), true));
            let is_heard = (self.tell)(Sent { ticket, outcome, is_slow });
            let mut state = self.lock();
            state.queue.done(was_slow);
            // A slow one may go now, for which nobody was woken.
            self.changed.notify_one();
            if !is_heard {
                return;
            }
        }
    }

    /// Waits for something to be sent. `None`: it is over.
    fn next(&self) -> Option<Job<T>> {
        let mut state = self.lock();
        loop {
            if state.is_over {
                return None;
            }
            if let Some(job) = state.queue.pop() {
                return Some(job);
            }
            state.idle += 1;
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }
}

/// Of a mistake in here.
const BROKEN: &str = "it could not be sent";

impl Post {
    fn new(hosts: Vec<String>, lookup: Lookup, roots: Option<RootCerts>) -> Self {
        let judged = sending::agent(Arc::clone(&lookup), Some(address::is_open), roots.clone());
        Post { free: sending::agent(lookup, None, roots), judged, hosts: hosts.into() }
    }

    /// Nobody waits for what is being sent: the list is let go of before.
    fn judge(&self, url: &str) -> Result<(), &'static str> {
        place::judge(url, &self.hosts.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn send(&self, request: Request, trust: Trust) -> (Outcome, bool) {
        match trust {
            Trust::Free => sending::send(&self.free, request),
            // Looked at here once more: the list may be another one than when the target was made.
            Trust::Judged => match self.judge(&request.url) {
                Ok(()) => sending::send(&self.judged, request),
                Err(words) => (Outcome::Refused(words.to_owned()), false),
            },
        }
    }
}
