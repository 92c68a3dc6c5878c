//! Who somebody is, all nodes know: by name, by token, by a device's code. So they do who is here, who types, and what is read.

use std::thread;

use pollcat_chat_testing::json::{Json, fresh_id};
use pollcat_testing::running::wait_until;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::company::{Company, said};

#[test]
fn a_name_that_is_taken_at_one_node_is_taken_at_all_of_them() {
    let Some(company) = Company::start(3) else { return };
    let _alice = Json::hello(company.address(0), json!({"name": "alice"}));
    for node in 1..3 {
        let mut eve = Json::connect(company.address(node));
        assert_eq!(eve.refused(json!({"type": "hello", "name": "Alice"})), "name_taken");
    }
}

#[test]
fn who_comes_to_one_node_is_a_new_member_at_all_of_them_once() {
    let Some(company) = Company::start(3) else { return };
    let mut bobs = company.nodes.iter().map(|node| Json::hello(node.address, json!({}))).collect::<Vec<_>>();
    let alice = Json::hello(company.address(0), json!({"name": "alice"}));
    let (id, token) = (alice.id, alice.token.clone());
    for bob in &mut bobs {
        let joined = bob.wait_for("alice joins", |it| it["type"] == "joined" && it["user"]["id"] == id);
        assert_eq!((&joined["members"], &joined["room"]), (&json!(4), &json!("lobby")));
    }
    drop(alice);
    let mut hear = |kind: &str| {
        for bob in &mut bobs {
            bob.wait_for(kind, |it| it["type"] == kind && it["user"]["id"] == id);
        }
    };
    hear("offline");
    // Who comes back was a member all the time.
    let _alice = Json::hello(company.address(1), json!({"token": token}));
    hear("online");
    let carol = Json::hello(company.address(2), json!({"name": "carol"}));
    for bob in &mut bobs {
        loop {
            let joined = bob.wait_for("somebody joins", |it| it["type"] == "joined");
            assert_ne!(joined["user"]["id"], id, "that is told once");
            if joined["user"]["id"] == carol.id {
                break;
            }
        }
    }
}

#[test]
fn of_two_who_take_a_name_at_once_one_has_it() {
    let Some(company) = Company::start(2) else { return };
    let mut people = [company.named(0, "alice"), company.named(1, "bob")];
    for number in 0..10 {
        let id = fresh_id();
        let name = format!("zoe{number}");
        people.iter_mut().for_each(|it| it.send(&json!({"type": "name", "name": name, "id": id})));
        let answers = people.each_mut().map(|it| it.wait_for("the answer", |it| it["id"] == *id));
        let mut codes = answers.each_ref().map(|it| it["code"].as_str().unwrap_or("ack"));
        let has_it = if codes[0] == "ack" { 0 } else { 1 };
        codes.sort();
        assert_eq!(codes, ["ack", "name_taken"], "{answers:?}");
        // Both nodes say who.
        let id = people[has_it].id;
        for person in &mut people {
            person.wait_for("who has it", |it| {
                it["type"] == "renamed" && it["user"] == json!({"id": id, "name": name})
            });
        }
    }
}

#[test]
fn whoever_comes_back_at_another_node_has_missed_nothing() {
    let Some(company) = Company::start(3) else { return };
    let (mut alice, mut bob) = (company.named(0, "alice"), company.named(2, "bob"));
    let mut place = Value::Null;
    for round in 0..10 {
        let last = alice.say("lobby", &format!("{round}: here"))["offset"].clone();
        let epoch = alice.welcome["rooms"][0]["epoch"].clone();
        assert!(place.is_null() || place == epoch, "the room is the same one");
        let token = alice.token.clone();
        drop(alice);
        let missed: Vec<String> = (0..3).map(|number| format!("{round}: missed {number}")).collect();
        missed.iter().for_each(|text| drop(bob.say("lobby", text)));
        // No matter how far that node is: they are told when it knows what others do.
        let rooms = json!({"lobby": {"epoch": epoch, "offset": last}});
        alice = Json::hello(company.address(1 + round % 2), json!({"token": token, "rooms": rooms}));
        let history = &alice.histories["lobby"];
        assert!(history.iter().all(|it| it["recovered"] == true), "{history:?}");
        let told = history.iter().flat_map(|it| it["events"].as_array().expect("events"));
        assert_eq!(told.map(|it| it["msg"].clone()).collect::<Vec<_>>(), missed);
        place = epoch;
    }
}

#[test]
fn whoever_comes_to_a_node_that_is_behind_waits_until_it_is_not() {
    const MANY: usize = 400;
    let Some(company) = Company::start(3) else { return };
    let (mut alice, mut bob) = (company.named(0, "alice"), company.named(2, "bob"));
    let offset = alice.say("lobby", "here")["offset"].clone();
    let rooms = json!({"lobby": {"epoch": alice.welcome["rooms"][0]["epoch"], "offset": offset}});
    let behind = &company.nodes[1];
    behind.chat.signal(Signal::STOP);
    for number in 0..MANY {
        bob.send(&json!({"type": "message", "msg": format!("{number}"), "id": fresh_id()}));
    }
    bob.wait_for("the last ack", |it| it["type"] == "ack" && it["offset"] == 1 + MANY);
    let hello = json!({"token": alice.token, "rooms": rooms});
    let address = behind.address;
    let coming = thread::spawn(move || Json::hello(address, hello));
    behind.chat.signal(Signal::CONT);
    let alice = coming.join().expect("they come in");
    let told = alice.histories["lobby"].iter().flat_map(|it| it["events"].as_array().expect("events"));
    let told: Vec<Value> = told.map(|it| it["msg"].clone()).collect();
    assert_eq!(told, (0..MANY).map(|number| json!(number.to_string())).collect::<Vec<_>>());
}

#[test]
fn a_new_person_is_known_at_once_at_every_node() {
    let Some(company) = Company::start(3) else { return };
    for number in 0..10 {
        let new = Json::hello(company.address(number % 3), json!({}));
        for node in [(number + 1) % 3, (number + 2) % 3] {
            assert_eq!(new.again(company.address(node)).id, new.id);
        }
    }
}

#[test]
fn a_code_for_a_device_is_good_at_every_node_and_once() {
    let Some(company) = Company::start(3) else { return };
    let (mut alice, mut bob) = (company.named(0, "alice"), company.named(1, "bob"));
    let code = alice.ask(json!({"type": "link"}))["code"].clone();
    // What nodes tell one another they hear in order.
    alice.ask(json!({"type": "typing", "room": "lobby"}));
    bob.expect("typing");
    let device = Json::hello(company.address(1), json!({"code": code}));
    assert_eq!((device.id, &device.welcome["new"]), (alice.id, &json!(false)));
    assert_ne!(device.token, alice.token);
    assert_eq!(device.again(company.address(2)).id, alice.id);
    for node in [1, 0] {
        let mut thief = Json::connect(company.address(node));
        assert_eq!(thief.refused(json!({"type": "hello", "code": code})), "bad_code");
    }
}

#[test]
fn all_nodes_know_who_is_here_and_who_has_gone() {
    let Some(company) = Company::start(3) else { return };
    let (mut alice, bob) = (company.named(0, "alice"), company.named(1, "bob"));
    let (id, token) = (bob.id, json!({"token": bob.token}));
    let is_here = |client: &mut Json| {
        let answer = client.ask(json!({"type": "who", "room": "lobby"}));
        let users = answer["users"].as_array().expect("users");
        users.iter().find(|it| it["id"] == id).expect("bob is a member")["online"] == true
    };
    wait_until("bob is here for alice", || is_here(&mut alice));
    let watched = alice.ask(json!({"type": "watch", "people": [id]}));
    assert_eq!((&watched["online"], &watched["offline"]), (&json!([id]), &json!([])));
    bob.leave();
    alice.wait_for("bob has gone", |it| it["type"] == "presence" && it["offline"] == json!([id]));
    assert!(!is_here(&mut alice));
    let bob = Json::hello(company.address(2), token);
    alice.wait_for("bob is back", |it| it["type"] == "presence" && it["online"] == json!([id]));
    assert!(is_here(&mut alice));
    // With a window at each of two nodes, they are here as long as one of them is open.
    let window = bob.again(company.address(1));
    bob.leave();
    wait_until("bob's node has said that they left", || {
        let mut other = Json::hello(company.address(2), json!({"token": alice.token}));
        is_here(&mut other)
    });
    assert!(is_here(&mut alice));
    window.leave();
    alice.wait_for("bob has gone for good", |it| it["type"] == "presence" && it["offline"] == json!([id]));
}

#[test]
fn who_types_is_seen_at_other_nodes() {
    let Some(company) = Company::start(2) else { return };
    let (mut alice, mut bob) = (company.named(0, "alice"), company.named(1, "bob"));
    alice.ask(json!({"type": "typing", "room": "lobby"}));
    let told = bob.expect("typing");
    assert_eq!((&told["room"], &told["user"]["id"]), (&json!("lobby"), &json!(alice.id)));
}

#[test]
fn what_is_read_in_one_window_is_read_in_all() {
    let Some(company) = Company::start(2) else { return };
    let (mut alice, mut bob) = (company.named(0, "alice"), company.named(0, "bob"));
    let mut window = bob.again(company.address(1));
    for text in ["one", "two, @bob", "three"] {
        alice.say("lobby", text);
    }
    window.wait_for("the last one", |it| it["msg"] == "three");
    bob.wait_for("the last one", |it| it["msg"] == "three");
    bob.ask(json!({"type": "read", "room": "lobby", "offset": 2}));
    let told = window.expect("read");
    assert_eq!(told, json!({"type": "read", "room": "lobby", "offset": 2, "unread": 1, "mentions": 0}));
    let again = bob.again(company.address(1));
    assert_eq!(
        (&again.welcome["rooms"][0]["read"], &again.welcome["rooms"][0]["unread"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(said(&mut window, "lobby").len(), 3);
}
