//! permessage-deflate at the client's end (RFC 7692): messages compressed beforehand, each by itself, and the first
//! ones inflated. zlib-rs does both, which no server here is measured by.

use zlib_rs::{Deflate, DeflateConfig, DeflateFlush, Inflate, InflateFlush};

use crate::case::Wrapping;

/// The end of a flush, which does not travel (§7.2.1).
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

/// As zlib's default.
const LEVEL: i32 = 6;

/// What is asked for in the handshake.
pub(super) fn offer(wrapping: Wrapping) -> Option<&'static str> {
    match wrapping {
        Wrapping::Bare | Wrapping::Tls => None,
        Wrapping::Deflate => {
            Some("permessage-deflate; server_no_context_takeover; client_no_context_takeover")
        }
        Wrapping::Contexts => Some("permessage-deflate; client_max_window_bits"),
    }
}

/// The payload of a message, by itself.
pub(super) fn compress(message: &[u8]) -> Vec<u8> {
    let config = DeflateConfig { level: LEVEL, window_bits: -15, ..DeflateConfig::default() };
    let mut deflate = Deflate::new_with_config(config);
    let mut out = vec![0; message.len() + message.len() / 8 + 64];
    deflate.compress(message, &mut out, DeflateFlush::SyncFlush).expect("there is room");
    out.truncate(deflate.total_out() as usize - TAIL.len());
    out
}

/// The message of a payload, the first of its connection; None if it is not one of so many bytes.
pub(super) fn inflate(payload: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut inflate = Inflate::new(false, 15);
    let mut message = vec![0; length + 1];
    inflate.decompress(&[payload, &TAIL].concat(), &mut message, InflateFlush::SyncFlush).ok()?;
    message.truncate(inflate.total_out() as usize);
    (message.len() == length).then_some(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compressed_is_inflated_again_and_is_shorter() {
        let message = b"once and again and again and again ".repeat(20);
        let payload = compress(&message);
        assert!(payload.len() < message.len() / 5);
        assert_eq!(inflate(&payload, message.len()).unwrap(), message);
        assert_eq!(inflate(&payload, message.len() - 1), None);
        assert_eq!(inflate(&message, message.len()), None);
    }
}
