//! The dearest requests of the chat that are known. Whoever finds a dearer one, adds it.

use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use pollcat_testing::client::{BINARY, Client, TEXT, masked};
use serde_json::{Value, json};

use crate::compressed;

pub(crate) struct Attack {
    pub name: &'static str,
    pub who: Who,
    pub connections: usize,
    /// On each connection.
    pub times: usize,
    before: Before,
    what: What,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// On all connections the same.
    OnePerson,
    /// People who share an address.
    OneAddress,
    /// Nobody has said hello.
    Nobody,
}

/// What there is already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    /// As many people are remembered, and not here.
    People(usize),
    /// The lobby is full of long messages.
    LongMessages,
    /// The attacker has said something that can be taken back, among as many people.
    OwnMessages(usize),
    Picture,
}

enum What {
    Plain(fn(usize) -> Value),
    /// Compressed.
    Deflated(fn(usize) -> String),
    /// As long as the client's own messages are not compressed, its answers are.
    ToBeDeflated(fn(usize) -> Value),
    Page,
}

/// U+FDFA is 18 characters in NFKC.
const LONG: &str = "\u{fdfa}";

pub(crate) fn all() -> Vec<Attack> {
    use Before::{LongMessages, Nothing, OwnMessages, People};
    use What::{Deflated, Page, Plain, ToBeDeflated};
    use Who::{Nobody, OneAddress, OnePerson};
    let attack = |name, who, (connections, times), before, what| Attack {
        name,
        who,
        connections,
        times,
        before,
        what,
    };
    vec![
        attack("nothing", OnePerson, (1, 1), Nothing, Plain(|_| json!({"type": "ping"}))),
        attack("mentions, a person", OnePerson, (1, 60), Nothing, Plain(mentions)),
        attack("mentions, an address", OneAddress, (10, 30), Nothing, Plain(mentions)),
        attack(
            "at signs, an address",
            OneAddress,
            (10, 30),
            Nothing,
            Plain(|n| json!({"msg": format!("{n}{}", "@".repeat(3900))})),
        ),
        attack("names of rooms, a person", OnePerson, (1, 200), Nothing, Plain(room_names)),
        attack("names of rooms, an address", OneAddress, (10, 200), Nothing, Plain(room_names)),
        attack(
            "names of people, an address",
            OneAddress,
            (10, 60),
            Nothing,
            Plain(|_| json!({"msg": "x", "to": LONG.repeat(300)})),
        ),
        attack(
            "new names, an address",
            OneAddress,
            (10, 60),
            Nothing,
            Plain(|_| json!({"type": "name", "name": LONG.repeat(300)})),
        ),
        attack(
            "new rooms, an address",
            OneAddress,
            (10, 60),
            Nothing,
            Plain(|n| json!({"type": "join", "create": true, "room": format!("room{n}")})),
        ),
        attack("JSON through deflate, a person", OnePerson, (1, 20), Nothing, Deflated(numbers)),
        attack("JSON through deflate, 32 connections", OneAddress, (32, 10), Nothing, Deflated(numbers)),
        attack(
            "JSON, deeply nested, an address",
            OneAddress,
            (10, 60),
            Nothing,
            Plain(|_| json!({"msg": "x", "more": nested()})),
        ),
        attack("hello with many rooms, an address", Nobody, (32, 1), Nothing, Plain(|_| hello_with_rooms())),
        attack("pages of long messages, a person", OnePerson, (1, 60), LongMessages, ToBeDeflated(page)),
        attack("pages of long messages, an address", OneAddress, (10, 60), LongMessages, ToBeDeflated(page)),
        attack(
            "search in long messages, an address",
            OneAddress,
            (10, 30),
            LongMessages,
            ToBeDeflated(
                |n| json!({"type": "search", "query": format!("{}{}", char::from(b'a' + (n % 26) as u8), "bcd")}),
            ),
        ),
        attack("who among 5,000, a person", OnePerson, (1, 100), People(5000), Plain(who)),
        attack("who among 5,000, an address", OneAddress, (10, 40), People(5000), Plain(who)),
        attack(
            "delete among 5,000, a person",
            OnePerson,
            (1, 20),
            OwnMessages(5000),
            Plain(|n| json!({"type": "delete", "room": "lobby", "offset": n + 1})),
        ),
        attack("text clients arrive among 5,000", Nobody, (60, 0), People(5000), Plain(|_| json!({}))),
        attack(
            "newcomers among 5,000, an address",
            Nobody,
            (60, 1),
            People(5000),
            Plain(|_| json!({"type": "hello"})),
        ),
        attack("coming back, a person", OnePerson, (100, 0), Nothing, Plain(|_| json!({}))),
        attack("a picture of 4 MiB, 32 connections", Nobody, (32, 1), Before::Picture, Page),
    ]
}

fn mentions(_: usize) -> Value {
    json!({"msg": format!("@{} ", LONG.repeat(24)).repeat(20)})
}

fn room_names(_: usize) -> Value {
    json!({"type": "read", "room": LONG.repeat(341), "offset": 1})
}

fn numbers(_: usize) -> String {
    format!(r#"{{"msg":"x","to":[0{}]}}"#, ",0".repeat((1 << 19) - 20))
}

fn nested() -> Value {
    (0..120).fold(json!([]), |inside, _| json!([inside, {}, {}, {}, {}, {}, {}, {}, {}, {}]))
}

fn hello_with_rooms() -> Value {
    let rooms: serde_json::Map<_, _> = (0..400)
        .map(|n| (format!("room{n}{}", LONG.repeat(20)), json!({"epoch": "x", "offset": n})))
        .collect();
    json!({"type": "hello", "rooms": rooms})
}

fn page(_: usize) -> Value {
    json!({"type": "page", "room": "lobby", "limit": 100})
}

fn who(_: usize) -> Value {
    json!({"type": "who", "room": "lobby"})
}

impl Attack {
    pub(crate) fn is_http(&self) -> bool {
        matches!(self.what, What::Page)
    }

    fn request(&self, number: usize, picture: &str) -> Vec<u8> {
        match &self.what {
            What::Plain(make) | What::ToBeDeflated(make) => masked(TEXT, make(number).to_string().as_bytes()),
            What::Deflated(make) => compressed(&make(number)),
            What::Page => format!(
                "GET {picture} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {ATTACKER}\r\nConnection: close\r\n\r\n"
            )
            .into_bytes(),
        }
    }
}

/// The chat as the attackers find it.
pub(crate) struct Stage {
    address: SocketAddr,
    /// Of the person who attacks alone.
    token: String,
    pub requests: Vec<Vec<u8>>,
}

/// The attackers' address.
const ATTACKER: &str = "203.0.113.7";

impl Stage {
    pub(crate) fn prepare(attack: &Attack, address: SocketAddr) -> Self {
        match attack.before {
            Before::People(count) | Before::OwnMessages(count) => remember_people(address, count),
            Before::LongMessages => say_long_messages(address),
            Before::Nothing | Before::Picture => {}
        }
        let (mut person, welcome) = arrive(address, "198.51.100.1", "", &json!({}));
        let token = welcome["token"].as_str().expect("a new person gets a token").to_owned();
        let mut picture = String::new();
        match attack.before {
            Before::OwnMessages(_) => {
                (0..20).for_each(|n| drop(say(&mut person, n)));
            }
            Before::Picture => picture = show(&mut person),
            _ => {}
        }
        let count = if attack.times == 0 { 1 } else { attack.connections * attack.times };
        let requests = (0..count.min(400)).map(|number| attack.request(number, &picture)).collect();
        Stage { address, token, requests }
    }

    /// An attacker, who has come in if the attack is not to come in.
    pub(crate) fn connect(&self, attack: &Attack) -> Client {
        if attack.is_http() {
            return Client::dial(self.address);
        }
        let deflate = match attack.what {
            What::Plain(_) | What::Page => "",
            What::Deflated(_) | What::ToBeDeflated(_) => "Sec-WebSocket-Extensions: permessage-deflate\r\n",
        };
        match attack.who {
            Who::Nobody if attack.times == 0 => {
                let mut client = Client::dial(self.address);
                client.open(&format!("X-Forwarded-For: {ATTACKER}\r\n"));
                client
            }
            Who::Nobody => open(self.address, ATTACKER, deflate),
            Who::OnePerson => {
                let mut client = open(self.address, ATTACKER, deflate);
                client.send(TEXT, json!({"type": "hello", "token": self.token}).to_string().as_bytes());
                client
            }
            Who::OneAddress => arrive(self.address, ATTACKER, deflate, &json!({})).0,
        }
    }
}

fn open(address: SocketAddr, from: &str, fields: &str) -> Client {
    let mut client = Client::dial(address);
    client.open(&format!("X-Forwarded-For: {from}\r\nSec-WebSocket-Protocol: chat.v1\r\n{fields}"));
    client
}

/// Whoever is told that others come first says hello again.
fn arrive(address: SocketAddr, from: &str, fields: &str, hello: &Value) -> (Client, Value) {
    let mut client = open(address, from, fields);
    let mut hello = hello.clone();
    hello["type"] = "hello".into();
    loop {
        client.send(TEXT, hello.to_string().as_bytes());
        let answer = wait_for_one_of(&mut client, &["welcome", "error"]);
        if answer["type"] == "welcome" {
            return (client, answer);
        }
        let wait = answer["retry_after"].as_u64().unwrap_or_else(|| panic!("{answer}"));
        thread::sleep(Duration::from_millis(wait));
    }
}

fn say(client: &mut Client, number: usize) -> Value {
    let message = json!({"id": format!("said-{number}"), "msg": format!("words {number}")});
    client.send(TEXT, message.to_string().as_bytes());
    wait_for(client, "ack")
}

fn wait_for(client: &mut Client, kind: &str) -> Value {
    let object = wait_for_one_of(client, &[kind, "error"]);
    assert_eq!(object["type"], kind, "{object}");
    object
}

/// The next object of these types; what is compressed is none.
fn wait_for_one_of(client: &mut Client, kinds: &[&str]) -> Value {
    loop {
        let (first, payload) = client.extended_frame();
        if first != TEXT {
            continue;
        }
        let object: Value = serde_json::from_slice(&payload).expect("the chat speaks JSON");
        if object["type"].as_str().is_some_and(|kind| kinds.contains(&kind)) {
            return object;
        }
    }
}

/// They come, choose a name, and go; each from an address of their own.
fn remember_people(address: SocketAddr, count: usize) {
    const AT_ONCE: usize = 8;
    thread::scope(|scope| {
        for share in 0..AT_ONCE {
            scope.spawn(move || {
                for number in (share..count).step_by(AT_ONCE) {
                    let from = format!("192.0.{}.{}", number / 250, number % 250 + 1);
                    arrive(address, &from, "", &json!({"name": format!("person{number}")}));
                }
            });
        }
    });
}

/// A hundred, each of 4,000 characters: ten by each of ten people.
fn say_long_messages(address: SocketAddr) {
    for person in 0..10_usize {
        let (mut client, _) = arrive(address, &format!("198.51.100.{}", person + 10), "", &json!({}));
        for number in 0..10_usize {
            let mut seed = person * 10 + number + 1;
            let letters = (0..4000).map(|_| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                char::from(b'a' + (seed >> 33) as u8 % 26)
            });
            let text: String = letters.collect();
            let mut message = json!({"msg": text});
            message["id"] = format!("{person}-{number}").into();
            client.send(TEXT, message.to_string().as_bytes());
            wait_for(&mut client, "ack");
        }
    }
}

/// A picture of 4 MiB: its address.
fn show(client: &mut Client) -> String {
    let noise: Vec<u8> =
        (0..(4 << 20) - 200_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let picture = pollcat_chat_testing::png::png(64, 64, &noise);
    client.send(
        TEXT,
        json!({"type": "picture", "id": "picture", "size": picture.len()}).to_string().as_bytes(),
    );
    client.send(BINARY, &picture);
    wait_for(client, "ack");
    client.send(
        TEXT,
        json!({"type": "page", "id": "page", "room": "lobby", "limit": 1}).to_string().as_bytes(),
    );
    let page = wait_for(client, "page");
    page["events"][0]["picture"]["url"].as_str().expect("it has an address").to_owned()
}
