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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Content {
    Ascii,
    Chinese,
    Binary,
}

#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Case {
    pub(crate) duty: Duty,
    pub(crate) content: Content,
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
                cases.push(Case { duty, content, size, connections, outstanding, quick });
            }
        }
    }
    cases
}

impl Case {
    /// The message: valid text where it is text, and never the same character for long.
    pub(crate) fn payload(&self) -> Vec<u8> {
        match self.content {
            Content::Ascii => (b' '..=b'~').cycle().take(self.size).collect(),
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

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.size {
            MIB.. => write!(f, "{} MiB", self.size / MIB)?,
            KIB.. => write!(f, "{} KiB", self.size / KIB)?,
            _ => write!(f, "{} B", self.size)?,
        }
        match (self.duty, self.content) {
            (Duty::Broadcast, _) => {
                return write!(f, " to {}, {} outstanding", self.connections, self.outstanding);
            }
            (_, Content::Ascii) if self.size <= KIB => write!(f, " text")?,
            (_, Content::Ascii) => write!(f, " ASCII text")?,
            (_, Content::Chinese) => write!(f, " Chinese text")?,
            (_, Content::Binary) => write!(f, " binary")?,
        }
        write!(f, ", {} × {}", self.connections, self.outstanding)
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
            assert_eq!(payload.is_ascii(), case.content == Content::Ascii, "{case}");
            assert_eq!(std::str::from_utf8(&payload).is_ok(), case.is_text(), "{case}");
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
