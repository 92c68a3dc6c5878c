//! How far a node has read the log, and whether it may read on.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::log::{Condition, Fault, Log, Most, Place, Record};
use super::{checks, codec};
use crate::history::{Digest, Logged, Whose};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    place: Place,
    /// The record there, by its hash, if that is known.
    last: Option<Digest>,
}

impl Cursor {
    pub(crate) fn new(place: Place, last: Option<Digest>) -> Self {
        Cursor { place, last }
    }

    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// Is it the log that was read so far, and does it go on from there? Looked at whenever it is connected to.
    pub(super) fn check(&self, log: &mut impl Log, id: &str) -> Result<Condition, Fault> {
        let condition = log.look()?;
        checks::is_the_same(&condition, id)?;
        checks::goes_on(&condition, self.place)?;
        self.check_last(log, &condition)?;
        Ok(condition)
    }

    /// Is what stands at the place up to which this node has come still the same? A log that lost its end, and went on, has something
    /// else there: no record is appended twice by the same attempt.
    pub(super) fn check_last(&self, log: &mut impl Log, condition: &Condition) -> Result<(), Fault> {
        let is_kept = (condition.first.max(1)..=condition.last).contains(&self.place);
        let Some(last) = self.last.filter(|_| is_kept) else { return Ok(()) };
        let there = log.read(self.place - 1, Most { records: 1, bytes: 0 }, Duration::ZERO)?;
        match there.first() {
            Some((place, record)) if *place == self.place && hash(record) == last => Ok(()),
            _ => Err(Fault::Lost(format!(
                "the log has lost its end, and has gone on: at place {} stands something else than before. Stop this node, and start it \
                 with a backup of a node that follows the log as it is now",
                self.place
            ))),
        }
    }

    /// What was read next, as the history takes it, as far as it can be understood: it comes to the rest when that is read again.
    /// `came`: whose is this one? Whoever waits for it is to hear of it, so what was asked about is handed on.
    pub(super) fn take<T>(
        &mut self,
        records: Vec<(Place, Record)>,
        mut came: impl FnMut(&str, u64) -> Whose<T>,
    ) -> Result<Vec<Logged<T>>, Fault> {
        let mut batch = Vec::with_capacity(records.len());
        for (place, record) in records {
            let logged = match logged(place, record) {
                Ok(logged) => logged,
                Err(fault) if batch.is_empty() => return Err(fault),
                Err(_) => break,
            };
            let whose = came(&logged.producer, logged.sequence);
            (self.place, self.last) = (place, Some(logged.hash));
            batch.push(Logged { whose, ..logged });
        }
        Ok(batch)
    }
}

/// A record, as the history takes it: another node's, as far as is known.
fn logged<T>(place: Place, record: Record) -> Result<Logged<T>, Fault> {
    let hash = hash(&record);
    let Record { producer, sequence, entry, blob, .. } = record;
    let entry = codec::decode(&entry, blob).map_err(|unreadable| {
        Fault::Blocked(format!(
            "place {place} of the log cannot be read here, and this node stops before it: {unreadable}"
        ))
    })?;
    Ok(Logged { place, producer, sequence, hash, entry, whose: Whose::Elsewhere })
}

/// Of all that a record is.
fn hash(record: &Record) -> Digest {
    let mut hash = Sha256::new();
    hash.update(record.producer.as_bytes());
    hash.update([0]);
    hash.update(record.sequence.to_be_bytes());
    hash.update(record.attempt.to_be_bytes());
    hash.update(record.entry.as_bytes());
    if let Some(blob) = &record.blob {
        hash.update([0]);
        hash.update(blob);
    }
    hash.finalize().into()
}
