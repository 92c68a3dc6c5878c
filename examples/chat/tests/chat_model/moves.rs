//! Turns in which one window does something that changes who hears what: rooms are entered and left, names change, a private
//! talk begins.

use serde_json::{Value, json};

use crate::heard::Heard;
use crate::theatre::{Theatre, Voice};
use crate::world::{Event, LOBBY, Room, What};

/// How rooms may be called; those in a row are one room.
const ROOMS: [&[&str]; 6] =
    [&["tea", "Tea", "ＴＥＡ"], &["茶"], &["fall"], &["fail"], &["coffee", "COFFEE"], &["b-4"]];
/// How people may be called; names in a row look the same.
const NAMES: [&[&str]; 8] = [
    &["alice", "Alice", "a1ice", "AIice"],
    &["bob", "BOB", "ｂｏｂ"],
    &["小明"],
    &["carol"],
    &["carolina"],
    &["dave", "Dave"],
    &["o'neil"],
    &["Eve"],
];
const BAD_NAMES: [&str; 5] = ["", "two  words", "server", "guest-7", "-"];

/// Wide letters are shown as plain ones (NFKC).
fn shown(name: &str) -> String {
    let plain = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        c => c,
    };
    name.chars().map(plain).collect()
}

impl Theatre {
    pub(crate) fn enter(&mut self) {
        let window = self.any_window();
        let person = self.windows[window].person;
        let same = self.dice.choose(&ROOMS);
        let spelling = self.dice.choose(same);
        let create = self.dice.one_in(2) || !self.windows[window].is_json();
        let known = same.iter().map(|name| shown(name)).find(|name| self.world.rooms.contains_key(name));
        let mut expected = self.silence();
        let id = match self.windows[window].is_json() {
            true => Some(self.ask(window, json!({"type": "join", "room": spelling, "create": create}))),
            false => {
                self.windows[window].text().say(&format!("/join {spelling}"));
                None
            }
        };
        let room = known.clone().unwrap_or_else(|| shown(spelling));
        if known.is_none() && !create {
            self.refused(window, &id.expect("lines always create"), "no_such_room", &mut expected);
        } else if self.world.is_member(person, &room) {
            if let Some(id) = id {
                let mut state = self.room_state(&room, person);
                state["type"] = "room".into();
                state["id"] = id.into();
                expected[window].in_room(&room, state);
            } else if self.windows[window].room != room {
                self.windows[window].room = room.clone();
                self.tell_recent(window, &room, &mut expected);
            }
            self.windows[window].room = room;
        } else {
            if known.is_none() {
                self.tell_json(&json!({"type": "created", "room": room}), &mut expected);
                self.world.rooms.insert(room.clone(), Room { maker: Some(person), ..Room::default() });
            }
            self.windows[window].room = room.clone();
            self.become_member(person, &room, Some((window, id)), &mut expected);
            self.say_at_once(window, &mut expected);
        }
        let heard = self.settle();
        self.compare(heard, expected);
    }

    /// Others hear of it; one's own windows are told the room, and what was said last.
    pub(crate) fn become_member(
        &mut self,
        person: u64,
        room: &str,
        by: Option<(usize, Option<String>)>,
        expected: &mut [Heard],
    ) {
        let others = self.json_in(room);
        self.world.join(person, room);
        if self.world.rooms[room].pair.is_none() {
            let members = self.world.members(room).count();
            let joined =
                json!({"type": "joined", "room": room, "user": self.world.user(person), "members": members});
            others.iter().for_each(|&place| expected[place].in_room(room, joined.clone()));
        }
        for place in self.windows_of(person) {
            let asked = by.as_ref().filter(|(window, _)| *window == place);
            if !self.windows[place].is_json() {
                if asked.is_some() {
                    self.tell_recent(place, room, expected);
                }
                continue;
            }
            let mut state = self.room_state(room, person);
            state["type"] = "room".into();
            if let Some(id) = asked.and_then(|(_, id)| id.as_ref()) {
                state["id"] = id.as_str().into();
            }
            expected[place].in_room(room, state);
            expected[place].in_room(room, self.latest(room));
        }
    }

    /// The latest events, for a window that has none.
    pub(crate) fn latest(&self, room: &str) -> Value {
        let last = self.world.rooms[room].log.len() as u64;
        let events = self.world.events(room, last.saturating_sub(self.recent.min(50) as u64) + 1..=last);
        json!({"type": "history", "room": room, "recovered": false, "events": events, "more": false})
    }

    /// A text client reads the last ten lines of the room that it enters.
    pub(crate) fn tell_recent(&self, window: usize, room: &str, expected: &mut [Heard]) {
        let log = &self.world.rooms[room].log;
        let first = log.len().saturating_sub(10.min(self.recent));
        for (event, offset) in log.iter().zip(1_u64..).skip(first) {
            let line = self.line(window, room, event, offset);
            line.into_iter().for_each(|line| expected[window].line(line));
        }
    }

    pub(crate) fn leave(&mut self) {
        let window = self.any_window();
        let person = self.windows[window].person;
        let room = self.any_room_of(person);
        if room == LOBBY || self.world.rooms[&room].pair.is_some() {
            return;
        }
        let mut expected = self.silence();
        if self.windows[window].is_json() {
            let id = self.ask(window, json!({"type": "leave", "room": room}));
            expected[window].loose.push(json!({"type": "ack", "id": id}));
        } else {
            self.windows[window].text().say(&format!("/leave {room}"));
        }
        self.stop_being_member(person, &room, &mut expected);
        if self.windows[window].is_json() && self.world.rooms.contains_key(&room) && self.dice.one_in(2) {
            let id = self.ask(window, json!({"room": room, "msg": "am I still here?"}));
            let code = if self.world.rooms[&room].is_public() { "not_member" } else { "no_such_room" };
            self.refused(window, &id, code, &mut expected);
        }
        let heard = self.settle();
        self.compare(heard, expected);
    }

    /// All members hear it, one's own windows too.
    pub(crate) fn stop_being_member(&mut self, person: u64, room: &str, expected: &mut [Heard]) {
        let members = self.world.members(room).count() - 1;
        let left = json!({"type": "left", "room": room, "user": self.world.user(person), "members": members});
        for place in self.json_in(room) {
            expected[place].in_room(room, left.clone());
        }
        self.forget_member(person, room, expected);
    }

    /// They are no member any more, and everybody has been told.
    pub(crate) fn forget_member(&mut self, person: u64, room: &str, expected: &mut [Heard]) {
        self.world.leave(person, room);
        let members = self.world.members(room).count();
        let place = &self.world.rooms[room];
        if members == 0 && place.log.is_empty() && place.is_public() {
            self.world.rooms.remove(room);
            self.tell_json(&json!({"type": "removed", "room": room}), expected);
        }
        for place in self.windows_of(person) {
            if self.windows[place].room == room {
                self.windows[place].room = LOBBY.into();
            }
        }
    }

    pub(crate) fn rename(&mut self) {
        let window = self.any_window();
        let person = self.windows[window].person;
        let same = self.dice.choose(&NAMES);
        let bad = self.dice.one_in(8);
        let name = if bad { self.dice.choose(&BAD_NAMES) } else { self.dice.choose(same) };
        let same: Vec<String> = same.iter().map(|name| shown(name)).collect();
        let holder = self.world.people.values().find(|it| same.contains(&it.name)).map(|it| it.id);
        let mut expected = self.silence();
        let refusal = match holder {
            _ if bad => Some("bad_name"),
            Some(holder) if holder != person => Some("name_taken"),
            _ => None,
        };
        let id = match self.windows[window].is_json() {
            true => Some(self.ask(window, json!({"type": "name", "name": name}))),
            false => {
                self.windows[window].text().say(&format!("/nick {name}"));
                None
            }
        };
        match (refusal, id) {
            (Some(code), Some(id)) => self.refused(window, &id, code, &mut expected),
            (None, Some(id)) => expected[window].loose.push(json!({"type": "ack", "id": id})),
            (_, None) => {}
        }
        let old = self.world.person(person).name.clone();
        if refusal.is_none() && old != shown(name) {
            self.world.people.get_mut(&person).expect("somebody").name = shown(name);
            let renamed = json!({"type": "renamed", "user": self.world.user(person), "old": old});
            self.tell_json(&renamed, &mut expected);
        }
        self.say_at_once(window, &mut expected);
        let heard = self.settle();
        self.compare(heard, expected);
    }

    /// The first message makes the private talk: both sides hear of it, and nobody else.
    pub(crate) fn begin_private_talk(&mut self) {
        let (window, other) = (self.any_json(), self.any_person());
        let person = self.windows[window].person;
        let room = format!("@{}:{}", person.min(other), person.max(other));
        if person == other || self.world.rooms.contains_key(&room) {
            return;
        }
        self.next += 1;
        let text = format!("#{} psst", self.next);
        let mut expected = self.silence();
        let id = self.ask(window, json!({"to": other, "msg": text}));
        let pair = Some((person.min(other), person.max(other)));
        self.world.rooms.insert(room.clone(), Room { pair, ..Room::default() });
        for member in [person, other] {
            self.become_member(member, &room, None, &mut expected);
        }
        self.say_now(window, &room, &id, text, &mut expected);
        let mut heard = self.settle();
        // The two come one after the other; how many they are meanwhile does not matter.
        for it in heard.iter_mut().chain(&mut expected) {
            let states = it.rooms.get_mut(&room).into_iter().flatten().filter(|it| it["type"] == "room");
            states.for_each(|state| state["members"] = Value::Null);
        }
        self.compare(heard, expected);
    }

    /// Right behind a request, which is not answered yet, in the room where it leads, under the name that it gives.
    fn say_at_once(&mut self, window: usize, expected: &mut [Heard]) {
        if self.windows[window].is_json() && self.dice.one_in(2) {
            let (room, text) = (self.windows[window].room.clone(), format!("#{} at once", self.next + 1));
            let id = self.ask(window, json!({"msg": text}));
            self.say_now(window, &room, &id, text, expected);
        }
    }

    /// The only thing that is said in this turn.
    fn say_now(&mut self, window: usize, room: &str, id: &str, text: String, expected: &mut [Heard]) {
        let (author, offset) = (self.windows[window].person, self.world.rooms[room].log.len() as u64 + 1);
        let name = self.world.person(author).name.clone();
        let event = Event { author, name, what: What::Text(text), mentions: Vec::new(), taken_back: false };
        self.tell(room, &event, (window, Some(id)), offset, expected);
        let ack = json!({"type": "ack", "id": id, "room": room, "offset": offset});
        self.acknowledged.push((author, ack));
        self.world.push(room, event);
        self.tally.events += 1;
    }

    /// Whoever speaks JSON hears it.
    pub(crate) fn tell_json(&self, object: &Value, expected: &mut [Heard]) {
        for (window, expected) in self.windows.iter().zip(expected) {
            if let Voice::Json(_) = window.voice {
                expected.object(object.clone());
            }
        }
    }
}
