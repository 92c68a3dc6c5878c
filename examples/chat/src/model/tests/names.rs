//! Names, and by hand what looks like what: the first key finds somebody, and nobody else may have either.

use crate::history::PersonId;

const PEOPLE: [(&str, &[&str]); 9] = [
    ("Alice", &["alice"]),
    ("ALICE", &["alice"]),
    ("a1ice", &["alice"]),
    ("Bob", &["bob"]),
    // With a Cyrillic capital.
    ("Вob", &["(В)ob", "bob"]),
    ("carla", &["carla"]),
    ("Zoë", &["zoë"]),
    ("Dr. Who", &["dr. who"]),
    ("小明", &["小明"]),
];

const ROOMS: [(&str, &[&str]); 8] = [
    ("Tea", &["tea"]),
    ("tea", &["tea"]),
    ("fail", &["fail"]),
    ("fall", &["fall"]),
    ("box", &["box"]),
    ("Вox", &["(В)ox", "box"]),
    ("lobby", &["lobby"]),
    ("LOBBY", &["lobby"]),
];

/// Nobody may be called this, and no room.
const BAD: [&str; 5] = ["", "admin", "guest-3", "a  b", "much too long for a name in here"];

pub(super) fn people() -> impl Iterator<Item = &'static str> {
    PEOPLE.iter().map(|(name, _)| *name)
}

pub(super) fn rooms() -> impl Iterator<Item = &'static str> {
    ROOMS.iter().map(|(name, _)| *name)
}

pub(super) fn bad() -> impl Iterator<Item = &'static str> {
    BAD.into_iter()
}

pub(super) fn is_bad(name: &str) -> bool {
    BAD.contains(&name)
}

pub(super) fn guest(id: PersonId) -> String {
    format!("guest-{id}")
}

pub(super) fn of_person(name: &str) -> Vec<&str> {
    of(&PEOPLE, name)
}

pub(super) fn of_room(name: &str) -> Vec<&str> {
    of(&ROOMS, name)
}

/// Whether nobody may have this name beside that one.
pub(super) fn clash(one: &[&str], other: &[&str]) -> bool {
    one.iter().any(|key| other.contains(key))
}

/// A name that is not in the table looks like itself alone.
fn of<'a>(table: &[(&str, &'static [&'static str])], name: &'a str) -> Vec<&'a str> {
    table.iter().find(|(known, _)| *known == name).map_or(vec![name], |(_, keys)| keys.to_vec())
}
