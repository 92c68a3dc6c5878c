//! A question, and what comes of it.

use super::chance::Chance;
use super::local::Zone;
use crate::history::{Millis, Number};

/// A question that has more bytes is none: so it takes no time.
pub(super) const LONGEST_QUESTION: usize = 4_000;
/// Of what somebody wants to be reminded of, in characters.
pub(super) const LONGEST_REMINDER: usize = 200;

/// What the robot is asked, and all that it may know.
pub(crate) struct Asked<'a> {
    /// What stands behind its name.
    pub question: &'a str,
    /// How it is called.
    pub name: &'a str,
    pub now: Millis,
    pub zone: &'a Zone,
    pub chance: &'a mut Chance<'a>,
}

/// In which language, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answered {
    pub language: Language,
    pub answer: Answer,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Say(String),
    /// They want to be reminded.
    Remind {
        due: Millis,
        is_by_clock: bool,
        text: String,
    },
    /// Of their reminders.
    List,
    Cancel(Number),
    /// It does not know; and what it would say of that, if nobody else does.
    Unknown(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Chinese,
}

impl Language {
    /// Chinese is what has a Chinese character in it; `None`: what has no letters at all.
    pub(super) fn of_text(text: &str) -> Option<Self> {
        let is_chinese = |c: char| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}');
        match () {
            () if text.chars().any(is_chinese) => Some(Language::Chinese),
            () if text.chars().any(char::is_alphabetic) => Some(Language::English),
            () => None,
        }
    }
}
