//! What must be true when all has come to rest: it follows from the log alone, and from what people were answered.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::simulation::{Answer, Asked, Machine, World, words};
use crate::history::{Node, Outcome};
use crate::nodes::codec;

impl World<'_> {
    pub(super) fn check(&self, template: &Node) {
        let records = self.server.records();
        // By the log alone: what counts is the next one of its producer.
        let mut oracle = Node::like(template);
        let mut counts: HashMap<Arc<str>, u64> = HashMap::new();
        let mut outcomes: BTreeMap<(Arc<str>, u64), Outcome> = BTreeMap::new();
        for record in &records {
            let count = counts.entry(record.producer.clone()).or_default();
            if record.sequence == *count + 1 {
                *count += 1;
                let entry = codec::decode(&record.entry, None).expect("an entry");
                let outcome = oracle.apply_shared(&entry);
                outcomes.insert((record.producer.clone(), record.sequence), outcome);
            }
        }
        let expected = oracle.tables();
        let mut first: Option<&Machine> = None;
        for machine in &self.machines {
            let run = machine.run.as_ref().expect("it runs");
            if run.lost.is_some() {
                assert!(self.has_lost, "the log has lost nothing: {:?}", run.lost);
                continue;
            }
            assert_eq!(machine.disk.place(), records.len() as u64, "it has come to the end of the log");
            assert!(run.producer.is_empty() && run.inbox.is_empty(), "all has come back");
            assert_eq!(
                machine.disk.tables(),
                expected,
                "what stands in the log has happened, and nothing else"
            );
            let first = *first.get_or_insert(machine);
            assert_eq!(machine.disk.producers(), first.disk.producers());
            assert_eq!(machine.disk.digest(), first.disk.digest());
            let waits = |asked: &&Asked| asked.answer == Answer::Waits && asked.boot == *run.producer.boot();
            assert_eq!(self.asked.iter().filter(waits).count(), 0, "somebody waits for an answer");
            self.check_texts(&machine.disk.texts());
        }
        for asked in &self.asked {
            let Answer::Came(outcome) = &asked.answer else { continue };
            match outcomes.get(&(asked.boot.clone(), asked.sequence)) {
                Some(it) if !self.has_lost => assert_eq!(outcome, it, "it was answered what has happened"),
                None => assert!(self.has_lost, "what was answered is not there: {:?}", asked.entry),
                Some(_) => {}
            }
        }
    }

    /// Each once, and those of one run in the order in which they were asked for, without a gap.
    fn check_texts(&self, texts: &[String]) {
        let mut counts: HashMap<&str, u32> = HashMap::new();
        for text in texts {
            *counts.entry(text).or_default() += 1;
        }
        assert!(counts.values().all(|count| *count == 1), "something is said twice: {texts:?}");
        let mut lasts: HashMap<&str, u32> = HashMap::new();
        for (boot, number) in texts.iter().filter_map(|text| text.split_once(' ')) {
            if boot != "key" {
                let last = lasts.entry(boot).or_default();
                *last += 1;
                assert_eq!(number, last.to_string(), "{boot} says one after the other: {texts:?}");
            }
        }
        for asked in self.asked.iter().filter(|_| !self.has_lost) {
            if let (Answer::Came(Ok(_)), Some(text)) = (&asked.answer, words(&asked.entry)) {
                assert_eq!(counts.get(text), Some(&1), "{text}");
            }
        }
    }
}
