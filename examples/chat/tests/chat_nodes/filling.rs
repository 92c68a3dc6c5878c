//! Redis is changed while nodes use it: what it promises, and how much room it has.

use pollcat_chat_testing::json::{Json, fresh_id};
use pollcat_chat_testing::png::png;
use pollcat_testing::running::wait_until;
use serde_json::{Value, json};

use crate::company::Company;

#[test]
fn who_comes_hears_what_the_log_promises_now() {
    let Some(company) = Company::start(1) else { return };
    let mut people = 0;
    let mut promises = |durability: &str| {
        wait_until("it is seen", || {
            people += 1;
            company.named(0, &format!("person{people}")).welcome["durability"] == durability
        });
    };
    promises("disk");
    company.redis.command(&["CONFIG", "SET", "appendfsync", "everysec"]);
    promises("system");
    company.redis.command(&["CONFIG", "SET", "appendonly", "no"]);
    promises("memory");
}

/// Somebody shows a picture: the answer to it.
fn show(person: &mut Json) -> Value {
    let (picture, id) = (png(2, 2, &[7; 16]), fresh_id());
    person.send(&json!({"type": "picture", "room": "lobby", "size": picture.len(), "id": id}));
    person.send_bytes(&picture);
    person.wait_for("the answer to a picture", |it| it["id"] == *id)
}

/// What is large would leave no room for words.
#[test]
fn a_log_that_is_nearly_full_takes_words_and_no_pictures() {
    let Some(company) = Company::start(2) else { return };
    let mut alice = company.named(0, "alice");
    company.redis.command(&["CONFIG", "SET", "maxmemory", "1gb"]);
    let info = company.redis.command(&["INFO", "memory"]).concat();
    let used = info.lines().find_map(|line| line.strip_prefix("used_memory:")).expect("it says so");
    let used: u64 = used.trim().parse().expect("a number");
    company.redis.command(&["CONFIG", "SET", "maxmemory", &(used * 10 / 9).to_string()]);
    wait_until("pictures are refused", || show(&mut alice)["code"] == "busy");
    alice.say("lobby", "a word");
    company.redis.command(&["CONFIG", "SET", "maxmemory", "1gb"]);
    wait_until("there is room again", || show(&mut alice)["type"] == "ack");
    let words = company.named(1, "bob").ask(json!({"type": "search", "query": "a word"}));
    assert_eq!(words["hits"].as_array().map(Vec::len), Some(1), "{words}");
}
