//! Tokens, written with as little between them as keeps them apart.

use crate::tokens::{Kind, Token};

#[derive(Debug, Default)]
pub(crate) struct Writer {
    text: String,
    last: Option<Kind>,
}

impl Writer {
    /// Writes a token, perhaps under another name.
    pub(crate) fn write(&mut self, token: &Token<'_>, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.would_stick(token.kind, text) {
            self.text.push(' ');
        }
        self.text.push_str(text);
        self.last = Some(token.kind);
    }

    /// What comes now is on a line of its own.
    pub(crate) fn end_line(&mut self) {
        if self.last.take().is_some() {
            self.text.push('\n');
        }
    }

    /// Lines of their own.
    pub(crate) fn write_lines(&mut self, lines: &str) {
        self.end_line();
        self.text.push_str(lines);
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// Would the two be one token, or other ones?
    fn would_stick(&self, kind: Kind, text: &str) -> bool {
        let Some(last) = self.last else { return false };
        let is_wordy = |kind| matches!(kind, Kind::Word | Kind::Private | Kind::Number);
        is_wordy(kind) && (is_wordy(last) || last == Kind::Regex)
            || last == Kind::Number && text.starts_with('.')
            || ['+', '-', '/'].iter().any(|sign| self.text.ends_with(*sign) && text.starts_with(*sign))
    }
}
