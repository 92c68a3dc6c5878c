//! What somebody has heard of each room, over all their connections: everything, once, and in order.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

/// An event of a room; its offset is its place in the list, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    pub author: u64,
    pub name: String,
    pub text: String,
    pub at: i64,
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
}

impl Listener {
    /// Nothing heard yet, of these rooms and epochs.
    pub(crate) fn new(id: u64, token: &str, echo: bool, rooms: &[(String, String)]) -> Self {
        let unheard = |epoch: &String| Room { epoch: epoch.clone(), events: Vec::new(), live: false };
        let rooms = rooms.iter().map(|(name, epoch)| (name.clone(), unheard(epoch))).collect();
        Listener { id, token: token.into(), echo, rooms }
    }

    pub(crate) fn hello(&self) -> Value {
        let position = |room: &Room| json!({"epoch": room.epoch, "offset": room.events.len()});
        let rooms: Map<String, Value> =
            self.rooms.iter().map(|(name, room)| (name.clone(), position(room))).collect();
        json!({"type": "hello", "token": self.token, "echo": self.echo, "rooms": rooms})
    }

    /// Takes in what is said in rooms. Answers to requests are somebody else's business.
    pub(crate) fn hear(&mut self, object: &Value) {
        match text(object, "type") {
            "welcome" => self.hear_welcome(object),
            "history" => self.hear_history(object),
            "message" => {
                let room = self.room(object);
                assert!(room.live, "news before the history is complete: {object}");
                room.push(object, object);
            }
            "picture" | "deleted" => panic!("nobody did this: {object}"),
            "room" | "joined" | "left" => drop(self.room(object)),
            _ => {}
        }
    }

    fn hear_welcome(&mut self, welcome: &Value) {
        assert_eq!(welcome["user"]["id"], self.id, "the same person: {welcome}");
        assert_eq!(welcome["new"], false, "{welcome}");
        let rooms = welcome["rooms"].as_array().expect("a welcome has rooms");
        assert_eq!(rooms.len(), self.rooms.len(), "a member of the same rooms: {welcome}");
        for told in rooms {
            let room = self.room(told);
            assert_eq!(text(told, "epoch"), room.epoch, "the same history");
            assert!(number(told, "offset") >= room.events.len() as u64, "heard more than there is: {told}");
            room.live = false;
        }
    }

    fn hear_history(&mut self, history: &Value) {
        let room = self.room(history);
        assert_eq!(text(history, "epoch"), room.epoch, "the same history");
        assert_eq!(history["recovered"], true, "{} events were heard: {history}", room.events.len());
        assert!(!room.live, "live already: {history}");
        for event in history["events"].as_array().expect("a history has events") {
            room.push(event, history);
        }
        room.live = history["more"] == false;
    }

    /// One's own words, which are known to be in their place by their `ack`.
    pub(crate) fn hear_own(&mut self, ack: &Value, text: &str) {
        let (id, echo) = (self.id, self.echo);
        let room = self.room(ack);
        let (offset, heard) = (number(ack, "offset"), room.events.len() as u64);
        if ack["repeated"] == true {
            assert!(!room.live || offset <= heard, "said before, and not heard: {ack}");
        } else if room.live {
            assert_eq!(offset, heard + 1, "an ack takes the place of its message: {ack}");
            if !echo {
                let at = ack["msg_time"].as_i64().expect("an ack has a time");
                room.events.push(Event { author: id, name: String::new(), text: text.into(), at });
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
        self.events.push(Event::of(event));
    }
}

impl Event {
    pub(crate) fn of(event: &Value) -> Self {
        Event {
            author: number(event, "from_id"),
            name: text(event, "from").into(),
            text: text(event, "msg").into(),
            at: event["msg_time"].as_i64().unwrap_or_else(|| panic!("no time in {event}")),
        }
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
