//! The example `ticker` as a program of its own: what a client finds that has not read for a while.
//!
//! `POLLCAT_STALL` is for how many seconds; the server gives up a client that is silent for 30. What a hundred clients
//! cost is measured with `cargo test --release --test ticker -- --ignored --nocapture`.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use pollcat_testing::client::{CLOSE, Client, PING, PONG, TEXT};
use pollcat_testing::example::Program;
use pollcat_testing::raw::processor_time_of;
use serde_json::{Value, json};

const PRICES_A_SECOND: u64 = 1_000;

/// A client that wants the prices of all these.
fn subscriber(ticker: &Program, names: &[String]) -> Client {
    let mut client = Client::connect(&ticker.address);
    client.send(TEXT, json!({ "sub": names }).to_string().as_bytes());
    client
}

/// What it says next. Pings are answered, as every client does by itself.
fn text(client: &mut Client) -> String {
    loop {
        match client.frame() {
            (PING, payload) => client.send(PONG, &payload),
            (first, payload) => {
                assert_eq!(first, TEXT, "{payload:?}");
                return String::from_utf8(payload).expect("text is UTF-8 (§5.6)");
            }
        }
    }
}

fn price(client: &mut Client) -> (String, u64) {
    let price: Value = serde_json::from_str(&text(client)).expect("a price is JSON");
    let text =
        |field: &str| price[field].as_str().unwrap_or_else(|| panic!("{price} has a {field}")).to_owned();
    (text("symbol"), price["seq"].as_u64().unwrap_or_else(|| panic!("{price} has a number")))
}

fn all_names() -> Vec<String> {
    let letters = || ('A'..='Z').map(String::from);
    letters().chain(letters().map(|letter| format!("A{letter}"))).take(50).collect()
}

#[test]
fn whoever_has_not_read_for_a_while_finds_a_second_of_stale_prices_at_most() {
    let stall =
        std::env::var("POLLCAT_STALL").map_or(3, |seconds| seconds.parse().expect("a number of seconds"));
    let ticker = Program::start("ticker");
    let (latest, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let mut attentive = subscriber(&ticker, &all_names());
    let (told, until) = (Arc::clone(&latest), Arc::clone(&over));
    let reader = thread::spawn(move || {
        while !until.load(Relaxed) {
            told.store(price(&mut attentive).1, Relaxed);
        }
    });

    let mut client = subscriber(&ticker, &all_names());
    for _ in 0..PRICES_A_SECOND {
        price(&mut client);
    }
    let before = price(&mut client).1;
    thread::sleep(Duration::from_secs(stall));
    let now = latest.load(Relaxed);
    assert!(now - before > stall * PRICES_A_SECOND / 2, "{} prices in {stall} seconds", now - before);
    let (mut stale, mut heard) = (0, HashMap::new());
    loop {
        let (symbol, seq) = price(&mut client);
        assert!(heard.insert(symbol, seq) < Some(seq), "the prices of a symbol come in order");
        if seq >= now {
            break;
        }
        stale += 1;
    }
    println!("{stale} stale prices after {stall} seconds, in which there were {}", now - before);
    assert!(stale <= PRICES_A_SECOND, "{stale} stale prices");
    over.store(true, Relaxed);
    reader.join().expect("whoever reads hears");
}

#[test]
fn each_price_comes_to_those_who_want_it_and_the_latest_at_once() {
    let ticker = Program::start("ticker");
    let mut client = subscriber(&ticker, &["B".into(), "AX".into()]);
    let mut heard = HashMap::new();
    for _ in 0..10 {
        let (symbol, seq) = price(&mut client);
        // Of fifty symbols each has every fiftieth number.
        assert!(
            (symbol.as_str(), seq % 50) == ("B", 1) || (symbol.as_str(), seq % 50) == ("AX", 49),
            "{symbol} {seq}"
        );
        if let Some(before) = heard.insert(symbol, seq) {
            assert_eq!(seq, before + 50, "none is left out");
        }
    }
    client.send(TEXT, br#"{"sub":["nobody's"]}"#);
    let answer = std::iter::repeat_with(|| text(&mut client)).find(|text| text.contains("error"));
    assert_eq!(answer.as_deref(), Some(r#"{"error":"no such symbol","symbol":"nobody's"}"#));
    client.send(TEXT, b"prices, please");
    let close = std::iter::repeat_with(|| client.frame()).find(|(first, _)| *first == CLOSE);
    assert_eq!(close.map(|(_, payload)| payload[..2].to_vec()), Some(1003_u16.to_be_bytes().to_vec()));
}

/// With letters of twenty prices, and of one.
#[ignore = "a measurement, of half a minute"]
#[test]
fn a_thousand_prices_a_second_cost_a_hundred_clients_a_tenth_of_a_core_at_most() {
    const MEASURED: Duration = Duration::from_secs(8);
    let share = |in_a_letter: &str| {
        let ticker = Program::start_with("ticker", |command| {
            command.arg(in_a_letter);
        });
        let over = Arc::new(AtomicBool::new(false));
        let readers: Vec<_> = (0..100)
            .map(|_| {
                let (mut client, until) = (subscriber(&ticker, &all_names()), Arc::clone(&over));
                thread::spawn(move || {
                    let mut heard = 0;
                    while !until.load(Relaxed) {
                        text(&mut client);
                        heard += 1;
                    }
                    heard
                })
            })
            .collect();
        thread::sleep(Duration::from_secs(1));
        let time = || processor_time_of(ticker.id()).expect("there is a /proc");
        let before = time();
        thread::sleep(MEASURED);
        let used = time() - before;
        over.store(true, Relaxed);
        let heard: u64 = readers.into_iter().map(|reader| reader.join().expect("whoever reads hears")).sum();
        println!("{in_a_letter} in a letter: {used} hundredths of a second in {MEASURED:?}, {heard} prices");
        used
    };
    assert!(share("20") <= MEASURED.as_secs() * 10);
    share("1");
}
