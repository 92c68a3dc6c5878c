//! A request's header fields, and where those are that every handshake is asked for.
//!
//! A dozen questions are asked of the fields, about the same few names. So the lines are walked once, and for each of
//! these names it is remembered where the first of its lines begins and where the last one ends:
//!
//! ```text
//!   Host: example.com ↵ Upgrade: websocket ↵ Pragma: no-cache ↵ Connection: Upgrade ↵
//!   └─ host ───────────┘└─ upgrade ─────────┘                    └─ connection ───────┘
//! ```
//!
//! There a name is looked for, and nowhere else; one that is missing is looked for nowhere at all (`benches/NOTES.md`,
//! "fields of a request").

use super::Refusal;
use super::syntax::{find, is_token, is_value_byte, trim};

/// The names that are asked for with every request.
const NAMES: [&str; 10] = [
    "host",
    "content-length",
    "transfer-encoding",
    "upgrade",
    "connection",
    "origin",
    "sec-websocket-key",
    "sec-websocket-version",
    "sec-websocket-protocol",
    "sec-websocket-extensions",
];

#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a> {
    /// Each with its CR LF.
    lines: &'a [u8],
    /// From where to where the lines of each name reach, in the order of `NAMES`.
    stretches: [(usize, usize); NAMES.len()],
}

impl<'a> Fields<'a> {
    /// Takes lines that have been checked.
    pub(super) fn new(lines: &'a [u8]) -> Self {
        let mut stretches = [(0, 0); NAMES.len()];
        let mut rest = lines;
        while let Some((name, _, after)) = split_field(rest) {
            if let Some(place) = place_of(name) {
                let (start, end) = &mut stretches[place];
                if *end == 0 {
                    *start = lines.len() - rest.len();
                }
                *end = lines.len() - after.len();
            }
            rest = after;
        }
        Fields { lines, stretches }
    }

    /// Names and values, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        fields_of(self.lines)
    }

    /// The values of all fields of this name, in any case.
    pub(super) fn values<'n>(&self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        let lines = place_of(name.as_bytes()).map_or(self.lines, |place| {
            let (start, end) = self.stretches[place];
            &self.lines[start..end]
        });
        fields_of(lines)
            .filter(|(other, _)| other.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value)
    }
}

/// `name: value` (RFC 9112 §5). White space before the name (which folds lines) or before the colon (which
/// smuggles requests) makes the name no token.
pub(super) fn check_field(line: &[u8]) -> Result<(), Refusal> {
    if line.contains(&b'\r') {
        return Err(Refusal::LineEnd);
    }
    let colon = find(b':', line).ok_or(Refusal::Field)?;
    let (name, value) = (&line[..colon], &line[colon + 1..]);
    // Looks at all of the value even if its first byte is wrong: that takes vector instructions.
    let is_value = value.iter().fold(true, |so_far, &byte| so_far & is_value_byte(byte));
    if is_token(name) && is_value { Ok(()) } else { Err(Refusal::Field) }
}

/// The name in a line that has been checked.
pub(super) fn field_name(line: &[u8]) -> &[u8] {
    &line[..find(b':', line).unwrap_or(line.len())]
}

fn place_of(name: &[u8]) -> Option<usize> {
    NAMES.iter().position(|known| known.as_bytes().eq_ignore_ascii_case(name))
}

fn fields_of<'a>(mut lines: &'a [u8]) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
    std::iter::from_fn(move || {
        let (name, value, after) = split_field(lines)?;
        lines = after;
        Some((name, value))
    })
}

/// A name, its value without the white space around it, and the lines that follow.
fn split_field(lines: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let colon = find(b':', lines)?;
    let (name, rest) = (&lines[..colon], &lines[colon + 1..]);
    let end = find(b'\n', rest)?;
    Some((name, trim(rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end])), &rest[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_however_it_is_written_and_wherever_it_stands() {
        let fields = Fields::new(
            b"HOST: a\r\nX-One:\t1 \r\nOrigin: o\r\nX-Two:2\r\nConnection: b\r\nx-one:\r\nconnection: c\r\n",
        );
        let table: [(&str, &[&[u8]]); 6] = [
            ("host", &[b"a"]),
            ("Origin", &[b"o"]),
            ("connection", &[b"b", b"c"]),
            ("x-one", &[b"1", b""]),
            ("upgrade", &[]),
            ("x-none", &[]),
        ];
        for (name, values) in table {
            assert_eq!(fields.values(name).collect::<Vec<_>>(), values, "{name}");
        }
        let names = [&b"HOST"[..], b"X-One", b"Origin", b"X-Two", b"Connection", b"x-one", b"connection"];
        assert!(fields.iter().map(|(name, _)| name).eq(names));
    }
}
