//! Header fields that the application wants on the answers that the server gives by itself.

use super::{Answer, InvalidSetting};

/// Header fields of all of a server's own refusals.
#[derive(Debug, Clone, Default)]
pub(crate) struct RefusalFields {
    lines: String,
}

/// What some refusals say themselves. Two of them would say two things.
const OWN: [&str; 5] = ["Content-Type", "Allow", "Retry-After", "Upgrade", "Sec-WebSocket-Version"];

impl RefusalFields {
    /// Adds one, under the rules of [`Answer::header`].
    pub(crate) fn add(&mut self, name: &str, value: &str) -> Result<(), InvalidSetting> {
        if OWN.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            return Err(InvalidSetting::new(format!("the header field {name:?} is the server's to set")));
        }
        if let Some(fault) = Answer::refuse(400, "").header(name, value).fault() {
            return Err(InvalidSetting::new(fault.to_owned()));
        }
        for part in [name, ": ", value, "\r\n"] {
            self.lines.push_str(part);
        }
        Ok(())
    }

    /// Header lines, each with its CR LF.
    pub(crate) fn lines(&self) -> &str {
        &self.lines
    }
}
