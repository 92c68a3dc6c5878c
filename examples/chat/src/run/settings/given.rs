//! What was said of a setting, and where.

use super::values;
use std::borrow::Cow;

/// Of the variables of the environment.
pub(super) const PREFIX: &str = "POLLCAT_";

/// A value, and where it was said.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub texts: Vec<String>,
    pub place: Place,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Place {
    Flag,
    Environment,
    File {
        name: String,
        line: usize,
    },
    /// In one of those, before.
    Said,
    Default,
}

/// A setting as it is in force, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InForce {
    pub name: &'static str,
    pub value: String,
    /// The same in its parts, if it is a list.
    pub texts: Vec<String>,
    /// Nobody has said anything else.
    pub is_default: bool,
}

impl InForce {
    /// Its value, for the log and for those who govern. The query of an address may be a secret, and a password is one: they are for whoever has written them.
    pub(crate) fn shown(&self) -> Cow<'_, str> {
        match self.value.split_once('?') {
            Some((before, _)) if self.name == "robot-hook" => format!("{before}?...").into(),
            _ if self.name == "log" => {
                let shown: Vec<_> = self.texts.iter().map(|text| values::without_password(text)).collect();
                shown.join(", ").into()
            }
            _ => (&*self.value).into(),
        }
    }
}
