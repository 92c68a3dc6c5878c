//! Turns in which a window opens or closes, and those in which the whole chat ends and begins again.

use std::net::Shutdown;
use std::time::Duration;

use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::text::Text;
use serde_json::{Map, Value, json};
use socket2::SockRef;

use crate::heard::{Heard, whole_history};
use crate::theatre::{Theatre, Voice, Window};
use crate::world::{LOBBY, World};

/// More people than this are not made: the known ones come back.
const PEOPLE: usize = 30;
const WINDOWS: usize = 13;

impl Theatre {
    /// One comes or one goes, so that there are about as many as there were.
    pub(crate) fn come_or_go(&mut self) {
        if self.windows.len() < WINDOWS || (self.windows.len() < WINDOWS + 4 && self.dice.one_in(2)) {
            match self.dice.below(4) {
                0 => self.open_text(),
                _ => self.open_json(),
            }
        } else {
            self.close();
        }
    }

    pub(crate) fn fill(&mut self) {
        while self.windows.len() < WINDOWS {
            self.come_or_go();
        }
    }

    fn open_text(&mut self) {
        let echo = self.dice.one_in(2);
        let path = if echo { "/?echo=on" } else { "/?echo=off" };
        let mut text = Text::at(self.chat.address(), path);
        let arrival = std::mem::take(&mut text.arrival);
        let id = text.name.strip_prefix("guest-").and_then(|id| id.parse().ok()).expect("a guest");
        let mut expected = self.silence();
        self.tell_newcomer(id, &text.name, None, &mut expected);
        self.windows.push(Window {
            person: id,
            echo,
            room: LOBBY.into(),
            voice: Voice::Text(text),
            busy: false,
        });
        expected.push(Heard::default());
        let place = self.windows.len() - 1;
        self.tell_recent(place, LOBBY, &mut expected);
        let mut heard = self.settle();
        for line in arrival.iter().filter(|line| !line.starts_with("* ")) {
            heard[place].line(pollcat_chat_testing::text::untimed(line).to_owned());
        }
        self.compare(heard, expected);
    }

    fn tell_newcomer(&mut self, id: u64, name: &str, token: Option<String>, expected: &mut [Heard]) {
        let others = self.json_in(LOBBY);
        self.world.arrive(id, name, token);
        let members = self.world.members(LOBBY).count();
        let joined =
            json!({"type": "joined", "room": LOBBY, "user": self.world.user(id), "members": members});
        others.into_iter().for_each(|place| expected[place].in_room(LOBBY, joined.clone()));
    }

    fn open_json(&mut self) {
        let known: Vec<u64> = self
            .world
            .people
            .values()
            .filter(|it| it.token.is_some() && it.id != self.steward.id)
            .map(|it| it.id)
            .collect();
        let many = self.world.people.len() > PEOPLE;
        match !known.is_empty() && (many || !self.dice.one_in(4)) {
            true => {
                let person = self.dice.choose(&known);
                self.open_window_of(person);
            }
            false => self.open_new(),
        }
    }

    fn open_new(&mut self) {
        let echo = self.dice.one_in(3);
        let mut json = Json::connect(self.chat.address());
        while self.dice.one_in(3) {
            self.say_a_wrong_hello(&mut json);
        }
        json.send(&json!({"type": "hello", "echo": echo}));
        json.arrive();
        let (id, name, token) =
            (json.id, json.name.clone(), json.welcome["token"].as_str().map(str::to_owned));
        assert!(token.is_some(), "{}", json.welcome);
        assert_eq!(name, format!("guest-{id}"));
        let mut expected = self.silence();
        self.tell_newcomer(id, &name, token, &mut expected);
        self.check_arrival(&json, id, echo, &Map::new(), true);
        self.windows.push(Window {
            person: id,
            echo,
            room: LOBBY.into(),
            voice: Voice::Json(json),
            busy: false,
        });
        expected.push(Heard::default());
        let heard = self.settle();
        self.compare(heard, expected);
    }

    /// It makes nobody, whoever is told nothing of it, and another one may follow.
    fn say_a_wrong_hello(&mut self, json: &mut Json) {
        let (hello, code) = match self.dice.below(4) {
            0 => (json!({"token": ""}), "unknown_token"),
            1 => (json!({"token": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "name": "newcomer"}), "unknown_token"),
            2 => (json!({"name": " "}), "bad_name"),
            _ => (json!({"name": self.steward.name}), "name_taken"),
        };
        let mut hello = hello;
        hello["type"] = "hello".into();
        self.tally.asked += 1;
        self.tally.refused += 1;
        assert_eq!(json.refused(hello.clone()), code, "{hello}");
    }

    pub(crate) fn open_window_of(&mut self, person: u64) {
        let echo = self.dice.one_in(3);
        let has = self.positions(person);
        let token = self.world.person(person).token.clone();
        let json = Json::hello(self.chat.address(), json!({"token": token, "echo": echo, "rooms": has}));
        self.check_arrival(&json, person, echo, &has, false);
        self.windows.push(Window { person, echo, room: LOBBY.into(), voice: Voice::Json(json), busy: false });
        let expected = self.silence();
        let heard = self.settle();
        self.compare(heard, expected);
    }

    /// How far a window claims to have heard the rooms: rightly, wrongly, and rooms that are not its own.
    fn positions(&mut self, person: u64) -> Map<String, Value> {
        let rooms: Vec<(String, usize)> =
            self.world.rooms.iter().map(|(name, room)| (name.clone(), room.log.len())).collect();
        let mut has = Map::new();
        for (room, last) in rooms {
            if !self.world.is_member(person, &room) && !self.dice.one_in(4) {
                continue;
            }
            let (epoch, offset) = match self.dice.below(6) {
                0 => continue,
                1 => ("0123456789abcdef", last),
                2 => (self.secrets.epoch(&room).unwrap_or("unknown"), last + 1),
                3 => (self.secrets.epoch(&room).unwrap_or("unknown"), self.dice.below(last + 1)),
                _ => {
                    (self.secrets.epoch(&room).unwrap_or("unknown"), last.saturating_sub(self.dice.below(20)))
                }
            };
            has.insert(room, json!({"epoch": epoch, "offset": offset}));
        }
        has
    }

    /// The welcome, and a history for each room: what was missed, exactly, or plainly something else.
    fn check_arrival(&mut self, json: &Json, person: u64, echo: bool, has: &Map<String, Value>, new: bool) {
        let mut welcome = self.secrets.strip(json.welcome.clone());
        let here = self.here();
        let mut all = here.clone();
        all.insert(person, self.world.user(person));
        let told = welcome["all"].as_array_mut().expect("a list of people");
        told.sort_by_key(|user| user["id"].as_u64());
        assert_eq!(*told, all.values().cloned().collect::<Vec<_>>(), "who is here");
        let rooms = welcome["rooms"].as_array_mut().expect("a list of rooms");
        rooms.sort_by_key(|room| room["room"].to_string());
        let mut expected: Vec<Value> =
            self.world.person(person).accounts.keys().map(|room| self.room_state(room, person)).collect();
        expected.sort_by_key(|room| room["room"].to_string());
        for (told, expected) in rooms.iter_mut().zip(&expected) {
            // A partner who is gone.
            if expected["with"].is_u64() {
                assert_eq!(told["with"]["id"], expected["with"]);
                told["with"] = expected["with"].clone();
            }
        }
        assert_eq!(rooms.len(), expected.len(), "the rooms of {person}");
        for (told, expected) in rooms.iter().zip(&expected) {
            assert_eq!(told.to_string(), expected.to_string(), "a room of {person}");
        }
        assert_eq!(welcome["user"], self.world.user(person));
        assert_eq!((&welcome["new"], &welcome["echo"]), (&json!(new), &json!(echo)), "{welcome}");
        assert_eq!((&welcome["room"], &welcome["here"]), (&json!(LOBBY), &json!(all.len())), "{welcome}");

        assert_eq!(json.histories.len(), expected.len(), "a history for each room");
        for (room, pieces) in &json.histories {
            let pieces: Vec<Value> = pieces.iter().map(|piece| self.secrets.strip(piece.clone())).collect();
            let told = whole_history(room, &pieces);
            assert_eq!(told, self.missed(room, has.get(room)), "{person} in {room} with {:?}", has.get(room));
            self.tally.compared += told["events"].as_array().map_or(0, Vec::len);
        }
    }

    fn missed(&self, room: &str, has: Option<&Value>) -> Value {
        let last = self.world.rooms[room].log.len() as u64;
        let offset = has.filter(|has| has["epoch"].as_str() == self.secrets.epoch(room));
        let offset = offset.and_then(|has| has["offset"].as_u64());
        match offset.filter(|&offset| offset <= last && last - offset <= 1000) {
            Some(offset) => {
                let events = self.world.events(room, offset + 1..=last);
                json!({"type": "history", "room": room, "recovered": true, "events": events, "more": false})
            }
            None => self.latest(room),
        }
    }

    /// In order, or with a reset.
    fn close(&mut self) {
        let place = self.any_window();
        let Window { person, voice, .. } = self.windows.remove(place);
        let mut expected = self.silence();
        match voice {
            Voice::Json(json) if self.dice.one_in(2) => json.leave(),
            Voice::Json(json) => {
                SockRef::from(json.stream()).set_linger(Some(Duration::ZERO)).expect("it can be reset");
            }
            Voice::Text(text) => drop(text),
        }
        if self.world.person(person).token.is_none() {
            let rooms: Vec<String> = self.world.person(person).accounts.keys().cloned().collect();
            rooms.iter().for_each(|room| self.stop_being_member(person, room, &mut expected));
            self.world.people.remove(&person);
        }
        let heard = self.settle();
        self.compare(heard, expected);
    }

    /// The chat ends, and begins again with all that it knew. Guests are gone.
    pub(crate) fn begin_again(&mut self) {
        self.windows.clear();
        self.world.people.retain(|_, person| person.token.is_some());
        // Rooms in which they were alone, and nothing was said, go with them.
        let World { people, rooms } = &mut self.world;
        let is_entered = |name: &str| people.values().any(|person| person.accounts.contains_key(name));
        rooms.retain(|name, room| !room.is_public() || !room.log.is_empty() || is_entered(name));
        self.store();
        // Nobody who would have to answer a Close first.
        self.steward.stream().shutdown(Shutdown::Both).expect("it was open");
        self.chat.restart();
        self.steward = self.steward.again(self.chat.address());
        self.fill();
    }
}
