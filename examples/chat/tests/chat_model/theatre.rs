//! The chat, its windows and the model, side by side. A turn asks something of the chat, lets it come to rest, and
//! compares what every window has heard with what the model says.

use std::collections::BTreeMap;

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::text::{Text, untimed};
use pollcat_testing::dice::Dice;
use serde_json::{Value, json};

use crate::heard::{Heard, Secrets};
use crate::world::{LOBBY, World};

pub(crate) struct Theatre {
    pub chat: Chat,
    pub dice: Dice,
    pub world: World,
    pub windows: Vec<Window>,
    /// Says nothing and hears nothing that is compared; knows when everything asked for is on disk.
    pub steward: Json,
    pub secrets: Secrets,
    /// The number of the next message: no two have the same words.
    pub next: u32,
    /// Ids that were acknowledged, and how.
    pub acknowledged: Vec<(u64, Value)>,
    pub recent: usize,
    pub tally: Tally,
}

#[derive(Default)]
pub(crate) struct Tally {
    pub asked: usize,
    pub events: usize,
    pub compared: usize,
    pub refused: usize,
}

/// One connection.
pub(crate) struct Window {
    pub person: u64,
    pub echo: bool,
    /// The room in which it is.
    pub room: String,
    pub voice: Voice,
    /// It has been used in this turn.
    pub busy: bool,
}

pub(crate) enum Voice {
    Json(Json),
    Text(Text),
}

impl Theatre {
    pub(crate) fn open(mut dice: Dice) -> Self {
        let recent = dice.choose(&[5, 60, 500]);
        let chat = Chat::start(&["--durability", "system", "--recent", &recent.to_string()]);
        let mut steward = Json::hello(chat.address(), json!({}));
        steward.rename("steward");
        let mut world = World::default();
        world.arrive(steward.id, "steward", Some(steward.token.clone()));
        Theatre {
            chat,
            dice,
            world,
            windows: Vec::new(),
            steward,
            secrets: Secrets::default(),
            next: 0,
            acknowledged: Vec::new(),
            recent,
            tally: Tally::default(),
        }
    }

    // ---- asking

    /// Sends an object under an id of its own, which is returned.
    pub(crate) fn ask(&mut self, window: usize, mut object: Value) -> String {
        self.next += 1;
        let id = format!("id-{}", self.next);
        object["id"] = id.as_str().into();
        self.send(window, &object);
        id
    }

    pub(crate) fn send(&mut self, window: usize, object: &Value) {
        self.tally.asked += 1;
        self.windows[window].json().send(object);
    }

    // ---- what came of it

    /// Everything that was asked is carried out and told; what each window has heard of it.
    pub(crate) fn settle(&mut self) -> Vec<Heard> {
        // First the chat has read everything, then it is on disk, then everybody has been told.
        let listen = |window: &mut Window| if window.busy { window.heard() } else { Vec::new() };
        let before: Vec<Vec<Said>> = self.windows.iter_mut().map(listen).collect();
        self.store();
        let mut all = Vec::new();
        for (place, before) in before.into_iter().enumerate() {
            let said = before.into_iter().chain(self.windows[place].heard());
            let said: Vec<Said> = said.collect();
            all.push(self.sort(place, said));
            self.windows[place].busy = false;
        }
        drop(self.steward.heard());
        all
    }

    /// Everything that was done is on disk; and so is what follows from it, such as that an empty room is removed, which is one
    /// more entry.
    pub(crate) fn store(&mut self) {
        for _ in 0..2 {
            let name = json!({"type": "name", "name": "steward"});
            assert_eq!(self.steward.ask(name)["type"], "ack", "the steward keeps its name");
        }
    }

    fn sort(&mut self, window: usize, all: Vec<Said>) -> Heard {
        let mut heard = Heard::default();
        for said in all {
            match said {
                Said::Line(line) if line.starts_with("* ") => self.check_notice(window, &line),
                Said::Line(line) => heard.line(untimed(&line).to_owned()),
                Said::Object(object) => {
                    let object = self.secrets.strip(object);
                    match object["type"].as_str() {
                        // They come by the clock: who they are about is checked, and not when.
                        Some("online" | "offline" | "typing") => self.check_presence(window, &object),
                        _ => heard.object(object),
                    }
                }
            }
        }
        heard
    }

    /// The server's words to a text client name no room but its own, and quote nobody.
    fn check_notice(&self, window: usize, line: &str) {
        if let Some((room, _)) = line.strip_prefix("* [").and_then(|rest| rest.split_once("] ")) {
            let person = self.windows[window].person;
            // One's own leaving is the last that one hears of a room.
            let farewell = format!("* [{room}] {} left", self.world.person(person).name);
            let titles = self.world.person(person).accounts.keys().map(|name| &self.world.rooms[name].title);
            let is_title = titles.flatten().any(|title| title == room);
            let theirs = self.world.is_member(person, room) || is_title || line == farewell;
            assert!(theirs, "{person} reads of a room of others: {line}");
        }
        assert!(!line.contains("#"), "a notice quotes somebody: {line}");
    }

    fn check_presence(&self, window: usize, object: &Value) {
        let id = object["user"]["id"].as_u64().expect("a person has an id");
        match self.world.people.get(&id) {
            Some(person) => assert_eq!(object["user"]["name"], person.name, "{object}"),
            None => assert_eq!(object["type"], "offline", "nobody: {object}"),
        }
        if let Some(room) = object["room"].as_str() {
            let hearer = self.windows[window].person;
            assert!(self.world.is_member(hearer, room), "{hearer} hears of a room of others: {object}");
        }
    }

    /// What every window has heard is what it should have.
    #[track_caller]
    pub(crate) fn compare(&mut self, heard: Vec<Heard>, expected: Vec<Heard>) {
        for (place, (heard, expected)) in heard.into_iter().zip(expected).enumerate() {
            self.tally.compared += expected.len();
            heard.assert_is(expected, &self.windows[place].describe(place, &self.world));
        }
    }

    /// Nothing expected of anybody yet.
    pub(crate) fn silence(&self) -> Vec<Heard> {
        vec![Heard::default(); self.windows.len()]
    }

    // ---- who is there

    /// Places of the windows that speak JSON and are members of a room.
    pub(crate) fn json_in(&self, room: &str) -> Vec<usize> {
        let is_one = |window: &Window| window.is_json() && self.world.is_member(window.person, room);
        (0..self.windows.len()).filter(|&place| is_one(&self.windows[place])).collect()
    }

    pub(crate) fn windows_of(&self, person: u64) -> Vec<usize> {
        (0..self.windows.len()).filter(|&place| self.windows[place].person == person).collect()
    }

    /// People who have a window, and the steward.
    pub(crate) fn here(&self) -> BTreeMap<u64, Value> {
        let people = self.windows.iter().map(|window| window.person).chain([self.steward.id]);
        people.map(|id| (id, self.world.user(id))).collect()
    }

    /// A room, as one of its members sees it; whoever has a window is here.
    pub(crate) fn room_state(&self, room: &str, person: u64) -> Value {
        let mut state = self.world.room_state(room, person);
        if let Some(partner) = state["with"]["id"].as_u64() {
            state["with"]["online"] = self.here().contains_key(&partner).into();
        }
        state
    }

    /// Does anybody see what a window says in a room, without being told in an `ack`?
    pub(crate) fn is_seen(&self, window: usize, room: &str, mover: Option<u64>) -> bool {
        let sees = |&place: &usize| {
            Some(self.windows[place].person) != mover && (place != window || self.windows[place].echo)
        };
        self.json_in(room).iter().any(sees)
    }

    pub(crate) fn any_window(&mut self) -> usize {
        self.dice.below(self.windows.len())
    }

    pub(crate) fn any_json(&mut self) -> usize {
        let places = self.json_in(LOBBY);
        places[self.dice.below(places.len())]
    }

    pub(crate) fn any_person(&mut self) -> u64 {
        let ids: Vec<u64> = self.world.people.keys().copied().collect();
        self.dice.choose(&ids)
    }

    pub(crate) fn any_room(&mut self) -> String {
        let names: Vec<&String> = self.world.rooms.keys().collect();
        names[self.dice.below(names.len())].clone()
    }

    pub(crate) fn any_room_of(&mut self, person: u64) -> String {
        let names: Vec<&String> = self.world.person(person).accounts.keys().collect();
        names[self.dice.below(names.len())].clone()
    }
}

/// As it came.
pub(crate) enum Said {
    Object(Value),
    Line(String),
}

impl Window {
    pub(crate) fn is_json(&self) -> bool {
        matches!(self.voice, Voice::Json(_))
    }

    #[track_caller]
    pub(crate) fn json(&mut self) -> &mut Json {
        self.busy = true;
        match &mut self.voice {
            Voice::Json(json) => json,
            Voice::Text(_) => panic!("it speaks in lines"),
        }
    }

    #[track_caller]
    pub(crate) fn text(&mut self) -> &mut Text {
        self.busy = true;
        match &mut self.voice {
            Voice::Text(text) => text,
            Voice::Json(_) => panic!("it speaks JSON"),
        }
    }

    fn heard(&mut self) -> Vec<Said> {
        match &mut self.voice {
            Voice::Json(json) => json.heard().into_iter().map(Said::Object).collect(),
            Voice::Text(text) => text.heard().into_iter().map(Said::Line).collect(),
        }
    }

    fn describe(&self, place: usize, world: &World) -> String {
        let name = world.people.get(&self.person).map_or("somebody", |person| &person.name);
        let voice = if self.is_json() { "JSON" } else { "text" };
        format!("window {place} ({voice}) of {name} ({}), in {}", self.person, self.room)
    }
}
