//! permessage-deflate over real sockets (RFC 7692): what is compressed, for whom, how often, and within which window.
#![cfg(feature = "deflate")]

use std::io::Write;

use pollcat::protocol::{self, Agreement, Deflater, Limits, ReceiveHalf};
use pollcat::{
    Config, Deflate, Delivery, Departure, Outgoing, PeerId, PreparedMessage, ProtocolError, SlowPeers,
};
use pollcat_testing::client::{BINARY, Client, TEXT, masked, upgrade_request};
use pollcat_testing::directed::{Directed, Event};
use pollcat_testing::inflate::Inflated;

mod cuts;
mod late;

const RSV1: u8 = 0x40;
const OFFER: &str = "permessage-deflate; client_max_window_bits";

/// A client that reads compressed messages, in its context if that was agreed on.
struct Reader {
    client: Client,
    context: Option<Inflated>,
    furthest: usize,
}

impl Reader {
    fn open(server: &Directed, offer: &str) -> (PeerId, Reader) {
        let mut client = Client::dial(server.running.address());
        client.write(upgrade_request(&format!("Sec-WebSocket-Extensions: {offer}\r\n")).as_bytes());
        let head = client.head();
        assert!(head.contains("\r\nSec-WebSocket-Extensions: permessage-deflate"), "{head}");
        let context = (!head.contains("server_no_context_takeover")).then(Inflated::default);
        (server.opened(), Reader { client, context, furthest: 0 })
    }

    /// The next message, and whether it came compressed.
    #[track_caller]
    fn message(&mut self) -> (Vec<u8>, bool) {
        let (first, payload) = self.client.extended_frame();
        assert!(matches!(first & !RSV1, TEXT | BINARY), "a message, and not {first:x} {payload:?}");
        if first & RSV1 == 0 {
            return (payload, false);
        }
        let mut alone = Inflated::default();
        let inflated = self.context.as_mut().unwrap_or(&mut alone);
        let before = inflated.bytes.len();
        inflated.add(&payload);
        self.furthest = self.furthest.max(inflated.furthest);
        (inflated.bytes[before..].to_vec(), true)
    }
}

fn server(deflate: Deflate) -> Directed {
    Directed::start(Config::new().deflate(deflate))
}

/// Text with something to find in it, near and far.
fn text(length: usize) -> Vec<u8> {
    let mut random = 7692_u32;
    let mut bytes = Vec::new();
    while bytes.len() < length {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let word = format!("word{} ", random >> 22);
        bytes.extend(word.bytes());
    }
    bytes.truncate(length);
    bytes
}

/// Bytes in which there is nothing to find.
fn noise(mut seed: u64, length: usize) -> Vec<u8> {
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 56) as u8
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn a_broadcast_is_compressed_once_for_all_its_receivers() {
    let server = server(Deflate::new());
    let (_, mut plain) = server.guest();
    let mut readers: Vec<Reader> = (0..10).map(|_| Reader::open(&server, OFFER).1).collect();
    let message = text(1000);
    let sent = message.clone();
    server.direct(move |peers| peers.broadcast(&sent));
    assert_eq!(plain.frame(), (BINARY, message.clone()));
    for reader in &mut readers {
        assert_eq!(reader.message(), (message.clone(), true));
    }
    server.running.wait_until("it is counted", |counters| counters.messages_out == 11);
    let counters = server.running.counters();
    assert_eq!((counters.encoded, counters.compressed), (1, 1));
}

#[test]
fn a_prepared_message_is_compressed_once_however_often_it_is_sent() {
    let server = server(Deflate::new());
    let (_, mut reader) = Reader::open(&server, OFFER);
    for length in [1000, 200_000] {
        let before = server.running.counters().compressed;
        let prepared = PreparedMessage::new(&text(length));
        for _ in 0..3 {
            let clone = prepared.clone();
            server.direct(move |peers| peers.broadcast(&clone));
            assert_eq!(reader.message(), (text(length), true));
        }
        server.running.wait_until("it is counted", |counters| counters.compressed > before);
        assert_eq!(server.running.counters().compressed, before + 1);
    }
}

#[test]
fn what_is_short_or_was_asked_to_stay_as_it_is_does_and_so_does_what_would_not_become_shorter() {
    let server = server(Deflate::new().threshold(100));
    let (id, mut reader) = Reader::open(&server, OFFER);
    let noise = noise(1, 1000);
    let (random, prepared) = (noise.clone(), PreparedMessage::new(&text(500)));
    server.direct(move |peers| {
        peers.send(id, &text(99));
        peers.send(id, &text(100));
        peers.send(id, Outgoing::from(&text(500)).uncompressed());
        peers.send(id, Outgoing::from(&prepared).uncompressed());
        peers.send(id, &random);
    });
    assert_eq!(reader.message(), (text(99), false));
    assert_eq!(reader.message(), (text(100), true));
    assert_eq!(reader.message(), (text(500), false));
    assert_eq!(reader.message(), (text(500), false));
    assert_eq!(reader.message(), (noise, false));
}

#[test]
fn replies_stay_within_the_window_that_the_client_asked_for() {
    for takeover in [false, true] {
        let server = server(Deflate::new().context_takeover(takeover));
        let (mut last, mut guests) = (0, Vec::new());
        for bits in 8..=15 {
            let (id, mut reader) =
                Reader::open(&server, &format!("permessage-deflate; server_max_window_bits={bits}"));
            for length in [3000, 40_000, 3000] {
                server.direct(move |peers| peers.send(id, &text(length)));
                assert_eq!(reader.message(), (text(length), true), "{bits} bits");
            }
            assert!(reader.furthest <= 1 << bits, "{} bytes back, with {bits} bits", reader.furthest);
            // With 8 bits it is the window of 9, as far as that may be used.
            assert!(reader.furthest > last || bits == 9, "the larger window is used");
            last = reader.furthest;
            guests.push(reader);
        }
    }
}

#[test]
fn no_level_looks_further_back_than_its_window() {
    let long = text(45_000);
    for bits in 8..=15 {
        for level in [1, 2, 4, 6, 9] {
            for alone in [true, false] {
                let agreement = Agreement::default()
                    .with_server_no_context_takeover(alone)
                    .with_server_max_window_bits(Some(bits));
                let mut deflater = Deflater::new(&agreement, level);
                let mut inflated = Inflated::default();
                let parts = [&long[..10_000], &long[..1], b"", b"", &long[5000..]];
                for part in parts {
                    if alone {
                        inflated.bytes.clear();
                    }
                    let mut frame = Vec::new();
                    deflater.message(part.into(), &mut frame);
                    let header = match frame[1] {
                        126 => 4,
                        127 => 10,
                        _ => 2,
                    };
                    let before = inflated.bytes.len();
                    match frame[0] {
                        0xC2 => inflated.add(&frame[header..]),
                        _ => inflated.bytes.extend(&frame[header..]),
                    }
                    assert!(inflated.bytes[before..] == *part, "{bits} bits, level {level}");
                }
                assert!(inflated.furthest <= 1 << bits, "{bits} bits, level {level}: {}", inflated.furthest);
            }
        }
    }
}

#[test]
fn every_kind_of_peer_hears_all_of_it_in_order() {
    let server = server(Deflate::new().context_takeover(true).threshold(50));
    let (_, mut plain) = server.guest();
    let offers = [
        "permessage-deflate",
        "permessage-deflate; server_no_context_takeover",
        "permessage-deflate; server_max_window_bits=9; server_no_context_takeover",
        "permessage-deflate; server_max_window_bits=10",
    ];
    let mut readers: Vec<Reader> = offers.iter().map(|offer| Reader::open(&server, offer).1).collect();
    let lengths = [10, 60, 700, 49, 50, 5000, 0, 70_000, 300, 1];
    server.direct(move |peers| {
        for length in lengths {
            peers.broadcast(&text(length));
            peers.broadcast(&PreparedMessage::new(&text(length + 1)));
        }
    });
    for length in lengths.into_iter().flat_map(|length| [length, length + 1]) {
        assert_eq!(plain.frame(), (BINARY, text(length)));
        for reader in &mut readers {
            assert_eq!(reader.message(), (text(length), length >= 50));
        }
    }
}

// What is compressed in a peer's context and then not sent would be missing there for ever.
#[test]
fn a_message_that_a_slow_peer_misses_does_not_tear_its_context() {
    let deflate = Deflate::new().context_takeover(true);
    let config = Config::new().max_send_queue(64 << 10).slow_peers(SlowPeers::Skip).deflate(deflate);
    let server = Directed::start(config);
    let (id, mut reader) = Reader::open(&server, "permessage-deflate");
    let mut taken = Vec::new();
    let mut missed = 0;
    while missed < 5 {
        assert!(taken.len() < 10_000, "a queue that is not read fills up");
        let message = noise(taken.len() as u64, 16_000);
        let copy = message.clone();
        match server.direct(move |peers| peers.send(id, &copy)) {
            Delivery::Full => missed += 1,
            _ => taken.push(message),
        }
    }
    for message in taken {
        assert!(reader.message() == (message, true));
    }
    // As often as the socket has had room again in between, it has caught up.
    while missed > 0 {
        match server.event() {
            Event::Drained(_, count) => missed -= count,
            other => panic!("{other:?}"),
        }
    }
    server.direct(move |peers| peers.send(id, &text(1000)));
    assert_eq!(reader.message(), (text(1000), true));
}

// Windows of 0 and above 15 panicked in the compressor, or made what no client inflates.
#[test]
fn no_number_makes_a_window_that_there_is_not() {
    for bits in 0..=u8::MAX {
        let nearest = bits.clamp(8, 15); // RFC 7692 §7.1.2
        let agreement = Agreement::default()
            .with_server_max_window_bits(Some(bits))
            .with_client_max_window_bits(Some(bits));
        assert_eq!((agreement.server_window_bits(), agreement.client_window_bits()), (nearest, nearest));
        assert_eq!(
            agreement.to_string(),
            format!("permessage-deflate; server_max_window_bits={nearest}; client_max_window_bits={nearest}")
        );
        let mut frame = Vec::new();
        Deflater::new(&agreement, 6).message((&text(100)).into(), &mut frame);
        let mut inflated = Inflated::default();
        inflated.add(&frame[2..]);
        assert_eq!(inflated.bytes, text(100), "{bits} bits");
        frame[1] |= 0x80;
        frame.splice(2..2, [0; 4]);
        let mut receive = ReceiveHalf::with_deflate(Limits::new(), &agreement);
        let message = text(100);
        let mut input = &mut frame[..];
        let event = receive.next(&mut input);
        let expected = protocol::Event::Message(pollcat::Message::Binary(&message));
        assert_eq!(event, Ok(Some(expected)), "{bits} bits");
    }
}

/// A message of this many zeros, as a client sends it.
fn zeros(length: usize) -> Vec<u8> {
    let mut frame = Vec::new();
    let alone = Agreement::default().with_server_no_context_takeover(true);
    Deflater::new(&alone, 9).message((&vec![0; length]).into(), &mut frame);
    let header = if frame[1] < 126 { 2 } else { 4 };
    masked(BINARY | RSV1, &frame[header..])
}

#[test]
fn a_message_as_long_as_allowed_is_inflated_and_one_byte_more_is_1009() {
    let server = Directed::start(Config::new().max_message(100_000).deflate(Deflate::new()));
    let mut guests = Vec::new();
    for length in [99_999, 100_000, 100_001, 10_000_000] {
        let (id, mut reader) = Reader::open(&server, OFFER);
        reader.client.write(&zeros(length));
        if length <= 100_000 {
            assert!(server.event() == Event::Said(id, vec![0; length]));
        } else {
            assert_eq!(reader.client.close_frame(), (1009, "message too big".into()));
            assert_eq!(server.departure(id), Departure::Failed(ProtocolError::MessageTooBig));
        }
        guests.push(reader);
    }
}

#[test]
fn a_peer_whose_bytes_inflate_to_much_leaves_the_others_their_turn() {
    const LENGTH: usize = 100_000;
    const MESSAGES: usize = 100;
    let server = server(Deflate::new());
    let (greedy, mut bombs) = Reader::open(&server, OFFER);
    let (modest, mut client) = server.guest();
    let all: Vec<u8> = zeros(LENGTH).repeat(MESSAGES);
    // While the loop stands still, both speak.
    let mut stream = bombs.client.stream();
    let _client = server.direct(move |_| {
        stream.write_all(&all).expect("it is little");
        client.send(TEXT, b"and I?");
        client
    });
    let mut heard = Vec::new();
    while heard.len() < MESSAGES + 1 {
        match server.event() {
            Event::Said(who, said) if who == greedy => {
                assert_eq!(said.len(), LENGTH);
                heard.push(greedy);
            }
            Event::Said(who, said) => {
                assert_eq!((who, &said[..]), (modest, &b"and I?"[..]));
                heard.push(modest);
            }
            other => panic!("{other:?}"),
        }
    }
    // One turn inflates about 1 MiB for one peer.
    let place = heard.iter().position(|&who| who == modest).expect("it was heard");
    assert!(place <= 22, "after {place} messages of the other");
    bombs.client.close(1000);
}

/// The inflater that judges the server has to be right itself.
#[test]
fn the_examples_of_rfc_7692_7_2_3() {
    let examples: [&[u8]; 4] = [
        &[0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00],
        &[0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00],
        &[0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00],
        &[0x00],
    ];
    for (example, text) in examples.into_iter().zip(["Hello", "Hello", "Hello", ""]) {
        let mut inflated = Inflated::default();
        inflated.add(example);
        assert_eq!(inflated.bytes, text.as_bytes());
    }
    // With context takeover, the second message refers to the first.
    let mut inflated = Inflated::default();
    inflated.add(examples[0]);
    inflated.add(&[0xF2, 0x00, 0x11, 0x00, 0x00]);
    assert_eq!((&inflated.bytes[..], inflated.furthest), (&b"HelloHello"[..], 5));
}
