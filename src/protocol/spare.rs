//! Memory that long messages leave to the next ones.
//!
//! A message that is not whole in the caller's buffer is put together in memory of its own. If it is long, the
//! allocator asks the kernel for that memory and gives it back afterwards: a page fault for every 4 KiB, and each page
//! cleared first. For 1 MiB that took longer than all that was done with the message. So such memory is kept for the
//! next.
//!
//! No connection owns what is kept here: between messages a connection still owns nothing, and in the middle of a
//! message it borrows memory in proportion to what it has sent.

use std::collections::VecDeque;

/// Less than this the allocator has at hand itself (glibc: up to 128 KiB).
pub(super) const SMALLEST: usize = 64 << 10;

/// In all. Four of the longest messages that are allowed by default: enough if many are put together side by side, as
/// each that begins takes what another has left. More, after a burst, is better off elsewhere.
const MOST: usize = 4 << 20;

#[derive(Debug, Default)]
pub(crate) struct Spare {
    /// The one that was used last is the last: most of it may still be in the processor's cache.
    buffers: VecDeque<Vec<u8>>,
    bytes: usize,
}

impl Spare {
    /// Empty memory with room for `length` bytes, which have arrived: never for more than twice as many. New memory is
    /// not for more than `most` bytes either.
    pub(super) fn take(&mut self, length: usize, most: usize) -> Vec<u8> {
        let fits = |buffer: &Vec<u8>| (length..=2 * length).contains(&buffer.capacity());
        let found = self.buffers.iter().rposition(fits).and_then(|at| self.buffers.remove(at));
        match found {
            Some(buffer) => {
                self.bytes -= buffer.capacity();
                buffer
            }
            // In few sizes, so that it is of use to others.
            None => Vec::with_capacity(length.next_power_of_two().min(most).max(length)),
        }
    }

    /// Keeps memory for others, if it is worth it. The oldest gives way.
    pub(super) fn give(&mut self, mut buffer: Vec<u8>) {
        if !(SMALLEST..=MOST).contains(&buffer.capacity()) {
            return;
        }
        self.bytes += buffer.capacity();
        while self.bytes > MOST
            && let Some(oldest) = self.buffers.pop_front()
        {
            self.bytes -= oldest.capacity();
        }
        buffer.clear();
        self.buffers.push_back(buffer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_last_is_lent_first_but_only_to_those_who_have_sent_half_of_it() {
        let mut spare = Spare::default();
        for size in [64 << 10, 1 << 20, 1 << 20] {
            spare.give(Vec::with_capacity(size));
        }
        let last = spare.buffers[2].as_ptr();
        assert_eq!(spare.take(100 << 10, 1 << 20).capacity(), 128 << 10); // new: there is nothing between
        let lent = spare.take(600 << 10, 1 << 20);
        assert_eq!(lent.as_ptr(), last);
        assert_eq!(spare.take(512 << 10, 1 << 20).capacity(), 1 << 20);
        assert_eq!(spare.take(512 << 10, 1 << 20).capacity(), 512 << 10);
        assert_eq!(spare.bytes, 64 << 10);
    }

    #[test]
    fn new_memory_ends_where_the_message_does() {
        let mut spare = Spare::default();
        assert_eq!(spare.take(70_000, 1 << 20).capacity(), 128 << 10);
        assert_eq!(spare.take(70_000, 80_000).capacity(), 80_000);
        assert_eq!(spare.take(70_000, 70_000).capacity(), 70_000);
    }

    #[test]
    fn what_is_kept_has_a_bound_and_the_oldest_gives_way() {
        let mut spare = Spare::default();
        for size in [SMALLEST - 1, MOST + 1] {
            spare.give(Vec::with_capacity(size));
            assert_eq!((spare.buffers.len(), spare.bytes), (0, 0));
        }
        for _ in 0..100 {
            spare.give(Vec::with_capacity(SMALLEST));
            assert!(spare.bytes <= MOST);
        }
        assert_eq!(spare.bytes, MOST);
        spare.give(Vec::with_capacity(MOST - SMALLEST));
        assert_eq!((spare.buffers.len(), spare.bytes), (2, MOST));
        spare.give(Vec::with_capacity(MOST));
        assert_eq!((spare.buffers.len(), spare.bytes), (1, MOST));
    }
}
