//! The disk of one node takes nothing more. That node says so and reads on; the others go on; and when there is room it has all that
//! they have.

use pollcat_chat_testing::json::Json;
use serde_json::{Value, json};

use crate::asking::{SOON, STALLED, compare, insist, not_ready, refused, say};
use crate::company::{Company, said};
use crate::ledger;

#[test]
fn a_node_whose_disk_is_full_says_so_and_has_everything_when_there_is_room() {
    let Some(company) = Company::start(3) else { return };
    let (mut alice, mut bob, mut carol) =
        (company.named(0, "alice"), company.named(1, "bob"), company.named(2, "carol"));
    say(&mut alice, "one tulip");
    bob.expect("message");
    company.nodes[0].limit_files(Some(0));
    // It is in the log, and here it is not known yet what came of it.
    let (words, took) = refused(&mut alice, "second", "two");
    println!("the first is refused after {took:.1?}: {words}");
    assert!(words.contains("not known") && took < STALLED, "{words:?} after {took:?}");
    bob.wait_for("what others hear", |it| it["msg"] == "two");
    not_ready(&company, 0, "cannot be ");
    let (words, took) = refused(&mut alice, "third", "three");
    println!("the next after {took:.1?}: {words}");
    assert!(words.contains("nothing was changed"), "{words}");
    assert!(took < SOON, "{took:?}");
    // Reading goes on, and who is new goes elsewhere.
    assert_eq!(said(&mut alice, "lobby"), ["one tulip"]);
    let found = alice.ask(json!({"type": "search", "query": "tulip"}));
    assert_eq!(found["hits"].as_array().map(Vec::len), Some(1), "{found}");
    let mut dave = Json::connect(company.address(0));
    dave.send(&json!({"type": "hello"}));
    assert_eq!(dave.closed().0, 1013);
    // The others hear each other, and take people in.
    for number in 0..50 {
        say(&mut bob, &format!("{number}"));
    }
    carol.wait_for("the last one", |it| it["msg"] == "49");
    Json::hello(company.address(1), json!({"name": "erin"}));
    [1, 2].into_iter().for_each(|node| company.wait_for(node));
    company.nodes[0].limit_files(None);
    company.wait_for(0);
    alice.wait_for("the last one", |it| it["msg"] == "49");
    let ack = insist(&mut alice, "second", "two");
    assert_eq!((&ack["offset"], &ack["repeated"]), (&json!(2), &json!(true)));
    assert_eq!(insist(&mut alice, "third", "three")["repeated"], Value::Null);
    let all: Vec<String> = (0..50).map(|number| number.to_string()).collect();
    let mut all: Vec<&str> = all.iter().map(String::as_str).collect();
    all.splice(0..0, ["one tulip", "two"]);
    all.push("three");
    compare(&company, &alice, &all);
    ledger::agreed(&company);
}

/// What is half written when there is no more room is not there at all.
#[test]
fn a_node_whose_disk_fills_up_in_the_middle_of_something_and_that_is_killed_has_everything_again() {
    let Some(mut company) = Company::start(2) else { return };
    let (mut alice, mut bob) = (company.named(0, "alice"), company.named(1, "bob"));
    say(&mut alice, "one");
    company.nodes[0].limit_files(Some(company.nodes[0].written() + 10_000));
    for number in 0..100 {
        say(&mut bob, &format!("{number} {}", "many words ".repeat(100)));
    }
    not_ready(&company, 0, "cannot be ");
    company.nodes[0].chat.kill();
    say(&mut bob, "meanwhile");
    company.nodes[0].start();
    company.wait_for(0);
    let mut alice = alice.again(company.address(0));
    assert_eq!(said(&mut alice, "lobby"), said(&mut bob, "lobby"));
    assert_eq!(said(&mut alice, "lobby").len(), 102);
    ledger::agreed(&company);
}
