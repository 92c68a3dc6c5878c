//! What a person types: `/join tea` becomes an [`Ask`]. The page has the same grammar; `fixtures/commands.txt` is what both
//! keep to.
//!
//! | file | what it knows |
//! |---|---|
//! | `talking.rs` | the commands of everybody |
//! | `governing.rs` | those about oneself, and of those who govern a room or the chat |
//! | `outward.rs` | those about what one is told of while one is away, and about bots |
//! | `words.rs` | names, words and times in a line |

mod governing;
mod outward;
mod talking;
mod words;

use crate::ask::{Ask, To, Wish};
use crate::refusal::{Code, Refusal, shorten};
use governing::{OF_A_ROOM, OF_THE_CHAT, ONESELF};
use outward::{BOTS, WHILE_AWAY};
use talking::TALKING;
use words::{Command, Names, split};

/// All commands, in groups. Those that somebody may not use are listed too.
const GROUPS: [(&str, &[Command]); 6] = [
    ("what you type is said in your room, unless it is one of these:", TALKING),
    ("about yourself, and a room of your own:", ONESELF),
    ("about what you are told of while you are away:", WHILE_AWAY),
    ("of those who govern this room (its ops, and admins):", OF_A_ROOM),
    ("of admins:", OF_THE_CHAT),
    ("of admins, about programs that speak here:", BOTS),
];
/// No command, but a way to say what would be one.
const SAID: (&str, &str) = ("//TEXT", "say something that begins with a slash");

/// What can be typed, and what it does: a heading, and what is below it.
pub(super) fn help() -> impl Iterator<Item = (&'static str, Vec<(&'static str, &'static str)>)> + Clone {
    GROUPS.iter().enumerate().map(|(place, &(heading, commands))| {
        let rows = commands.iter().map(|command| (command.form, command.does));
        (heading, rows.chain((place == 0).then_some(SAID)).collect())
    })
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
    let mut all = GROUPS.iter().flat_map(|(_, commands)| commands.iter());
    all.find(|command| split(&command.form[1..]).0 == name)
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

#[cfg(test)]
mod tests {
    use super::talking::LISTED;
    use super::*;
    use crate::ask::{Aimed, For, Intent, Look, Since, Where, Who, Whom};
    use crate::history::{Discloses, Door, KeyKind, Level, Restraint, Shape};
    use crate::model::names::fold_person;
    use crate::rights::Role;

    const KNOWN: [&str; 7] = ["Anna", "Anna Maria", "bob", "Dr. Who", "O’Neil", "艾·伦", "小明"];

    fn parse(line: &str) -> Result<Ask<'_>, Refusal> {
        let is_somebody = |name: &str| KNOWN.iter().any(|known| fold_person(known) == fold_person(name));
        super::parse(line, 24, is_somebody)
    }

    fn wish(wish: Wish<'_>) -> Result<Ask<'_>, Refusal> {
        Ok(Ask::Wish(wish))
    }

    /// What an act is in the fixture: a word, and its parts.
    fn act<'a>(cells: &[&'a str]) -> Option<Intent<'a>> {
        let place = Where::Here;
        let whom = |name: &'a str| Whom::Named(name.into());
        let restrain = |restraint, name, seconds: &str, reason: &'a str| {
            let seconds = (!seconds.is_empty()).then(|| seconds.parse().expect("it is a number"));
            let (whom, with_addresses, purge) = (whom(name), false, None);
            let place = Where::Here;
            (Aimed::Restrain { restraint, whom, place, seconds, with_addresses, purge }, reason)
        };
        let release = |restraint, name| Aimed::Release { restraint, whom: whom(name), place: Where::Here };
        let appoint = |name, is_op| Aimed::Op { whom: whom(name), place: Where::Here, is_op };
        let alter = |name: Option<&'a str>, topic: Option<&'a str>, pace, is_closed| {
            let (name, topic) = (name.map(Into::into), topic.map(Into::into));
            Aimed::Alter { place: Where::Here, name, is_private: None, topic, pace, is_closed }
        };
        let give_key =
            |name: &'a str, kind| Aimed::GiveKey { name: name.into(), place: Where::Here, kind, pace: None };
        let number = |word: &str| word.parse::<u64>().expect("it is a number");
        // Parts that are left out at the end are empty.
        let part = |place: usize| cells.get(place).copied().unwrap_or("");
        let (what, reason) = match cells[0] {
            "kick" => (Aimed::Kick { whom: whom(part(1)), place }, part(2)),
            "ban" => restrain(Restraint::Ban, part(1), part(2), part(3)),
            "mute" => restrain(Restraint::Mute, part(1), part(2), part(3)),
            "unban" => (release(Restraint::Ban, part(1)), ""),
            "unmute" => (release(Restraint::Mute, part(1)), ""),
            "purge" => {
                let since = Since::of_word(part(2)).expect("it is a time");
                (Aimed::Purge { whom: whom(part(1)), place, since }, "")
            }
            "op" => (appoint(part(1), true), ""),
            "deop" => (appoint(part(1), false), ""),
            "topic" => (alter(None, Some(if part(1) == "-" { "" } else { part(1) }), None, None), ""),
            "slow" => (alter(None, None, part(1).parse().ok(), None), ""),
            "close" => (alter(None, None, None, Some(true)), ""),
            "open" => (alter(None, None, None, Some(false)), ""),
            "rename" => (alter(Some(part(1)), None, None, None), ""),
            "remove" => (Aimed::RemoveRoom { place }, ""),
            "invite" if cells.len() > 1 => (Aimed::Add { whom: whom(part(1)), place }, ""),
            "invite" => (Aimed::Invite { place, seconds: None, uses: None }, ""),
            "announce" => (Aimed::Announce { text: part(1).into() }, ""),
            "door" => (Aimed::SetDoor(Door::of_word(part(1)).expect("it is a door")), ""),
            "role" => {
                (Aimed::Role { whom: whom(part(1)), role: Role::of_word(part(2)).expect("it is a role") }, "")
            }
            "erase" => (Aimed::Erase { words: part(1) == "words" }, ""),
            "hook" => (give_key(part(1), KeyKind::Hook), ""),
            "bot" => (give_key(part(1), KeyKind::Token), ""),
            "unhook" => (Aimed::RevokeKey { key: number(part(1)) }, ""),
            "unbot" => (Aimed::RemoveBot { whom: whom(part(1)) }, ""),
            "push" if part(1) == "off" => (Aimed::DropTarget { target: number(part(2)) }, ""),
            "push" => {
                let secret = Some(part(3)).filter(|secret| !secret.is_empty()).map(Into::into);
                let shape = Shape::of_word(part(1)).expect("it is a shape");
                let (serves, discloses) = (For::Oneself, Discloses::Sender);
                (Aimed::AddTarget { serves, shape, url: part(2).into(), secret, discloses }, "")
            }
            _ => return None,
        };
        Some(Intent { what, reason: reason.into() })
    }

    #[test]
    fn every_command_stands_in_the_fixture_that_the_page_has_too() {
        let fixture = include_str!("../../../fixtures/commands.txt");
        let rows = fixture.lines().filter(|row| !row.starts_with('#'));
        let meant: Vec<&str> = rows.filter_map(|row| row.split('\t').nth(1)).collect();
        let names = GROUPS.iter().flat_map(|(_, commands)| commands.iter());
        let names = names.map(|command| split(&command.form[1..]).0).filter(|&name| name != "echo");
        let lost: Vec<&str> = names.filter(|name| !meant.contains(name)).collect();
        assert!(lost.is_empty(), "{lost:?}");
    }

    #[test]
    fn a_line_means_what_the_page_takes_it_for() {
        let fixture = include_str!("../../../fixtures/commands.txt");
        let mut lines = 0;
        for row in fixture.lines().filter(|row| !row.is_empty() && !row.starts_with('#')) {
            let cells: Vec<String> =
                row.split('\t').map(|cell| cell.replace("\\n", "\n").replace("\\t", "\t")).collect();
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            let expected = match cells[1..] {
                ["say"] => Ok(say("")),
                ["say", text] => Ok(say(text)),
                ["nick", name] => wish(Wish::Rename { name: name.into() }),
                ["join", room] => wish(Wish::Join { room: room.into(), create: true, is_private: false }),
                ["leave"] => wish(Wish::Leave { room: None }),
                ["leave", room] => wish(Wish::Leave { room: Some(room.into()) }),
                ["rooms"] => Ok(Ask::Rooms { after: "".into() }),
                ["who"] => Ok(Ask::Who(Who { room: None, query: None, after: None, limit: Some(LISTED) })),
                ["msg", to, text] => wish(Wish::Say { to: To::Named(to.into()), text: text.into() }),
                ["help"] => Ok(Ask::Help),
                ["private", title] => wish(Wish::Join { room: title.into(), create: true, is_private: true }),
                ["topic"] => Ok(Ask::Look(Look::Topic)),
                ["link"] => Ok(Ask::Look(Look::Link)),
                ["sessions"] => Ok(Ask::Look(Look::Sessions)),
                ["reports"] => Ok(Ask::Look(Look::Reports { place: Where::Here, after: None })),
                ["bots"] => Ok(Ask::Look(Look::Bots)),
                ["level", "usual"] => wish(Wish::SetLevel { room: None, level: None }),
                ["level", word] => {
                    let level = Level::of_word(word).expect("it is a level");
                    wish(Wish::SetLevel { room: None, level: Some(level) })
                }
                ["push"] => Ok(Ask::Look(Look::Targets { place: None })),
                ["push", "test", target] => Ok(Ask::Test { target: target.parse().expect("a number") }),
                ["wrong", name] => Err(usage(command(name).expect("it is a command").form)),
                ["wrong"] => Err(unknown(cells[0][1..].split(char::is_whitespace).next().unwrap_or(""))),
                _ => wish(Wish::Act(act(&cells[1..]).unwrap_or_else(|| panic!("what is {row}?")))),
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
