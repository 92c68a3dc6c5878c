//! What is on its way: by its name, and by when it is due.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::history::{Delivery, Millis, Number, Offset, RoomId, StoredDelivery};

#[derive(Debug, Default)]
pub(super) struct Deliveries {
    all: BTreeMap<Delivery, StoredDelivery>,
    /// The same ones. Whoever looks for what is due does not look at the others.
    by_due: BTreeSet<(Millis, Delivery)>,
}

impl Deliveries {
    pub(super) fn new(all: Vec<StoredDelivery>) -> Self {
        let mut deliveries = Deliveries::default();
        all.into_iter().for_each(|stored| deliveries.insert(stored));
        deliveries
    }

    /// One that is there already stays as it is.
    pub(super) fn insert(&mut self, stored: StoredDelivery) {
        if let Entry::Vacant(place) = self.all.entry(stored.delivery) {
            self.by_due.insert((stored.due, stored.delivery));
            place.insert(stored);
        }
    }

    /// It is tried again, then. False: there is no such delivery.
    pub(super) fn postpone(&mut self, delivery: Delivery, due: Millis) -> bool {
        let Some(stored) = self.all.get_mut(&delivery) else { return false };
        self.by_due.remove(&(stored.due, delivery));
        self.by_due.insert((due, delivery));
        stored.due = due;
        stored.tries += 1;
        true
    }

    /// False: there was no such delivery.
    pub(super) fn remove(&mut self, delivery: Delivery) -> bool {
        let Some(stored) = self.all.remove(&delivery) else { return false };
        self.by_due.remove(&(stored.due, delivery));
        true
    }

    pub(super) fn remove_each(&mut self, is_one: impl Fn(&Delivery) -> bool) {
        let Deliveries { all, by_due } = self;
        all.retain(|delivery, stored| {
            let is_over = is_one(delivery);
            if is_over {
                by_due.remove(&(stored.due, *delivery));
            }
            !is_over
        });
    }

    /// What a target was to be sent, of all rooms.
    pub(super) fn remove_of(&mut self, target: Number) {
        self.remove_some(self.of(target).collect());
    }

    /// The same, of one room.
    pub(super) fn remove_of_room(&mut self, target: Number, room: RoomId) {
        self.remove_some(self.of_room(target, room).collect());
    }

    fn remove_some(&mut self, these: Vec<Delivery>) {
        these.into_iter().for_each(|delivery| _ = self.remove(delivery));
    }

    // ---- what there is

    pub(super) fn get(&self, delivery: Delivery) -> Option<&StoredDelivery> {
        self.all.get(&delivery)
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// In the order of their names.
    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = &StoredDelivery> {
        self.all.values()
    }

    /// What is due first comes first.
    pub(super) fn by_due(&self) -> impl DoubleEndedIterator<Item = &StoredDelivery> {
        self.by_due.iter().filter_map(|(_, delivery)| self.all.get(delivery))
    }

    pub(super) fn of(&self, target: Number) -> impl Iterator<Item = Delivery> {
        let (first, last) = (RoomId::MIN, RoomId::MAX);
        let [first, last] = [(first, Offset::MIN), (last, Offset::MAX)];
        self.between(target, first, last)
    }

    pub(super) fn of_room(&self, target: Number, room: RoomId) -> impl Iterator<Item = Delivery> {
        self.between(target, (room, Offset::MIN), (room, Offset::MAX))
    }

    fn between(
        &self,
        target: Number,
        first: (RoomId, Offset),
        last: (RoomId, Offset),
    ) -> impl Iterator<Item = Delivery> {
        let name = |(room, upto)| Delivery { target, room, upto };
        self.all.range(name(first)..=name(last)).map(|(delivery, _)| *delivery)
    }
}

#[cfg(test)]
mod tests {
    use pollcat_testing::dice::Dice;

    use super::*;

    /// The obvious way: all of them in a row.
    #[test]
    fn both_tables_hold_the_same_whatever_happens() {
        let mut dice = Dice::new(5);
        let (mut deliveries, mut row) = (Deliveries::default(), Vec::<StoredDelivery>::new());
        for _ in 0..20_000 {
            let (target, room) = (dice.below(4) as Number, dice.below(3) as RoomId);
            let delivery = Delivery { target, room, upto: dice.below(5) as Offset };
            let due = dice.below(20) as Millis;
            let place = row.iter().position(|stored| stored.delivery == delivery);
            match dice.below(12) {
                0..=5 => {
                    let stored = StoredDelivery { delivery, after: 0, made: 0, due, tries: 0 };
                    deliveries.insert(stored.clone());
                    row.extend(place.is_none().then_some(stored));
                }
                6 | 7 => {
                    assert_eq!(deliveries.postpone(delivery, due), place.is_some());
                    if let Some(stored) = place.map(|place| &mut row[place]) {
                        (stored.due, stored.tries) = (due, stored.tries + 1);
                    }
                }
                8 => {
                    assert_eq!(deliveries.remove(delivery), place.is_some());
                    row.retain(|stored| stored.delivery != delivery);
                }
                9 => {
                    deliveries.remove_each(|it| it.room == room && it.upto < delivery.upto);
                    row.retain(|it| it.delivery.room != room || it.delivery.upto >= delivery.upto);
                }
                10 => {
                    deliveries.remove_of_room(target, room);
                    row.retain(|it| (it.delivery.target, it.delivery.room) != (target, room));
                }
                _ => {
                    deliveries.remove_of(target);
                    row.retain(|it| it.delivery.target != target);
                }
            }
            row.sort_by_key(|stored| stored.delivery);
            assert!(deliveries.iter().eq(&row) && deliveries.len() == row.len());
            let mut by_due: Vec<&StoredDelivery> = row.iter().collect();
            by_due.sort_by_key(|stored| (stored.due, stored.delivery));
            assert!(deliveries.by_due().eq(by_due));
        }
    }
}
