//! Which peers receive what: echo, broadcast, topics; and which do not.

use pollcat::{CloseCode, Config, Delivery, Departure, Peers, PreparedMessage, handler_fn};
use pollcat_testing::client::{BINARY, CLOSE, Client, PING, PONG, TEXT, masked};

use crate::directed::{Directed, Event};
use crate::running::Running;

fn echo() -> Running {
    let echo = handler_fn(|peers, from, message| {
        peers.send(from, message);
    });
    Running::start(Config::new(), echo)
}

#[test]
fn text_and_binary_come_back_as_they_were() {
    let server = echo();
    let mut client = Client::connect(server.address());
    for length in [0, 1, 125, 126, 65_535, 65_536, 300_000] {
        for first_byte in [TEXT, BINARY] {
            let payload = vec![b'x'; length];
            client.send(first_byte, &payload);
            assert!(client.frame() == (first_byte, payload), "{length} bytes");
        }
    }
    client.send(BINARY, &[0xFF, 0x00, 0xC0]);
    assert_eq!(client.frame(), (BINARY, vec![0xFF, 0x00, 0xC0]));
}

#[test]
fn fragments_come_back_as_one_message_with_the_pong_before_it() {
    let server = echo();
    let mut client = Client::connect(server.address());
    // §5.4: text without FIN, a Ping in between, and the continuation. The cut is within a character.
    let (head, tail) = "滿座".as_bytes().split_at(2);
    for (first_byte, part) in [(0x01, head), (PING, b"?"), (0x00, b""), (0x80, tail)] {
        client.send(first_byte, part);
    }
    assert_eq!(client.frame(), (PONG, b"?".to_vec()));
    assert_eq!(client.text(), "滿座");
}

#[test]
fn frames_in_the_same_packet_as_the_request_are_heard() {
    let server = echo();
    let mut client = Client::dial(server.address());
    let request = pollcat_testing::client::upgrade_request("");
    client.write(&[request.as_bytes(), &masked(TEXT, b"early")].concat());
    assert!(client.head().starts_with("HTTP/1.1 101 "));
    assert_eq!(client.text(), "early");
}

#[test]
fn a_broadcast_reaches_everybody_and_one_from_a_peer_everybody_else() {
    let server = Directed::start(Config::new());
    let (sender, mut first) = server.guest();
    let (_, mut second) = server.guest();
    server.direct(move |peers| {
        peers.broadcast("all");
        peers.broadcast_from(sender, "the others");
        peers.broadcast("end");
    });
    assert_eq!([first.text(), first.text()], ["all", "end"]);
    assert_eq!([second.text(), second.text(), second.text()], ["all", "the others", "end"]);
}

#[test]
fn a_topic_is_heard_by_those_who_listen_as_long_as_they_do() {
    let server = Directed::start(Config::new());
    let (first, mut first_client) = server.guest();
    let (second, mut second_client) = server.guest();
    server.direct(move |peers| {
        peers.publish("tea", "nobody listens yet");
        for id in [first, second, second] {
            peers.subscribe(id, "tea"); // twice changes nothing
        }
        peers.subscribe(second, "coffee");
        assert_eq!((peers.subscribers("tea"), peers.subscribers("coffee")), (2, 1));
        peers.publish("tea", "tea");
        peers.publish("coffee", "coffee");
        peers.publish_from(second, "tea", "tea from the second");
        peers.publish_from(first, "coffee", "coffee from the first, who does not listen");
        peers.unsubscribe(second, "tea"); // once is enough
        peers.unsubscribe(second, "tea");
        peers.unsubscribe(first, "coffee");
        peers.publish("tea", "more tea");
        peers.unsubscribe(second, "coffee");
        peers.publish("coffee", "nobody listens any more");
        peers.broadcast("end");
    });
    let heard = |client: &mut Client| -> Vec<String> {
        std::iter::repeat_with(|| client.text()).take_while(|text| text != "end").collect()
    };
    assert_eq!(heard(&mut first_client), ["tea", "tea from the second", "more tea"]);
    let expected = ["tea", "coffee", "coffee from the first, who does not listen"];
    assert_eq!(heard(&mut second_client), expected);
}

#[test]
fn a_topic_vanishes_with_its_last_member() {
    let server = Directed::start(Config::new());
    let (leaver, mut client) = server.guest();
    server.direct(move |peers| {
        for topic in ["tea", "coffee", "water"] {
            peers.subscribe(leaver, topic);
        }
        peers.unsubscribe(leaver, "water");
    });
    client.close(1000);
    assert_eq!(server.departure(leaver), Departure::Closed(CloseCode::NORMAL));
    let (next, mut client) = server.guest();
    let encoded = server.direct(move |peers| {
        assert_eq!(["tea", "coffee", "water"].map(|topic| peers.subscribers(topic)), [0, 0, 0]);
        let before = peers.counters().encoded;
        peers.publish("tea", "a message for nobody is not even encoded");
        peers.subscribe(next, "milk"); // a number that was another topic's
        peers.publish("tea", "nor now");
        peers.publish("milk", "milk");
        peers.counters().encoded - before
    });
    assert_eq!((encoded, client.text()), (1, "milk".into()));
}

#[test]
fn a_message_is_encoded_once_however_many_hear_it() {
    const GUESTS: u64 = 25;
    let server = Directed::start(Config::new());
    let mut guests: Vec<_> = (0..GUESTS).map(|_| server.guest()).collect();
    let ids: Vec<_> = guests.iter().map(|(id, _)| *id).collect();
    let large = "x".repeat(100_000);
    let prepared = [PreparedMessage::new("prepared"), PreparedMessage::new(&large)];
    let encoded_by = |act: Box<dyn FnOnce(&mut Peers) + Send>| {
        server.direct(move |peers| {
            let before = peers.counters().encoded;
            act(peers);
            peers.counters().encoded - before
        })
    };
    let mut out = 0;
    let mut is_heard_by_all = || {
        out += GUESTS;
        // Counted when the turn ends.
        server.running.wait_until("all have heard it", |counters| counters.messages_out == out);
    };
    let join = move |peers: &mut Peers| ids.iter().for_each(|&id| peers.subscribe(id, "tea"));
    assert_eq!(encoded_by(Box::new(join)), 0);
    assert_eq!(encoded_by(Box::new(|peers| peers.publish("tea", "published"))), 1);
    is_heard_by_all();
    assert_eq!(encoded_by(Box::new(|peers| peers.broadcast("broadcast"))), 1);
    is_heard_by_all();
    for message in prepared {
        // These were encoded where they were prepared.
        assert_eq!(encoded_by(Box::new(move |peers| peers.broadcast(&message))), 0);
        is_heard_by_all();
    }
    for (_, client) in &mut guests {
        let heard = [client.text(), client.text(), client.text()];
        assert_eq!(heard, ["published", "broadcast", "prepared"]);
        assert!(client.text() == large);
    }
}

#[test]
fn a_stale_id_finds_nobody_even_when_its_slot_has_a_new_owner() {
    let server = Directed::start(Config::new());
    let (stale, client) = server.guest();
    drop(client);
    assert_eq!(server.departure(stale), Departure::Lost);
    server.running.wait_until("the slot is free", |counters| counters.connections == 0);
    let (current, mut client) = server.guest();
    let slot = |id: pollcat::PeerId| id.to_string().split('.').next().map(str::to_owned);
    assert!(slot(stale) == slot(current) && stale != current, "{stale}, {current}");
    server.direct(move |peers| {
        assert_eq!(peers.send(stale, "for somebody who left"), Delivery::Gone);
        peers.subscribe(stale, "tea");
        peers.publish("tea", "for nobody");
        peers.close(stale, CloseCode::NORMAL, "");
        assert!(!peers.contains(stale) && peers.contains(current));
        assert_eq!((peers.ids(), peers.subscribers("tea"), peers.queued(stale)), (vec![current], 0, 0));
        // Not from the new owner either: it hears this.
        peers.broadcast_from(stale, "for everybody but the one who left");
        assert_eq!(peers.send(current, "for the new owner"), Delivery::Queued);
    });
    assert_eq!([client.text(), client.text()], ["for everybody but the one who left", "for the new owner"]);
    assert_eq!(server.events_so_far(), []);
}

#[test]
fn a_handler_that_closes_its_peer_hears_nothing_more_of_it() {
    let closing = handler_fn(|peers, from, message| {
        let text = String::from_utf8_lossy(message.as_bytes()).into_owned();
        peers.broadcast(&text);
        peers.close(from, CloseCode::NORMAL, &text);
    });
    let server = Running::start(Config::new(), closing);
    let mut witness = Client::connect(server.address());
    let mut client = Client::connect(server.address());
    // In one packet: all of it is there when the handler closes.
    client.write(&[masked(TEXT, b"first"), masked(TEXT, b"second"), masked(PING, b"?")].concat());
    assert_eq!(client.text(), "first");
    assert_eq!(client.close_frame(), (1000, "first".into()));
    client.send(TEXT, b"third");
    client.close(1000);
    client.nothing_more();
    server.wait_until("the peer has left", |counters| counters.connections == 1);
    witness.send(TEXT, b"last");
    assert_eq!([witness.text(), witness.text()], ["first", "last"]);
    assert_eq!(witness.close_frame(), (1000, "last".into()));
}

#[test]
fn closing_twice_says_it_once_and_is_told_once() {
    let server = Directed::start(Config::new());
    let (id, mut client) = server.guest();
    server.direct(move |peers| {
        peers.close(id, CloseCode::GOING_AWAY, "the first");
        peers.close(id, CloseCode::NORMAL, "the second");
        assert_eq!(peers.send(id, "too late"), Delivery::Gone);
        assert_eq!((peers.len(), peers.contains(id)), (0, false));
    });
    assert_eq!(client.close_frame(), (1001, "the first".into()));
    client.send(CLOSE, b"");
    client.nothing_more();
    assert_eq!(server.event(), Event::Left(id, Departure::Closed(CloseCode::NO_STATUS)));
}

#[test]
fn ten_thousand_who_come_and_go_leave_an_empty_table() {
    const CLIENTS: u64 = 10_000;
    let server = Directed::start(Config::new());
    let address = server.running.address();
    for number in 0..CLIENTS {
        match number % 4 {
            0 => drop(Client::dial(address)), // without a word
            1 => Client::dial(address).write(b"GET / HTTP/1.1\r\nHost: h"),
            2 => {
                // With the 101 unread: this resets the connection, perhaps before the server has seen it all.
                let mut client = Client::dial(address);
                client.write(pollcat_testing::client::upgrade_request("").as_bytes());
            }
            _ => Client::connect(address).send(TEXT, b"hello"),
        }
    }
    let is_empty = |counters: &pollcat::Counters| (counters.connections, counters.open) == (0, 0);
    server.running.wait_until("everybody has left", |counters| {
        is_empty(counters) && counters.accepted >= CLIENTS * 3 / 4
    });
    let events = server.events_so_far();
    let opened = events.iter().filter(|event| matches!(event, Event::Opened(_))).count();
    let left = events.iter().filter(|event| matches!(event, Event::Left(..))).count();
    assert!(opened == left && opened as u64 >= CLIENTS / 4, "{opened} opened, {left} left");
    let table = server.direct(|peers| (peers.len(), peers.ids(), peers.is_empty()));
    assert_eq!(table, (0, vec![], true));
    // And it still serves.
    let (id, mut client) = server.guest();
    server.direct(move |peers| peers.send(id, "hello"));
    assert_eq!(client.text(), "hello");
}
