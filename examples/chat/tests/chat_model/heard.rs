//! What a window has heard, and what it should have: compared with nothing left over on either side.
//!
//! Within a room the order counts: events, the `ack`s that take their places, comings and goings, histories. Everything
//! else has no place among them, and is compared as a whole.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Value, json};

#[derive(Default, Clone)]
pub(crate) struct Heard {
    pub rooms: BTreeMap<String, Vec<Value>>,
    pub loose: Vec<Value>,
}

impl Heard {
    pub(crate) fn in_room(&mut self, room: &str, object: Value) {
        self.rooms.entry(room.into()).or_default().push(object);
    }

    /// A line of a text client: those who are elsewhere are told where it was said, and by whom if that was in private.
    pub(crate) fn line(&mut self, line: String) {
        let place = match line.split_once("] ") {
            Some((place, said)) if place.starts_with("[private") => {
                format!("{place} {}", said.split(' ').next().unwrap_or_default())
            }
            Some((place, _)) if place.starts_with('[') => place.to_owned(),
            _ => "here".to_owned(),
        };
        self.in_room(&place, line.into());
    }

    /// An object, where it belongs.
    pub(crate) fn object(&mut self, object: Value) {
        let placed = match object["type"].as_str() {
            Some("message" | "picture" | "deleted" | "joined" | "left" | "history" | "room") => true,
            Some("ack") => object.get("offset").is_some() && object.get("repeated").is_none(),
            _ => false,
        };
        match object["room"].as_str().map(str::to_owned).filter(|_| placed) {
            Some(room) => self.in_room(&room, object),
            None => self.loose.push(object),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.rooms.values().map(Vec::len).sum::<usize>() + self.loose.len()
    }

    #[track_caller]
    pub(crate) fn assert_is(mut self, mut expected: Heard, who: &str) {
        let mut rooms: HashSet<String> = self.rooms.keys().cloned().collect();
        rooms.extend(expected.rooms.keys().cloned());
        for room in rooms {
            let (heard, expected) = (self.rooms.remove(&room), expected.rooms.remove(&room));
            assert_same(&heard.unwrap_or_default(), &expected.unwrap_or_default(), who, &room);
        }
        self.loose.sort_by_key(Value::to_string);
        expected.loose.sort_by_key(Value::to_string);
        assert_same(&self.loose, &expected.loose, who, "no room");
    }
}

#[track_caller]
fn assert_same(heard: &[Value], expected: &[Value], who: &str, room: &str) {
    if heard != expected {
        let list = |values: &[Value]| values.iter().map(|it| format!("\n    {it}")).collect::<String>();
        panic!("{who}, in {room}\n  heard:{}\n  and not:{}", list(heard), list(expected));
    }
}

/// What the model cannot know before: times, epochs and addresses of pictures. They must be the same each time they are
/// told, and to everybody.
#[derive(Default)]
pub(crate) struct Secrets {
    epochs: HashMap<String, String>,
    times: HashMap<(String, u64), i64>,
    pictures: HashMap<(String, u64), String>,
    /// Messages, histories and the like that were looked at.
    pub looked_at: usize,
}

impl Secrets {
    /// The object without them, and without the words that are for people.
    pub(crate) fn strip(&mut self, mut object: Value) -> Value {
        self.looked_at += 1;
        if object["msg_source"] == "server" {
            let words = object["msg"].take();
            assert!(words.as_str().is_some_and(|words| !words.is_empty()), "no words in {object}");
            let fields = object.as_object_mut().expect("an object");
            fields.remove("msg");
            fields.remove("msg_source");
        }
        let room = object["room"].as_str().unwrap_or_default().to_owned();
        self.strip_event(&room, &mut object);
        for list in ["events", "hits", "rooms"] {
            for inner in object.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
                let room = inner["room"].as_str().unwrap_or(&room).to_owned();
                self.strip_event(&room, inner);
            }
        }
        object
    }

    fn strip_event(&mut self, room: &str, object: &mut Value) {
        let Some(fields) = object.as_object_mut() else { return };
        if let Some(epoch) = fields.remove("epoch") {
            let epoch = epoch.as_str().expect("an epoch is text").to_owned();
            assert!(epoch.len() >= 16, "{epoch} could be guessed");
            let known = self.epochs.entry(room.into()).or_insert_with(|| epoch.clone());
            assert_eq!(*known, epoch, "the epoch of {room}");
        }
        let place = (room.to_owned(), fields.get("offset").and_then(Value::as_u64).unwrap_or(0));
        if let Some(time) = fields.remove("msg_time") {
            let time = time.as_i64().expect("a time is a number");
            assert_eq!(*self.times.entry(place.clone()).or_insert(time), time, "the time of {place:?}");
        }
        if let Some(url) = fields.get_mut("picture").and_then(Value::as_object_mut).map(|it| it.remove("url"))
        {
            let url = url.as_ref().and_then(Value::as_str).expect("a picture has an address").to_owned();
            let known = self.pictures.entry(place.clone()).or_insert_with(|| url.clone());
            assert_eq!(*known, url, "the address of {place:?}");
        }
    }

    pub(crate) fn epoch(&self, room: &str) -> Option<&str> {
        self.epochs.get(room).map(String::as_str)
    }

    pub(crate) fn picture(&self, room: &str, offset: u64) -> String {
        self.pictures.get(&(room.to_owned(), offset)).cloned().unwrap_or_else(|| "unknown".into())
    }
}

/// Histories of several pieces, as one.
pub(crate) fn whole_history(room: &str, pieces: &[Value]) -> Value {
    let mut events = Vec::new();
    for (place, piece) in pieces.iter().enumerate() {
        assert_eq!(piece["recovered"], pieces[0]["recovered"], "{piece}");
        assert_eq!(piece["more"], place + 1 < pieces.len(), "{piece}");
        events.extend(piece["events"].as_array().expect("a history has events").iter().cloned());
    }
    json!({"type": "history", "room": room, "recovered": pieces[0]["recovered"], "events": events, "more": false})
}
