//! What wakes the loop for other threads. What need not wait for room in the mailbox is asked for here.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
#[cfg(feature = "testing")]
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use mio::{Poll, Waker};

use super::peer_id::reserved_token;
use crate::protocol::CloseCode;

/// The token of the bell.
pub(super) const BELL: usize = 0;

/// It is rung when there is mail, or when the server is to go down.
#[derive(Debug)]
pub(super) struct Bell {
    sleeper: Sleeper,
    /// Rung, and the loop has not seen it yet: a thousand letters cost one system call.
    rung: AtomicBool,
    stop: AtomicBool,
    /// Asked for, and the loop has not seen it yet: the time in milliseconds, and below it 16 bits of the code. No code
    /// is 0.
    drain: AtomicU64,
}

/// Who is to be woken.
#[derive(Debug)]
enum Sleeper {
    Poll(Waker),
    /// A bench, if it waits: under a lock that has nothing to guard but this, so that no ring is missed.
    #[cfg(feature = "testing")]
    Bench(Mutex<()>, Condvar),
}

impl Bell {
    /// Wakes a loop that sleeps in this poll, with the token [`BELL`].
    pub(super) fn of_poll(poll: &Poll) -> io::Result<Self> {
        let waker = Waker::new(poll.registry(), reserved_token(BELL))?;
        Ok(Bell::of(Sleeper::Poll(waker)))
    }

    /// Wakes whoever waits in [`wait`](Self::wait).
    #[cfg(feature = "testing")]
    pub(super) fn of_bench() -> Self {
        Bell::of(Sleeper::Bench(Mutex::default(), Condvar::new()))
    }

    fn of(sleeper: Sleeper) -> Self {
        Bell { sleeper, rung: AtomicBool::new(false), stop: AtomicBool::new(false), drain: AtomicU64::new(0) }
    }

    /// Waits until it has rung, so long at most. Has it?
    #[cfg(feature = "testing")]
    pub(super) fn wait(&self, time: Duration) -> bool {
        if let Sleeper::Bench(lock, rung) = &self.sleeper {
            let lock = lock.lock().unwrap_or_else(PoisonError::into_inner);
            drop(rung.wait_timeout_while(lock, time, |()| !self.has_rung()));
        }
        self.has_rung()
    }

    #[cfg(feature = "testing")]
    pub(super) fn has_rung(&self) -> bool {
        self.rung.load(Ordering::Acquire)
    }

    /// The loop has seen it. From here on it can be rung again.
    pub(super) fn falls_silent(&self) {
        self.rung.swap(false, Ordering::AcqRel);
    }

    pub(super) fn ask_to_stop(&self) {
        self.stop.store(true, Ordering::Release);
        self.ring();
    }

    pub(super) fn stop_was_asked(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// Of two requests that the loop has not seen, the shorter time counts, and the later code.
    pub(super) fn ask_to_drain(&self, over: Duration, code: CloseCode) {
        let millis = u64::try_from(over.as_millis()).unwrap_or(u64::MAX).min(u64::MAX >> 16);
        let both = |asked: u64| {
            let millis = if asked == 0 { millis } else { millis.min(asked >> 16) };
            Some(millis << 16 | u64::from(code.number()))
        };
        let _ = self.drain.fetch_update(Ordering::AcqRel, Ordering::Acquire, both);
        self.ring();
    }

    /// How the server is to be drained, if that was asked for. It is told once.
    pub(super) fn drain_was_asked(&self) -> Option<(Duration, CloseCode)> {
        if self.drain.load(Ordering::Acquire) == 0 {
            return None;
        }
        let asked = self.drain.swap(0, Ordering::AcqRel);
        let code = CloseCode::new(asked as u16).unwrap_or(CloseCode::NO_STATUS);
        Some((Duration::from_millis(asked >> 16), code))
    }

    pub(super) fn ring(&self) {
        if self.rung.swap(true, Ordering::AcqRel) {
            return;
        }
        match &self.sleeper {
            Sleeper::Poll(waker) => {
                if let Err(error) = waker.wake() {
                    log::error!("the mailbox cannot wake the loop: {error}");
                }
            }
            #[cfg(feature = "testing")]
            Sleeper::Bench(lock, rung) => {
                drop(lock.lock());
                rung.notify_all();
            }
        }
    }
}
