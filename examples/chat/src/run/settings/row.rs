//! A row of the table of settings: a name, a default, a line of help, and what a value looks like.

use std::ops::RangeInclusive;

use super::chosen::Settings;
use super::given::{Given, PREFIX};
use super::values;

pub(super) struct Row {
    /// Of the flag and in the file; the variable is called the same, in its own spelling.
    pub(super) name: &'static str,
    /// As one would write it. Empty: none.
    pub(super) default: &'static str,
    pub(super) help: &'static str,
    pub(super) kind: Kind,
}

/// What a value looks like, and where it goes.
pub(super) enum Kind {
    Switch(fn(&mut Settings, bool)),
    Number(RangeInclusive<u64>, fn(&mut Settings, u64)),
    /// Bytes.
    Size(RangeInclusive<u64>, fn(&mut Settings, u64)),
    /// The text is never empty: that stands for the default.
    Text(&'static str, fn(&mut Settings, &str) -> Result<(), String>),
    List(&'static str, fn(&mut Settings, &[String]) -> Result<(), String>),
}

pub(super) const fn row(name: &'static str, default: &'static str, help: &'static str, kind: Kind) -> Row {
    Row { name, default, help, kind }
}

impl Row {
    pub(super) fn variable(&self) -> String {
        format!("{PREFIX}{}", self.name.replace('-', "_").to_ascii_uppercase())
    }

    /// Puts a value in its place.
    ///
    /// # Errors
    ///
    /// What is wrong with it, and what is allowed.
    pub(super) fn set(&self, settings: &mut Settings, given: &Given) -> Result<(), String> {
        let text = match (given.texts.as_slice(), &self.kind) {
            (list, Kind::List(_, set)) => return set(settings, list),
            ([text], _) => text.as_str(),
            _ => return Err("one value, not a list".to_owned()),
        };
        match &self.kind {
            Kind::Switch(set) => set(settings, values::switch(text)?),
            Kind::Number(allowed, set) => set(settings, values::number(text, allowed)?),
            Kind::Size(allowed, set) => set(settings, values::size(text, allowed)?),
            Kind::Text(_, set) if !text.is_empty() => set(settings, text)?,
            Kind::Text(..) | Kind::List(..) => {}
        }
        Ok(())
    }
}
