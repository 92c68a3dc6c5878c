//! Redis dies, stands still, is emptied, or has lost its end. What was said is still read, nothing is written that would not be in the
//! log, and what was acknowledged is there in the end, once.

use serde_json::json;

use crate::asking::{SOON, STALLED, compare, insist, not_ready, refused, say};
use crate::company::{Company, refused_start, said};

#[test]
fn while_redis_is_dead_people_read_and_then_go_on() {
    let Some(mut company) = Company::start(3) else { return };
    let (mut alice, mut bob) = (company.named(0, "alice"), company.named(1, "bob"));
    alice.say("lobby", "one tulip");
    bob.wait_for("the word", |it| it["msg"] == "one tulip");
    company.redis.kill();
    let (_, took) = refused(&mut alice, "second", "two");
    assert!(took < SOON, "{took:?}");
    let (words, took) = refused(&mut alice, "third", "three");
    assert!(words.contains("nothing was changed") && took < SOON, "{words:?} after {took:?}");
    (0..3).for_each(|node| not_ready(&company, node, "Redis at"));
    for client in [&mut alice, &mut bob] {
        assert_eq!(said(client, "lobby"), ["one tulip"]);
        let found = client.ask(json!({"type": "search", "query": "tulip"}));
        assert_eq!(found["hits"].as_array().map(Vec::len), Some(1), "{found}");
    }
    // Somebody who knows no more than the node comes in.
    let mut window = bob.again(company.address(2));
    assert_eq!(said(&mut window, "lobby"), ["one tulip"]);
    company.redis.restart();
    company.wait_for_all();
    insist(&mut alice, "second", "two");
    insist(&mut alice, "third", "three");
    bob.wait_for("the last word", |it| it["msg"] == "three");
    compare(&company, &alice, &["one tulip", "two", "three"]);
}

#[test]
fn while_redis_stands_still_nobody_waits_for_ever() {
    let Some(company) = Company::start(2) else { return };
    let (mut alice, mut bob) = (company.named(0, "alice"), company.named(1, "bob"));
    alice.say("lobby", "one");
    company.redis.pause();
    let (_, took) = refused(&mut alice, "second", "two");
    assert!(took < STALLED, "{took:?}");
    let (words, took) = refused(&mut alice, "third", "three");
    assert!(words.contains("nothing was changed") && took < SOON, "{words:?} after {took:?}");
    not_ready(&company, 0, "Redis at");
    assert_eq!(said(&mut alice, "lobby"), ["one"]);
    company.redis.go_on();
    company.wait_for_all();
    insist(&mut alice, "second", "two");
    insist(&mut alice, "third", "three");
    bob.wait_for("the last word", |it| it["msg"] == "three");
    compare(&company, &alice, &["one", "two", "three"]);
}

#[test]
fn when_the_log_was_emptied_nothing_is_written_any_more() {
    let Some(mut company) = Company::start(2) else { return };
    let (mut alice, mut bob) = (company.named(0, "alice"), company.named(1, "bob"));
    alice.say("lobby", "one");
    bob.wait_for("the word", |it| it["msg"] == "one");
    company.redis.command(&["FLUSHALL"]);
    refused(&mut alice, "second", "two");
    refused(&mut bob, "third", "three");
    for (node, client) in [&mut alice, &mut bob].into_iter().enumerate() {
        not_ready(&company, node, "--log-begin");
        assert!(company.nodes[node].ready().text().contains("the log is gone"));
        refused(client, &format!("again at {node}"), "more");
        assert_eq!(said(client, "lobby"), ["one"]);
    }
    let left = company.redis.command(&["KEYS", "pollcat:*:log"]);
    assert_eq!(left, Vec::<String>::new(), "nobody has begun a new one by themself");
    // Nor does a node come up again, before an operator says that it is to begin one.
    company.nodes[0].chat.kill();
    let told = refused_start(&company.nodes[0]);
    assert!(told.contains("the log is gone") && told.contains("--log-begin"), "{told}");
}

#[test]
fn a_node_that_is_ahead_of_a_log_without_its_end_stops_and_one_that_is_not_goes_on() {
    let Some(mut company) = Company::start(2) else { return };
    let (mut alice, mut bob) = (company.named(0, "alice"), company.named(1, "bob"));
    alice.say("lobby", "one");
    bob.wait_for("the word", |it| it["msg"] == "one");
    // The other node stands still, and has at most what was on its way there.
    company.nodes[1].chat.signal(rustix::process::Signal::STOP);
    for number in 0..20 {
        alice.say("lobby", &format!("{number} {}", "long ".repeat(200)));
    }
    company.redis.kill();
    company.redis.cut(10_000);
    company.redis.restart();
    not_ready(&company, 0, "has lost its end");
    not_ready(&company, 0, "--log-begin");
    refused(&mut alice, "more", "more");
    assert_eq!(said(&mut alice, "lobby").len(), 21);
    company.nodes[1].chat.signal(rustix::process::Signal::CONT);
    // It may say that it is ready before it has noticed anything.
    company.wait_for(1);
    say(&mut bob, "on");
    let kept = said(&mut bob, "lobby");
    assert!(kept.len() < 21 && kept.last().is_some_and(|it| it == "on"), "{} are kept", kept.len());
    // Even when there is more in the log than it ever was.
    (0..30).for_each(|number| drop(say(&mut bob, &format!("{number}"))));
    not_ready(&company, 0, "has lost its end");
    assert_eq!(said(&mut alice, "lobby").len(), 21);
    // Nor does it come up again.
    company.nodes[0].chat.kill();
    let told = refused_start(&company.nodes[0]);
    assert!(told.contains("lost its end"), "{told}");
}
