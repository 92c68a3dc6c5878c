//! The closing handshake, and the other ways in which a connection ends (RFC 6455 §7).

use std::time::Duration;

use pollcat::{CloseCode, Config, Departure, PreparedMessage, ProtocolError, handler_fn};
use pollcat_testing::client::{CLOSE, Client, PATIENCE, PING, TEXT, masked};

use crate::directed::{Directed, Event};
use crate::running::{Running, wait_until};

fn code(number: u16) -> CloseCode {
    CloseCode::new(number).expect("a code that may travel")
}

#[test]
fn a_close_by_the_peer_is_answered_with_its_code_and_the_server_ends_tcp_first() {
    let server = Directed::start(Config::new());
    for number in [1000, 1001, 3000, 4999] {
        let (id, mut client) = server.guest();
        client.send(CLOSE, &[&u16::to_be_bytes(number)[..], "bye".as_bytes()].concat());
        assert_eq!(client.close_frame(), (number, String::new()));
        client.nothing_more();
        assert_eq!(server.departure(id), Departure::Closed(code(number)));
    }
}

#[test]
fn what_was_sent_before_a_close_arrives_before_it() {
    let server = Directed::start(Config::new());
    let (id, mut client) = server.guest();
    let large = PreparedMessage::new(&"x".repeat(200_000));
    server.direct(move |peers| {
        peers.send(id, "first");
        peers.send(id, &large);
        peers.broadcast("third");
        peers.close(id, code(4000), "that was all");
        peers.broadcast("for those who stay");
    });
    assert_eq!(client.text(), "first");
    assert_eq!(client.text().len(), 200_000);
    assert_eq!(client.text(), "third");
    assert_eq!(client.close_frame(), (4000, "that was all".into()));
    // §7.1.1: the server ends TCP, when the peer's Close has come, and before the peer does.
    assert_eq!(server.events_so_far(), []);
    client.close(3001);
    client.nothing_more();
    assert_eq!(server.departure(id), Departure::Closed(code(3001)));
    drop(client);
    server.running.wait_until("nothing is left", |counters| counters.connections == 0);
}

#[test]
fn a_peer_that_never_answers_a_close_is_dropped_at_the_deadline() {
    let server = Directed::start(Config::new().close_within(Duration::from_millis(300)));
    let (id, mut client) = server.guest();
    server.direct(move |peers| peers.close(id, CloseCode::NORMAL, ""));
    assert_eq!(client.close_frame(), (1000, String::new()));
    // Anything but a Close is no answer, and is not heard.
    client.send(TEXT, b"I am still here");
    client.send(PING, b"are you?");
    assert_eq!(server.departure(id), Departure::TimedOut);
    server.running.wait_until("it is dropped", |counters| counters.connections == 0);
}

#[test]
fn when_both_close_at_once_each_hears_one_close() {
    let closing = handler_fn(|peers, from, _| peers.close(from, code(4000), "mine"));
    let server = Running::start(Config::new(), closing);
    let mut client = Client::connect(server.address());
    // The server's Close is written when the peer's has already come: they have crossed.
    client.write(&[masked(TEXT, b"close me"), masked(CLOSE, &3001_u16.to_be_bytes())].concat());
    assert_eq!(client.close_frame(), (4000, "mine".into()));
    client.nothing_more();
}

#[test]
fn what_follows_a_close_is_discarded_without_losing_the_answer() {
    let server = Directed::start(Config::new().close_within(PATIENCE));
    let (id, mut client) = server.guest();
    // The server must read all of this: unread input would turn its end of TCP into a reset (§7.1.1).
    client.close(1000);
    for _ in 0..64 {
        client.write(&[0xFF; 64 << 10]);
    }
    assert_eq!(client.close_frame(), (1000, String::new()));
    client.write(&[0xFF; 64 << 10]);
    client.nothing_more();
    client.write(&[0xFF; 64 << 10]);
    client.end();
    server.running.wait_until("it has read to the end", |counters| counters.connections == 0);
    assert_eq!(server.departure(id), Departure::Closed(CloseCode::NORMAL));
    assert_eq!(server.events_so_far(), []);
}

#[test]
fn a_fault_is_told_with_its_code_and_what_follows_it_is_not_looked_at() {
    let server = Directed::start(Config::new());
    let (id, mut client) = server.guest();
    let unmasked_frame = pollcat_testing::client::unmasked(TEXT, b"not masked");
    client.write(&[masked(TEXT, b"good"), unmasked_frame, masked(TEXT, b"good again")].concat());
    client.write(&[0xFF; 256 << 10]);
    let (number, reason) = client.close_frame();
    assert!(number == 1002 && reason.contains("not masked"), "{number} {reason}");
    client.nothing_more();
    assert_eq!(server.event(), Event::Said(id, b"good".to_vec()));
    assert_eq!(server.departure(id), Departure::Failed(ProtocolError::Unmasked));
    server.running.wait_until("the fault is counted", |counters| counters.failed == 1);
}

#[test]
fn a_peer_that_ends_its_side_of_tcp_still_gets_its_answer() {
    let echo = handler_fn(|peers, from, message| {
        peers.send(from, message);
    });
    let server = Running::start(Config::new(), echo);
    for length in [5, 300_000] {
        let mut client = Client::connect(server.address());
        client.send(TEXT, &vec![b'x'; length]);
        client.end();
        assert_eq!(client.text().len(), length);
        client.nothing_more();
    }
    server.wait_until("both are gone", |counters| counters.connections == 0);
}

#[test]
fn an_end_without_a_close_is_a_loss() {
    let server = Directed::start(Config::new());
    let (id, mut client) = server.guest();
    client.write(&masked(TEXT, b"half a message")[..7]);
    client.end();
    client.nothing_more();
    assert_eq!(server.departure(id), Departure::Lost);
    server.running.wait_until("it is gone", |counters| (counters.connections, counters.open) == (0, 0));
}

#[test]
fn a_reset_is_a_loss_and_no_error_of_the_server() {
    let server = Directed::start(Config::new());
    let (witness, mut witness_client) = server.guest();
    let (id, client) = server.guest();
    server.direct(move |peers| peers.send(id, "never read"));
    // A socket that is dropped with unread input resets its connection.
    let stream = client.stream();
    wait_until("input is there", || stream.peek(&mut [0]).is_ok_and(|length| length > 0));
    drop((stream, client));
    assert_eq!(server.departure(id), Departure::Lost);
    server.direct(move |peers| peers.send(witness, "still here"));
    assert_eq!(witness_client.text(), "still here");
}

#[test]
fn what_is_said_about_a_departure_leaves_at_once() {
    struct Obituary;
    impl pollcat::Handler for Obituary {
        fn on_message(&mut self, peers: &mut pollcat::Peers, from: pollcat::PeerId, _: pollcat::Message<'_>) {
            peers.close(from, CloseCode::NORMAL, "");
            peers.broadcast("somebody is asked to leave");
        }
        fn on_close(&mut self, peers: &mut pollcat::Peers, id: pollcat::PeerId, departure: Departure) {
            assert!(!peers.contains(id));
            peers.broadcast(&format!("somebody left: {departure}"));
        }
    }
    let server = Running::start(Config::new(), Obituary);
    let mut witness = Client::connect(server.address());
    let mut leaver = Client::connect(server.address());
    leaver.send(TEXT, b"I want to leave");
    assert_eq!(witness.text(), "somebody is asked to leave");
    assert_eq!(leaver.close_frame(), (1000, String::new()));
    leaver.close(1000);
    assert_eq!(witness.text(), "somebody left: closed with 1000");
}
