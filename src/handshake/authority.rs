//! A host and, if it was named, its port (RFC 3986 §3.2): in a request's Host and Origin, and in the settings they
//! are held against.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::syntax::letters_and;

/// `host`, `host:port`, `[v6]` or `[v6]:port`; without user information, never empty. `Text` is a `&str` out of a
/// request, or a `String` that a setting keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Authority<Text> {
    text: Text,
    /// The length of the host, which comes first.
    host: usize,
    port: Option<u16>,
}

impl<'a> Authority<&'a str> {
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
        is_host(host).then_some(Authority { text, host: host.len(), port })
    }

    /// As it was written.
    pub(super) fn text(self) -> &'a str {
        self.text
    }

    /// To keep.
    pub(super) fn kept(self) -> Authority<String> {
        Authority { text: self.text.to_owned(), host: self.host, port: self.port }
    }
}

impl<Text: AsRef<str>> Authority<Text> {
    fn host(&self) -> &str {
        &self.text.as_ref()[..self.host]
    }

    /// Are they the same, where a missing port is `default_port`?
    pub(super) fn is_same(&self, other: &Authority<&str>, default_port: Option<u16>) -> bool {
        self.has_host_of(other) && self.port.or(default_port) == other.port.or(default_port)
    }

    /// On whatever port.
    pub(super) fn has_host_of(&self, other: &Authority<&str>) -> bool {
        self.host().eq_ignore_ascii_case(other.host())
    }

    /// Does the other have this host, and this port if one is named?
    pub(super) fn covers(&self, other: &Authority<&str>) -> bool {
        self.has_host_of(other) && (self.port.is_none() || self.port == other.port)
    }

    /// Does the host mean the same wherever it is asked for: an address, or this machine?
    pub(super) fn is_fixed(&self) -> bool {
        let host = self.host();
        host.starts_with('[') || host.parse::<Ipv4Addr>().is_ok() || host.eq_ignore_ascii_case("localhost")
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
            let authority = Authority::parse(text).unwrap();
            assert_eq!((authority.text(), authority.host(), authority.port), (text, host, port), "{text}");
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
