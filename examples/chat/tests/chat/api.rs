//! `/api/v1/`: messages and rooms (README, Hooks and bots).

use serde_json::{Value, json};

use pollcat_chat_testing::bots::{self, Key, token};
use pollcat_chat_testing::http::{Page, get_with, send};
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::{Chat, governed};
use pollcat_testing::client::Client;

const MESSAGES: &str = "/api/v1/messages";

#[track_caller]
fn say(chat: &Chat, key: &Key, message: &Value) -> Page {
    send(chat.address(), ("POST", MESSAGES), &key.bearer(), message.to_string().as_bytes())
}

#[track_caller]
fn assert_refused(page: &Page, status: u16, code: &str) {
    let told = page.json();
    assert_eq!((page.status, &told["code"]), (status, &json!(code)), "{told}");
    assert!(told["msg"].as_str().is_some_and(|words| !words.is_empty()), "{told}");
    assert_eq!(page.header("Content-Type"), Some("application/json"));
    assert_eq!(page.header("Cache-Control"), Some("no-store"));
    assert_eq!(page.header("Retry-After").is_some(), [429, 503].contains(&status), "{}", page.head);
}

#[test]
fn a_bot_says_something_and_the_same_again_is_the_same() {
    let mut chat = Chat::start(&[]);
    let key = token(&chat, "builds");
    let mut alice = Json::named(chat.address(), "alice");
    let page = say(&chat, &key, &json!({"room": "lobby", "msg": "build 7 is done", "id": "7"}));
    assert_eq!(page.status, 200, "{}", page.text());
    let event = alice.expect("message");
    assert_eq!((&event["msg"], &event["bot"]), (&json!("build 7 is done"), &json!(true)), "{event}");
    let (offset, time) = (&event["offset"], &event["msg_time"]);
    let told = json!({"room": "lobby", "offset": offset, "msg_time": time, "repeated": false});
    assert_eq!(page.json(), told);
    let again = json!({"room": "lobby", "offset": offset, "msg_time": time, "repeated": true});
    assert_eq!(
        say(&chat, &key, &json!({"room": "lobby", "msg": "build 7 is done", "id": "7"})).json(),
        again
    );
    let other = say(&chat, &key, &json!({"room": "lobby", "msg": "build 8 is done", "id": "7"}));
    assert_refused(&other, 409, "bad_field");
    assert_eq!(alice.heard_of("message"), [Value::Null; 0]);
    chat.crash();
    assert_eq!(
        say(&chat, &key, &json!({"room": "lobby", "msg": "build 7 is done", "id": "7"})).json(),
        again
    );
    // Without an id it is said as often as it is sent.
    let mut alice = alice.again(chat.address());
    for _ in 0..2 {
        assert_eq!(say(&chat, &key, &json!({"room": "lobby", "msg": "hot"})).json()["repeated"], false);
        assert_eq!(alice.expect("message")["msg"], "hot");
    }
}

#[test]
fn what_is_wrong_is_told_in_json() {
    let chat = Chat::start(&["--max-message", "100"]);
    let key = token(&chat, "builds");
    let mut alice = Json::named(chat.address(), "alice");
    alice.join("tea");
    let table = [
        (json!({"room": "lobby", "msg": ""}), 400, "empty"),
        (json!({"room": "lobby"}), 400, "bad_field"),
        (json!({"msg": "x"}), 400, "bad_field"),
        (json!({"room": "lobby", "msg": "x", "id": 7}), 400, "bad_field"),
        (json!({"room": "lobby", "msg": "x", "id": "y".repeat(65)}), 400, "bad_field"),
        (json!({"room": "coffee", "msg": "x"}), 404, "no_such_room"),
        (json!({"room": "+1", "msg": "x"}), 404, "no_such_room"),
        (json!({"room": "tea", "msg": "x"}), 403, "not_member"),
        (json!({"room": "lobby", "msg": "x".repeat(101)}), 413, "too_long"),
    ];
    for (message, status, code) in table {
        assert_refused(&say(&chat, &key, &message), status, code);
    }
    assert_refused(&send(chat.address(), ("POST", MESSAGES), &key.bearer(), b"{"), 400, "bad_json");
    assert_refused(&send(chat.address(), ("POST", MESSAGES), &key.bearer(), b"\xff"), 400, "bad_json");
    let fields = key.bearer() + "Content-Type: text/plain\r\n";
    assert_refused(&send(chat.address(), ("POST", MESSAGES), &fields, b"{}"), 415, "bad_field");
    let long = vec![b'x'; 300 << 10];
    assert_refused(&send(chat.address(), ("POST", MESSAGES), &key.bearer(), &long[..1]), 400, "bad_json");
    for (method, path, allowed) in [
        ("GET", MESSAGES, "POST"),
        ("PUT", MESSAGES, "POST"),
        ("POST", "/api/v1/rooms", "GET, HEAD"),
        ("DELETE", "/api/v1/rooms/lobby/events", "GET, HEAD"),
    ] {
        let page = send(chat.address(), (method, path), &key.bearer(), b"");
        assert_refused(&page, 405, "unknown_type");
        assert_eq!(page.header("Allow"), Some(allowed));
    }
    for path in ["/api", "/api/v1", "/api/v1/", "/api/v1/rooms/", "/api/v2/rooms", "/api/v1/rooms/lobby"] {
        assert_refused(&get_with(chat.address(), path, &key.bearer()), 404, "unknown_type");
    }
}

#[test]
fn only_a_token_opens_it() {
    let chat = Chat::start(&[]);
    let (key, hook) = (token(&chat, "builds"), bots::hook(&chat, "builds"));
    let alice = Json::named(chat.address(), "alice");
    let wrong = format!("Authorization: Bearer {}\r\n", "A".repeat(43));
    let of_alice = format!("Authorization: Bearer {}\r\n", alice.token);
    let basic = format!("Authorization: Basic {}\r\n", key.key);
    for fields in ["", &wrong, &of_alice, &basic, &hook.bearer(), &(key.bearer() + &key.bearer())] {
        for path in [MESSAGES, "/api/v1/rooms", "/api/v1/rooms/lobby/events", "/api", "/api/v1/nothing"] {
            let page = get_with(chat.address(), path, fields);
            assert_refused(&page, 401, "bad_key");
            assert_eq!(page.header("WWW-Authenticate"), Some("Bearer"));
        }
    }
    assert_eq!(send(chat.address(), ("POST", &hook.path()), "", b"x").status, 200);
    bots::revoke(&chat, &key);
    assert_refused(&get_with(chat.address(), "/api/v1/rooms", &key.bearer()), 401, "bad_key");
}

#[test]
fn a_bot_sees_where_it_is() {
    let chat = Chat::start(&[]);
    let mut owner = governed::owner(&chat, "olive");
    owner.join("茶 room");
    let key = bots::give(&mut owner, json!({"name": "builds", "room": "茶 room", "kind": "token"}));
    let rooms = get_with(chat.address(), "/api/v1/rooms", &key.bearer()).json();
    assert_eq!(rooms["rooms"].as_array().map(Vec::len), Some(1), "{rooms}");
    let room = &rooms["rooms"][0];
    assert_eq!(
        (&room["room"], &room["members"], &room["offset"]),
        (&json!("茶 room"), &json!(2), &json!(0)),
        "{room}"
    );
    assert!(room["epoch"].as_str().is_some_and(|epoch| !epoch.is_empty()));
    owner.say("茶 room", "hot");
    let page = get_with(chat.address(), "/api/v1/rooms/%E8%8C%B6%20room/events", &key.bearer()).json();
    assert_eq!((&page["events"][0]["msg"], &page["epoch"]), (&json!("hot"), &room["epoch"]), "{page}");
    let mut client = Client::dial(chat.address());
    let address = chat.address();
    client
        .write(format!("HEAD /api/v1/rooms HTTP/1.1\r\nHost: {address}\r\n{}\r\n", key.bearer()).as_bytes());
    assert!(client.head().starts_with("HTTP/1.1 200 "));
}

#[test]
fn a_bot_that_is_banned_neither_speaks_nor_reads() {
    let chat = Chat::start(&[]);
    let key = token(&chat, "builds");
    let mut owner = governed::owner(&chat, "olive");
    governed::act(&mut owner, json!({"type": "ban", "user": key.bot}));
    assert_refused(&get_with(chat.address(), "/api/v1/rooms", &key.bearer()), 403, "banned");
    assert_refused(&say(&chat, &key, &json!({"room": "lobby", "msg": "x"})), 403, "banned");
}
