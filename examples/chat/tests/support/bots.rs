//! Bots, as those who govern make them.

use serde_json::{Value, json};

use crate::json::Json;
use crate::{Chat, governed};

/// A key of a bot, which is made if there is none of this name.
#[derive(Debug, Clone)]
pub struct Key {
    pub id: u64,
    pub bot: u64,
    /// What opens.
    pub key: String,
}

impl Key {
    /// Where a hook is.
    pub fn path(&self) -> String {
        format!("/hooks/{}", self.key)
    }

    /// What a bot brings with each request.
    pub fn bearer(&self) -> String {
        format!("Authorization: Bearer {}\r\n", self.key)
    }
}

/// Into the lobby.
#[track_caller]
pub fn hook(chat: &Chat, name: &str) -> Key {
    give(&mut governed::operator(chat), json!({"name": name, "room": "lobby", "kind": "hook"}))
}

/// In the lobby.
#[track_caller]
pub fn token(chat: &Chat, name: &str) -> Key {
    give(&mut governed::operator(chat), json!({"name": name, "room": "lobby", "kind": "token"}))
}

#[track_caller]
pub fn give(page: &mut Json, mut wish: Value) -> Key {
    wish["type"] = "give_key".into();
    let answer = page.ask(wish);
    let told = &answer["key"];
    let number = |value: &Value| value.as_u64().unwrap_or_else(|| panic!("no key: {answer}"));
    let key = told["key"].as_str().unwrap_or_else(|| panic!("no key: {answer}")).to_owned();
    Key { id: number(&told["id"]), bot: number(&told["user"]["id"]), key }
}

/// It opens nothing any more.
#[track_caller]
pub fn revoke(chat: &Chat, key: &Key) {
    let answer = governed::operator(chat).ask(json!({"type": "revoke_key", "key": key.id}));
    assert_eq!(answer["type"], "ack", "{answer}");
}
