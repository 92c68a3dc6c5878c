//! What this node appends to the log, from the moment in which it is asked for until it has come back. It is pure: the threads beside
//! it have the connections and the clocks.
//!
//! ```text
//!   asked for ─▶ waiting ─▶ sent ─▶ come back, and applied
//!                   ▲          │
//!                   └──────────┘  in doubt: all that has not come back is sent again, in its order
//! ```

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::log::Record;
use crate::history::Whose;

/// Records of one batch.
const BATCH: usize = 256;
const BATCH_BYTES: usize = 8 << 20;

#[derive(Debug)]
pub(crate) struct Producer<T> {
    boot: Arc<str>,
    /// Of what is asked for next.
    next: u64,
    /// All that has not come back, in order. The first `sent` of them are in the log, or on their way there.
    pending: VecDeque<Pending<T>>,
    sent: usize,
    /// Counts how often it was begun again.
    attempt: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Pending<T> {
    record: Record,
    whose: Whose<T>,
    since: Instant,
    weight: usize,
}

impl<T> Producer<T> {
    /// Nobody else is called so.
    pub(crate) fn new(boot: &str) -> Self {
        Producer { boot: boot.into(), next: 1, pending: VecDeque::new(), sent: 0, attempt: 1, bytes: 0 }
    }

    pub(crate) fn boot(&self) -> &Arc<str> {
        &self.boot
    }

    /// Bytes that have not come back.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// Something is to be appended.
    pub(crate) fn ask(&mut self, (entry, blob): (String, Option<Arc<[u8]>>), whose: Whose<T>, now: Instant) {
        let weight = entry.len() + blob.as_ref().map_or(0, |blob| blob.len());
        let record = Record { producer: self.boot.clone(), sequence: self.next, attempt: 0, entry, blob };
        self.next += 1;
        self.bytes += weight;
        self.pending.push_back(Pending { record, whose, since: now, weight });
    }

    /// The next batch, which counts as sent from now on.
    pub(crate) fn batch(&mut self) -> Vec<Record> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        while let Some(pending) = self.pending.get(self.sent).filter(|_| batch.len() < BATCH) {
            if bytes > 0 && bytes + pending.weight > BATCH_BYTES {
                break;
            }
            bytes += pending.weight;
            batch.push(Record { attempt: self.attempt, ..pending.record.clone() });
            self.sent += 1;
        }
        batch
    }

    pub(crate) fn has_batch(&self) -> bool {
        self.sent < self.pending.len()
    }

    /// What became of what was sent is not known: it is sent again.
    pub(crate) fn doubt(&mut self) {
        self.sent = 0;
        self.attempt += 1;
    }

    /// An entry of this node's stands in the log. Whose it is; `None`: it has come before.
    pub(crate) fn came(&mut self, sequence: u64) -> Option<Whose<T>> {
        let first = self.pending.front()?.record.sequence;
        if sequence != first {
            // What comes too early comes again behind what it waits for.
            return None;
        }
        let pending = self.pending.pop_front()?;
        self.sent = self.sent.saturating_sub(1);
        self.bytes -= pending.weight;
        Some(pending.whose)
    }

    /// How long the oldest has waited.
    pub(crate) fn oldest(&self, now: Instant) -> Duration {
        self.pending.front().map_or(Duration::ZERO, |pending| now.saturating_duration_since(pending.since))
    }

    /// Those who have waited for so long: they are told that it is not known what becomes of it. It goes its way all the same.
    pub(crate) fn give_up_waiting(&mut self, patience: Duration, now: Instant) -> Vec<T> {
        let is_over = |pending: &&mut Pending<T>| now.saturating_duration_since(pending.since) >= patience;
        let over = self.pending.iter_mut().take_while(is_over);
        over.filter_map(|pending| match &mut pending.whose {
            Whose::Loop(ticket) => ticket.take(),
            Whose::Chores | Whose::Elsewhere => None,
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(producer: &mut Producer<u32>, ticket: u32, length: usize, now: Instant) {
        producer.ask(("x".repeat(length), None), Whose::Loop(Some(ticket)), now);
    }

    fn sequences(batch: &[Record]) -> Vec<u64> {
        batch.iter().map(|record| record.sequence).collect()
    }

    #[test]
    fn what_has_not_come_back_is_sent_again_in_its_order() {
        let now = Instant::now();
        let mut producer = Producer::new("b");
        (0..3).for_each(|ticket| ask(&mut producer, ticket, 1, now));
        assert_eq!(sequences(&producer.batch()), [1, 2, 3]);
        assert!(producer.batch().is_empty());
        ask(&mut producer, 3, 1, now);
        assert_eq!(producer.came(1), Some(Whose::Loop(Some(0))));
        producer.doubt();
        let again = producer.batch();
        assert_eq!(sequences(&again), [2, 3, 4]);
        assert!(again.iter().all(|record| record.attempt == 2), "by another attempt");
        // What was sent the first time was there after all, and comes twice.
        assert_eq!(producer.came(2), Some(Whose::Loop(Some(1))));
        assert_eq!(producer.came(3), Some(Whose::Loop(Some(2))));
        assert_eq!((producer.came(2), producer.came(3)), (None, None));
        assert_eq!(producer.came(4), Some(Whose::Loop(Some(3))));
        assert!(producer.is_empty() && producer.bytes() == 0);
    }

    #[test]
    fn a_batch_has_an_end_in_records_and_in_bytes() {
        let now = Instant::now();
        let mut producer = Producer::new("b");
        (0..300).for_each(|ticket| ask(&mut producer, ticket, 1, now));
        assert_eq!((producer.batch().len(), producer.batch().len(), producer.batch().len()), (256, 44, 0));
        let mut producer = Producer::new("b");
        (0..3).for_each(|ticket| ask(&mut producer, ticket, 5 << 20, now));
        assert_eq!((producer.batch().len(), producer.batch().len()), (1, 1));
        let mut producer = Producer::new("b");
        ask(&mut producer, 0, 9 << 20, now);
        assert_eq!(producer.batch().len(), 1, "one of any length");
    }

    #[test]
    fn who_has_waited_for_long_is_told_once_and_the_entry_goes_its_way() {
        let now = Instant::now();
        let second = Duration::from_secs(1);
        let mut producer = Producer::new("b");
        ask(&mut producer, 7, 1, now);
        ask(&mut producer, 8, 1, now + second);
        assert_eq!(producer.oldest(now + 2 * second), 2 * second);
        assert_eq!(producer.give_up_waiting(second, now + second), [7]);
        assert_eq!(producer.give_up_waiting(second, now + second), [0; 0]);
        assert_eq!(producer.batch().len(), 2);
        assert_eq!(producer.came(1), Some(Whose::Loop(None)));
        assert_eq!(producer.came(2), Some(Whose::Loop(Some(8))));
    }
}
