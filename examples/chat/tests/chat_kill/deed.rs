//! What somebody asks for, and its answer in the end.

use std::time::Instant;

use serde_json::{Value, json};

use crate::listener::{Words, text};

#[derive(Debug, Clone)]
pub(crate) struct Deed {
    pub key: String,
    pub what: What,
    /// The place and time of the event that it made, if it made one. `None`: it has not been acknowledged.
    pub done: Option<Option<(u64, i64)>>,
    /// When it was asked for first, and when the answer was there.
    pub asked: Instant,
    pub answered: Option<Instant>,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    Message { room: String, text: String, taken_back: bool },
    Picture { room: String, caption: String, bytes: Vec<u8>, taken_back: bool },
    TakeBack { room: String, target: u64 },
    Name(String),
    Join(String),
}

impl Deed {
    pub(crate) fn new(key: String, what: What) -> Self {
        Deed { key, what, done: None, asked: Instant::now(), answered: None }
    }

    /// The room that has an event of it.
    pub(crate) fn room(&self) -> Option<&str> {
        match &self.what {
            What::Message { room, .. } | What::Picture { room, .. } | What::TakeBack { room, .. } => {
                Some(room)
            }
            What::Name(_) | What::Join(_) => None,
        }
    }

    /// The request, to a room or to the person with whom it is shared; and the binary message that follows it.
    pub(crate) fn request(&self, private: Option<(&str, u64)>) -> (Value, Option<&[u8]>) {
        let mut request = match &self.what {
            What::Message { text, .. } => json!({"type": "message", "msg": text}),
            What::Picture { caption, bytes, .. } => {
                json!({"type": "picture", "msg": caption, "size": bytes.len()})
            }
            What::TakeBack { target, .. } => json!({"type": "delete", "offset": target}),
            What::Name(name) => json!({"type": "name", "name": name}),
            What::Join(room) => json!({"type": "join", "room": room, "create": true}),
        };
        request["id"] = self.key.clone().into();
        match (self.room(), private) {
            (Some(room), Some((private, other))) if room == private && self.is_said() => {
                request["to"] = other.into()
            }
            (Some(room), _) => request["room"] = room.into(),
            (None, _) => {}
        }
        let bytes = match &self.what {
            What::Picture { bytes, .. } => Some(bytes.as_slice()),
            _ => None,
        };
        (request, bytes)
    }

    pub(crate) fn is_said(&self) -> bool {
        matches!(self.what, What::Message { .. } | What::Picture { .. })
    }

    /// The event that it makes, as it is known without the server's word.
    pub(crate) fn words(&self) -> Option<Words> {
        match &self.what {
            What::Message { text, .. } => Some(Words::Text(text.clone())),
            What::Picture { caption, .. } => {
                Some(Words::Picture { caption: caption.clone(), url: String::new() })
            }
            What::TakeBack { target, .. } => Some(Words::Deletion(*target)),
            What::Name(_) | What::Join(_) => None,
        }
    }

    /// Can this be told to be taken back: `Some` if it can, and was not yet.
    pub(crate) fn taken_back(&mut self) -> Option<&mut bool> {
        match &mut self.what {
            What::Message { taken_back, .. } | What::Picture { taken_back, .. } => {
                Some(taken_back).filter(|taken_back| !**taken_back)
            }
            _ => None,
        }
    }

    /// Its answer has come.
    pub(crate) fn is_answered(&mut self, answer: &Value) {
        let place = self.room().map(|room| {
            assert_eq!(text(answer, "room"), room, "{answer}");
            let offset = answer["offset"].as_u64().expect("an ack has an offset");
            (offset, answer["msg_time"].as_i64().expect("an ack has a time"))
        });
        self.done = Some(place);
        self.answered = Some(Instant::now());
    }
}
