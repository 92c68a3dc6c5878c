//! What people and rooms may be called, and which names look the same.
//!
//! A name is shown as it was chosen (in NFKC), and nobody else may have one with the same *folded* form:
//!
//! ```text
//!   Alice  ALICE  ａｌｉｃｅ  a1ice  AIice  Аlice (with a Cyrillic А)   ──▶   allce
//! ```
//!
//! Folding is NFKC, upper and lower case made one, and the skeleton of UTS #39 §4, over and over until nothing changes:
//! what one of them makes is often something for another. Of a person's name, `i` and `l` are one as well: otherwise
//! either `AIice` would be nobody's, or `ALICE` not be `alice`. Rooms keep them apart; `fail` and `fall` are two topics.

use std::fmt;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};
use unicode_security::confusable_detection::skeleton;
use unicode_security::general_security_profile::{GeneralSecurityProfile, IdentifierType};

/// A name that may be had, if nobody has one that looks like it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub shown: String,
    /// The same for all names that look like this one.
    pub folded: String,
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
    Marks,
    Reserved,
    Guest,
}

/// What may stand between letters.
const PUNCTUATION: [char; 5] = ['_', '-', '.', '\'', '·'];

/// No name looks like one of these. Rooms may be called lobby.
const RESERVED: [&str; 22] = [
    "server",
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
    "所有人",
    "大厅",
];
const LOBBY: &str = "lobby";
/// Text clients read `[tea]` before what was said in a room, and `[private]` before what was said to them alone.
const PRIVATE: &str = "private";
const GUEST: &str = "guest-";

/// Vietnamese and Hebrew names, decomposed, have two marks that stack on one letter; towers begin after that.
const MAX_STACKED: usize = 2;
/// Burmese syllables have as many signs after a letter.
const MAX_MARKS: usize = 4;

/// Folding takes its time, and anybody may ask for a name of megabytes. What is longer than this, in bytes, is no name
/// and looks like none: the longest has 64 characters, which four times as many may become in NFKC.
const LONGEST: usize = 64 * 4 * 4;

/// Folding stops after this many rounds even if something still changes; a test sees that none needs so many.
const MAX_ROUNDS: usize = 8;

static RESERVED_FOLDED: LazyLock<Vec<String>> = LazyLock::new(|| RESERVED.map(fold_person).to_vec());
static GUEST_FOLDED: LazyLock<(String, Vec<String>)> = LazyLock::new(|| {
    let digits = ('0'..='9').map(|digit| fold_person(&digit.to_string()));
    (fold_person(GUEST), digits.collect())
});

/// May somebody be called this? `max` is in characters.
///
/// # Errors
///
/// The rule that it breaks, in words for people.
pub(crate) fn check_person(name: &str, max: usize) -> Result<Name, NameFault> {
    let shown = check(name, max).map_err(|rule| NameFault { whose: Whose::Person, rule })?;
    Ok(Name { folded: fold_person(&shown), shown })
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
    Ok(Name { folded: fold_room(&shown), shown })
}

/// What a guest is called until they choose a name. Nobody can choose one of these.
pub(crate) fn guest_name(number: u64) -> String {
    format!("{GUEST}{number}")
}

/// The folded form of a person's name, guests included: to look somebody up.
pub(crate) fn fold_person(name: &str) -> String {
    fold(name, |c| if c == 'i' { 'l' } else { c })
}

/// The folded form of a room's name: to look it up.
pub(crate) fn fold_room(name: &str) -> String {
    fold(name, |c| c)
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
    if shown.starts_with(|c| is_punctuation(c) || is_combining_mark(c)) || shown.ends_with(is_punctuation) {
        return Err(Rule::Edge);
    }
    check_marks(&shown)?;
    let folded = fold_person(&shown);
    if RESERVED_FOLDED.contains(&folded) {
        return Err(Rule::Reserved);
    }
    if is_like_a_guest(&folded) {
        return Err(Rule::Guest);
    }
    Ok(shown)
}

/// Letters, digits and marks of any script, and a little punctuation. UTS #39 knows which of them are deprecated or
/// cannot be seen.
fn is_allowed(c: char) -> bool {
    use IdentifierType::{Default_Ignorable, Deprecated, Not_Character, Not_NFKC, Not_XID};
    let outcast = matches!(
        c.identifier_type(),
        None | Some(Not_Character | Deprecated | Default_Ignorable | Not_NFKC | Not_XID)
    );
    is_punctuation(c) || ((c.is_alphanumeric() || is_combining_mark(c)) && !outcast)
}

fn is_punctuation(c: char) -> bool {
    PUNCTUATION.contains(&c)
}

/// Marks sit on a letter, few at a time, and none twice: a tower of them would cover the lines above.
fn check_marks(name: &str) -> Result<(), Rule> {
    let (mut marks, mut stacked, mut previous) = (0, 0, '\0');
    for c in name.chars() {
        if is_combining_mark(c) {
            marks += 1;
            stacked += usize::from(canonical_combining_class(c) != 0);
            if marks > MAX_MARKS || stacked > MAX_STACKED || c == previous || is_punctuation(previous) {
                return Err(Rule::Marks);
            }
        } else {
            (marks, stacked) = (0, 0);
        }
        previous = c;
    }
    Ok(())
}

/// `guest-` and a number, or something that looks like it: `l` is as good as 1.
fn is_like_a_guest(folded: &str) -> bool {
    let (guest, digits) = &*GUEST_FOLDED;
    let Some(mut rest) = folded.strip_prefix(guest.as_str()) else {
        return false;
    };
    while let Some(after) = digits.iter().find_map(|digit| rest.strip_prefix(digit.as_str())) {
        rest = after;
    }
    rest.is_empty()
}

fn fold(name: &str, also: fn(char) -> char) -> String {
    if name.len() > LONGEST {
        return name.to_owned();
    }
    let mut folded = fold_once(name, also);
    for _ in 0..MAX_ROUNDS {
        let again = fold_once(&folded, also);
        if again == folded {
            break;
        }
        folded = again;
    }
    folded
}

fn fold_once(name: &str, also: fn(char) -> char) -> String {
    let compatible: String = name.nfkc().flat_map(one_case).collect();
    skeleton(&compatible).flat_map(one_case).map(also).nfkc().collect()
}

/// Upper case first: ß is SS, and both sigmas are one, before all is small.
fn one_case(c: char) -> impl Iterator<Item = char> {
    c.to_uppercase().flat_map(char::to_lowercase)
}

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.whose {
            Whose::Person => "a name",
            Whose::Room => "a room's name",
        };
        match self.rule {
            Rule::Length { max } => write!(f, "{what} has 1 to {max} characters"),
            Rule::Character(c) if c.is_whitespace() => write!(f, "{what} has no spaces"),
            Rule::Character(c) if c.is_control() || c.escape_debug().len() > 1 => {
                write!(f, "{what} has letters, digits and _ - . ' ·, not the character U+{:04X}", c as u32)
            }
            Rule::Character(c) => write!(f, "{what} has letters, digits and _ - . ' ·, not {c}"),
            Rule::Edge => write!(f, "{what} begins and ends with a letter or a digit"),
            Rule::Marks => write!(f, "{what} has not so many marks on one letter"),
            Rule::Reserved => write!(f, "{what} cannot look like one that the chat uses itself"),
            Rule::Guest => write!(f, "{what} cannot look like that of a guest"),
        }
    }
}

impl std::error::Error for NameFault {}

#[cfg(test)]
#[path = "names_tests.rs"]
mod tests;
