//! What somebody has heard of each room, over all their connections: everything, once, and in order.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value, json};

/// An event of a room; its offset is its place in the list, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    pub author: u64,
    pub name: String,
    pub words: Words,
    pub at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Words {
    Text(String),
    Picture {
        caption: String,
        url: String,
    },
    TakenBack,
    /// Of what was said at this offset.
    Deletion(u64),
    /// Of what somebody has said, wherever these offsets are.
    Erasing {
        of: u64,
        targets: Vec<u64>,
    },
    /// It was pruned before it was heard.
    Pruned,
}

pub(crate) struct Room {
    pub epoch: String,
    pub events: Vec<Event>,
    /// The history is complete: what comes now is new.
    pub live: bool,
}

pub(crate) struct Listener {
    pub id: u64,
    pub token: String,
    pub echo: bool,
    pub rooms: HashMap<String, Room>,
    pub hears: Hears,
    /// Rooms besides that this person has entered meanwhile. Nothing is said in them.
    pub entered: BTreeSet<String>,
    /// What they are called, by the latest welcome.
    pub name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hears {
    Everything,
    /// Old events are pruned: whoever was away for long may have missed some.
    WhatIsKept,
    /// Rooms begin anew when the program was killed: what was heard before is forgotten.
    ThisEpoch,
}

/// The beginning of the names of all rooms that are entered meanwhile.
pub(crate) const MEANWHILE: &str = "meanwhile";

impl Listener {
    /// Nothing heard yet, of these rooms and epochs.
    pub(crate) fn new(id: u64, token: &str, echo: bool, rooms: &[(String, String)]) -> Self {
        let unheard = |epoch: &String| Room { epoch: epoch.clone(), events: Vec::new(), live: false };
        let rooms = rooms.iter().map(|(name, epoch)| (name.clone(), unheard(epoch))).collect();
        Listener {
            id,
            token: token.into(),
            echo,
            rooms,
            hears: Hears::Everything,
            entered: BTreeSet::new(),
            name: String::new(),
        }
    }

    pub(crate) fn hello(&self) -> Value {
        let position = |room: &Room| json!({"epoch": room.epoch, "offset": room.events.len()});
        let rooms: Map<String, Value> =
            self.rooms.iter().map(|(name, room)| (name.clone(), position(room))).collect();
        json!({"type": "hello", "token": self.token, "echo": self.echo, "rooms": rooms})
    }

    /// Takes in what is said in rooms. Answers to requests are somebody else's business.
    pub(crate) fn hear(&mut self, object: &Value) {
        let entered = object["room"].as_str().filter(|room| room.starts_with(MEANWHILE));
        if let Some(room) = entered {
            self.entered.extend((object["type"] == "room").then(|| room.to_owned()));
            return;
        }
        match text(object, "type") {
            "welcome" => self.hear_welcome(object),
            "history" => self.hear_history(object),
            "message" | "picture" | "deleted" => {
                let room = self.room(object);
                assert!(room.live, "news before the history is complete: {object}");
                room.push(object, object);
            }
            "room" | "joined" | "left" => drop(self.room(object)),
            _ => {}
        }
    }

    fn hear_welcome(&mut self, welcome: &Value) {
        assert_eq!(welcome["user"]["id"], self.id, "the same person: {welcome}");
        assert_eq!(welcome["new"], false, "{welcome}");
        text(&welcome["user"], "name").clone_into(&mut self.name);
        let rooms = welcome["rooms"].as_array().expect("a welcome has rooms");
        let is_entered = |told: &&Value| text(told, "room").starts_with(MEANWHILE);
        let (entered, rooms): (Vec<_>, Vec<_>) = rooms.iter().partition(is_entered);
        let entered: BTreeSet<_> = entered.into_iter().map(|told| text(told, "room").to_owned()).collect();
        assert!(entered.is_superset(&self.entered), "still in {:?}: {welcome}", self.entered);
        self.entered = entered;
        assert_eq!(rooms.len(), self.rooms.len(), "a member of the same rooms: {welcome}");
        for told in rooms {
            let hears = self.hears;
            let room = self.room(told);
            if hears == Hears::ThisEpoch && text(told, "epoch") != room.epoch {
                text(told, "epoch").clone_into(&mut room.epoch);
                room.events.clear();
            }
            assert_eq!(text(told, "epoch"), room.epoch, "the same history");
            assert!(number(told, "offset") >= room.events.len() as u64, "heard more than there is: {told}");
            room.live = false;
        }
    }

    fn hear_history(&mut self, history: &Value) {
        let hears = self.hears;
        let room = self.room(history);
        assert_eq!(text(history, "epoch"), room.epoch, "the same history");
        assert!(!room.live, "live already: {history}");
        let events = history["events"].as_array().expect("a history has events");
        if history["recovered"] == false {
            assert_ne!(hears, Hears::Everything, "{} events were heard: {history}", room.events.len());
            let first =
                events.first().map_or(room.events.len(), |event| number(event, "offset") as usize - 1);
            room.events.resize(first, Event::pruned());
        }
        for event in events {
            room.push(event, history);
        }
        room.live = history["more"] == false;
    }

    /// What one has said or taken back oneself, which is known to be in its place by its `ack`.
    pub(crate) fn hear_own(&mut self, ack: &Value, words: Words) {
        let (id, echo) = (self.id, self.echo);
        let room = self.room(ack);
        let (offset, heard) = (number(ack, "offset"), room.events.len() as u64);
        if ack["repeated"] == true {
            assert!(!room.live || offset <= heard, "done before, and not heard: {ack}");
        } else if room.live {
            assert_eq!(offset, heard + 1, "an ack takes the place of its event: {ack}");
            if !echo {
                let at = ack["msg_time"].as_i64().expect("an ack has a time");
                room.add(Event { author: id, name: String::new(), words, at });
            }
        }
    }

    /// A room of which this is a member; there are no others that it may hear of.
    fn room(&mut self, object: &Value) -> &mut Room {
        let room = self.rooms.get_mut(text(object, "room"));
        room.unwrap_or_else(|| panic!("not a room of {}: {object}", self.id))
    }
}

impl Room {
    fn push(&mut self, event: &Value, within: &Value) {
        assert_eq!(
            number(event, "offset"),
            self.events.len() as u64 + 1,
            "the next one: {event} in {within}"
        );
        self.add(Event::of(event));
    }

    fn add(&mut self, event: Event) {
        for &target in event.words.targets() {
            let target = &mut self.events[target as usize - 1];
            if target.words != Words::Pruned {
                target.words = Words::TakenBack;
            }
        }
        self.events.push(event);
    }
}

impl Words {
    /// What it takes away.
    pub(crate) fn targets(&self) -> &[u64] {
        match self {
            Words::Deletion(target) => std::slice::from_ref(target),
            Words::Erasing { targets, .. } => targets,
            _ => &[],
        }
    }
}

impl Event {
    pub(crate) fn of(event: &Value) -> Self {
        let words = || text(event, "msg").to_owned();
        let words = match text(event, "type") {
            _ if event["deleted"] == true => Words::TakenBack,
            "message" => Words::Text(words()),
            "picture" => Words::Picture { caption: words(), url: text(&event["picture"], "url").to_owned() },
            "deleted" if event["targets"].is_array() => {
                let targets = event["targets"].as_array().expect("a list").iter();
                let targets = targets.map(|target| target.as_u64().expect("an offset")).collect();
                Words::Erasing { of: number(event, "of_id"), targets }
            }
            "deleted" => Words::Deletion(number(event, "target")),
            other => panic!("no event of a room is a {other}: {event}"),
        };
        Event {
            author: number(event, "from_id"),
            name: text(event, "from").into(),
            words,
            at: event["msg_time"].as_i64().unwrap_or_else(|| panic!("no time in {event}")),
        }
    }

    /// Nothing is known of it.
    pub(crate) fn pruned() -> Self {
        Event { author: 0, name: String::new(), words: Words::Pruned, at: 0 }
    }

    /// What is known of both is the same. The names of one's own are not told in an `ack`, nor are the addresses of one's
    /// own pictures.
    pub(crate) fn agrees_with(&self, stored: &Event) -> bool {
        let words = match (&self.words, &stored.words) {
            (Words::Pruned, _) | (_, Words::Pruned) => return true,
            (Words::Picture { caption, url }, Words::Picture { caption: of, .. }) if url.is_empty() => {
                caption == of
            }
            (heard, stored) => heard == stored,
        };
        let name = self.name.is_empty() || self.name == stored.name;
        words && name && (self.author, self.at) == (stored.author, stored.at)
    }
}

#[track_caller]
pub(crate) fn text<'a>(object: &'a Value, field: &str) -> &'a str {
    object[field].as_str().unwrap_or_else(|| panic!("no {field} in {object}"))
}

#[track_caller]
pub(crate) fn number(object: &Value, field: &str) -> u64 {
    object[field].as_u64().unwrap_or_else(|| panic!("no {field} in {object}"))
}
