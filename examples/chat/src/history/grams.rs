//! The search index: which characters, and which pairs of neighbours, a text has.
//!
//! Words are no help for languages that do not put spaces between them, and nobody remembers a message by the
//! beginnings of its words. So the index holds, for every text, its characters and its pairs of characters:
//!
//! ```text
//!   "Tea?"  ── fold ──▶  t e a ?  ──▶  t  e  a  ?  te  ea  a?
//! ```
//!
//! A text that contains what is looked for has all of its pairs. The opposite is not true ("eat tea" has the pairs of
//! "teat"), so **the index proposes and the text decides**: each proposal is read, folded and looked into. That keeps
//! the search exact whatever the index says, and the index small: it need not know where in a text a pair stands.
//!
//! FTS5 sees each character as four digits to the base of 36: nothing that is punctuation, space or syntax to it.

use unicode_normalization::UnicodeNormalization;

/// In which form the index was made. With other tables of Unicode a text may fold otherwise, and then what is in the
/// index for it could not be taken out again: the index is made anew.
pub(super) fn form() -> String {
    let (a, b, c) = unicode_normalization::UNICODE_VERSION;
    let (d, e, f) = char::UNICODE_VERSION;
    format!("characters and pairs, NFKC {a}.{b}.{c}, lower case {d}.{e}.{f}")
}

/// One form for what is the same to a reader: wide and narrow letters, capitals, and the two small sigmas.
pub(super) fn fold(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}

/// Everything that the index shall know of a folded text.
pub(super) fn of_text(folded: &str) -> String {
    let mut grams = pairs(folded);
    grams.extend(folded.chars().map(|c| (c, None)));
    written(grams)
}

/// What to ask the index for. Not more than the first pairs of a long text: they leave few proposals. `None`: nothing
/// is looked for.
pub(super) fn of_query(folded: &str) -> Option<String> {
    const ENOUGH: usize = 24;
    let first = folded.chars().next()?;
    let mut grams = pairs(folded);
    grams.truncate(ENOUGH);
    if grams.is_empty() {
        grams.push((first, None));
    }
    Some(written(grams))
}

type Gram = (char, Option<char>);

fn pairs(folded: &str) -> Vec<Gram> {
    folded.chars().zip(folded.chars().skip(1)).map(|(a, b)| (a, Some(b))).collect()
}

fn written(mut grams: Vec<Gram>) -> String {
    grams.sort_unstable();
    grams.dedup();
    let mut text = String::with_capacity(9 * grams.len());
    for (a, b) in grams {
        write_char(&mut text, a);
        if let Some(b) = b {
            write_char(&mut text, b);
        }
        text.push(' ');
    }
    text
}

fn write_char(text: &mut String, c: char) {
    let number = u32::from(c);
    for power in [36 * 36 * 36, 36 * 36, 36, 1] {
        text.push(char::from_digit(number / power % 36, 36).expect("a remainder of 36 is a digit"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_alike_folds_alike() {
        for (a, b) in [("TEA", "tea"), ("Ｔｅａ", "tea"), ("ΟΔΟΣ", "οδος"), ("Å", "a\u{30a}"), ("ﬁ", "FI")]
        {
            assert_eq!(fold(a), fold(b), "{a} {b}");
        }
    }

    #[test]
    fn a_text_has_the_grams_of_each_of_its_parts() {
        let text = fold("Ein 茶, \"100%\" * 🍵\u{0}\n bitte");
        let all: Vec<String> = of_text(&text).split_whitespace().map(String::from).collect();
        let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        for (n, &from) in starts.iter().enumerate() {
            for &to in &starts[n + 1..] {
                let query = of_query(&text[from..to]).expect("not empty");
                assert!(
                    query.split_whitespace().all(|gram| all.iter().any(|one| one == gram)),
                    "{from}..{to}"
                );
            }
        }
    }

    #[test]
    fn grams_are_letters_and_digits_of_one_width() {
        assert_eq!(
            of_text("a\u{10ffff}").split_whitespace().collect::<Vec<_>>(),
            ["002p", "002pnvnj", "nvnj"]
        );
        assert_eq!(of_query(""), None);
    }
}
