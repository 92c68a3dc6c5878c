//! The latest events of a room, in memory: at most so many, and at most so many bytes.

use std::collections::VecDeque;
use std::ops::Deref;

use crate::history::{Event, Offset, PersonId, RING_BYTES, What};

#[derive(Debug, Default)]
pub(crate) struct Ring {
    events: VecDeque<Event>,
    bytes: usize,
}

impl Ring {
    pub(super) fn new(events: Vec<Event>) -> Self {
        let bytes = events.iter().map(Event::weight).sum();
        Ring { events: events.into(), bytes }
    }

    /// The latest event is kept, however long it is.
    pub(super) fn push(&mut self, event: Event, most: usize) {
        self.bytes += event.weight();
        self.events.push_back(event);
        while self.events.len() > most {
            self.drop_oldest();
        }
        self.shrink(RING_BYTES);
    }

    /// Gives up the oldest until so many bytes are left, or one event.
    pub(super) fn shrink(&mut self, bytes: usize) {
        while self.bytes > bytes && self.events.len() > 1 {
            self.drop_oldest();
        }
    }

    /// What came before `first` is no longer kept.
    pub(super) fn prune(&mut self, first: Offset) {
        while self.events.front().is_some_and(|event| event.offset < first) {
            self.drop_oldest();
        }
    }

    /// What was said there has been taken back.
    pub(super) fn take_back(&mut self, target: Offset) {
        let place = self.events.binary_search_by_key(&target, |event| event.offset);
        if let Some(event) = place.ok().and_then(|place| self.events.get_mut(place)) {
            self.bytes -= event.weight();
            event.what = What::Deleted;
            event.mentions = Vec::new();
            self.bytes += event.weight();
        }
    }

    /// Its author is called otherwise, for good.
    pub(super) fn rename_author(&mut self, author: PersonId, name: &str) {
        for event in self.events.iter_mut().filter(|event| event.author == author) {
            self.bytes -= event.weight();
            name.clone_into(&mut event.author_name);
            self.bytes += event.weight();
        }
    }

    fn drop_oldest(&mut self) {
        if let Some(event) = self.events.pop_front() {
            self.bytes -= event.weight();
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Deref for Ring {
    type Target = VecDeque<Event>;

    fn deref(&self) -> &VecDeque<Event> {
        &self.events
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{PersonId, RINGS_BYTES, RoomId, RoomKind, StoredRoom, Voices};
    use crate::model::room::Room;
    use crate::model::rooms::Rooms;

    fn text(offset: Offset, length: usize) -> Event {
        let what = What::Text("x".repeat(length));
        Event { mentions: vec![2], ..Event::example(offset, what) }
    }

    fn offsets(ring: &Ring) -> Vec<Offset> {
        ring.iter().map(|event| event.offset).collect()
    }

    #[test]
    fn a_ring_holds_so_many_events_and_so_many_bytes() {
        let mut ring = Ring::default();
        (1..=10).for_each(|offset| ring.push(text(offset, 10), 4));
        assert_eq!(offsets(&ring), [7, 8, 9, 10]);
        (11..=20).for_each(|offset| ring.push(text(offset, RING_BYTES / 3), 4));
        assert_eq!(offsets(&ring), [19, 20], "they have a name and numbers, too");
        ring.push(text(21, 2 * RING_BYTES), 4);
        assert_eq!(offsets(&ring), [21], "the latest one, however long");
        ring.push(text(22, 1), 4);
        assert_eq!(offsets(&ring), [22]);
    }

    #[test]
    fn its_bytes_are_those_of_its_events() {
        let mut ring = Ring::new((1..=9).map(|offset| text(offset, 1000)).collect());
        let counted = |ring: &Ring| ring.iter().map(Event::weight).sum::<usize>();
        let before = ring.bytes();
        assert_eq!(before, counted(&ring));
        ring.take_back(4);
        ring.take_back(99);
        assert_eq!((ring.bytes(), before - ring.bytes()), (counted(&ring), 1000 + size_of::<PersonId>()));
        assert!(ring[3].what == What::Deleted && ring[3].mentions.is_empty());
        ring.prune(3);
        ring.shrink(3_000);
        assert_eq!((offsets(&ring), ring.bytes()), (vec![8, 9], counted(&ring)));
        ring.shrink(0);
        assert_eq!(offsets(&ring), [9]);
    }

    #[test]
    fn all_rings_together_have_a_limit() {
        let mut rooms = Rooms::default();
        let stored = |id: RoomId| StoredRoom {
            id,
            kind: RoomKind::Direct,
            name: format!("@{id}:{}", id + 1),
            folded: format!("@{id}:{}", id + 1),
            epoch: "e".into(),
            first: 1,
            last: 0,
            voices: Voices::None,
            uncounted: vec![],
            recent: vec![],
            calls: Vec::new(),
        };
        (0..300).for_each(|id| rooms.insert(Room::new(stored(id))));
        for id in 0..300 {
            (1..=3).for_each(|offset| rooms.push(id, text(offset, 80 << 10), 100));
        }
        let bytes = |rooms: &Rooms| rooms.iter().map(|room| room.recent().bytes()).sum::<usize>();
        let lengths = |rooms: &Rooms| [0, 299].map(|id| rooms.get(id).map(|room| room.recent().len()));
        assert_eq!(
            lengths(&rooms),
            [Some(1), Some(3)],
            "those in which nothing was said for longest give way"
        );
        assert!(bytes(&rooms) <= RINGS_BYTES, "{}", bytes(&rooms));
        rooms.push(0, text(4, 80 << 10), 100);
        assert_eq!(lengths(&rooms), [Some(2), Some(3)]);
        (0..300).for_each(|id| drop(rooms.remove(id)));
        rooms.insert(Room::new(stored(1)));
        (1..=3).for_each(|offset| rooms.push(1, text(offset, 80 << 10), 100));
        assert_eq!(rooms.get(1).map(|room| room.recent().len()), Some(3), "what is gone takes no room");
    }
}
