//! The grammar of Sec-WebSocket-Extensions (RFC 6455 §9.1): what a client offers, best first.
//!
//! ```text
//!   permessage-deflate; server_max_window_bits="10"; client_max_window_bits , x-other
//!   └ name ──────────┘  └ name ──────────────┘  └┘   └ without a value ───┘   └ the next one
//! ```
//!
//! Nothing is copied but a quoted value with a backslash in it.

use std::borrow::Cow;

use super::syntax::{is_token, is_token_byte};
use super::{Refusal, Request};

const FIELD: &str = "sec-websocket-extensions";

/// One extension as it is offered; its parameters have been checked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extension<'a> {
    pub(super) name: &'a [u8],
    parameters: &'a [u8],
}

/// A parameter. Its value has been unquoted (§9.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parameter<'a> {
    pub(super) name: &'a [u8],
    pub(super) value: Option<Cow<'a, [u8]>>,
}

/// The value does not follow the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// A value outside the grammar fails the connection, whatever extensions we know (§9.1); so does one that names
/// none.
pub(super) fn check(request: &Request<'_>) -> Result<(), Refusal> {
    let mut offered = offered(request).peekable();
    let is_there = request.values(FIELD).next().is_some();
    if is_there && offered.peek().is_none() || offered.any(|extension| extension.is_err()) {
        return Err(Refusal::Extensions);
    }
    Ok(())
}

/// The extensions of all header lines, which are one list (§9.1).
pub(super) fn offered<'a>(
    request: &Request<'a>,
) -> impl Iterator<Item = Result<Extension<'a>, Malformed>> + use<'a> {
    request.values(FIELD).flat_map(|value| Extensions { rest: value })
}

impl<'a> Extension<'a> {
    pub(super) fn parameters(&self) -> impl Iterator<Item = Parameter<'a>> + use<'a> {
        let mut rest = self.parameters;
        std::iter::from_fn(move || take_parameter(&mut rest).ok().flatten())
    }
}

/// The list in one header line. Empty members are skipped, as in every list of HTTP (RFC 9110 §5.6.1.2).
struct Extensions<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Extensions<'a> {
    type Item = Result<Extension<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        skip_space(&mut self.rest);
        while take_byte(&mut self.rest, b',') {
            skip_space(&mut self.rest);
        }
        if self.rest.is_empty() {
            return None;
        }
        let extension = take_extension(&mut self.rest);
        if extension.is_err() {
            self.rest = &[]; // it is unknown where the next one would begin
        }
        Some(extension)
    }
}

/// A name, its parameters, and the end of the member.
fn take_extension<'a>(rest: &mut &'a [u8]) -> Result<Extension<'a>, Malformed> {
    let name = take_token(rest)?;
    let parameters = *rest;
    while take_parameter(rest)?.is_some() {}
    match rest.first() {
        None | Some(b',') => Ok(Extension { name, parameters }),
        Some(_) => Err(Malformed),
    }
}

/// `; name`, `; name=token` or `; name="quoted"`, with the space behind it; `None` where no semicolon is.
fn take_parameter<'a>(rest: &mut &'a [u8]) -> Result<Option<Parameter<'a>>, Malformed> {
    skip_space(rest);
    if !take_byte(rest, b';') {
        return Ok(None);
    }
    skip_space(rest);
    let name = take_token(rest)?;
    skip_space(rest);
    let value = match take_byte(rest, b'=') {
        true => Some(take_value(rest)?),
        false => None,
    };
    skip_space(rest);
    Ok(Some(Parameter { name, value }))
}

fn take_value<'a>(rest: &mut &'a [u8]) -> Result<Cow<'a, [u8]>, Malformed> {
    skip_space(rest);
    match take_byte(rest, b'"') {
        true => take_quoted(rest),
        false => take_token(rest).map(Cow::Borrowed),
    }
}

/// What stands between quotes, unescaped (RFC 9110 §5.6.4). It must be a token too (§9.1).
fn take_quoted<'a>(rest: &mut &'a [u8]) -> Result<Cow<'a, [u8]>, Malformed> {
    let quoted = *rest;
    let mut value: Cow<'a, [u8]> = Cow::Borrowed(&[]);
    while let Some((&byte, after)) = rest.split_first() {
        *rest = after;
        match (byte, after.split_first()) {
            (b'"', _) if is_token(&value) => return Ok(value),
            (b'"', _) => return Err(Malformed),
            (b'\\', Some((&escaped, after))) => {
                *rest = after;
                value.to_mut().push(escaped);
            }
            _ => match &mut value {
                Cow::Borrowed(so_far) => *so_far = &quoted[..so_far.len() + 1],
                Cow::Owned(value) => value.push(byte),
            },
        }
    }
    Err(Malformed)
}

fn take_token<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], Malformed> {
    let length = rest.iter().take_while(|&&byte| is_token_byte(byte)).count();
    let (token, after) = rest.split_at(length);
    *rest = after;
    if token.is_empty() { Err(Malformed) } else { Ok(token) }
}

fn take_byte(rest: &mut &[u8], byte: u8) -> bool {
    let found = rest.first() == Some(&byte);
    if found {
        *rest = &rest[1..];
    }
    found
}

fn skip_space(rest: &mut &[u8]) {
    while let [b' ' | b'\t', after @ ..] = rest {
        *rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `name;parameter=value` for each extension, or nothing if one of them is malformed.
    fn read(value: &str) -> Option<String> {
        let mut lines = Vec::new();
        for extension in (Extensions { rest: value.as_bytes() }) {
            let extension = extension.ok()?;
            let mut line = extension.name.to_vec();
            for Parameter { name, value } in extension.parameters() {
                line.extend([b";", name].concat());
                line.extend(value.map(|value| [b"=", &value[..]].concat()).unwrap_or_default());
            }
            lines.push(String::from_utf8(line).ok()?);
        }
        Some(lines.join(" "))
    }

    #[test]
    fn the_grammar_of_section_9_1() {
        let good = [
            ("foo", "foo"),
            ("foo; bar; baz=2", "foo;bar;baz=2"),
            ("foo, bar; baz=\"2\"", "foo bar;baz=2"),
            ("foo;bar=\"a\\b\\1c\"", "foo;bar=ab1c"),
            ("\tfoo ;bar = 1 ,\t, baz ,", "foo;bar=1 baz"),
        ];
        for (value, expected) in good {
            assert_eq!(read(value).as_deref(), Some(expected), "{value}");
        }
        let bad = [
            "a=b",
            ";",
            "foo;",
            "foo;;bar",
            "foo;=1",
            "foo;bar=",
            "foo;bar=\"",
            "foo;bar=\"a",
            "foo;bar=\"\"",
            "foo;bar=\"a b\"",
            "foo;bar=\"a\\\"\"",
            "foo;bar=\"a\\",
            "foo bar",
            "foo;a b",
            "foo;a=b c",
            "\"foo\"",
            "foo;a=\"b\"c",
            "foo;a=b\"c\"",
            "foo, b@r",
            "f\u{e9}",
        ];
        for value in bad {
            assert_eq!(read(value), None, "{value}");
        }
    }
}
