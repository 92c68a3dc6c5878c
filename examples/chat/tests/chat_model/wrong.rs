//! What must be refused, and must not be heard of by anybody else.

use serde_json::{Value, json};

use crate::heard::Heard;
use crate::theatre::Theatre;
use crate::world::LOBBY;

impl Theatre {
    pub(crate) fn try_something_wrong(&mut self, window: usize, expected: &mut [Heard]) {
        let person = self.windows[window].person;
        let (object, code) = match self.dice.below(8) {
            0 => (json!({"msg": " \n "}), "empty"),
            1 => (json!({"msg": "x".repeat(4001)}), "too_long"),
            2 => (json!({"type": "shout", "msg": "hey"}), "unknown_type"),
            3 => (json!({"type": "leave", "room": LOBBY}), "cannot_leave"),
            4 => (json!({"msg": "to nobody", "to": 1_000_000}), "no_such_person"),
            5 => (json!({"msg": "to myself", "to": person}), "no_such_person"),
            6 => (json!({"type": "hello", "token": self.steward.token}), "bad_field"),
            _ => return self.intrude(window, expected),
        };
        let id = self.ask(window, object);
        self.refused(window, &id, code, expected);
    }

    /// Somebody wants something of a room that is not theirs.
    fn intrude(&mut self, window: usize, expected: &mut [Heard]) {
        let person = self.windows[window].person;
        let room = match self.dice.below(6) {
            0 => "no-such-room".to_owned(),
            1 => format!("@{}:{}", self.any_person(), self.any_person()),
            _ => self.any_room(),
        };
        if self.world.is_member(person, &room) {
            return;
        }
        let is_public = self.world.rooms.get(&room).is_some_and(|room| room.is_public());
        let wishes: [Value; 8] = [
            json!({"type": "message", "room": room, "msg": "let me in"}),
            json!({"type": "picture", "room": room}),
            json!({"type": "page", "room": room}),
            json!({"type": "who", "room": room}),
            json!({"type": "search", "query": "#", "room": room}),
            json!({"type": "read", "room": room, "offset": 1}),
            json!({"type": "delete", "room": room, "offset": 1}),
            json!({"type": "typing", "room": room}),
        ];
        let place = self.dice.below(wishes.len() + 1);
        let (wish, is_picture) = match wishes.get(place) {
            Some(wish) => (wish.clone(), place == 1),
            // Nobody enters a private room or the private talk of others, nor learns whether there is one.
            None if is_public => return,
            None => (json!({"type": "join", "room": room, "create": room.starts_with('@')}), false),
        };
        let code = match wish["type"] == "join" && room.starts_with('@') {
            _ if is_public => "not_member",
            true => "bad_room_name", // for a new room, and it is answered as if there were none
            false => "no_such_room",
        };
        let id = self.ask(window, wish);
        if is_picture {
            // The picture that follows goes where its announcement went.
            self.windows[window].json().send_bytes(b"GIF89a\x01\0\x01\0");
        }
        self.refused(window, &id, code, expected);
    }
}
