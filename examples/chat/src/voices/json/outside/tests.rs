//! What is told of the world outside, as the README has it, and what of it is told to nobody.

use serde_json::{Value, json};

use super::*;
use crate::history::{Call, Event, What};
use crate::news::{Change, News};
use crate::voices::json::{answer, say};
use crate::voices::stage::{
    ALICE, BOB, BUILDS, CAROL, CAROLS, NOON, OF_TEA, PRIVATE, ROBOT, TEA, chat, done,
};

fn answered(person: Option<PersonId>, reply: &Reply<'_>) -> Value {
    let reader = Reader { id: Some("x"), person, now: NOON, is_crowd: &|_| false };
    let text = answer(reply, &reader, &chat()).expect("an answer");
    serde_json::from_str(&text).expect("JSON")
}

fn told(news: &News) -> Value {
    serde_json::from_str(&say(news, &chat()).expect("it is told")).expect("JSON")
}

fn builds() -> Value {
    json!({"id": BUILDS, "name": "builds", "bot": true})
}

fn bob() -> Value {
    json!({"id": BOB, "name": "bob"})
}

#[test]
fn a_key_is_told_with_its_address() {
    let given = KeyGiven {
        number: 5,
        bot: BUILDS,
        kind: crate::history::KeyKind::Hook,
        room: TEA,
        pace: 60,
        key: "K",
        url: Some("https://chat.example.com/hooks/K"),
    };
    let key = json!({"type": "key", "id": "x", "key": {"id": 5, "user": builds(), "kind": "hook", "room": "tea", "pace": 60,
        "key": "K", "url": "https://chat.example.com/hooks/K"}});
    assert_eq!(answered(Some(ALICE), &Reply::Key(given)), key);
}

#[test]
fn bots_are_listed_with_their_keys_and_a_private_room_only_where_it_may_be_known() {
    let by_bob = |id, kind: &str| json!({"id": id, "kind": kind, "pace": 60, "by": bob(), "since": NOON});
    let with = |mut key: Value, field: &str, value: Value| {
        key[field] = value;
        key
    };
    let of_tea = with(with(by_bob(5, "hook"), "room", json!("tea")), "seen", json!(NOON + 1));
    let robot = json!({"id": ROBOT, "name": "小爱", "bot": true, "robot": true, "rooms": [], "since": NOON, "keys": []});
    let list = |rooms: &[&str], private: Value| {
        let builds = json!({"id": BUILDS, "name": "builds", "bot": true, "rooms": rooms, "by": bob(), "since": NOON,
            "keys": [of_tea, private, by_bob(7, "token")]});
        json!({"type": "bots", "id": "x", "bots": [builds, robot]})
    };
    let all = list(&["tea", "+3"], with(by_bob(6, "hook"), "room", json!("+3")));
    let few = list(&["tea"], by_bob(6, "hook"));
    let bots = |person, sees_private| answered(person, &Reply::Bots { sees_private });
    assert_eq!(bots(Some(CAROL), false), all, "she is in it");
    assert_eq!(bots(Some(99), false), few);
    assert_eq!(bots(None, true), all, "on the admin page one sees that it is there");
}

#[test]
fn a_target_shows_nothing_that_is_secret() {
    let of_carol = json!({"id": CAROLS, "shape": "ntfy", "host": "ntfy.sh", "text": "sender",
        "user": {"id": CAROL, "name": "carol"}, "sent": 7, "waiting": 2, "dropped": 1, "fault": "it answered 503", "off": true,
        "since": NOON});
    let of_tea = json!({"id": OF_TEA, "shape": "webhook", "host": "10.0.0.5:8080", "text": "sender", "room": "tea",
        "free": true, "sent": 7, "waiting": 0, "dropped": 0, "since": NOON});
    // One that is gone is not there.
    let targets = answered(Some(ALICE), &Reply::Targets(vec![CAROLS, 99, OF_TEA]));
    assert_eq!(targets, json!({"type": "targets", "id": "x", "targets": [of_carol, of_tea]}));
    assert!(!targets.to_string().contains("hush"), "{targets}");
    let told_news = told(&News::Target { target: CAROLS });
    assert_eq!(told_news, json!({"type": "target", "target": of_carol}));
    let made = answered(Some(ALICE), &Reply::Target { target: OF_TEA, secret: Some("whsec_K") });
    assert_eq!(made, json!({"type": "target", "id": "x", "target": of_tea, "secret": "whsec_K"}));
    assert!(Reply::Target { target: OF_TEA, secret: Some("K") }.is_secret());
    let tested = |fault| answered(Some(CAROL), &Reply::Tested { target: CAROLS, fault });
    assert_eq!(tested(None), json!({"type": "tested", "id": "x", "target": CAROLS, "ok": true}));
    let failed =
        json!({"type": "tested", "id": "x", "target": CAROLS, "ok": false, "msg": "it answered 404"});
    assert_eq!(tested(Some("it answered 404")), failed);
}

#[test]
fn a_level_and_a_bot_are_told_of() {
    let level = |level| told(&News::Level { room: TEA, person: CAROL, level });
    assert_eq!(level(Some(Level::Nothing)), json!({"type": "level", "room": "tea", "level": "nothing"}));
    assert_eq!(level(None), json!({"type": "level", "room": "tea", "level": null}));
    let bot = |bot| told(&done(Change::Bot { bot }));
    assert_eq!(bot(BUILDS), json!({"type": "bot", "user": builds()}));
    let state = |room| answered(Some(CAROL), &Reply::Entered { room, from_elsewhere: false });
    assert_eq!((state(TEA).get("level"), state(PRIVATE).get("level")), (Some(&json!("all")), None));
}

#[test]
fn an_event_says_who_is_a_bot_and_whom_it_calls() {
    let said = |author, call| {
        let event = Event { author, call, ..Event::example(1, What::Text("hi".into())) };
        told(&News::Said { room: TEA, event })
    };
    let by_a_bot = said(BUILDS, None);
    assert_eq!((&by_a_bot["bot"], by_a_bot.get("call")), (&json!(true), None));
    let calls = [Call::All, Call::Here].map(|call| said(BOB, Some(call)));
    assert_eq!(calls.each_ref().map(|event| event.get("bot")), [None, None]);
    assert_eq!(calls.map(|event| event["call"].clone()), [json!("all"), json!("here")]);
}
