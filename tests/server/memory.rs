//! What all clients may make the server keep together, and which is given up when it is more. Everything here is
//! counted in bytes by the server itself; what it really takes is measured in the tests of hostile clients.

use std::sync::Arc;

use pollcat::{
    Answer, CloseCode, Config, Counters, Departure, Handler, Message, PeerId, Peers, ProtocolError, Proxies,
    Request, RequestId,
};
use pollcat_testing::client::{BINARY, Client, TEXT, masked};

use crate::directed::{Directed, Event};
use crate::running::Running;

const KIB: usize = 1 << 10;

/// All but the last byte of a message, and that byte.
fn nearly_whole(length: usize) -> (Vec<u8>, Vec<u8>) {
    let mut frame = masked(BINARY, &vec![b'x'; length]);
    let last = frame.split_off(frame.len() - 1);
    (frame, last)
}

/// Begins a message, and waits until the server has all of that.
#[track_caller]
fn begin(client: &mut Client, server: &Running<impl Send>, length: usize) -> Vec<u8> {
    let before = server.counters().bytes_in;
    let (frame, last) = nearly_whole(length);
    client.write(&frame);
    server.wait_until("it has come", |counters| counters.bytes_in >= before + frame.len() as u64);
    last
}

#[test]
fn unfinished_messages_have_a_limit_together_and_the_longest_gives_way() {
    let server = Directed::start(Config::new().max_receiving(300 * KIB));
    let mut guests: Vec<_> = (0..3).map(|_| server.guest()).collect();
    let lengths = [90 * KIB, 120 * KIB, 80 * KIB];
    let mut lasts = Vec::new();
    for ((_, client), length) in guests.iter_mut().zip(lengths) {
        lasts.push(begin(client, &server.running, length));
    }
    let sum = lengths.iter().sum::<usize>() as u64;
    server.running.wait_until("all of it has come", |counters| counters.receiving >= sum - 3);
    assert!(server.running.counters().receiving <= 300 << 10, "memory follows what has arrived");
    assert_eq!(server.running.counters().over_budget, 0, "all of it may be used");

    // It would have been enough for the third to wait for the first, and for the first to wait for the third.
    let (late, mut latecomer) = server.guest();
    lasts.push(begin(&mut latecomer, &server.running, 60 * KIB));
    let (longest, mut told) = guests.remove(1);
    lasts.remove(1);
    assert_eq!(server.departure(longest), Departure::OverBudget);
    let (code, reason) = told.close_frame();
    assert_eq!((code, reason.contains("try again later")), (1013, true), "{reason}");
    // Everybody else is heard.
    guests.push((late, latecomer));
    for ((id, client), last) in guests.iter_mut().zip(lasts) {
        client.write(&last);
        match server.event() {
            Event::Said(from, message) => assert!(from == *id && message.iter().all(|&byte| byte == b'x')),
            other => panic!("{other:?}"),
        }
    }
    server.running.wait_until("nothing is held", |counters| counters.receiving == 0);
    assert_eq!(server.running.counters().over_budget, 1);
}

#[test]
fn what_a_client_leaves_behind_when_it_goes_is_held_no_more() {
    let server = Directed::start(Config::new());
    for round in 1..=3 {
        let (id, mut client) = server.guest();
        // In fragments, with nothing after them, in text: all of it is unfinished.
        client.send(0x01, &vec![b'x'; 70 * KIB]);
        client.send(0x00, &vec![b'x'; 20 * KIB]);
        server.running.wait_until("it is held", |counters| counters.receiving >= 90 << 10);
        match round {
            1 => client.send(0x09, b""), // not a word of it is lost
            2 => client.write(&[0xFF; 8]),
            _ => drop(client),
        }
        if round == 1 {
            server.direct(move |peers| peers.close(id, CloseCode::NORMAL, ""));
        }
        server.running.wait_until("it is gone", |counters| (counters.receiving, counters.open) == (0, 0));
        server.departure(id);
    }
}

#[test]
fn queues_have_a_limit_together_and_whoever_reads_least_is_cut_off() {
    let limit = 3 << 20;
    let config = Config::new().max_send_queue(2 << 20).max_sending(limit);
    let server = Directed::start(config);
    let (reader, mut reading) = server.guest();
    let stalled: Vec<_> = (0..4).map(|_| server.guest()).collect();
    let text = "x".repeat(48 * KIB);
    let mut left = 0;
    // The system takes some MiB for each of them first.
    for number in 0..2_000 {
        let said = format!("{number} {text}");
        server.direct(move |peers| peers.broadcast(&said));
        assert!(reading.text().starts_with(&format!("{number} ")), "a reader misses nothing");
        let counters = server.running.counters();
        assert!(counters.sending as usize <= limit, "{counters:?}");
        left = counters.too_slow;
        if left == 3 {
            break;
        }
    }
    assert_eq!(left, 3, "three of four give way");
    let events = server.events_so_far();
    let are_slow = |event: &Event| matches!(event, Event::Left(id, Departure::TooSlow) if *id != reader);
    assert!(events.iter().filter(|event| are_slow(event)).count() >= 2, "{events:?}");
    assert_eq!(server.running.counters().queue_full, 0, "no queue was full for itself");
    drop(stalled);
    server.running.wait_until("nothing waits", |counters| (counters.sending, counters.open) == (0, 1));
}

/// Whoever asks for it is sent more than it reads; when somebody leaves, so is everybody else.
struct Hoard;

impl Handler for Hoard {
    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        match message {
            Message::Text("hoard") => peers.send(from, &vec![b'x'; 24 << 20][..]),
            message => peers.send(from, message),
        };
    }

    fn on_close(&mut self, peers: &mut Peers, _: PeerId, _: Departure) {
        for id in peers.ids() {
            peers.send(id, &vec![b'x'; PAGE][..]);
        }
    }
}

#[test]
fn whoever_holds_most_and_has_just_left_leaves_but_once() {
    let server = Running::start(Config::new().max_sending(24 << 20), Hoard);
    let mut heir = Client::connect(server.address());
    for round in 1..=3 {
        let mut hoarder = Client::connect(server.address());
        hoarder.send(TEXT, b"hoard");
        server.wait_until("much waits", |counters| counters.sending > 12 << 20);
        // A reset. What is said to the heir, when that is told, is too much together with what nobody will read any
        // more.
        drop(hoarder);
        assert_eq!(heir.frame().1.len(), PAGE, "round {round}");
        server.wait_until("one is left", |counters| (counters.sending, counters.connections) == (0, 1));
    }
    // A slot is one connection's.
    let mut guests: Vec<_> = (0..3).map(|_| Client::connect(server.address())).collect();
    server.wait_until("all are there", |counters| (counters.open, counters.connections) == (4, 4));
    for (number, guest) in guests.iter_mut().enumerate() {
        guest.send(TEXT, number.to_string().as_bytes());
    }
    for (number, guest) in guests.iter_mut().enumerate() {
        assert_eq!(guest.text(), number.to_string());
    }
    assert_eq!(server.counters().too_slow, 0, "it was not cut off: it went");
}

/// Pages of 12 MiB, more than the system takes: as one's own, and shared.
struct Shelf(Arc<[u8]>);

impl Handler for Shelf {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        match request.path() {
            "/shared" => Answer::page("text/plain", Arc::clone(&self.0)),
            "/own" => Answer::page("text/plain", self.0.to_vec()),
            _ => Answer::accept(),
        }
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        peers.send(from, message);
    }
}

const PAGE: usize = 12 << 20;

fn shelf(config: Config) -> Running {
    let loopback = Proxies::only(["127.0.0.1"]).expect("an address");
    Running::start(config.trust_proxies(loopback), Shelf(vec![b'x'; PAGE].into()))
}

/// Asks for a page on somebody's behalf; brings back the head of the answer.
fn fetch(client: &mut Client, path: &str, address: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {address}\r\n\r\n");
    client.write(request.as_bytes());
    client.head()
}

#[test]
fn pages_that_nobody_reads_leave_no_room_for_others_unless_they_are_shared() {
    let server = shelf(Config::new().max_sending(PAGE + PAGE / 2));
    let mut first = Client::dial(server.address());
    assert!(fetch(&mut first, "/own", "192.0.2.1").starts_with("HTTP/1.1 200 "));
    server.wait_until("it waits", |counters| counters.sending as usize == PAGE);
    let mut second = Client::dial(server.address());
    let head = fetch(&mut second, "/own", "192.0.2.2");
    assert!(head.starts_with("HTTP/1.1 503 ") && head.contains("\r\nRetry-After: 5\r\n"), "{head}");
    // What the application shares is there anyway.
    let mut others: Vec<_> = (0..4).map(|_| Client::dial(server.address())).collect();
    for other in &mut others {
        assert!(fetch(other, "/shared", "192.0.2.2").starts_with("HTTP/1.1 200 "));
    }
    assert_eq!(server.counters().sending as usize, PAGE);
    first.bytes(PAGE);
    server.wait_until("it is out", |counters| counters.sending == 0);
    let mut third = Client::dial(server.address());
    assert!(fetch(&mut third, "/own", "192.0.2.3").starts_with("HTTP/1.1 200 "));
    assert_eq!(third.bytes(PAGE).len(), PAGE);
}

/// Answers all requests at once, when there are eight.
#[derive(Default)]
struct AtOnce(Vec<RequestId>);

impl Handler for AtOnce {
    fn on_request(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) -> Answer {
        self.0.push(peers.request_id(id));
        if self.0.len() < 8 {
            return Answer::later();
        }
        let page = || Answer::page("text/plain", vec![b'x'; 1 << 20]);
        for request in self.0.drain(..7) {
            peers.answer_request(request, page());
        }
        page()
    }

    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
}

// They were counted when a socket turned out to be full: too late to refuse any, so some were cut off in their midst.
#[test]
fn pages_that_are_given_in_one_call_are_counted_one_after_the_other() {
    let server = Running::start(Config::new().max_sending(4 << 20), AtOnce::default());
    let mut clients: Vec<_> = (0..8).map(|_| Client::dial(server.address())).collect();
    for client in &mut clients {
        client.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    let heads: Vec<String> = clients.iter_mut().map(Client::head).collect();
    let count = |status: &str| heads.iter().filter(|head| head.starts_with(status)).count();
    assert_eq!((count("HTTP/1.1 200 "), count("HTTP/1.1 503 ")), (4, 4));
    for (client, _) in clients.iter_mut().zip(&heads).filter(|(_, head)| head.starts_with("HTTP/1.1 200 ")) {
        assert_eq!(client.bytes(1 << 20).len(), 1 << 20, "it is whole");
    }
    server.wait_until("all is written", |counters| counters.sending == 0);
    assert_eq!(server.counters().too_slow, 0);
}

#[test]
fn an_address_has_a_share_of_its_own_and_pages_through_a_proxy_count_for_it() {
    let config = Config::new()
        .max_receiving_per_address(200 * KIB)
        .max_sending_per_address(PAGE + PAGE / 2)
        .max_connections_per_address(4);
    let server = shelf(config);
    let mut one = Client::dial(server.address());
    assert!(fetch(&mut one, "/own", "192.0.2.1").starts_with("HTTP/1.1 200 "));
    server.wait_until("it waits", |counters| counters.sending as usize == PAGE);
    let mut same = Client::dial(server.address());
    assert!(fetch(&mut same, "/own", "192.0.2.1").starts_with("HTTP/1.1 503 "));
    // On the same connection of the proxy, for somebody else.
    assert!(fetch(&mut Client::dial(server.address()), "/own", "192.0.2.2").starts_with("HTTP/1.1 200 "));

    let mut clients: Vec<_> = (0..3)
        .map(|_| {
            let mut client = Client::dial(server.address());
            client.open("X-Forwarded-For: 192.0.2.1\r\n");
            client
        })
        .collect();
    // Three WebSockets and a page on its way: one more of anything is too many, but for those who come elsewhere from.
    let mut more = Client::dial(server.address());
    assert!(fetch(&mut more, "/shared", "192.0.2.1").starts_with("HTTP/1.1 429 "));
    let mut elsewhere = Client::dial(server.address());
    elsewhere.open("X-Forwarded-For: 192.0.2.7\r\n");

    let last = begin(&mut elsewhere, &server, 190 * KIB);
    begin(&mut clients[0], &server, 110 * KIB);
    begin(&mut clients[1], &server, 100 * KIB);
    assert_eq!(clients[0].close_frame().0, 1013);
    elsewhere.write(&last);
    assert_eq!(elsewhere.frame().1.len(), 190 * KIB);
}

#[test]
fn a_proxys_connection_is_nobodys_when_the_page_is_out() {
    let server = shelf(Config::new().max_connections_per_address(1));
    let mut idle: Vec<_> = (0..3)
        .map(|_| {
            let mut client = Client::dial(server.address());
            assert!(fetch(&mut client, "/shared", "192.0.2.1").starts_with("HTTP/1.1 200 "));
            client.bytes(PAGE);
            server.wait_until("it is out", |counters| counters.sending == 0);
            client
        })
        .collect();
    Client::dial(server.address()).open("X-Forwarded-For: 192.0.2.1\r\n");
    assert!(fetch(&mut idle[0], "/shared", "192.0.2.2").starts_with("HTTP/1.1 200 "));
}

/// `limit 1000` sets the limit for whoever says it, within the turn in which it is heard.
struct Haggler;

impl Handler for Haggler {
    fn on_open(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) {
        peers.set_max_message(id, 100);
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        if let Message::Text(text) = message
            && let Some(limit) = text.strip_prefix("limit ")
        {
            peers.set_max_message(from, limit.parse().expect("a number"));
        }
        peers.send(from, &message.len().to_string());
    }
}

#[test]
fn a_peer_may_be_allowed_more_or_less_from_its_next_message_on() {
    let server = Running::start(Config::new(), Haggler);
    for (length, limit) in [(101, None), (5_001, Some(5_000)), (200_001, Some(200_000)), (51, Some(50))] {
        let mut client = Client::connect(server.address());
        let asks = limit.map(|limit| masked(TEXT, format!("limit {limit}").as_bytes()));
        // In one packet: what comes behind the message that changes the limit is under the new one.
        client.write(&[asks.clone().unwrap_or_default(), masked(BINARY, &vec![0; length - 1])].concat());
        if asks.is_some() {
            client.text();
        }
        assert_eq!(client.text(), (length - 1).to_string());
        client.send(BINARY, &vec![0; length]);
        assert_eq!(client.close_frame().0, 1009, "{length}");
    }
}

#[test]
fn a_message_that_has_begun_keeps_its_limit() {
    let server = Directed::start(Config::new().max_message(1 << 20));
    let (id, mut client) = server.guest();
    let last = begin(&mut client, &server.running, 500 * KIB);
    server.direct(move |peers| peers.set_max_message(id, 1000));
    client.write(&last);
    assert_eq!(server.event(), Event::Said(id, vec![b'x'; 500 * KIB]));
    client.send(TEXT, &[b'x'; 1000]);
    assert_eq!(server.event(), Event::Said(id, vec![b'x'; 1000]));
    client.send(TEXT, &[b'x'; 1001]);
    assert_eq!(client.close_frame().0, 1009);
    let is_counted = |counters: &Counters| (counters.failed, counters.receiving) == (1, 0);
    server.running.wait_until("it is counted", is_counted);
    // Whoever has left has no limit, and takes none from others.
    assert_eq!(server.departure(id), Departure::Failed(ProtocolError::MessageTooBig));
    server.direct(move |peers| peers.set_max_message(id, 1));
    let (other, mut client) = server.guest();
    client.send(TEXT, b"not limited");
    assert_eq!(server.event(), Event::Said(other, b"not limited".to_vec()));
}
