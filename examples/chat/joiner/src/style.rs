//! The styles of the page as one, in the order in which the page links them, without what is said to their readers.

use crate::trouble::{Result, Trouble};

/// White space means nothing behind these signs, and nothing in front of those.
const BEHIND: &[char] = &['{', '}', ';', ',', ':', '('];
const BEFORE: &[char] = &['{', '}', ';', ',', ')'];

pub(crate) fn bare(file: &str, text: &str) -> Result<String> {
    let mut bare = String::with_capacity(text.len());
    let (mut at, mut owes_space) = (0, false);
    while let Some(first) = text[at..].chars().next() {
        let length = piece(&text[at..]);
        let Some(length) = length else {
            return Err(Trouble::new(file, line_of(text, at), "this has no end"));
        };
        let piece = &text[at..at + length];
        check(piece, &bare).map_err(|words| Trouble::new(file, line_of(text, at), words))?;
        at += length;
        if first.is_whitespace() || piece.starts_with("/*") {
            owes_space = true;
            continue;
        }
        if owes_space && !bare.is_empty() && !bare.ends_with(BEHIND) && !piece.starts_with(BEFORE) {
            bare.push(' ');
        }
        owes_space = false;
        if piece == "}" && bare.ends_with(';') {
            bare.pop();
        }
        bare.push_str(piece);
    }
    Ok(bare)
}

/// The length of what comes first: a comment, a string, white space, or a sign.
fn piece(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    match first {
        '/' if text.starts_with("/*") => text.find("*/").map(|end| end + 2),
        '"' | '\'' => string(text, first),
        '\\' => text.chars().nth(1).map(|escaped| 1 + escaped.len_utf8()),
        _ if first.is_whitespace() => Some(text.find(|c: char| !c.is_whitespace()).unwrap_or(text.len())),
        _ => Some(first.len_utf8()),
    }
}

fn string(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The style is part of the page when it is served: what it names is not where its file was.
fn check(piece: &str, before: &str) -> std::result::Result<(), &'static str> {
    if piece == "(" && before.ends_with("url") {
        return Err(
            "an address would be another one when all is joined: the page's pictures are in index.html",
        );
    }
    if piece == "t" && before.ends_with("@impor") {
        return Err("link the file in index.html instead");
    }
    Ok(())
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_nothing_is_left_out() {
        let text = "/* a */\n@layer base, views;\n@media (min-width: 40rem) {\n\t.a  > .b :is( .c, .d ) { color: red;\n\t\tmargin : 0 -1px; }\n}\n";
        assert_eq!(
            bare("a.css", text).unwrap(),
            "@layer base,views;@media (min-width:40rem){.a > .b :is(.c,.d){color:red;margin :0 -1px}}"
        );
    }

    #[test]
    fn strings_and_sums_stay_as_they_are() {
        for text in
            ["a{content:\" /* ; } \\\" \"}", "a{width:calc(1px + (2px - 3px))}", ".a\\ b,.c\\{{top:0}"]
        {
            assert_eq!(bare("a.css", text).unwrap(), text);
        }
        assert_eq!(
            bare("a.css", "a{--x: 1px/* one */2px; --y:'a'  'b'}").unwrap(),
            "a{--x:1px 2px;--y:'a' 'b'}"
        );
    }

    #[test]
    fn what_would_mean_something_else_is_refused() {
        let wrong = |text| bare("a.css", text).unwrap_err().to_string();
        assert_eq!(
            wrong("a {\n background: url(b.png) }"),
            "a.css:2: an address would be another one when all is joined: the page's pictures are in index.html"
        );
        assert_eq!(wrong("@import 'b.css';"), "a.css:1: link the file in index.html instead");
        assert_eq!(wrong("a {}\n/* b"), "a.css:2: this has no end");
    }
}
