//! Some of the slots, a bit for each. To walk over the few that are left of a crowd costs a look at each 64 of
//! the slots that the crowd had.

use crate::server::peer_id::Slot;

#[derive(Debug, Default)]
pub(in crate::server) struct SlotSet(Vec<u64>);

impl SlotSet {
    pub(in crate::server) fn insert(&mut self, slot: Slot) {
        let word = slot.index() / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (slot.index() % 64);
    }

    pub(in crate::server) fn contains(&self, slot: Slot) -> bool {
        self.0.get(slot.index() / 64).is_some_and(|word| word & 1 << (slot.index() % 64) != 0)
    }

    pub(in crate::server) fn remove(&mut self, slot: Slot) {
        if let Some(word) = self.0.get_mut(slot.index() / 64) {
            *word &= !(1 << (slot.index() % 64));
        }
    }

    /// The first of them from this slot on.
    #[inline]
    pub(in crate::server) fn next(&self, from: usize) -> Option<Slot> {
        let mut word = from / 64;
        let mut bits = self.0.get(word)? & (u64::MAX << (from % 64));
        while bits == 0 {
            word += 1;
            bits = *self.0.get(word)?;
        }
        Some(Slot::at(word * 64 + bits.trailing_zeros() as usize))
    }

    /// The next one from a place on, which moves on: each slot is a place.
    #[inline]
    pub(in crate::server) fn next_at(&self, place: &mut usize) -> Option<Slot> {
        let slot = self.next(*place)?;
        *place = slot.index() + 1;
        Some(slot)
    }

    /// All of them, in order.
    pub(in crate::server) fn iter(&self) -> impl Iterator<Item = Slot> {
        std::iter::successors(self.next(0), |&slot| self.next(slot.index() + 1))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn it_holds_what_a_slow_set_would() {
        let (mut slots, mut slow, mut dice) = (SlotSet::default(), BTreeSet::new(), 1u32);
        for _ in 0..2_000 {
            dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let slot = Slot::at(dice as usize >> 24);
            if dice & 1 << 20 == 0 {
                slots.insert(slot);
                slow.insert(slot);
            } else {
                slots.remove(slot);
                slow.remove(&slot);
            }
            assert!(slots.iter().eq(slow.iter().copied()));
        }
        assert_eq!((slots.next(256), slots.next(1 << 20)), (None, None));
    }

    #[test]
    fn two_of_a_crowd_are_found_with_few_looks() {
        let mut slots = SlotSet::default();
        (0..15_000).for_each(|slot| slots.insert(Slot::at(slot)));
        (0..15_000).filter(|slot| ![3, 14_999].contains(slot)).for_each(|slot| slots.remove(Slot::at(slot)));
        assert!(slots.iter().eq([3, 14_999].map(Slot::at)));
        assert!(slots.0.len() <= 15_000 / 64 + 1);
    }
}
