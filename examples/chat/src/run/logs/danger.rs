//! Characters that may not stand in a line as they are: they would begin another one, or turn the direction of the one they
//! are in, or move a terminal's cursor. A client may have chosen them.

/// Controls, line and paragraph separators, and the controls of the bidirectional algorithm (UAX #9 §2).
pub(super) fn is_dangerous(c: char) -> bool {
    let direction =
        matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    c.is_control() || direction || matches!(c, '\u{2028}' | '\u{2029}')
}
