//! How others have called their people and channels, as it can be called here.

use std::collections::HashSet;

use crate::model::names::{Keys, check_person, check_room, is_allowed, is_separator};

/// The lobby is the chat's own.
const LOBBY: &str = "lobby";
/// No chat has more.
const ROOMS: u32 = 1_000_000;
/// More of a name is not looked at.
const LOOKED_AT: usize = 200;

/// A person's name: as it is, or what can be had of it. `origin` and `number` make one of nothing.
pub(super) fn person(name: &str, max: usize, origin: &str, number: usize) -> String {
    let plain = plain(name, max);
    let with = |end: &str| trimmed(&plain, max.saturating_sub(end.len() + 1)) + " " + end;
    let wanted = [plain.clone(), with(origin), format!("{origin}-{number}")];
    let found = wanted.into_iter().find_map(|name| check_person(&name, max).ok());
    found.map_or_else(|| number.to_string(), |name| name.shown)
}

/// Names of rooms that nobody has, and that look like none.
pub(super) struct Rooms {
    taken: HashSet<String>,
    max: usize,
}

impl Rooms {
    pub(super) fn new(names: &[String], max: usize) -> Self {
        let names = names.iter().map(String::as_str).chain([LOBBY]);
        let taken = names.flat_map(|name| Keys::of_room(name).iter().map(str::to_owned).collect::<Vec<_>>());
        Rooms { taken: taken.collect(), max }
    }

    /// The name as it is shown, and its keys: that of the channel, or the next that is free.
    pub(super) fn take(&mut self, name: &str, origin: &str) -> (String, Keys) {
        let plain = plain(name, self.max);
        let with = |name: &str, end: &str| trimmed(name, self.max.saturating_sub(end.len() + 1)) + "-" + end;
        let named = [plain.clone(), with(&plain, origin), origin.to_owned()];
        let name = named.into_iter().find_map(|name| check_room(&name, self.max).ok());
        let name = name.map_or_else(|| origin.to_owned(), |name| name.shown);
        let is_name = |name: &str| check_room(name, self.max).is_ok();
        // `gone-2` looks like somebody who is gone.
        let bases = [name.clone(), with(&name, origin), origin.to_owned()];
        let base = bases.into_iter().find(|base| is_name(&with(base, "2"))).unwrap_or_else(|| name.clone());
        let numbered = (2..=ROOMS).map(|number| with(&base, &number.to_string()));
        let free = [name.clone(), base.clone()].into_iter().chain(numbered).find(|name| {
            let keys = Keys::of_room(name);
            is_name(name) && keys.iter().all(|key| !self.taken.contains(key))
        });
        let shown = free.unwrap_or(name);
        let keys = Keys::of_room(&shown);
        self.taken.extend(keys.iter().map(str::to_owned));
        (shown, keys)
    }
}

/// What a name may have, and single separators between it.
fn plain(name: &str, max: usize) -> String {
    let mut plain = String::new();
    for c in name.chars().take(LOOKED_AT) {
        let c = if is_allowed(c) { c } else { ' ' };
        let last = plain.chars().next_back();
        let is_one_too_many =
            is_separator(c) && last.is_none_or(is_separator) && (last, c) != (Some('.'), ' ');
        if !is_one_too_many {
            plain.push(c);
        }
    }
    trimmed(&plain, max)
}

/// No longer than that, and no separator in the end.
fn trimmed(name: &str, max: usize) -> String {
    let cut: String = name.chars().take(max).collect();
    cut.trim_end_matches(is_separator).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_called_as_they_were_or_nearly_so() {
        for (name, expected) in [
            ("Ann", "Ann"),
            ("小明", "小明"),
            ("Dr. Who", "Dr. Who"),
            ("bob 🎉 smith", "bob smith"),
            ("[bot]", "bot"),
            ("a\u{202e}b\n", "a b"),
            ("admin", "admin slack"),
            ("guest-7", "guest-7 slack"),
            ("🎉", "slack-3"),
            ("", "slack-3"),
            ("abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwx"),
        ] {
            assert_eq!(person(name, 24, "slack", 3), expected, "{name}");
        }
        let long = person(&"a\u{301}".repeat(10_000), 24, "slack", 1);
        assert!((1..=24).contains(&long.chars().count()), "{long}");
        assert_eq!(person("Ann", 1, "slack", 3), "A");
    }

    #[test]
    fn rooms_have_names_that_look_like_no_other() {
        let mut rooms = Rooms::new(&["General".to_owned(), "tea".to_owned()], 12);
        for (name, expected) in [
            ("general", "general-2"),
            ("GENERAL", "GENERAL-3"),
            ("random", "random"),
            ("rand0m", "rand0m-2"),
            ("#rust", "rust"),
            ("##rust", "rust-2"),
            ("lobby", "lobby-2"),
            ("all", "all-slack"),
            ("a-very-long-name", "a-very-long"),
            ("a-very-long-story", "a-very-lon-2"),
            ("🎉", "slack"),
            ("", "slack-2"),
            // With a number behind it this would look like somebody who is gone. The other is the chat's own.
            ("gone", "gone"),
            ("Gone", "Gone-slack"),
            ("g0ne", "g0ne-slack-2"),
            ("guest", "guest-slack"),
            ("guest", "guest-slac-2"),
        ] {
            let (shown, _) = rooms.take(name, "slack");
            assert_eq!(shown, expected, "{name}");
            assert!(check_room(&shown, 12).is_ok(), "{shown} can be had");
        }
    }
}
