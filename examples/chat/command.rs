//! What a text client types: `/join tea` becomes a [`Command`]. Pure.

/// One line of a text client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command<'a> {
    /// Anything that does not begin with a slash, or begins with two (one of which is taken off).
    Say(&'a str),
    Nick(&'a str),
    Join(&'a str),
    /// The current room, if it names none.
    Leave(Option<&'a str>),
    Rooms,
    Who,
    Msg {
        to: &'a str,
        text: &'a str,
    },
    /// Whether one hears one's own words.
    Echo(bool),
    Help,
    /// What the command looks like when it is right.
    Usage(&'static str),
    Unknown(&'a str),
}

/// Every command, for `/help`.
pub(crate) const HELP: &[(&str, &str)] = &[
    ("/nick NAME", "call yourself NAME"),
    ("/join ROOM", "enter a room, which is made if there is none; what you say goes there from then on"),
    ("/leave [ROOM]", "leave this room, or ROOM"),
    ("/rooms", "list the rooms"),
    ("/who", "list who is in this room"),
    ("/msg NAME TEXT", "say something to NAME alone"),
    ("/echo on|off", "hear your own words, or not"),
    ("/help", "this list"),
    ("//TEXT", "say something that begins with a slash"),
];

impl<'a> Command<'a> {
    pub(crate) fn parse(line: &'a str) -> Self {
        // Programs that read lines from a terminal send their ends along.
        let line = line.trim_end_matches(['\r', '\n']);
        let Some(rest) = line.strip_prefix('/') else {
            return Command::Say(line);
        };
        if rest.starts_with('/') {
            return Command::Say(rest);
        }
        let (word, rest) = split(rest);
        let one = Some(rest).filter(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace));
        match (word, one) {
            ("nick", Some(name)) => Command::Nick(name),
            ("nick", None) => Command::Usage("/nick NAME"),
            ("join", Some(room)) => Command::Join(room),
            ("join", None) => Command::Usage("/join ROOM"),
            ("leave", Some(room)) => Command::Leave(Some(room)),
            ("leave", None) if rest.is_empty() => Command::Leave(None),
            ("leave", None) => Command::Usage("/leave [ROOM]"),
            ("rooms", _) => Command::Rooms,
            ("who", _) => Command::Who,
            ("msg", _) => match split(rest) {
                ("", _) | (_, "") => Command::Usage("/msg NAME TEXT"),
                (to, text) => Command::Msg { to, text },
            },
            ("echo", Some("on")) => Command::Echo(true),
            ("echo", Some("off")) => Command::Echo(false),
            ("echo", _) => Command::Usage("/echo on|off"),
            ("help" | "?", _) => Command::Help,
            _ => Command::Unknown(word),
        }
    }
}

/// The first word, and what follows it.
fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    match text.split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest.trim_start()),
        None => (text, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_understood() {
        let table = [
            ("hello", Command::Say("hello")),
            ("hello\n", Command::Say("hello")),
            ("hello\r\n", Command::Say("hello")),
            ("one\ntwo\n", Command::Say("one\ntwo")),
            ("  hello /join", Command::Say("  hello /join")),
            ("", Command::Say("")),
            ("//etc/passwd", Command::Say("/etc/passwd")),
            ("/nick  alice ", Command::Nick("alice")),
            ("/nick 小明", Command::Nick("小明")),
            ("/nick", Command::Usage("/nick NAME")),
            ("/nick two words", Command::Usage("/nick NAME")),
            ("/join 茶", Command::Join("茶")),
            ("/join\ttea", Command::Join("tea")),
            ("/join ", Command::Usage("/join ROOM")),
            ("/leave", Command::Leave(None)),
            ("/leave tea", Command::Leave(Some("tea"))),
            ("/leave tea now", Command::Usage("/leave [ROOM]")),
            ("/rooms", Command::Rooms),
            ("/who", Command::Who),
            ("/msg bob hi there", Command::Msg { to: "bob", text: "hi there" }),
            ("/msg bob\nline one\nline two", Command::Msg { to: "bob", text: "line one\nline two" }),
            ("/msg bob", Command::Usage("/msg NAME TEXT")),
            ("/msg", Command::Usage("/msg NAME TEXT")),
            ("/echo off", Command::Echo(false)),
            ("/echo", Command::Usage("/echo on|off")),
            ("/help", Command::Help),
            ("/", Command::Unknown("")),
            ("/dance wildly", Command::Unknown("dance")),
            ("/Join tea", Command::Unknown("Join")),
        ];
        for (line, command) in table {
            assert_eq!(Command::parse(line), command, "{line:?}");
        }
    }

    #[test]
    fn help_has_every_command() {
        for (form, _) in HELP.iter().filter(|(form, _)| !form.starts_with("//")) {
            let word = form.split(' ').next().expect("a command has a word");
            assert!(!matches!(Command::parse(word), Command::Unknown(_)), "{word}");
        }
    }
}
