//! What clients send before the answer.

use std::io::Write;
use std::thread;

use pollcat::{Answer, CloseCode, Config, Delivery, Departure};
use pollcat_testing::client::{BINARY, Client, PING, PONG, TEXT, masked, upgrade_request};

use super::{Door, Event, echoes};

#[test]
fn a_client_that_has_said_something_already_is_not_asked_again_after_a_refusal() {
    let hello = masked(TEXT, b"hello");
    for (at_once, then) in [(&hello[..], 0), (b"", 1), (b"", 100 << 10)] {
        let door = Door::new(Config::new());
        let (request, mut client) = door.ask("", at_once);
        if then > 0 {
            client.send(BINARY, &vec![7; then]);
        }
        door.server.wait_until("some of it is held", |counters| {
            counters.receiving > upgrade_request("").len() as u64
        });
        assert_eq!(door.answer(request, Answer::refuse(403, "no")), Delivery::Queued);
        let head = client.head();
        assert!(head.starts_with("HTTP/1.1 403 ") && head.contains("\r\nConnection: close\r\n"), "{head}");
        client.bytes("403 Forbidden: no\n".len());
        client.nothing_more();
        drop(client);
        door.ends_empty();
    }
}

#[test]
fn what_a_client_says_before_the_answer_is_heard_after_it() {
    let fragments = [masked(0x01, b"in two "), masked(PING, b"?"), masked(0x80, b"parts")].concat();
    let door = Door::new(Config::new());
    let (request, mut client) = door.ask("", &masked(TEXT, b"with the head"));
    client.send(TEXT, b"a packet later");
    let (start, end) = fragments.split_at(9);
    client.write(start);
    assert_eq!(door.direct(move |peers| peers.queued(request.peer())), 0);
    client.write(end);
    assert_eq!(door.answer(request, Answer::accept()), Delivery::Queued);
    assert!(client.head().starts_with("HTTP/1.1 101 "));
    let id = door.opened(request);
    for said in ["with the head", "a packet later", "in two parts"] {
        assert_eq!(door.event(), Event::Said(id, said.into()));
    }
    assert_eq!(client.frame(), (PONG, b"?".to_vec()));
    echoes(&door, id, &mut client);
    client.close(1000);
    assert_eq!(client.close_frame().0, 1000);
    assert_eq!(door.event(), Event::Left(id, Departure::Closed(CloseCode::NORMAL)));
    drop(client);
    door.ends_empty();
}

#[test]
fn more_than_is_held_waits_in_tcp_and_none_of_it_is_lost() {
    let door = Door::new(Config::new());
    let messages: Vec<Vec<u8>> = (0..300_u32).map(|number| number.to_be_bytes().repeat(250)).collect();
    let frames: Vec<u8> = messages.iter().flat_map(|message| masked(BINARY, message)).collect();
    let (request, mut client) = door.ask("", &frames[..2]);
    let mut stream = client.stream();
    let writer =
        thread::spawn(move || stream.write_all(&frames[2..]).expect("the server reads it in the end"));
    door.server.wait_until("as much is held as may be", |counters| counters.receiving > 16 << 10);
    let held = door.server.counters().receiving;
    assert!(held <= 2 * (16 << 10) + 1024, "{held} bytes");
    assert_eq!(door.answer(request, Answer::accept()), Delivery::Queued);
    assert!(client.head().starts_with("HTTP/1.1 101 "));
    let id = door.opened(request);
    for message in messages {
        assert_eq!(door.event(), Event::Said(id, message));
    }
    writer.join().expect("all is written");
    echoes(&door, id, &mut client);
}

#[test]
fn a_client_that_broke_the_protocol_before_the_answer_is_opened_and_failed() {
    let door = Door::new(Config::new());
    let (request, mut client) = door.ask("", &[0x83, 0x80, 0, 0, 0, 0]);
    assert_eq!(door.answer(request, Answer::accept()), Delivery::Queued);
    assert!(client.head().starts_with("HTTP/1.1 101 "));
    let id = door.opened(request);
    assert_eq!(client.close_frame().0, 1002);
    assert!(matches!(door.event(), Event::Left(left, Departure::Failed(_)) if left == id));
}

/// All of it is counted, and one limit is for all: whoever holds most is given up.
#[test]
fn what_is_held_of_all_that_wait_has_a_limit() {
    const LIMIT: usize = 200 << 10;
    let door = Door::new(Config::new().max_receiving(LIMIT));
    let (mut waiting, mut gone) = (Vec::new(), Vec::new());
    for _ in 0..20 {
        let mut client = Client::dial(door.server.address());
        client.write(upgrade_request("").as_bytes());
        let request = loop {
            match door.event() {
                Event::Asked(request) => break request,
                event => gone.push(event),
            }
        };
        client.send(BINARY, &[7; 15 << 10]);
        waiting.push((request, client));
        door.server.wait_until("it is held, or somebody is given up", |counters| {
            let held = counters.receiving + (15 << 10) * counters.over_budget;
            held >= waiting.len() as u64 * (15 << 10)
        });
        assert!(door.server.counters().receiving <= LIMIT as u64);
    }
    let given_up = door.server.counters().over_budget;
    assert!((7..20).contains(&given_up), "{given_up} of 20");
    gone.extend((gone.len() as u64..given_up).map(|_| door.event()));
    for (request, mut client) in waiting {
        let is_gone = gone.contains(&Event::Gone(request));
        let delivery = door.answer(request, Answer::refuse(403, "no"));
        assert_eq!(delivery, if is_gone { Delivery::Gone } else { Delivery::Queued });
        let status = if is_gone { "HTTP/1.1 503 " } else { "HTTP/1.1 403 " };
        assert!(client.head().starts_with(status));
    }
    door.ends_empty();
}
