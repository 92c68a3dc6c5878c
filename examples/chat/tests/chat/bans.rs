//! Whoever is banned is out at once, stays out, and comes in under no other name from where they were (README, Governing).

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::governed::{act, lacks, owner};
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::text::Text;
use pollcat_testing::client::{Client, upgrade_request};

/// Behind a proxy, so that clients come from somewhere.
const PROXY: [&str; 2] = ["--trust-proxy", "127.0.0.1"];

/// The answer to a request for a WebSocket from this address.
#[track_caller]
fn knock(chat: &Chat, from: &str) -> u16 {
    let mut client = Client::dial(chat.address());
    client.write(upgrade_request(&format!("X-Forwarded-For: {from}\r\n")).as_bytes());
    let head = client.head();
    head.split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or_else(|| panic!("no status: {head}"))
}

/// What a hello with this token is answered with, and how the connection ends.
#[track_caller]
fn turned_out(chat: &Chat, token: &str) -> (Value, (u16, String)) {
    let mut client = Json::connect(chat.address());
    client.send(&json!({"type": "hello", "token": token}));
    (client.expect("error"), client.closed())
}

#[test]
fn a_ban_closes_all_windows_and_the_token_opens_none() {
    let chat = Chat::start(&[]);
    let mut olive = owner(&chat, "olive");
    let mut bob = Json::named(chat.address(), "bob");
    let mut window = bob.again(chat.address());
    act(&mut olive, json!({"type": "ban", "user": "bob", "seconds": 3600, "reason": "spam"}));
    for window in [&mut bob, &mut window] {
        let error = window.expect("error");
        assert_eq!(error["code"], "banned", "{error}");
        assert!(error["until"].as_i64().is_some() && error["retry_after"].as_u64().is_some(), "{error}");
        let (code, reason) = window.closed();
        assert_eq!(code, 4501);
        assert!(reason.contains("olive") && reason.contains("spam"), "{reason}");
    }
    let (error, (code, _)) = turned_out(&chat, &bob.token);
    assert_eq!((&error["code"], code), (&json!("banned"), 4501), "{error}");
    assert!(error["msg"].as_str().is_some_and(|words| words.contains("spam")), "{error}");
    // Nobody else is called so meanwhile.
    let mut eve = Json::hello(chat.address(), json!({}));
    assert_eq!(eve.refused(json!({"type": "name", "name": "Bob"})), "name_taken");
    let listed = olive.ask(json!({"type": "restraints"}));
    let ban = &listed["restraints"][0];
    assert_eq!(
        (&ban["what"], &ban["user"]["id"], &ban["reason"]),
        (&json!("ban"), &json!(bob.id), &json!("spam"))
    );
    act(&mut olive, json!({"type": "unban", "user": "bob"}));
    assert_eq!(bob.again(chat.address()).name, "bob");
    assert_eq!(olive.ask(json!({"type": "restraints"}))["restraints"], json!([]));
}

#[test]
fn the_page_can_ask_why_it_gets_no_connection() {
    let chat = Chat::start(&PROXY);
    let mut olive = owner(&chat, "olive");
    let mut bob = Json::hello_from(chat.address(), "203.0.113.7", json!({"name": "bob"}));
    let asked = |path: &str, from: &str| {
        let mut client = Client::dial(chat.address());
        let host = chat.address();
        client.write(
            format!("HEAD {path} HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-For: {from}\r\n\r\n").as_bytes(),
        );
        let head = client.head();
        (head.starts_with("HTTP/1.1 200 "), head.to_lowercase().contains("\r\nx-refused: banned\r\n"))
    };
    assert_eq!(asked("/favicon.svg", "203.0.113.7"), (true, false));
    act(&mut olive, json!({"type": "ban", "user": "bob", "addresses": true}));
    bob.closed();
    assert_eq!(asked("/favicon.svg", "203.0.113.7"), (true, true));
    assert_eq!(
        (asked("/favicon.svg", "203.0.113.8"), asked("/", "203.0.113.7")),
        ((true, false), (true, false))
    );
    act(&mut olive, json!({"type": "unban", "user": "bob"}));
    assert_eq!(asked("/favicon.svg", "203.0.113.7"), (true, false));
}

#[test]
fn a_ban_outlives_the_program() {
    let mut chat = Chat::start(&PROXY);
    let mut olive = owner(&chat, "olive");
    let mut bob = Json::hello_from(chat.address(), "203.0.113.7", json!({"name": "bob"}));
    act(&mut olive, json!({"type": "ban", "user": "bob", "addresses": true}));
    bob.closed();
    drop(olive);
    chat.crash();
    assert_eq!(turned_out(&chat, &bob.token).1.0, 4501);
    assert_eq!((knock(&chat, "203.0.113.7"), knock(&chat, "203.0.113.8")), (403, 101));
}

#[test]
fn a_text_client_is_banned_as_anybody() {
    let chat = Chat::start(&[]);
    let mut olive = owner(&chat, "olive");
    let mut rita = Text::named(chat.address(), "rita");
    act(&mut olive, json!({"type": "ban", "user": "rita"}));
    assert_eq!(rita.closed().0, 4501);
    let mut eve = Text::connect(chat.address());
    eve.say("/nick rita");
    assert!(
        eve.heard().iter().any(|line| line.contains("name")),
        "the name is taken while its bearer is banned"
    );
}

#[test]
fn an_address_keeps_out_newcomers_with_other_names_and_nobody_else() {
    let mut chat = Chat::start(&PROXY);
    let mut olive = owner(&chat, "olive");
    let mut bob = Json::hello_from(chat.address(), "203.0.113.7", json!({"name": "bob"}));
    // An older window of theirs, from elsewhere.
    let older = Json::hello_from(chat.address(), "2001:db8:7:1::5", json!({"token": bob.token}));
    older.leave();
    act(&mut olive, json!({"type": "ban", "user": "bob", "addresses": true}));
    assert_eq!(bob.closed().0, 4501);
    let table = [
        ("203.0.113.7", 403),
        ("203.0.113.8", 101),
        ("2001:db8:7:1:ffff::1", 403), // the household
        ("2001:db8:7:2::1", 101),
        ("::ffff:203.0.113.7", 403),
        ("127.0.0.1", 101),
    ];
    for (from, status) in table {
        assert_eq!(knock(&chat, from), status, "{from}");
    }
    assert_eq!(olive.ask(json!({"type": "restraints"}))["restraints"][0]["addresses"], 2);
    chat.logged("who is turned away, and how to undo it", |line| {
        line.contains("403") && line.contains("203.0.113.7") && line.contains("/unban")
    });
    // The page may be had: it says why.
    let mut client = Client::dial(chat.address());
    client.write(
        format!("GET / HTTP/1.1\r\nHost: {}\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n", chat.address())
            .as_bytes(),
    );
    assert!(client.head().starts_with("HTTP/1.1 200 "));
    act(&mut olive, json!({"type": "unban", "user": "bob"}));
    assert_eq!(knock(&chat, "203.0.113.7"), 101);
}

/// Whoever misbehaves under two names from one place is out under both.
#[test]
fn who_is_here_from_a_banned_address_is_turned_out_too_but_for_those_who_govern() {
    let chat = Chat::start(&PROXY);
    let mut olive = owner(&chat, "olive");
    let from = |name: &str, address| Json::hello_from(chat.address(), address, json!({"name": name}));
    let mut bob = from("bob", "203.0.113.7");
    let mut twin = from("twin", "203.0.113.7");
    let mut anna = from("anna", "203.0.113.8");
    let mut adam = from("adam", "203.0.113.7");
    act(&mut olive, json!({"type": "role", "user": "adam", "role": "admin"}));
    act(&mut olive, json!({"type": "ban", "user": "bob", "addresses": true}));
    assert_eq!((bob.closed().0, twin.closed().0), (4501, 4501));
    // A ban of a person alone is nobody else's.
    act(&mut olive, json!({"type": "unban", "user": "bob"}));
    let mut twin = from("other twin", "203.0.113.7");
    act(&mut olive, json!({"type": "ban", "user": "bob"}));
    for somebody in [&mut anna, &mut adam, &mut twin] {
        assert_eq!(somebody.ask(json!({"type": "ping"}))["type"], "pong");
    }
}

/// One act behind a proxy of which nobody told the chat would lock everybody out.
#[test]
fn what_is_near_or_trusted_is_never_banned() {
    let chat = Chat::start(&["--trust-proxy", "127.0.0.1", "--trusted-networks", "198.51.100.0/24"]);
    let mut olive = owner(&chat, "olive");
    for (number, from) in
        (0..).zip(["127.0.0.1", "10.1.2.3", "192.168.7.7", "100.64.9.9", "fd00::1", "198.51.100.9"])
    {
        let name = format!("bob {number}");
        let mut bob = Json::hello_from(chat.address(), from, json!({"name": name}));
        act(&mut olive, json!({"type": "ban", "user": name, "addresses": true}));
        assert_eq!(bob.closed().0, 4501);
        assert_eq!(knock(&chat, from), 101, "{from}");
    }
}

#[test]
fn whoever_connected_before_the_ban_and_says_hello_after_it_is_turned_out() {
    let chat = Chat::start(&PROXY);
    let mut olive = owner(&chat, "olive");
    let mut bob = Json::hello_from(chat.address(), "203.0.113.7", json!({"name": "bob"}));
    let forwarded = [("X-Forwarded-For", "203.0.113.7")];
    let mut early = Json::connect_with(chat.address(), "chat.v1", &forwarded);
    let mut guest = Json::connect_with(chat.address(), "chat.v1", &forwarded);
    act(&mut olive, json!({"type": "ban", "user": "bob", "addresses": true}));
    bob.closed();
    early.send(&json!({"type": "hello", "name": "another"}));
    assert_eq!(early.expect("error")["code"], "banned");
    assert_eq!(early.closed().0, 4501);
    guest.send(&json!({"type": "message", "msg": "hi"}));
    assert_eq!(guest.closed().0, 4501);
    assert!(olive.heard().iter().all(|it| it["type"] != "message"));
}

#[test]
fn nothing_that_the_banned_have_sent_is_heard_behind_the_ban() {
    let chat = Chat::start(&[]);
    let mut olive = owner(&chat, "olive");
    let mut bob = Json::named(chat.address(), "bob");
    for number in 0..500 {
        bob.send(&json!({"type": "message", "room": "lobby", "msg": format!("flood {number}")}));
    }
    act(&mut olive, json!({"type": "ban", "user": "bob"}));
    olive.left_over(); // what came before
    olive.say("lobby", "quiet");
    let later = olive.heard();
    assert!(later.iter().all(|it| it["type"] != "message"), "{later:?}");
    let (heard, last) = (olive.ask(json!({"type": "page", "room": "lobby"})), "quiet");
    let events = heard["events"].as_array().expect("events");
    assert_eq!(events.last().map(|event| &event["msg"]), Some(&json!(last)));
}

#[test]
fn a_ban_with_erasing_takes_their_words_along() {
    let chat = Chat::start(&[]);
    let mut olive = owner(&chat, "olive");
    let mut bob = Json::named(chat.address(), "bob");
    bob.say("lobby", "hovercrafts, cheap");
    olive.heard();
    act(&mut olive, json!({"type": "ban", "user": "bob", "erase": "day"}));
    let told = olive.wait_for("the erasing", |it| it["type"] == "deleted" && it["of_id"] == bob.id);
    assert_eq!(told["targets"], json!([1]));
    assert_eq!(olive.ask(json!({"type": "search", "query": "hovercrafts"}))["hits"], json!([]));
}

#[test]
fn who_is_banned_from_a_room_is_elsewhere_as_before() {
    let chat = Chat::in_memory(&[]);
    let [mut alice, mut bob] = ["alice", "bob"].map(|name| Json::named(chat.address(), name));
    alice.join("tea");
    bob.join("tea");
    act(
        &mut alice,
        json!({"type": "ban", "user": "bob", "room": "tea", "seconds": 3600, "reason": "spills"}),
    );
    let left = bob.expect("left");
    assert_eq!((&left["by"]["id"], &left["reason"]), (&json!(alice.id), &json!("spills")));
    assert_eq!(bob.refused(json!({"type": "join", "room": "tea"})), "banned");
    bob.say("lobby", "still here");
    let listed = alice.ask(json!({"type": "restraints", "room": "tea"}));
    assert_eq!(
        (&listed["restraints"][0]["user"]["id"], &listed["restraints"][0]["room"]),
        (&json!(bob.id), &json!("tea"))
    );
    act(&mut alice, json!({"type": "unban", "user": "bob", "room": "tea"}));
    bob.join("tea");
    lacks(&mut bob, json!({"type": "ban", "user": "alice", "room": "tea"}), "op");
}

#[test]
fn a_ban_of_a_second_is_over_after_it() {
    let chat = Chat::start(&PROXY);
    let mut olive = owner(&chat, "olive");
    let mut bob = Json::hello_from(chat.address(), "203.0.113.7", json!({"name": "bob"}));
    act(&mut olive, json!({"type": "ban", "user": "bob", "seconds": 1, "addresses": true}));
    bob.closed();
    let deadline = std::time::Instant::now() + pollcat_testing::client::PATIENCE;
    while knock(&chat, "203.0.113.7") == 403 {
        assert!(std::time::Instant::now() < deadline, "it is never over");
    }
    assert_eq!(bob.again(chat.address()).name, "bob");
}
