//! What one window says: rightly or with somebody else's name on it, to everybody or to one, in words or in a picture; and
//! what it says again or takes back. Asked here, and not waited for.

use pollcat_chat_testing::png::png;
use serde_json::{Value, json};

use crate::heard::Heard;
use crate::talk::Speech;
use crate::theatre::Theatre;
use crate::world::{Event, LOBBY, What};

const WORDS: [&str; 6] = ["tea", "茶", "coffee", "<b>", "100%", "one\ntwo"];

impl Theatre {
    fn words(&mut self, mover: Option<u64>) -> (String, Vec<(u64, bool)>) {
        self.next += 1;
        let mut words = format!("#{} {}", self.next, self.dice.choose(&WORDS));
        if !self.dice.one_in(3) {
            return (words, Vec::new());
        }
        let person = self.any_person();
        if Some(person) == mover {
            return (words, Vec::new()); // a member or not, who knows
        }
        let name = &self.world.person(person).name;
        let (name, by_mail) =
            (self.dice.choose(&[name.to_uppercase(), name.clone()].each_ref()).clone(), self.dice.one_in(4));
        words += &format!(" {}@{name} {}", if by_mail { "mail" } else { "" }, self.dice.choose(&WORDS));
        (words, vec![(person, !by_mail)])
    }

    fn speech(
        &mut self,
        window: usize,
        room: &str,
        id: Option<String>,
        what: What,
        meant: &[(u64, bool)],
    ) -> Speech {
        let author = self.windows[window].person;
        let mentions =
            meant.iter().filter(|(id, counts)| *counts && self.world.is_member(*id, room)).map(|it| it.0);
        let name = self.world.person(author).name.clone();
        let event = Event { author, name, what, mentions: mentions.collect(), taken_back: false };
        Speech { window, id, room: room.into(), event }
    }

    pub(crate) fn say(&mut self, window: usize, mover: Option<u64>) -> Speech {
        let (text, meant) = self.words(mover);
        let person = self.windows[window].person;
        let mut message = json!({"type": "message", "msg": text});
        if self.dice.one_in(3) {
            message.as_object_mut().expect("an object").remove("type");
        }
        if self.dice.one_in(3) {
            // Whatever it claims, the chat knows who it is.
            let other = self.any_person();
            message["from_id"] = other.into();
            message["from"] = self.world.person(other).name.as_str().into();
            message["name"] = "server".into();
            message["user"] = self.world.user(other);
            message["mentions"] = json!([other]);
            message["msg_time"] = 1.into();
        }
        let room = if self.dice.one_in(3) {
            self.windows[window].room.clone()
        } else {
            let room = self.any_room_of(person);
            message["room"] = room.as_str().into();
            room
        };
        // Without an id nobody is told where it went: somebody else must be there to see it.
        let seen = self.is_seen(window, &room, mover);
        let id = match seen && self.dice.one_in(4) {
            true => {
                self.send(window, &message);
                None
            }
            false => Some(self.ask(window, message)),
        };
        self.speech(window, &room, id, What::Text(text), &meant)
    }

    /// To somebody with whom a private talk has begun.
    pub(crate) fn say_privately(&mut self, window: usize, mover: Option<u64>) -> Option<Speech> {
        let person = self.windows[window].person;
        let talks = self.world.person(person).accounts.keys().filter_map(|room| {
            let (one, other) = self.world.rooms[room].pair?;
            let other = if one == person { other } else { one };
            self.world.is_member(other, room).then(|| (room.clone(), other))
        });
        let talks: Vec<(String, u64)> = talks.collect();
        let (room, other) = talks.get(self.dice.below(talks.len().max(1)))?.clone();
        let (text, meant) = self.words(mover);
        let to = if self.dice.one_in(2) { json!(other) } else { json!(self.world.person(other).name) };
        let id = self.ask(window, json!({"type": "message", "to": to, "msg": text}));
        Some(self.speech(window, &room, Some(id), What::Text(text), &meant))
    }

    pub(crate) fn send_picture(&mut self, window: usize, mover: Option<u64>) -> Speech {
        self.next += 1;
        let width = 1 + self.next % 16_000;
        let bytes = png(width, 1, b"");
        let (mut room, mut caption, mut id, mut meant) =
            (self.windows[window].room.clone(), String::new(), None, vec![]);
        // Its address is not in the `ack`: somebody else must be there to see it.
        if !self.is_seen(window, &room, mover) || self.dice.one_in(2) {
            room = self.any_room_of(self.windows[window].person);
            if !self.is_seen(window, &room, mover) {
                room = LOBBY.into();
            }
            (caption, meant) = self.words(mover);
            let announced = json!({"type": "picture", "room": room, "msg": caption, "size": bytes.len()});
            id = Some(self.ask(window, announced));
        }
        self.tally.asked += 1;
        self.windows[window].json().send_bytes(&bytes);
        self.speech(window, &room, id, What::Picture { caption, width, size: bytes.len() }, &meant)
    }

    pub(crate) fn take_back(
        &mut self,
        window: usize,
        targets: &mut Vec<(String, u64)>,
        expected: &mut [Heard],
    ) -> Option<Speech> {
        let person = self.windows[window].person;
        let room = self.any_room_of(person);
        let target = self.dice.below(self.world.rooms[&room].log.len() + 3) as u64;
        if targets.contains(&(room.clone(), target)) {
            return None; // whoever is first in this turn
        }
        // Of what is said in this turn nobody knows the offset yet.
        if target > self.world.rooms[&room].log.len() as u64 {
            return None;
        }
        targets.push((room.clone(), target));
        let id = self.ask(window, json!({"type": "delete", "room": room, "offset": target}));
        if let Some(code) = self.world.refuses_deletion(person, &room, target) {
            self.refused(window, &id, code, expected);
            return None;
        }
        Some(self.speech(window, &room, Some(id), What::Deletion(target), &[]))
    }

    /// An id that was answered before, for other words, from whichever window: it is refused.
    pub(crate) fn say_again(&mut self, window: usize, expected: &mut [Heard]) {
        let person = self.windows[window].person;
        let own: Vec<Value> =
            self.acknowledged.iter().filter(|(id, _)| *id == person).map(|(_, ack)| ack.clone()).collect();
        if own.is_empty() {
            return;
        }
        let ack = &own[self.dice.below(own.len())];
        let id = ack["id"].clone();
        let room = self.any_room_of(person);
        self.send(window, &json!({"id": id, "room": room, "msg": "something else"}));
        expected[window].loose.push(json!({"type": "error", "id": id, "code": "bad_field"}));
    }

    pub(crate) fn text_speaks(&mut self, window: usize, mover: Option<u64>) -> Option<Speech> {
        let room = self.windows[window].room.clone();
        let witnessed = self.is_seen(window, &room, mover);
        self.tally.asked += 1;
        match self.dice.below(5) {
            0 => {
                self.windows[window].text().say("   ");
                None
            }
            1 if witnessed => {
                self.next += 1;
                let width = 1 + self.next % 16_000;
                let bytes = png(width, 1, b"");
                self.windows[window].text().send_bytes(&bytes);
                let what = What::Picture { caption: String::new(), width, size: bytes.len() };
                Some(self.speech(window, &room, None, what, &[]))
            }
            2..5 if witnessed => {
                let (mut text, meant) = self.words(mover);
                let slash = self.dice.one_in(5);
                if slash {
                    text = format!("/{text}");
                }
                self.windows[window].text().say(&if slash { format!("/{text}") } else { text.clone() });
                Some(self.speech(window, &room, None, What::Text(text), &meant))
            }
            _ => None,
        }
    }
}
