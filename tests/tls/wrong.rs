//! Clients that do not speak TLS, or not to the end.

use std::io::{Read, Write};
use std::net::TcpStream;

use pollcat::{Config, Departure, Refusal};
use pollcat_testing::client::{Client, PATIENCE, SHORT, TEXT, masked, upgrade_request};

use crate::{Host, assert_echo};

/// An alert of the level `fatal`, in the clear (RFC 8446 §6).
fn fatal_alert(description: u8) -> [u8; 7] {
    [21, 3, 3, 0, 2, 2, description]
}

#[test]
fn plain_http_is_told_in_plain_http_that_this_port_speaks_tls() {
    let host = Host::start(Config::new());
    for request in [upgrade_request(""), "HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n".into()] {
        let mut client = Client::dial(host.address);
        client.write(request.as_bytes());
        let head = client.head();
        assert!(head.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{head}");
        assert!(head.contains("\r\nConnection: close\r\n"), "{head}");
        if request.starts_with("GET") {
            let words = "400 Bad Request: this port speaks TLS: use https:// or wss://\n";
            assert_eq!(client.bytes(words.len()), words.as_bytes());
        }
        client.nothing_more();
    }
    // Even a byte at a time, and even what is no HTTP at all.
    let mut client = Client::dial(host.address);
    upgrade_request("").bytes().for_each(|byte| client.write(&[byte]));
    assert!(client.head().starts_with("HTTP/1.1 400 "));
    let mut client = Client::dial(host.address);
    client.write(b"hello?\r\n\r\n");
    assert!(client.head().starts_with("HTTP/1.1 400 "));
    host.running.wait_until("they are counted", |counters| counters.refused(Refusal::NotTls) == 3);
    let counters = host.running.counters();
    assert_eq!((counters.tls_handshakes, counters.tls_failed), (0, 0));
    assert_echo(&mut host.connect(), "this is TLS");
}

/// Each of them was taken for one too many, which made room for another: so there could be more than there is room for.
#[test]
fn who_speaks_plainly_has_a_place_like_any_other() {
    let host = Host::start(Config::new().max_connections(2));
    // They have been answered, and stay: until the deadline their places are taken.
    let plain = [(); 2].map(|()| {
        let mut client = Client::dial(host.address);
        client.write(b"HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert!(client.head().starts_with("HTTP/1.1 400 "));
        client
    });
    let mut third = Client::dial(host.address);
    third.write(b"HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert!(third.head().starts_with("HTTP/1.1 503 "));
    drop((plain, third));
    host.running.wait_until("there is room again", |counters| counters.connections == 0);
    assert_echo(&mut host.connect(), "this is TLS");
}

#[test]
fn garbage_is_answered_with_an_alert() {
    let host = Host::start(Config::new());
    let table: [(&[u8], u8); 3] = [
        (&[0; 64], 50),                         // no type of a record: decode_error
        (&[23, 3, 3, 0, 5, 1, 2, 3, 4, 5], 10), // data before any handshake: unexpected_message
        (&[22, 3, 1, 0, 4, 14, 0, 0, 0], 10),   // a message that servers send, and not clients
    ];
    for (bytes, description) in table {
        let mut stream = TcpStream::connect(host.address).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("reading can be given a limit");
        stream.write_all(bytes).expect("the server takes it");
        // More than it has read when it gives up: a reset must not destroy the alert.
        stream.write_all(&[0; 4096]).expect("and goes on taking");
        let mut told = [0; 7];
        stream.read_exact(&mut told).expect("an alert");
        assert_eq!(told, fatal_alert(description), "{bytes:?}");
        assert_eq!(stream.read(&mut told).expect("an end in order"), 0);
    }
    host.running.wait_until("they are counted", |counters| counters.tls_failed == 3);
    assert_eq!(host.running.counters().tls_handshakes, 0);
}

#[test]
fn no_changed_byte_of_a_hello_does_harm() {
    let host = Host::start(Config::new());
    let mut talker = host.connect();
    let mut hello = Vec::new();
    host.dial().conn.write_tls(&mut hello).expect("a vector takes all");
    for place in 0..hello.len() {
        let mut changed = hello.clone();
        changed[place] ^= 1 << (place % 8);
        let mut stream = TcpStream::connect(host.address).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("reading can be given a limit");
        stream.write_all(&changed).expect("the server takes it");
        stream.shutdown(std::net::Shutdown::Write).expect("a stream can be shut down");
        // An answer, an alert, or nothing at all; in any case an end.
        stream.read_to_end(&mut Vec::new()).expect("an end in order");
    }
    assert_echo(&mut talker, "all is well");
}

#[test]
fn who_stalls_in_the_handshake_is_dropped_at_the_deadline() {
    let host = Host::start(Config::new().handshake_within(SHORT));
    let mut says_nothing = Client::dial(host.address);
    // The first bytes of a ClientHello.
    let mut stalls = Client::dial(host.address);
    stalls.write(&[22, 3, 1, 2, 0, 1, 0]);
    // It has done its part of the handshake, and goes no further.
    let mut silent = host.dial();
    silent.conn.complete_io(&mut silent.sock).expect("the handshake succeeds");
    says_nothing.nothing_more();
    stalls.nothing_more();
    let _ = silent.read(&mut [0]);
    host.running.wait_until("all are gone", |counters| counters.connections == 0);
    let counters = host.running.counters();
    assert_eq!((counters.accepted, counters.tls_failed, counters.tls_handshakes), (3, 2, 1));
}

#[test]
fn a_record_that_is_cut_off_is_a_loss_and_nothing_of_it_is_heard() {
    let host = Host::start(Config::new());
    let mut socket = host.connect();
    let stream = socket.get_mut();
    let mut record = Vec::new();
    stream.conn.writer().write_all(&masked(TEXT, b"half")).expect("it is sealed");
    stream.conn.write_tls(&mut record).expect("a vector takes all");
    stream.sock.write_all(&record[..record.len() - 1]).expect("the server takes it");
    stream.sock.shutdown(std::net::Shutdown::Write).expect("a stream can be shut down");
    assert_eq!(host.departures.recv_timeout(PATIENCE), Ok(Departure::Lost));
    // The server for its part ends in order.
    assert_eq!(stream.read(&mut [0]).expect("close_notify"), 0);
    assert_eq!(host.running.counters().messages_in, 0);
}

#[test]
fn a_record_that_was_changed_on_its_way_is_answered_with_an_alert() {
    let host = Host::start(Config::new());
    let mut socket = host.connect();
    let stream = socket.get_mut();
    let mut records = Vec::new();
    for message in ["sound", "changed"] {
        stream.conn.writer().write_all(&masked(TEXT, message.as_bytes())).expect("it is sealed");
        stream.conn.write_tls(&mut records).expect("a vector takes all");
    }
    *records.last_mut().expect("there are records") ^= 1;
    stream.sock.write_all(&records).expect("the server takes it");
    // What came before it is heard; then bad_record_mac (RFC 8446 §5.2).
    let error = std::iter::repeat_with(|| socket.read()).find_map(Result::err).expect("an alert");
    assert!(error.to_string().contains("BadRecordMac"), "{error}");
    assert_eq!(host.departures.recv_timeout(PATIENCE), Ok(Departure::Lost));
    host.running.wait_until("the first message is counted", |counters| counters.messages_in == 1);
}

#[test]
fn a_tls_1_1_client_is_turned_away_with_an_alert() {
    let host = Host::start(Config::new());
    let mut stream = TcpStream::connect(host.address).expect("the server listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("reading can be given a limit");
    // RFC 4346 §7.4.1.2: version 3.2, a random, no session, one suite (AES128-SHA), no compression, no extensions.
    let mut hello = vec![3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 2, 0, 0x2F, 1, 0]);
    let mut record = vec![22, 3, 1, 0, hello.len() as u8 + 4, 1, 0, 0, hello.len() as u8];
    record.extend(hello);
    stream.write_all(&record).expect("the server takes it");
    let mut told = [0; 7];
    stream.read_exact(&mut told).expect("an alert");
    // protocol_version, or handshake_failure for the old suite: which of the two, no RFC says.
    assert!([fatal_alert(70), fatal_alert(40)].contains(&told), "{told:?}");
}
