//! What is asked while the log cannot be reached, how it is refused, and what must be there in the end.

use std::thread;
use std::time::{Duration, Instant};

use pollcat_chat_testing::json::{Json, fresh_id};
use pollcat_testing::client::PATIENCE;
use pollcat_testing::running::wait_until;
use serde_json::{Value, json};

use crate::company::{Company, said};

/// A log that is known to be away is told so to whoever waits, after 0.7 s (`NO_HOPE` in `src/nodes/bus.rs`); a busy machine takes its time.
pub(crate) const SOON: Duration = Duration::from_millis(2500);
/// One that says nothing at all is waited for, for 3 s (`PATIENCE` there).
pub(crate) const STALLED: Duration = Duration::from_secs(6);

/// Words that only those who run the chat are told.
const OF_OPERATORS: [&str; 7] = ["127.0.0.1", "Redis", "refused", "os error", "--", "log", "node"];

pub(crate) fn message(id: &str, text: &str) -> Value {
    json!({"type": "message", "room": "lobby", "msg": text, "id": id})
}

/// It is not stored, or nobody knows; after how long they hear that.
#[track_caller]
pub(crate) fn refused(client: &mut Json, id: &str, text: &str) -> (String, Duration) {
    let began = Instant::now();
    let error = client.ask(message(id, text));
    let took = began.elapsed();
    assert_eq!(error["code"], "storage", "{error}");
    let words = error["msg"].as_str().expect("words").to_owned();
    assert!(OF_OPERATORS.iter().all(|it| !words.contains(it)), "that is nothing for people: {words}");
    (words, took)
}

/// What was not acknowledged is said again, with its id, until it is.
#[track_caller]
pub(crate) fn insist(client: &mut Json, id: &str, text: &str) -> Value {
    let mut ack = Value::Null;
    wait_until("it is acknowledged", || {
        ack = client.ask(message(id, text));
        assert!(ack["type"] == "ack" || ack["code"] == "storage", "{ack}");
        ack["type"] == "ack"
    });
    ack
}

/// Says it, and hears that it is safe, on a machine on which that may take longer than a log is waited for.
#[track_caller]
pub(crate) fn say(client: &mut Json, text: &str) -> Value {
    insist(client, &fresh_id(), text)
}

/// At each node these are all words, each once.
#[track_caller]
pub(crate) fn compare(company: &Company, person: &Json, words: &[&str]) {
    for node in 0..company.nodes.len() {
        assert_eq!(said(&mut person.again(company.address(node)), "lobby"), words, "node {node}");
    }
}

/// The node says that it cannot serve, and why.
#[track_caller]
pub(crate) fn not_ready(company: &Company, node: usize, why: &str) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let page = company.nodes[node].ready();
        if page.status == 503 && page.text().contains(why) {
            return;
        }
        assert!(Instant::now() < deadline, "{} {:?} does not say {why:?}", page.status, page.text());
        thread::park_timeout(Duration::from_millis(20));
    }
}
