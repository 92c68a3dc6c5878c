//! What people and rooms may be called, and which names look the same.
//!
//! A name is letters, marks and digits of any script, and single separators between them: `Dr. Who`, `O’Neil`, `Tea time`.
//! It is shown as it was chosen (in NFKC), and nobody else may have one that looks like it; [`fold`] knows which those are.
//! No emoji: they have many forms that look alike, and no keyboard has all of them for whoever wants to call somebody.

pub(crate) mod fold;

use std::fmt;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};
use unicode_script::UnicodeScript;
use unicode_security::general_security_profile::{GeneralSecurityProfile, IdentifierType};

use crate::model::legible::is_blank;

pub(crate) use fold::{Keys, fold_letter, fold_person, fold_room};

/// A name that may be had, if nobody has one that looks like it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub shown: String,
    pub keys: Keys,
}

/// Why a name cannot be had by anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NameFault {
    whose: Whose,
    rule: Rule,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Person,
    Room,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Length { max: usize },
    Character(char),
    Edge,
    Separators,
    Marks,
    Reserved,
    Guest,
}

/// The rule, for who broke it.
const LETTERS: &str = "has letters and digits, and between them single spaces or _ - . ' ’ ·";

/// What may stand between letters. Of the two dots the second is the one between Japanese words.
const SEPARATORS: [char; 8] = [' ', '_', '-', '.', '\'', '’', '·', '・'];

/// No name looks like one of these. Rooms may be called lobby.
const RESERVED: [&str; 29] = [
    "server",
    "operator",
    "the operator",
    "owner",
    "system",
    "admin",
    "administrator",
    "moderator",
    "root",
    "pollcat",
    "everyone",
    "everybody",
    "all",
    "here",
    "me",
    "you",
    "nobody",
    "guest",
    LOBBY,
    PRIVATE,
    "服务器",
    "系统",
    "管理员",
    "服務器",
    "伺服器",
    "系統",
    "管理員",
    "所有人",
    "大厅",
];
const LOBBY: &str = "lobby";
/// Text clients read `[tea]` before what was said in a room, and `[private]` before what was said to them alone.
const PRIVATE: &str = "private";
const GUEST: &str = "guest";
/// Whoever has erased themself is called `gone-7`.
const GONE: &str = "gone";

/// A name that millions have, though it has the key of `all`.
const ALI: [&str; 3] = ["Ali", "ali", "ALI"];

/// Vietnamese and Hebrew names, decomposed, have two marks that stack on one letter; towers begin after that.
const MAX_STACKED: usize = 2;
/// Burmese syllables have as many signs after a letter.
const MAX_MARKS: usize = 4;

/// As [`check_disguise`] looks at names: without what separates.
static RESERVED_FOLDED: LazyLock<Vec<String>> = LazyLock::new(|| {
    RESERVED.map(|name| fold_person(&name.chars().filter(|&c| !is_separator(c)).collect::<String>())).to_vec()
});
/// What is followed by a number, and the digits of it.
static NUMBERED_FOLDED: LazyLock<([String; 2], Vec<String>)> = LazyLock::new(|| {
    let digits = ('0'..='9').map(|digit| fold_person(&digit.to_string()));
    ([GUEST, GONE].map(fold_person), digits.collect())
});

/// May somebody be called this? `max` is in characters.
///
/// # Errors
///
/// The rule that it breaks, in words for people.
pub(crate) fn check_person(name: &str, max: usize) -> Result<Name, NameFault> {
    let shown = check(name, max).map_err(|rule| NameFault { whose: Whose::Person, rule })?;
    Ok(Name { keys: Keys::of_person(&shown), shown })
}

/// May a room be called this?
///
/// # Errors
///
/// The rule that it breaks, in words for people.
pub(crate) fn check_room(name: &str, max: usize) -> Result<Name, NameFault> {
    let fault = |rule| NameFault { whose: Whose::Room, rule };
    let shown = match check(name, max) {
        Err(Rule::Reserved) if fold_room(name) == LOBBY => name.nfkc().collect(),
        other => other.map_err(fault)?,
    };
    Ok(Name { keys: Keys::of_room(&shown), shown })
}

/// What a guest is called until they choose a name. Nobody can choose one of these.
pub(crate) fn guest_name(number: u64) -> String {
    format!("{GUEST}-{number}")
}

/// Is it this one? Asked for every message, so nothing is written for it.
pub(crate) fn is_guest_name(name: &str, number: u64) -> bool {
    let digits = name.strip_prefix(GUEST).and_then(|rest| rest.strip_prefix('-'));
    digits.is_some_and(|digits| !digits.starts_with(['+', '0']) && digits.parse() == Ok(number))
        || number == 0 && digits == Some("0")
}

/// The name in NFKC, if it keeps the rules that people and rooms share.
fn check(name: &str, max: usize) -> Result<String, Rule> {
    // Four characters at most become one; what is longer need not be looked at.
    if name.chars().nth(max.saturating_mul(4)).is_some() {
        return Err(Rule::Length { max });
    }
    let shown: String = name.nfkc().collect();
    if let Some(stranger) = shown.chars().find(|c| !is_allowed(*c)) {
        return Err(Rule::Character(stranger));
    }
    if !(1..=max).contains(&shown.chars().count()) {
        return Err(Rule::Length { max });
    }
    check_separators(&shown)?;
    check_marks(&shown)?;
    check_disguise(&shown)?;
    Ok(shown)
}

/// What the chat says itself is said by nobody else, however they space its names out or mix capitals of other scripts in.
fn check_disguise(name: &str) -> Result<(), Rule> {
    let letters: String = name.chars().filter(|&c| !is_separator(c)).collect();
    let capitals = (!letters.is_ascii()).then(|| Keys::of_person(&letters.to_uppercase()));
    let spelled: Vec<Keys> = std::iter::once(Keys::of_person(&letters)).chain(capitals).collect();
    let keys: Vec<&str> = spelled.iter().flat_map(Keys::iter).collect();
    let is_reserved = |key: &&str| RESERVED_FOLDED.iter().any(|reserved| reserved == key);
    if !ALI.contains(&name) && keys.iter().any(is_reserved) {
        return Err(Rule::Reserved);
    }
    match keys.into_iter().any(is_numbered) {
        true => Err(Rule::Guest),
        false => Ok(()),
    }
}

/// Letters, digits and marks of any script, and a few separators. UTS #39 knows which of them are deprecated or
/// cannot be seen.
pub(crate) fn is_allowed(c: char) -> bool {
    use IdentifierType::{Default_Ignorable, Deprecated, Not_Character, Not_NFKC, Not_XID};
    let outcast = || {
        matches!(
            c.identifier_type(),
            None | Some(Not_Character | Deprecated | Default_Ignorable | Not_NFKC | Not_XID)
        )
    };
    is_separator(c) || ((c.is_alphanumeric() || is_combining_mark(c)) && !outcast() && !is_blank(c))
}

/// Han, kana, Hangul: words are not set apart, as in `@小明你好`.
pub(crate) fn is_spaceless(c: char) -> bool {
    c >= '\u{2e80}'
}

pub(crate) fn is_separator(c: char) -> bool {
    SEPARATORS.contains(&c)
}

/// Separators stand between others, one at a time; but for a space behind the dot of `Dr. Who`.
fn check_separators(name: &str) -> Result<(), Rule> {
    if name.starts_with(|c| is_separator(c) || is_combining_mark(c)) || name.ends_with(is_separator) {
        return Err(Rule::Edge);
    }
    let doubled = |(one, other)| is_separator(one) && is_separator(other) && (one, other) != ('.', ' ');
    match name.chars().zip(name.chars().skip(1)).any(doubled) {
        true => Err(Rule::Separators),
        false => Ok(()),
    }
}

/// Marks sit on a letter of their script, few at a time, and none twice. A tower of them would cover the lines above;
/// what another script does with them, no font knows, and most draw nothing.
fn check_marks(name: &str) -> Result<(), Rule> {
    let (mut marks, mut stacked, mut previous, mut letter) = (0, 0, '\0', '\0');
    for c in name.chars() {
        if is_combining_mark(c) {
            marks += 1;
            stacked += usize::from(canonical_combining_class(c) != 0);
            let is_stranger = c.script_extension().intersection(letter.script_extension()).is_empty();
            if marks > MAX_MARKS
                || stacked > MAX_STACKED
                || c == previous
                || is_separator(letter)
                || is_stranger
            {
                return Err(Rule::Marks);
            }
        } else {
            (marks, stacked, letter) = (0, 0, c);
        }
        previous = c;
    }
    Ok(())
}

/// `guest` or `gone` and a number, or what looks like it: `l` is as good as 1, and there are many dashes that are letters.
fn is_numbered(folded: &str) -> bool {
    let (words, digits) = &*NUMBERED_FOLDED;
    let Some(rest) = words.iter().find_map(|word| folded.strip_prefix(word.as_str())) else {
        return false;
    };
    let behind_a_dash = rest.chars().next().map(|dash| &rest[dash.len_utf8()..]);
    [Some(rest), behind_a_dash].into_iter().flatten().any(|number| {
        let mut rest = number;
        while let Some(after) = digits.iter().find_map(|digit| rest.strip_prefix(digit.as_str())) {
            rest = after;
        }
        rest.is_empty() && !number.is_empty()
    })
}

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.whose {
            Whose::Person => "a name",
            Whose::Room => "a room's name",
        };
        match self.rule {
            Rule::Length { max } => write!(f, "{what} has 1 to {max} characters"),
            Rule::Character(c) if c.is_whitespace() || c.is_control() || c.escape_debug().len() > 1 => {
                write!(f, "{what} {LETTERS}, not the character U+{:04X}", c as u32)
            }
            Rule::Character(c) => write!(f, "{what} {LETTERS}, not {c}"),
            Rule::Edge => write!(f, "{what} begins and ends with a letter or a digit"),
            Rule::Separators => write!(f, "{what} {LETTERS}, one at a time"),
            Rule::Marks => write!(f, "{what} has few marks on one letter, and only those of its script"),
            Rule::Reserved => write!(f, "{what} cannot look like one that the chat uses itself"),
            Rule::Guest => write!(f, "{what} cannot look like that of a guest, or of who is gone"),
        }
    }
}

impl std::error::Error for NameFault {}

#[cfg(test)]
#[path = "names_tests.rs"]
mod tests;
