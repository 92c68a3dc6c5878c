//! The opening handshake, and the requests before it.

use std::time::{Duration, Instant};

use pollcat::handshake::{HeadLimits, HeadReader};
use pollcat::{Config, handler_fn};
use pollcat_testing::client::{Client, upgrade_request};
use pollcat_testing::running::Running;

use crate::doorstep::{Diary, PAGE, Witness, doorstep, reset};

// A request was refused, and one more byte of the client panicked the server: the reader of heads, which stops at a
// fault for good, was asked to go on. Nothing a client sends ends `run` (a promise of the house); what follows a
// refusal is nobody's.
#[test]
fn bytes_after_a_refused_request_do_not_kill_the_server() {
    let server = Running::start(Config::new(), handler_fn(|_, _, _| {}));
    let refused: &[u8] = b"BREW /coffee HTTP/1.1\r\n";
    let mut client = Client::dial(server.address());
    client.write(refused);
    assert!(client.head().starts_with("HTTP/1.1 501 "));
    client.write(b"x");
    server.wait_until("the byte is read", |counters| counters.bytes_in > refused.len() as u64);
    Client::connect(server.address());
}

// A client that was told "Connection: close" was served its next request all the same, and could even open a
// WebSocket: only the stage of the connection knew that it was ending, and the way in did not ask.
// RFC 9112 §9.6: a server that has sent the close option processes no further requests.
#[test]
fn after_connection_close_nothing_is_served() {
    let diary = Diary::default();
    let server = Running::start(Config::new(), Witness::new(&diary));
    let mut client = Client::dial(server.address());
    let request = format!("GET {PAGE} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    client.write(request.as_bytes());
    assert!(client.head().contains("\r\nConnection: close\r\n"));
    client.write(upgrade_request("").as_bytes());
    drop(client);
    server.wait_until("the client has left", |counters| counters.accepted == 1 && counters.connections == 0);
    assert_eq!(diary.lines(), [format!("request {PAGE}")]);
}

// A page could not be written to a client that had reset its connection, and the upgrade that lay in the socket behind
// it opened nonetheless: on_open came without on_close, and the count of peers was wrong for ever.
// Every on_open has its on_close (Handler), and a dead connection is nobody's.
#[test]
fn a_dead_connection_does_not_open() {
    let diary = Diary::default();
    let (door, step) = doorstep();
    let server = Running::start(Config::new(), Witness::with_doorstep(&diary, step));
    let mut client = Client::dial(server.address());
    client.write(format!("GET {PAGE} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes());
    door.wait();
    client.write(upgrade_request("").as_bytes());
    reset(client);
    door.open();
    server.wait_until("the client has left", |counters| counters.accepted == 1 && counters.connections == 0);
    assert_eq!(server.counters().open, 0, "{:?}", diary.lines());
    assert_eq!(diary.count("open"), diary.count("close"), "{:?}", diary.lines());
}

// `max_head(usize::MAX)` was meant as "no limit" and panicked the server on the second piece of a head: the sum of the
// limit and the empty line overflowed.
// Config takes every number, and nothing a client sends ends `run`.
#[test]
fn an_endless_head_limit_is_a_limit() {
    let server = Running::start(Config::new().max_head(usize::MAX), handler_fn(|_, _, _| {}));
    let request = upgrade_request("");
    let (one, two) = request.as_bytes().split_at(20);
    let mut client = Client::dial(server.address());
    client.write(one);
    server.wait_until("the first piece is read", |counters| counters.bytes_in == one.len() as u64);
    client.write(two);
    assert!(client.head().starts_with("HTTP/1.1 101 "));
}

// A head with thousands of subprotocols kept the loop, and with it everybody, busy for long: each name was compared
// with all names before it (§4.1 wants them all different).
// A head takes linear time: eight times the names may take twenty-four times as long, but not sixty-four.
#[test]
fn many_subprotocols_take_linear_time() {
    let (few, many) = (time_to_upgrade(500), time_to_upgrade(4_000));
    assert!(many < few * 24, "500 names take {few:?}, 4,000 take {many:?}");
}

/// The best of some attempts: a busy machine only adds to it. Each is over before the machine turns to somebody else.
fn time_to_upgrade(subprotocols: usize) -> Duration {
    let names: Vec<String> = (0..subprotocols).map(|number| format!("protocol-{number:06}")).collect();
    let head = upgrade_request(&format!("Sec-WebSocket-Protocol: {}\r\n", names.join(",")));
    let attempts = (0..25).map(|_| {
        let mut bytes = head.clone().into_bytes();
        let mut reader = HeadReader::new(HeadLimits::new().max_bytes(bytes.len()));
        let mut input = &mut bytes[..];
        let request = reader.next(&mut input).expect("a proper head").expect("a whole one");
        let start = Instant::now();
        assert!(request.upgrade().expect("a proper upgrade").is_some());
        start.elapsed()
    });
    attempts.min().expect("there is more than one attempt")
}
