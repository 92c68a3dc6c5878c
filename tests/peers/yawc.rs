//! yawc: text and bytes of every length, whole and in fragments, in contexts that are kept, dropped, and kept on one
//! side.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use yawc::{Frame, Options, WebSocket};

use crate::{Contexts, Server, Wire};

const PATIENCE: Duration = Duration::from_secs(60);
const LENGTHS: [usize; 12] = [0, 1, 2, 125, 126, 127, 1000, 16_384, 65_535, 65_536, 65_537, 300_000];

/// A client that compresses, and takes text for what it says to be (RFC 6455, §8.1).
fn compressing() -> Options {
    Options::default().with_balanced_compression().with_utf8()
}

/// Says each message on one connection, and hears it come back as it was.
#[track_caller]
fn converse(wire: &Wire, options: &Options, messages: &[Frame]) {
    let url = wire.url.parse().expect("the wire has an address");
    let talk = async {
        let mut socket = WebSocket::connect(url).with_options(options.clone()).await.expect("it opens");
        for message in messages {
            socket.send(message.clone()).await.expect("the server takes it");
            let heard = socket.next().await.expect("the server answers");
            let same = (heard.opcode(), heard.payload()) == (message.opcode(), message.payload());
            let (said, heard) = (message.payload().len(), heard.payload().len());
            assert!(same, "{said} bytes came back as {heard}, or as others");
        }
        socket.close().await.expect("a Close can be sent");
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let patient = async { tokio::time::timeout(PATIENCE, talk).await.expect("it does not take long") };
    runtime.expect("the system has a poll for it").block_on(patient);
}

/// `part` over and over, to `length` bytes or a little less: no character is cut.
fn repeated(part: &str, length: usize) -> String {
    let mut text = String::new();
    for character in part.chars().cycle() {
        if text.len() + character.len_utf8() > length {
            break;
        }
        text.push(character);
    }
    text
}

/// Bytes in which there is nothing to find.
fn noise(length: usize) -> Vec<u8> {
    let mut seed = 7692_u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 56) as u8
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn messages_of_every_length_and_kind_come_back_and_are_compressed_on_both_ways() {
    let options = [compressing(), compressing().with_max_fragment_size(1000)];
    for contexts in [Contexts::Dropped, Contexts::Kept] {
        let server = Server::start(contexts);
        for options in &options {
            let repetitive = LENGTHS.into_iter().flat_map(|length| {
                let english = Frame::text(repeated("Somebody says something. ", length));
                let chinese = Frame::text(repeated("聊天室里的话，", length));
                let zeros = Frame::binary(vec![0; length]);
                [english, chinese, zeros]
            });
            let repetitive: Vec<Frame> = repetitive.collect();
            let said: usize = repetitive.iter().map(|frame| frame.payload().len()).sum();
            let wire = Wire::to(server.address);
            converse(&wire, options, &repetitive);
            for (way, bytes) in [("sent", wire.traffic.sent()), ("heard", wire.traffic.heard())] {
                assert!(bytes < said as u64 / 20, "{contexts:?}: of {said} bytes, {way} as {bytes}");
            }
            let random: Vec<Frame> = LENGTHS.map(|length| Frame::binary(noise(length))).into();
            converse(&Wire::to(server.address), options, &random);
        }
    }
}

/// Ten times the same, which is not short by itself. Where the context is taken over, nine of them say: as before.
#[test]
fn contexts_are_taken_over_on_the_sides_that_were_agreed_on() {
    let hex: String = noise(5000).iter().map(|byte| format!("{byte:02x}")).collect();
    let messages = vec![Frame::text(hex); 10];
    let (as_before, each_anew) = (5_000..10_000, 50_000..60_000);
    // The server's contexts, what the client asks for, and what its messages and those of the server cost.
    let table = [
        (Contexts::Kept, compressing(), &as_before, &as_before),
        (Contexts::Kept, compressing().server_no_context_takeover(), &as_before, &each_anew),
        (Contexts::Kept, compressing().client_no_context_takeover(), &each_anew, &as_before),
        (Contexts::Dropped, compressing(), &each_anew, &each_anew),
    ];
    for (contexts, options, sent, heard) in table {
        let server = Server::start(contexts);
        let wire = Wire::to(server.address);
        converse(&wire, &options, &messages);
        let traffic = &wire.traffic;
        assert!(sent.contains(&traffic.sent()), "{contexts:?}, {options:?}: {} bytes sent", traffic.sent());
        assert!(
            heard.contains(&traffic.heard()),
            "{contexts:?}, {options:?}: {} bytes heard",
            traffic.heard()
        );
    }
}
