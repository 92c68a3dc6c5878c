//! A few people who do everything that is acknowledged, and what they were promised by it.

use std::net::SocketAddr;
use std::thread;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use pollcat_chat_testing::http::get;
use pollcat_chat_testing::json::{Json, fresh_id};
use pollcat_chat_testing::png::png;
use pollcat_testing::dice::Dice;

/// What the answer to a request promises: that this is in the file from then on.
#[derive(Debug)]
pub(crate) struct Promise {
    /// The request's.
    pub id: String,
    pub what: What,
}

#[derive(Debug)]
pub(crate) enum What {
    /// The text, until it is taken back.
    Message {
        room: String,
        offset: u64,
        text: String,
    },
    /// The bytes as they were served, until they are taken back.
    Picture {
        room: String,
        offset: u64,
        bytes: Vec<u8>,
    },
    /// What was said there is no more.
    TakenBack {
        room: String,
        offset: u64,
    },
    /// A name with this number, or a later one.
    Name {
        person: u64,
        number: usize,
    },
    Member {
        room: String,
        person: u64,
    },
    Token {
        person: u64,
        hash: Vec<u8>,
    },
}

/// One of them, from one life of the program to the next.
pub(crate) struct Talker {
    number: usize,
    dice: Dice,
    token: Option<String>,
    rooms: Vec<String>,
    names: usize,
    /// What may be taken back.
    said: Vec<(String, u64)>,
    pub promises: Vec<Promise>,
}

/// Everybody at once, so that several writes share a sync.
pub(crate) fn talk(talkers: &mut [Talker], address: SocketAddr, deeds: usize) {
    thread::scope(|scope| {
        for talker in talkers {
            scope.spawn(move || talker.live(address, deeds));
        }
    });
}

impl Talker {
    pub(crate) fn new(number: usize, dice: Dice) -> Self {
        let rooms = vec!["lobby".into()];
        Talker { number, dice, token: None, rooms, names: 0, said: Vec::new(), promises: Vec::new() }
    }

    fn live(&mut self, address: SocketAddr, deeds: usize) {
        let mut client = self.arrive(address, self.token.clone());
        self.token = Some(client.token.clone());
        for _ in 0..deeds {
            match self.dice.below(20) {
                0..11 => self.say(&mut client),
                11..14 => self.show(&mut client, address),
                14..16 => self.take_back(&mut client),
                16 => self.rename(&mut client),
                17 => self.join(&mut client),
                _ => drop(self.arrive(address, None)),
            }
        }
    }

    fn promise(&mut self, id: &Value, what: What) {
        let id = id.as_str().expect("every request has an id").into();
        self.promises.push(Promise { id, what });
    }

    fn arrive(&mut self, address: SocketAddr, token: Option<String>) -> Json {
        let new = token.is_none();
        let client = Json::hello(address, json!({"id": fresh_id(), "token": token}));
        if new {
            let secret = BASE64.decode(&client.token).expect("a token is base64");
            let hash = Sha256::digest(secret).to_vec();
            self.promise(&client.welcome["id"], What::Token { person: client.id, hash });
        }
        client
    }

    fn say(&mut self, client: &mut Json) {
        let room = self.some_room();
        let length = if self.dice.one_in(10) { 900 } else { self.dice.below(40) };
        let words = self.dice.choose(&["tea ", "茶", "🙂"]).repeat(length);
        let text = format!("{} {}: {words}.", self.number, self.promises.len());
        let ack = client.say(&room, &text);
        let offset = self.remember(&room, &ack);
        self.promise(&ack["id"], What::Message { room, offset, text });
    }

    fn show(&mut self, client: &mut Json, address: SocketAddr) {
        let (room, id) = (self.some_room(), fresh_id());
        let noise: Vec<u8> = (0..100 + self.dice.below(30_000)).map(|_| self.dice.below(256) as u8).collect();
        let picture = png(64, 64, &noise);
        client.send(&json!({"type": "picture", "id": id, "room": room, "size": picture.len()}));
        client.send_bytes(&picture);
        let ack = client.wait_for("the answer to a picture", |it| it["id"] == *id);
        assert_eq!(ack["type"], "ack", "{ack}");
        let offset = self.remember(&room, &ack);
        let page = client.ask(json!({"type": "page", "room": room, "before": offset + 1, "limit": 1}));
        let url = page["events"][0]["picture"]["url"].as_str().expect("a picture has an address");
        let path = &url[url.find("/pictures/").expect("it is a picture's")..];
        let bytes = get(address, path).body;
        assert!(bytes.len() > 40, "{page}");
        self.promise(&ack["id"], What::Picture { room, offset, bytes });
    }

    fn take_back(&mut self, client: &mut Json) {
        if self.said.is_empty() {
            return;
        }
        let (room, offset) = self.said.swap_remove(self.dice.below(self.said.len()));
        let ack = client.ask(json!({"type": "delete", "room": room, "offset": offset}));
        assert_eq!(ack["type"], "ack", "{ack}");
        self.promise(&ack["id"], What::TakenBack { room, offset });
    }

    fn rename(&mut self, client: &mut Json) {
        self.names += 1;
        let (person, number) = (client.id, self.names);
        let ack = client.ask(json!({"type": "name", "name": format!("name{}x{number}", self.number)}));
        assert_eq!(ack["type"], "ack", "{ack}");
        self.promise(&ack["id"], What::Name { person, number });
    }

    fn join(&mut self, client: &mut Json) {
        let room = format!("room{}x{}", self.number, self.rooms.len());
        let state = client.join(&room);
        self.rooms.push(room.clone());
        self.promise(&state["id"], What::Member { room, person: client.id });
    }

    fn some_room(&mut self) -> String {
        self.rooms[self.dice.below(self.rooms.len())].clone()
    }

    fn remember(&mut self, room: &str, ack: &Value) -> u64 {
        let offset = ack["offset"].as_u64().expect("an ack says where");
        self.said.push((room.into(), offset));
        offset
    }
}
