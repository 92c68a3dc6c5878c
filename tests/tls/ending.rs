//! Ends: close_notify from either side, and from a server that stops.

use std::io::{Read, Write};

use pollcat::{Config, Departure};
use pollcat_testing::client::{CLOSE, PATIENCE};

use crate::Host;

#[test]
fn who_says_close_notify_without_a_close_is_lost_and_answered_in_kind() {
    let host = Host::start(Config::new());
    let mut socket = host.connect();
    let stream = socket.get_mut();
    stream.conn.send_close_notify();
    stream.flush().expect("the server takes it");
    assert_eq!(host.departures.recv_timeout(PATIENCE), Ok(Departure::Lost));
    assert_eq!(stream.read(&mut [0]).expect("close_notify, not just an end"), 0);
}

#[test]
fn who_asks_and_says_close_notify_still_gets_the_page() {
    let host = Host::start(Config::new());
    let mut stream = host.dial();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("the server takes it");
    stream.conn.send_close_notify();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an end in order");
    assert!(answer.ends_with("\r\n\r\nsecure: true"), "{answer}");
}

#[test]
fn a_stopping_server_says_1001_and_close_notify() {
    let host = Host::start(Config::new());
    let mut talking = host.connect();
    let mut waiting = host.dial();
    waiting.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("the server takes it");
    host.running.wait_until("the page is there", |counters| counters.pages == 1);
    let mut silent = host.dial();
    silent.conn.complete_io(&mut silent.sock).expect("the handshake succeeds");
    host.running.wait_until("they are there", |counters| counters.tls_handshakes == 3);
    host.running.mailbox.stop();
    // By hand, as tungstenite would answer: what follows the Close must be seen as well.
    let mut said = Vec::new();
    let stream = talking.get_mut();
    let mut header = [0; 2];
    stream.read_exact(&mut header).expect("a frame arrives");
    assert_eq!(header[0], CLOSE);
    stream
        .write_all(&pollcat_testing::client::masked(CLOSE, &1001u16.to_be_bytes()))
        .expect("the server takes it");
    stream.read_to_end(&mut said).expect("close_notify, not just an end");
    assert_eq!(said[..2], 1001u16.to_be_bytes());
    // Who has asked for pages, or for nothing yet, is let go in order too.
    let mut answer = String::new();
    waiting.read_to_string(&mut answer).expect("close_notify, not just an end");
    assert!(answer.ends_with("secure: true"), "{answer}");
    assert_eq!(silent.read(&mut [0]).expect("close_notify, not just an end"), 0);
    host.running.join();
}
