//! Sec-WebSocket-Extensions: what is agreed on is within what the policy allows, and its text reads back as an offer
//! that would be answered in the same way.

#![no_main]

#[allow(dead_code, reason = "the bytes come in one piece")]
mod input;

use input::Input;
use libfuzzer_sys::fuzz_target;
use pollcat::Deflate;
use pollcat::handshake::{HeadLimits, HeadReader};
use pollcat::protocol::Agreement;

fuzz_target!(|data: &[u8]| {
    let Some(input) = Input::read(data) else { return };
    let [bits, takeover] = input.limits;
    let most = 8 + bits % 8;
    let policy = Deflate::new().window_bits(most).context_takeover(takeover & 1 == 1);
    let Some(agreement) = negotiate(&policy, input.bytes) else { return };
    for bits in [agreement.server_max_window_bits(), agreement.client_max_window_bits()].into_iter().flatten()
    {
        assert!((8..=most).contains(&bits));
    }
    assert_eq!(negotiate(&policy, agreement.to_string().as_bytes()), Some(agreement));
});

/// `None` if the request is refused, or the offers are declined.
fn negotiate(policy: &Deflate, value: &[u8]) -> Option<Agreement> {
    let head = b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: ";
    let mut bytes = [&head[..], value, b"\r\n\r\n"].concat();
    let mut reader = HeadReader::new(HeadLimits::new());
    let request = reader.next(&mut &mut bytes[..]).ok()??;
    request.upgrade().ok()??;
    policy.negotiate(&request)
}
