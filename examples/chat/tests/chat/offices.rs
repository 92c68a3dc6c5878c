//! Many people behind one address: they come in one after the other, and nobody is told off for being one of many
//! (README, 2, and OPERATING.md).

use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use std::{iter, thread};

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;
use pollcat_testing::client::{Client, PING, PONG, TEXT, upgrade_request};

/// Behind a proxy that says who somebody is.
fn office(flags: &[&str]) -> Chat {
    Chat::in_memory(&[&["--trust-proxy", "127.0.0.1"], flags].concat())
}

/// A connection from this address, on which nothing has been said; or the answer that there can be none.
fn knock(chat: &Chat, address: &str) -> Result<Client, String> {
    let mut client = Client::dial(chat.address());
    let fields = format!("Sec-WebSocket-Protocol: chat.v1\r\nX-Forwarded-For: {address}\r\n");
    client.write(upgrade_request(&fields).as_bytes());
    let head = client.head();
    if head.starts_with("HTTP/1.1 101 ") { Ok(client) } else { Err(head) }
}

fn object(client: &mut Client) -> Value {
    loop {
        match client.frame() {
            // Whoever waits long in line is asked whether they are there.
            (PING, payload) => client.send(PONG, &payload),
            (first_byte, payload) => {
                assert_eq!(first_byte, TEXT);
                return serde_json::from_slice(&payload).expect("JSON");
            }
        }
    }
}

/// Everybody says hello, and again when they were told to; how long it took until all were welcomed, and how often they
/// were told to wait.
fn come_in(clients: Vec<Client>) -> (Duration, usize) {
    let start = Instant::now();
    let (mut waits, mut total) = (0, 0);
    let mut waiting: BTreeMap<(Instant, usize), Client> = BTreeMap::new();
    for client in clients {
        waiting.insert((start, total), client);
        total += 1;
    }
    let mut inside = Vec::new();
    while let Some(((due, number), mut client)) = waiting.pop_first() {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        client.send(TEXT, br#"{"type":"hello","id":"h"}"#);
        let answer = loop {
            let answer = object(&mut client);
            if answer["id"] == "h" {
                break answer;
            }
        };
        match answer["type"].as_str() {
            Some("welcome") => inside.push(client),
            _ => {
                assert_eq!(answer["code"], "rate_limited", "{answer}");
                let wait = answer["retry_after"].as_u64().expect("it is told how long");
                waiting.insert((Instant::now() + Duration::from_millis(wait), number), client);
                waits += 1;
            }
        }
    }
    assert_eq!(inside.len(), total);
    (start.elapsed(), waits)
}

#[test]
fn an_office_behind_one_address_comes_in() {
    let chat = office(&["--message-rate", "5", "--address-rate", "50"]);
    let clients: Vec<Client> = (0..400).map(|_| knock(&chat, "192.0.2.7").expect("there is room")).collect();
    let (time, _) = come_in(clients);
    assert!(time < Duration::from_secs(20), "{time:?}");
}

#[test]
fn those_who_are_too_many_get_turns() {
    let chat = office(&["--newcomer-rate", "20", "--newcomer-burst", "10"]);
    let clients: Vec<Client> = (0..40).map(|_| knock(&chat, "192.0.2.7").expect("there is room")).collect();
    let (time, waits) = come_in(clients);
    assert!(time >= Duration::from_millis(1_400), "30 of them, 20 in a second: {time:?}");
    assert!(waits <= 90, "they were told to come again {waits} times");
    // Elsewhere nobody waits; neither does who is known.
    let (_, waits) = come_in(vec![knock(&chat, "192.0.2.8").expect("there is room")]);
    assert_eq!(waits, 0);
}

#[test]
fn a_trusted_network_has_no_limits() {
    let tight = ["--newcomer-rate", "1", "--newcomer-burst", "1", "--max-connections-per-address", "3"];
    let chat = office(&[&tight[..], &["--trusted-networks", "192.0.2.0/24,2001:db8::/32"]].concat());
    for address in ["192.0.2.7", "2001:db8::7"] {
        let clients: Vec<Client> = (0..20).map(|_| knock(&chat, address).expect("there is room")).collect();
        assert_eq!(come_in(clients).1, 0, "{address}");
    }
    let others: Vec<_> = (0..4).map(|_| knock(&chat, "198.51.100.7")).collect();
    let refused = others[3].as_ref().err().expect("that is one too many");
    assert!(refused.starts_with("HTTP/1.1 429 ") && refused.contains("\r\nRetry-After: "), "{refused}");
}

/// Who waits for a turn is not closed for being silent meanwhile, and nothing is made of what is said in between.
#[test]
fn a_turn_is_worth_waiting_for() {
    let slow = ["--newcomer-rate", "1", "--newcomer-burst", "1", "--hello-within", "3"];
    let chat = office(&slow);
    let mut observer = Json::hello(chat.address(), json!({}));
    let mut first = knock(&chat, "192.0.2.7").expect("there is room");
    first.send(TEXT, br#"{"type":"hello"}"#);
    assert_eq!(object(&mut first)["type"], "welcome");
    observer.expect("joined");
    // So many that the last one has its turn later than it would have had to say hello.
    let mut clients: Vec<Client> =
        (0..5).map(|_| knock(&chat, "192.0.2.7").expect("there is room")).collect();
    for client in &mut clients {
        client.send(TEXT, br#"{"msg":"no time for greetings","id":"m"}"#);
    }
    let all = clients.len();
    // On a slow machine one of them or another has had a turn.
    clients.retain_mut(|client| {
        let answer = iter::repeat_with(|| object(client)).find(|it| it["id"] == "m").expect("an answer");
        assert!(answer["type"] == "ack" || answer["code"] == "rate_limited", "{answer}");
        answer["type"] == "error"
    });
    assert!(clients.len() > 1, "they did not wait for each other");
    assert_eq!(observer.heard_of("joined").len(), all - clients.len());
    come_in(clients);
}

#[test]
fn pictures_are_paid_by_the_address_that_asks_for_them() {
    let chat = office(&["--address-rate", "1", "--address-burst", "1", "--message-rate", "1"]);
    let ask = |address: &str| {
        let mut client = Client::dial(chat.address());
        let request = format!(
            "GET /pictures/none.png HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {address}\r\n\r\n"
        );
        client.write(request.as_bytes());
        client.head()
    };
    let answers: Vec<String> = (0..60).map(|_| ask("192.0.2.7")).collect();
    assert!(answers[0].starts_with("HTTP/1.1 404 "), "{}", answers[0]);
    let refused = answers.iter().find(|head| head.starts_with("HTTP/1.1 429 ")).expect("that is too fast");
    assert!(refused.contains("\r\nRetry-After: 1\r\n"), "{refused}");
    assert!(ask("192.0.2.8").starts_with("HTTP/1.1 404 "), "others are not held up");
}
