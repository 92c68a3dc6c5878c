//! Messages over TLS: of every length, in both versions, however the records are cut.

use std::io::{Read, Write};

use pollcat::rustls::{HandshakeKind, ProtocolVersion};
use pollcat::{Config, Departure};
use pollcat_testing::client::{PATIENCE, TEXT, masked, unmasked, upgrade_request};

use crate::authority::{Stream, VERSIONS, dial};
use crate::{Host, assert_echo, open};

#[test]
fn messages_of_every_length_come_back_in_both_versions() {
    let host = Host::start(Config::new());
    for version in VERSIONS {
        let config = host.authority.client(&[version]);
        let mut socket = open(dial(host.address, config, "localhost"));
        assert_eq!(socket.get_ref().conn.protocol_version(), Some(version.version));
        // Around the largest record (RFC 8446 §5.1), and the longest message.
        for length in [0, 1, 125, 126, 16_383, 16_384, 16_385, 65_536, 1 << 20] {
            let bytes: Vec<u8> = (0..length).map(|place| (place % 251) as u8).collect();
            assert_echo(&mut socket, bytes);
            assert_echo(&mut socket, "x".repeat(length));
        }
    }
    host.running.wait_until("both are counted", |counters| counters.tls_handshakes == 2);
    assert_eq!(host.running.counters().tls_failed, 0);
}

#[test]
fn http_1_1_is_what_is_spoken_and_who_speaks_only_http_2_is_told() {
    let host = Host::start(Config::new());
    let mut config = host.authority.client(&VERSIONS);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let mut socket = open(dial(host.address, config.clone(), "localhost"));
    assert_eq!(socket.get_ref().conn.alpn_protocol(), Some(&b"http/1.1"[..]));
    assert_echo(&mut socket, "hello");
    config.alpn_protocols = vec![b"h2".to_vec()];
    let error = dial(host.address, config, "localhost").write_all(b"x").expect_err("nothing in common");
    // RFC 7301 §3.2.
    assert!(error.to_string().contains("NoApplicationProtocol"), "{error}");
}

/// A client that has the last word on which bytes travel when.
struct Cutter(Stream);

impl Cutter {
    fn new(host: &Host) -> Self {
        Cutter(host.dial())
    }

    /// Seals these as one record or more each, behind what TLS itself has to say, and returns all of it.
    fn seal(&mut self, pieces: &[&[u8]]) -> Vec<u8> {
        let mut records = Vec::new();
        for piece in [&[][..]].iter().chain(pieces) {
            self.0.conn.writer().write_all(piece).expect("it is sealed");
            while self.0.conn.wants_write() {
                self.0.conn.write_tls(&mut records).expect("a vector takes all");
            }
        }
        records
    }

    fn write(&mut self, records: &[u8]) {
        self.0.sock.write_all(records).expect("the server takes it");
    }

    /// The handshake, each of our bytes a packet of its own.
    fn shake_hands_slowly(&mut self) {
        while self.0.conn.is_handshaking() {
            for byte in self.seal(&[]) {
                self.write(&[byte]);
            }
            if self.0.conn.wants_read() {
                let length = self.0.conn.read_tls(&mut self.0.sock).expect("the server answers");
                assert!(length > 0, "it does not end");
                self.0.conn.process_new_packets().expect("with TLS");
            }
        }
    }

    fn hear(&mut self, expected: &[u8]) {
        let mut heard = vec![0; expected.len()];
        self.0.read_exact(&mut heard).expect("that much comes back");
        assert!(heard == expected);
    }

    fn open(&mut self) {
        let request = upgrade_request("");
        self.0.write_all(request.as_bytes()).expect("the server takes it");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.0.read_exact(&mut byte).expect("a head arrives");
            head.extend(byte);
        }
        assert!(head.starts_with(b"HTTP/1.1 101 "), "{}", head.escape_ascii());
    }
}

#[test]
fn records_may_arrive_byte_by_byte() {
    let host = Host::start(Config::new());
    let mut client = Cutter::new(&host);
    client.shake_hands_slowly();
    client.open();
    let records = client.seal(&[&masked(TEXT, b"drop by drop"), &masked(TEXT, b"and on")]);
    for byte in records {
        client.write(&[byte]);
    }
    client.hear(&[unmasked(TEXT, b"drop by drop"), unmasked(TEXT, b"and on")].concat());
}

#[test]
fn a_frame_may_be_in_many_records_and_a_packet_may_hold_many() {
    let host = Host::start(Config::new());
    let mut client = Cutter::new(&host);
    client.open();
    let frame = masked(TEXT, &b"0123456789".repeat(30));
    let bytes: Vec<&[u8]> = frame.chunks(1).collect();
    let records = client.seal(&bytes);
    let (head, tail) = records.split_at(records.len() / 2 + 3); // not where a record ends
    client.write(head);
    client.write(tail);
    client.hear(&unmasked(TEXT, &b"0123456789".repeat(30)));
    // Far more than one read: the rest must not be forgotten, as its event will not come again.
    let frame = masked(TEXT, &[b'x'; 1000]);
    let records = client.seal(&vec![&frame[..]; 3000]);
    let echoes = unmasked(TEXT, &[b'x'; 1000]).repeat(3000);
    let mut socket = client.0.sock.try_clone().expect("a stream can be shared");
    let writer = std::thread::spawn(move || socket.write_all(&records).expect("the server takes all"));
    client.hear(&echoes);
    writer.join().expect("it has written");
}

#[test]
fn keys_can_be_exchanged_in_mid_talk() {
    let host = Host::start(Config::new());
    let mut socket = host.connect();
    for round in 0..3 {
        assert_echo(&mut socket, format!("round {round}"));
        // RFC 8446 §4.6.3: ours, and a request for theirs.
        socket.get_mut().conn.refresh_traffic_keys().expect("this is TLS 1.3");
    }
    assert_echo(&mut socket, "new keys");
}

#[test]
fn a_session_can_be_resumed() {
    let host = Host::start(Config::new());
    for version in VERSIONS {
        let config = std::sync::Arc::new(host.authority.client(&[version]));
        for kind in [HandshakeKind::Full, HandshakeKind::Resumed] {
            let mut socket = open(dial(host.address, std::sync::Arc::clone(&config), "localhost"));
            assert_echo(&mut socket, "hello");
            assert_eq!(socket.get_ref().conn.handshake_kind(), Some(kind), "{version:?}");
        }
    }
}

#[test]
fn the_closing_handshake_ends_in_close_notify_whoever_begins_it() {
    let host = Host::start(Config::new());
    for version in VERSIONS {
        let mut socket = open(dial(host.address, host.authority.client(&[version]), "localhost"));
        socket.close(None).expect("a Close can be sent");
        assert!(socket.read().is_ok_and(|message| message.is_close()));
        assert_eq!(
            host.departures.recv_timeout(PATIENCE),
            Ok(Departure::Closed(pollcat::CloseCode::NO_STATUS))
        );
        // Without a close_notify this would be an error (UnexpectedEof).
        assert_eq!(socket.get_mut().read(&mut [0]).expect("an end in order"), 0);
        assert_ne!(version.version, ProtocolVersion::SSLv3);
    }
}
