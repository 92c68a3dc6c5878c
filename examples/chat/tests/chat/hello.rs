//! Hello, welcome, tokens: who a connection is (README, 1 and 2).

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;
use pollcat_testing::client::{Client, upgrade_request};

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
    client.send(pollcat_testing::client::TEXT, br#"{"type":"hello"}"#);
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
    let limits = json!({"name": 24, "message": 4000, "room_name": 32, "rooms": 50, "picture": 4 << 20, "pixels": 25_000_000, "page": 100});
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

/// A hello on this connection, which must be refused: its code. Nobody else hears of it.
#[track_caller]
fn refused_hello(client: &mut Json, mut hello: Value) -> String {
    hello["type"] = "hello".into();
    client.refused(hello)
}

#[test]
fn a_token_that_nobody_has_makes_nobody() {
    let chat = Chat::start(&[]);
    let mut witness = Json::named(chat.address(), "witness");
    let alice = Json::hello(chat.address(), json!({}));
    let mut almost = alice.token.clone();
    almost.replace_range(0..1, if almost.starts_with('A') { "B" } else { "A" });
    witness.heard();
    let mut stranger = Json::connect(chat.address());
    for token in ["", "x", "'; DROP TABLE people; --", &almost, &alice.token[1..], &"A".repeat(5000)] {
        for hello in [json!({"token": token}), json!({"token": token, "name": "stranger"})] {
            assert_eq!(refused_hello(&mut stranger, hello), "unknown_token", "{token:?}");
        }
    }
    assert_eq!(witness.heard(), Vec::<Value>::new(), "there was nobody to be heard of");
    // The same connection goes on: as somebody new, or with the token that it should have said.
    stranger.send(&json!({"type": "hello", "token": alice.token}));
    stranger.arrive();
    assert_eq!((stranger.id, &stranger.welcome["new"]), (alice.id, &json!(false)));
    let next = Json::hello(chat.address(), json!({}));
    assert_eq!((next.id, &next.welcome["new"]), (alice.id + 1, &json!(true)), "no number was used up");
}

#[test]
fn a_name_may_be_wished_for_with_the_hello() {
    let chat = Chat::start(&[]);
    let mut witness = Json::named(chat.address(), "witness");
    let alice = Json::hello(chat.address(), json!({"name": "alice"}));
    assert_eq!(alice.name, "alice", "it is theirs from the beginning");
    witness.heard();
    let mut other = Json::connect(chat.address());
    let too_long = "x".repeat(25);
    for (wish, code) in [
        ("ALICE", "name_taken"),
        ("", "bad_name"),
        ("admin", "bad_name"),
        ("a\u{7}b", "bad_name"),
        (&too_long, "bad_name"),
    ] {
        assert_eq!(refused_hello(&mut other, json!({"name": wish})), code, "{wish:?}");
    }
    assert_eq!(witness.heard(), Vec::<Value>::new(), "there was nobody to be heard of");
    other.send(&json!({"type": "hello", "name": "bob"}));
    other.arrive();
    assert_eq!((other.name.as_str(), other.id), ("bob", alice.id + 1));
    let mut known = Json::hello(chat.address(), json!({"token": alice.token, "name": "eve"}));
    assert_eq!(known.name, "alice", "only a new person may wish");
    assert_eq!(known.heard_of("renamed"), Vec::<Value>::new());
}

#[test]
fn a_hello_that_cannot_be_understood_makes_nobody() {
    let chat = Chat::start(&[]);
    let alice = Json::named(chat.address(), "alice");
    let mut client = Json::connect(chat.address());
    for hello in
        [json!({"token": 5}), json!({"name": []}), json!({"rooms": {"lobby": 12}}), json!({"echo": "yes"})]
    {
        assert_eq!(refused_hello(&mut client, hello.clone()), "bad_field", "{hello}");
    }
    client.send_text(r#"{"type":"hello","token":"#);
    assert_eq!(client.expect("error")["code"], "bad_json");
    client.send(&json!({"type": "hello", "token": alice.token}));
    client.arrive();
    assert_eq!(client.id, alice.id);
}

#[test]
fn every_hello_that_is_refused_costs_its_address_something() {
    let slow =
        ["--address-rate", "1", "--address-burst", "5", "--message-rate", "1", "--trust-proxy", "127.0.0.1"];
    let chat = Chat::in_memory(&slow);
    let mut client = Client::dial(chat.address());
    client.write(
        upgrade_request("Sec-WebSocket-Protocol: chat.v1\r\nX-Forwarded-For: 192.0.2.7\r\n").as_bytes(),
    );
    assert!(client.head().starts_with("HTTP/1.1 101 "));
    let mut guesses = 0;
    loop {
        client.send(pollcat_testing::client::TEXT, br#"{"type":"hello","token":"guess"}"#);
        let error: Value = serde_json::from_str(&client.text()).expect("JSON");
        if error["code"] == "rate_limited" {
            break;
        }
        assert_eq!(error["code"], "unknown_token");
        guesses += 1;
        assert!(guesses < 60, "whoever guesses on is not held up");
    }
    // One more is earned each second, on a slow machine meanwhile.
    assert!(guesses >= 5, "{guesses}");
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
    heard.push(alice.object());
    while !heard.iter().any(|it| it["type"] == "welcome") {
        heard.push(alice.object());
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
}

/// A slow network, a phone that wakes, a server that is busy: once, whoever took more than a second was a stranger.
#[test]
fn a_hello_may_take_its_time() {
    let chat = Chat::start(&[]);
    let mut witness = Json::named(chat.address(), "witness");
    let alice = Json::named(chat.address(), "alice");
    witness.heard();
    let mut slow = Json::connect(chat.address());
    thread::sleep(Duration::from_millis(2100)); // nothing can be waited for: nothing happens
    assert_eq!(witness.heard(), Vec::<Value>::new(), "nobody is made while somebody is silent");
    slow.send(&json!({"type": "hello", "token": alice.token}));
    slow.arrive();
    assert_eq!((slow.id, slow.name.as_str(), &slow.welcome["new"]), (alice.id, "alice", &json!(false)));
    assert_eq!(slow.refused(json!({"type": "hello"})), "bad_field");
}

/// After a crash everybody connects at once, and their words come when they can.
#[test]
fn a_crowd_that_comes_back_has_no_strangers_in_it() {
    let mut chat = Chat::start(&["--durability", "system"]);
    let mut people: Vec<(u64, String)> = Vec::new();
    for _ in 0..300 {
        let person = Json::hello(chat.address(), json!({}));
        people.push((person.id, person.token));
    }
    chat.crash();
    let start = Instant::now();
    let mut windows: Vec<Json> = people.iter().map(|_| Json::connect(chat.address())).collect();
    thread::sleep(Duration::from_millis(1500).saturating_sub(start.elapsed()));
    for (window, (_, token)) in windows.iter_mut().zip(&people) {
        window.send(&json!({"type": "hello", "token": token}));
    }
    for (window, (id, _)) in windows.iter_mut().zip(&people) {
        window.arrive();
        assert_eq!((window.id, &window.welcome["new"]), (*id, &json!(false)), "a stranger");
    }
}

#[test]
fn who_never_says_hello_is_closed_and_was_nobody() {
    let chat = Chat::start(&["--hello-within", "5"]);
    let mut silent = Json::connect(chat.address());
    let mut refused = Json::connect(chat.address());
    assert_eq!(refused_hello(&mut refused, json!({"token": "unknown"})), "unknown_token");
    let end = (1008, "say hello within 5 s".to_owned());
    assert_eq!((silent.closed(), refused.closed()), (end.clone(), end), "and a refused one is none");
    assert_eq!(silent.left_over(), Vec::<Value>::new());
    assert_eq!(Json::hello(chat.address(), json!({})).id, 1, "there was nobody before");
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
