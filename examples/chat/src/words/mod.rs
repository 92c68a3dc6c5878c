//! The word filter: what is not said here, is said masked, or is looked at before. Pure: a list of words in, and for each text a
//! verdict.
//!
//! ```text
//!   # one in a line
//!   spam                  refused, if nothing else is said
//!   darn = mask           told as ****
//!   法轮 = review          held back until somebody has looked at it
//!   *buy-now*             also as a part of a longer word
//! ```
//!
//! A word is found however it is written: wide letters, capitals, characters that are drawn as nothing, and what stands between
//! the characters of a Chinese or Japanese word make no difference ([`text`]). Where words are set apart, a word is found as a
//! whole one: `ass` is not in `class`.

mod list;
mod text;

use aho_corasick::AhoCorasick;

use list::Action;
pub(crate) use list::{Fault, Judged};
pub(crate) use text::weight;
use text::{Normal, is_set_apart};

/// What becomes of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    Fine,
    /// It is said like this.
    Masked(String),
    Refused,
    /// Somebody looks at it before.
    Review,
}

/// The words that are looked for. The usual one has none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    words: Vec<Known>,
    /// All of them at once. `None`: there are none.
    finder: Option<AhoCorasick>,
}

/// What is to be known of a word when it was found: few bytes in one piece, so that a list of many is let go in no time.
#[derive(Debug, Clone, Copy)]
struct Known {
    action: Action,
    /// Its first sign and its last one, if they may not be in the middle of a longer word.
    first: Option<char>,
    last: Option<char>,
}

impl Filter {
    /// From the lines of a file.
    ///
    /// # Errors
    ///
    /// The first line that makes no sense.
    pub(crate) fn parse(file: &str) -> Result<Self, Fault> {
        let words = list::parse(file)?;
        if words.is_empty() {
            return Ok(Filter::default());
        }
        let finder = AhoCorasick::new(words.iter().map(|word| &word.letters)).map_err(|_| Fault::TooMany)?;
        let known = |word: &list::Word| Known {
            action: word.action,
            first: word.letters.chars().next().filter(|_| !word.may_follow),
            last: word.letters.chars().next_back().filter(|_| !word.may_go_on),
        };
        Ok(Filter { words: words.iter().map(known).collect(), finder: Some(finder) })
    }

    /// How many words there are of each kind.
    pub(crate) fn judged(&self) -> Judged {
        let count = |action| self.words.iter().filter(|word| word.action == action).count();
        Judged { refuse: count(Action::Refuse), mask: count(Action::Mask), review: count(Action::Review) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.finder.is_none()
    }

    pub(crate) fn judge(&self, text: &str) -> Verdict {
        let Some(finder) = &self.finder else {
            return Verdict::Fine;
        };
        let normal = Normal::of(text);
        let (mut masked, mut is_reviewed) = (Vec::new(), false);
        for found in finder.find_overlapping_iter(normal.letters()) {
            let word = &self.words[found.pattern().as_usize()];
            if !word.stands(normal.letters(), found.range()) {
                continue;
            }
            match word.action {
                Action::Refuse => return Verdict::Refused,
                Action::Review => is_reviewed = true,
                Action::Mask => masked.push(normal.origin(found.range())),
            }
        }
        match (is_reviewed, masked.is_empty()) {
            (true, _) => Verdict::Review,
            (false, true) => Verdict::Fine,
            (false, false) => Verdict::Masked(text::mask(text, &masked)),
        }
    }
}

impl Known {
    /// Is it a word of its own there, if it has to be one?
    fn stands(&self, letters: &str, at: std::ops::Range<usize>) -> bool {
        let (before, after) = (letters[..at.start].chars().next_back(), letters[at.end..].chars().next());
        let is_free = |neighbour: Option<char>, own: Option<char>| {
            !(neighbour.is_some_and(is_set_apart) && own.is_some_and(is_set_apart))
        };
        is_free(before, self.first) && is_free(after, self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(file: &str) -> Filter {
        Filter::parse(file).unwrap()
    }

    fn masked(text: &str) -> Verdict {
        Verdict::Masked(text.to_owned())
    }

    #[test]
    fn a_word_is_found_however_it_is_written() {
        let words = filter("spam\n法轮\nバカ\ncafé\nтест\nстраße\n");
        let found = [
            "spam",
            "SPAM!",
            "ｓｐａｍ",
            "s\u{200b}p\u{ad}a\u{2060}m",
            "s\0p\u{1}a\u{7f}\u{9b}m",
            "(Spam)",
            "a spam.",
            "法轮",
            "法 轮",
            "法-.*轮功",
            "法\u{200d}\u{3000}，轮",
            "ﾊﾞｶ",
            "バ・カ",
            "cafe\u{301}",
            "CAFÉ",
            "ТЕСТ",
            "СТРАSSE",
            // Controls are drawn as nothing.
            "s\u{1}p\u{7f}a\u{9f}m",
            "法\u{8}轮",
        ];
        for text in found {
            assert_eq!(words.judge(text), Verdict::Refused, "{text}");
        }
        for text in ["", "ham", "spams", "aspam", "spa m", "法国轮船", "轮法", "cafe", "法 a 轮", "spa\nm"]
        {
            assert_eq!(words.judge(text), Verdict::Fine, "{text}");
        }
    }

    #[test]
    fn what_stands_at_the_edge_of_a_word_is_told() {
        let words = filter("ass\n*bun*\nhot*\n*dog\ntwo  words\n");
        for text in [
            "ass",
            "my ass!",
            "ass茶",
            "bunny",
            "aBUNdant",
            "hotter",
            "bulldog",
            "Two\tWords",
            "x, two words",
        ] {
            assert_eq!(words.judge(text), Verdict::Refused, "{text}");
        }
        for text in ["class", "asset", "ass2", "shot", "doggy", "twowords", "two wordsmiths"] {
            assert_eq!(words.judge(text), Verdict::Fine, "{text}");
        }
    }

    #[test]
    fn what_is_masked_keeps_the_rest_as_it_was() {
        let words = filter("darn = mask\n傻瓜=mask\nno way = mask\nspam = refuse\nhm = review\n");
        assert_eq!(words.judge("Oh DARN, you 傻 瓜!"), masked("Oh ****, you ***!"));
        assert_eq!(words.judge("ｄａｒｎ d\u{200b}arn ü"), masked("**** ***** ü"));
        assert_eq!(words.judge("no  way, no way"), masked("*******, ******"));
        assert_eq!(words.judge("darn hm"), Verdict::Review);
        assert_eq!(words.judge("darn hm spam"), Verdict::Refused);
        let again = words.judge("Oh ****, you ***!");
        assert_eq!(again, Verdict::Fine, "what is masked is fine");
    }

    #[test]
    fn overlapping_words_are_all_found() {
        let words = filter("甲乙=mask\n乙丙=mask\n丙丁戊=mask\nx=review");
        assert_eq!(words.judge("甲乙丙丁"), masked("***丁"));
        assert_eq!(words.judge("甲乙丙丁戊"), masked("*****"));
    }

    #[test]
    fn a_filter_counts_its_words_and_says_what_is_wrong() {
        let words = filter("# nothing\n\n  a \nb = mask # no comment\nc=review\nd = REFUSE\n");
        assert_eq!(words.judged(), Judged { refuse: 2, mask: 1, review: 1 });
        let fault = |file: &str| Filter::parse(file).unwrap_err().to_string();
        assert_eq!(fault("a\nb = kill\n"), "line 2: `kill` is none of refuse, mask and review");
        assert_eq!(fault("**\n"), "line 1: there is no word in it");
        for long in ["a".repeat(65), "\u{fdfa}".repeat(4)] {
            let file = format!("{long}\n");
            assert!(fault(&file).starts_with("line 1: a word has at most 64"), "{long}");
        }
        assert_eq!(Filter::default().judge("spam"), Verdict::Fine);
        assert_eq!(filter("").judged(), Judged::default());
    }

    /// Whatever the words are, a text is read once, and no word is found more often than it stands there.
    #[test]
    fn many_words_in_a_long_text() {
        let file: String = (1..=64).map(|n| "茶".repeat(n) + "=mask\n").collect();
        let text = "茶".repeat(4000);
        assert_eq!(filter(&file).judge(&text), masked(&"*".repeat(4000)));
        let many: String = (0..20_000).map(|n| format!("w{n}\n")).collect();
        let words = filter(&many);
        assert_eq!((words.judge("w19999"), words.judge("w20000")), (Verdict::Refused, Verdict::Fine));
    }
}
