//! A message of Slack's shape, as lines: its text, and what its attachments and blocks have to say that the text has not.
//!
//! Slack shows attachments below the text. It shows blocks in place of the text, which is then for notices; some senders
//! have all in it, others a headline. So here the text counts, and blocks are read if there is none.

use std::collections::HashSet;

use serde_json::Value;

use super::mrkdwn::plain;

/// Lines, each of which is told once.
#[derive(Default)]
struct Lines {
    told: String,
    seen: HashSet<String>,
}

/// Perhaps empty.
pub(in crate::voices::json) fn text(message: &Value) -> String {
    let mut lines = Lines::default();
    lines.push(&message["text"]);
    if lines.told.is_empty() {
        lines.blocks(&message["blocks"]);
    }
    list(&message["attachments"]).for_each(|attachment| lines.attachment(attachment));
    // Others have a title and a message: what Grafana's own webhook sends, Gotify's, and ntfy's.
    if lines.told.is_empty() {
        lines.push(&message["title"]);
        lines.push(&message["message"]);
    }
    lines.told
}

impl Lines {
    fn attachment(&mut self, attachment: &Value) {
        let before = self.told.len();
        self.push(&attachment["pretext"]);
        let (title, link) = (words(&attachment["title"]), words(&attachment["title_link"]));
        match title.is_empty() || link.is_empty() || title == link {
            true => self.push_text(&title),
            false => self.push_text(&format!("{title} ({link})")),
        }
        self.push(&attachment["text"]);
        for field in list(&attachment["fields"]) {
            self.pair(&words(&field["title"]), &words(&field["value"]));
        }
        self.blocks(&attachment["blocks"]);
        if self.told.len() == before {
            self.push(&attachment["fallback"]);
        }
    }

    fn blocks(&mut self, blocks: &Value) {
        for block in list(blocks) {
            match block["type"].as_str() {
                Some("header" | "section" | "markdown") => {
                    self.push(&block["text"]);
                    list(&block["fields"]).for_each(|field| self.field(&words(field)));
                }
                Some("context") => {
                    let parts: Vec<String> = list(&block["elements"]).map(words).collect();
                    self.push_text(&parts.join(" "));
                }
                Some("rich_text") => {
                    for part in list(&block["elements"]) {
                        let mut line = String::new();
                        rich(part, &mut line, 0);
                        self.push_text(&line);
                    }
                }
                _ => {}
            }
        }
    }

    /// A field of a block: `*Time*` and below it the time.
    fn field(&mut self, field: &str) {
        let label = field
            .split_once('\n')
            .and_then(|(label, value)| Some((label.trim().strip_prefix('*')?.strip_suffix('*')?, value)));
        match label {
            Some((label, value)) => self.pair(label.trim_end_matches(':'), value),
            None => self.push_text(field),
        }
    }

    fn pair(&mut self, label: &str, value: &str) {
        if !self.knows(value) {
            let colon = if label.is_empty() || value.is_empty() { "" } else { ": " };
            self.push_text(&format!("{label}{colon}{value}"));
        }
    }

    fn push(&mut self, value: &Value) {
        self.push_text(&words(value));
    }

    fn push_text(&mut self, text: &str) {
        let text = text.trim();
        if text.is_empty() || self.knows(text) {
            return;
        }
        if !self.told.is_empty() {
            self.told.push('\n');
        }
        self.told.push_str(text);
        self.seen.extend(text.lines().map(|line| line.trim().to_owned()));
    }

    /// Was all of it told already?
    fn knows(&self, text: &str) -> bool {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
        lines.peek().is_some() && lines.all(|line| self.seen.contains(line))
    }
}

/// Text, a number, or an object that has a text.
fn words(value: &Value) -> String {
    match value {
        Value::String(text) => plain(text),
        Value::Number(number) => number.to_string(),
        Value::Object(object) => match object.get("text") {
            Some(Value::String(text)) => plain(text),
            _ => String::new(),
        },
        Value::Null | Value::Bool(_) | Value::Array(_) => String::new(),
    }
}

/// What is in a rich text, at any depth that anybody writes.
fn rich(part: &Value, line: &mut String, depth: usize) {
    const DEEPEST: usize = 8;
    match part["type"].as_str() {
        // Already plain: nothing in it is written in another way.
        Some("text") => line.push_str(part["text"].as_str().unwrap_or_default()),
        Some("link") => {
            let (text, url) =
                (part["text"].as_str().unwrap_or_default(), part["url"].as_str().unwrap_or_default());
            match text.is_empty() || text == url {
                true => line.push_str(url),
                false => line.push_str(&format!("{text} ({url})")),
            }
        }
        Some("emoji") => line.push_str(&format!(":{}:", part["name"].as_str().unwrap_or_default())),
        Some("user") => line.push_str(part["user_id"].as_str().unwrap_or_default()),
        Some("channel") => line.push_str(part["channel_id"].as_str().unwrap_or_default()),
        Some("broadcast") => line.push_str(part["range"].as_str().unwrap_or_default()),
        _ if depth < DEEPEST => {
            for inner in list(&part["elements"]) {
                // The items of a list stand on lines of their own.
                if part["type"] == "rich_text_list" && !line.is_empty() {
                    line.push('\n');
                }
                rich(inner, line, depth + 1);
            }
        }
        _ => {}
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
