//! What is measured: one case is one row of the table.

use std::fmt;

use clap::ValueEnum;
use serde::Serialize;

/// What a server does with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Duty {
    /// It goes back to its sender.
    Echo,
    /// It goes to everybody, the sender included, as it came.
    Broadcast,
}

/// What is around the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Wrapping {
    Bare,
    Tls,
    /// permessage-deflate, each message by itself.
    Deflate,
    /// permessage-deflate, and the server keeps its context and the client's. (The client does not make use of its own.)
    Contexts,
}

impl Wrapping {
    pub(crate) fn is_compressed(self) -> bool {
        matches!(self, Wrapping::Deflate | Wrapping::Contexts)
    }

    /// Of the name of a row.
    fn suffix(self) -> &'static str {
        match self {
            Wrapping::Bare => "",
            Wrapping::Tls => ", over TLS",
            Wrapping::Deflate => ", compressed",
            Wrapping::Contexts => ", compressed in contexts",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Content {
    Ascii,
    Chinese,
    Binary,
    /// What a program tells a browser, and each time something else.
    Json,
}

#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Case {
    pub(crate) duty: Duty,
    pub(crate) content: Content,
    pub(crate) wrapping: Wrapping,
    /// Bytes of one message.
    pub(crate) size: usize,
    pub(crate) connections: usize,
    /// Messages under way at any time: on each connection in an echo, in all in a broadcast.
    pub(crate) outstanding: usize,
    /// Part of `--quick` too.
    #[serde(skip)]
    pub(crate) quick: bool,
}

/// So many connections of a broadcast speak; all of them listen.
pub(crate) const SENDERS: usize = 10;

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

/// Every case, in the order of the table.
pub(crate) fn all() -> Vec<Case> {
    let echo = |size, content, connections, outstanding, quick| Case {
        duty: Duty::Echo,
        content,
        wrapping: Wrapping::Bare,
        size,
        connections,
        outstanding,
        quick,
    };
    let mut cases = vec![
        echo(20, Content::Ascii, 100, 1, false),
        echo(20, Content::Ascii, 100, 16, true),
        echo(20, Content::Ascii, 1000, 1, false),
        echo(20, Content::Ascii, 1000, 16, false),
        echo(KIB, Content::Ascii, 100, 1, false),
        echo(16 * KIB, Content::Binary, 100, 1, false),
        echo(16 * KIB, Content::Ascii, 100, 1, false),
        echo(16 * KIB, Content::Chinese, 100, 1, true),
        echo(MIB, Content::Binary, 10, 1, false),
        echo(MIB, Content::Chinese, 10, 1, false),
    ];
    for size in [64, KIB] {
        for connections in [100, 1000] {
            for outstanding in [10, 30, 160] {
                let quick = size == 64 && connections == 1000 && outstanding > 10;
                let (duty, content) = (Duty::Broadcast, Content::Ascii);
                let wrapping = Wrapping::Bare;
                cases.push(Case { duty, content, wrapping, size, connections, outstanding, quick });
            }
        }
    }
    cases.extend(over_tls());
    cases.extend(compressed());
    cases
}

fn over_tls() -> Vec<Case> {
    let case = |duty, size, connections, outstanding| Case {
        duty,
        content: Content::Ascii,
        wrapping: Wrapping::Tls,
        size,
        connections,
        outstanding,
        quick: false,
    };
    vec![
        case(Duty::Echo, 20, 100, 1),
        case(Duty::Echo, 20, 100, 16),
        case(Duty::Echo, 20, 1000, 1),
        case(Duty::Echo, KIB, 100, 1),
        case(Duty::Echo, 16 * KIB, 100, 1),
        case(Duty::Broadcast, 64, 100, 30),
        case(Duty::Broadcast, KIB, 1000, 30),
    ]
}

fn compressed() -> Vec<Case> {
    let case = |duty, wrapping, size, connections, outstanding| Case {
        duty,
        content: Content::Json,
        wrapping,
        size,
        connections,
        outstanding,
        quick: false,
    };
    let mut cases = Vec::new();
    for wrapping in [Wrapping::Deflate, Wrapping::Contexts] {
        cases.extend([200, KIB, 16 * KIB].map(|size| case(Duty::Echo, wrapping, size, 100, 1)));
        cases.push(case(Duty::Broadcast, wrapping, KIB, 100, 10));
    }
    cases.insert(3, case(Duty::Echo, Wrapping::Deflate, 200, 1000, 1));
    cases
}

/// So many different messages take turns where they are to differ.
const VARIETY: u64 = 256;

impl Case {
    /// The messages: one, or as many as there are where each is to be different.
    pub(crate) fn payloads(&self) -> Vec<Vec<u8>> {
        match self.content {
            Content::Json => (0..VARIETY).map(|number| json(number, self.size)).collect(),
            _ => vec![self.payload()],
        }
    }

    /// The message: valid text where it is text, and never the same character for long.
    pub(crate) fn payload(&self) -> Vec<u8> {
        match self.content {
            Content::Ascii => (b' '..=b'~').cycle().take(self.size).collect(),
            Content::Json => json(0, self.size),
            Content::Binary => (0..self.size).map(|at| (at.wrapping_mul(167) >> 3) as u8).collect(),
            Content::Chinese => {
                let characters = ('\u{4e00}'..'\u{9fa5}').step_by(7).cycle();
                let mut text: String = characters.take(self.size / 3).collect();
                text.extend(std::iter::repeat_n('.', self.size % 3));
                text.into_bytes()
            }
        }
    }

    pub(crate) fn is_text(&self) -> bool {
        self.content != Content::Binary
    }
}

/// The same keys again and again, words that come often, and numbers: as long as wanted, though cut at its end.
fn json(number: u64, size: usize) -> Vec<u8> {
    const WORDS: [&str; 32] = [
        "status",
        "pending",
        "the",
        "order",
        "market",
        "user",
        "alice",
        "bob",
        "is",
        "quick",
        "brown",
        "message",
        "room",
        "hello",
        "world",
        "price",
        "update",
        "of",
        "and",
        "to",
        "temperature",
        "sensor",
        "value",
        "shipped",
        "queue",
        "worker",
        "task",
        "done",
        "error",
        "retry",
        "in",
        "on",
    ];
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut text = format!(r#"{{"type":"event","seq":{number},"items":["#);
    while text.len() < size {
        let (a, b) = (next(), next());
        let word = |bits: u64| WORDS[(bits % 32) as usize];
        text += &format!(
            r#"{{"id":{},"name":"{} {}","score":{}.{:02},"active":{},"text":"{} {} {} {}"}},"#,
            a >> 40,
            word(a),
            word(a >> 5),
            b % 1000,
            b >> 20 & 63,
            b >> 30 & 1 == 0,
            word(b >> 32),
            word(b >> 37),
            word(b >> 42),
            word(b >> 47)
        );
    }
    text.truncate(size - 2);
    text += "]}";
    text.into_bytes()
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.size {
            MIB.. => write!(f, "{} MiB", self.size / MIB)?,
            KIB.. => write!(f, "{} KiB", self.size / KIB)?,
            _ => write!(f, "{} B", self.size)?,
        }
        match (self.duty, self.content) {
            (Duty::Broadcast, _) => {
                write!(f, " to {}, {} outstanding", self.connections, self.outstanding)?;
                return f.write_str(self.wrapping.suffix());
            }
            (_, Content::Ascii) if self.size <= KIB => write!(f, " text")?,
            (_, Content::Ascii) => write!(f, " ASCII text")?,
            (_, Content::Json) => write!(f, " JSON")?,
            (_, Content::Chinese) => write!(f, " Chinese text")?,
            (_, Content::Binary) => write!(f, " binary")?,
        }
        write!(f, ", {} × {}", self.connections, self.outstanding)?;
        f.write_str(self.wrapping.suffix())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_payload_has_its_size_and_is_what_it_claims_to_be() {
        for case in all() {
            let payload = case.payload();
            assert_eq!(payload.len(), case.size, "{case}");
            let is_ascii = matches!(case.content, Content::Ascii | Content::Json);
            assert_eq!(payload.is_ascii(), is_ascii, "{case}");
            assert_eq!(std::str::from_utf8(&payload).is_ok(), case.is_text(), "{case}");
        }
    }

    #[test]
    fn where_messages_are_to_differ_they_do_and_have_one_size() {
        for case in all().iter().filter(|case| case.content == Content::Json) {
            let mut payloads = case.payloads();
            assert!(payloads.iter().all(|payload| payload.len() == case.size));
            payloads.sort();
            payloads.dedup();
            assert_eq!(payloads.len() as u64, VARIETY);
        }
    }

    #[test]
    fn no_two_cases_have_the_same_name() {
        let mut names: Vec<_> = all().iter().map(|case| format!("{:?} {case}", case.duty)).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all().len());
    }

    #[test]
    fn the_senders_share_what_is_outstanding_evenly() {
        for case in all().iter().filter(|case| case.duty == Duty::Broadcast) {
            assert_eq!(case.outstanding % SENDERS, 0, "{case}");
            assert!(case.connections >= SENDERS, "{case}");
        }
    }
}
