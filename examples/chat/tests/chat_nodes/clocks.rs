//! The clocks of the nodes' machines are not set alike, or are set while the chat runs. All nodes go by the one of the log, so that nobody
//! can tell; and nothing is over, or old, because a machine says so.

use std::time::{SystemTime, UNIX_EPOCH};

use pollcat_chat_testing::governed::{act, owner};
use pollcat_chat_testing::json::Json;
use serde_json::{Value, json};

use crate::asking::{insist, say};
use crate::company::{Company, events, said};
use crate::ledger;

/// What clocks say here that nobody has set, in milliseconds.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock");
    i64::try_from(since.as_millis()).expect("milliseconds")
}

/// In the order of their room they are of now, since a moment, and none is earlier than the one before it.
#[track_caller]
fn assert_dated(events: &[Value], since: i64) {
    let times: Vec<i64> = events.iter().map(|it| it["msg_time"].as_i64().expect("a time")).collect();
    assert!(times.is_sorted(), "{times:?}");
    let about = since - 1500..=now() + 1500;
    assert!(times.iter().all(|time| about.contains(time)), "{times:?}, {about:?}");
}

#[test]
fn nodes_whose_clocks_differ_date_everything_alike() {
    let begun = now();
    let Some(mut company) = Company::by_clocks(&["+1h", "-1d", "+0"]) else { return };
    for (node, words) in [(0, "60 minutes ahead of"), (1, "24 hours behind")] {
        let chat = &mut company.nodes[node].chat;
        chat.logged("a clock that is wrong", |line| line.contains("ERROR") && line.contains(words));
    }
    let mut people = [(0, "alice"), (1, "bob"), (2, "carol")].map(|(node, name)| company.named(node, name));
    for number in 0..10 {
        for person in &mut people {
            let text = format!("{} {number}", person.name);
            person.send(&json!({"type": "message", "room": "lobby", "msg": text, "id": text}));
        }
        for person in &mut people {
            let id = format!("{} {number}", person.name);
            let answer = person.wait_for("the answer", |it| it["id"] == *id);
            if answer["type"] != "ack" {
                insist(person, &id, &id);
            }
        }
    }
    let all = ledger::agreed(&company).events.len();
    let told = people.each_mut().map(|person| {
        let told = events(person, "lobby");
        told.iter().map(|it| json!([it["offset"], it["msg"], it["msg_time"]])).collect::<Vec<_>>()
    });
    assert_eq!((told[0].len(), all), (30, 30));
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0], told[2]);
    assert_dated(&events(&mut people[0], "lobby"), begun);
}

#[test]
fn whoever_is_muted_hears_so_at_a_node_whose_clock_says_that_it_is_over() {
    let Some(company) = Company::by_clocks(&["+0", "+2h"]) else { return };
    let mut olive = owner(&company.nodes[0].chat, "olive");
    let bob = company.named(1, "bob");
    act(&mut olive, json!({"type": "mute", "room": "lobby", "user": "bob", "seconds": 3600}));
    ledger::agreed(&company);
    let [here, there] = [0, 1].map(|node| {
        let welcome = bob.again(company.address(node)).welcome;
        let room = |it: &&Value| it["room"] == "lobby";
        let lobby = welcome["rooms"].as_array().expect("rooms").iter().find(room).expect("the lobby").clone();
        (lobby["muted"].clone(), lobby["muted_until"].clone())
    });
    assert_eq!(here.0, true);
    assert_eq!(here, there);
}

/// It is the one that sees to what is old, and over.
#[test]
fn a_machine_whose_clock_leaps_ends_nothing_and_gives_up_nothing() {
    let begun = now();
    let Some(mut company) = Company::by_clocks(&["+0"]) else { return };
    let node = &mut company.nodes[0];
    node.chat.terminate();
    let flags: Vec<String> =
        node.chat.flags().iter().cloned().chain(["--keep-days".into(), "30".into()]).collect();
    node.chat.set_flags(&flags.iter().map(String::as_str).collect::<Vec<_>>());
    node.start();
    node.chat.logged("whose turn it is", |line| line.contains("the chores are this node's"));
    let mut olive = owner(&node.chat, "olive");
    let [mut bob, carol] = ["bob", "carol"].map(|name| Json::named(node.address, name));
    say(&mut bob, "before");
    act(&mut olive, json!({"type": "mute", "room": "lobby", "user": "bob", "seconds": 7200}));
    for (ahead, words) in [("+400d", "400 days ahead of"), ("-400d", "400 days behind")] {
        node.clock.as_ref().expect("it has one").set(ahead);
        // What is over is looked for whenever something else begins to last.
        act(&mut olive, json!({"type": "mute", "room": "lobby", "user": "carol", "seconds": 3600}));
        say(&mut olive, ahead);
        node.chat.logged("a clock that is wrong", |line| line.contains("ERROR") && line.contains(words));
        act(&mut olive, json!({"type": "unmute", "room": "lobby", "user": "carol"}));
        say(&mut olive, ahead);
        assert_eq!(bob.refused(json!({"type": "message", "room": "lobby", "msg": "but"})), "muted");
    }
    assert_eq!(said(&mut olive, "lobby"), ["before", "+400d", "+400d", "-400d", "-400d"]);
    assert_dated(&events(&mut olive, "lobby"), begun);
    // Nor when it starts with that clock.
    node.chat.kill();
    node.clock.as_ref().expect("it has one").set("+400d");
    node.start();
    let mut bob = bob.again(node.address);
    assert_eq!(bob.refused(json!({"type": "message", "room": "lobby", "msg": "but"})), "muted");
    drop(carol);
}
