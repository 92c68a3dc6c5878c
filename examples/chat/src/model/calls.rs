//! Whether an `@` calls many at once: `@all` and `@所有人` every member, `@here` those who are here.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::history::Call;
use crate::model::names::is_spaceless;

/// As they are written; capitals and width do not matter.
const WORDS: [(&str, Call); 3] = [("all", Call::All), ("here", Call::Here), ("所有人", Call::All)];

/// What may be written with a call, and how many characters it has behind the `@`.
pub(super) struct Found {
    pub call: Call,
    pub word: &'static str,
    pub length: usize,
}

/// What is called by the `@` between these two. It is loud, and more is asked for than of a name: not in an address, a path or a
/// word that goes on behind a hyphen.
pub(super) fn found(before: &str, behind: &str) -> Option<Found> {
    if before.ends_with(|c: char| "/_-+=".contains(c)) {
        return None;
    }
    // The longest of the words, and what tells whether it goes on.
    let behind: String = behind.chars().take(8).nfkc().flat_map(char::to_lowercase).collect();
    let ends = |rest: &str| {
        let (mut rest, is_word) = (rest.chars(), |c: char| c.is_alphanumeric() && !is_spaceless(c));
        match rest.next() {
            Some(next) if "-_.'’@/".contains(next) => !rest.next().is_some_and(is_word),
            Some(next) => !is_combining_mark(next) && !is_word(next),
            None => true,
        }
    };
    WORDS.into_iter().find_map(|(word, call)| {
        let rest = behind.strip_prefix(word)?;
        // Between Han a word ends anywhere.
        let is_one =
            ends(rest) || (word.starts_with(is_spaceless) && rest.starts_with(char::is_alphanumeric));
        is_one.then(|| Found { call, word, length: word.chars().count() })
    })
}

/// The one that reaches more.
pub(super) fn louder(one: Option<Call>, other: Call) -> Option<Call> {
    match (one, other) {
        (Some(Call::All), _) | (_, Call::All) => Some(Call::All),
        _ => Some(Call::Here),
    }
}
