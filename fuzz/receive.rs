//! A client's frames, whole, in pieces, and so that no frame is there at once: the same events, the same answers, the
//! same fault.

#![no_main]

mod input;

use input::{Input, pick};
use libfuzzer_sys::fuzz_target;
use pollcat::Message;
use pollcat::protocol::{CloseCode, Event, Limits, ProtocolError, ReceiveHalf, SendHalf};

/// With the last of these a header may claim all the memory there is (see README.md: `-malloc_limit_mb`).
const MAX_MESSAGE: [usize; 8] = [1 << 20, 0, 1, 10, 125, 126, 1000, usize::MAX];
const MAX_FRAGMENTS: [u32; 8] = [16_384, 0, 1, 2, 3, 8, 100, u32::MAX];

/// An [`Event`] that owns its bytes.
#[derive(Debug, PartialEq)]
enum Seen {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(CloseCode, String),
}

/// All that came of a client's bytes.
#[derive(Debug, Default, PartialEq)]
struct Story {
    seen: Vec<Seen>,
    fault: Option<ProtocolError>,
    sent: Vec<u8>,
}

fuzz_target!(|data: &[u8]| {
    let Some(input) = Input::read(data) else { return };
    let [message, fragments] = input.limits;
    let limits =
        Limits::new().max_message(pick(&MAX_MESSAGE, message)).max_fragments(pick(&MAX_FRAGMENTS, fragments));
    let whole = play(limits, [input.bytes].into_iter());
    assert_eq!(play(limits, input.pieces()), whole);
    // The shortest frame has 6 bytes: none of these is there at once, so the short way for plain ones is not taken.
    assert_eq!(play(limits, input.bytes.chunks(5)), whole);
});

fn play<'a>(limits: Limits, pieces: impl Iterator<Item = &'a [u8]>) -> Story {
    let mut receive = ReceiveHalf::new(limits);
    let mut send = SendHalf::default();
    let mut story = Story::default();
    for piece in pieces {
        let mut bytes = piece.to_vec();
        let mut input = &mut bytes[..];
        loop {
            let over = story.is_over();
            let before = input.len();
            match receive.next(&mut input) {
                Ok(None) => break,
                _ if over => panic!("something after the end"),
                Ok(Some(event)) => {
                    send.answer(&event, &mut story.sent);
                    story.seen.push(copy(event, limits));
                }
                Err(fault) => {
                    send.fail(fault, &mut story.sent);
                    story.fault = Some(fault);
                }
            }
            assert!(input.len() <= before);
        }
        assert!(input.is_empty(), "`None` means that all of the input was used");
    }
    story
}

impl Story {
    /// After a Close or a fault nothing is looked at (RFC 6455 §1.4, §7.1.7).
    fn is_over(&self) -> bool {
        self.fault.is_some() || matches!(self.seen.last(), Some(Seen::Close(..)))
    }
}

/// Copies an event, and checks what every event promises.
fn copy(event: Event<'_>, limits: Limits) -> Seen {
    match event {
        Event::Message(message) => {
            assert!(message.len() <= limits.max_message && limits.max_fragments > 0);
            match message {
                Message::Text(text) => Seen::Text(String::from_utf8(text.into()).expect("text is UTF-8")),
                Message::Binary(bytes) => Seen::Binary(bytes.to_vec()),
            }
        }
        Event::Ping(payload) | Event::Pong(payload) if payload.len() > 125 => panic!("too long: {payload:?}"),
        Event::Ping(payload) => Seen::Ping(payload.to_vec()),
        Event::Pong(payload) => Seen::Pong(payload.to_vec()),
        Event::Close(code, reason) => {
            Seen::Close(code, String::from_utf8(reason.into()).expect("a reason is UTF-8"))
        }
        other => panic!("{other:?} is new here"),
    }
}
