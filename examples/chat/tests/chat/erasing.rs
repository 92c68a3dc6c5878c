//! Somebody erases themself: their name, or their words as well (README, Oneself).

use std::time::Instant;

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::governed::owner;
use pollcat_chat_testing::json::Json;
use pollcat_testing::client::PATIENCE;

/// Erases, and hears the ack before the end.
#[track_caller]
fn erase(client: &mut Json, words: bool) {
    let answer = client.ask(json!({"type": "erase", "words": words}));
    assert_eq!(answer["type"], "ack", "{answer}");
    assert_eq!(client.closed().0, 4503);
}

/// A page of a room, as soon as it is like this.
#[track_caller]
fn page_when(client: &mut Json, room: &str, is_it: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let page = client.ask(json!({"type": "page", "room": room}));
        if is_it(&page) {
            return page;
        }
        assert!(Instant::now() < deadline, "{page}");
    }
}

#[test]
fn a_name_is_erased_from_all_that_was_said_and_is_free_again() {
    let mut chat = Chat::start(&[]);
    let [mut bob, mut carol] = ["bob", "carol"].map(|name| Json::named(chat.address(), name));
    let mut window = bob.again(chat.address());
    (0..40).for_each(|number| drop(bob.say("lobby", &format!("word {number}"))));
    carol.heard();
    erase(&mut bob, false);
    assert_eq!(window.closed().0, 4503);
    let told = carol.expect("erased");
    let gone = format!("gone-{}", bob.id);
    assert_eq!((&told["user"]["id"], &told["user"]["name"]), (&json!(bob.id), &json!(gone)), "{told}");
    let page = page_when(&mut carol, "lobby", |page| !page.to_string().contains("\"bob\""));
    assert!(page.to_string().contains("word 39") && page.to_string().contains(&gone), "{page}");
    let mut again = Json::connect(chat.address());
    assert_eq!(again.refused(json!({"type": "hello", "token": bob.token})), "unknown_token");
    // Until the last of it is erased nobody else is called so.
    let mut other = Json::hello(chat.address(), json!({}));
    let deadline = Instant::now() + PATIENCE;
    while other.ask(json!({"type": "name", "name": "bob"}))["type"] != "ack" {
        assert!(Instant::now() < deadline, "the name is never free");
    }
    assert_ne!(other.id, bob.id);
    chat.crash();
    let mut carol = carol.again(chat.address());
    let page = page_when(&mut carol, "lobby", |page| !page.to_string().contains("\"bob\""));
    assert!(page.to_string().contains("word 39"), "{page}");
}

#[test]
fn words_are_erased_as_well_if_one_wants_that() {
    let chat = Chat::start(&[]);
    let [mut bob, mut carol] = ["bob", "carol"].map(|name| Json::named(chat.address(), name));
    (0..40).for_each(|number| drop(bob.say("lobby", &format!("hovercraft {number}"))));
    let ack = bob.ask(json!({"to": carol.id, "msg": "a private hovercraft"}));
    let talk = ack["room"].as_str().expect("a talk").to_owned();
    carol.say("lobby", "a hovercraft of mine");
    erase(&mut bob, true);
    page_when(&mut carol, "lobby", |page| page.to_string().matches("hovercraft").count() == 1);
    page_when(&mut carol, &talk, |page| !page.to_string().contains("hovercraft"));
}

#[test]
fn the_last_owner_remains() {
    let chat = Chat::start(&[]);
    let mut olive = owner(&chat, "olive");
    let error = olive.ask(json!({"type": "erase", "words": false}));
    assert_eq!(error["code"], "forbidden", "{error}");
    olive.say("lobby", "still here");
}
