//! Somebody makes something at one node, and uses it at another one in the same moment. Whoever asks for what a node does not know
//! waits until it knows what others know; and what nobody knows is refused as ever.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use pollcat_chat_testing::bots::{Key, give};
use pollcat_chat_testing::governed::{act, operator, owner};
use pollcat_chat_testing::http::{Page, get, get_with, send};
use pollcat_chat_testing::json::Json;
use serde_json::{Value, json};

use crate::company::Company;

const TRIES: usize = 100;

/// What a hook is answered: 200 if it was said.
fn post(address: SocketAddr, key: &str, text: &str) -> Page {
    let body = json!({"text": text}).to_string();
    send(address, ("POST", &format!("/hooks/{key}")), "Content-Type: application/json\r\n", body.as_bytes())
}

/// The same of a bot that speaks by HTTP.
fn say(address: SocketAddr, key: &Key, room: &str) -> Page {
    let fields = format!("Content-Type: application/json\r\n{}", key.bearer());
    let body = json!({"room": room, "msg": "hello"}).to_string();
    send(address, ("POST", "/api/v1/messages"), &fields, body.as_bytes())
}

#[track_caller]
fn revoke(page: &mut Json, key: &Key) {
    act(page, json!({"type": "revoke_key", "key": key.id}));
}

/// What was answered with something else than what is right, and how often.
#[track_caller]
fn assert_none_is_wrong(wrong: &[String], tries: usize) {
    assert!(wrong.is_empty(), "{} of {tries} were wrong: {:?}", wrong.len(), wrong.first());
}

/// Such a key might be, and is none.
fn invented(number: usize) -> String {
    format!("{number:042}0")
}

#[test]
fn a_hook_that_was_just_made_is_good_at_the_other_node() {
    let Some(company) = Company::start(2) else { return };
    let mut page = operator(&company.nodes[0].chat);
    let mut listener = company.named(1, "olga");
    let mut wrong = Vec::new();
    for number in 0..TRIES {
        let key = give(&mut page, json!({"name": "builder", "room": "lobby", "kind": "hook"}));
        let text = format!("build {number}");
        let answer = post(company.address(1), &key.key, &text);
        match answer.status {
            200 => drop(listener.wait_for("what was said", |it| it["msg"] == *text)),
            _ => wrong.push(answer.head),
        }
        revoke(&mut page, &key);
    }
    assert_none_is_wrong(&wrong, TRIES);
}

#[test]
fn a_token_that_was_just_made_is_good_at_the_other_node() {
    let Some(company) = Company::start(2) else { return };
    let mut page = operator(&company.nodes[0].chat);
    let mut wrong = Vec::new();
    for number in 0..TRIES {
        let key = give(&mut page, json!({"name": "clerk", "room": "lobby", "kind": "token"}));
        let answer = match number % 3 {
            0 => get_with(company.address(1), "/api/v1/rooms", &key.bearer()),
            1 => get_with(company.address(1), "/api/v1/rooms/lobby/events", &key.bearer()),
            _ => say(company.address(1), &key, "lobby"),
        };
        if answer.status != 200 {
            wrong.push(answer.head);
        }
        revoke(&mut page, &key);
    }
    assert_none_is_wrong(&wrong, TRIES);
}

#[test]
fn a_room_into_which_a_bot_was_just_taken_is_its_room_at_the_other_node() {
    let Some(company) = Company::start(2) else { return };
    let mut olive = owner(&company.nodes[0].chat, "olive");
    let mut page = operator(&company.nodes[0].chat);
    let key = give(&mut page, json!({"name": "clerk", "room": "lobby", "kind": "token"}));
    assert_eq!(say(company.address(1), &key, "lobby").status, 200);
    let mut wrong = Vec::new();
    for number in 0..TRIES {
        let room = format!("tea{number}");
        let state = olive.ask(json!({"type": "join", "room": room, "create": true}));
        assert_eq!(state["type"], "room", "{state}");
        act(&mut olive, json!({"type": "add", "room": room, "user": key.bot}));
        let answer = match number % 2 {
            0 => get_with(company.address(1), &format!("/api/v1/rooms/{room}/events"), &key.bearer()),
            _ => say(company.address(1), &key, &room),
        };
        if answer.status != 200 {
            wrong.push(answer.head);
        }
        // Both leave it, so there are never many.
        act(&mut olive, json!({"type": "kick", "room": room, "user": key.bot}));
        olive.ask(json!({"type": "leave", "room": room}));
    }
    assert_none_is_wrong(&wrong, TRIES);
}

/// Somebody has two windows at two nodes, and does at the second what the first has made possible.
#[test]
fn what_was_just_done_in_one_window_is_so_in_another_one() {
    let Some(company) = Company::start(2) else { return };
    let mut olive = owner(&company.nodes[0].chat, "olive");
    let mut bob = company.named(1, "bob");
    let mut other = olive.again(company.address(1));
    let mut wrong = Vec::new();
    let mut note = |answer: Value| {
        if answer["type"] == "error" {
            wrong.push(answer.to_string());
        }
    };
    for number in 0..TRIES / 5 {
        // A room that is there.
        let state = olive
            .ask(json!({"type": "join", "room": format!("Tea {number}"), "create": true, "private": true}));
        let room = state["room"].as_str().unwrap_or_else(|| panic!("{state}")).to_owned();
        note(other.ask(json!({"type": "message", "room": room, "msg": "hello"})));
        // Somebody is in it.
        act(&mut olive, json!({"type": "add", "room": room, "user": bob.id}));
        note(bob.ask(json!({"type": "page", "room": room})));
        // Somebody may speak again.
        act(&mut olive, json!({"type": "mute", "room": room, "user": bob.id}));
        bob.wait_for("the mute", |it| it["type"] == "muted");
        act(&mut olive, json!({"type": "unmute", "room": room, "user": bob.id}));
        note(bob.ask(json!({"type": "message", "room": room, "msg": "thanks"})));
        // A message that is taken back.
        let said = olive.ask(json!({"type": "message", "room": room, "msg": "well"}));
        note(other.ask(json!({"type": "delete", "room": room, "offset": said["offset"]})));
        // Somebody new.
        let eve = Json::named(company.address(0), &format!("eve{number}"));
        note(other.ask(json!({"to": eve.id, "msg": "welcome"})));
        act(&mut olive, json!({"type": "kick", "room": room, "user": bob.id}));
        olive.ask(json!({"type": "leave", "room": room}));
    }
    assert_none_is_wrong(&wrong, TRIES);
}

/// The first try is with an invite that is none; the second one, by the same connection, with one that was just made.
#[test]
fn an_invite_that_was_just_made_lets_somebody_in_at_the_other_node() {
    let Some(company) = Company::start(2) else { return };
    let mut olive = owner(&company.nodes[0].chat, "olive");
    act(&mut olive, json!({"type": "door", "door": "invited"}));
    drop(olive.again(company.address(1)));
    let mut wrong = Vec::new();
    for number in 0..TRIES / 2 {
        let mut guest = Json::connect(company.address(1));
        let hello = |key: &str| json!({"type": "hello", "name": format!("i{number}"), "invite": key});
        assert_eq!(guest.refused(hello(&invented(number))), "bad_invite");
        let invite = olive.ask(json!({"type": "invite", "uses": 1}))["invite"].clone();
        let answer = guest.ask(hello(invite["key"].as_str().expect("a key")));
        if answer["type"] != "welcome" {
            wrong.push(answer.to_string());
        }
    }
    assert_none_is_wrong(&wrong, TRIES / 2);
}

/// Somebody tries key after key, in many places at once: that is refused as ever, and who has a real one is let through.
#[test]
fn keys_that_nobody_has_are_refused_and_take_no_place_from_others() {
    let Some(company) = Company::start(2) else { return };
    let mut page = operator(&company.nodes[0].chat);
    let is_over = AtomicBool::new(false);
    let wrong = thread::scope(|scope| {
        let guessers: Vec<_> = (0..4)
            .map(|guesser| {
                let (address, is_over) = (company.address(1), &is_over);
                scope.spawn(move || {
                    let mut tries = 0;
                    while !is_over.load(Ordering::Relaxed) {
                        let page = post(address, &invented(guesser * 1_000_000 + tries), "let me in");
                        assert_eq!(
                            (page.status, page.text()),
                            (404, "404 Not Found: there is no such page\n")
                        );
                        tries += 1;
                    }
                    assert!(tries > 0);
                })
            })
            .collect();
        let mut wrong = Vec::new();
        for _ in 0..TRIES / 2 {
            let key = give(&mut page, json!({"name": "builder", "room": "lobby", "kind": "hook"}));
            let answer = post(company.address(1), &key.key, "built");
            if answer.status != 200 {
                wrong.push(answer.head);
            }
            revoke(&mut page, &key);
        }
        is_over.store(true, Ordering::Relaxed);
        guessers.into_iter().for_each(|it| it.join().expect("no guess was let through"));
        wrong
    });
    assert_none_is_wrong(&wrong, TRIES / 2);
}

#[test]
fn while_the_log_is_away_nobody_waits_for_long() {
    let Some(company) = Company::start(2) else { return };
    let key = give(
        &mut operator(&company.nodes[0].chat),
        json!({"name": "clerk", "room": "lobby", "kind": "token"}),
    );
    assert_eq!(get_with(company.address(1), "/api/v1/rooms", &key.bearer()).status, 200);
    let (address, bearer) = (company.address(1), key.bearer());
    company.redis.pause();
    let begun = Instant::now();
    let answers = thread::scope(|scope| {
        let asked = [
            scope.spawn(|| post(address, &invented(1), "hello").status),
            scope.spawn(|| get_with(address, "/api/v1/rooms/tea/events", &bearer).status),
            scope.spawn(|| get(address, "/pictures/none.png").status),
        ];
        asked.map(|it| it.join().expect("an answer"))
    });
    company.redis.go_on();
    assert_eq!(answers, [404; 3]);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}
