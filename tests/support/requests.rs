//! Reads the requests in `fixtures/handshake/*.http`, and the answers they deserve.
//!
//! ```text
//! == one offered, one spoken (§4.2.2)      the title
//! @ subprotocols chat superchat            a setting; or origins, hosts, max-head, max-headers
//! | GET /chat HTTP/1.1                     a line of the request; CR LF is added, except after \-
//! | X-Note: {61*90}\t\x00                  bytes that text cannot show
//! |
//! > 101                                    the socket opens; or `400 Key`, the status and the rule that is broken;
//!                                          or `page /chat`, an ordinary request
//! > Sec-WebSocket-Protocol: chat           a header that the answer must have
//! > -Sec-WebSocket-Version                 a header that it must not have
//! > body {"a": 1}                          what the application reads of its body, where `@ max-body 100` says so
//! > rest 81 05                             the bytes behind the request's head, or behind the body that was read
//! > rest-text GET / HTTP/1.1\r\n             the same as text, with the escapes of a `|` line; a body has them too
//! ```

use pollcat::handshake::{HeadLimits, Hosts, Origins};

use crate::fixtures::parse_bytes;

/// A request, the settings of the server it goes to, and what must come of it.
pub struct Case {
    /// File and line of the title.
    pub place: String,
    pub title: String,
    pub settings: Settings,
    /// All that the client sends.
    pub bytes: Vec<u8>,
    pub expected: Vec<Expectation>,
}

/// The `@` lines.
pub struct Settings {
    pub limits: HeadLimits,
    pub hosts: Hosts,
    pub origins: Origins,
    pub subprotocols: Vec<String>,
    /// The application reads bodies, of so many bytes at most.
    pub max_body: Option<usize>,
}

/// A `>` line.
#[derive(Debug, PartialEq)]
pub enum Expectation {
    /// A 100 comes before the answer.
    Continue,
    /// A 101.
    Opened,
    /// A status, and the variant of `Refusal`: many rules share a status.
    Refused(u16, String),
    Page(String),
    Header(String, String),
    NoHeader(String),
    Body(Vec<u8>),
    Rest(Vec<u8>),
}

/// Reads a fixture file. A line that makes no sense is an error that begins with file and line.
pub fn read(file: &str, text: &str) -> Result<Vec<Case>, String> {
    let mut cases: Vec<Case> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let (mark, rest) = line.split_once(' ').unwrap_or((line, ""));
        let understood = match (mark, cases.last_mut()) {
            ("==", _) => {
                cases.push(Case::new(format!("{file}:{number}"), rest));
                Some(())
            }
            ("@", Some(case)) => case.settings.set(rest),
            ("|", Some(case)) => parse_line(rest).map(|line| case.bytes.extend(line)),
            (">", Some(case)) => parse_expectation(rest).map(|expected| case.expected.push(expected)),
            _ if line.is_empty() || line.starts_with('#') => Some(()),
            _ => None,
        };
        understood.ok_or_else(|| format!("{file}:{number}: not understood: {line}"))?;
    }
    Ok(cases)
}

impl Case {
    fn new(place: String, title: &str) -> Self {
        let settings = Settings {
            limits: HeadLimits::new(),
            hosts: Hosts::any(),
            origins: Origins::same(),
            subprotocols: Vec::new(),
            max_body: None,
        };
        Case { place, title: title.to_owned(), settings, bytes: Vec::new(), expected: Vec::new() }
    }
}

impl Settings {
    fn set(&mut self, text: &str) -> Option<()> {
        let (name, value) = text.split_once(' ')?;
        let words = value.split_whitespace();
        match (name, value) {
            ("subprotocols", _) => self.subprotocols = words.map(str::to_owned).collect(),
            ("origins", "any") => self.origins = Origins::any(),
            ("origins", "same") => self.origins = Origins::same(),
            ("origins", _) if value.starts_with("same ") => {
                self.origins = Origins::same().and(words.skip(1)).ok()?
            }
            ("origins", _) => self.origins = Origins::only(words).ok()?,
            ("hosts", "any") => self.hosts = Hosts::any(),
            ("hosts", _) if value.starts_with("addresses") => {
                self.hosts = Hosts::addresses().and(words.skip(1)).ok()?
            }
            ("hosts", _) => self.hosts = Hosts::only(words).ok()?,
            ("max-head", _) => self.limits.max_bytes = value.parse().ok()?,
            ("max-body", _) => self.max_body = Some(value.parse().ok()?),
            ("max-headers", _) => self.limits.max_fields = value.parse().ok()?,
            _ => return None,
        }
        Some(())
    }
}

fn parse_expectation(text: &str) -> Option<Expectation> {
    if text == "100, then" {
        return Some(Expectation::Continue);
    }
    if text == "101" {
        return Some(Expectation::Opened);
    }
    if let Some(name) = text.strip_prefix('-') {
        return Some(Expectation::NoHeader(name.to_owned()));
    }
    if text == "body" {
        return Some(Expectation::Body(Vec::new()));
    }
    match text.split_once(' ')? {
        ("body", body) => parse_line(&format!("{body}\\-")).map(Expectation::Body),
        ("rest-text", text) => parse_line(&format!("{text}\\-")).map(Expectation::Rest),
        ("page", path) => Some(Expectation::Page(path.to_owned())),
        ("rest", bytes) => parse_bytes(bytes).ok().map(Expectation::Rest),
        (status, rule) if status.starts_with(['4', '5']) => {
            let is_rule = !rule.is_empty() && rule.chars().all(char::is_alphanumeric);
            is_rule.then_some(Expectation::Refused(status.parse().ok()?, rule.to_owned()))
        }
        (name, value) => Some(Expectation::Header(name.strip_suffix(':')?.to_owned(), value.to_owned())),
    }
}

/// A `|` line: text with escapes, and its CR LF unless it ends in `\-`.
fn parse_line(text: &str) -> Option<Vec<u8>> {
    let (mut text, end) = text.strip_suffix(r"\-").map_or((text, "\r\n"), |text| (text, ""));
    let mut bytes = Vec::new();
    while let Some(at) = text.find(['\\', '{']) {
        bytes.extend_from_slice(&text.as_bytes()[..at]);
        let (more, after) = unescape(&text[at..])?;
        bytes.extend(more);
        text = after;
    }
    bytes.extend_from_slice(text.as_bytes());
    bytes.extend_from_slice(end.as_bytes());
    Some(bytes)
}

/// The bytes that the escape or the `{61*9000}` at the start of `text` stands for, and what follows it.
fn unescape(text: &str) -> Option<(Vec<u8>, &str)> {
    if let Some(text) = text.strip_prefix('{') {
        let (bytes, after) = text.split_once('}')?;
        return Some((parse_bytes(bytes).ok()?, after));
    }
    let (byte, length) = match text.as_bytes().get(1)? {
        b'r' => (b'\r', 2),
        b'n' => (b'\n', 2),
        b't' => (b'\t', 2),
        b'0' => (b'\0', 2),
        b'\\' => (b'\\', 2),
        b'x' => (u8::from_str_radix(text.get(2..4)?, 16).ok()?, 4),
        _ => return None,
    };
    Some((vec![byte], &text[length..]))
}
