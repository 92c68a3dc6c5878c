//! A window of the admin page: a client that speaks `admin.v1`.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::Chat;
use crate::json::Json;

/// Whoever runs the chat, let in.
#[track_caller]
pub fn operator(chat: &Chat) -> Json {
    let_in(chat.address(), json!({"key": chat.admin_key()}))
}

/// Whoever has this key or token, let in.
#[track_caller]
pub fn let_in(address: SocketAddr, by: Value) -> Json {
    enter(Json::speaking(address, "admin.v1"), by)
}

/// The same, on a connection that has said nothing yet.
#[track_caller]
pub fn enter(mut page: Json, by: Value) -> Json {
    page.welcome = log_in(&mut page, by);
    assert_eq!(page.welcome["type"], "welcome", "{}", page.welcome);
    page.token = page.welcome["token"].as_str().unwrap_or_default().to_owned();
    page
}

/// Why somebody with this key or token is not let in: the code, and how they are closed.
#[track_caller]
pub fn turned_away(address: SocketAddr, by: Value) -> (String, u16) {
    let mut page = Json::speaking(address, "admin.v1");
    let answer = log_in(&mut page, by);
    let code = answer["code"].as_str().unwrap_or_else(|| panic!("let in: {answer}")).to_owned();
    (code, page.closed().0)
}

#[track_caller]
fn log_in(page: &mut Json, mut by: Value) -> Value {
    by["type"] = "login".into();
    page.ask(by)
}
