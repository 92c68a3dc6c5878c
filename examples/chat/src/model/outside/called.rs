//! Who has called a room together, and when.

use std::collections::HashMap;

use crate::history::{Append, Event, Millis, PersonId, RoomId};

/// Between two calls in a room.
const PAUSE: Millis = 60_000;

#[derive(Debug, Default)]
pub(super) struct Called(HashMap<RoomId, Last>);

#[derive(Debug, PartialEq, Eq)]
struct Last {
    at: Millis,
    by: PersonId,
    /// Said again under the same id, it is the same.
    key: Option<String>,
}

impl Called {
    /// As far as it is in memory.
    pub(super) fn load(&mut self, room: RoomId, recent: &[Event]) {
        let last = recent.iter().rfind(|event| event.call.is_some());
        let last = last.map(|event| Last { at: event.at, by: event.author, key: None });
        self.0.extend(last.map(|last| (room, last)));
    }

    pub(super) fn note(&mut self, append: &Append) {
        let calls = append.call.is_some() && append.body.words().is_some();
        if calls && !self.is_same(append.room, append.author, append.key.as_deref()) {
            let last = Last { at: append.at, by: append.author, key: append.key.clone() };
            self.0.insert(append.room, last);
        }
    }

    /// It was not said.
    pub(super) fn undo(&mut self, append: &Append) {
        let is_it = |last: &Last| (last.at, last.by, &last.key) == (append.at, append.author, &append.key);
        if append.call.is_some() && self.0.get(&append.room).is_some_and(is_it) {
            self.0.remove(&append.room);
        }
    }

    pub(super) fn remove_room(&mut self, room: RoomId) {
        self.0.remove(&room);
    }

    pub(super) fn is_same(&self, room: RoomId, by: PersonId, key: Option<&str>) -> bool {
        self.0.get(&room).is_some_and(|last| last.by == by && key.is_some() && last.key.as_deref() == key)
    }

    /// Until when nobody calls again. By a clock that was set back nobody has called yet.
    pub(super) fn until(&self, room: RoomId, at: Millis) -> Option<Millis> {
        let last = self.0.get(&room)?;
        (last.at..last.at.saturating_add(PAUSE)).contains(&at).then(|| last.at + PAUSE)
    }
}
