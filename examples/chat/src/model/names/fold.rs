//! Which names look the same.
//!
//! ```text
//!   Alice  ALICE  ａｌｉｃｅ  a1ice  AIice  Аlice (with a Cyrillic А)   ──▶   allce
//! ```
//!
//! Folding is NFKC, upper and lower case made one, and the skeleton of UTS #39 §4, over and over until nothing changes:
//! what one of them makes is often something for another. Of a person's name, `i` and `l` are one as well: otherwise
//! either `AIice` would be nobody's, or `ALICE` not be `alice`. Rooms keep them apart; `fail` and `fall` are two topics.
//!
//! A name has a second key, for which the skeleton is taken of what is shown, before letters are made small. The Cyrillic
//! `В` is drawn like `B`, and its small form `в` like nothing else: `Вob` is `Bob` by the second key only, as `ВОВА` is
//! `вова` by the first only. Who has a name has both keys, and nobody else gets either.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;
use unicode_security::confusable_detection::skeleton;

/// By which a name is known, and which nobody else may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Keys {
    /// The same for all ways to write it; it is looked up by this one.
    pub folded: String,
    /// The same for all that is drawn like it, if that is another one.
    look: Option<Box<str>>,
}

impl Keys {
    pub(crate) fn of_person(shown: &str) -> Self {
        Keys::of(shown, fold_person)
    }

    pub(crate) fn of_room(shown: &str) -> Self {
        Keys::of(shown, fold_room)
    }

    fn of(shown: &str, fold: fn(&str) -> String) -> Self {
        let folded = fold(shown);
        let look = (!shown.is_ascii()).then(|| fold(&drawn(shown)));
        Keys { look: look.filter(|look| *look != folded).map(Into::into), folded }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&*self.folded).chain(self.look())
    }

    /// Both, as an entry has them.
    pub(crate) fn split(self) -> (String, Option<String>) {
        (self.folded, self.look.map(String::from))
    }

    /// The second key, if it is another one.
    pub(crate) fn look(&self) -> Option<&str> {
        self.look.as_deref()
    }
}

/// Folding takes its time, and anybody may ask for a name of megabytes. What has more characters than this in NFKC, or
/// four times as many before it, is no name and looks like none.
const LONGEST: usize = 64;

/// Folding stops after this many rounds even if something still changes; a test sees that none needs so many.
const MAX_ROUNDS: usize = 8;

/// The folded form of a person's name, guests included: to look somebody up.
pub(crate) fn fold_person(name: &str) -> String {
    fold(name, |c| if c == 'i' { 'l' } else { c })
}

/// Adds a letter and its marks to the folded form of a person's name: that of the whole is made of those of its letters.
pub(crate) fn fold_letter(letter: &str, folded: &mut String) {
    static ASCII: LazyLock<Vec<String>> =
        LazyLock::new(|| ('\0'..='\x7f').map(|c| fold_person(c.encode_utf8(&mut [0; 4]))).collect());
    match letter.as_bytes() {
        &[byte] => folded.push_str(&ASCII[usize::from(byte)]),
        _ => folded.push_str(&fold_person(letter)),
    }
}

/// The folded form of a room's name: to look it up.
pub(crate) fn fold_room(name: &str) -> String {
    fold(name, |c| c)
}

fn fold(name: &str, also: fn(char) -> char) -> String {
    let is_too_long = |name: &mut dyn Iterator<Item = char>, most| name.nth(most).is_some();
    if is_too_long(&mut name.chars(), 4 * LONGEST) || is_too_long(&mut name.nfkc(), LONGEST) {
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
    undotted(skeleton(&compatible)).flat_map(one_case).map(also).nfkc().collect()
}

/// The skeleton of what is shown. A capital I is drawn like an l, but is an i all the same: rooms keep them apart.
fn drawn(name: &str) -> String {
    let compatible: String = name.nfkc().map(|c| small_i(c).unwrap_or(large(c))).collect();
    undotted(skeleton(&compatible)).collect()
}

/// The i of a capital I, in whatever script.
fn small_i(c: char) -> Option<char> {
    let is_drawn_like = |c: char, like| skeleton(c.encode_utf8(&mut [0; 4])).eq([like]);
    let small = c.to_lowercase().next().filter(|&small| small != c)?;
    (is_drawn_like(c, 'l') && is_drawn_like(small, 'i')).then_some(small)
}

/// The capital that a small capital is drawn like: those of phonetics are letters of their own, and in no table.
fn large(c: char) -> char {
    const SMALL: &str = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ";
    const LARGE: &str = "ABCDEFGHIJKLMNOPQRSTUVWYZ";
    match c {
        '\u{250}'..='\u{1d7f}' | '\u{a72f}'..='\u{a7ff}' => SMALL
            .chars()
            .zip(LARGE.chars())
            .find_map(|(small, large)| (small == c).then_some(large))
            .unwrap_or(c),
        _ => c,
    }
}

/// Upper case first: ß is SS, and both sigmas are one, before all is small.
fn one_case(c: char) -> impl Iterator<Item = char> {
    c.to_uppercase().flat_map(char::to_lowercase)
}

/// A letter that has a dot is drawn with one, whatever dots are put above it. The characters are in NFD.
fn undotted(characters: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let mut has_dot = false;
    characters.filter(move |&c| {
        match canonical_combining_class(c) {
            _ if c == '\u{307}' => return !has_dot,
            0 => has_dot = is_soft_dotted(c),
            230 => has_dot = false, // the dot gives way to what is above the letter
            _ => {}
        }
        true
    })
}

/// Soft_Dotted, of what skeletons are made of.
fn is_soft_dotted(c: char) -> bool {
    matches!(
        c,
        'i' | 'j' | '\u{249}' | '\u{268}' | '\u{29d}' | '\u{3f3}' | '\u{456}' | '\u{458}' | '\u{1d96}'
    )
}

#[cfg(test)]
#[path = "fold_tests.rs"]
mod tests;
