//! Turns in which somebody governs a room, or wants to: whoever made it, and whom they made an op.

use serde_json::{Value, json};

use crate::heard::Heard;
use crate::theatre::Theatre;
use crate::world::Room;

/// No names of public rooms; and several rooms may have one.
const TITLES: [&str; 3] = ["den", "Den", "Tea for two"];

impl Theatre {
    pub(crate) fn govern(&mut self) {
        let window = self.any_json();
        let person = self.windows[window].person;
        let room = self.any_room_of(person);
        if self.world.rooms[&room].maker.is_none() {
            return; // the lobby, and private talks
        }
        let members: Vec<u64> = self.world.members(&room).map(|it| it.id).collect();
        let whom = self.dice.choose(&members);
        let mut expected = self.silence();
        match self.dice.below(4) {
            0 => self.set_topic(window, &room, &mut expected),
            3 => self.bring_in(window, &room, &mut expected),
            1 => self.appoint(window, &room, whom, &mut expected),
            _ => self.put_out(window, &room, whom, &mut expected),
        }
        let heard = self.settle();
        self.compare(heard, expected);
    }

    fn set_topic(&mut self, window: usize, room: &str, expected: &mut [Heard]) {
        let person = self.windows[window].person;
        let topic = self.dice.choose(&["", "green", "什么茶", "a \"topic\" <b>"]);
        let id = self.ask(window, json!({"type": "alter", "room": room, "topic": topic}));
        if !self.world.is_op(person, room) {
            return self.refused(window, &id, "forbidden", expected);
        }
        expected[window].loose.push(json!({"type": "ack", "id": id}));
        if self.world.rooms[room].topic == topic {
            return; // it is so already
        }
        self.world.rooms.get_mut(room).expect("a room").topic = topic.into();
        let mut altered =
            json!({"type": "altered", "room": room, "kind": "room", "by": self.world.user(person)});
        if let Some(title) = &self.world.rooms[room].title {
            altered["kind"] = "private".into();
            altered["title"] = title.as_str().into();
        }
        if !topic.is_empty() {
            altered["topic"] = topic.into();
        }
        self.tell_members(room, &altered, expected);
    }

    /// All hear who is an op, and whoever it is, what they may do now.
    fn appoint(&mut self, window: usize, room: &str, whom: u64, expected: &mut [Heard]) {
        let person = self.windows[window].person;
        if person == whom || self.world.is_op(whom, room) {
            return;
        }
        let id = self.ask(window, json!({"type": "op", "room": room, "user": whom, "op": true}));
        if !self.world.is_op(person, room) {
            return self.refused(window, &id, "forbidden", expected);
        }
        self.world.rooms.get_mut(room).expect("a room").ops.insert(whom);
        let (user, by) = (self.world.user(whom), self.world.user(person));
        let told = json!({"type": "op", "room": room, "user": user, "op": true, "by": by});
        self.tell_members(room, &told, expected);
        for place in self.windows_of(whom) {
            if self.windows[place].is_json() {
                let mut state = self.room_state(room, whom);
                state["type"] = "room".into();
                expected[place].in_room(room, state);
            }
        }
        expected[window].loose.push(json!({"type": "ack", "id": id}));
    }

    fn put_out(&mut self, window: usize, room: &str, whom: u64, expected: &mut [Heard]) {
        let person = self.windows[window].person;
        let id = self.ask(window, json!({"type": "kick", "room": room, "user": whom, "reason": "spam"}));
        // Nobody puts out themself, or somebody who is as much as they are.
        if !self.world.is_op(person, room) || self.world.is_op(whom, room) {
            return self.refused(window, &id, "forbidden", expected);
        }
        let members = self.world.members(room).count() - 1;
        let (user, by) = (self.world.user(whom), self.world.user(person));
        let left = json!({"type": "left", "room": room, "user": user, "members": members, "by": by, "reason": "spam"});
        self.tell_members(room, &left, expected);
        self.forget_member(whom, room, expected);
        expected[window].loose.push(json!({"type": "ack", "id": id}));
    }

    /// Whoever is brought in is told the room, and what was said last; nobody asked them.
    fn bring_in(&mut self, window: usize, room: &str, expected: &mut [Heard]) {
        let (person, whom) = (self.windows[window].person, self.any_person());
        if self.world.is_member(whom, room) || whom == self.steward.id {
            return;
        }
        let id = self.ask(window, json!({"type": "add", "room": room, "user": whom}));
        if !self.world.is_op(person, room) {
            return self.refused(window, &id, "forbidden", expected);
        }
        self.become_member(whom, room, None, expected);
        let by = self.world.user(person);
        let joined = expected.iter_mut().filter_map(|heard| heard.rooms.get_mut(room)).flatten();
        joined.filter(|it| it["type"] == "joined").for_each(|joined| joined["by"] = by.clone());
        expected[window].loose.push(json!({"type": "ack", "id": id}));
    }

    /// Its maker is told how it is called, and nobody else hears anything.
    pub(crate) fn make_private_room(&mut self) {
        let window = self.any_json();
        let person = self.windows[window].person;
        if self.world.rooms.values().filter(|room| room.maker == Some(person)).count() >= 10 {
            return;
        }
        let title = self.dice.choose(&TITLES);
        let id = self.ask(window, json!({"type": "join", "room": title, "create": true, "private": true}));
        let heard = self.settle();
        let answered = |told: &&Value| told["id"] == id.as_str();
        let told = heard[window].rooms.values().flatten().find(answered).expect("an answer");
        let room = told["room"].as_str().expect("its number").to_owned();
        assert!(room.starts_with('+') && !self.world.rooms.contains_key(&room), "{room}");
        let made = Room { maker: Some(person), title: Some(title.into()), ..Room::default() };
        self.world.rooms.insert(room.clone(), made);
        let mut expected = self.silence();
        self.windows[window].room = room.clone();
        self.become_member(person, &room, Some((window, Some(id))), &mut expected);
        self.compare(heard, expected);
    }

    fn tell_members(&self, room: &str, object: &Value, expected: &mut [Heard]) {
        self.json_in(room).into_iter().for_each(|place| expected[place].object(object.clone()));
    }
}
