//! The file of the words: one in a line, and what becomes of a text that has it.

use std::fmt;

use super::text::Normal;

/// So many words, of so many characters.
const WORDS: usize = 100_000;
const LONGEST: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Refuse,
    Mask,
    Review,
}

#[derive(Debug, Clone)]
pub(super) struct Word {
    /// As they are looked for.
    pub letters: String,
    pub action: Action,
    /// It is found as the end, and as the beginning, of a longer word too.
    pub may_follow: bool,
    pub may_go_on: bool,
}

/// How many words there are of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Judged {
    pub refuse: usize,
    pub mask: usize,
    pub review: usize,
}

/// Why a file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    NoAction { line: usize, said: String },
    NoWord { line: usize },
    TooLong { line: usize },
    TooMany,
}

pub(super) fn parse(file: &str) -> Result<Vec<Word>, Fault> {
    let lines = (1..).zip(file.trim_start_matches('\u{feff}').lines().map(str::trim));
    let mut words = Vec::new();
    for (line, text) in lines.filter(|(_, text)| !text.is_empty() && !text.starts_with('#')) {
        words.push(word(line, text)?);
        if words.len() > WORDS {
            return Err(Fault::TooMany);
        }
    }
    Ok(words)
}

fn word(line: usize, text: &str) -> Result<Word, Fault> {
    let (word, action) = match text.rsplit_once('=') {
        None => (text, Action::Refuse),
        Some((word, action)) => (word.trim(), read(action).ok_or_else(|| no_action(line, action))?),
    };
    let (may_follow, word) = stripped(word, word.strip_prefix('*'));
    let (may_go_on, word) = stripped(word, word.strip_suffix('*'));
    let letters = Normal::of(word.trim()).into_letters();
    // Some signs stand for many.
    if word.chars().count().max(letters.chars().count()) > LONGEST {
        return Err(Fault::TooLong { line });
    }
    match letters.is_empty() {
        true => Err(Fault::NoWord { line }),
        false => Ok(Word { letters, action, may_follow, may_go_on }),
    }
}

fn stripped<'a>(whole: &'a str, stripped: Option<&'a str>) -> (bool, &'a str) {
    (stripped.is_some(), stripped.unwrap_or(whole))
}

/// What stands behind the sign, up to a comment.
fn read(action: &str) -> Option<Action> {
    let action = action.split('#').next().unwrap_or(action).trim();
    let is = |word: &str| action.eq_ignore_ascii_case(word);
    let all = [("refuse", Action::Refuse), ("mask", Action::Mask), ("review", Action::Review)];
    all.into_iter().find_map(|(word, action)| is(word).then_some(action))
}

fn no_action(line: usize, said: &str) -> Fault {
    Fault::NoAction { line, said: said.trim().chars().take(40).collect() }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::NoAction { line, said } => {
                write!(f, "line {line}: `{said}` is none of refuse, mask and review")
            }
            Fault::NoWord { line } => write!(f, "line {line}: there is no word in it"),
            Fault::TooLong { line } => write!(f, "line {line}: a word has at most {LONGEST} characters"),
            Fault::TooMany => write!(f, "there are more than {WORDS} words, or they are too long together"),
        }
    }
}

impl std::error::Error for Fault {}
