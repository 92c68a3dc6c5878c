//! What comes from the chat: frames, what they are about, and how many there were.

use std::ops::Sub;

/// What the chat tells, by its `type`. Whatever else it may say is counted as the last.
pub const TYPES: [&str; 19] = [
    "welcome", "history", "room", "who", "presence", "ack", "error", "pong", "online", "offline", "joined",
    "left", "created", "renamed", "here", "typing", "message", "removed", "other",
];

/// What tells of others' comings and goings.
const PRESENCE: [&str; 10] =
    ["presence", "online", "offline", "joined", "left", "created", "removed", "renamed", "here", "typing"];

/// Frames, and their bytes with their headers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    pub frames: u64,
    pub bytes: u64,
}

impl Count {
    pub fn add(&mut self, bytes: usize) {
        self.frames += 1;
        self.bytes += bytes as u64;
    }

    pub fn and(self, other: Count) -> Count {
        Count { frames: self.frames + other.frames, bytes: self.bytes + other.bytes }
    }
}

impl Sub for Count {
    type Output = Count;

    fn sub(self, earlier: Count) -> Count {
        Count { frames: self.frames - earlier.frames, bytes: self.bytes - earlier.bytes }
    }
}

/// How much of each type.
#[derive(Debug, Clone, Default)]
pub struct Tally([Count; TYPES.len()]);

impl Tally {
    pub fn add(&mut self, payload: &[u8], bytes: usize) -> &'static str {
        let told = text(payload, "type").unwrap_or_default();
        let place = TYPES.iter().position(|it| it.as_bytes() == told).unwrap_or(TYPES.len() - 1);
        self.0[place].add(bytes);
        TYPES[place]
    }

    pub fn of(&self, told: &str) -> Count {
        TYPES
            .iter()
            .zip(self.0)
            .filter(|(it, _)| **it == told)
            .map(|(_, count)| count)
            .fold(Count::default(), Count::and)
    }

    pub fn presence(&self) -> Count {
        PRESENCE.iter().map(|told| self.of(told)).fold(Count::default(), Count::and)
    }

    pub fn all(&self) -> Count {
        self.0.into_iter().fold(Count::default(), Count::and)
    }

    /// What has come since then.
    pub fn since(&self, then: &Tally) -> Tally {
        Tally(std::array::from_fn(|place| self.0[place] - then.0[place]))
    }
}

/// The first frame: its first byte, its payload, and where it ends (RFC 6455 §5.2; a server does not mask).
pub fn frame(bytes: &[u8]) -> Option<(u8, &[u8], usize)> {
    let (start, length) = match *bytes.get(1)? {
        126 => (4, usize::from(u16::from_be_bytes(*bytes.get(2..)?.first_chunk()?))),
        127 => (10, u64::from_be_bytes(*bytes.get(2..)?.first_chunk()?) as usize),
        short => (2, usize::from(short)),
    };
    Some((bytes[0], bytes.get(start..start + length)?, start + length))
}

/// The first string of this name, wherever it stands. Nobody here says anything that would have to be escaped.
pub fn text<'a>(json: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let rest = after(json, name)?.strip_prefix(b"\"")?;
    Some(&rest[..rest.iter().position(|&byte| byte == b'"')?])
}

pub fn word(json: &[u8], name: &str) -> Option<String> {
    text(json, name).map(|text| String::from_utf8_lossy(text).into_owned())
}

/// The first number of this name.
pub fn number(json: &[u8], name: &str) -> Option<u64> {
    number_at_start(after(json, name)?)
}

/// The first string of this name, if it is a number.
pub fn number_in_text(json: &[u8], name: &str) -> Option<u64> {
    number_at_start(text(json, name)?)
}

/// All numbers of this name, in their order.
pub fn numbers<'a>(mut json: &'a [u8], name: &'a str) -> impl Iterator<Item = u64> + 'a {
    std::iter::from_fn(move || {
        json = after(json, name)?;
        number_at_start(json)
    })
}

fn number_at_start(json: &[u8]) -> Option<u64> {
    let digits = json.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(None, |any, digit| Some(any.unwrap_or(0) * 10 + u64::from(digit - b'0')))
}

pub fn says(json: &[u8], name: &str, value: &[u8]) -> bool {
    after(json, name).is_some_and(|rest| rest.starts_with(value))
}

/// What stands behind `"name":`.
fn after<'a>(json: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let name = name.as_bytes();
    let mut from = 0;
    loop {
        let quote = from + json[from..].iter().position(|&byte| byte == b'"')?;
        let rest = &json[quote + 1..];
        if let Some(rest) = rest.strip_prefix(name).and_then(|rest| rest.strip_prefix(b"\":")) {
            return Some(rest);
        }
        from = quote + 1;
    }
}
