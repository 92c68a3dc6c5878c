//! What a connection has missed, room by room, until it is live.
//!
//! A connection hears a room's live events only when it has been told everything before them: so its events
//! come without a gap and without an overlap, and the client needs no cleverness. Rooms are worked on one after the
//! other, a piece at a time, and no faster than the client reads.

use std::collections::VecDeque;

use crate::ask::Position;
use crate::history::{Offset, RoomId};
use crate::model::Room;

/// Whoever has missed more starts afresh, and fetches older events when they are wanted.
const MISSED: u64 = 1000;

/// The rooms of which a connection has not heard everything yet. The first one is being worked on.
#[derive(Debug, Default)]
pub(crate) struct CatchUp {
    rooms: VecDeque<(RoomId, Since)>,
    /// The disk is being asked for the first of them; its answer carries this number.
    reading: Option<u64>,
}

/// From where on something was missed.
#[derive(Debug, Clone)]
pub(crate) enum Since {
    /// From what the client says it has.
    Client(Option<Position>),
    /// From here on, in a history that has begun.
    Offset(Offset),
}

/// How a connection goes on in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plan {
    /// With the latest events, whatever it has.
    Afresh,
    /// Behind this one.
    After(Offset),
}

impl CatchUp {
    pub(crate) fn push(&mut self, room: RoomId, position: Option<Position>) {
        self.rooms.push_back((room, Since::Client(position)));
    }

    /// The next room, unless the disk is being asked.
    pub(crate) fn next(&self) -> Option<(RoomId, Since)> {
        self.rooms.front().filter(|_| self.reading.is_none()).cloned()
    }

    /// The first room has been told up to here.
    pub(crate) fn move_to(&mut self, offset: Offset) {
        if let Some((_, since)) = self.rooms.front_mut() {
            *since = Since::Offset(offset);
        }
    }

    /// It has been told all there is, or all that there is to tell.
    pub(crate) fn finish(&mut self) {
        self.rooms.pop_front();
    }

    /// The disk is asked for what comes behind this.
    pub(crate) fn wait(&mut self, reading: u64, after: Offset) {
        self.reading = Some(reading);
        self.move_to(after);
    }

    /// The disk has answered: the room that it was asked for, if that is still wanted.
    pub(crate) fn answered(&mut self, reading: u64) -> Option<(RoomId, Since)> {
        if self.reading != Some(reading) {
            return None;
        }
        self.reading = None;
        self.next()
    }

    /// They have left a room: what is behind may be its past, half told. Whoever joins again hears it anew.
    pub(crate) fn drop_room(&mut self, room: RoomId) {
        if self.rooms.front().is_some_and(|(first, _)| *first == room) {
            self.reading = None;
        }
        self.rooms.retain(|(it, _)| *it != room);
    }
}

impl Plan {
    pub(crate) fn new(since: &Since, room: &Room) -> Self {
        let after = match since {
            Since::Offset(offset) => Some(*offset),
            Since::Client(position) => position.as_ref().and_then(|position| usable(position, room)),
        };
        after.map_or(Plan::Afresh, Plan::After)
    }
}

/// The offset from which a client can go on, if it can.
fn usable(position: &Position, room: &Room) -> Option<Offset> {
    let &Position { ref epoch, offset } = position;
    if epoch != room.epoch() || offset > room.last() {
        return None; // any number may stand there: nothing is reckoned with it before this
    }
    (offset + 1 >= room.first() && room.last() - offset <= MISSED).then_some(offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{RoomKind, StoredRoom, Voices};

    fn room(first: Offset, last: Offset) -> Room {
        Room::new(StoredRoom {
            id: 1,
            kind: RoomKind::Public,
            name: "tea".into(),
            folded: "tea".into(),
            epoch: "e".into(),
            first,
            last,
            voices: Voices::None,
            uncounted: vec![],
            recent: vec![],
            calls: Vec::new(),
        })
    }

    #[test]
    fn a_position_is_usable_if_everything_after_it_is_kept_and_is_not_too_much() {
        let table = [
            ("e", 0, (1, 0), true),
            ("e", 7, (1, 10), true),
            ("e", 10, (1, 10), true),
            ("e", 11, (1, 10), false),
            ("other", 7, (1, 10), false),
            ("e", 4, (6, 10), false),
            ("e", 5, (6, 10), true),
            ("e", 10, (11, 10), true),
            ("e", 0, (1, MISSED), true),
            ("e", 0, (1, MISSED + 1), false),
            ("e", u64::MAX, (1, 10), false),
            ("e", u64::MAX, (1, 0), false),
        ];
        for (epoch, offset, (first, last), expected) in table {
            let position = Position { epoch: epoch.into(), offset };
            let usable = usable(&position, &room(first, last));
            assert_eq!(usable, expected.then_some(offset), "{epoch} {offset} in {first}..={last}");
        }
    }
}
