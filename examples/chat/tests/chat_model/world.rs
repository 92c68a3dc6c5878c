//! The plain model of a chat: people, rooms, what was said, and who has read what. It knows no connections and no time.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

pub(crate) const LOBBY: &str = "lobby";

#[derive(Default)]
pub(crate) struct World {
    pub people: BTreeMap<u64, Person>,
    pub rooms: BTreeMap<String, Room>,
}

pub(crate) struct Person {
    pub id: u64,
    pub name: String,
    /// Guests have none, and are gone when they leave.
    pub token: Option<String>,
    /// By room.
    pub accounts: BTreeMap<String, Account>,
}

/// What one person has read of one room.
#[derive(Default, Clone)]
pub(crate) struct Account {
    pub read: u64,
    /// Unread ones, in order.
    pub mentions: Vec<u64>,
}

/// What ops may do in their rooms.
const MAY: [&str; 12] =
    ["delete", "kick", "mute", "ban", "purge", "op", "alter", "rename", "remove", "invite", "review", "call"];

#[derive(Default)]
pub(crate) struct Room {
    /// Whoever made it is op whenever they are in it.
    pub maker: Option<u64>,
    pub ops: BTreeSet<u64>,
    pub topic: String,
    /// The two people of a private talk.
    pub pair: Option<(u64, u64)>,
    /// Of a private room, which is called by its number.
    pub title: Option<String>,
    /// The first has offset 1.
    pub log: Vec<Event>,
}

#[derive(Clone)]
pub(crate) struct Event {
    pub author: u64,
    /// As it was when they said it.
    pub name: String,
    pub what: What,
    pub mentions: Vec<u64>,
    pub taken_back: bool,
}

#[derive(Clone, PartialEq)]
pub(crate) enum What {
    Text(String),
    Picture { caption: String, width: u32, size: usize },
    Deletion(u64),
}

impl World {
    pub(crate) fn person(&self, id: u64) -> &Person {
        self.people.get(&id).expect("a person whom the model knows")
    }

    pub(crate) fn is_member(&self, person: u64, room: &str) -> bool {
        self.people.get(&person).is_some_and(|person| person.accounts.contains_key(room))
    }

    pub(crate) fn members(&self, room: &str) -> impl Iterator<Item = &Person> {
        self.people.values().filter(move |person| person.accounts.contains_key(room))
    }

    /// A new person, in the lobby like everybody.
    pub(crate) fn arrive(&mut self, id: u64, name: &str, token: Option<String>) {
        let person = Person { id, name: name.into(), token, accounts: BTreeMap::new() };
        assert!(self.people.insert(id, person).is_none(), "the number {id} is somebody else's");
        self.join(id, LOBBY);
    }

    pub(crate) fn join(&mut self, person: u64, room: &str) {
        let read = self.rooms.entry(room.into()).or_default().log.len() as u64;
        let account = Account { read, mentions: Vec::new() };
        let is_maker = self.rooms[room].maker == Some(person);
        self.rooms.get_mut(room).expect("it is there now").ops.extend(is_maker.then_some(person));
        self.people.get_mut(&person).expect("somebody").accounts.entry(room.into()).or_insert(account);
    }

    pub(crate) fn leave(&mut self, person: u64, room: &str) {
        self.people.get_mut(&person).expect("somebody").accounts.remove(room);
        self.rooms.get_mut(room).expect("a room that there is").ops.remove(&person);
    }

    /// Who is gone is op of nothing.
    pub(crate) fn is_op(&self, person: u64, room: &str) -> bool {
        self.rooms[room].ops.contains(&person) && self.is_member(person, room)
    }

    /// The next event of a room: what one says oneself one has read, who is mentioned is to know, and what is taken back
    /// mentions nobody.
    pub(crate) fn push(&mut self, room: &str, event: Event) {
        let log = &mut self.rooms.get_mut(room).expect("a room that there is").log;
        let offset = log.len() as u64 + 1;
        if let What::Deletion(target) = event.what {
            let target = &mut log[target as usize - 1];
            target.taken_back = true;
            target.mentions.clear();
        }
        for person in self.people.values_mut() {
            let Some(account) = person.accounts.get_mut(room) else { continue };
            if person.id == event.author {
                account.mark_read(offset);
            } else if event.mentions.contains(&person.id) {
                account.mentions.push(offset);
            }
            if let What::Deletion(target) = event.what {
                account.mentions.retain(|&mention| mention != target);
            }
        }
        self.rooms.get_mut(room).expect("it was there").log.push(event);
    }

    /// May this person take back what is there?
    pub(crate) fn refuses_deletion(&self, person: u64, room: &str, target: u64) -> Option<&'static str> {
        let event = (target as usize).checked_sub(1).and_then(|place| self.rooms[room].log.get(place));
        match event {
            Some(event) if event.taken_back || matches!(event.what, What::Deletion(_)) => {
                Some("no_such_event")
            }
            None => Some("no_such_event"),
            Some(event) if event.author == person => None,
            // An op takes back what others said, but for other ops.
            Some(_) if !self.is_op(person, room) => Some("not_yours"),
            Some(event) if self.is_op(event.author, room) => Some("forbidden"),
            Some(_) => None,
        }
    }

    // ---- as it is told

    pub(crate) fn user(&self, id: u64) -> Value {
        json!({"id": id, "name": self.person(id).name})
    }

    /// A room, as one of its members sees it.
    pub(crate) fn room_state(&self, name: &str, person: u64) -> Value {
        let room = &self.rooms[name];
        let account = self.person(person).accounts.get(name).cloned().unwrap_or_default();
        let mut state = json!({
            "room": name, "kind": "room", "first": 1, "offset": room.log.len(), "members": self.members(name).count(),
            "read": account.read, "unread": room.unread(account.read), "mentions": account.mentions.len(),
        });
        if let Some(title) = &room.title {
            state["kind"] = "private".into();
            state["title"] = title.as_str().into();
        }
        if !room.topic.is_empty() {
            state["topic"] = room.topic.as_str().into();
        }
        if self.is_op(person, name) {
            state["op"] = true.into();
            state["may"] = json!(MAY);
        }
        if let Some((one, other)) = room.pair {
            let partner = if one == person { other } else { one };
            state["kind"] = "direct".into();
            // Guests may be gone; then what they were called is not ours to know.
            state["with"] =
                if self.people.contains_key(&partner) { self.user(partner) } else { json!(partner) };
        }
        state
    }

    /// The events after an offset, as histories have them.
    pub(crate) fn events(&self, room: &str, offsets: impl Iterator<Item = u64>) -> Vec<Value> {
        let log = &self.rooms[room].log;
        offsets.map(|offset| log[offset as usize - 1].told(offset, None)).collect()
    }
}

impl Account {
    /// True if that is more than before.
    pub(crate) fn mark_read(&mut self, offset: u64) -> bool {
        let more = offset > self.read;
        self.read = self.read.max(offset);
        self.mentions.retain(|&mention| mention > offset);
        more
    }
}

impl Room {
    /// May anybody enter, and see that it is there?
    pub(crate) fn is_public(&self) -> bool {
        self.pair.is_none() && self.title.is_none()
    }

    pub(crate) fn unread(&self, read: u64) -> usize {
        let after = self.log.iter().skip(read as usize);
        after.filter(|event| !matches!(event.what, What::Deletion(_))).count()
    }
}

impl Event {
    pub(crate) fn told(&self, offset: u64, room: Option<&str>) -> Value {
        let mut told = json!({"offset": offset, "from_id": self.author, "from": self.name});
        let (kind, msg) = match &self.what {
            _ if self.taken_back => ("message", Some("")),
            What::Text(text) => ("message", Some(text.as_str())),
            What::Picture { caption, .. } => ("picture", Some(caption.as_str())),
            What::Deletion(_) => ("deleted", None),
        };
        told["type"] = kind.into();
        let mut set =
            |field: &str, value: Option<Value>| value.into_iter().for_each(|value| told[field] = value);
        set("room", room.map(Value::from));
        set("msg", msg.map(Value::from));
        set("deleted", self.taken_back.then_some(true.into()));
        set("mentions", Some(json!(self.mentions)).filter(|_| !self.mentions.is_empty()));
        match self.what {
            What::Deletion(target) => told["target"] = target.into(),
            What::Picture { width, size, .. } if !self.taken_back => {
                told["picture"] =
                    json!({"media_type": "image/png", "width": width, "height": 1, "size": size});
            }
            _ => {}
        }
        told
    }

    /// As a text client reads it, without the time: `None` if it was taken back.
    pub(crate) fn line(&self, place: &str, picture: impl Fn() -> String) -> Option<String> {
        let indent = |text: &str| text.replace('\n', "\n    | ");
        let said = match &self.what {
            _ if self.taken_back => return None,
            What::Text(text) => format!("{}: {}", self.name, indent(text)),
            What::Picture { caption, .. } if caption.is_empty() => {
                format!("{} sent a picture {}", self.name, picture())
            }
            What::Picture { caption, .. } => {
                format!("{} sent a picture: {} {}", self.name, indent(caption), picture())
            }
            What::Deletion(target) => format!("* {} took back message {target}", self.name),
        };
        Some(format!("{place}{said}"))
    }
}
