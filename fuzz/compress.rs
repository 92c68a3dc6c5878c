//! Messages that a server compresses, by any agreement: its own receive half, which agreed on the same for the other
//! direction, reads back what was sent. A window that is named is one that there is.

#![no_main]

#[allow(dead_code, reason = "the limits are no choices from a list")]
mod input;

use input::Input;
use libfuzzer_sys::fuzz_target;
use pollcat::Message;
use pollcat::protocol::{Agreement, Deflater, Event, Limits, ReceiveHalf};

fuzz_target!(|data: &[u8]| {
    let Some(input) = Input::read(data) else { return };
    let [choices, bits] = input.limits;
    let (alone, bits) = (choices & 1 == 1, (choices & 2 == 0).then_some(bits));
    let server =
        Agreement::default().with_server_no_context_takeover(alone).with_server_max_window_bits(bits);
    let client =
        Agreement::default().with_client_no_context_takeover(alone).with_client_max_window_bits(bits);
    assert!((8..=15).contains(&server.server_window_bits()));
    assert_eq!(server.server_max_window_bits(), bits.map(|bits| bits.clamp(8, 15)));
    assert_eq!(server.server_window_bits(), client.client_window_bits());
    let mut deflater = Deflater::new(&server, choices >> 2);
    let mut receive = ReceiveHalf::with_deflate(Limits::new(), &client);
    for payload in input.pieces() {
        let mut frame = Vec::new();
        deflater.message(Message::Binary(payload), &mut frame);
        assert!(!alone || frame.len() <= payload.len() + 10, "compressed by itself, a message does not grow");
        let mut bytes = masked(&frame);
        let mut input = &mut bytes[..];
        assert_eq!(receive.next(&mut input), Ok(Some(Event::Message(Message::Binary(payload)))));
        assert!(input.is_empty());
    }
});

/// The same frame from a client: its masking key is four zeros (RFC 6455 §5.3).
fn masked(frame: &[u8]) -> Vec<u8> {
    let length = match frame[1] {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    let (header, payload) = frame.split_at(2 + length);
    let mut bytes = [header, &[0; 4], payload].concat();
    bytes[1] |= 0x80;
    bytes
}
