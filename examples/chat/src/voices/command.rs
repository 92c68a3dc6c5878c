//! What a person types: `/join tea` becomes an [`Ask`]. The page has the same grammar; `fixtures/commands.txt` is what both
//! keep to.

use crate::ask::{Ask, To, Who, Wish};
use crate::refusal::{Code, Refusal, shorten};

/// Names in a list for people.
const LISTED: u64 = 50;

/// A command is a row: what it looks like, in `/help` and when it is written otherwise, and what it means.
struct Command {
    /// The word that it begins with is its name.
    form: &'static str,
    does: &'static str,
    /// What is asked by the rest of the line. `None`: something is missing.
    means: for<'a> fn(&'a str, &Names<'_>) -> Option<Ask<'a>>,
}

/// A name may have spaces, and the longest one that somebody has is meant.
struct Names<'f> {
    is_somebody: &'f dyn Fn(&str) -> bool,
    /// They have at most so many characters.
    longest: usize,
}

const COMMANDS: &[Command] = &[
    Command {
        form: "/nick NAME",
        does: "call yourself NAME",
        means: |rest, _| Some(Ask::Wish(Wish::Rename { name: unquoted(rest)?.into() })),
    },
    Command {
        form: "/join ROOM",
        does: "enter a room, which is made if there is none; what you say goes there from then on",
        means: |rest, _| Some(Ask::Wish(Wish::Join { room: unquoted(rest)?.into(), create: true })),
    },
    Command {
        form: "/leave [ROOM]",
        does: "leave this room, or ROOM",
        means: |rest, _| Some(Ask::Wish(Wish::Leave { room: unquoted(rest).map(Into::into) })),
    },
    Command { form: "/rooms", does: "list the rooms", means: |_, _| Some(Ask::Rooms { after: "".into() }) },
    Command {
        form: "/who",
        does: "list who is in this room",
        means: |_, _| Some(Ask::Who(Who { room: None, query: None, after: None, limit: Some(LISTED) })),
    },
    Command {
        form: "/msg NAME TEXT",
        does: "say something to NAME alone; \"NAME\" may stand in quotes",
        means: |rest, names| {
            let (to, text) = addressee(rest, names);
            let is_whole = !to.is_empty() && !text.is_empty();
            is_whole.then(|| Ask::Wish(Wish::Say { to: To::Named(to.into()), text: text.into() }))
        },
    },
    Command {
        form: "/echo on|off",
        does: "hear your own words, or not",
        means: |rest, _| match rest {
            "on" => Some(Ask::Echo(true)),
            "off" => Some(Ask::Echo(false)),
            _ => None,
        },
    },
    Command { form: "/help", does: "this list", means: |_, _| Some(Ask::Help) },
];

/// What can be typed, and what it does.
pub(super) fn help() -> impl Iterator<Item = (&'static str, &'static str)> + Clone {
    let commands = COMMANDS.iter().map(|command| (command.form, command.does));
    commands.chain([("//TEXT", "say something that begins with a slash")])
}

/// `is_somebody` knows who is called what. Names have at most `longest` characters.
///
/// # Errors
///
/// There is no such command, or it is written otherwise.
pub(crate) fn parse(
    line: &str,
    longest: usize,
    is_somebody: impl Fn(&str) -> bool,
) -> Result<Ask<'_>, Refusal> {
    // Programs that read lines from a terminal send their ends along.
    let line = line.trim_end_matches(['\r', '\n']);
    let Some(rest) = line.strip_prefix('/') else {
        return Ok(say(line));
    };
    // What somebody pastes is often a comment or a path.
    if rest.starts_with("/ ") {
        return Ok(say(line));
    }
    if rest.starts_with('/') {
        return Ok(say(rest));
    }
    let (word, rest) = split(rest);
    if word.contains('/') {
        return Ok(say(line));
    }
    let command = command(word).ok_or_else(|| unknown(word))?;
    let names = Names { is_somebody: &is_somebody, longest };
    (command.means)(rest, &names).ok_or_else(|| usage(command.form))
}

fn command(word: &str) -> Option<&'static Command> {
    let word = word.to_ascii_lowercase();
    let name = if word == "?" { "help" } else { &word };
    COMMANDS.iter().find(|command| split(&command.form[1..]).0 == name)
}

/// In the room where they are.
fn say(text: &str) -> Ask<'_> {
    Ask::Wish(Wish::Say { to: To::Here, text: text.into() })
}

/// What the command looks like when it is right.
fn usage(form: &str) -> Refusal {
    Refusal::bad_field(format!("it is {form}"))
}

fn unknown(word: &str) -> Refusal {
    Refusal::new(Code::BadField, format!("there is no /{}; /help lists what there is", shorten(word, 32)))
}

/// The first word, and what follows it.
fn split(text: &str) -> (&str, &str) {
    match text.split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest.trim()),
        None => (text, ""),
    }
}

/// A name or a room, which may stand in quotes, and behind the sign that marks it elsewhere.
fn unquoted(text: &str) -> Option<&str> {
    let name = text.strip_prefix(['@', '#']).unwrap_or(text);
    let name = if let Some((name, "")) = quoted(name) { name } else { name };
    Some(name).filter(|name| !name.is_empty())
}

/// What stands in quotes at the beginning, and what follows it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix(['"', '“', '”'])?;
    let (name, rest) = text.split_once(['"', '“', '”'])?;
    Some((name.trim(), rest.trim_start()))
}

/// To whom, and what: a name in quotes, or the longest that somebody has, or the first word.
fn addressee<'a>(text: &'a str, names: &Names<'_>) -> (&'a str, &'a str) {
    let text = text.strip_prefix('@').unwrap_or(text);
    if let Some(addressed) = quoted(text) {
        return addressed;
    }
    let spaces = text.char_indices().take(names.longest + 1).filter(|(_, c)| c.is_whitespace());
    let ends = spaces.map(|(at, _)| at).collect::<Vec<_>>();
    let known = ends.iter().rev().map(|&end| text.split_at(end)).find(|(name, _)| (names.is_somebody)(name));
    known.map_or_else(|| split(text), |(name, rest)| (name, rest.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::names::fold_person;

    const KNOWN: [&str; 7] = ["Anna", "Anna Maria", "bob", "Dr. Who", "O’Neil", "艾·伦", "小明"];

    fn parse(line: &str) -> Result<Ask<'_>, Refusal> {
        let is_somebody = |name: &str| KNOWN.iter().any(|known| fold_person(known) == fold_person(name));
        super::parse(line, 24, is_somebody)
    }

    fn wish(wish: Wish<'_>) -> Result<Ask<'_>, Refusal> {
        Ok(Ask::Wish(wish))
    }

    #[test]
    fn a_line_means_what_the_page_takes_it_for() {
        let fixture = include_str!("../../fixtures/commands.txt");
        let mut lines = 0;
        for row in fixture.lines().filter(|row| !row.is_empty() && !row.starts_with('#')) {
            let cells: Vec<String> =
                row.split('\t').map(|cell| cell.replace("\\n", "\n").replace("\\t", "\t")).collect();
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            let expected = match cells[1..] {
                ["say"] => Ok(say("")),
                ["say", text] => Ok(say(text)),
                ["nick", name] => wish(Wish::Rename { name: name.into() }),
                ["join", room] => wish(Wish::Join { room: room.into(), create: true }),
                ["leave"] => wish(Wish::Leave { room: None }),
                ["leave", room] => wish(Wish::Leave { room: Some(room.into()) }),
                ["rooms"] => Ok(Ask::Rooms { after: "".into() }),
                ["who"] => Ok(Ask::Who(Who { room: None, query: None, after: None, limit: Some(LISTED) })),
                ["msg", to, text] => wish(Wish::Say { to: To::Named(to.into()), text: text.into() }),
                ["help"] => Ok(Ask::Help),
                ["wrong", "nick"] => Err(usage("/nick NAME")),
                ["wrong", "join"] => Err(usage("/join ROOM")),
                ["wrong", "msg"] => Err(usage("/msg NAME TEXT")),
                ["wrong"] => Err(unknown(cells[0][1..].split(char::is_whitespace).next().unwrap_or(""))),
                _ => panic!("what is {row}?"),
            };
            assert_eq!(parse(cells[0]), expected, "{row}");
            lines += 1;
        }
        assert!(lines > 60, "{lines}");
    }

    #[test]
    fn what_only_text_clients_need_is_understood() {
        let table = [
            ("hello\n", Ok(say("hello"))),
            ("hello\r\n", Ok(say("hello"))),
            ("one\ntwo\n", Ok(say("one\ntwo"))),
            ("/echo on", Ok(Ask::Echo(true))),
            ("/echo off\r\n", Ok(Ask::Echo(false))),
            ("/echo", Err(usage("/echo on|off"))),
            ("/dance wildly", Err(unknown("dance"))),
        ];
        for (line, asked) in table {
            assert_eq!(parse(line), asked, "{line:?}");
        }
    }

    #[test]
    fn a_name_is_not_looked_for_in_the_whole_text() {
        let tried = std::cell::Cell::new(0);
        let text = format!("/msg {}", "a ".repeat(2_000));
        let asked = super::parse(&text, 24, |_| {
            tried.set(tried.get() + 1);
            false
        });
        assert!(asked.is_ok());
        assert!(tried.get() <= 24 / 2 + 1, "{}", tried.get());
    }
}
