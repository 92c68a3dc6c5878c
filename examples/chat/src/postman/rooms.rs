//! What goes out of rooms: all that is said there, in order, in bites.

use std::collections::{BTreeMap, BTreeSet};

use super::now::{DISK_PAUSE, Now};
use crate::history::{Entry, Millis, Number, Offset, Outcome, RoomId, StoredDelivery};
use crate::model::Model;

/// The most events in one delivery.
pub(crate) const BITE: u64 = 100;

/// Behind which event the words of a delivery are looked up. Somebody is told of the latest: it is what made them be told.
pub(crate) fn looked_up_after(stored: &StoredDelivery) -> Offset {
    stored.after.max(stored.delivery.upto.saturating_sub(BITE))
}

#[derive(Debug, Default)]
pub(super) struct Rooms {
    /// Rooms in which something may not have gone out yet.
    open: BTreeSet<RoomId>,
    /// What is on its way to the disk.
    planned: BTreeSet<(Number, RoomId)>,
    /// The disk did not take it: not before then again.
    not_before: BTreeMap<(Number, RoomId), Millis>,
}

impl Rooms {
    pub(super) fn new(model: &Model) -> Self {
        Rooms {
            open: model.targets().filter_map(|stored| stored.target.serves.room()).collect(),
            ..Rooms::default()
        }
    }

    pub(super) fn note_said(&mut self, room: RoomId) {
        self.open.insert(room);
    }

    pub(super) fn planned(&mut self, target: Number, room: RoomId, noted: &Outcome, now: Millis) {
        let place = (target, room);
        self.planned.remove(&place);
        if noted.is_err() {
            self.not_before.insert(place, now + DISK_PAUSE);
        }
    }

    /// One delivery at a time for each target: what is said meanwhile goes with the next one.
    pub(super) fn plan(&mut self, model: &Model, now: Now, is_ready: impl Fn(Number) -> bool) -> Vec<Entry> {
        self.not_before.retain(|_, at| *at > now.ticks);
        let mut entries = Vec::new();
        let mut done = Vec::new();
        for &room in &self.open {
            let last = model.room(room).map_or(0, |room| room.last());
            let mut is_open = false;
            for stored in model.targets_of_room(room).filter(|stored| !stored.is_off && stored.upto < last) {
                is_open = true;
                let place = (stored.number, room);
                if self.planned.contains(&place)
                    || self.not_before.contains_key(&place)
                    || model.waits(stored.number, room)
                    || !is_ready(stored.number)
                {
                    continue;
                }
                let after =
                    stored.upto.max(model.room(room).map_or(0, |room| room.first().saturating_sub(1)));
                let upto: Offset = last.min(after + BITE);
                self.planned.insert(place);
                let targets = vec![stored.number];
                entries.push(Entry::Dispatch { whom: None, targets, room, after, upto, at: now.calendar });
            }
            if !is_open {
                done.push(room);
            }
        }
        done.iter().for_each(|room| _ = self.open.remove(room));
        entries
    }
}
