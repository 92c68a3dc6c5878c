//! What an application keeps for each peer.

use super::peer_id::{PeerId, Slot};

/// What an application keeps for each peer. Looking up is an index and a comparison; an id of somebody who
/// has left finds nothing.
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
        if self.slots.len() <= id.index() {
            self.slots.resize_with(id.index() + 1, || None);
        }
        if matches!(self.slots[id.index()], Some((owner, _)) if owner > id.generation()) {
            return None;
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

    /// All of them, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (PeerId, &T)> {
        let with_id = |(slot, entry): (usize, &'_ Option<(u32, T)>)| {
            entry.as_ref().map(|(generation, _)| PeerId::new(Slot::at(slot), *generation))
        };
        let ids = self.slots.iter().enumerate().filter_map(with_id);
        ids.filter_map(|id| self.get(id).map(|value| (id, value)))
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
}
