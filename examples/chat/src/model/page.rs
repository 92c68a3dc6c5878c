//! What the admin page sees of rooms: all of them but private talks, and of private rooms that they are there.

use super::room::Room;
use super::tables::Model;
use crate::history::RoomKind;

impl Model {
    /// The room that is called so: by its name, or `+12` if it is private.
    pub(crate) fn room_on_page(&self, name: &str) -> Option<&Room> {
        self.rooms.called(name).filter(|room| room.kind() != RoomKind::Direct)
    }

    /// Those behind this one: first those that anybody may join, by name; then the private ones, by number.
    pub(crate) fn rooms_on_page(&self, after: &str) -> impl Iterator<Item = &Room> {
        let last = after.strip_prefix('+').and_then(|number| number.parse().ok());
        let mut private: Vec<&Room> = self
            .rooms
            .iter()
            .filter(|room| room.kind() == RoomKind::Private && last.is_none_or(|last| room.id() > last))
            .collect();
        private.sort_unstable_by_key(|room| room.id());
        let public = last.is_none().then(|| self.rooms.listed(after));
        public.into_iter().flatten().chain(private)
    }

    /// All of them that there are, with the private talks among them: so many have to be looked at.
    pub(crate) fn count_all_rooms(&self) -> usize {
        self.rooms.iter().count()
    }

    /// By kind, at no cost: that anybody may join, that few know of, and private talks.
    pub(crate) fn count_rooms_by_kind(&self) -> [usize; 3] {
        self.rooms.count()
    }

    /// Without the private talks.
    pub(crate) fn count_rooms(&self) -> usize {
        self.rooms.iter().filter(|room| room.kind() != RoomKind::Direct).count()
    }
}
