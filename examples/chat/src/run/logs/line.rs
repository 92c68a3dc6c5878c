//! A line of the log: when, how bad, and words that stay within it.

use std::fmt::{self, Write as _};

use jiff::Timestamp;
use log::Level;
use log::kv::Source;

use super::danger::is_dangerous;
use super::json;
use crate::run::settings::LogFormat;

/// What lines look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) format: LogFormat,
    /// They go to systemd's journal. It takes the priority by which it knows how bad it is (sd-daemon(3)) off again, and
    /// writes the time itself.
    pub(super) is_journal: bool,
}

/// The line, with its end. The fields are for programs: people find the same in the words.
pub(super) fn line(look: Look, level: Level, words: impl fmt::Display, fields: &dyn Source) -> String {
    let priority = if look.is_journal { format!("<{}>", priority(level)) } else { String::new() };
    match look.format {
        LogFormat::Json => format!("{priority}{}\n", json::object(level, words, fields)),
        LogFormat::Text if look.is_journal => format!("{priority}{}\n", OneLine(words)),
        LogFormat::Text => format!("{:.3} {level:5} {}\n", Timestamp::now(), OneLine(words)),
    }
}

fn priority(level: Level) -> u8 {
    match level {
        Level::Error => 3,
        Level::Warn => 4,
        Level::Info => 6,
        Level::Debug | Level::Trace => 7,
    }
}

/// Words that cannot begin a line of their own, nor turn the direction of the one they are in: a client may have
/// chosen some of them.
struct OneLine<T>(T);

impl<T: fmt::Display> fmt::Display for OneLine<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaping(f), "{}", self.0)
    }
}

struct Escaping<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl fmt::Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut plain_from = 0;
        for (place, c) in text.char_indices().filter(|(_, c)| is_dangerous(*c)) {
            self.0.write_str(&text[plain_from..place])?;
            write!(self.0, "{}", c.escape_default())?;
            plain_from = place + c.len_utf8();
        }
        self.0.write_str(&text[plain_from..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_cannot_forge_a_line() {
        let table = [
            ("plain 你好 \"quoted\" \\", "plain 你好 \"quoted\" \\"),
            ("a\n2026-11-21T10:00:00.000Z ERROR b", "a\\n2026-11-21T10:00:00.000Z ERROR b"),
            ("\r\t\0\u{1b}[2J\u{7f}", "\\r\\t\\u{0}\\u{1b}[2J\\u{7f}"),
            ("\u{85}\u{9b}1m", "\\u{85}\\u{9b}1m"),
            ("\u{202e}txt\u{2069}\u{2028}", "\\u{202e}txt\\u{2069}\\u{2028}"),
            ("", ""),
        ];
        for (said, written) in table {
            assert_eq!(OneLine(said).to_string(), written);
        }
        for c in '\0'..=char::MAX {
            let line = OneLine(c).to_string();
            assert_eq!((line.lines().count(), line.contains(char::is_control)), (1, false), "{c:?}");
        }
    }

    #[test]
    fn the_time_is_in_utc_and_the_journal_has_its_own() {
        let look = |format, is_journal| Look { format, is_journal };
        let line = |look, level, words| super::line(look, level, words, &[("field", 1)]);
        let timed = line(look(LogFormat::Text, false), Level::Info, "a\nb");
        let (time, rest) = timed.split_at(24);
        assert!(
            time.as_bytes()[10] == b'T' && time.ends_with('Z') && time.parse::<Timestamp>().is_ok(),
            "{timed}"
        );
        assert_eq!(rest, " INFO  a\\nb\n");
        let levels = [
            (Level::Error, "<3>x\n"),
            (Level::Warn, "<4>x\n"),
            (Level::Info, "<6>x\n"),
            (Level::Debug, "<7>x\n"),
        ];
        for (level, written) in levels {
            assert_eq!(line(look(LogFormat::Text, true), level, "x"), written);
        }
        let json = line(look(LogFormat::Json, true), Level::Warn, "x");
        assert!(json.starts_with("<4>{\"time\":\"") && json.ends_with(",\"field\":1}\n"), "{json}");
    }
}
