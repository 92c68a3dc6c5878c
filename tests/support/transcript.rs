//! Reads the transcripts in `fixtures/*.hex`, and writes a story in their notation.
//!
//! ```text
//! == a Ping in the middle of a message (§5.4)      the title
//! @ max-message 1000                               a limit; or max-fragments; or what of deflate was agreed on
//! < 01 81 00000000 61                              the client sends these bytes
//! < 89 80 00000000                                 (several lines are one stream)
//! > 8a 00                                          the server must send these
//! * send text Hello                                the application sends; or ping, close
//! > 81 05 48656c6c6f
//! < 80 81 00000000 62
//! = text ab                                        the application sees; or binary, close
//! < ff
//! ! 1002 ReservedBits                              the connection fails: the close code, and the rule that is broken
//! ```

use std::fmt;

use pollcat::protocol::{CloseCode, Limits};

use crate::fixtures::parse_bytes;

/// One case of a fixture file: a small conversation, and the one story that it must always tell.
#[derive(Debug)]
pub struct Case {
    /// File and line of the title.
    pub place: String,
    pub title: String,
    pub limits: Limits,
    /// The parameters of permessage-deflate, if it was negotiated.
    pub deflate: Option<String>,
    pub story: Story,
    /// Where the `<` lines end, in bytes from the beginning of what the client sends.
    pub line_ends: Vec<usize>,
}

/// What happens on a connection, in order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Story(pub Vec<Line>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// `<`: bytes the client sends.
    Client(Vec<u8>),
    /// `>`: bytes the server sends.
    Server(Vec<u8>),
    /// `=`: what the application sees.
    Sees(Word),
    /// `*`: what the application does.
    Does(Word),
    /// `!`: the connection fails.
    Fails(Failure),
}

/// How a connection fails. Many rules share a code, so a failure names its rule as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The code of the Close frame, 0 if none could be sent any more.
    pub code: u16,
    /// The variant of `ProtocolError`.
    pub rule: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Close(CloseCode, String),
}

/// Reads a fixture file. A line that makes no sense is an error that begins with file and line.
pub fn read(file: &str, text: &str) -> Result<Vec<Case>, String> {
    let mut cases: Vec<Case> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        let place = format!("{file}:{number}");
        let read = match (split_word(line), cases.last_mut()) {
            (("==", title), _) => Case::new(&place, title).map(|case| cases.push(case)),
            ((mark, rest), Some(case)) => case.read_line(mark, rest),
            (_, None) => Err("a line before the first `==`".into()),
        };
        read.map_err(|why| format!("{place}: {why}"))?;
    }
    match cases.iter().find(|case| case.story.0.is_empty()) {
        Some(case) => Err(format!("{}: a case in which nothing happens", case.place)),
        None => Ok(cases),
    }
}

impl Case {
    fn new(place: &str, title: &str) -> Result<Case, String> {
        if !title.contains('§') {
            return Err("a title that names no section (§…)".into());
        }
        Ok(Case {
            place: place.into(),
            title: title.into(),
            limits: Limits::new(),
            deflate: None,
            story: Story::default(),
            line_ends: Vec::new(),
        })
    }

    fn read_line(&mut self, mark: &str, rest: &str) -> Result<(), String> {
        let (word, after_word) = split_word(rest);
        let nothing_yet = self.story.0.is_empty();
        let line = match (mark, word) {
            ("@", "max-message") if nothing_yet => return set(&mut self.limits.max_message, after_word),
            ("@", "max-fragments") if nothing_yet => return set(&mut self.limits.max_fragments, after_word),
            ("@", "deflate") if nothing_yet => {
                self.deflate = Some(after_word.into());
                return Ok(());
            }
            ("<" | ">", "") => return Err("a line without bytes".into()),
            ("<", _) => Line::Client(parse_bytes(rest)?),
            ("*", "send") => Line::Does(parse_message(after_word)?),
            ("*", "ping") => Line::Does(Word::Ping(parse_bytes(after_word)?)),
            ("*", "close") => Line::Does(parse_close(after_word)?),
            (">" | "=" | "!", _) if nothing_yet => return Err("an outcome without a cause".into()),
            (">", _) => Line::Server(parse_bytes(rest)?),
            ("=", "close") => Line::Sees(parse_close(after_word)?),
            ("=", _) => Line::Sees(parse_message(rest)?),
            ("!", _) => Line::Fails(parse_failure(rest)?),
            _ => return Err(format!("`{mark} {word}` means nothing here")),
        };
        if let Line::Client(bytes) = &line {
            self.line_ends.push(self.line_ends.last().unwrap_or(&0) + bytes.len());
        }
        self.story.push(line);
        Ok(())
    }
}

/// The first word, and what comes after one space, as it stands.
fn split_word(text: &str) -> (&str, &str) {
    text.split_once(' ').unwrap_or((text, ""))
}

fn set<T: std::str::FromStr>(limit: &mut T, text: &str) -> Result<(), String> {
    *limit = parse_number(text)?;
    Ok(())
}

fn parse_number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("`{text}` is not a number that fits here"))
}

fn parse_message(text: &str) -> Result<Word, String> {
    match split_word(text) {
        ("text", text) => Ok(Word::Text(text.into())),
        ("text-hex", bytes) => {
            String::from_utf8(parse_bytes(bytes)?).map(Word::Text).map_err(|error| error.to_string())
        }
        ("binary", bytes) => Ok(Word::Binary(parse_bytes(bytes)?)),
        (word, _) => Err(format!("`{word}` is no kind of message")),
    }
}

fn parse_close(text: &str) -> Result<Word, String> {
    let (number, reason) = split_word(text);
    let code = match parse_number(number)? {
        1005 => CloseCode::NO_STATUS,
        other => CloseCode::new(other).ok_or(format!("{other} may not travel in a Close frame"))?,
    };
    Ok(Word::Close(code, reason.into()))
}

fn parse_failure(text: &str) -> Result<Failure, String> {
    let (code, rule) = split_word(text);
    let code = parse_number(code)?;
    if rule.is_empty() || !rule.chars().all(char::is_alphanumeric) {
        return Err(format!("`! {code}` does not name the rule that is broken (a variant of ProtocolError)"));
    }
    Ok(Failure { code, rule: rule.into() })
}

impl Story {
    /// Adds what happened next. Bytes that one side sends one after the other are one stream.
    pub fn push(&mut self, line: Line) {
        match (self.0.last_mut(), line) {
            (Some(Line::Client(stream)), Line::Client(more))
            | (Some(Line::Server(stream)), Line::Server(more)) => stream.extend(more),
            (_, line) => self.0.push(line),
        }
    }

    /// The story, with an arrow at the lines that `other` does not have in this place.
    pub fn compared_with(&self, other: &Story) -> String {
        let show = |(index, line)| {
            let arrow = if other.0.get(index) == Some(line) { ' ' } else { '→' };
            format!("  {arrow} {line}\n")
        };
        self.0.iter().enumerate().map(show).collect()
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Line::Client(bytes) => write!(f, "< {}", show_bytes(bytes)),
            Line::Server(bytes) => write!(f, "> {}", show_bytes(bytes)),
            Line::Sees(word) => write!(f, "= {word}"),
            Line::Does(word @ (Word::Text(_) | Word::Binary(_))) => write!(f, "* send {word}"),
            Line::Does(word) => write!(f, "* {word}"),
            Line::Fails(Failure { code, rule }) => write!(f, "! {code} {rule}"),
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Word::Text(text) => write!(f, "text {}", shorten(&text.escape_debug().to_string())),
            Word::Binary(bytes) => write!(f, "binary {}", show_bytes(bytes)),
            Word::Ping(bytes) => write!(f, "ping {}", show_bytes(bytes)),
            Word::Close(code, reason) => write!(f, "close {code} {}", reason.escape_debug()),
        }
    }
}

/// The notation of [`parse_bytes`].
fn show_bytes(bytes: &[u8]) -> String {
    let runs = bytes.chunk_by(|a, b| a == b).map(|run| match run.len() {
        1..4 => format!("{:02x} ", run[0]).repeat(run.len()),
        times => format!("{:02x}*{times} ", run[0]),
    });
    shorten(runs.collect::<String>().trim_end())
}

/// The beginning and the end of a text that would not fit on a line.
fn shorten(text: &str) -> String {
    let length = text.chars().count();
    if length <= 100 {
        return text.into();
    }
    let head = text.chars().take(60);
    head.chain(" … ".chars()).chain(text.chars().skip(length - 30)).collect()
}
