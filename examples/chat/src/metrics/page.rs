//! The text that Prometheus reads: its exposition format, version 0.0.4.

use std::fmt::{self, Display, Write};

/// The figures, one name after the other.
#[derive(Debug, Default)]
pub(super) struct Page(String);

impl Page {
    /// Goes on behind what somebody else has written.
    pub(super) fn after(text: String) -> Self {
        Page(text)
    }

    /// Says what the samples that follow are.
    pub(super) fn head(&mut self, metric: &str, kind: &str, help: &str) {
        let help = help.replace('\\', r"\\").replace('\n', r"\n");
        self.push(format_args!("# HELP {metric} {help}\n# TYPE {metric} {kind}\n"));
    }

    pub(super) fn sample(&mut self, metric: &str, labels: &[(&str, &str)], value: impl Display) {
        self.push(format_args!("{metric}"));
        for (place, (name, text)) in labels.iter().enumerate() {
            let open = if place == 0 { '{' } else { ',' };
            self.push(format_args!("{open}{name}=\"{}\"", escaped(text)));
        }
        let close = if labels.is_empty() { "" } else { "}" };
        self.push(format_args!("{close} {value}\n"));
    }

    /// One that stands alone.
    pub(super) fn one(&mut self, metric: &str, kind: &str, help: &str, value: impl Display) {
        self.head(metric, kind, help);
        self.sample(metric, &[], value);
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }

    fn push(&mut self, text: fmt::Arguments<'_>) {
        self.0.write_fmt(text).expect("a String takes everything");
    }
}

/// The value of a label, as it stands between quotes.
fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('"', r#"\""#).replace('\n', r"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_line_or_a_value_is_escaped() {
        let mut page = Page::after("first 1\n".to_owned());
        page.head("a", "gauge", "two\nlines, one \\ and one \"");
        page.sample("a", &[("b", "\"c\\\n\""), ("d", "")], 0.5);
        page.one("e", "counter", "E.", 7);
        let expected = concat!(
            "first 1\n",
            "# HELP a two\\nlines, one \\\\ and one \"\n",
            "# TYPE a gauge\n",
            "a{b=\"\\\"c\\\\\\n\\\"\",d=\"\"} 0.5\n",
            "# HELP e E.\n",
            "# TYPE e counter\n",
            "e 7\n",
        );
        assert_eq!(page.into_text(), expected);
    }
}
