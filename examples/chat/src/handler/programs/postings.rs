//! What was said by HTTP and is on its way to the disk: its sender waits for all parts of it.

use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use pollcat::RequestId;

use super::answers::Style;
use super::caller::Caller;
use crate::history::{Done, Entry, Failure, Outcome};

#[derive(Debug, Default)]
pub(in crate::handler) struct Postings {
    waiting: HashMap<RequestId, Posting>,
}

#[derive(Debug, Clone)]
pub(super) struct Posting {
    pub style: Style,
    pub caller: Caller,
    /// When it was read.
    pub read: Instant,
    /// Parts that are not on disk yet.
    pub left: usize,
    /// Those of them that wait for the one before: each is said only if that is.
    pub behind: VecDeque<Entry>,
    /// The first one that could not be stored, and why.
    pub failed: Option<Failure>,
    pub is_held: bool,
}

impl Postings {
    pub(super) fn begin(&mut self, request: RequestId, posting: Posting) {
        self.waiting.insert(request, posting);
    }

    /// It has its answer.
    pub(super) fn forget(&mut self, request: RequestId) {
        self.waiting.remove(&request);
    }

    /// A part has come to the disk, or could not. With the last one: all of it, for the answer.
    pub(super) fn settle(&mut self, request: RequestId, outcome: &Outcome) -> Option<Posting> {
        let posting = self.waiting.get_mut(&request)?;
        posting.left = posting.left.saturating_sub(1);
        match outcome {
            Ok(done) => posting.is_held |= matches!(done, Done::Numbered(_)),
            Err(failure) => {
                posting.failed.get_or_insert_with(|| failure.clone());
                posting.left -= std::mem::take(&mut posting.behind).len();
            }
        }
        if posting.left > 0 { None } else { self.waiting.remove(&request) }
    }

    /// A part is on disk: the one that has waited for that.
    pub(super) fn take_behind(&mut self, request: RequestId) -> Option<Entry> {
        self.waiting.get_mut(&request)?.behind.pop_front()
    }

    pub(super) fn caller(&self, request: RequestId) -> Option<Caller> {
        self.waiting.get(&request).map(|posting| posting.caller)
    }
}
