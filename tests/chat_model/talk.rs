//! Turns in which several windows speak at once. In which order the chat took them only the offsets tell; everything else
//! follows from that.

use serde_json::{Value, json};

use crate::heard::Heard;
use crate::theatre::{Theatre, Voice};
use crate::world::{Event, LOBBY, What};

/// Something that will be said.
struct Speech {
    window: usize,
    id: Option<String>,
    room: String,
    event: Event,
}

const WORDS: [&str; 6] = ["tea", "茶", "coffee", "<b>", "100%", "one\ntwo"];

impl Theatre {
    pub(crate) fn talk(&mut self) {
        let mut speeches = Vec::new();
        let mut expected = self.silence();
        let mut targets = Vec::new();
        for _ in 0..1 + self.dice.below(10) {
            let window = self.any_window();
            if !self.windows[window].is_json() {
                speeches.extend(self.text_speaks(window));
                continue;
            }
            match self.dice.below(14) {
                0..6 => speeches.push(self.say(window)),
                6 => speeches.extend(self.say_privately(window)),
                7 | 8 => speeches.push(self.send_picture(window)),
                9 | 10 => speeches.extend(self.take_back(window, &mut targets, &mut expected)),
                11 => self.say_again(window, &mut expected),
                _ => self.try_something_wrong(window, &mut expected),
            }
        }
        let heard = self.settle();
        self.come_out(speeches, &heard, &mut expected);
        self.compare(heard, expected);
    }

    // ---- what is said

    fn words(&mut self) -> (String, Vec<(u64, bool)>) {
        self.next += 1;
        let mut words = format!("#{} {}", self.next, self.dice.choose(&WORDS));
        if !self.dice.one_in(3) {
            return (words, Vec::new());
        }
        let person = self.any_person();
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

    fn say(&mut self, window: usize) -> Speech {
        let (text, meant) = self.words();
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
        let seen = self.windows[window].echo || self.json_in(&room).len() > 1;
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
    fn say_privately(&mut self, window: usize) -> Option<Speech> {
        let person = self.windows[window].person;
        let talks = self.world.person(person).accounts.keys().filter_map(|room| {
            let (one, other) = self.world.rooms[room].pair?;
            let other = if one == person { other } else { one };
            self.world.is_member(other, room).then(|| (room.clone(), other))
        });
        let talks: Vec<(String, u64)> = talks.collect();
        let (room, other) = talks.get(self.dice.below(talks.len().max(1)))?.clone();
        let (text, meant) = self.words();
        let to = if self.dice.one_in(2) { json!(other) } else { json!(self.world.person(other).name) };
        let id = self.ask(window, json!({"type": "message", "to": to, "msg": text}));
        Some(self.speech(window, &room, Some(id), What::Text(text), &meant))
    }

    fn send_picture(&mut self, window: usize) -> Speech {
        self.next += 1;
        let width = 1 + self.next % 16_000;
        let bytes = png(width);
        let (mut room, mut caption, mut id, mut meant) =
            (self.windows[window].room.clone(), String::new(), None, vec![]);
        // Its address is not in the `ack`: somebody else must be there to see it.
        let seen = |it: &Self, room: &str| it.windows[window].echo || it.json_in(room).len() > 1;
        if !seen(self, &room) || self.dice.one_in(2) {
            room = Some(self.any_room_of(self.windows[window].person))
                .filter(|room| seen(self, room))
                .unwrap_or(LOBBY.into());
            (caption, meant) = self.words();
            let announced = json!({"type": "picture", "room": room, "msg": caption, "size": bytes.len()});
            id = Some(self.ask(window, announced));
        }
        self.tally.asked += 1;
        self.windows[window].json().send_bytes(&bytes);
        self.speech(window, &room, id, What::Picture { caption, width, size: bytes.len() }, &meant)
    }

    fn take_back(
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

    /// An id that was answered before, with other words, from whichever window.
    fn say_again(&mut self, window: usize, expected: &mut [Heard]) {
        let person = self.windows[window].person;
        let own: Vec<Value> =
            self.acknowledged.iter().filter(|(id, _)| *id == person).map(|(_, ack)| ack.clone()).collect();
        if own.is_empty() {
            return;
        }
        let mut ack = own[self.dice.below(own.len())].clone();
        let room = self.any_room_of(person);
        self.send(window, &json!({"id": ack["id"], "room": room, "msg": "said again"}));
        ack["repeated"] = true.into();
        expected[window].loose.push(ack);
    }

    fn text_speaks(&mut self, window: usize) -> Option<Speech> {
        let room = self.windows[window].room.clone();
        let witnessed = !self.json_in(&room).is_empty();
        self.tally.asked += 1;
        match self.dice.below(5) {
            0 => {
                self.windows[window].text().say("   ");
                None
            }
            1 if witnessed => {
                self.next += 1;
                let width = 1 + self.next % 16_000;
                let bytes = png(width);
                self.windows[window].text().send_bytes(&bytes);
                let what = What::Picture { caption: String::new(), width, size: bytes.len() };
                Some(self.speech(window, &room, None, what, &[]))
            }
            2..5 if witnessed => {
                let (mut text, meant) = self.words();
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

    // ---- what came of it

    /// The chat has put everything in an order. Each speech is there exactly once, each window's in the order in which it
    /// spoke, and no offset is left out.
    fn come_out(&mut self, speeches: Vec<Speech>, heard: &[Heard], expected: &mut [Heard]) {
        let mut placed: Vec<(u64, Speech)> = Vec::new();
        for speech in speeches {
            let offset = find(&speech, heard).unwrap_or_else(|| {
                panic!(
                    "lost: {} in {}; {:?}",
                    speech.event.told(0, None),
                    speech.room,
                    heard[speech.window].loose
                )
            });
            let earlier =
                placed.iter().filter(|(_, it)| it.window == speech.window && it.room == speech.room);
            assert!(
                earlier.into_iter().all(|(before, _)| *before < offset),
                "overtaken at {offset} in {}",
                speech.room
            );
            placed.push((offset, speech));
        }
        placed.sort_by_key(|(offset, _)| *offset);
        for (offset, speech) in placed {
            let Speech { window, id, room, event } = speech;
            assert_eq!(offset, self.world.rooms[&room].log.len() as u64 + 1, "the next offset in {room}");
            self.tally.events += 1;
            self.tell(&room, &event, (window, id.as_deref()), offset, expected);
            if let Some(id) = id {
                let ack = json!({"type": "ack", "id": id, "room": room, "offset": offset});
                self.acknowledged.push((event.author, ack));
            }
            self.world.push(&room, event);
        }
    }

    /// Who hears of an event, and how.
    pub(crate) fn tell(
        &self,
        room: &str,
        event: &Event,
        by: (usize, Option<&str>),
        offset: u64,
        expected: &mut [Heard],
    ) {
        for (place, window) in self.windows.iter().enumerate() {
            if !self.world.is_member(window.person, room) {
                continue;
            }
            let own = place == by.0;
            if let (true, Some(id)) = (own, by.1) {
                let ack = json!({"type": "ack", "id": id, "room": room, "offset": offset});
                expected[place].in_room(room, ack);
            }
            match &window.voice {
                _ if own && !window.echo => {}
                Voice::Json(_) => expected[place].in_room(room, event.told(offset, Some(room))),
                Voice::Text(_) => {
                    let line = self.line(place, room, event, offset);
                    line.into_iter().for_each(|line| expected[place].line(line));
                }
            }
        }
    }

    /// An event, as a text client reads it from where it is.
    pub(crate) fn line(&self, window: usize, room: &str, event: &Event, offset: u64) -> Option<String> {
        let window = &self.windows[window];
        let place = match self.world.rooms[room].pair {
            _ if window.room == room => String::new(),
            None => format!("[{room}] "),
            Some((one, other)) if event.author == window.person => {
                let partner = if one == window.person { other } else { one };
                format!("[private to {}] ", self.world.person(partner).name)
            }
            Some(_) => "[private] ".into(),
        };
        let address = || format!("http://{}{}", self.chat.address(), self.secrets.picture(room, offset));
        event.line(&place, address)
    }

    pub(crate) fn refused(&mut self, window: usize, id: &str, code: &str, expected: &mut [Heard]) {
        self.tally.refused += 1;
        expected[window].loose.push(json!({"type": "error", "id": id, "code": code}));
    }
}

/// At which offset something came out: by its `ack`, or by what anybody heard.
fn find(speech: &Speech, heard: &[Heard]) -> Option<u64> {
    let in_room = |heard: &Heard| heard.rooms.get(&speech.room).cloned().unwrap_or_default();
    let is_it = |object: &Value| match &speech.event.what {
        What::Text(text) => object["msg"] == text.as_str(),
        What::Picture { width, .. } => object["picture"]["width"] == *width,
        What::Deletion(target) => object["target"] == *target,
    };
    let found = match &speech.id {
        Some(id) => in_room(&heard[speech.window]).into_iter().find(|it| it["id"] == id.as_str()),
        None => heard.iter().find_map(|heard| in_room(heard).into_iter().find(is_it)),
    };
    found?["offset"].as_u64()
}

/// The beginning of a PNG file, which says how wide it is.
fn png(width: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(1_u32.to_be_bytes());
    bytes.extend(b"\x08\x02\0\0\0");
    bytes
}
