//! The pieces of lines: the server's own words, texts of several lines, what a room is called.

use std::borrow::Cow;

use crate::history::{PersonId, RoomKind};
use crate::model::{Model, Room};

/// Whoever runs the chat is nobody in it.
pub(super) const THE_OPERATOR: &str = "the operator";

/// The server's own words.
pub(super) fn notice(words: &str) -> String {
    format!("* {words}")
}

/// Somebody, with a badge if they are a program: no name has brackets.
pub(super) fn called(model: &Model, person: PersonId) -> Cow<'_, str> {
    badged(model, person, model.name_of(person))
}

/// The same, as they were called.
pub(super) fn badged<'a>(model: &Model, person: PersonId, name: &'a str) -> Cow<'a, str> {
    if model.is_bot(person) { format!("{name} [bot]").into() } else { name.into() }
}

/// A heading, and what is below it.
pub(super) fn list(heading: &str, rows: impl Iterator<Item = String>) -> String {
    let rows: Vec<String> = rows.map(|row| format!("*   {row}")).collect();
    let heading =
        notice(&if rows.is_empty() { format!("{heading}: nothing") } else { format!("{heading}:") });
    std::iter::once(heading).chain(rows).collect::<Vec<_>>().join("\n")
}

/// What people call a room.
pub(super) fn title<'a>(model: &'a Model, room: &'a Room, reader: Option<PersonId>) -> &'a str {
    match reader.and_then(|reader| room.partner_of(reader)) {
        Some(partner) => model.name_of(partner),
        None if room.kind() == RoomKind::Direct => "a private talk",
        None => model.traits_of(room.id()).and_then(|it| it.title.as_deref()).unwrap_or(room.name()),
    }
}

/// Text of several lines cannot pass for several messages: all but its first line are set in. What would move
/// the cursor, or turn the direction of writing around, is left out.
pub(super) fn indent(text: &str) -> Cow<'_, str> {
    if !text.contains(|c: char| is_line_end(c) || is_unprintable(c)) {
        return Cow::Borrowed(text);
    }
    let text = text.replace("\r\n", "\n");
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            c if is_line_end(c) => out.push_str("\n    | "),
            c if is_unprintable(c) => {}
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// The mandatory breaks of UAX #14, and a lone carriage return.
fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Control characters other than the tab, and the explicit directions of UAX #9.
fn is_unprintable(c: char) -> bool {
    (c.is_control() && c != '\t')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
