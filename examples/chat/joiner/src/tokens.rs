//! JavaScript, cut into its tokens (ECMA-262 §12). Comments and white space are left out; what is kept of them is whether a
//! line ended in front of a token, for there a semicolon may be meant (§12.10).
//!
//! A `/` begins a regular expression or divides. The token in front of it decides; where only the grammar could (after
//! a `}`), the cutter says so and gives up.

use crate::trouble::{Result, Trouble};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identifier or a keyword.
    Word,
    /// `#name`
    Private,
    Number,
    /// A string.
    Text,
    /// A template, or a piece of one: `` `a${ ``, `` }b${ ``, `` }c` ``.
    Template,
    Regex,
    /// Punctuation.
    Sign,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
    /// From 1.
    pub line: usize,
    pub after_newline: bool,
}

impl Token<'_> {
    pub(crate) fn is_sign(&self, text: &str) -> bool {
        self.kind == Kind::Sign && self.text == text
    }

    /// An expression follows, then another piece of the template.
    pub(crate) fn opens_expression(&self) -> bool {
        self.kind == Kind::Template && self.text.ends_with("${")
    }

    fn opens(&self) -> bool {
        self.opens_expression() || self.kind == Kind::Sign && matches!(self.text, "(" | "[" | "{")
    }

    fn closes(&self) -> bool {
        let goes_on = self.kind == Kind::Template && self.text.starts_with('}');
        goes_on || self.kind == Kind::Sign && matches!(self.text, ")" | "]" | "}")
    }

    fn is_closed_by(&self, other: &Token<'_>) -> bool {
        match self.text {
            "(" => other.text == ")",
            "[" => other.text == "]",
            "{" => other.is_sign("}"),
            _ => other.kind == Kind::Template,
        }
    }
}

/// The longest first.
const SIGNS: [&str; 57] = [
    ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=", "=>", "==", "!=", "<=",
    ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>",
    "**", "{", "}", "(", ")", "[", "]", ";", ",", "<", ">", "+", "-", "*", "/", "%", "&", "|", "^", "!", "~",
    "?", ":", "=", ".",
];

/// After these words an operand follows, so a `/` begins a regular expression.
const BEFORE_OPERANDS: [&str; 14] = [
    "return",
    "typeof",
    "instanceof",
    "in",
    "new",
    "delete",
    "void",
    "throw",
    "case",
    "do",
    "else",
    "yield",
    "await",
    "default",
];

pub(crate) fn tokens<'a>(file: &str, text: &'a str) -> Result<Vec<Token<'a>>> {
    // They end a line in JavaScript, and hardly anywhere else: what stands behind them after a `//` would be lost here.
    if let Some(at) = text.replace("\r\n", "\n\n").find(['\r', '\u{2028}', '\u{2029}']) {
        let line = 1 + text[..at].matches('\n').count();
        return Err(Trouble::new(file, line, "a line ends as few editors show it: end it with \\n"));
    }
    let mut cutter =
        Cutter { file, text, at: 0, line: 1, found: Vec::new(), open: Vec::new(), after_head: false };
    while cutter.next()? {}
    match cutter.open.last() {
        Some(open) => Err(Trouble::new(file, open.line, format!("`{}` is never closed", open.text))),
        None => Ok(cutter.found),
    }
}

/// The token that closes what one opens, for each that does.
pub(crate) fn partners(tokens: &[Token<'_>]) -> Vec<usize> {
    let (mut partners, mut open) = (vec![usize::MAX; tokens.len()], Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        if token.closes()
            && let Some(opener) = open.pop()
        {
            partners[opener] = at;
        }
        if token.opens() {
            open.push(at);
        }
    }
    partners
}

struct Cutter<'a, 'f> {
    file: &'f str,
    text: &'a str,
    at: usize,
    line: usize,
    found: Vec<Token<'a>>,
    /// What is not closed yet.
    open: Vec<Token<'a>>,
    /// Does the `)` that came last end the head of an `if`, a `while` or a `for`?
    after_head: bool,
}

impl<'a> Cutter<'a, '_> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn trouble<T>(&self, words: impl Into<String>) -> Result<T> {
        Err(Trouble::new(self.file, self.line, words))
    }

    /// False: there is no more.
    fn next(&mut self) -> Result<bool> {
        let after_newline = self.skip_blanks()?;
        let Some(first) = self.rest().chars().next() else { return Ok(false) };
        let second = self.rest()[first.len_utf8()..].chars().next().unwrap_or(' ');
        let in_template = self.open.last().is_some_and(Token::opens_expression);
        let (kind, length) = match first {
            '"' | '\'' => (Kind::Text, self.string(first)?),
            '`' => (Kind::Template, self.template()?),
            '}' if in_template => (Kind::Template, self.template()?),
            '#' if begins_word(second) => (Kind::Private, 1 + word(&self.rest()[1..])),
            _ if begins_word(first) => (Kind::Word, word(self.rest())),
            _ if first.is_ascii_digit() || first == '.' && second.is_ascii_digit() => {
                (Kind::Number, number(self.rest()))
            }
            '/' if self.expects_operand()? => (Kind::Regex, self.regex()?),
            _ => (Kind::Sign, self.sign(second)?),
        };
        let text = &self.rest()[..length];
        let token = Token { kind, text, line: self.line, after_newline };
        self.balance(token)?;
        self.line += text.matches('\n').count();
        self.at += length;
        self.found.push(token);
        Ok(true)
    }

    /// White space and comments. True if a line ended there.
    fn skip_blanks(&mut self) -> Result<bool> {
        let mut after_newline = false;
        loop {
            let rest = self.rest();
            let length = if rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                let Some(end) = rest.find("*/") else { return self.trouble("the comment has no end") };
                end + 2
            } else {
                rest.find(|c: char| !c.is_whitespace() && c != '\u{feff}').unwrap_or(rest.len())
            };
            if length == 0 {
                return Ok(after_newline);
            }
            let newlines = rest[..length].matches('\n').count();
            after_newline |= newlines > 0;
            self.line += newlines;
            self.at += length;
        }
    }

    fn string(&self, quote: char) -> Result<usize> {
        let mut escaped = false;
        for (at, c) in self.rest().char_indices().skip(1) {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '\n' => break,
                _ if c == quote => return Ok(at + 1),
                _ => {}
            }
        }
        self.trouble("the string has no end on its line")
    }

    /// From a `` ` `` or the `}` of an expression to the end of the template, or to its next expression.
    fn template(&self) -> Result<usize> {
        let (mut escaped, mut dollar) = (false, false);
        for (at, c) in self.rest().char_indices().skip(1) {
            match c {
                _ if escaped => (escaped, dollar) = (false, false),
                '\\' => escaped = true,
                '`' => return Ok(at + 1),
                '{' if dollar => return Ok(at + 1),
                _ => dollar = c == '$',
            }
        }
        self.trouble("the template has no end")
    }

    fn regex(&self) -> Result<usize> {
        let (mut escaped, mut in_class) = (false, false);
        for (at, c) in self.rest().char_indices().skip(1) {
            match c {
                '\n' => break,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '[' => in_class = true,
                ']' => in_class = false,
                '/' if !in_class => return Ok(at + 1 + word(&self.rest()[at + 1..])),
                _ => {}
            }
        }
        self.trouble("the regular expression has no end on its line")
    }

    fn sign(&self, second: char) -> Result<usize> {
        let rest = self.rest();
        let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
        match sign {
            // `a?.5:1` asks; it does not look into `a`.
            Some(&"?.") if rest[2..].starts_with(|c: char| c.is_ascii_digit()) => Ok(1),
            Some(sign) => Ok(sign.len()),
            None => self.trouble(format!(
                "the joiner does not know `{}{second}`",
                &rest.chars().next().unwrap_or(' ')
            )),
        }
    }

    fn expects_operand(&self) -> Result<bool> {
        let Some(last) = self.found.last() else { return Ok(true) };
        let is_property =
            self.found.iter().rev().nth(1).is_some_and(|token| matches!(token.text, "." | "?."));
        Ok(match last.kind {
            Kind::Word => !is_property && BEFORE_OPERANDS.contains(&last.text),
            Kind::Template => last.opens_expression(),
            Kind::Private | Kind::Number | Kind::Text | Kind::Regex => false,
            Kind::Sign => match last.text {
                ")" => self.after_head,
                "]" | "++" | "--" => false,
                "}" => {
                    return self.trouble(
                        "is this `/` after a `}` the begin of a regular expression? Give it a name first",
                    );
                }
                _ => true,
            },
        })
    }

    fn balance(&mut self, token: Token<'a>) -> Result<()> {
        if token.closes() {
            let Some(open) = self.open.pop().filter(|open| open.is_closed_by(&token)) else {
                return self.trouble(format!("`{}` closes nothing", token.text));
            };
            self.after_head = open.text == "(" && open.after_newline;
        }
        if token.opens() {
            // What is open has no use for the line in front of it: a head is noted there.
            let is_head =
                self.found.last().is_some_and(|last| matches!(last.text, "if" | "while" | "for" | "with"));
            self.open.push(Token { after_newline: is_head, ..token });
        }
        Ok(())
    }
}

fn begins_word(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == '$'
}

fn word(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').unwrap_or(text.len())
}

/// A number's length (§12.9.3).
fn number(text: &str) -> usize {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
    if text.starts_with('0') && text[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
        return word(text);
    }
    let mut end = digits(text);
    if text[end..].starts_with('.') {
        end += 1 + digits(&text[end + 1..]);
    }
    if text[end..].starts_with(['e', 'E']) {
        let sign = usize::from(text[end + 1..].starts_with(['+', '-']));
        end += 1 + sign + digits(&text[end + 1 + sign..]);
    }
    end + usize::from(text[end..].starts_with('n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        tokens("a.js", text).unwrap().iter().map(|token| token.text).collect()
    }

    fn wrong(text: &str) -> String {
        tokens("a.js", text).unwrap_err().to_string()
    }

    #[test]
    fn words_numbers_and_signs_are_cut_apart() {
        assert_eq!(
            cut("a??=b?.c?.5:0x1F+1.5.e-1e-3n>>>2"),
            [
                "a", "??=", "b", "?.", "c", "?", ".5", ":", "0x1F", "+", "1.5", ".", "e", "-", "1e-3n",
                ">>>", "2"
            ]
        );
        assert_eq!(
            cut("1..x + 1_000 ... #名 in $_é"),
            ["1.", ".", "x", "+", "1_000", "...", "#名", "in", "$_é"]
        );
    }

    #[test]
    fn a_line_ends_as_everybody_sees_it() {
        assert_eq!(cut("a // b\r\nc"), ["a", "c"]);
        for end in ["\r", "\u{2028}", "\u{2029}"] {
            let words = wrong(&format!("a\r\nb // c{end}d"));
            assert_eq!(words, "a.js:2: a line ends as few editors show it: end it with \\n");
        }
    }

    #[test]
    fn comments_are_left_out_and_strings_are_whole() {
        assert_eq!(cut("a // b\n/* c\n */ d"), ["a", "d"]);
        assert_eq!(
            cut(r#""// no \" comment" '/* nor \' here */'"#),
            [r#""// no \" comment""#, r"'/* nor \' here */'"]
        );
        assert_eq!(cut("\"a\\\nb\" c"), ["\"a\\\nb\"", "c"]);
    }

    #[test]
    fn a_template_is_cut_at_its_expressions() {
        assert_eq!(
            cut("`a${ b + `c${{ d: `e` }.d}f` }g $ \\` \\${ h`"),
            ["`a${", "b", "+", "`c${", "{", "d", ":", "`e`", "}", ".", "d", "}f`", "}g $ \\` \\${ h`"]
        );
        assert_eq!(cut("`$${a}`"), ["`$${", "a", "}`"]);
    }

    #[test]
    fn what_is_before_a_slash_tells_whether_it_divides() {
        assert_eq!(
            cut(r##"a = /[/\]"]\/'/gu.test(b) / c / 2"##),
            ["a", "=", r#"/[/\]"]\/'/gu"#, ".", "test", "(", "b", ")", "/", "c", "/", "2"]
        );
        assert_eq!(
            cut("if (a) /b/.test(c); f(a) / b / c"),
            [
                "if", "(", "a", ")", "/b/", ".", "test", "(", "c", ")", ";", "f", "(", "a", ")", "/", "b",
                "/", "c"
            ]
        );
        assert_eq!(
            cut("return /a/; x.return / a; `${/}`/}`"),
            ["return", "/a/", ";", "x", ".", "return", "/", "a", ";", "`${", "/}`/", "}`"]
        );
        assert_eq!(
            wrong("\n{ a }\n/b/.test(c)"),
            "a.js:3: is this `/` after a `}` the begin of a regular expression? Give it a name first"
        );
    }

    #[test]
    fn it_is_known_where_a_line_ended() {
        let found = tokens("a.js", "a b\nc /*\n*/ d // e\nf `\n` g").unwrap();
        let ended: Vec<_> = found.iter().map(|token| (token.text, token.line, token.after_newline)).collect();
        assert_eq!(
            ended,
            [
                ("a", 1, false),
                ("b", 1, false),
                ("c", 2, true),
                ("d", 3, true),
                ("f", 4, true),
                ("`\n`", 4, false),
                ("g", 5, false)
            ]
        );
    }

    #[test]
    fn what_has_no_end_is_told_with_its_line() {
        assert_eq!(wrong("\n'a\n"), "a.js:2: the string has no end on its line");
        assert_eq!(wrong("\n`a${b}"), "a.js:2: the template has no end");
        assert_eq!(wrong("/a\n/"), "a.js:1: the regular expression has no end on its line");
        assert_eq!(wrong("a\n/*"), "a.js:2: the comment has no end");
        assert_eq!(wrong("f(\n[a"), "a.js:2: `[` is never closed");
        assert_eq!(wrong("f(\n]"), "a.js:2: `]` closes nothing");
        assert_eq!(wrong("a\n\\u0061"), "a.js:2: the joiner does not know `\\u`");
    }
}
