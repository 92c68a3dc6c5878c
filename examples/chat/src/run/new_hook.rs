//! A hook that whoever runs the chat makes, without anybody in it:
//!
//! ```text
//!   chat --new-hook ROOM ──▶ http://…/hooks/KEY on stdout
//!          │ the hash of the key, the room, the name of the bot
//!          ▼
//!     chat.db-hook-…  (beside the history, 0600)  ──▶ the chat makes the key within a second, or when it starts, and removes it
//! ```
//!
//! As with the link to the admin page, the key itself is nowhere but in the address. Each hook has a file of its own, so that
//! two that are made at once do not meet.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::history::{Durability, KeyHash, Peeked, RoomKind, hooks_of, peek};
use crate::model::names::{check_person, fold_person, fold_room};
use crate::run::beside::{self, hex, parse_hex};
use crate::run::settings::Settings;
use crate::token::Token;

/// How its bot is called, if nobody says so.
pub(crate) const NAME: &str = "hook";
/// The first word in the file.
const MARK: &str = "pollcat-hook-1";
/// More of a file is not read.
const LONGEST: u64 = 4 << 10;
/// So many are looked at, at once.
const MOST: usize = 16;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewHook {
    pub room: String,
    /// How its bot is called.
    pub name: String,
}

/// An address, for the chat with these settings, whether it runs or not.
///
/// # Errors
///
/// There is no such chat or room, or nobody may be called so: in words for whoever asked.
pub(crate) fn make(settings: &Settings, wanted: &NewHook) -> Result<String, String> {
    let data = settings.data.as_deref().filter(|_| settings.durability != Durability::Memory).ok_or(
        "a chat in memory has no file beside which a key could lie: /hook NAME in the chat makes one, or the admin page",
    )?;
    let owner = fs::metadata(data).map_err(|error| {
        format!(
            "{}: there is no history yet ({error}): start the chat, or name it with --data",
            data.display()
        )
    })?;
    let NewHook { room, name } = check(&peek(data)?, wanted, settings.max_name)?;
    let url = settings.said_address().ok_or(
        "under which address is the chat open? Its port is not known before it starts, or it listens on no port: \
         --public-url says it",
    )?;
    let key = Token::new().map_err(|error| format!("the system has no randomness to give: {error}"))?;
    let there = path_of(data, &key.hash());
    beside::write(&there, &format!("{MARK} {}\n{room}\n{name}\n", hex(&key.hash())), &owner)
        .map_err(|error| format!("{} cannot be written: {error}", there.display()))?;
    Ok(format!("{}/hooks/{}", url.trim_end_matches('/'), key.text()))
}

/// As the room and the bot are called, if that can be. What is found when the chat makes it, it says in its log.
fn check(there: &Peeked, wanted: &NewHook, max_name: usize) -> Result<NewHook, String> {
    let folded = fold_room(&wanted.room);
    let is_it = |(name, kind): &&(String, RoomKind)| match kind {
        RoomKind::Public => fold_room(name) == folded,
        RoomKind::Private | RoomKind::Direct => *name == wanted.room,
    };
    let Some((room, kind)) = there.rooms.iter().find(is_it) else {
        let mut known: Vec<&str> = there
            .rooms
            .iter()
            .filter(|(_, kind)| *kind == RoomKind::Public)
            .map(|(name, _)| &**name)
            .collect();
        known.sort_unstable();
        known.truncate(20);
        let words = if known.is_empty() { "there is none yet".to_owned() } else { known.join(", ") };
        return Err(format!(
            "there is no room `{}`; of those there are: {words}",
            wanted.room.escape_debug()
        ));
    };
    if *kind != RoomKind::Public {
        return Err("a hook into a private room is made by who is in it: /hook NAME".to_owned());
    }
    let name =
        check_person(&wanted.name, max_name).map_err(|fault| format!("--new-hook-name: {fault}"))?.shown;
    if there.people.iter().any(|person| fold_person(person) == fold_person(&name)) {
        return Err(format!(
            "somebody in the chat is called {name}: name the bot otherwise, with --new-hook-name"
        ));
    }
    Ok(NewHook { room: room.clone(), name })
}

fn path_of(data: &Path, key: &KeyHash) -> PathBuf {
    let mut path = hooks_of(data).into_os_string();
    path.push(&hex(key)[..16]);
    path.into()
}

/// The files, as the chat that runs sees them.
#[derive(Debug)]
pub(crate) struct HookFiles {
    /// What their names begin with; `None`: there are none, ever.
    begin: Option<PathBuf>,
    /// The folder, when it was last looked through.
    looked: Option<SystemTime>,
}

/// One of them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub path: PathBuf,
    /// `None`: it is none, and goes.
    pub hook: Option<(KeyHash, NewHook)>,
}

impl HookFiles {
    pub(crate) fn new(settings: &Settings) -> Self {
        let data = settings.data.as_deref().filter(|_| settings.durability != Durability::Memory);
        HookFiles { begin: data.map(hooks_of), looked: None }
    }

    /// Those that are there, if the folder has changed since it was looked through.
    pub(crate) fn look(&mut self) -> Vec<Found> {
        let Some(begin) = &self.begin else {
            return Vec::new();
        };
        let Some(folder) = begin.parent() else {
            return Vec::new();
        };
        let changed = fs::metadata(folder).and_then(|metadata| metadata.modified()).ok();
        // What changes within the same moment shows the next time: only what is older counts as seen.
        let is_settled = changed.is_none_or(|at| at.elapsed().is_ok_and(|age| age > Duration::from_secs(2)));
        if self.looked.is_some() && self.looked == changed {
            return Vec::new();
        }
        self.looked = changed.filter(|_| is_settled);
        let name = begin.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path()).filter(|path| is_name(path, &name)).take(MOST);
        paths.filter_map(|path| Some(Found { hook: read(&path)?, path })).collect()
    }
}

/// What is still being written has a longer one.
fn is_name(path: &Path, begin: &str) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.strip_prefix(begin)
        .is_some_and(|end| end.len() == 16 && end.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// `None`: it is not to be touched.
fn read(path: &Path) -> Option<Option<(KeyHash, NewHook)>> {
    Some(parse(&beside::read(path, LONGEST)?))
}

fn parse(text: &str) -> Option<(KeyHash, NewHook)> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    let (mark, key) = lines.next()?.split_once(' ')?;
    let hook = NewHook { room: lines.next()?.to_owned(), name: lines.next()?.to_owned() };
    (mark == MARK && lines.next().is_none()).then_some((parse_hex(key)?, hook))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(room: &str, name: &str) -> NewHook {
        NewHook { room: room.into(), name: name.into() }
    }

    #[test]
    fn what_cannot_be_is_said_before_anything_is_made() {
        let rooms = vec![
            ("Tea".to_owned(), RoomKind::Public),
            ("lobby".to_owned(), RoomKind::Public),
            ("+3".to_owned(), RoomKind::Private),
        ];
        let there = Peeked { rooms, people: vec!["Alice".into()] };
        assert_eq!(check(&there, &wanted("tea", "builds"), 24), Ok(wanted("Tea", "builds")));
        let table = [
            ("coffee", "builds", "of those there are: Tea, lobby"),
            ("+3", "builds", "private room"),
            ("+4", "builds", "no room"),
            ("tea", "al\nice", "--new-hook-name"),
            ("tea", "admin", "--new-hook-name"),
            ("tea", "a1ice", "somebody in the chat"),
            ("tea", "", "--new-hook-name"),
        ];
        for (room, name, part) in table {
            let words = check(&there, &wanted(room, name), 24).unwrap_err();
            assert!(words.contains(part), "{room} {name}: {words}");
        }
    }

    #[test]
    fn a_file_says_three_things_and_nothing_else() {
        let good = format!("{MARK} {}\ntea\nbuilds\n", "ab".repeat(32));
        assert_eq!(parse(&good), Some(([0xab; 32], wanted("tea", "builds"))));
        for wrong in [
            "",
            "\n",
            &good[1..],
            &good[..good.len() - 1],
            &(good.clone() + "x\n"),
            &good.replace("ab", "xx"),
        ] {
            assert_eq!(parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn files_are_found_by_their_names_alone() {
        for (name, is_it) in [
            ("chat.db-hook-0123456789abcdef", true),
            ("chat.db-hook-0123456789abcdef-77", false),
            ("chat.db-hook-", false),
            ("chat.db", false),
            ("chat.db-hook-0123456789abcdeg", false),
        ] {
            assert_eq!(is_name(Path::new("/x").join(name).as_path(), "chat.db-hook-"), is_it, "{name}");
        }
    }
}
