//! Turns in which one window asks for something that only it is told: pages, searches, lists, what was read.

use serde_json::{Value, json};

use crate::theatre::Theatre;
use crate::world::What;

impl Theatre {
    pub(crate) fn ask_something(&mut self) {
        let window = self.any_json();
        let room = self.any_room_of(self.windows[window].person);
        match self.dice.below(5) {
            0 => self.read(window, &room),
            1 => self.page(window, &room),
            2 => self.search(window, &room),
            3 => self.who(window, &room),
            _ => self.list_rooms(window),
        }
    }

    fn answered(&mut self, window: usize, wish: Value) -> Value {
        self.next += 1;
        let mut wish = wish;
        wish["id"] = format!("id-{}", self.next).into();
        self.tally.asked += 1;
        let answer = self.windows[window].json().ask(wish);
        let mut answer = self.secrets.strip(answer);
        answer.as_object_mut().expect("an object").remove("id");
        self.tally.compared += 1;
        answer
    }

    fn read(&mut self, window: usize, room: &str) {
        let person = self.windows[window].person;
        let last = self.world.rooms[room].log.len() as u64;
        let offset = self.dice.below(last as usize + 3) as u64;
        let mut expected = self.silence();
        let id = self.ask(window, json!({"type": "read", "room": room, "offset": offset}));
        expected[window].loose.push(json!({"type": "ack", "id": id}));
        let person_of = self.world.people.get_mut(&person).expect("somebody");
        let account = person_of.accounts.get_mut(room).expect("a room of theirs");
        if account.mark_read(offset.min(last)) {
            let (read, mentions) = (account.read, account.mentions.len());
            let unread = self.world.rooms[room].unread(read);
            let told =
                json!({"type": "read", "room": room, "offset": read, "unread": unread, "mentions": mentions});
            for other in self.windows_of(person) {
                if other != window && self.windows[other].is_json() {
                    expected[other].loose.push(told.clone());
                }
            }
        }
        let heard = self.settle();
        self.compare(heard, expected);
    }

    fn page(&mut self, window: usize, room: &str) {
        let last = self.world.rooms[room].log.len() as u64;
        let before = if self.dice.one_in(3) { None } else { Some(self.dice.below(last as usize + 5) as u64) };
        let limit = 1 + self.dice.below(120) as u64;
        let page =
            self.answered(window, json!({"type": "page", "room": room, "before": before, "limit": limit}));
        let end = before.unwrap_or(last + 1).clamp(1, last + 1);
        let start = end.saturating_sub(limit.min(100)).max(1);
        let events = self.world.events(room, start..end);
        let more = start > 1 && !events.is_empty();
        assert_eq!(
            page,
            json!({"type": "page", "room": room, "events": events, "more": more}),
            "before {before:?}, {limit}"
        );
    }

    /// All hits, page after page: exactly the messages that contain the words, of exactly the rooms that are one's own.
    fn search(&mut self, window: usize, room: &str) {
        let query = self.dice.choose(&["tea", "TEA", "茶", "off", "<b>", "0%", "#1", "@"]);
        let room = Some(room).filter(|_| self.dice.one_in(2));
        let (mut hits, mut before): (Vec<Value>, Value) = (Vec::new(), Value::Null);
        loop {
            let found = self
                .answered(window, json!({"type": "search", "query": query, "room": room, "before": before}));
            assert_eq!((&found["type"], &found["query"]), (&json!("found"), &json!(query)), "{found}");
            hits.extend(found["hits"].as_array().expect("there are hits, or none").iter().cloned());
            before = found["before"].clone();
            if before.is_null() {
                break;
            }
        }
        let person = self.world.person(self.windows[window].person);
        let mut expected = Vec::new();
        for name in person.accounts.keys().filter(|name| room.is_none_or(|room| room == *name)) {
            for (event, offset) in self.world.rooms[name].log.iter().zip(1_u64..) {
                let (What::Text(text) | What::Picture { caption: text, .. }) = &event.what else { continue };
                if !event.taken_back && text.to_lowercase().contains(&query.to_lowercase()) {
                    expected.push(event.told(offset, Some(name)));
                }
            }
        }
        let place = |hit: &Value| (hit["room"].to_string(), hit["offset"].as_u64());
        hits.sort_by_key(place);
        expected.sort_by_key(place);
        assert_eq!(hits, expected, "{query} in {room:?}");
    }

    fn who(&mut self, window: usize, room: &str) {
        let mut told = self.answered(window, json!({"type": "who", "room": room}));
        let here = self.here();
        let members: Vec<Value> = self
            .world
            .members(room)
            .map(|it| {
                let mut user = json!({"id": it.id, "name": it.name, "online": here.contains_key(&it.id)});
                if self.world.is_op(it.id, room) {
                    user["op"] = true.into();
                }
                user
            })
            .collect();
        let users = told["users"].as_array_mut().expect("a list of users");
        assert!(
            users.is_sorted_by_key(|user| user["online"] == false),
            "those who are online come first: {users:?}"
        );
        users.sort_by_key(|user| user["id"].as_u64());
        let online = members.iter().filter(|user| user["online"] == true).count();
        let expected = json!({"type": "who", "room": room, "users": members, "here": online,
            "members": members.len(), "more": false});
        assert_eq!(told, expected);
    }

    fn list_rooms(&mut self, window: usize) {
        let told = self.answered(window, json!({"type": "rooms"}));
        let person = self.windows[window].person;
        let public = self.world.rooms.iter().filter(|(_, room)| room.is_public());
        let rooms: Vec<Value> = public
            .map(|(name, room)| {
                let members = self.world.members(name).count();
                let mut listed = json!({"room": name, "members": members, "offset": room.log.len(),
                    "joined": self.world.is_member(person, name)});
                if !room.topic.is_empty() {
                    listed["topic"] = room.topic.as_str().into();
                }
                listed
            })
            .collect();
        assert_eq!(told, json!({"type": "rooms", "rooms": rooms}));
    }
}
