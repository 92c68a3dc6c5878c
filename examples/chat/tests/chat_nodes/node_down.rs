//! A node dies, is away for long, or has a history that belongs to something else.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use pollcat_chat_testing::json::{Json, fresh_id};
use pollcat_chat_testing::program;
use pollcat_testing::client::PATIENCE;
use serde_json::{Value, json};

use crate::asking::{not_ready, refused};
use crate::company::{Company, Node, refused_start, said};

/// Whoever was at a node that died is gone for others within this, as OPERATING.md promises: its word lives for 8 s, and others look every
/// 2 s (`LIFE` and `REFRESH` in `src/nodes`); the rest is for a busy machine.
const GONE: Duration = Duration::from_secs(10).saturating_add(PATIENCE);

#[test]
fn who_was_at_a_node_that_died_is_gone_or_goes_on_elsewhere() {
    let Some(mut company) = Company::start(3) else { return };
    let (mut alice, bob, mut carol) =
        (company.named(0, "alice"), company.named(1, "bob"), company.named(1, "carol"));
    let epoch = carol.welcome["rooms"][0]["epoch"].clone();
    let last = carol.say("lobby", "before")["offset"].clone();
    alice.expect("message");
    let began = Instant::now();
    company.nodes[1].chat.kill();
    alice.say("lobby", "meanwhile");
    let rooms = json!({"lobby": {"epoch": epoch, "offset": last}});
    let mut carol = Json::hello(company.address(2), json!({"token": carol.token, "rooms": rooms}));
    let history = &carol.histories["lobby"][0];
    assert_eq!((&history["recovered"], &history["events"][0]["msg"]), (&json!(true), &json!("meanwhile")));
    let offset = carol.say("lobby", "after")["offset"].clone();
    assert_eq!(alice.wait_for("carol", |it| it["msg"] == "after")["offset"], offset);
    let mut online = Vec::new();
    while began.elapsed() < GONE {
        let answer = alice.ask(json!({"type": "who", "room": "lobby"}));
        let users = answer["users"].as_array().expect("users").iter();
        online =
            users.filter(|it| it["online"] == true).map(|it| it["id"].as_u64().expect("an id")).collect();
        if !online.contains(&bob.id) {
            break;
        }
        std::thread::park_timeout(Duration::from_millis(200));
    }
    println!("gone after {:.1?}", began.elapsed());
    online.sort_unstable();
    assert_eq!(online, [alice.id, carol.id], "bob has gone, and carol has not");
    // The node comes back with all that was said meanwhile.
    company.nodes[1].start();
    let mut bob = bob.again(company.address(1));
    assert_eq!(said(&mut bob, "lobby"), ["before", "meanwhile", "after"]);
}

#[test]
fn a_node_that_was_away_knows_everything_before_it_serves() {
    const MANY: usize = 500;
    let Some(mut company) = Company::start(2) else { return };
    let mut alice = company.named(0, "alice");
    let (status, log) = company.nodes[1].chat.terminate();
    assert!(status.success(), "{log:#?}");
    for number in 0..MANY {
        alice
            .send(&json!({"type": "message", "room": "lobby", "msg": format!("{number}"), "id": fresh_id()}));
    }
    alice.wait_for("the last one", |it| it["offset"] == MANY && it["type"] == "ack");
    company.nodes[1].start();
    let mut late = alice.again(company.address(1));
    assert_eq!(late.welcome["rooms"][0]["offset"], MANY);
    let all = said(&mut late, "lobby");
    assert_eq!(all, (0..MANY).map(|number| number.to_string()).collect::<Vec<_>>());
    assert_eq!(all, said(&mut alice, "lobby"));
}

/// What the program does with a history while no node runs on it, or beside one.
#[track_caller]
fn copy(node: &Node, what: &str, file: &Path) {
    let mut command = program::command(node.chat.folder());
    command.arg(what).arg(file).arg("--data").arg(node.chat.data());
    let output = program::output(command);
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_history_of_something_else_follows_no_log_and_a_backup_of_a_node_does() {
    let Some(mut company) = Company::start(1) else { return };
    let Some(mut other) = Company::start(1) else { return };
    let mut alice = company.named(0, "alice");
    alice.say("lobby", "here");
    drop(other.named(0, "bob"));
    // One of another log.
    let mut stranger = other.nodes.remove(0);
    stranger.chat.terminate();
    stranger.follow(&company.redis);
    let told = refused_start(&stranger);
    assert!(told.contains("another log") && told.contains("backup"), "{told}");
    // One that was alone so far.
    let mut single = Node::prepared(&company.redis);
    single.chat.set_flags(&[]);
    single.start();
    Json::hello(single.chat.address(), json!({"name": "carol"})).say("lobby", "alone");
    single.chat.terminate();
    single.follow(&company.redis);
    let told = refused_start(&single);
    assert!(told.contains("does not belong to the log") && told.contains("--restore"), "{told}");
    // Nothing of them has come into the log, and a copy of a node follows it.
    let backup = company.nodes[0].chat.folder().join("copy.db");
    copy(&company.nodes[0], "--backup", &backup);
    alice.say("lobby", "said after the backup");
    copy(&single, "--restore", &backup);
    fs::remove_file(&backup).expect("it is not needed any more");
    single.start();
    company.nodes.push(single);
    let mut window = alice.again(company.address(1));
    assert_eq!(said(&mut window, "lobby"), ["here", "said after the backup"]);
    window.say("lobby", "one of us");
    alice.wait_for("the word", |it| it["msg"] == "one of us");
}

/// What it has is right as far as it goes, and is read; it needs a history that is nearer.
#[test]
fn a_node_that_was_away_for_too_long_is_for_reading_until_it_has_a_copy() {
    let Some(mut company) = Company::start(2) else { return };
    let mut alice = company.named(0, "alice");
    alice.say("lobby", "before");
    let bob = company.named(1, "bob");
    company.nodes[1].chat.terminate();
    ["meanwhile", "two", "three"].iter().for_each(|text| drop(alice.say("lobby", text)));
    company.redis.command(&["XTRIM", "pollcat:{chat}:log", "MAXLEN", "1"]);
    for _ in 0..2 {
        company.nodes[1].start();
        not_ready(&company, 1, "this node is too far behind");
        let mut window = bob.again(company.address(1));
        assert_eq!(said(&mut window, "lobby"), ["before"]);
        refused(&mut window, "first", "but");
        company.nodes[1].chat.terminate();
    }
    let backup = company.nodes[0].chat.folder().join("copy.db");
    copy(&company.nodes[0], "--backup", &backup);
    copy(&company.nodes[1], "--restore", &backup);
    company.nodes[1].start();
    company.wait_for(1);
    let mut window = bob.again(company.address(1));
    assert_eq!(said(&mut window, "lobby"), ["before", "meanwhile", "two", "three"]);
    window.say("lobby", "after");
}

#[test]
fn a_node_says_what_it_lacks_when_there_is_no_redis() {
    let Some(mut company) = Company::start(1) else { return };
    company.nodes[0].chat.terminate();
    company.redis.kill();
    let began = Instant::now();
    let told = refused_start(&company.nodes[0]);
    assert!(told.contains(&company.redis.address().to_string()), "{told}");
    assert!(began.elapsed() < PATIENCE, "it does not wait for ever");
    company.redis.restart();
    company.nodes[0].start();
    let alice = company.named(0, "alice");
    assert_ne!(alice.welcome["rooms"], Value::Null);
}
