//! Texts that have to be short are cut at the end of a character.

const ELLIPSIS: char = '…';

/// As much of it as costs no more than `room`; what is cut says so.
pub(super) fn cut(text: &str, room: usize, cost: fn(char) -> usize) -> String {
    if length(text, cost) <= room {
        return text.to_owned();
    }
    let mut left = room.saturating_sub(cost(ELLIPSIS));
    let mut kept = String::new();
    for c in text.chars() {
        match left.checked_sub(cost(c)) {
            Some(rest) => left = rest,
            None => break,
        }
        kept.push(c);
    }
    kept.truncate(kept.trim_end().len());
    if cost(ELLIPSIS) <= room {
        kept.push(ELLIPSIS);
    }
    kept
}

pub(super) fn length(text: &str, cost: fn(char) -> usize) -> usize {
    text.chars().map(cost).sum()
}

/// In bytes.
pub(super) fn bytes(c: char) -> usize {
    c.len_utf8()
}

/// As JSON, in bytes.
pub(super) fn json(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        c if c < ' ' => 6,
        c => c.len_utf8(),
    }
}

/// As JavaScript and others count characters.
pub(super) fn utf16(c: char) -> usize {
    c.len_utf16()
}
