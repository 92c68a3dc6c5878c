//! Rights that are lost, and what others could do with rights that anybody may have: everybody is an op of the room that they
//! make (README, Governing).

use std::fs;

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::governed::{act, owner, somebody};
use pollcat_chat_testing::json::Json;

/// A new private room, by its key.
#[track_caller]
fn private_room(maker: &mut Json, title: &str) -> String {
    let state = maker.ask(json!({"type": "join", "room": title, "create": true, "private": true}));
    state["room"].as_str().unwrap_or_else(|| panic!("{state}")).to_owned()
}

/// The key of a new invite.
#[track_caller]
fn invite(maker: &mut Json, mut request: Value) -> String {
    request["type"] = "invite".into();
    let answer = maker.ask(request);
    answer["invite"]["key"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

#[test]
fn an_invite_is_worth_as_much_as_whoever_made_it() {
    let chat = Chat::start(&[]);
    let mut olive = owner(&chat, "olive");
    let mut dan = somebody(&chat, "dan", "admin");
    let [mut bob, mut eve] = ["bob", "eve"].map(|name| Json::named(chat.address(), name));
    let room = private_room(&mut bob, "Tea");
    act(&mut bob, json!({"type": "add", "room": room, "user": "olive"}));
    let (way_back, into_the_chat) =
        (invite(&mut bob, json!({"room": room})), invite(&mut dan, json!({"uses": 5})));
    act(&mut olive, json!({"type": "kick", "room": room, "user": "bob"}));
    act(&mut olive, json!({"type": "role", "user": "dan", "role": "member"}));
    act(&mut olive, json!({"type": "door", "door": "invited"}));
    for client in [&mut bob, &mut eve] {
        assert_eq!(client.refused(json!({"type": "accept", "invite": way_back})), "bad_invite");
    }
    let mut newcomer = Json::connect(chat.address());
    let hello = json!({"type": "hello", "name": "nina", "invite": into_the_chat});
    assert_eq!(newcomer.refused(hello), "bad_invite");
    // With the right it is good again.
    act(&mut olive, json!({"type": "role", "user": "dan", "role": "admin"}));
    newcomer.send(&json!({"type": "hello", "name": "nina", "invite": into_the_chat}));
    newcomer.arrive();
}

#[test]
fn who_was_reported_does_not_find_out_by_numbers() {
    let chat = Chat::start(&[]);
    let mut olive = owner(&chat, "olive");
    let [mut alice, mut bob] = ["alice", "bob"].map(|name| Json::named(chat.address(), name));
    alice.send(&json!({"type": "message", "to": bob.id, "msg": "you fool"}));
    let said = bob.expect("message");
    act(&mut bob, json!({"type": "report", "room": said["room"], "offset": said["offset"]}));
    let report = olive.expect("reported")["report"].clone();
    for client in [&mut alice, &mut bob] {
        let settle = |number: Value| json!({"type": "settle", "report": number, "accept": false});
        assert_eq!(client.refused(settle(report.clone())), client.refused(settle(json!(987))));
    }
    act(&mut olive, json!({"type": "settle", "report": report, "accept": false}));
    // And the log of acts quotes nobody.
    alice.say("lobby", "hello");
    act(&mut bob, json!({"type": "report", "room": "lobby", "offset": 1, "reason": "he said: hello"}));
    let mut page = pollcat_chat_testing::governed::operator(&chat);
    assert!(!page.ask(json!({"type": "acts"})).to_string().contains("he said"));
}

#[test]
fn who_is_muted_says_nothing_by_names() {
    let chat = Chat::start(&[]);
    let mut olive = owner(&chat, "olive");
    let mut alice = Json::named(chat.address(), "alice");
    act(&mut olive, json!({"type": "mute", "user": "alice", "seconds": 600}));
    for request in [
        json!({"type": "name", "name": "olive lies"}),
        json!({"type": "join", "room": "olive lies", "create": true}),
        json!({"type": "join", "room": "olive lies", "create": true, "private": true}),
    ] {
        assert_eq!(alice.refused(request.clone()), "muted", "{request}");
    }
    act(&mut olive, json!({"type": "unmute", "user": "alice"}));
    alice.join("tea");
}

/// On the admin page one sees that a private room exists, and not what is said there: nor by letting oneself in.
#[test]
fn nobody_lets_themself_into_a_private_room_from_the_admin_page() {
    let chat = Chat::start(&[]);
    let mut olive = owner(&chat, "olive");
    let mut alice = Json::named(chat.address(), "alice");
    let room = private_room(&mut alice, "Tea");
    let url = olive.ask(json!({"type": "admin"}))["url"].clone();
    let key = url.as_str().and_then(|url| url.split_once('#')).expect("a key").1.to_owned();
    let mut page = Json::connect_with(chat.address(), "admin.v1", &[]);
    page.send(&json!({"type": "login", "key": key}));
    page.expect("welcome");
    for page in [&mut page, &mut pollcat_chat_testing::governed::operator(&chat)] {
        for request in [
            json!({"type": "add", "room": room, "user": "olive"}),
            json!({"type": "invite", "room": room}),
            json!({"type": "alter", "room": room, "private": false}),
        ] {
            assert_eq!(page.refused(request.clone()), "forbidden", "{request}");
        }
        act(page, json!({"type": "alter", "room": room, "closed": true}));
        act(page, json!({"type": "alter", "room": room, "closed": false}));
    }
    act(&mut alice, json!({"type": "add", "room": room, "user": "olive"}));
}

/// Anybody may make a room, and hold somebody back in it who has never been there.
#[test]
fn a_stranger_hears_nothing_of_a_room_that_holds_them_back() {
    let chat = Chat::start(&[]);
    let [mut mallory, mut eve] = ["mallory", "eve"].map(|name| Json::named(chat.address(), name));
    let room = private_room(&mut mallory, "Tea");
    eve.heard();
    for kind in ["mute", "unmute", "ban", "unban"] {
        act(&mut mallory, json!({"type": kind, "room": room, "user": "eve", "reason": "you know why"}));
    }
    assert_eq!(eve.heard(), [Value::Null; 0]);
}

/// What is held back is said under the name that its author has by then, and its id is used up.
#[test]
fn what_is_held_back_keeps_its_words_and_no_name() {
    let mut chat = Chat::prepared(&["--words", "words.txt"]);
    fs::write(chat.folder().join("words.txt"), "hovercraft\ndubious = review\n")
        .expect("the folder is there");
    chat.start_again();
    let mut olive = owner(&chat, "olive");
    let mut alice = Json::named(chat.address(), "alice");
    alice.join("tea");
    let kick = json!({"type": "kick", "room": "tea", "user": "olive", "reason": "a hovercraft"});
    assert_eq!(alice.refused(kick), "refused");
    let mut say = |text: &str| {
        alice.send(&json!({"type": "message", "room": "lobby", "msg": text, "id": "k"}));
        alice.wait_for("the answer", |it| it["id"] == "k")
    };
    assert_eq!(say("a dubious offer")["held"], true);
    assert_eq!(say("a dubious reply")["code"], "bad_field");
    assert_eq!(say("a dubious offer")["held"], true);
    alice.rename("anna");
    let _other = Json::named(chat.address(), "alice");
    let report = olive.expect("reported")["report"].clone();
    act(&mut olive, json!({"type": "settle", "report": report, "accept": true}));
    let said = olive.wait_for("what was held", |it| it["msg"] == "a dubious offer");
    assert_eq!((&said["from"], &said["from_id"]), (&json!("anna"), &json!(alice.id)));
}
