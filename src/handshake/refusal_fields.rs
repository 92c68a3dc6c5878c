//! Header fields that the application wants on the answers that the server gives by itself.

use super::{Answer, InvalidSetting, Refusal};

/// Header fields of all of a server's own refusals.
#[derive(Debug, Clone, Default)]
pub(crate) struct RefusalFields {
    lines: String,
}

impl RefusalFields {
    /// Adds one, under the rules of [`Answer::header`].
    pub(crate) fn add(&mut self, name: &str, value: &str) -> Result<(), InvalidSetting> {
        if is_own(name) {
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

/// Is it what all refusals have, or some of them? Two of them would say two things.
fn is_own(name: &str) -> bool {
    let of_some = Refusal::ALL.iter().flat_map(|refusal| refusal.fields()).map(|&(own, _)| own);
    of_some.chain(["Content-Type"]).any(|own| own.eq_ignore_ascii_case(name))
}
