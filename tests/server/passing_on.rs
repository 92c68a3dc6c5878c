//! Long messages that are passed on as they came: not copied, but in their place among all the others.

use pollcat::{Config, Delivery, Message, handler_fn};
use pollcat_testing::client::{BINARY, Client, TEXT, masked};

use crate::running::Running;

/// A long message that tells its number.
fn numbered(number: usize, length: usize) -> String {
    format!("{}{number:06}", "x".repeat(length - 6))
}

#[test]
fn a_long_message_comes_back_whether_it_comes_alone_or_with_others() {
    let server = Running::start(
        Config::new(),
        handler_fn(|peers, from, message| {
            peers.send(from, message);
        }),
    );
    let mut client = Client::connect(server.address());
    for length in [12_287, 12_288, 12_289, 20_001, 65_535, 65_536] {
        for first_byte in [TEXT, BINARY] {
            for together in [1, 2, 7] {
                let payloads = (0..together).map(|number| numbered(number, length));
                let frames: Vec<u8> =
                    payloads.clone().flat_map(|payload| masked(first_byte, payload.as_bytes())).collect();
                client.write(&frames);
                for payload in payloads {
                    assert!(
                        client.frame() == (first_byte, payload.into_bytes()),
                        "{together} times {length} bytes"
                    );
                }
            }
        }
    }
}

#[test]
fn a_long_message_is_said_in_its_place_and_as_the_handler_says() {
    let mut heard = 0;
    let server = Running::start(
        Config::new(),
        handler_fn(move |peers, from, message| {
            let Message::Text(text) = message else {
                return;
            };
            // Each of them is once the first, for whom nothing waits: it may leave at once.
            let mut said =
                [message, Message::Binary(text.as_bytes()), text[4..].into(), text[..29_999].into()];
            said.rotate_left(heard % 4);
            heard += 1;
            for message in said {
                peers.send(from, message);
            }
            peers.broadcast("to all");
            peers.send(from, message);
            peers.broadcast_from(from, message);
            peers.broadcast(message);
        }),
    );
    let mut other = Client::connect(server.address());
    let mut client = Client::connect(server.address());
    for number in 0..8 {
        let text = numbered(number, 30_000);
        client.send(TEXT, text.as_bytes());
        let mut said = [
            (TEXT, text.as_bytes()),
            (BINARY, text.as_bytes()),
            (TEXT, &text.as_bytes()[4..]),
            (TEXT, &text.as_bytes()[..29_999]),
        ];
        said.rotate_left(number % 4);
        for (first_byte, payload) in said {
            assert!(client.frame() == (first_byte, payload.to_vec()), "{number}");
        }
        assert_eq!([client.text(), other.text()], ["to all", "to all"]);
        assert!(client.text() == text, "behind what everybody heard");
        assert!(client.text() == text, "with everybody");
        assert!(other.text() == text && other.text() == text);
    }
}

#[test]
fn what_a_full_socket_leaves_of_a_long_message_comes_when_it_is_read() {
    const MESSAGES: usize = 400; // 24 MB: more than the buffers of two sockets on loopback hold
    const LENGTH: usize = 60_000;
    let mut reader = None;
    let server = Running::start(
        Config::new().max_send_queue(2 * MESSAGES * LENGTH),
        handler_fn(move |peers, from, message| match message {
            Message::Binary(_) => reader = Some(from),
            Message::Text(_) => {
                assert_ne!(peers.send(reader.expect("it came first"), message), Delivery::Gone);
                peers.send(from, "passed on");
            }
        }),
    );
    let mut reading = Client::connect(server.address());
    reading.send(BINARY, b"it is me");
    server.wait_until("it is heard", |counters| counters.messages_in == 1);
    let mut sending = Client::connect(server.address());
    for number in 0..MESSAGES {
        sending.send(TEXT, numbered(number, LENGTH).as_bytes());
        assert_eq!(sending.text(), "passed on");
    }
    for number in 0..MESSAGES {
        assert!(reading.text() == numbered(number, LENGTH), "{number}");
    }
}

#[test]
fn a_long_message_that_is_no_text_is_refused_and_passed_on_to_nobody() {
    let server = Running::start(Config::new(), handler_fn(|peers, _, message| peers.broadcast(message)));
    let mut other = Client::connect(server.address());
    let mut client = Client::connect(server.address());
    let mut payload = numbered(1, 20_000).into_bytes();
    *payload.last_mut().expect("it is long") = 0xE8; // the beginning of a character (RFC 3629)
    client.send(TEXT, &payload);
    assert_eq!(client.close_frame().0, 1007);
    client.nothing_more();
    Client::connect(server.address()).send(TEXT, b"after");
    assert_eq!(other.text(), "after");
}
