//! The lines that text clients read: who and when, then the text; the server's own words after a star. Pure.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::command;
use super::cut::cut;
use super::json::picture_path;
use crate::cost::COMPRESSED;
use crate::history::{Event, Millis, PersonId, RoomId, RoomKind, What};
use crate::model::{LOBBY, Listed, Model, Room};
use crate::news::News;
use crate::reply::{Reply, Welcome};

/// What is told of a room's past.
const RECENT_LINES: usize = 10;
/// Names in a line.
const NAMES_IN_A_LINE: usize = 50;

/// How to write what happened, for people.
#[derive(Debug, Clone)]
pub(super) struct Lines {
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

impl Lines {
    /// Times are told in the zone of the machine.
    pub(super) fn new(public_url: &str) -> Self {
        Lines { zone: TimeZone::system(), public_url: public_url.trim_end_matches('/').to_owned() }
    }

    /// What happened, as it is read from this place. Much of it is for programs alone.
    pub(super) fn say(&self, news: &News, model: &Model, place: Place<'_>, now: Millis) -> Option<String> {
        let words = match news {
            News::Said { event, .. } => return self.line(event, place, now),
            News::Joined { who, .. } => format!("{} joined", who.name),
            News::Left { who, .. } => format!("{} left", who.name),
            News::Renamed { person, old } => format!("{old} is now {}", model.name_of(*person)),
            News::Came { person, .. } => format!("{} is here", model.name_of(*person)),
            News::Went { person } => format!("{} is away", model.name_of(*person)),
            News::Created { .. }
            | News::Removed { .. }
            | News::Gone { .. }
            | News::Typing { .. }
            | News::Read { .. } => return None,
        };
        match place {
            Place::Room(room) => Some(notice(&format!("[{room}] {words}"))),
            Place::Here | Place::Private | Place::PrivateTo(_) => Some(notice(&words)),
        }
    }

    /// What somebody is answered, each line by itself.
    pub(super) fn answer(
        &self,
        reply: &Reply<'_>,
        reader: Option<PersonId>,
        model: &Model,
        now: Millis,
    ) -> Vec<String> {
        let line = match reply {
            Reply::Refused(refusal) => notice(&refusal.words),
            Reply::Welcome(Welcome { person, room, .. }) => {
                let others = list_here(model, *room, Some(*person));
                let welcome = notice(&format!("welcome, {}", model.name_of(*person)));
                let words = format!("you are in {LOBBY}; {others}. /help lists what you can type");
                let recent = self.recent(model, *room, now);
                return [welcome, notice(&words)].into_iter().chain(recent).collect();
            }
            Reply::Entered { room, from_elsewhere: true } => {
                let Some(place) = model.room(*room) else {
                    return Vec::new();
                };
                let others = list_here(model, *room, reader);
                let entered = notice(&format!("you are in {}; {others}", title(model, place, reader)));
                return std::iter::once(entered).chain(self.recent(model, *room, now)).collect();
            }
            Reply::Renamed { person } => notice(&format!("you are {} now", model.name_of(*person))),
            Reply::Rooms { listed, more } => list_rooms(model, listed, *more),
            Reply::Who { room, listed } => {
                notice(&format!("in {}: {}", title(model, room, None), list(model, room.id(), listed, None)))
            }
            Reply::Echo(true) => notice("you hear what you say"),
            Reply::Echo(false) => notice("you no longer hear what you say"),
            Reply::Help => help(),
            // These are for programs, or are seen by what happens.
            Reply::Done
            | Reply::Said { .. }
            | Reply::Entered { .. }
            | Reply::Presence { .. }
            | Reply::Page { .. }
            | Reply::Found { .. }
            | Reply::Pong => return Vec::new(),
        };
        vec![line]
    }

    /// The last lines of a room: few of them if they are long.
    fn recent(&self, model: &Model, room: RoomId, now: Millis) -> Vec<String> {
        let latest = model.room(room).into_iter().flat_map(|room| room.recent().iter().rev());
        let lines = latest.take(RECENT_LINES).filter_map(|event| self.line(event, Place::Here, now));
        let (mut lines, _) = cut(lines, RECENT_LINES, COMPRESSED, String::len);
        lines.reverse();
        lines
    }

    /// A line for an event. Things that were taken back have none.
    fn line(&self, event: &Event, place: Place<'_>, now: Millis) -> Option<String> {
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

/// To somebody who has left a room, in which they were or not.
pub(super) fn farewell(model: &Model, room: RoomId, was_there: bool) -> Option<String> {
    let title = title(model, model.room(room)?, None);
    let rest = if was_there { format!(", and are in {LOBBY}") } else { String::new() };
    Some(notice(&format!("you have left {title}{rest}")))
}

/// What people call a room.
fn title<'a>(model: &'a Model, room: &'a Room, reader: Option<PersonId>) -> &'a str {
    match reader.and_then(|reader| room.partner_of(reader)) {
        Some(partner) => model.name_of(partner),
        None if room.kind() == RoomKind::Direct => "a private talk",
        None => room.name(),
    }
}

fn list_rooms(model: &Model, listed: &[&Room], more: bool) -> String {
    let line = |room: &&Room| {
        let number = model.members(room.id()).len();
        format!("*   {} ({number} member{})", room.name(), if number == 1 { "" } else { "s" })
    };
    let lines = std::iter::once("* the rooms:".to_owned()).chain(listed.iter().map(line));
    lines.chain(more.then(|| "*   and more".to_owned())).collect::<Vec<_>>().join("\n")
}

/// Who is here of a room's members, in a line.
fn list_here(model: &Model, room: RoomId, except: Option<PersonId>) -> String {
    let people = model.members(room).here().take(NAMES_IN_A_LINE + 1).collect();
    list(model, room, &Listed { people, more: false, looked_at: 0 }, except)
}

/// The same of a list, in which those who are here come first.
fn list(model: &Model, room: RoomId, listed: &Listed, except: Option<PersonId>) -> String {
    let is_here = |id: &PersonId| model.person(*id).is_some_and(|person| person.is_here());
    let except = except.filter(is_here);
    let others = listed.people.iter().copied().take_while(is_here).filter(|&id| Some(id) != except);
    let names: Vec<&str> = others.take(NAMES_IN_A_LINE).map(|id| model.name_of(id)).collect();
    let here = model.members(room).count_here();
    let more = here.saturating_sub(names.len() + usize::from(except.is_some()));
    match (names.is_empty(), more) {
        (true, _) if except.is_some() => "nobody else is here".into(),
        (true, _) => "nobody is here".into(),
        (false, 0) => format!("here: {}", names.join(", ")),
        (false, more) => format!("here: {}, and {more} more", names.join(", ")),
    }
}

/// The server's own words.
fn notice(words: &str) -> String {
    format!("* {words}")
}

/// `/help`.
fn help() -> String {
    let width = command::help().map(|(form, _)| form.len()).max().unwrap_or(0);
    let lines = command::help().map(|(form, does)| format!("*   {form:width$}  {does}"));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Picture;

    const NOON: Millis = 1_456_747_200_000; // 2016-02-29 12:00:00 UTC
    const DAY: Millis = 86_400_000;

    fn console() -> Lines {
        Lines { zone: TimeZone::UTC, public_url: "http://127.0.0.1:9501".into() }
    }

    fn event(what: What) -> Event {
        Event { at: NOON, ..Event::example(1, what) }
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
    fn help_has_a_line_for_each_command() {
        assert_eq!(help().lines().count(), command::help().count() + 1);
    }
}
