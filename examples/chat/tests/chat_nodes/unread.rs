//! A newer version has written what a node cannot read. The node stops before that, whether it runs or is started again: what it has is
//! read, nothing is written, and it says which program it lacks. With that program it goes on.

use pollcat_chat_testing::http::get;
use pollcat_chat_testing::json::{Json, fresh_id};
use pollcat_chat_testing::png::png;
use pollcat_chat_testing::watching::scrape;
use serde_json::json;

use crate::asking::{SOON, compare, insist, not_ready, refused};
use crate::company::{Company, said};

const LOG: &str = "pollcat:{chat}:log";
/// What every version can read, and what changes nothing.
const NOTHING: &str = r#"{"reserve":{"people":0,"rooms":0}}"#;

/// A newer node writes the next entry, in this format.
fn write(company: &Company, format: &str, entry: &str) {
    company.redis.command(&["XADD", LOG, "1-*", "v", format, "p", "newer", "s", "1", "t", "1", "w", entry]);
}

/// The nodes are of the newer version from now on, for which the last entry says nothing but this.
fn upgrade(company: &Company, entry: &str) {
    let ids = company.redis.command(&["XLEN", LOG])[0].parse::<u64>().expect("a number");
    let ids: Vec<String> = (1..=ids).map(|place| format!("1-{}", place - 1)).collect();
    let mut records: Vec<Vec<String>> =
        ids.iter().map(|id| company.redis.command(&["XRANGE", LOG, id, id])).collect();
    let last = records.last_mut().expect("there is one");
    for (name, value) in [("v", "1"), ("w", entry)] {
        let at = last.iter().position(|it| it == name).expect("it has all fields");
        last[at + 1] = value.to_owned();
    }
    company.redis.command(&["DEL", LOG]);
    for record in &records {
        let words: Vec<&str> = ["XADD", LOG].into_iter().chain(record.iter().map(String::as_str)).collect();
        company.redis.command(&words);
    }
}

/// Shows a picture: its address, and its bytes.
#[track_caller]
fn show(client: &mut Json) -> (String, Vec<u8>) {
    let picture = png(9, 9, &[7; 9 * 9]);
    let id = fresh_id();
    client
        .send(&json!({"type": "picture", "room": "lobby", "msg": "a cat", "size": picture.len(), "id": id}));
    client.send_bytes(&picture);
    assert_eq!(client.wait_for("the answer", |it| it["id"] == *id)["type"], "ack");
    let url = client.expect("picture")["picture"]["url"].as_str().expect("an address").to_owned();
    (url, picture)
}

/// What it has is read there, by whoever comes and knows no more; nothing is written, and it says why.
#[track_caller]
fn is_for_reading(company: &Company, node: usize, person: &Json, picture: &(String, Vec<u8>), why: &str) {
    let address = company.address(node);
    // At once, and for as long as it is so.
    not_ready(company, node, why);
    let mut window = person.again(address);
    assert_eq!(said(&mut window, "lobby")[0], "one tulip");
    let found = window.ask(json!({"type": "search", "query": "tulip"}));
    assert_eq!(found["hits"].as_array().map(Vec::len), Some(1), "{found}");
    let page = get(address, &picture.0);
    assert!(page.status == 200 && page.body == picture.1, "{}", page.status);
    for text in ["first", "second"] {
        let (words, took) = refused(&mut window, &fresh_id(), text);
        println!("node {node} refuses after {took:.1?}: {words}");
        assert!(words.contains("nothing was changed") && took < SOON, "{words:?} after {took:?}");
    }
    let room = window.ask(json!({"type": "join", "room": "tea", "create": true}));
    assert_eq!(room["code"], "storage", "{room}");
    let mut new = Json::connect(address);
    assert_eq!(new.refused(json!({"type": "hello", "name": "new"})), "storage");
    let figures = scrape(company.nodes[node].board);
    let told = ["chat_node_lost", "chat_node_follows", "chat_node_can_write", "chat_ready"];
    assert_eq!(told.map(|name| figures[name].value()), [1.0, 0.0, 0.0, 0.0]);
    assert_eq!(company.nodes[node].ready().status, 503);
}

#[track_caller]
fn check(format: &str, entry: &str, why: &str) {
    let Some(mut company) = Company::start(2) else { return };
    let (mut alice, mut bob) = (company.named(0, "alice"), company.named(1, "bob"));
    alice.say("lobby", "one tulip");
    bob.wait_for("the word", |it| it["msg"] == "one tulip");
    let picture = show(&mut alice);
    bob.expect("picture");
    write(&company, format, entry);
    (0..2).for_each(|node| is_for_reading(&company, node, &bob, &picture, why));
    // Whether it was stopped or has crashed, and as often as it happens.
    for _ in 0..2 {
        let (status, log) = company.nodes[0].chat.terminate();
        assert!(status.success(), "{log:#?}");
        company.nodes[0].start();
        company.nodes[1].crash();
        for node in 0..2 {
            is_for_reading(&company, node, &bob, &picture, why);
            company.nodes[node].chat.logged("why", |line| line.contains("ERROR") && line.contains(why));
        }
    }
    company.nodes.iter_mut().for_each(|node| node.chat.kill());
    upgrade(&company, NOTHING);
    company.nodes.iter_mut().for_each(|node| node.start());
    company.wait_for_all();
    let mut windows = [0, 1].map(|node| bob.again(company.address(node)));
    insist(&mut windows[0], "first", "on");
    windows[1].wait_for("the word", |it| it["msg"] == "on");
    // Numbers that it gives out are its own.
    company.named(0, "carol");
    company.named(1, "dave");
    windows.into_iter().for_each(Json::leave);
    compare(&company, &bob, &["one tulip", "a cat", "on"]);
}

#[test]
fn a_node_that_is_started_before_an_unknown_entry_is_for_reading() {
    check("1", r#"{"sing":{"person":7}}"#, "(unknown variant `sing`): start that version here as well");
}

#[test]
fn a_node_that_is_started_before_a_newer_format_is_for_reading() {
    check("2", NOTHING, "a newer version has written entry");
}
