//! What clients offer of permessage-deflate, and what they are answered: plays fixtures/7692-offers.txt.
#![cfg(feature = "deflate")]

use pollcat::Deflate;
use pollcat::handshake::{Answer, HeadLimits, HeadReader};

const TABLE: &str = include_str!("../fixtures/7692-offers.txt");

/// `default`, `takeover`, `window 10` or `takeover window 10`.
fn policy(words: &str) -> Deflate {
    let mut policy = Deflate::new().context_takeover(words.contains("takeover"));
    if let Some((_, bits)) = words.split_once("window ") {
        policy = policy.window_bits(bits.parse().expect("a number of bits"));
    }
    policy
}

/// The Sec-WebSocket-Extensions of the 101, or `-`.
fn answer(policy: &Deflate, offers: &[&str]) -> String {
    let mut request = String::from(
        "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n",
    );
    for offer in offers {
        request.push_str(&format!("Sec-WebSocket-Extensions: {offer}\r\n"));
    }
    let mut bytes = (request + "\r\n").into_bytes();
    let mut reader = HeadReader::new(HeadLimits::new());
    let request = reader.next(&mut &mut bytes[..]).expect("a request").expect("a whole request");
    let upgrade = request.upgrade().expect("a valid one").expect("an opening handshake");
    let mut head = Vec::new();
    let upgrade = upgrade.with_deflate(policy.negotiate(&request));
    Answer::accept().write_upgrade(&request, &upgrade, &mut head);
    let head = String::from_utf8(head).expect("a head is ASCII");
    let values: Vec<&str> =
        head.lines().filter_map(|line| line.strip_prefix("Sec-WebSocket-Extensions: ")).collect();
    assert!(values.len() <= 1, "{head}");
    values.first().unwrap_or(&"-").to_string()
}

#[test]
fn every_offer_gets_the_answer_it_deserves() {
    let (mut server, mut offers, mut played) = (policy("default"), Vec::new(), 0);
    let mut wrong = Vec::new();
    for (number, line) in (1..).zip(TABLE.lines()).filter(|(_, line)| !line.is_empty()) {
        match line.split_once(' ') {
            Some(("#", _)) => {}
            _ if line == "#" => {}
            Some(("@", words)) => server = policy(words),
            Some(("<", offer)) => offers.push(offer),
            Some((">", expected)) => {
                let told = answer(&server, &offers);
                if told != expected {
                    wrong
                        .push(format!("line {number}: {offers:?}\n  expected {expected}\n  answered {told}"));
                }
                offers.clear();
                played += 1;
            }
            _ => panic!("line {number} means nothing: {line}"),
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(played >= 60, "only {played} offers");
}

#[test]
fn who_offers_nothing_is_answered_nothing() {
    assert_eq!(answer(&policy("default"), &[]), "-");
}
