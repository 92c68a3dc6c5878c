//! The members of a topic: a list while they are few, and a bit for each slot where they are many. So one of ten
//! thousand leaves as fast as one of ten, and all of them may leave in one turn.

use crate::server::peer_id::Slot;
use crate::server::table::slot_set::SlotSet;
use crate::server::tuning::FEW_MEMBERS;

#[derive(Debug)]
pub(super) enum Members {
    /// Close together, and in no order.
    Few(Vec<Slot>),
    Many {
        slots: SlotSet,
        count: usize,
    },
}

impl Members {
    pub(super) fn len(&self) -> usize {
        match self {
            Members::Few(slots) => slots.len(),
            Members::Many { count, .. } => *count,
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Slot> {
        let mut place = 0;
        std::iter::from_fn(move || self.next(&mut place))
    }

    /// The next one from a place on, which moves on. A place is one in the list, or a slot.
    #[inline]
    pub(super) fn next(&self, place: &mut usize) -> Option<Slot> {
        match self {
            Members::Few(slots) => {
                let slot = *slots.get(*place)?;
                *place += 1;
                Some(slot)
            }
            Members::Many { slots, .. } => slots.next_at(place),
        }
    }

    /// The caller knows that it is none of them yet.
    pub(super) fn add(&mut self, slot: Slot) {
        match self {
            Members::Few(few) if few.len() < FEW_MEMBERS => few.push(slot),
            Members::Few(few) => {
                let mut slots = SlotSet::default();
                few.iter().for_each(|&slot| slots.insert(slot));
                slots.insert(slot);
                *self = Members::Many { slots, count: few.len() + 1 };
            }
            Members::Many { slots, count } => {
                slots.insert(slot);
                *count += 1;
            }
        }
    }

    /// The caller knows that it is one of them. Those who are left are a list again when they are far fewer: a topic
    /// does not change its mind with each of them.
    pub(super) fn remove(&mut self, slot: Slot) {
        match self {
            Members::Few(few) => {
                if let Some(place) = few.iter().position(|&member| member == slot) {
                    few.swap_remove(place);
                }
            }
            Members::Many { slots, count } => {
                slots.remove(slot);
                *count -= 1;
                if *count <= FEW_MEMBERS / 2 {
                    *self = Members::Few(slots.iter().collect());
                }
            }
        }
    }
}

impl Default for Members {
    fn default() -> Self {
        Members::Few(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// What they say of themselves.
    fn all(members: &Members) -> Vec<Slot> {
        let mut all: Vec<Slot> = members.iter().collect();
        all.sort_unstable();
        assert_eq!(all.len(), members.len());
        all
    }

    #[test]
    fn they_are_the_same_as_a_list_and_as_bits() {
        let (mut members, mut slow, mut dice) = (Members::default(), BTreeSet::new(), 1_u32);
        let (mut lists, mut changes) = (true, 0);
        // Mostly they come, and then mostly they go, twice.
        for step in 0..8_000 {
            dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (slot, comes) = (Slot::at(dice as usize >> 23), (dice >> 8) % 8 != 0);
            if comes == (step / 2_000 % 2 == 0) {
                if slow.insert(slot) {
                    members.add(slot);
                }
            } else if slow.remove(&slot) {
                members.remove(slot);
            }
            assert!(slow.iter().copied().eq(all(&members)));
            let is_list = matches!(members, Members::Few(_));
            changes += usize::from(std::mem::replace(&mut lists, is_list) != is_list);
        }
        assert!(slow.len() < FEW_MEMBERS && changes == 4, "{changes} changes, {} are left", slow.len());
    }

    #[test]
    fn from_any_place_on_and_up_to_it_are_all_of_them() {
        for count in [3, 2 * FEW_MEMBERS] {
            let mut members = Members::default();
            (0..count).for_each(|number| members.add(Slot::at(3 * number)));
            for begin in [0, 1, 2, 7, 3 * count, 9 * count] {
                let mut found = Vec::new();
                for (from, to) in [(begin, usize::MAX), (0, begin)] {
                    let mut place = from;
                    while let Some(slot) = members.next(&mut place)
                        && place <= to
                    {
                        found.push(slot);
                    }
                }
                found.sort_unstable();
                assert_eq!(found, all(&members), "from {begin} of {count}");
            }
        }
    }
}
