//! Small words of HTTP's grammar (RFC 9110 §5.6, RFC 3986 §3.2).

use std::net::{Ipv4Addr, Ipv6Addr};

/// Letters, digits, and a few more. A table, as every byte of a head is asked about.
const fn letters_and(more: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut place = 0;
    while place < more.len() {
        table[more[place] as usize] = true;
        place += 1;
    }
    table
}

/// A character of a token: header names, methods, subprotocols (RFC 9110 §5.6.2).
pub(super) fn is_token_byte(byte: u8) -> bool {
    const TOKEN: [bool; 256] = letters_and(b"!#$%&'*+-.^_`|~");
    TOKEN[byte as usize]
}

pub(super) fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().copied().all(is_token_byte)
}

/// A byte that may stand in a header's value: visible, space, tab, or beyond ASCII (RFC 9110 §5.5).
pub(super) fn is_value_byte(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 0x7F)
}

/// Where the byte is first. Sixteen are looked at together, with vector instructions, for whether it is one of them; then it
/// is searched for there.
pub(super) fn find(byte: u8, bytes: &[u8]) -> Option<usize> {
    let (chunks, _) = bytes.as_chunks::<16>();
    let is_in = |chunk: &[u8; 16]| chunk.iter().fold(false, |so_far, &other| so_far | (other == byte));
    let skipped = 16 * chunks.iter().take_while(|chunk| !is_in(chunk)).count();
    bytes[skipped..].iter().position(|&other| other == byte).map(|place| skipped + place)
}

/// Without the spaces and tabs around it (RFC 9110 §5.6.3).
pub(super) fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = bytes {
        bytes = rest;
    }
    while let [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// A host and, if it was named, its port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Authority<'a> {
    pub(super) host: &'a str,
    pub(super) port: Option<u16>,
}

impl<'a> Authority<'a> {
    /// `host`, `host:port`, `[v6]` or `[v6]:port`; without user information, never empty.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let after_v6 = text.starts_with('[').then(|| text.find(']')).flatten();
        let (host, port) = match after_v6 {
            Some(end) => (
                &text[..=end],
                text[end + 1..].strip_prefix(':').or(text[end + 1..].is_empty().then_some(""))?,
            ),
            None => text.split_once(':').unwrap_or((text, "")),
        };
        let port = match port {
            "" => None,
            digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits.parse().ok()?),
            _ => return None,
        };
        is_host(host).then_some(Authority { host, port })
    }

    /// Are they the same, where a missing port is `default_port`?
    pub(super) fn is_same(self, other: Authority<'_>, default_port: Option<u16>) -> bool {
        self.host.eq_ignore_ascii_case(other.host)
            && self.port.or(default_port) == other.port.or(default_port)
    }

    /// Does the host mean the same wherever it is asked for: an address, or this machine?
    pub(super) fn is_fixed(self) -> bool {
        let is_v6 = self.host.starts_with('[');
        is_v6 || self.host.parse::<Ipv4Addr>().is_ok() || self.host.eq_ignore_ascii_case("localhost")
    }
}

/// An IPv6 address in brackets, or a name (which includes IPv4 addresses). The comma that RFC 3986 would
/// allow in a name is refused: it is how two joined Host headers look.
fn is_host(host: &str) -> bool {
    if let Some(v6) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return v6.parse::<Ipv6Addr>().is_ok();
    }
    const NAME: [bool; 256] = letters_and(b"-._~!$&'()*+;=%");
    !host.is_empty() && host.bytes().all(|byte| NAME[byte as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_one_is_found_wherever_it_is() {
        for length in 0..50 {
            let mut bytes = vec![b'-'; length];
            assert_eq!(find(b':', &bytes), None);
            for place in (0..length).rev() {
                bytes[place] = b':';
                assert_eq!(find(b':', &bytes), Some(place), "in {length}");
            }
        }
    }

    #[test]
    fn authorities() {
        let good = [
            ("a", "a", None),
            ("a.example:80", "a.example", Some(80)),
            ("a:", "a", None),
            ("127.0.0.1:9001", "127.0.0.1", Some(9001)),
            ("[::1]", "[::1]", None),
            ("[::1]:65535", "[::1]", Some(65535)),
            ("xn--fsq.example", "xn--fsq.example", None),
        ];
        for (text, host, port) in good {
            assert_eq!(Authority::parse(text), Some(Authority { host, port }), "{text}");
        }
        let bad = [
            "", ":80", "a:65536", "a:8o", "a:80:80", "a b", "a,b", "u@a", "a/b", "[::1", "::1", "[]",
            "[::1]x", "[a]:1", "a:+1",
        ];
        for text in bad {
            assert_eq!(Authority::parse(text), None, "{text}");
        }
    }
}
