//! What a text client types: `/join tea` becomes a [`Command`]. Pure. The page has the same grammar; `fixtures/commands.txt`
//! is what both keep to.

/// One line of a text client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command<'a> {
    /// Anything that does not begin with a slash, or begins with two (one of which is taken off), or with a path.
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
    ("/msg NAME TEXT", "say something to NAME alone; \"NAME\" may stand in quotes"),
    ("/echo on|off", "hear your own words, or not"),
    ("/help", "this list"),
    ("//TEXT", "say something that begins with a slash"),
];

impl<'a> Command<'a> {
    /// `is_somebody` knows who is called what: a name may have spaces, and the longest one is meant. Names have at most
    /// `longest` characters.
    pub(crate) fn parse(line: &'a str, longest: usize, is_somebody: impl Fn(&str) -> bool) -> Self {
        // Programs that read lines from a terminal send their ends along.
        let line = line.trim_end_matches(['\r', '\n']);
        let Some(rest) = line.strip_prefix('/') else {
            return Command::Say(line);
        };
        // What somebody pastes is often a comment or a path.
        if rest.starts_with("/ ") {
            return Command::Say(line);
        }
        if rest.starts_with('/') {
            return Command::Say(rest);
        }
        let (word, rest) = split(rest);
        if word.contains('/') {
            return Command::Say(line);
        }
        match (&*word.to_ascii_lowercase(), unquoted(rest)) {
            ("nick", "") => Command::Usage("/nick NAME"),
            ("nick", name) => Command::Nick(name),
            ("join", "") => Command::Usage("/join ROOM"),
            ("join", room) => Command::Join(room),
            ("leave", room) => Command::Leave(Some(room).filter(|room| !room.is_empty())),
            ("rooms", _) => Command::Rooms,
            ("who", _) => Command::Who,
            ("msg", _) => match addressee(rest, longest, is_somebody) {
                ("", _) | (_, "") => Command::Usage("/msg NAME TEXT"),
                (to, text) => Command::Msg { to, text },
            },
            ("echo", "on") => Command::Echo(true),
            ("echo", "off") => Command::Echo(false),
            ("echo", _) => Command::Usage("/echo on|off"),
            ("help" | "?", _) => Command::Help,
            _ => Command::Unknown(word),
        }
    }
}

/// The first word, and what follows it.
fn split(text: &str) -> (&str, &str) {
    match text.split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest.trim()),
        None => (text, ""),
    }
}

/// A name or a room, which may stand in quotes, and behind the sign that marks it elsewhere.
fn unquoted(text: &str) -> &str {
    let name = text.strip_prefix(['@', '#']).unwrap_or(text);
    match quoted(name) {
        Some((name, "")) => name,
        _ => name,
    }
}

/// What stands in quotes at the beginning, and what follows it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix(['"', '“', '”'])?;
    let (name, rest) = text.split_once(['"', '“', '”'])?;
    Some((name.trim(), rest.trim_start()))
}

/// To whom, and what: a name in quotes, or the longest that somebody has, or the first word.
fn addressee(text: &str, longest: usize, is_somebody: impl Fn(&str) -> bool) -> (&str, &str) {
    let text = text.strip_prefix('@').unwrap_or(text);
    if let Some(addressed) = quoted(text) {
        return addressed;
    }
    let spaces = text.char_indices().take(longest + 1).filter(|(_, c)| c.is_whitespace());
    let ends = spaces.map(|(at, _)| at).collect::<Vec<_>>();
    let known = ends.iter().rev().map(|&end| text.split_at(end)).find(|(name, _)| is_somebody(name));
    known.map_or_else(|| split(text), |(name, rest)| (name, rest.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::fold_person;

    const KNOWN: [&str; 7] = ["Anna", "Anna Maria", "bob", "Dr. Who", "O’Neil", "艾·伦", "小明"];

    fn parse(line: &str) -> Command<'_> {
        Command::parse(line, 24, |name| KNOWN.iter().any(|known| fold_person(known) == fold_person(name)))
    }

    #[test]
    fn a_line_means_what_the_page_takes_it_for() {
        let fixture = include_str!("../fixtures/commands.txt");
        let mut lines = 0;
        for row in fixture.lines().filter(|row| !row.is_empty() && !row.starts_with('#')) {
            let cells: Vec<String> =
                row.split('\t').map(|cell| cell.replace("\\n", "\n").replace("\\t", "\t")).collect();
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            let expected = match cells[1..] {
                ["say"] => Command::Say(""),
                ["say", text] => Command::Say(text),
                ["nick", name] => Command::Nick(name),
                ["join", room] => Command::Join(room),
                ["leave"] => Command::Leave(None),
                ["leave", room] => Command::Leave(Some(room)),
                ["rooms"] => Command::Rooms,
                ["who"] => Command::Who,
                ["msg", to, text] => Command::Msg { to, text },
                ["help"] => Command::Help,
                ["wrong", "nick"] => Command::Usage("/nick NAME"),
                ["wrong", "join"] => Command::Usage("/join ROOM"),
                ["wrong", "msg"] => Command::Usage("/msg NAME TEXT"),
                ["wrong"] => match parse(cells[0]) {
                    unknown @ Command::Unknown(_) => unknown,
                    other => panic!("{row}: {other:?}"),
                },
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
            ("hello\n", Command::Say("hello")),
            ("hello\r\n", Command::Say("hello")),
            ("one\ntwo\n", Command::Say("one\ntwo")),
            ("/echo on", Command::Echo(true)),
            ("/echo off\r\n", Command::Echo(false)),
            ("/echo", Command::Usage("/echo on|off")),
            ("/dance wildly", Command::Unknown("dance")),
        ];
        for (line, command) in table {
            assert_eq!(parse(line), command, "{line:?}");
        }
    }

    #[test]
    fn a_name_is_not_looked_for_in_the_whole_text() {
        let tried = std::cell::Cell::new(0);
        let text = format!("/msg {}", "a ".repeat(2_000));
        Command::parse(&text, 24, |_| {
            tried.set(tried.get() + 1);
            false
        });
        assert!(tried.get() <= 24 / 2 + 1, "{}", tried.get());
    }

    #[test]
    fn help_has_every_command() {
        for (form, _) in HELP.iter().filter(|(form, _)| !form.starts_with("//")) {
            let word = form.split(' ').next().expect("a command has a word");
            assert!(!matches!(parse(word), Command::Unknown(_)), "{word}");
        }
    }
}
