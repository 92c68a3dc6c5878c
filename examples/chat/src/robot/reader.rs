//! A question as it is read: from the left to the right, in one spelling, and without ever looking at a character often.
//!
//! Capitals, full width characters and traditional ones read like their plain forms. Each of them is still one character, so what
//! somebody wants to be told again is told as they wrote it.

/// A question, and how each of its characters reads.
pub(super) struct Folded<'a> {
    text: &'a str,
    /// Where each begins, and how it reads.
    characters: Vec<(usize, char)>,
}

/// A place in it. Whoever has read in vain goes on from a copy.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    folded: &'a Folded<'a>,
    at: usize,
}

/// Of the characters that commands are written with: traditional, and simplified.
const SIMPLIFIED: &[(char, char)] = &[
    ('幫', '帮'),
    ('時', '时'),
    ('間', '间'),
    ('點', '点'),
    ('鐘', '钟'),
    ('鍾', '钟'),
    ('個', '个'),
    ('兩', '两'),
    ('後', '后'),
    ('過', '过'),
    ('擲', '掷'),
    ('選', '选'),
    ('擇', '择'),
    ('簽', '签'),
    ('籤', '签'),
    ('數', '数'),
    ('號', '号'),
    ('週', '周'),
    ('單', '单'),
    ('幾', '几'),
    ('現', '现'),
    ('還', '还'),
    ('離', '离'),
    ('禮', '礼'),
    ('來', '来'),
    ('麼', '么'),
    ('會', '会'),
    ('從', '从'),
    ('萬', '万'),
    ('頭', '头'),
    ('刪', '删'),
];

impl<'a> Folded<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Folded { text, characters: text.char_indices().map(|(at, c)| (at, fold(c))).collect() }
    }

    pub(super) fn begin(&'a self) -> Reader<'a> {
        Reader { folded: self, at: 0 }
    }
}

fn fold(c: char) -> char {
    let c = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '〇' => '零',
        '’' => '\'',
        c if c.is_whitespace() => ' ',
        c => c,
    };
    let simplified = SIMPLIFIED.iter().find(|(traditional, _)| *traditional == c);
    simplified.map_or(c, |&(_, simplified)| simplified).to_ascii_lowercase()
}

/// What may stand between the parts of a question and around it.
fn is_between(c: char) -> bool {
    matches!(c, ' ' | ',' | ':' | ';' | '!' | '.' | '?' | '、' | '。' | '…' | '~')
}

impl<'a> Reader<'a> {
    pub(super) fn peek(&self) -> Option<char> {
        self.folded.characters.get(self.at).map(|&(_, c)| c)
    }

    fn before(&self) -> Option<char> {
        self.folded.characters.get(self.at.checked_sub(1)?).map(|&(_, c)| c)
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    /// One of these characters, if it is next.
    pub(super) fn character(&mut self, any: &[char]) -> bool {
        let is_next = self.peek().is_some_and(|c| any.contains(&c));
        self.at += usize::from(is_next);
        is_next
    }

    pub(super) fn spaces(&mut self) -> &mut Self {
        while self.peek() == Some(' ') {
            self.at += 1;
        }
        self
    }

    /// Spaces and the like.
    pub(super) fn between(&mut self) -> &mut Self {
        while self.peek().is_some_and(is_between) {
            self.at += 1;
        }
        self
    }

    /// These characters, if they are next.
    pub(super) fn text(&mut self, text: &str) -> bool {
        let following = &self.folded.characters[self.at..];
        let length = text.chars().count();
        let is_next = following.len() >= length && text.chars().zip(following).all(|(c, &(_, it))| c == it);
        self.at += if is_next { length } else { 0 };
        is_next
    }

    /// The longest of these that is next; what is written in ASCII is a word for itself there.
    pub(super) fn word(&mut self, words: &[&str]) -> bool {
        let begins = !self.before().is_some_and(|c| c.is_ascii_alphabetic());
        let ends = |word: &&&str| {
            let mut reader = *self;
            let is_ascii = word.ends_with(|c: char| c.is_ascii_alphanumeric());
            let goes_on = |reader: &Reader<'_>| reader.peek().is_some_and(|c| c.is_ascii_alphabetic());
            reader.text(word) && (!is_ascii || (begins && !goes_on(&reader)))
        };
        let longest = words.iter().filter(ends).max_by_key(|word| word.len());
        longest.is_some_and(|word| self.text(word))
    }

    /// Is nothing left that says anything?
    pub(super) fn is_done(mut self) -> bool {
        self.between().peek().is_none()
    }

    /// Is it where a word may begin? Where words are not set apart, anywhere.
    pub(super) fn is_at_word(&self) -> bool {
        let is_ascii = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        !(is_ascii(self.before()) && is_ascii(self.peek()))
    }

    /// How many characters are left.
    pub(super) fn left(&self) -> usize {
        self.folded.characters.len() - self.at
    }

    pub(super) fn skip(&mut self, characters: usize) {
        self.at = (self.at + characters).min(self.folded.characters.len());
    }

    fn byte(&self) -> usize {
        self.folded.characters.get(self.at).map_or(self.folded.text.len(), |&(at, _)| at)
    }

    /// What is left, as it was written.
    pub(super) fn rest(&self) -> &'a str {
        self.folded.text[self.byte()..].trim()
    }

    /// What stands between here and there, as it was written.
    pub(super) fn up_to(&self, there: &Reader<'_>) -> &'a str {
        self.folded.text[self.byte()..there.byte().max(self.byte())].trim()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_otherwise_reads_the_same() {
        let folded = Folded::new("提醒　１０分鐘後 Tea ＴＩＭＥ");
        let mut reader = folded.begin();
        assert!(reader.word(&["提醒"]) && reader.spaces().text("10") && reader.text("分钟后"));
        assert_eq!(reader.rest(), "Tea ＴＩＭＥ");
        assert!(reader.spaces().word(&["tea"]) && reader.spaces().word(&["time"]) && reader.is_done());
    }

    #[test]
    fn a_word_is_the_longest_and_whole() {
        let read = |text: &str, words: &[&str]| {
            let folded = Folded::new(text);
            let mut reader = folded.begin();
            reader.word(words).then(|| reader.rest().to_owned())
        };
        assert_eq!(read("timeout", &["time"]), None);
        assert_eq!(read("time out", &["time"]), Some("out".into()));
        assert_eq!(read("remind me to", &["remind", "remind me"]), Some("to".into()));
        assert_eq!(read("提醒我喝茶", &["提醒", "提醒我"]), Some("喝茶".into()));
        assert_eq!(read("h30m", &["h"]), Some("30m".into()));
        assert_eq!(read("", &["h"]), None);
    }
}
