//! The pieces of a line: words, names with spaces, how long something lasts.

use crate::ask::{Ask, LONGEST_RESTRAINT};

/// A command is a row: what it looks like, in `/help` and when it is written otherwise, and what it means.
pub(super) struct Command {
    /// The word that it begins with is its name.
    pub form: &'static str,
    pub does: &'static str,
    /// What is asked by the rest of the line. `None`: something is missing.
    pub means: for<'a> fn(&'a str, &Names<'_>) -> Option<Ask<'a>>,
}

/// A name may have spaces, and the longest one that somebody has is meant.
pub(super) struct Names<'f> {
    pub is_somebody: &'f dyn Fn(&str) -> bool,
    /// They have at most so many characters.
    pub longest: usize,
}

/// The first word, and what follows it.
pub(super) fn split(text: &str) -> (&str, &str) {
    match text.split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest.trim()),
        None => (text, ""),
    }
}

/// What comes before the last word, and that.
pub(super) fn split_last(text: &str) -> (&str, &str) {
    match text.rsplit_once(char::is_whitespace) {
        Some((rest, word)) => (rest.trim_end(), word),
        None => ("", text),
    }
}

/// A name or a room, which may stand in quotes, and behind the sign that marks it elsewhere.
pub(super) fn unquoted(text: &str) -> Option<&str> {
    let name = text.strip_prefix(['@', '#']).unwrap_or(text);
    let name = if let Some((name, "")) = quoted(name) { name } else { name };
    Some(name).filter(|name| !name.is_empty())
}

/// What stands in quotes at the beginning, and what follows it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix(['"', '“', '”'])?;
    let (name, rest) = text.split_once(['"', '“', '”'])?;
    Some((name.trim(), rest.trim_start()))
}

/// To whom, and what: a name in quotes, or the longest that somebody has, or the first word.
pub(super) fn addressee<'a>(text: &'a str, names: &Names<'_>) -> (&'a str, &'a str) {
    let text = text.strip_prefix('@').unwrap_or(text);
    quoted(text).or_else(|| longest(text, names)).unwrap_or_else(|| split(text))
}

/// Whom, and what else, which may be nothing: so all of the text may be their name.
pub(super) fn somebody<'a>(text: &'a str, names: &Names<'_>) -> Option<(&'a str, &'a str)> {
    let name = text.strip_prefix('@').unwrap_or(text);
    let is_one = name.chars().nth(names.longest).is_none() && (names.is_somebody)(name);
    let (name, rest) = if is_one { (name, "") } else { addressee(text, names) };
    Some((name, rest)).filter(|(name, _)| !name.is_empty())
}

/// The longest name that somebody has, and what follows it.
fn longest<'a>(text: &'a str, names: &Names<'_>) -> Option<(&'a str, &'a str)> {
    let spaces = text.char_indices().take(names.longest + 1).filter(|(_, c)| c.is_whitespace());
    let ends = spaces.map(|(at, _)| at).collect::<Vec<_>>();
    let known = ends.iter().rev().map(|&end| text.split_at(end)).find(|(name, _)| (names.is_somebody)(name));
    known.map(|(name, rest)| (name, rest.trim_start()))
}

/// How long, in seconds, and what follows it: `10m spam`, `2h`, `3d`; without one it is for ever. `None`: no time is so long
/// or so short.
pub(super) fn lasting(text: &str) -> Option<(Option<u64>, &str)> {
    let (word, rest) = split(text);
    let digits = word.strip_suffix(['m', 'h', 'd']).filter(|it| !it.is_empty());
    let Some(digits) = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())) else {
        return Some((None, text));
    };
    let unit = match word.as_bytes()[digits.len()] {
        b'm' => 60,
        b'h' => 3_600,
        _ => 86_400,
    };
    let seconds = digits.parse::<u64>().ok()?.checked_mul(unit)?;
    (1..=LONGEST_RESTRAINT).contains(&seconds).then_some((Some(seconds), rest))
}
