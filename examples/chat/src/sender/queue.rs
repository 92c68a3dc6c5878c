//! What waits for a thread. It has room for few: whoever has more keeps it.

use std::collections::VecDeque;

use super::job::Job;

/// So many wait at most; of slow ones half as many, so that there is room for the others.
pub(super) const ROOM: usize = 64;

#[derive(Debug)]
pub(super) struct Queue<T> {
    waiting: VecDeque<Job<T>>,
    /// Slow ones that are being sent, and how many may be.
    slow: usize,
    most_slow: usize,
}

impl<T> Queue<T> {
    /// Of so many workers half may be busy with slow ones.
    pub(super) fn new(workers: usize) -> Self {
        Queue { waiting: VecDeque::new(), slow: 0, most_slow: workers.div_ceil(2) }
    }

    /// # Errors
    ///
    /// There is no room for it.
    pub(super) fn push(&mut self, job: Job<T>) -> Result<(), Job<T>> {
        let slow = self.waiting.iter().filter(|waiting| waiting.is_slow).count();
        if self.waiting.len() >= ROOM || (job.is_slow && slow >= ROOM / 2) {
            return Err(job);
        }
        self.waiting.push_back(job);
        Ok(())
    }

    /// What has waited longest and may be sent now. Whoever takes it gives it back by [`Queue::done`].
    pub(super) fn pop(&mut self) -> Option<Job<T>> {
        let may = |job: &Job<T>| !job.is_slow || self.slow < self.most_slow;
        let job = self.waiting.iter().position(may).and_then(|at| self.waiting.remove(at))?;
        self.slow += usize::from(job.is_slow);
        Some(job)
    }

    pub(super) fn done(&mut self, was_slow: bool) {
        self.slow -= usize::from(was_slow);
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }
}
