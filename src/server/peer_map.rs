//! What an application keeps for each peer.

use super::peer_id::{PeerId, Slot};

/// What an application keeps for each peer. Looking up is an index and a comparison; an id of somebody who
/// has left finds nothing.
///
/// Keep something from [`on_open`](crate::Handler::on_open) to [`on_close`](crate::Handler::on_close), and nothing
/// before: a connection that does not open has no `on_close` in which it would be removed, and its values would stay.
/// What is known before, such as who the client is, travels with the answer ([`Answer::with`](crate::Answer::with)).
///
/// ```
/// use pollcat::{Departure, Handler, Message, PeerId, PeerMap, Peers, Request};
///
/// #[derive(Default)]
/// struct Counting {
///     said: PeerMap<u64>,
/// }
///
/// impl Handler for Counting {
///     fn on_open(&mut self, _: &mut Peers, id: PeerId, _: &Request<'_>) {
///         self.said.insert(id, 0);
///     }
///     fn on_message(&mut self, peers: &mut Peers, from: PeerId, _: Message<'_>) {
///         if let Some(said) = self.said.get_mut(from) {
///             *said += 1;
///             peers.send(from, &format!("message {said}"));
///         }
///     }
///     fn on_close(&mut self, _: &mut Peers, id: PeerId, _: Departure) {
///         self.said.remove(id);
///     }
/// }
/// ```
#[derive(Debug, Clone)]
pub struct PeerMap<T> {
    slots: Vec<Option<(u32, T)>>,
    length: usize,
}

impl<T> PeerMap<T> {
    /// An empty map. It allocates nothing.
    pub fn new() -> Self {
        PeerMap { slots: Vec::new(), length: 0 }
    }

    /// Keeps a value for a peer; returns the one it had. For a peer that has left, and whose slot belongs to somebody
    /// else by now, nothing is kept.
    pub fn insert(&mut self, id: PeerId, value: T) -> Option<T> {
        if !self.has_room_for(id) {
            return None;
        }
        if self.slots.len() <= id.index() {
            self.slots.resize_with(id.index() + 1, || None);
        }
        let before = self.slots[id.index()].replace((id.generation(), value));
        match before {
            // The slot's last owner left without `remove`.
            Some((generation, _)) if generation != id.generation() => None,
            Some((_, value)) => Some(value),
            None => {
                self.length += 1;
                None
            }
        }
    }

    /// The peer's value.
    pub fn get(&self, id: PeerId) -> Option<&T> {
        match self.slots.get(id.index()) {
            Some(Some((generation, value))) if *generation == id.generation() => Some(value),
            _ => None,
        }
    }

    /// The peer's value, to change.
    pub fn get_mut(&mut self, id: PeerId) -> Option<&mut T> {
        match self.slots.get_mut(id.index()) {
            Some(Some((generation, value))) if *generation == id.generation() => Some(value),
            _ => None,
        }
    }

    /// Takes the peer's value out.
    pub fn remove(&mut self, id: PeerId) -> Option<T> {
        self.get(id)?;
        self.length -= 1;
        self.slots[id.index()].take().map(|(_, value)| value)
    }

    /// Has the peer a value here?
    pub fn contains(&self, id: PeerId) -> bool {
        self.get(id).is_some()
    }

    /// The peer's value, to change, made first if there is none. `None` for a peer that has left, and whose slot
    /// belongs to somebody else by now: then nothing is made or kept.
    ///
    /// ```
    /// # fn count(said: &mut pollcat::PeerMap<u64>, from: pollcat::PeerId) {
    /// if let Some(said) = said.get_or_insert_with(from, || 0) {
    ///     *said += 1;
    /// }
    /// # }
    /// ```
    pub fn get_or_insert_with(&mut self, id: PeerId, make: impl FnOnce() -> T) -> Option<&mut T> {
        if !self.contains(id) && self.has_room_for(id) {
            self.insert(id, make());
        }
        self.get_mut(id)
    }

    /// All of them, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (PeerId, &T)> {
        let entries = self.slots.iter().enumerate();
        entries.filter_map(|(slot, entry)| {
            entry.as_ref().map(|(generation, value)| (PeerId::new(Slot::at(slot), *generation), value))
        })
    }

    /// All of them, to change.
    ///
    /// ```
    /// # fn time_out(patience: &mut pollcat::PeerMap<u32>, peers: &mut pollcat::Peers) {
    /// for (id, ticks) in patience.iter_mut() {
    ///     *ticks = ticks.saturating_sub(1);
    ///     if *ticks == 0 {
    ///         peers.send(id, "are you there?");
    ///     }
    /// }
    /// # }
    /// ```
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (PeerId, &mut T)> {
        let entries = self.slots.iter_mut().enumerate();
        entries.filter_map(|(slot, entry)| {
            entry.as_mut().map(|(generation, value)| (PeerId::new(Slot::at(slot), *generation), value))
        })
    }

    /// The values alone.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.iter().map(|(_, value)| value)
    }

    /// The values alone, to change.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.iter_mut().map(|(_, value)| value)
    }

    /// Keeps those for which this is true, and drops the others.
    pub fn retain(&mut self, mut keep: impl FnMut(PeerId, &mut T) -> bool) {
        for (slot, entry) in self.slots.iter_mut().enumerate() {
            if let Some((generation, value)) = entry
                && !keep(PeerId::new(Slot::at(slot), *generation), value)
            {
                *entry = None;
                self.length -= 1;
            }
        }
    }

    /// Drops all of them.
    pub fn clear(&mut self) {
        self.slots.clear();
        self.length = 0;
    }

    /// Does the place of this peer belong to nobody who came later?
    fn has_room_for(&self, id: PeerId) -> bool {
        !matches!(self.slots.get(id.index()), Some(Some((owner, _))) if *owner > id.generation())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }
}

impl<T> Default for PeerMap<T> {
    fn default() -> Self {
        PeerMap::new()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn id(slot: usize, generation: u32) -> PeerId {
        PeerId::new(Slot::at(slot), generation)
    }

    #[test]
    fn a_map_never_confuses_two_owners_of_a_slot() {
        let mut map = PeerMap::new();
        assert_eq!(map.insert(id(2, 0), "old"), None);
        assert_eq!(map.insert(id(2, 0), "newer"), Some("old"));
        assert_eq!((map.get(id(2, 0)), map.get(id(2, 1)), map.get(id(9, 0))), (Some(&"newer"), None, None));
        assert_eq!(map.remove(id(2, 1)), None);
        assert_eq!(map.insert(id(2, 1), "next"), None);
        assert_eq!(map.insert(id(2, 0), "late"), None);
        assert_eq!(map.get_mut(id(2, 0)), None);
        assert_eq!(map.iter().collect::<Vec<_>>(), [(id(2, 1), &"next")]);
        assert_eq!((map.len(), map.remove(id(2, 1)), map.is_empty()), (1, Some("next"), true));
    }

    /// The rules again, slowly: a slot belongs to the youngest who was given something.
    #[derive(Default)]
    struct Slow(HashMap<PeerId, u32>);

    impl Slow {
        fn insert(&mut self, id: PeerId, value: u32) -> Option<u32> {
            if self.0.keys().any(|other| other.index() == id.index() && other.generation() > id.generation())
            {
                return None;
            }
            self.0.retain(|other, _| other.index() != id.index() || *other == id);
            self.0.insert(id, value)
        }

        fn get_or_insert(&mut self, id: PeerId, value: u32) -> Option<&mut u32> {
            if !self.0.contains_key(&id) {
                self.insert(id, value);
            }
            self.0.get_mut(&id)
        }
    }

    fn sorted(entries: impl Iterator<Item = (PeerId, u32)>) -> Vec<(PeerId, u32)> {
        let mut entries: Vec<_> = entries.collect();
        entries.sort_unstable();
        entries
    }

    #[test]
    fn it_does_what_a_slow_map_would() {
        let (mut map, mut slow, mut dice) = (PeerMap::new(), Slow::default(), 1u32);
        for round in 0..50_000 {
            dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let who = id((dice >> 16) as usize % 13, (dice >> 24) % 4);
            match (dice >> 8) % 100 {
                0..40 => assert_eq!(map.insert(who, round), slow.insert(who, round)),
                40..60 => assert_eq!(map.remove(who), slow.0.remove(&who)),
                60..80 => {
                    let made = map.get_or_insert_with(who, || round);
                    assert_eq!(made, slow.get_or_insert(who, round));
                    made.into_iter().for_each(|value| *value += 1);
                    slow.0.get_mut(&who).into_iter().for_each(|value| *value += 1);
                }
                80..85 => {
                    map.retain(|id, value| !(id.index() as u32 + *value).is_multiple_of(3));
                    slow.0.retain(|id, value| !(id.index() as u32 + *value).is_multiple_of(3));
                }
                85..90 => {
                    map.values_mut().for_each(|value| *value ^= round);
                    slow.0.values_mut().for_each(|value| *value ^= round);
                }
                90..95 => {
                    map.iter_mut().for_each(|(id, value)| *value += id.generation());
                    slow.0.iter_mut().for_each(|(id, value)| *value += id.generation());
                }
                95 => (map.clear(), slow.0.clear()).1,
                _ => assert_eq!(map.get_mut(who), slow.0.get_mut(&who)),
            }
            assert_eq!((map.get(who), map.contains(who)), (slow.0.get(&who), slow.0.contains_key(&who)));
            assert_eq!((map.len(), map.is_empty()), (slow.0.len(), slow.0.is_empty()));
            let ours = sorted(map.iter().map(|(id, value)| (id, *value)));
            assert_eq!(ours, sorted(slow.0.iter().map(|(id, value)| (*id, *value))));
            assert!(map.values().eq(map.iter().map(|(_, value)| value)));
        }
    }

    #[test]
    fn nothing_is_made_for_somebody_whose_place_is_taken() {
        let mut map = PeerMap::new();
        map.insert(id(1, 5), "new");
        assert_eq!(map.get_or_insert_with(id(1, 4), || unreachable!("nobody would keep it")), None);
        assert_eq!(map.len(), 1);
    }
}
