//! Invites and the door: who comes in, and how often (README, Governing).

use std::time::Instant;

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::governed::{act, owner};
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::text::Text;
use pollcat_testing::client::PATIENCE;

/// A new invite, as it is told to whoever makes it.
#[track_caller]
fn invite(client: &mut Json, mut request: Value) -> Value {
    request["type"] = "invite".into();
    let answer = client.ask(request);
    assert_eq!(answer["type"], "invite", "{answer}");
    answer["invite"].clone()
}

#[track_caller]
fn key(invite: &Value) -> &str {
    invite["key"].as_str().expect("a key")
}

/// Says a hello that is refused: with which code.
#[track_caller]
fn refused(client: &mut Json, hello: Value) -> String {
    client.refused(hello)
}

#[test]
fn an_invite_brings_somebody_into_a_private_room_as_often_as_it_says() {
    let chat = Chat::start(&["--public-url", "https://chat.example.com"]);
    let [mut alice, mut bob, mut carol] =
        ["alice", "bob", "carol"].map(|name| Json::named(chat.address(), name));
    let state = alice.ask(json!({"type": "join", "room": "Tea", "create": true, "private": true}));
    let room = state["room"].as_str().expect("a key").to_owned();
    let made = invite(&mut alice, json!({"room": room, "uses": 1}));
    assert_eq!((key(&made).len(), &made["left"], &made["room"]), (22, &json!(1), &json!(room)));
    assert_eq!(made["url"], format!("https://chat.example.com/#invite={}", key(&made)));
    let entered = bob.ask(json!({"type": "accept", "invite": key(&made)}));
    assert_eq!(
        (&entered["type"], &entered["room"], &entered["title"]),
        (&json!("room"), &json!(room), &json!("Tea"))
    );
    bob.history(&room);
    assert_eq!(alice.wait_for("bob", |it| it["type"] == "joined")["user"]["id"], bob.id);
    assert_eq!(carol.refused(json!({"type": "accept", "invite": key(&made)})), "bad_invite");
    let listed = alice.ask(json!({"type": "invites", "room": room}));
    let used = &listed["invites"][0];
    assert_eq!((&used["left"], &used["used_by"][0]["id"]), (&json!(0), &json!(bob.id)), "{listed}");
    assert!(!listed.to_string().contains(key(&made)), "the key is told once");
}

#[test]
fn an_invite_that_was_revoked_or_is_over_is_none() {
    let chat = Chat::start(&[]);
    let [mut alice, mut bob] = ["alice", "bob"].map(|name| Json::named(chat.address(), name));
    alice.join("tea");
    let made = invite(&mut alice, json!({"room": "tea"}));
    assert_eq!(bob.refused(json!({"type": "revoke", "invite": made["id"]})), "forbidden");
    act(&mut alice, json!({"type": "revoke", "invite": made["id"]}));
    assert_eq!(bob.refused(json!({"type": "accept", "invite": key(&made)})), "bad_invite");
    assert_eq!(alice.refused(json!({"type": "revoke", "invite": made["id"]})), "no_such_invite");
    let short = invite(&mut alice, json!({"room": "tea", "seconds": 1}));
    let until = short["until"].as_i64().expect("until when");
    let deadline = Instant::now() + PATIENCE;
    // Guests who are new each time: whoever is in is in already.
    let last = loop {
        let mut guest = Json::hello(chat.address(), json!({}));
        let answer = guest.ask(json!({"type": "accept", "invite": key(&short)}));
        if answer["type"] == "error" {
            break answer;
        }
        assert!(Instant::now() < deadline, "it is never over");
    };
    assert!(last["code"] == "bad_invite" && until > 0, "{last}");
    for wrong in ["", "no key at all", "AAAAAAAAAAAAAAAAAAAAAA"] {
        assert_eq!(bob.refused(json!({"type": "accept", "invite": wrong})), "bad_invite", "{wrong}");
    }
}

#[test]
fn the_door_is_open_named_invited_or_shut() {
    let chat = Chat::start(&[]);
    let mut olive = owner(&chat, "olive");
    let known = Json::named(chat.address(), "alice");

    act(&mut olive, json!({"type": "door", "door": "named"}));
    let mut client = Json::connect(chat.address());
    assert_eq!(refused(&mut client, json!({"type": "hello"})), "name_needed");
    client.send(&json!({"type": "hello", "name": "bob"}));
    client.arrive();
    assert_eq!(client.name, "bob");
    let mut guest = Json::connect(chat.address());
    assert_eq!(refused(&mut guest, json!({"type": "message", "msg": "hi"})), "name_needed");
    // A text client comes in, and reads.
    let mut rita = Text::connect(chat.address());
    rita.say("hi");
    rita.until("/nick");
    olive.say("lobby", "hello all");
    rita.until("hello all");
    rita.say("/nick rita");
    rita.until("you are rita");
    rita.say("now I speak");
    olive.wait_for("her words", |it| it["msg"] == "now I speak");

    act(&mut olive, json!({"type": "door", "door": "invited"}));
    let mut client = Json::connect(chat.address());
    assert_eq!(refused(&mut client, json!({"type": "hello", "name": "carol"})), "invite_needed");
    assert_eq!(
        refused(&mut client, json!({"type": "hello", "name": "carol", "invite": "A".repeat(22)})),
        "bad_invite"
    );
    let made = invite(&mut olive, json!({"uses": 2}));
    client.send(&json!({"type": "hello", "name": "carol", "invite": key(&made)}));
    client.arrive();
    let typed = Text::at(chat.address(), &format!("/?invite={}", key(&made)));
    assert!(!typed.name.is_empty());
    let mut client = Json::connect(chat.address());
    assert_eq!(
        refused(&mut client, json!({"type": "hello", "name": "dave", "invite": key(&made)})),
        "bad_invite"
    );

    act(&mut olive, json!({"type": "door", "door": "shut"}));
    let made = invite(&mut olive, json!({}));
    let mut client = Json::connect(chat.address());
    assert_eq!(
        refused(&mut client, json!({"type": "hello", "name": "dave", "invite": key(&made)})),
        "door_shut"
    );
    assert_eq!(known.again(chat.address()).name, "alice", "who is known comes in always");
    act(&mut olive, json!({"type": "door", "door": "open"}));
    Json::hello(chat.address(), json!({}));
}

#[test]
fn the_door_is_as_it_was_when_the_chat_is_back() {
    let mut chat = Chat::start(&[]);
    let mut olive = owner(&chat, "olive");
    act(&mut olive, json!({"type": "door", "door": "invited"}));
    let made = invite(&mut olive, json!({}));
    drop(olive);
    chat.crash();
    let mut client = Json::connect(chat.address());
    assert_eq!(refused(&mut client, json!({"type": "hello", "name": "bob"})), "invite_needed");
    client.send(&json!({"type": "hello", "name": "bob", "invite": key(&made)}));
    client.arrive();
    let mut other = Json::connect(chat.address());
    assert_eq!(
        refused(&mut other, json!({"type": "hello", "name": "carol", "invite": key(&made)})),
        "bad_invite"
    );
}

/// Ten messages each, at the address's expense.
#[test]
fn whoever_guesses_keys_is_soon_too_fast() {
    let mut chat = Chat::start(&[
        "--trust-proxy",
        "127.0.0.1",
        "--message-rate",
        "1",
        "--message-burst",
        "20",
        "--address-rate",
        "1",
        "--address-burst",
        "50",
    ]);
    let mut guessing = Json::connect_with(chat.address(), "chat.v1", &[("X-Forwarded-For", "203.0.113.7")]);
    let mut codes = Vec::new();
    for number in 0..10 {
        let key = format!("{number:022}");
        codes.push(refused(&mut guessing, json!({"type": "hello", "code": key})));
        codes.push(refused(&mut guessing, json!({"type": "hello", "name": "eve", "invite": key})));
    }
    let tried = codes.iter().filter(|code| *code != "rate_limited").count();
    assert!((4..=6).contains(&tried), "{tried} of 50 messages' worth: {codes:?}");
    chat.logged("that somebody guesses", |line| line.contains("guessing") && line.contains("203.0.113.7"));
    // Others notice nothing.
    Json::hello_from(chat.address(), "203.0.113.8", json!({"name": "bob"}));
}

/// Anybody can make a room and invite into it. Whoever makes as many as they can leaves enough for the others, and for
/// those who govern the chat.
#[test]
fn nobody_uses_up_the_invites_of_the_others() {
    let chat = Chat::start(&["--message-rate", "2000"]);
    let mut mallory = Json::named(chat.address(), "mallory");
    mallory.join("den");
    let made =
        (0..25).take_while(|_| mallory.ask(json!({"type": "invite", "room": "den"}))["type"] == "invite");
    assert_eq!(made.count(), 20);
    assert_eq!(mallory.refused(json!({"type": "invite", "room": "den"})), "busy");
    let mut alice = Json::named(chat.address(), "alice");
    alice.join("tea");
    let mine = invite(&mut alice, json!({"room": "tea"}));
    act(&mut alice, json!({"type": "revoke", "invite": mine["id"]}));
    let mut olive = owner(&chat, "olive");
    for _ in 0..25 {
        invite(&mut olive, json!({}));
    }
}
