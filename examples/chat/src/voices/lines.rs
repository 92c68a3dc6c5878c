//! The lines that text clients read: who and when, then the text; the server's own words after a star. Pure.
//!
//! | file | what it knows |
//! |---|---|
//! | `governing.rs` | what those who govern have done and are answered |
//! | `outside.rs` | the same of bots, their keys, and what goes out |
//! | `words.rs`, `zone.rs` | the pieces of a line; times, as people read them |

mod governing;
mod outside;
mod words;
mod zone;

use super::command;
use super::cut::cut;
use super::json::picture_path;
use crate::cost::COMPRESSED;
use crate::history::{Event, Millis, OPERATOR, PersonId, RoomId, What};
use crate::model::{LOBBY, Listed, Model, Room};
use crate::news::News;
use crate::reply::{Reply, Welcome};
use words::{THE_OPERATOR, badged, called, indent, notice};
use zone::Zone;

/// What is told of a room's past.
const RECENT_LINES: usize = 10;
/// Names in a line.
const NAMES_IN_A_LINE: usize = 50;

/// How to write what happened, for people.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    zone: Zone,
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
        Lines { zone: Zone::here(), public_url: public_url.trim_end_matches('/').to_owned() }
    }

    /// What happened, as it is read from this place. Much of it is for programs alone.
    pub(super) fn say(&self, news: &News, model: &Model, place: Place<'_>, now: Millis) -> Option<String> {
        let words = match news {
            News::Said { event, .. } => return self.line(model, event, place, now),
            News::Joined { who, .. } => format!("{} joined", who.name),
            News::Left { who, .. } => format!("{} left", who.name),
            News::Renamed { person, old } => format!("{old} is now {}", model.name_of(*person)),
            News::Came { person, .. } => format!("{} is here", model.name_of(*person)),
            News::Went { person } => format!("{} is away", model.name_of(*person)),
            News::Created { .. }
            | News::Removed { .. }
            | News::Gone { .. }
            | News::Typing { .. }
            | News::Avatar { .. }
            | News::Level { .. }
            | News::Target { .. }
            | News::Read { .. } => return None,
            News::Done { by, reason, change } => governing::say((*by, reason), change, model)?,
        };
        match place {
            Place::Room(room) => Some(notice(&format!("[{room}] {words}"))),
            Place::Here | Place::Private | Place::PrivateTo(_) => Some(notice(&words)),
        }
    }

    /// What happened, for whom it is about. `None`: they read it like everybody else, or not at all.
    pub(super) fn say_to_them(&self, news: &News, model: &Model, now: Millis) -> Option<String> {
        let News::Done { by, reason, change } = news else {
            return None;
        };
        Some(notice(&governing::say_to_them((*by, reason), change, model, &self.zone, now)?))
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
                let announcement = governing::announcement(model).map(|words| notice(&words));
                let (plate, recent) = (governing::plate(model, *room), self.recent(model, *room, now));
                let first = [welcome, notice(&words)].into_iter().chain(announcement);
                return first.chain(plate).chain(recent).collect();
            }
            Reply::Entered { room, from_elsewhere: true } => {
                let Some(place) = model.room(*room) else {
                    return Vec::new();
                };
                let others = list_here(model, *room, reader);
                let entered = notice(&format!("you are in {}; {others}", words::title(model, place, reader)));
                let (plate, recent) = (governing::plate(model, *room), self.recent(model, *room, now));
                return std::iter::once(entered).chain(plate).chain(recent).collect();
            }
            Reply::Renamed { person } => notice(&format!("you are {} now", model.name_of(*person))),
            Reply::Rooms { listed, more } => list_rooms(model, listed, *more),
            Reply::Who { room, listed } => notice(&format!(
                "in {}: {}",
                words::title(model, room, None),
                list(model, room.id(), listed, None)
            )),
            Reply::Echo(true) => notice("you hear what you say"),
            Reply::Echo(false) => notice("you no longer hear what you say"),
            Reply::Help => help(),
            Reply::Acted
            | Reply::Held
            | Reply::Sessions(_)
            | Reply::Link { .. }
            | Reply::Reports { .. }
            | Reply::Restraints(_)
            | Reply::Invites(_)
            | Reply::Invited(_)
            | Reply::Topic { .. }
            | Reply::Admin { .. } => governing::answer(reply, model, &self.zone, now),
            Reply::Key(_)
            | Reply::Bots { .. }
            | Reply::Target { .. }
            | Reply::Targets(_)
            | Reply::Tested { .. } => outside::answer(reply, reader, model, &self.zone, now),
            // These are for programs, or are seen by what happens.
            Reply::Done
            | Reply::Mine { .. }
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
        let lines = latest.take(RECENT_LINES).filter_map(|event| self.line(model, event, Place::Here, now));
        let (mut lines, _) = cut(lines, RECENT_LINES, COMPRESSED, String::len);
        lines.reverse();
        lines
    }

    /// A line for an event. Things that were taken back have none.
    fn line(&self, model: &Model, event: &Event, place: Place<'_>, now: Millis) -> Option<String> {
        let name = &*badged(model, event.author, &event.author_name);
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
            What::Deletion { target } => {
                let name = if event.author == OPERATOR { THE_OPERATOR } else { name };
                format!("* {name} took back message {target}")
            }
            What::Purge { targets, .. } => {
                let name = if event.author == OPERATOR { THE_OPERATOR } else { name };
                let number = targets.len();
                format!("* {name} erased {number} message{}", if number == 1 { "" } else { "s" })
            }
        };
        let place = match place {
            Place::Here => String::new(),
            Place::Room(room) => format!("[{room}] "),
            Place::Private => "[private] ".to_owned(),
            Place::PrivateTo(name) => format!("[private to {name}] "),
        };
        Some(format!("{} {place}{said}", self.zone.time(event.at, now)))
    }
}

/// What people call a room, whoever they are.
pub(crate) fn title<'a>(model: &'a Model, room: &'a Room) -> &'a str {
    words::title(model, room, None)
}

/// To somebody who has left a room, in which they were or not.
pub(super) fn farewell(news: &News, model: &Model, room: RoomId, was_there: bool) -> Option<String> {
    let left = match news {
        News::Done { by, reason, change } => governing::farewell((*by, reason), change, model)?,
        _ => format!("you have left {}", title(model, model.room(room)?)),
    };
    let rest = if was_there { format!(", and are in {LOBBY}") } else { String::new() };
    Some(notice(&format!("{left}{rest}")))
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
    let names: Vec<_> = others.take(NAMES_IN_A_LINE).map(|id| called(model, id)).collect();
    let here = model.members(room).count_here();
    let more = here.saturating_sub(names.len() + usize::from(except.is_some()));
    match (names.is_empty(), more) {
        (true, _) if except.is_some() => "nobody else is here".into(),
        (true, _) => "nobody is here".into(),
        (false, 0) => format!("here: {}", names.join(", ")),
        (false, more) => format!("here: {}, and {more} more", names.join(", ")),
    }
}

/// `/help`.
fn help() -> String {
    let forms = command::help().flat_map(|(_, rows)| rows);
    let width = forms.map(|(form, _)| form.len()).max().unwrap_or(0);
    let lines = command::help().flat_map(|(heading, rows)| {
        let rows = rows.into_iter().map(move |(form, does)| format!("*   {form:width$}  {does}"));
        std::iter::once(notice(heading)).chain(rows)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::history::Picture;
    use crate::voices::stage::{BUILDS, chat};

    const NOON: Millis = 1_456_747_200_000; // 2016-02-29 12:00:00 UTC
    const DAY: Millis = 86_400_000;

    fn console() -> Lines {
        Lines { zone: Zone(TimeZone::UTC), public_url: "http://127.0.0.1:9501".into() }
    }

    fn event(what: What) -> Event {
        Event { at: NOON, ..Event::example(1, what) }
    }

    fn line(what: What, place: Place<'_>, now: Millis) -> String {
        console().line(&chat(), &event(what), place, now).expect("it has a line")
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
        assert_eq!(console().line(&chat(), &event(What::Deleted), Place::Here, NOON), None);
    }

    #[test]
    fn a_bot_has_a_badge_that_is_in_no_name() {
        let said = |author, name: &str| {
            let event = Event { author, author_name: name.into(), ..event(What::Text("done".into())) };
            console().line(&chat(), &event, Place::Here, NOON).expect("it has a line")
        };
        assert_eq!(said(BUILDS, "builds"), "12:00:00 builds [bot]: done");
        assert_eq!(said(BUILDS, "Grafana (builds)"), "12:00:00 Grafana (builds) [bot]: done");
        assert_eq!(said(1, "builds"), "12:00:00 builds: done");
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
        let groups: Vec<_> = command::help().collect();
        let commands = groups.iter().map(|(_, rows)| rows.len()).sum::<usize>();
        assert_eq!(help().lines().count(), commands + groups.len());
        assert!(help().lines().all(|line| line.starts_with("* ") && line.chars().count() <= 120));
    }
}
