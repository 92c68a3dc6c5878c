//! Who is there: a slot for each connection, and its stage. `README.md` has the map of the folder.

pub(in crate::server) mod budget;
pub(in crate::server) mod marks;
pub(in crate::server) mod slot_set;
pub(in crate::server) mod stage;

use super::PeerId;
use super::peer_id::{RESERVED_GENERATION, Slot};
use super::time::deadlines::Deadlines;
use super::time::trip::Trip;
use marks::{Mark, Marks};
use stage::{Cause, Stage};

/// The slots, and those of them that are free.
#[derive(Debug, Default)]
pub(in crate::server) struct Table {
    entries: Vec<Entry>,
    free: Vec<Slot>,
    /// To be vacated when the turn ends.
    dead: Vec<Slot>,
    occupied: usize,
    deadlines: Deadlines,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    generation: u32,
    /// From a Ping to its Pong, the last time that it was measured.
    round_trip: Option<Trip>,
    stage: Stage,
    marks: Marks,
}

impl Table {
    /// Gives a slot to a new connection.
    pub(in crate::server) fn occupy(&mut self) -> PeerId {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.entries.push(Entry::vacant(0));
            Slot::at(self.entries.len() - 1)
        });
        self.entries[slot.index()].stage = Stage::Opening;
        self.occupied += 1;
        self.id(slot)
    }

    /// Takes the slot back. Its generation goes up, so that the old id finds nothing; a slot whose generations are
    /// used up stays empty for good.
    pub(in crate::server) fn vacate(&mut self, slot: Slot) {
        let generation = self.entries[slot.index()].generation + 1;
        self.entries[slot.index()] = Entry::vacant(generation);
        self.deadlines.clear(slot);
        self.occupied -= 1;
        if generation < RESERVED_GENERATION {
            self.free.push(slot);
        }
    }

    /// The slot of this id, if its connection is still there.
    #[inline]
    pub(in crate::server) fn find(&self, id: PeerId) -> Option<Slot> {
        let entry = self.entries.get(id.index())?;
        (entry.generation == id.generation() && entry.stage != Stage::Vacant).then_some(id.slot())
    }

    pub(in crate::server) fn id(&self, slot: Slot) -> PeerId {
        PeerId::new(slot, self.entries[slot.index()].generation)
    }

    #[inline]
    pub(in crate::server) fn stage(&self, slot: Slot) -> Stage {
        self.entries[slot.index()].stage
    }

    /// Moves a connection on. Returns the stage before, if it has moved.
    pub(in crate::server) fn step(&mut self, slot: Slot, cause: Cause) -> Option<Stage> {
        let entry = &mut self.entries[slot.index()];
        if cause == Cause::InputEnded {
            entry.marks.set(Mark::InputEnded);
        }
        let before = entry.stage;
        entry.stage = before.after(cause);
        if entry.stage == Stage::Lingering && entry.marks.has(Mark::InputEnded) {
            entry.stage = entry.stage.after(Cause::InputEnded);
        }
        let after = entry.stage;
        if before != Stage::Dead && after == Stage::Dead {
            self.deadlines.clear(slot);
            self.dead.push(slot);
        }
        (before != after).then_some(before)
    }

    #[inline]
    pub(in crate::server) fn has(&self, slot: Slot, mark: Mark) -> bool {
        self.entries[slot.index()].marks.has(mark)
    }

    pub(in crate::server) fn mark(&mut self, slot: Slot, mark: Mark) {
        self.entries[slot.index()].marks.set(mark);
    }

    /// Takes a mark away. Says whether it was there.
    #[inline]
    pub(in crate::server) fn unmark(&mut self, slot: Slot, mark: Mark) -> bool {
        self.entries[slot.index()].marks.take(mark)
    }

    /// How long the last Ping that was measured took, there and back.
    pub(in crate::server) fn round_trip(&self, slot: Slot) -> Option<Trip> {
        self.entries[slot.index()].round_trip
    }

    pub(in crate::server) fn set_round_trip(&mut self, slot: Slot, trip: Trip) {
        self.entries[slot.index()].round_trip = Some(trip);
    }

    /// How many connections there are, in whatever stage.
    pub(in crate::server) fn count(&self) -> usize {
        self.occupied
    }

    /// Is a connection dead that has not been vacated?
    pub(in crate::server) fn has_dead(&self) -> bool {
        !self.dead.is_empty()
    }

    pub(in crate::server) fn take_dead(&mut self) -> Vec<Slot> {
        std::mem::take(&mut self.dead)
    }

    pub(in crate::server) fn in_stage(&self, stage: Stage) -> Vec<Slot> {
        self.slots(|found| found == stage)
    }

    /// Whatever the stage.
    pub(in crate::server) fn occupied(&self) -> Vec<Slot> {
        self.slots(|found| found != Stage::Vacant)
    }

    fn slots(&self, is_in: impl Fn(Stage) -> bool) -> Vec<Slot> {
        let slots = (0..self.entries.len()).map(Slot::at);
        slots.filter(|&slot| is_in(self.stage(slot))).collect()
    }

    #[inline]
    pub(in crate::server) fn deadlines(&mut self) -> &mut Deadlines {
        &mut self.deadlines
    }

    pub(in crate::server) fn earliest_deadline(&self) -> Option<super::time::deadlines::Tick> {
        self.deadlines.earliest()
    }
}

impl Entry {
    fn vacant(generation: u32) -> Self {
        Entry { generation, round_trip: None, stage: Stage::Vacant, marks: Marks::default() }
    }
}

/// With the way in, the way out and the deadline, that makes 92 bytes of tables for each connection.
const _: () = assert!(size_of::<Entry>() == 8);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_finds_its_connection_and_never_the_next_one_of_the_slot() {
        let mut table = Table::default();
        let first = table.occupy();
        assert_eq!(table.find(first), Some(first.slot()));
        table.vacate(first.slot());
        assert_eq!(table.find(first), None);
        let second = table.occupy();
        assert_eq!(
            (second.slot(), table.find(first), table.find(second)),
            (first.slot(), None, Some(first.slot()))
        );
        assert_eq!(table.count(), 1);
    }

    #[test]
    fn each_of_the_dead_is_told_once() {
        let mut table = Table::default();
        let slot = table.occupy().slot();
        assert_eq!(table.step(slot, Cause::Expired), Some(Stage::Opening));
        assert_eq!((table.step(slot, Cause::Lost), table.take_dead()), (None, vec![slot]));
        assert!(!table.has_dead());
    }

    #[test]
    fn who_has_ended_its_side_before_is_not_lingered_for() {
        let mut table = Table::default();
        let slot = table.occupy().slot();
        table.step(slot, Cause::InputEnded);
        assert_eq!(table.stage(slot), Stage::Ending);
        table.step(slot, Cause::Written);
        assert_eq!(table.take_dead(), [slot]);
    }
}
