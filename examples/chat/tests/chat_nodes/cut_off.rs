//! A node and Redis do not hear each other, in one direction or in both. That node says so, and people read on; the others go on; and
//! what was in doubt is there once, on all nodes, when they hear each other again.

use std::time::{Duration, Instant};

use pollcat_chat_testing::json::Json;
use pollcat_testing::running::wait_until;
use serde_json::{Value, json};

use crate::asking::{SOON, STALLED, compare, insist, message, not_ready, refused, say};
use crate::company::{Company, refused_start, said};

const MANY: usize = 20;

/// Says so much at once, and waits for no answer: the ids.
#[track_caller]
fn say_many(client: &mut Json) -> Vec<String> {
    let ids: Vec<String> = (0..MANY).map(|number| format!("doubtful {number}")).collect();
    ids.iter().for_each(|id| client.send(&message(id, id)));
    ids
}

/// Nobody knows what became of it; they hear that in time.
#[track_caller]
fn hear_doubt(client: &mut Json, ids: &[String]) {
    let began = Instant::now();
    for id in ids {
        let error = client.wait_for("the answer", |it| it["id"] == **id);
        assert_eq!(error["code"], "storage", "{error}");
        assert!(error["msg"].as_str().is_some_and(|words| words.contains("not known")), "{error}");
    }
    println!("in doubt after {:.1?}", began.elapsed());
    assert!(began.elapsed() < STALLED, "{:?}", began.elapsed());
}

/// All of it stands there, where others have heard it, and is acknowledged as what was said before.
#[track_caller]
fn say_again(client: &mut Json, ids: &[String], heard: &[Value]) {
    for (id, heard) in ids.iter().zip(heard) {
        let ack = insist(client, id, id);
        assert_eq!((&ack["offset"], &ack["repeated"]), (&heard["offset"], &json!(true)), "{ack}");
    }
}

#[track_caller]
fn hear_many(client: &mut Json, ids: &[String]) -> Vec<Value> {
    let heard: Vec<Value> = ids.iter().map(|_| client.expect("message")).collect();
    assert!(
        heard.iter().map(|it| &it["msg"]).eq(ids),
        "once, and in the order in which it was said: {heard:?}"
    );
    heard
}

/// It is not let in, and may come again: to another node, say.
#[track_caller]
fn turned_away(company: &Company, node: usize, mut hello: Value) {
    let mut client = Json::connect(company.address(node));
    hello["type"] = "hello".into();
    client.send(&hello);
    assert_turned_away(client);
}

#[track_caller]
fn assert_turned_away(mut client: Json) {
    let error = client.expect("error");
    assert!(["busy", "storage"].contains(&error["code"].as_str().unwrap_or_default()), "{error}");
    let (code, reason) = client.closed();
    assert_eq!(code, 1013, "{reason}");
}

#[test]
fn a_node_that_is_cut_off_says_so_and_the_others_go_on() {
    let Some(company) = Company::apart(3) else { return };
    let (mut alice, mut bob, mut carol) =
        (company.named(0, "alice"), company.named(1, "bob"), company.named(2, "carol"));
    let epoch = alice.welcome["rooms"][0]["epoch"].clone();
    say(&mut alice, "one tulip");
    company.nodes[0].way().cut();
    let (_, took) = refused(&mut alice, "second", "two");
    println!("the first is refused after {took:.1?}");
    assert!(took < SOON, "{took:?}");
    not_ready(&company, 0, "Redis at");
    let (words, took) = refused(&mut alice, "third", "three");
    println!("the next after {took:.1?}: {words}");
    assert!(words.contains("nothing was changed") && took < SOON, "{words:?} after {took:?}");
    // The others hear each other.
    say(&mut bob, "where is alice?");
    carol.wait_for("the question", |it| it["msg"] == "where is alice?");
    [1, 2].into_iter().for_each(|node| company.wait_for(node));
    // What is there is read, by whoever knows no more than that.
    assert_eq!(said(&mut alice, "lobby"), ["one tulip"]);
    let found = alice.ask(json!({"type": "search", "query": "tulip"}));
    assert_eq!(found["hits"].as_array().map(Vec::len), Some(1), "{found}");
    assert_eq!(said(&mut alice.again(company.address(0)), "lobby"), ["one tulip"]);
    turned_away(&company, 0, json!({}));
    let rooms = json!({"lobby": {"epoch": epoch, "offset": 2}});
    turned_away(&company, 0, json!({"token": bob.token, "rooms": rooms}));
    company.nodes[0].way().heal();
    company.wait_for(0);
    assert_eq!(alice.wait_for("what was missed", |it| it["msg"] == "where is alice?")["offset"], 2);
    // It was not in the log, or in doubt: whoever says it again is safe.
    insist(&mut alice, "third", "three");
    insist(&mut alice, "second", "two");
    bob.wait_for("the last word", |it| it["msg"] == "two" || it["msg"] == "three");
    let mut all = said(&mut alice, "lobby");
    for node in 1..3 {
        assert_eq!(said(&mut alice.again(company.address(node)), "lobby"), all, "node {node}");
    }
    all[2..].sort();
    assert_eq!(all, ["one tulip", "where is alice?", "three", "two"]);
}

#[test]
fn what_is_in_doubt_when_nothing_arrives_any_more_is_there_once_in_the_end() {
    let Some(company) = Company::apart(3) else { return };
    let (mut alice, mut bob) = (company.named(0, "alice"), company.named(1, "bob"));
    say(&mut alice, "one");
    bob.expect("message");
    company.nodes[0].way().hold();
    let ids = say_many(&mut alice);
    hear_doubt(&mut alice, &ids);
    let (words, took) = refused(&mut alice, "too late", "too late");
    assert!(words.contains("nothing was changed") && took < SOON, "{words:?} after {took:?}");
    not_ready(&company, 0, "Redis at");
    say(&mut bob, "meanwhile");
    assert_eq!(said(&mut alice, "lobby"), ["one"]);
    // What was sent before arrives late, and perhaps behind what is sent now.
    company.nodes[0].way().heal();
    company.wait_for(0);
    bob.wait_for("their own word", |it| it["msg"] == "meanwhile");
    let heard = hear_many(&mut bob, &ids);
    say_again(&mut alice, &ids, &heard);
    let mut all = vec!["one", "meanwhile"];
    all.extend(ids.iter().map(String::as_str));
    compare(&company, &alice, &all);
}

#[test]
fn what_was_appended_and_never_answered_is_there_once() {
    let Some(company) = Company::apart(3) else { return };
    let (mut alice, mut bob) = (company.named(0, "alice"), company.named(1, "bob"));
    say(&mut alice, "one");
    bob.expect("message");
    company.nodes[0].way().hold_answers_to("doubtful 0");
    let ids = say_many(&mut alice);
    // That one is in the log, as others hear it, and alice's node does not know.
    let first = bob.expect("message");
    hear_doubt(&mut alice, &ids);
    not_ready(&company, 0, "Redis at");
    // Nor will it ever hear of it from where it has appended it.
    company.nodes[0].way().cut();
    company.nodes[0].way().heal();
    company.wait_for(0);
    let mut heard = hear_many(&mut bob, &ids[1..]);
    heard.insert(0, first);
    say_again(&mut alice, &ids, &heard);
    say(&mut bob, "last");
    alice.wait_for("the last word", |it| it["msg"] == "last");
    let mut all = vec!["one"];
    all.extend(ids.iter().map(String::as_str));
    all.push("last");
    compare(&company, &alice, &all);
}

/// Whoever comes, and whoever goes, in the moment in which the way is cut.
#[test]
fn nobody_is_forgotten_when_the_way_is_cut() {
    let Some(company) = Company::apart(2) else { return };
    let (mut alice, bob, mut carol) =
        (company.named(0, "alice"), company.named(0, "bob"), company.named(1, "carol"));
    let id = bob.id;
    let is_here = |client: &mut Json| {
        let answer = client.ask(json!({"type": "who", "room": "lobby"}));
        let users = answer["users"].as_array().expect("users");
        users.iter().any(|it| it["id"] == id && it["online"] == true)
    };
    wait_until("bob is here for carol", || is_here(&mut carol));
    // Something is on its way and gets no answer, and meanwhile all of this comes together. The way is cut behind it.
    company.nodes[0].way().hold();
    alice.send(&message("first", "first"));
    alice.heard();
    bob.leave();
    let mut dave = Json::connect(company.address(0));
    dave.send(&json!({"type": "hello"}));
    alice.send(&message("last", "last words"));
    alice.heard();
    company.nodes[0].way().cut_at("last words");
    company.nodes[0].way().heal();
    not_ready(&company, 0, "Redis at");
    // Dave hears that he cannot be let in there now.
    assert_turned_away(dave);
    company.nodes[0].way().heal();
    company.wait_for(0);
    wait_until("bob is not here any more", || !is_here(&mut carol));
    insist(&mut alice, "last", "last words");
    compare(&company, &alice, &["first", "last words"]);
}

#[test]
fn a_way_that_is_slow_makes_everything_slow_and_nothing_else() {
    let Some(company) = Company::apart(2) else { return };
    company.nodes[0].way().delay(Duration::from_millis(50));
    let (mut alice, mut bob) = (company.named(0, "alice"), company.named(1, "bob"));
    let texts: Vec<String> = (0..5).map(|number| format!("{number}")).collect();
    for text in &texts {
        say(&mut alice, text);
        assert_eq!(bob.expect("message")["msg"], **text);
    }
    assert_eq!(company.nodes[0].ready().status, 200);
    compare(&company, &bob, &texts.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn a_node_that_loses_redis_while_it_starts_tries_again() {
    let Some(mut company) = Company::apart(2) else { return };
    let mut bob = company.named(1, "bob");
    for asked in ["TIME", "XREAD", "NOMKSTREAM"] {
        company.nodes[0].chat.kill();
        say(&mut bob, asked);
        company.nodes[0].way().lose_answer_to(asked);
        company.nodes[0].start();
        company.nodes[0].chat.logged("what it waited for", |line| line.contains("the log is waited for"));
        company.wait_for(0);
        let heard = said(&mut bob.again(company.address(0)), "lobby");
        assert_eq!(heard.last().map(String::as_str), Some(asked), "{heard:?}");
    }
    let mut alice = company.named(0, "alice");
    say(&mut alice, "one");
    bob.wait_for("the word", |it| it["msg"] == "one");
    assert_eq!(said(&mut bob, "lobby"), ["TIME", "XREAD", "NOMKSTREAM", "one"]);
}

/// The node is dead, and its log is gone: it is to begin a new one. What its flags were.
fn lose_the_log(company: &mut Company) -> Vec<String> {
    let chat = &mut company.nodes[0].chat;
    chat.kill();
    company.redis.command(&["FLUSHALL"]);
    let flags: Vec<String> = chat.flags().to_vec();
    let begins: Vec<&str> = flags.iter().map(String::as_str).chain(["--log-begin"]).collect();
    chat.set_flags(&begins);
    flags
}

#[test]
fn a_log_that_is_founded_belongs_to_its_node_though_redis_could_not_say_so() {
    let Some(mut company) = Company::apart(1) else { return };
    let mut alice = company.named(0, "alice");
    say(&mut alice, "one");
    lose_the_log(&mut company);
    let node = &mut company.nodes[0];
    node.way().lose_answer_to("XADD");
    node.start();
    node.chat.logged("what it waited for", |line| line.contains("the log is waited for"));
    company.wait_for(0);
    let mut again = alice.again(company.address(0));
    say(&mut again, "two");
    assert_eq!(said(&mut again, "lobby"), ["one", "two"]);
    let epoch = |person: &Json| person.welcome["rooms"][0]["epoch"].clone();
    assert_ne!(
        epoch(&again),
        epoch(&alice),
        "clients may know what stood at the end of the log that is gone"
    );
}

#[test]
fn a_node_that_dies_while_it_founds_a_log_finds_it_again() {
    let Some(mut company) = Company::apart(1) else { return };
    let mut alice = company.named(0, "alice");
    say(&mut alice, "one");
    let flags = lose_the_log(&mut company);
    let node = &mut company.nodes[0];
    // Redis has made the log, and nobody hears of it: the program gives up.
    node.way().hold_answers_to("XADD");
    refused_start(node);
    node.way().heal();
    node.chat.set_flags(&flags.iter().map(String::as_str).collect::<Vec<_>>());
    node.start();
    company.wait_for(0);
    let mut again = alice.again(company.address(0));
    say(&mut again, "two");
    assert_eq!(said(&mut again, "lobby"), ["one", "two"]);
    let epoch = |person: &Json| person.welcome["rooms"][0]["epoch"].clone();
    assert_ne!(epoch(&again), epoch(&alice), "the log that is gone may have had more");
}
