//! What can be read: characters that are drawn as nothing, and marks that climb out of their line.
//!
//! A text is kept byte by byte as it was said, but for marks that no script has: dozens of them on one letter
//! cover the lines above. And a text that draws nothing says nothing.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

/// What is drawn as nothing and is no white space: Default_Ignorable_Code_Point, and what passes for a letter, a mark or
/// a symbol and is drawn as nothing by most fonts: fillers, blanks, joiners, and modifiers of what is before them.
const BLANK: [RangeInclusive<char>; 32] = [
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{2800}'..='\u{2800}', // a braille pattern without dots
    '\u{2d7f}'..='\u{2d7f}', // Tifinagh consonant joiner
    '\u{3164}'..='\u{3164}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{fffb}',
    '\u{1107f}'..='\u{1107f}', // Brahmi number joiner
    '\u{13430}'..='\u{13442}', // Egyptian joiners, mirrors and blanks
    '\u{13447}'..='\u{1345f}', // Egyptian damage
    '\u{16fe4}'..='\u{16fe4}', // Khitan filler
    '\u{1bc9d}'..='\u{1bc9e}', // Duployan selectors
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d159}'..='\u{1d159}', // a note without a head
    '\u{1d173}'..='\u{1d17a}',
    '\u{1da9b}'..='\u{1daaf}', // modifiers of signs written for the deaf
    '\u{e0000}'..='\u{e00ff}',
    '\u{e0100}'..='\u{e01ef}',
    '\u{e01f0}'..='\u{e0fff}',
    '\u{fffe}'..='\u{ffff}',
    '\u{1fffe}'..='\u{1ffff}',
    '\u{2fffe}'..='\u{2ffff}',
    '\u{10fffe}'..='\u{10ffff}',
];

/// Marks of one kind on one letter: Vietnamese and old Greek have two or three above it.
const STACKED: usize = 4;
/// Marks on one letter in all: Hebrew with its accents has five, Burmese six or seven.
const MARKS: usize = 8;
/// The same mark on one letter.
const REPEATED: usize = 2;

/// Is it drawn as nothing, though it is no white space?
pub(crate) fn is_blank(c: char) -> bool {
    !c.is_ascii() && BLANK.iter().any(|blank| blank.contains(&c))
}

/// Does a text draw nothing at all?
pub(crate) fn is_nothing(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c.is_control() || is_blank(c))
}

/// A text without the marks that are too many.
pub(crate) fn legible(text: Cow<'_, str>) -> String {
    if text.is_ascii() {
        return text.into_owned();
    }
    let mut tower = Tower::default();
    match text.chars().all(|c| tower.takes(c)) {
        true => text.into_owned(),
        false => {
            let mut tower = Tower::default();
            text.chars().filter(|&c| tower.takes(c)).collect()
        }
    }
}

/// The marks on the letter before.
#[derive(Default)]
struct Tower {
    marks: [char; MARKS],
    height: usize,
}

impl Tower {
    /// Does the text go on with this one? Marks that are left out are as good as not there.
    fn takes(&mut self, c: char) -> bool {
        if !is_mark(c) {
            if self.height > 0 && !is_blank(c) {
                self.height = 0;
            }
            return true;
        }
        let marks = &self.marks[..self.height];
        let class = canonical_combining_class(c);
        let stacked =
            marks.iter().filter(|&&mark| class != 0 && canonical_combining_class(mark) == class).count();
        let repeated = marks.iter().filter(|&&mark| mark == c).count();
        let fits = marks.len() < MARKS && stacked < STACKED && repeated < REPEATED;
        if fits {
            self.marks[self.height] = c;
            self.height += 1;
        }
        fits
    }
}

/// Letters below letters, as Tibetan has them, stand in their own place; selectors and joiners are drawn as nothing.
fn is_mark(c: char) -> bool {
    let is_plain = matches!(c, '\0'..='\u{2ff}' | '\u{2e80}'..='\u{3029}' | '\u{3400}'..='\u{a66e}' | '\u{ac00}'..='\u{d7ff}');
    let is_below = matches!(c, '\u{f8d}'..='\u{fbc}');
    !is_plain && !is_below && is_combining_mark(c) && !is_blank(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        legible(text.into())
    }

    #[test]
    fn what_draws_nothing_says_nothing() {
        let nothing = [
            "",
            " ",
            "\n\t\r\n",
            "\u{a0}\u{2003}\u{3000}",
            "\u{200b}",
            "\u{200d}\u{200c}\u{feff}",
            "\0\0",
            "\u{1b}\u{7f}\u{85}",
            "\u{2800}",
            "\u{2800} \u{2800}",
            "\u{3164}",
            "\u{115f}\u{1160}\u{ffa0}",
            "\u{ad}",
            "\u{34f}",
            "\u{61c}\u{202e}\u{2069}",
            "\u{fe0f}",
            "\u{180e}",
            "\u{e0001}\u{e007f}",
            "\u{e0100}",
            "\u{16fe4}",
            "\u{13441}",
            "\u{1d159}",
            "\u{2060}\u{2063}",
            "\u{fff9}\u{fffb}",
            "\u{fffe}",
            "\u{17b4}",
            "\u{1d173}",
        ];
        for text in nothing {
            assert!(is_nothing(text), "{text:?}");
        }
        for text in [
            ".",
            "a",
            "\u{200b}a",
            "茶",
            "🐈",
            "❤\u{fe0f}",
            "👨\u{200d}👩",
            "\u{301}",
            "\u{2801}",
            "\u{fffd}",
            "ﷺ",
            "\u{e000}",
        ] {
            assert!(!is_nothing(text), "{text:?}");
        }
    }

    #[test]
    fn what_people_write_stays_as_it_is() {
        let texts = [
            "hello",
            "Zoë Zoe\u{308}",
            "Nguye\u{302}\u{303}n Việt",
            "Ḗ α\u{304}\u{313}\u{301}",
            "ที่นี่ น้ำ ปู่ กำลัง",
            "שָׁ֣לוֹם בְּרֵאשִׁ֖ית שֹּׁ֔֝",
            "ཨོཾ་མ་ཎི་པདྨེ་ཧཱུྃ ཧྐྵྨླྺྼྻྂ",
            "ဖြိုး ကျွန်ုပ်တို့",
            "नमस्ते क्ष्म्य्र",
            "வணக்கம்",
            "សួស្តី ស្ត្រី",
            "مُحَمَّدٌ ٱللَّٰهِ",
            "பௌ",
            "가나다 \u{1112}\u{1161}\u{11ab}",
            "が か\u{3099}",
            "👩🏽‍💻 ❤️ 🏳️‍🌈 1️⃣",
            "t\u{361}ʃ n\u{325}\u{329}",
            "x\u{305}\u{20d7}",
            "a\u{301}\r\n\t b  ",
        ];
        for text in texts {
            assert_eq!(told(text), text);
        }
    }

    #[test]
    fn towers_are_cut() {
        let above: String = ('\u{300}'..'\u{315}').collect();
        let below: String = ('\u{316}'..'\u{31a}').cycle().take(40).collect();
        let thai = "\u{e47}".repeat(50);
        let tones = "\u{e34}\u{e48}\u{e47}\u{e37}".repeat(9);
        for marks in
            [&above, &below, &thai, &tones, &"\u{20dd}".repeat(30), &"\u{483}\u{488}\u{489}".repeat(20)]
        {
            let text = format!("q{marks}x q\u{301}x");
            let told = told(&text);
            let left = told.chars().count() - 5 - 1;
            assert!((1..=MARKS).contains(&left), "{left} of {}", marks.chars().count());
            assert!(told.starts_with('q') && told.ends_with("x q\u{301}x"), "{told}");
            assert_eq!(legible(told.clone().into()), told);
        }
        // Nothing that is drawn as nothing, and no selector, begins a new tower.
        let hidden: String = above.chars().flat_map(|mark| [mark, '\u{34f}', '\u{fe00}']).collect();
        assert!(told(&format!("q{hidden}")).chars().filter(|&c| is_mark(c)).count() <= MARKS);
    }

    #[test]
    fn a_long_text_is_read_once() {
        let text = "\u{301}".repeat(4_000) + &"茶".repeat(4_000);
        assert_eq!(told(&text).chars().count(), 4_000 + REPEATED);
    }
}
