//! One buffer for the whole loop, so that connections need none.
//!
//! ```text
//!   page                    page
//!   │           half        │                      │
//!               │ room: what a read brings, from its first byte on
//! ```
//!
//! It begins in the middle of a page, as some processors copy several times more slowly to a place that is a few bytes
//! further into its page than the source is into its own (`benches/NOTES.md`, "read buffer: half a page").

use crate::server::tuning::READ_BUFFER;

const PAGE: usize = 4 << 10;

#[derive(Debug)]
pub(super) struct ReadBuffer {
    memory: Vec<u8>,
    start: usize,
}

impl ReadBuffer {
    pub(super) fn new() -> Self {
        let memory = vec![0; READ_BUFFER + PAGE];
        let in_page = memory.as_ptr().addr() % PAGE;
        ReadBuffer { start: (PAGE + PAGE / 2 - in_page) % PAGE, memory }
    }

    /// What is read goes here.
    #[inline]
    pub(super) fn room(&mut self) -> &mut [u8] {
        &mut self.memory[self.start..][..READ_BUFFER]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_begins_in_the_middle_of_a_page() {
        let mut buffer = ReadBuffer::new();
        assert_eq!(buffer.room().len(), READ_BUFFER);
        assert_eq!(buffer.room().as_ptr().addr() % PAGE, PAGE / 2);
    }
}
