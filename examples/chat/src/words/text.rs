//! A text as it is looked through: letters that are the same become the same, and what is drawn as nothing goes.
//!
//! ```text
//!   "Ｓｐａm,  法.轮"  ──▶  "spam, 法轮"      and for each letter, where it came from
//! ```
//!
//! A letter and its marks are taken together, in NFKC; capitals are made small. White space is one space. Between two
//! characters of a script that sets no words apart, everything goes that is no letter and no digit.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::model::legible::is_blank;

/// A text, and where each part of it comes from.
#[derive(Debug, Default)]
pub(super) struct Normal {
    letters: String,
    /// Where a part begins in the letters, and what it is in the text; in order.
    parts: Vec<(usize, Range<usize>)>,
}

impl Normal {
    pub(super) fn of(text: &str) -> Self {
        let mut normal = Normal::default();
        // What is perhaps to go, if the next letter is as the last one.
        let mut between: Vec<(char, Range<usize>)> = Vec::new();
        for (cluster, at) in clusters(text) {
            let folded = cluster.nfkc().flat_map(one_case).nfkc().filter(|&c| !is_drawn_as_nothing(c));
            for c in folded {
                if !c.is_alphanumeric() && !is_combining_mark(c) {
                    between.push((c, at.clone()));
                    continue;
                }
                let last = normal.letters.chars().next_back();
                let goes = last.is_some_and(is_unspaced) && is_unspaced(c);
                between.drain(..).filter(|_| !goes).for_each(|(c, at)| normal.push(c, at));
                normal.push(c, at.clone());
            }
        }
        between.into_iter().for_each(|(c, at)| normal.push(c, at));
        normal
    }

    fn push(&mut self, c: char, at: Range<usize>) {
        let c = if c.is_whitespace() { ' ' } else { c };
        if c == ' ' && self.letters.ends_with(' ') {
            // It belongs to the space before.
            if let Some((_, part)) = self.parts.last_mut() {
                part.end = at.end;
            }
            return;
        }
        self.parts.push((self.letters.len(), at));
        self.letters.push(c);
    }

    pub(super) fn letters(&self) -> &str {
        &self.letters
    }

    pub(super) fn into_letters(self) -> String {
        self.letters
    }

    /// What of the text these letters are.
    pub(super) fn origin(&self, letters: Range<usize>) -> Range<usize> {
        let first = self.parts.partition_point(|(start, _)| *start < letters.start);
        let behind = self.parts.partition_point(|(start, _)| *start < letters.end);
        match self.parts.get(first..behind) {
            Some([(_, only)]) => only.clone(),
            Some([(_, first), .., (_, last)]) => first.start..last.end,
            _ => 0..0,
        }
    }
}

/// A text in which each character of these parts is a star.
pub(super) fn mask(text: &str, parts: &[Range<usize>]) -> String {
    let mut parts = parts.to_vec();
    parts.sort_unstable_by_key(|part| part.start);
    let (mut masked, mut end) = (String::with_capacity(text.len()), 0);
    for part in parts {
        let start = part.start.max(end);
        if part.end > start {
            masked.push_str(&text[end..start]);
            masked.extend(text[start..part.end].chars().map(|_| '*'));
            end = part.end;
        }
    }
    masked + &text[end..]
}

fn is_drawn_as_nothing(c: char) -> bool {
    is_blank(c) || c.is_control() && !c.is_whitespace()
}

/// How many letters a text becomes, at most: some signs stand for whole words. That is the work of looking through it.
pub(crate) fn weight(text: &str) -> usize {
    let letters = |c| match c {
        '\0'..='\u{7f}' | '\u{3400}'..='\u{9fff}' => 1,
        '\u{fdfa}' => 18,
        '\u{3200}'..='\u{33ff}' | '\u{fd00}'..='\u{fdff}' => 8,
        _ => 4,
    };
    text.chars().map(letters).sum()
}

/// Is it a letter of a script whose words are set apart, or a digit?
pub(super) fn is_set_apart(c: char) -> bool {
    c.is_alphanumeric() && !is_unspaced(c)
}

/// Han, kana: one word stands behind the other.
fn is_unspaced(c: char) -> bool {
    c.is_alphanumeric()
        && matches!(c, '\u{2e80}'..='\u{312f}' | '\u{31a0}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..)
}

/// Upper case first: ß is SS, and both sigmas are one, before all is small.
fn one_case(c: char) -> impl Iterator<Item = char> {
    c.to_uppercase().flat_map(char::to_lowercase)
}

/// Letters with their marks, and where they stand.
fn clusters(text: &str) -> impl Iterator<Item = (&str, Range<usize>)> {
    // Half-wide kana have their marks as characters of their own.
    let goes_on = |c: char| is_combining_mark(c) || matches!(c, '\u{ff9e}' | '\u{ff9f}');
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let marks = &rest[first.len_utf8()..];
        let length = rest.len() - marks.trim_start_matches(goes_on).len();
        let start = text.len() - rest.len();
        let cluster = &rest[..length];
        rest = &rest[length..];
        Some((cluster, start..start + length))
    })
}

#[cfg(test)]
#[test]
fn nothing_becomes_more_letters_than_it_weighs() {
    for c in '\0'..=char::MAX {
        let text = String::from(c);
        let letters = Normal::of(&text).into_letters().chars().count();
        assert!(letters <= weight(&text), "{c:?}: {letters}");
    }
}
