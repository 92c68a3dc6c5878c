//! The tables, and how a row becomes an event.
//!
//! Any SQLite tool can read them: `sqlite3 chat.db 'SELECT author_name, text FROM events WHERE room = 1'`.

use rusqlite::types::Type;
use rusqlite::{Connection, Error, Result, Row, RowIndex};

use super::{Call, Event, Picture, What, outside_tables, spelling, tables};

/// Says that a file is ours: "poll", in the header of every SQLite file.
pub(super) const APPLICATION: i32 = 0x706f_6c6c;
/// Counts up whenever older programs would misread the tables: 1, and one for each step from one to the next.
pub(super) const VERSION: i32 = 1 + STEPS.len() as i32;

/// `events.id` counts everything that was said, in all rooms, and is never used twice (`state.next_event`). It orders the
/// search, and tells how far the index has come (`state.indexed`).
///
/// A receipt outlives its event, so that a repeated message gets the same answer when it has long been pruned. People
/// who are gone keep their rows, and their places in direct rooms, as long as somebody else may look at the room.
const FIRST: &str = "
    CREATE TABLE state (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        next_person INTEGER NOT NULL,
        next_room INTEGER NOT NULL,
        picture_bytes INTEGER NOT NULL,
        indexed INTEGER NOT NULL,
        index_form TEXT NOT NULL
    ) STRICT;
    INSERT INTO state (one, next_person, next_room, picture_bytes, indexed, index_form) VALUES (1, 1, 1, 0, 0, '');

    CREATE TABLE people (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        folded TEXT NOT NULL,
        token BLOB,
        gone INTEGER NOT NULL DEFAULT 0,
        seen INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX names ON people (folded) WHERE gone = 0;

    CREATE TABLE rooms (
        id INTEGER PRIMARY KEY,
        kind INTEGER NOT NULL,
        name TEXT NOT NULL,
        folded TEXT NOT NULL UNIQUE,
        epoch TEXT NOT NULL,
        made INTEGER NOT NULL,
        first INTEGER NOT NULL DEFAULT 1,
        last INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE removed_rooms (id INTEGER PRIMARY KEY) STRICT;

    CREATE TABLE members (
        room INTEGER NOT NULL,
        person INTEGER NOT NULL,
        read INTEGER NOT NULL,
        PRIMARY KEY (room, person)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX memberships ON members (person);
    CREATE TABLE unread_mentions (
        room INTEGER NOT NULL,
        person INTEGER NOT NULL,
        offset INTEGER NOT NULL,
        PRIMARY KEY (room, person, offset)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE events (
        id INTEGER PRIMARY KEY,
        room INTEGER NOT NULL,
        offset INTEGER NOT NULL,
        at INTEGER NOT NULL,
        author INTEGER NOT NULL,
        author_name TEXT NOT NULL,
        kind INTEGER NOT NULL,
        text TEXT,
        target INTEGER,
        mentions TEXT
    ) STRICT;
    CREATE UNIQUE INDEX places ON events (room, offset);
    CREATE INDEX deletions ON events (room, offset) WHERE kind = 3;
    CREATE TABLE pictures (
        event INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        media_type TEXT NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        size INTEGER NOT NULL,
        bytes BLOB NOT NULL
    ) STRICT;
    CREATE TABLE receipts (
        place INTEGER PRIMARY KEY,
        author INTEGER NOT NULL,
        key TEXT NOT NULL,
        room INTEGER NOT NULL,
        offset INTEGER NOT NULL,
        at INTEGER NOT NULL,
        UNIQUE (author, key)
    ) STRICT;

    CREATE VIRTUAL TABLE grams USING fts5 (text, content='', detail='none', columnsize=0, tokenize='ascii');
    CREATE TABLE erasures (event INTEGER PRIMARY KEY, grams TEXT NOT NULL) STRICT;
";

/// The first version that notes whether something may be missing.
pub(super) const KNOWS_GAPS: i32 = 2;
/// The first version that notes the number of the next event.
pub(super) const KNOWS_NEXT_EVENT: i32 = 4;
/// From this version on there are sessions of the admin page.
pub(super) const KNOWS_ADMINS: i32 = 5;
/// From this version on it may follow a log.
pub(super) const KNOWS_LOGS: i32 = 7;

/// From each version to the next. A file of any age takes the same way, a new one too, so that all are alike.
const STEPS: &[&str] = &[
    // Which day it was, by which rows (`calendar.rs`). Whether something that clients were told may be missing; which
    // run had the file last. What was said under a key, as a hash.
    "
    ALTER TABLE state ADD COLUMN believed INTEGER;
    ALTER TABLE state ADD COLUMN newest INTEGER;
    ALTER TABLE state ADD COLUMN incomplete INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE state ADD COLUMN run TEXT NOT NULL DEFAULT '';
    ALTER TABLE receipts ADD COLUMN said BLOB;
    ",
    // Who has done nothing yet that others could see. Who has spoken in a room: NULL, nobody; 0, several; or only this
    // one. Of what is there already the best is believed.
    "
    ALTER TABLE people ADD COLUMN silent INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE rooms ADD COLUMN voice INTEGER DEFAULT 0;
    ",
    // How many entries have been applied, from here on; and the `id` of the next event, which followed from the events and
    // the index before.
    "
    ALTER TABLE state ADD COLUMN applied INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE state ADD COLUMN next_event INTEGER NOT NULL DEFAULT 1;
    UPDATE state SET next_event = 1 + max(indexed, (SELECT coalesce(max(id), 0) FROM events));
    ",
    // Who governs, and what is governed.
    tables::STEP,
    // Bots and their keys, what goes out, reminders; who is called.
    outside_tables::STEP,
    // The log that several nodes share: which one it is, how far it was applied, what came of it, and what stands there; who has
    // appended how much to it. Without such a log all of it stays empty.
    "
    ALTER TABLE state ADD COLUMN log_id TEXT;
    ALTER TABLE state ADD COLUMN log_place INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE state ADD COLUMN log_digest BLOB;
    ALTER TABLE state ADD COLUMN log_last BLOB;
    CREATE TABLE producers (id TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    ",
    // Which keys were used that are good once: links to the admin page, codes for another device.
    "
    CREATE TABLE used_keys (key BLOB PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    ",
    // What names are drawn like, if that is not how they are folded (`called.rs`); both keys of a name that nobody gets. Of names that
    // are there already, every node knows which ones look like them: these columns are for those that two nodes give away at once.
    "
    ALTER TABLE people ADD COLUMN look TEXT;
    CREATE INDEX looks ON people (look) WHERE gone = 0 AND look IS NOT NULL;
    ALTER TABLE rooms ADD COLUMN look TEXT;
    CREATE INDEX room_looks ON rooms (look) WHERE look IS NOT NULL;
    ALTER TABLE purges ADD COLUMN folded TEXT;
    ALTER TABLE purges ADD COLUMN look TEXT;
    ",
];

/// `events.kind`: the numbers are those in the file. A new kind is a new step in [`STEPS`] as well, if only an empty one:
/// older programs cannot read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text = 0,
    Picture = 1,
    Deleted = 2,
    Deletion = 3,
    Purge = 4,
}

impl Kind {
    pub(super) fn read(row: &Row<'_>, column: impl RowIndex) -> Result<Self> {
        let column = column.idx(row.as_ref())?;
        Ok(match row.get(column)? {
            0 => Kind::Text,
            1 => Kind::Picture,
            2 => Kind::Deleted,
            3 => Kind::Deletion,
            4 => Kind::Purge,
            other => return Err(Error::IntegralValueOutOfRange(column, other)),
        })
    }

    /// Can it be taken back?
    pub(super) fn has_words(self) -> bool {
        match self {
            Kind::Text | Kind::Picture => true,
            Kind::Deleted | Kind::Deletion | Kind::Purge => false,
        }
    }
}

/// Brings the tables of this version (0: there are none) to the present one. Within a transaction: all of it or nothing.
pub(super) fn bring_up(connection: &Connection, version: i32) -> Result<()> {
    if version == 0 {
        connection.execute_batch(FIRST)?;
        connection.pragma_update(None, "application_id", APPLICATION)?;
    }
    for step in STEPS.iter().skip(usize::try_from(version - 1).unwrap_or(0)) {
        connection.execute_batch(step)?;
    }
    connection.pragma_update(None, "user_version", VERSION)
}

/// An event, and its place among all events.
pub(super) struct Kept {
    pub id: i64,
    pub event: Event,
}

/// `SELECT` with the columns of [`kept`], in the order of [`column`]; what follows names conditions on `e`.
macro_rules! select_events {
    ($conditions:literal) => {
        concat!(
            "SELECT e.id, e.room, e.offset, e.at, e.author, e.author_name, e.kind, e.text, e.target, e.mentions, ",
            "p.id, p.media_type, p.width, p.height, p.size, e.targets, e.called ",
            "FROM events e LEFT JOIN pictures p ON p.event = e.id ",
            $conditions
        )
    };
}
pub(super) use select_events;

/// Where they are. By their names they would be looked for in each row.
pub(super) mod column {
    pub(crate) const ID: usize = 0;
    pub(crate) const ROOM: usize = 1;
    pub(crate) const OFFSET: usize = 2;
    pub(crate) const AT: usize = 3;
    pub(crate) const AUTHOR: usize = 4;
    pub(crate) const AUTHOR_NAME: usize = 5;
    pub(crate) const KIND: usize = 6;
    pub(crate) const TEXT: usize = 7;
    pub(crate) const TARGET: usize = 8;
    pub(crate) const MENTIONS: usize = 9;
    pub(crate) const PICTURE: usize = 10;
    pub(crate) const MEDIA_TYPE: usize = 11;
    pub(crate) const WIDTH: usize = 12;
    pub(crate) const HEIGHT: usize = 13;
    pub(crate) const SIZE: usize = 14;
    pub(crate) const TARGETS: usize = 15;
    pub(crate) const CALLED: usize = 16;
}

/// Reads a row of [`select_events`]. The room is for searches.
pub(super) fn kept(row: &Row<'_>) -> Result<Kept> {
    let what = match Kind::read(row, column::KIND)? {
        Kind::Text => What::Text(row.get(column::TEXT)?),
        Kind::Picture => What::Picture { picture: picture(row)?, caption: row.get(column::TEXT)? },
        Kind::Deleted => What::Deleted,
        Kind::Deletion => What::Deletion { target: number(row, column::TARGET)? },
        Kind::Purge => {
            What::Purge { of: number(row, column::TARGET)?, targets: numbers(row, column::TARGETS)? }
        }
    };
    let event = Event {
        offset: number(row, column::OFFSET)?,
        at: row.get(column::AT)?,
        author: number(row, column::AUTHOR)?,
        author_name: row.get(column::AUTHOR_NAME)?,
        what,
        mentions: numbers(row, column::MENTIONS)?,
        call: row.get::<_, Option<i64>>(column::CALLED)?.and_then(Call::of_number),
    };
    Ok(Kept { id: row.get(column::ID)?, event })
}

fn picture(row: &Row<'_>) -> Result<Option<Picture>> {
    let Some(id) = row.get(column::PICTURE)? else { return Ok(None) };
    Ok(Some(Picture {
        id,
        media_type: media_type(row.get_ref(column::MEDIA_TYPE)?.as_str()?),
        width: row.get(column::WIDTH)?,
        height: row.get(column::HEIGHT)?,
        size: number(row, column::SIZE)?,
    }))
}

/// A kind of picture that browsers show. Anything else, and it was not we who wrote it, is only bytes.
pub(super) fn media_type(name: &str) -> &'static str {
    spelling::known_media_type(name).unwrap_or(spelling::ONLY_BYTES)
}

/// SQLite's integers have a sign. A number beyond them was asked for by somebody, and nothing has it.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn number(row: &Row<'_>, column: impl RowIndex) -> Result<u64> {
    let column = column.idx(row.as_ref())?;
    let number = row.get(column)?;
    u64::try_from(number).map_err(|_| Error::IntegralValueOutOfRange(column, number))
}

/// Mentions and the like are kept as "3 7", where people can read them; none: `NULL`.
pub(super) fn numbers_text(numbers: &[u64]) -> Option<String> {
    let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
    (!numbers.is_empty()).then(|| numbers.join(" "))
}

pub(super) fn numbers(row: &Row<'_>, column: impl RowIndex) -> Result<Vec<u64>> {
    let column = column.idx(row.as_ref())?;
    let Some(text) = row.get_ref(column)?.as_str_or_null()? else { return Ok(Vec::new()) };
    let numbers: std::result::Result<_, _> = text.split(' ').map(str::parse).collect();
    numbers.map_err(|error| Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}
