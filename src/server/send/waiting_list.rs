//! What one peer is to receive, as the simplest list that could be: every frame with its length on the wire, and its
//! key. It knows no tape, no blocks and no index; it is told how many bytes the socket has taken. For the tests.

use crate::server::tuning::KEYED;

/// A frame, and whether it may be replaced.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<T> {
    pub(super) what: T,
    pub(super) payload: usize,
    pub(super) key: Option<u64>,
}

#[derive(Debug)]
pub(super) struct WaitingList<T> {
    frames: Vec<Frame<T>>,
    /// So many of them are written, and so many bytes.
    written: (usize, usize),
    pub(super) replaced: u64,
}

impl<T: Copy> Frame<T> {
    pub(super) fn map<U>(&self, what: impl FnOnce(T) -> U) -> Frame<U> {
        Frame { what: what(self.what), payload: self.payload, key: self.key }
    }

    /// RFC 6455 §5.2
    fn length(&self) -> usize {
        let header = match self.payload {
            0..126 => 2,
            126..65_536 => 4,
            _ => 10,
        };
        header + self.payload
    }

    /// How much of a queue it takes.
    fn takes(&self) -> usize {
        self.length() + if self.key.is_some() { KEYED } else { 0 }
    }
}

impl<T: Copy> WaitingList<T> {
    pub(super) fn new() -> Self {
        WaitingList { frames: Vec::new(), written: (0, 0), replaced: 0 }
    }

    pub(super) fn push(&mut self, frame: Frame<T>) {
        self.frames.push(frame);
    }

    pub(super) fn all(&self) -> impl Iterator<Item = T> {
        self.frames.iter().map(|frame| frame.what)
    }

    /// The place of the first frame of which the socket has taken nothing, when it has taken so many bytes in all.
    fn first_unwritten(&mut self, taken: usize) -> usize {
        let (mut place, mut bytes) = self.written;
        while place < self.frames.len() && bytes + self.frames[place].length() <= taken {
            bytes += self.frames[place].length();
            place += 1;
        }
        self.written = (place, bytes);
        place + usize::from(bytes < taken)
    }

    /// How many bytes wait.
    pub(super) fn waiting(&mut self, taken: usize) -> usize {
        self.first_unwritten(taken);
        let (place, bytes) = self.written;
        self.frames[place..].iter().map(Frame::length).sum::<usize>() - (taken - bytes)
    }

    /// For a full socket: of the frames with one key that it has not begun with, the newest takes the place of the
    /// first.
    pub(super) fn replace(&mut self, taken: usize) {
        let mut place = self.first_unwritten(taken);
        while place < self.frames.len() {
            let key = self.frames[place].key;
            let newer = |frame: &Frame<T>| key.is_some() && frame.key == key;
            while let Some(distance) = self.frames[place + 1..].iter().position(newer) {
                self.frames[place] = self.frames.remove(place + 1 + distance);
                self.replaced += 1;
            }
            place += 1;
        }
    }

    /// For a full socket: does this fit, if no more than `limit` bytes may wait? Nothing waits twice under one key.
    pub(super) fn has_room_for(&mut self, frame: &Frame<T>, taken: usize, limit: usize) -> bool {
        let is_older = |other: &&Frame<T>| frame.key.is_some() && other.key == frame.key;
        let older = self.unwritten(taken).iter().find(is_older).map_or(0, Frame::takes);
        let others = self.waiting(taken) + self.extra(taken) - older;
        others == 0 || others + frame.takes() <= limit
    }

    /// What keeping the frames with a key takes beside their bytes.
    pub(super) fn extra(&mut self, taken: usize) -> usize {
        self.unwritten(taken).iter().map(|frame| frame.takes() - frame.length()).sum()
    }

    /// The frames of which the socket has taken nothing.
    fn unwritten(&mut self, taken: usize) -> &[Frame<T>] {
        let first = self.first_unwritten(taken);
        self.frames.get(first..).unwrap_or_default()
    }
}
