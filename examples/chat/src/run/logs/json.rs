//! A line of the log as a JSON object (RFC 8259), for programs that collect logs. It is written by hand: what is logged is
//! never read by the chat, and the log must not depend on anything that may fail.

use std::fmt::{self, Write};

use jiff::Timestamp;
use log::Level;
use log::kv::{Error, Key, Source, Value, VisitSource, VisitValue};

use super::danger::is_dangerous;

/// Keys that every line has.
const OWN: [&str; 3] = ["time", "level", "msg"];

/// `{"time":…,"level":…,"msg":…}`, and the fields of the line behind that.
pub(super) fn object(level: Level, words: impl fmt::Display, fields: &dyn Source) -> String {
    let mut text = format!("{{\"time\":\"{:.3}\",\"level\":\"{}\",\"msg\":", Timestamp::now(), word(level));
    string(&mut text, words);
    // Only writing fails, and a text takes everything.
    let _ = fields.visit(&mut Fields(&mut text));
    text.push('}');
    text
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warn => "warn",
        Level::Info => "info",
        Level::Debug => "debug",
        Level::Trace => "trace",
    }
}

struct Fields<'a>(&'a mut String);

impl<'kvs> VisitSource<'kvs> for Fields<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        if OWN.contains(&key.as_str()) {
            return Ok(());
        }
        self.0.push(',');
        string(self.0, key.as_str());
        self.0.push(':');
        value.visit(Written(self.0))
    }
}

/// A value as JSON has it.
struct Written<'a>(&'a mut String);

impl<'v> VisitValue<'v> for Written<'_> {
    fn visit_any(&mut self, value: Value<'_>) -> Result<(), Error> {
        string(self.0, value);
        Ok(())
    }

    fn visit_null(&mut self) -> Result<(), Error> {
        self.0.push_str("null");
        Ok(())
    }

    fn visit_u64(&mut self, value: u64) -> Result<(), Error> {
        Ok(write!(self.0, "{value}")?)
    }

    fn visit_i64(&mut self, value: i64) -> Result<(), Error> {
        Ok(write!(self.0, "{value}")?)
    }

    fn visit_f64(&mut self, value: f64) -> Result<(), Error> {
        // There are no others in JSON.
        if value.is_finite() { Ok(write!(self.0, "{value}")?) } else { self.visit_null() }
    }

    fn visit_bool(&mut self, value: bool) -> Result<(), Error> {
        Ok(write!(self.0, "{value}")?)
    }
}

fn string(text: &mut String, said: impl fmt::Display) {
    text.push('"');
    let _ = write!(Escaping(text), "{said}");
    text.push('"');
}

/// What may not stand in a string, and what would do something to a terminal, stands there as its number.
struct Escaping<'a>(&'a mut String);

impl Write for Escaping<'_> {
    fn write_str(&mut self, said: &str) -> fmt::Result {
        for c in said.chars() {
            match c {
                '"' | '\\' => self.0.extend(['\\', c]),
                '\n' => self.0.push_str("\\n"),
                // None of those needs two of them.
                c if is_dangerous(c) => write!(self.0, "\\u{:04x}", u32::from(c))?,
                c => self.0.push(c),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_an_object_whatever_a_client_has_chosen() {
        let table = [
            ("plain 你好 😀", "plain 你好 😀"),
            ("\"quoted\" \\", "\\\"quoted\\\" \\\\"),
            ("a\n{\"level\":\"error\"}", "a\\n{\\\"level\\\":\\\"error\\\"}"),
            ("\r\t\0\u{1b}[2J\u{7f}", "\\u000d\\u0009\\u0000\\u001b[2J\\u007f"),
            ("\u{85}\u{202e}\u{2028}", "\\u0085\\u202e\\u2028"),
        ];
        for (said, written) in table {
            let line = object(Level::Info, said, &[("name", said)]);
            let behind = line.split_once("Z\",").expect("a time").1;
            assert_eq!(behind, format!(r#""level":"info","msg":"{written}","name":"{written}"}}"#));
        }
        for c in '\0'..=char::MAX {
            let line = object(Level::Info, c, &[("c", c)]);
            assert!(!line.contains(char::is_control), "{c:?}");
        }
    }

    #[test]
    fn fields_keep_their_types_and_take_nobody_elses_place() {
        let fields = [
            ("n", Value::from(7_u64)),
            ("less", Value::from(-7_i64)),
            ("part", Value::from(0.5)),
            ("endless", Value::from(f64::INFINITY)),
            ("is", Value::from(true)),
            ("none", Value::null()),
            ("level", Value::from("error")),
            ("big", Value::from(u128::MAX)),
        ];
        let line = object(Level::Warn, "x", &&fields[..]);
        let behind = line.split_once("Z\",").expect("a time").1;
        let expected = r#""level":"warn","msg":"x","n":7,"less":-7,"part":0.5,"endless":null,"is":true,"none":null,"big":"340282366920938463463374607431768211455"}"#;
        assert_eq!(behind, expected);
        let time = line.split('"').nth(3).and_then(|time| time.parse::<Timestamp>().ok());
        assert!(line.starts_with(r#"{"time":""#) && time.is_some(), "{line}");
    }
}
