//! Those who govern: an owner, made as whoever runs the chat makes one, and what they do.

use serde_json::{Value, json};

use crate::json::Json;
use crate::{Chat, program};

/// Whoever runs the chat, on the admin page.
#[track_caller]
pub fn operator(chat: &Chat) -> Json {
    let mut command = program::command(chat.folder());
    command.args(["--admin-link", "--data"]).arg(chat.data());
    let output = program::output(command);
    let told = String::from_utf8(output.stdout).expect("text");
    let key = told.split_once("/admin#").unwrap_or_else(|| panic!("no link: {told} {:?}", output.stderr)).1;
    let key = key.split_whitespace().next().expect("a key");
    let mut page = Json::connect_with(chat.address(), "admin.v1", &[]);
    page.send(&json!({"type": "login", "key": key}));
    page.expect("welcome");
    page
}

/// Somebody who is more than a member of the whole chat.
#[track_caller]
pub fn somebody(chat: &Chat, name: &str, role: &str) -> Json {
    let mut person = Json::named(chat.address(), name);
    let answer = operator(chat).ask(json!({"type": "role", "user": person.id, "role": role}));
    assert_eq!(answer["type"], "ack", "{answer}");
    person.wait_for("their role", |it| it["type"] == "you" && it["role"] == role);
    person
}

#[track_caller]
pub fn owner(chat: &Chat, name: &str) -> Json {
    somebody(chat, name, "owner")
}

/// Does it, and hears that it is done.
#[track_caller]
pub fn act(client: &mut Json, object: Value) {
    let answer = client.ask(object);
    assert_eq!(answer["type"], "ack", "{answer}");
}

/// What it must not do: the error, whole.
#[track_caller]
pub fn lacks(client: &mut Json, object: Value, right: &str) {
    let error = client.ask(object.clone());
    assert_eq!(error["code"], "forbidden", "{object}: {error}");
    let words = error["msg"].as_str().expect("words");
    assert!(words.contains(right), "{object}: {words:?} does not say {right:?}");
}
