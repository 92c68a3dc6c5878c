//! The lines that text clients read: who and when, then the text; the server's own words after a star. Pure.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::command::HELP;
use crate::history::{Event, Millis, What};
use crate::wire::picture_path;

/// How to write what happened in a room, for a text client.
#[derive(Debug, Clone)]
pub(crate) struct Console {
    zone: TimeZone,
    /// What comes before the path of a picture: `http://127.0.0.1:9501`.
    public_url: String,
}

/// In which room something happened, from where a reader stands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'a> {
    /// In the room where the reader is.
    Here,
    /// In another one.
    Room(&'a str),
    /// In private, to the reader.
    Private,
    /// In private, by the reader, to this person.
    PrivateTo(&'a str),
}

impl Console {
    /// Times are told in the zone of the machine.
    pub(crate) fn new(public_url: &str) -> Self {
        Console { zone: TimeZone::system(), public_url: public_url.trim_end_matches('/').to_owned() }
    }

    /// A line for an event. Things that were taken back have none.
    pub(crate) fn line(&self, event: &Event, place: Place<'_>, now: Millis) -> Option<String> {
        let name = &event.author_name;
        let said = match &event.what {
            What::Text(text) => format!("{name}: {}", indent(text)),
            What::Picture { picture: Some(picture), caption } => {
                let address = format!("{}{}", self.public_url, picture_path(picture));
                let caption =
                    if caption.is_empty() { String::new() } else { format!(": {}", indent(caption)) };
                format!("{name} sent a picture{caption} {address}")
            }
            What::Picture { picture: None, .. } => format!("{name} sent a picture, which is no longer kept"),
            What::Deleted => return None,
            What::Deletion { target } => format!("* {name} took back message {target}"),
        };
        let place = match place {
            Place::Here => String::new(),
            Place::Room(room) => format!("[{room}] "),
            Place::Private => "[private] ".to_owned(),
            Place::PrivateTo(name) => format!("[private to {name}] "),
        };
        Some(format!("{} {place}{said}", self.time(event.at, now)))
    }

    /// The time of day, with the day before it if that is not today.
    fn time(&self, at: Millis, now: Millis) -> String {
        let local =
            |millis| Timestamp::from_millisecond(millis).unwrap_or_default().to_zoned(self.zone.clone());
        let (at, now) = (local(at), local(now));
        let format = if at.date() == now.date() { "%H:%M:%S" } else { "%Y-%m-%d %H:%M:%S" };
        at.strftime(format).to_string()
    }
}

/// The server's own words.
pub(crate) fn notice(words: &str) -> String {
    format!("* {words}")
}

/// `/help`.
pub(crate) fn help() -> String {
    let width = HELP.iter().map(|(form, _)| form.len()).max().unwrap_or(0);
    let lines = HELP.iter().map(|(form, does)| format!("*   {form:width$}  {does}"));
    std::iter::once("* what you type is said in your room, unless it is one of these:".to_owned())
        .chain(lines)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Text of several lines cannot pass for several messages: all but its first line are set in. What would move
/// the cursor, or turn the direction of writing around, is left out.
fn indent(text: &str) -> Cow<'_, str> {
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

/// A line for a page that takes it for HTML, as those of the tutorials do. It ends its line: some of them do not.
pub(crate) fn as_html(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 32);
    for c in line.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push_str("<br>"),
            c => out.push(c),
        }
    }
    out.push_str("<br>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Picture;

    const NOON: Millis = 1_456_747_200_000; // 2016-02-29 12:00:00 UTC
    const DAY: Millis = 86_400_000;

    fn console() -> Console {
        Console { zone: TimeZone::UTC, public_url: "http://127.0.0.1:9501".into() }
    }

    fn event(what: What) -> Event {
        Event { offset: 1, at: NOON, author: 7, author_name: "alice".into(), what, mentions: vec![] }
    }

    fn line(what: What, place: Place<'_>, now: Millis) -> String {
        console().line(&event(what), place, now).expect("it has a line")
    }

    #[test]
    fn a_line_says_when_and_who_and_what() {
        let text = || What::Text("你好 <b>".into());
        assert_eq!(line(text(), Place::Here, NOON), "12:00:00 alice: 你好 <b>");
        assert_eq!(line(text(), Place::Room("tea"), NOON), "12:00:00 [tea] alice: 你好 <b>");
        assert_eq!(line(text(), Place::Private, NOON), "12:00:00 [private] alice: 你好 <b>");
        let to_bob = line(text(), Place::PrivateTo("bob"), NOON + DAY);
        assert_eq!(to_bob, "2016-02-29 12:00:00 [private to bob] alice: 你好 <b>");
        let deletion = What::Deletion { target: 3 };
        assert_eq!(line(deletion, Place::Here, NOON), "12:00:00 * alice took back message 3");
        assert_eq!(console().line(&event(What::Deleted), Place::Here, NOON), None);
    }

    #[test]
    fn a_picture_has_an_address() {
        let picture = Picture { id: "abc.png".into(), media_type: "image/png", width: 1, height: 1, size: 9 };
        let sent = |caption: &str| What::Picture { picture: Some(picture.clone()), caption: caption.into() };
        let address = "http://127.0.0.1:9501/pictures/abc.png";
        assert_eq!(line(sent(""), Place::Here, NOON), format!("12:00:00 alice sent a picture {address}"));
        assert_eq!(
            line(sent("tea"), Place::Here, NOON),
            format!("12:00:00 alice sent a picture: tea {address}")
        );
        let gone = What::Picture { picture: None, caption: String::new() };
        assert_eq!(line(gone, Place::Here, NOON), "12:00:00 alice sent a picture, which is no longer kept");
    }

    #[test]
    fn several_lines_cannot_pass_for_several_messages() {
        for end in ["\n", "\r\n", "\r", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}"] {
            let text = What::Text(format!("hi{end}12:00:01 bob: I owe you"));
            let line = line(text, Place::Here, NOON);
            assert_eq!(line, "12:00:00 alice: hi\n    | 12:00:01 bob: I owe you", "{end:?}");
        }
        let escape = What::Text("a\u{1b}[2Jb\0c\td\u{202e}e".into());
        assert_eq!(line(escape, Place::Here, NOON), "12:00:00 alice: a[2Jbc\tde");
    }

    #[test]
    fn html_stays_text() {
        let line = "<img src='x' onerror=\"a&b\">\n    | </p>";
        assert_eq!(
            as_html(line),
            "&lt;img src=&#39;x&#39; onerror=&quot;a&amp;b&quot;&gt;<br>    | &lt;/p&gt;<br>"
        );
    }

    #[test]
    fn help_has_a_line_for_each_command() {
        assert_eq!(help().lines().count(), HELP.len() + 1);
    }
}
