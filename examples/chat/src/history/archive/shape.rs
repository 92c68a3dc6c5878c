//! What an archive has in it: each table that lasts, with its columns, and what may stand in them.
//!
//! Sessions of the admin page, and which links to it were used, are in no archive. What only one file needs is not either: its search index, how
//! far a purge has looked, what this machine's clock was believed.

use super::cell::Cell;

/// A table, as a file of lines.
#[derive(Debug)]
pub(crate) struct Kind {
    /// The table, and the file's name.
    pub name: &'static str,
    pub columns: &'static [Column],
    /// The order of its rows.
    pub(super) order: &'static str,
    /// The folder of its pictures, if it has any: each is called by its `id`, and the first column is the row's own number.
    pub pictures: Option<&'static str>,
}

#[derive(Debug)]
pub(crate) struct Column {
    pub name: &'static str,
    pub is: Is,
    /// There may be none.
    pub may_lack: bool,
}

/// Counting on from there could overflow (`progress.rs`).
const MOST: i64 = (1 << 62) - 1;
/// In milliseconds since 1970; as long before it, time has not begun.
const END_OF_TIME: u64 = 253_402_300_800_000;
/// Bytes of a text. What is said has 65,536 characters at most, and no client would take one of many megabytes.
const LONGEST: usize = 1 << 20;

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Is {
    /// 0, 1, 2, …
    Number,
    /// The same, where the chat counts with 32 bits: a width, how often, so many in a minute.
    Small,
    /// Milliseconds since 1970.
    Time,
    /// The same, or the least number that there is: ever.
    Since,
    Yes,
    Text,
    /// A text that is a file's name as well.
    Name,
    /// SHA-256.
    Hash,
    Bytes,
    /// In the file `3 7`.
    Numbers,
    /// In the file it is the place in this list. An empty one is none.
    Word(&'static [&'static str]),
}

const fn has(name: &'static str, is: Is) -> Column {
    Column { name, is, may_lack: false }
}

const fn may(name: &'static str, is: Is) -> Column {
    Column { name, is, may_lack: true }
}

const fn kind(name: &'static str, order: &'static str, columns: &'static [Column]) -> Kind {
    Kind { name, columns, order, pictures: None }
}

const fn illustrated(name: &'static str, columns: &'static [Column], folder: &'static str) -> Kind {
    Kind { name, columns, order: columns[0].name, pictures: Some(folder) }
}

use Is::{Bytes, Hash, Name, Number, Numbers, Since, Small, Text, Time, Word, Yes};

/// One row, in `archive.json`.
pub(crate) static STATE: Kind = kind(
    "state",
    "one",
    &[
        has("applied", Number),
        has("next_event", Number),
        has("next_person", Number),
        has("next_room", Number),
        has("next_number", Number),
        has("door", Word(&["open", "named", "invited", "shut"])),
    ],
);

/// What was said: a file for each room, `rooms/3.jsonl`.
pub(crate) static EVENTS: Kind = kind(
    "events",
    "offset",
    &[
        has("id", Number),
        has("offset", Number),
        has("at", Time),
        has("author", Number),
        has("author_name", Text),
        has("kind", Word(&["text", "picture", "deleted", "deletion", "purge"])),
        may("text", Text),
        may("target", Number),
        may("mentions", Numbers),
        may("targets", Numbers),
        may("called", Word(&["", "all", "here"])),
    ],
);

/// All others, a file for each.
pub(crate) static KINDS: [Kind; 22] = [
    kind(
        "people",
        "id",
        &[
            has("id", Number),
            has("name", Text),
            has("folded", Text),
            may("look", Text),
            has("gone", Yes),
            has("guest", Yes),
            has("silent", Yes),
            has("seen", Time),
            has("role", Word(&["member", "admin", "owner"])),
        ],
    ),
    kind(
        "tokens",
        "id",
        &[
            has("id", Number),
            has("person", Number),
            has("hash", Hash),
            has("since", Time),
            has("seen", Time),
            has("client", Text),
            has("place", Text),
        ],
    ),
    illustrated(
        "avatars",
        &[
            has("person", Number),
            has("id", Name),
            has("media_type", Text),
            has("width", Small),
            has("height", Small),
            has("size", Number),
        ],
        "avatars",
    ),
    kind(
        "rooms",
        "id",
        &[
            has("id", Number),
            has("kind", Word(&["public", "direct", "private"])),
            has("name", Text),
            has("folded", Text),
            may("look", Text),
            has("epoch", Text),
            has("made", Time),
            has("first", Number),
            has("last", Number),
            may("voice", Number),
            may("title", Text),
            has("topic", Text),
            has("pace", Small),
            has("closed", Yes),
            may("maker", Number),
        ],
    ),
    kind("removed_rooms", "id", &[has("id", Number)]),
    kind(
        "members",
        "room, person",
        &[
            has("room", Number),
            has("person", Number),
            has("read", Number),
            has("op", Yes),
            may("spoke", Time),
            may("level", Word(&["all", "mentions", "nothing"])),
            has("told", Number),
        ],
    ),
    kind(
        "unread_mentions",
        "room, person, offset",
        &[has("room", Number), has("person", Number), has("offset", Number)],
    ),
    illustrated(
        "pictures",
        &[
            has("event", Number),
            has("id", Name),
            has("media_type", Text),
            has("width", Small),
            has("height", Small),
            has("size", Number),
        ],
        "pictures",
    ),
    kind(
        "restraints",
        "person, room, kind",
        &[
            has("person", Number),
            has("room", Number),
            has("kind", Word(&["mute", "ban"])),
            may("until", Time),
            may("by", Number),
            has("at", Time),
            has("reason", Text),
            may("addresses", Text),
        ],
    ),
    kind(
        "invites",
        "id",
        &[
            has("id", Number),
            has("key", Hash),
            has("room", Number),
            may("by", Number),
            has("made", Time),
            has("until", Time),
            has("uses", Small),
            has("revoked", Yes),
        ],
    ),
    kind("invite_uses", "invite, person", &[has("invite", Number), has("person", Number), has("at", Time)]),
    kind("announcements", "id", &[has("id", Number), has("text", Text), may("by", Number), has("at", Time)]),
    kind(
        "reports",
        "id",
        &[
            has("id", Number),
            has("room", Number),
            may("offset", Number),
            has("at", Time),
            has("by", Number),
            has("reason", Text),
            has("author", Number),
            has("author_name", Text),
            may("key", Text),
            may("text", Text),
            may("mentions", Numbers),
        ],
    ),
    illustrated(
        "held_pictures",
        &[
            has("report", Number),
            has("id", Name),
            has("media_type", Text),
            has("width", Small),
            has("height", Small),
            has("size", Number),
        ],
        "held",
    ),
    kind(
        "purges",
        "id",
        &[
            has("id", Number),
            has("person", Number),
            has("room", Number),
            has("since", Since),
            has("upto", Number),
            may("by", Number),
            has("by_name", Text),
            has("mode", Word(&["words", "name"])),
            may("withheld", Text),
            may("folded", Text),
            may("look", Text),
        ],
    ),
    kind(
        "acts",
        "id",
        &[
            has("id", Number),
            has("at", Time),
            may("by", Number),
            has("by_name", Text),
            has("act", Text),
            may("person", Number),
            has("person_name", Text),
            may("room", Number),
            has("room_name", Text),
            has("detail", Text),
            has("reason", Text),
        ],
    ),
    kind(
        "bots",
        "person",
        &[
            has("person", Number),
            has("kind", Word(&["bot", "robot"])),
            may("by", Number),
            has("made", Time),
            has("gone", Yes),
            has("hooked", Yes),
        ],
    ),
    kind(
        "keys",
        "id",
        &[
            has("id", Number),
            has("hash", Hash),
            has("bot", Number),
            has("kind", Word(&["hook", "token"])),
            has("room", Number),
            has("pace", Small),
            may("by", Number),
            has("since", Time),
            may("seen", Time),
        ],
    ),
    kind(
        "targets",
        "id",
        &[
            has("id", Number),
            may("person", Number),
            may("room", Number),
            has(
                "shape",
                Word(&[
                    "webhook", "slack", "discord", "ntfy", "bark", "gotify", "wecom", "dingtalk", "feishu",
                ]),
            ),
            has("url", Text),
            has("secret", Text),
            has("discloses", Word(&["nothing", "sender", "text"])),
            has("free", Yes),
            may("by", Number),
            has("made", Time),
            may("old_secret", Text),
            may("old_until", Time),
            has("upto", Number),
            has("sent", Number),
            has("dropped", Number),
            may("fault", Text),
            has("off", Yes),
        ],
    ),
    kind(
        "outbox",
        "target, room, upto",
        &[
            has("target", Number),
            has("room", Number),
            has("upto", Number),
            has("after", Number),
            has("made", Time),
            has("due", Time),
            has("tries", Small),
        ],
    ),
    kind(
        "reminders",
        "id",
        &[
            has("id", Number),
            has("person", Number),
            has("room", Number),
            has("made", Time),
            has("due", Time),
            has("by_clock", Yes),
            has("text", Text),
        ],
    ),
    kind(
        "receipts",
        "place",
        &[
            has("place", Number),
            has("author", Number),
            has("key", Text),
            has("room", Number),
            has("offset", Number),
            has("at", Time),
            may("said", Bytes),
        ],
    ),
];

impl Kind {
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

impl Column {
    /// Can this stand here? If not: what should.
    pub(crate) fn check(&self, cell: &Cell) -> Result<(), &'static str> {
        let is_right = match (self.is, cell) {
            (_, Cell::None) => self.may_lack,
            (Number, Cell::Number(number)) => (0..=MOST).contains(number),
            (Small, Cell::Number(number)) => u32::try_from(*number).is_ok(),
            (Since, Cell::Number(i64::MIN)) => true,
            (Time | Since, Cell::Number(time)) => time.unsigned_abs() < END_OF_TIME,
            (Yes, Cell::Number(number)) => matches!(number, 0 | 1),
            (Word(words), Cell::Number(number)) => {
                usize::try_from(*number).ok().and_then(|at| words.get(at)).is_some_and(|it| !it.is_empty())
            }
            (Text, Cell::Text(text)) => text.len() <= LONGEST,
            (Name, Cell::Text(name)) => is_file_name(name),
            (Numbers, Cell::Text(numbers)) => numbers.split(' ').all(|it| it.parse::<u64>().is_ok()),
            (Hash, Cell::Bytes(bytes)) => bytes.len() == 32,
            (Bytes, Cell::Bytes(_)) => true,
            _ => false,
        };
        if is_right { Ok(()) } else { Err(self.is.told()) }
    }
}

impl Is {
    /// What is wanted, in words.
    pub(crate) fn told(self) -> &'static str {
        match self {
            Number => "a number that is not negative, and below 2^62",
            Small => "a number below 4294967296 that is not negative",
            Time | Since => "a time, in milliseconds since 1970, before the year 10000",
            Yes => "true or false",
            Text => "a text of at most 1 MiB",
            Name => "a file's name: letters, digits, - _ and . inside, at most 100 of them",
            Hash => "a hash, in 64 digits to the base of 16",
            Bytes => "bytes, in digits to the base of 16",
            Numbers => "a list of numbers that is not empty",
            Word(_) => "one of its words",
        }
    }
}

/// Nothing that leads out of a folder.
fn is_file_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    (1..=100).contains(&name.len()) && !name.starts_with('.') && name.chars().all(is_plain)
}
