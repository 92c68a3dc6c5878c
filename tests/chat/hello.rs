//! Hello, welcome, tokens: who a connection is (README, 1 and 2).

use serde_json::{Value, json};

use crate::chat::Chat;
use crate::chat::json::Json;
use crate::client::{Client, upgrade_request};

#[test]
fn the_subprotocol_decides_how_a_client_speaks() {
    let chat = Chat::in_memory(&[]);
    let table = [
        ("Sec-WebSocket-Protocol: chat.v1\r\n", "101", true),
        ("Sec-WebSocket-Protocol: soap, chat.v1\r\n", "101", true),
        ("", "101", false),
        ("Sec-WebSocket-Protocol: soap\r\n", "400", false),
        ("Sec-WebSocket-Protocol: chat.v2\r\n", "400", false),
    ];
    for (fields, status, named) in table {
        let mut client = Client::dial(chat.address());
        client.write(upgrade_request(fields).as_bytes());
        let head = client.head();
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{fields:?}: {head}");
        assert_eq!(head.contains("\r\nSec-WebSocket-Protocol: chat.v1\r\n"), named, "{fields:?}: {head}");
    }
}

#[test]
fn the_path_says_json_for_clients_that_cannot_offer_it() {
    let chat = Chat::in_memory(&[]);
    let mut client = Client::dial(chat.address());
    client.write(upgrade_request("").replacen("GET / ", "GET /chat.v1 ", 1).as_bytes());
    assert!(client.head().starts_with("HTTP/1.1 101 "));
    client.send(crate::client::TEXT, br#"{"type":"hello"}"#);
    let welcome: Value = serde_json::from_str(&client.text()).expect("JSON");
    assert_eq!(welcome["type"], "welcome");
}

#[test]
fn a_newcomer_is_told_all_that_there_is_to_know() {
    let chat = Chat::start(&[]);
    let bob = Json::named(chat.address(), "bob");
    let alice = Json::hello(chat.address(), json!({}));
    let welcome = &alice.welcome;
    assert_eq!(welcome["type"], "welcome");
    assert_eq!(welcome["msg_source"], "server");
    assert_eq!(welcome["msg"], format!("welcome, {}", alice.name));
    assert_eq!(welcome["server"], concat!("pollcat ", env!("CARGO_PKG_VERSION")));
    assert_eq!(welcome["new"], true);
    assert!(alice.name.starts_with("guest-"), "{}", alice.name);
    assert!(alice.token.len() >= 40, "256 bits: {:?}", alice.token);
    let mut all = welcome["all"].as_array().expect("a list").clone();
    all.sort_by_key(|user| user["id"].as_u64());
    assert_eq!(all, [json!({"id": bob.id, "name": "bob"}), json!({"id": alice.id, "name": alice.name})]);
    assert_eq!(welcome["here"], 2);
    assert_eq!((&welcome["room"], &welcome["echo"]), (&json!("lobby"), &json!(false)));
    let limits =
        json!({"name": 24, "message": 4000, "room_name": 32, "rooms": 50, "picture": 4 << 20, "page": 100});
    assert_eq!(welcome["limits"], limits);
    let [lobby] = &welcome["rooms"].as_array().expect("a list")[..] else { panic!("{welcome}") };
    assert!(lobby["epoch"].as_str().is_some_and(|epoch| !epoch.is_empty()), "{lobby}");
    let mut lobby = lobby.clone();
    lobby["epoch"] = Value::Null;
    let expected = json!({"room": "lobby", "kind": "room", "epoch": null, "first": 1, "offset": 0, "members": 2,
        "read": 0, "unread": 0, "mentions": 0});
    assert_eq!(lobby, expected);
}

#[test]
fn the_welcome_says_what_an_ack_promises() {
    for (flags, durability) in
        [(&[][..], "disk"), (&["--durability", "system"], "system"), (&["--data", ":memory:"], "memory")]
    {
        let chat = Chat::start(flags);
        assert_eq!(Json::hello(chat.address(), json!({})).welcome["durability"], durability);
    }
}

#[test]
fn a_token_makes_the_same_person_again() {
    let mut chat = Chat::start(&[]);
    let alice = Json::named(chat.address(), "alice");
    let same = |window: &Json| {
        assert_eq!((window.id, window.name.as_str()), (alice.id, "alice"));
        assert_eq!((&window.welcome["new"], window.welcome.get("token")), (&json!(false), None));
    };
    let window = alice.again(chat.address());
    same(&window);
    assert_eq!(window.welcome["here"], 1, "two windows are one person");
    assert_eq!(window.welcome["all"], json!([{"id": alice.id, "name": "alice"}]));
    chat.crash();
    same(&alice.again(chat.address()));
}

#[test]
fn a_token_that_nobody_has_makes_a_new_person() {
    let chat = Chat::start(&[]);
    let alice = Json::hello(chat.address(), json!({}));
    let mut almost = alice.token.clone();
    almost.replace_range(0..1, if almost.starts_with('A') { "B" } else { "A" });
    for token in ["", "x", "'; DROP TABLE people; --", &almost, &alice.token[1..], &"A".repeat(5000)] {
        let stranger = Json::hello(chat.address(), json!({"token": token}));
        assert_eq!(stranger.welcome["new"], true, "{token:?}");
        assert_ne!(stranger.id, alice.id);
        assert_ne!(stranger.welcome["token"], token);
        assert!(stranger.welcome["token"].is_string());
    }
}

#[test]
fn a_name_may_be_wished_for_with_the_hello() {
    let chat = Chat::start(&[]);
    let alice = Json::hello(chat.address(), json!({"name": "alice"}));
    assert_eq!(alice.name, "alice", "it is theirs from the beginning");
    for (wish, code) in [("ALICE", "name_taken"), ("two words", "bad_name")] {
        let mut other = Json::hello(chat.address(), json!({"name": wish}));
        assert_eq!(other.expect("error")["code"], code);
        assert!(other.name.starts_with("guest-"));
    }
    let mut known = Json::hello(chat.address(), json!({"token": alice.token, "name": "eve"}));
    assert_eq!(known.name, "alice", "only a new person may wish");
    assert_eq!(known.heard_of("renamed"), Vec::<Value>::new());
}

#[test]
fn hello_is_said_once() {
    let chat = Chat::start(&[]);
    let mut alice = Json::hello(chat.address(), json!({}));
    assert_eq!(alice.refused(json!({"type": "hello"})), "bad_field");
    assert_eq!(alice.refused(json!({"type": "hello", "token": "other"})), "bad_field");
    alice.say("lobby", "still here");
}

#[test]
fn hello_with_an_id_is_answered_once() {
    let chat = Chat::start(&[]);
    let mut alice = Json::connect(chat.address());
    alice.send(&json!({"type": "hello", "id": "h1"}));
    let mut heard = vec![];
    heard.push(alice.next());
    while !heard.iter().any(|it| it["type"] == "welcome") {
        heard.push(alice.next());
    }
    heard.extend(alice.heard());
    assert_eq!(heard.iter().filter(|it| it["id"] == "h1").count(), 1, "{heard:?}");
}

#[test]
fn who_does_not_say_hello_is_a_guest() {
    let chat = Chat::start(&[]);
    let mut rash = Json::connect(chat.address());
    rash.send(&json!({"msg": "no time for greetings", "id": "r1"}));
    rash.arrive();
    assert_eq!(rash.welcome["new"], true);
    assert_eq!(rash.wait_for("its ack", |it| it["id"] == "r1")["offset"], 1);

    let mut wrong = Json::connect(chat.address());
    wrong.send_text("hello?");
    assert_eq!(wrong.expect("error")["code"], "bad_json");
    wrong.arrive();

    let mut silent = Json::connect(chat.address());
    silent.arrive();
    assert_eq!(silent.welcome["new"], true);
    assert_eq!(silent.refused(json!({"type": "hello"})), "bad_field");
}

#[test]
fn others_hear_who_comes_and_who_goes() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let [bob, carol] = ["bob", "carol"].map(|name| Json::named(chat.address(), name));
    let of = |user: u64| move |it: &Value| it["user"]["id"] == user;
    for person in [&bob, &carol] {
        let online = alice.wait_for("that somebody came", |it| it["type"] == "online" && of(person.id)(it));
        assert!(online["user"]["name"].as_str().is_some_and(|name| name.starts_with("guest-")), "{online}");
    }
    let second = carol.again(chat.address());
    let (bob_id, carol_id, token) = (bob.id, carol.id, json!({"token": bob.token}));
    bob.leave();
    carol.leave();
    second.leave();
    let _bob = Json::hello(chat.address(), token);
    alice.wait_for("that carol went", |it| it["type"] == "offline" && of(carol_id)(it));
    let heard = alice.heard();
    let odd = |it: &&Value| {
        (it["type"] == "offline" || it["type"] == "online") && (of(bob_id)(it) || of(carol_id)(it))
    };
    assert_eq!(heard.iter().find(odd), None, "bob was back at once, and never went");
}
