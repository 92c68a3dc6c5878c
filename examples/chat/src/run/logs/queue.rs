//! What is logged waits here for the thread that writes it: nobody else ever waits for whoever reads the log.
//!
//! ```text
//!   the loop ──push──▶ [ at most LIMIT bytes ] ──next──▶ the thread ──▶ stderr or a file
//!                        │ full: counted, left out
//! ```

use std::io::{self, ErrorKind, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Bytes that may wait: some thousand lines, a burst of visitors while the disk is slow.
const LIMIT: usize = 1 << 20;

/// How often a stream that cannot be written to without waiting is tried again.
const RETRY: Duration = Duration::from_millis(20);

#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    /// For the thread: there is something to write.
    filled: Condvar,
    /// For those who flush: everything has been written.
    emptied: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Whole lines.
    text: Vec<u8>,
    /// Lines that came behind `text`, and found no room.
    left_out: u64,
    /// The thread is asked to look around, whether or not there is a line.
    is_poked: bool,
    /// The thread waits to be told: only then it costs a system call to tell it.
    is_idle: bool,
}

/// What the thread takes at once.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) text: Vec<u8>,
    /// Lines that are missing behind the text.
    pub(super) left_out: u64,
}

impl Queue {
    /// Adds a line, or counts it. From the first that finds no room, all are left out until the thread comes: what is
    /// missing is missing in one place.
    pub(super) fn push(&self, line: &[u8]) {
        let mut state = self.lock();
        if state.left_out > 0 || state.text.len() + line.len() > LIMIT {
            state.left_out += 1;
        } else {
            state.text.extend_from_slice(line);
        }
        self.wake(state);
    }

    /// Lets [`next`](Self::next) return.
    pub(super) fn poke(&self) {
        let mut state = self.lock();
        state.is_poked = true;
        self.wake(state);
    }

    /// Waits until there is something, or for so long. `spent` is the last batch: its memory is used again.
    pub(super) fn next(&self, mut spent: Batch, patience: Option<Duration>) -> Batch {
        spent.text.clear();
        let until = patience.map(|patience| Instant::now() + patience);
        let mut state = self.lock();
        state.is_idle = true;
        self.emptied.notify_all();
        while state.text.is_empty() && state.left_out == 0 && !state.is_poked {
            state = match until.map(|until| until.saturating_duration_since(Instant::now())) {
                None => self.filled.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => break,
                Some(rest) => self.filled.wait_timeout(state, rest).unwrap_or_else(PoisonError::into_inner).0,
            };
        }
        state.is_idle = false;
        state.is_poked = false;
        Batch {
            text: std::mem::replace(&mut state.text, spent.text),
            left_out: std::mem::take(&mut state.left_out),
        }
    }

    /// Waits until all that was pushed has been written; not for ever, as nobody may be reading. Did it succeed?
    pub(super) fn flush(&self, patience: Duration) -> bool {
        let is_busy = |state: &mut State| !state.is_idle || !state.text.is_empty() || state.left_out > 0;
        let waited = self.emptied.wait_timeout_while(self.lock(), patience, is_busy);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    fn wake(&self, state: MutexGuard<'_, State>) {
        let is_idle = state.is_idle;
        drop(state);
        if is_idle {
            self.filled.notify_one();
        }
    }

    /// Nothing is done under the lock that leaves it half done.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes, however long that takes; what could not be written is the rest.
pub(super) fn write_lines<'t>(out: &mut impl Write, mut text: &'t [u8]) -> &'t [u8] {
    while !text.is_empty() {
        match out.write(text) {
            Ok(0) => break,
            Ok(written) => text = &text[written..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // Somebody else has made our stderr one that does not wait. So it is waited for here.
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(RETRY),
            Err(_) => break,
        }
    }
    text
}

/// How many lines end here.
pub(super) fn lines(text: &[u8]) -> u64 {
    text.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// The logger's way in: it writes a line at a time.
pub(super) struct Entrance(pub(super) std::sync::Arc<Queue>);

impl Write for Entrance {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_finds_no_room_is_counted_and_missing_in_one_place() {
        let queue = Queue::default();
        let line = |number: usize| format!("{number:0>99}\n");
        let room = LIMIT / 100;
        for number in 0..room + 5 {
            queue.push(line(number).as_bytes());
        }
        queue.push(b"a short one would fit, but it comes later\n");
        let batch = queue.next(Batch::default(), None);
        assert_eq!((lines(&batch.text), batch.left_out), (room as u64, 6));
        assert!(batch.text.ends_with(line(room - 1).as_bytes()));
        // It goes on.
        queue.push(b"next\n");
        let batch = queue.next(batch, None);
        assert_eq!((batch.text.as_slice(), batch.left_out), (&b"next\n"[..], 0));
    }

    #[test]
    fn nobody_waits_for_ever() {
        let queue = Queue::default();
        let batch = queue.next(Batch::default(), Some(Duration::ZERO));
        assert_eq!((batch.text.len(), batch.left_out), (0, 0));
        queue.poke();
        queue.next(batch, None);
        // There is no thread that would write it.
        queue.push(b"a line\n");
        assert!(!queue.flush(Duration::from_millis(1)));
    }
}
