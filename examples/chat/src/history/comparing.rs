//! Whether the tables of several nodes are the same: a bite of them at a time, row by row, in the order of their keys.
//!
//! What came of each entry is compared anyhow (`logged.rs`); a row that differs, and that no entry meets, would not be seen there for
//! as long as that lasts. So whoever has the chores asks now and then, by an entry, what all have from a row on: at the same place of
//! the log that is the same, or one of them is wrong.

use std::sync::LazyLock;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result, Row, params_from_iter};
use sha2::{Digest as _, Sha256};

use super::progress::{Digest, Progress};

use super::{Answer, Behind, Bite, Done, Key};

/// All that lasts: the tables with their columns, and the order of their rows, which is that of their key.
pub(super) const LASTS: [(&str, &str, &str); 26] = [
    ("state", "applied next_event next_person next_room next_number picture_bytes door", "one"),
    ("people", "id name folded look gone guest seen silent role", "id"),
    ("tokens", "id person hash since seen client place", "id"),
    ("avatars", "person id media_type width height size bytes", "person"),
    ("rooms", "id kind name folded look epoch made first last voice title topic pace closed maker", "id"),
    ("removed_rooms", "id", "id"),
    ("members", "room person read op spoke level told", "room, person"),
    ("restraints", "person room kind until by at reason addresses", "person, room, kind"),
    ("invites", "id key room by made until uses revoked", "id"),
    ("invite_uses", "invite person at", "invite, person"),
    ("admins", "id key by since until client place", "id"),
    ("used_keys", "key until", "key"),
    ("announcements", "id text by at", "id"),
    ("reports", "id room offset at by reason author author_name key text mentions", "id"),
    ("held_pictures", "report id media_type width height size bytes", "report"),
    ("purges", "id person room since upto by by_name mode withheld folded look", "id"),
    ("acts", "id at by by_name act person person_name room room_name detail reason", "id"),
    ("unread_mentions", "room person offset", "room, person, offset"),
    ("events", "id room offset at author author_name kind text target mentions targets called", "id"),
    ("pictures", "event id media_type width height size bytes", "event"),
    ("bots", "person kind by made gone hooked", "person"),
    ("keys", "id hash bot kind room pace by since seen", "id"),
    (
        "targets",
        "id person room shape url secret discloses free by made old_secret old_until upto sent dropped fault off",
        "id",
    ),
    ("outbox", "target room upto after made due tries", "target, room, upto"),
    ("reminders", "id person room made due by_clock text", "id"),
    ("receipts", "place author key room offset at said", "place"),
];

/// So much is looked at in one go: some 10 ms, and then whatever waits has its turn.
const ROWS: u32 = 5_000;
const BYTES: usize = 2 << 20;

/// Which tables and columns these are: versions that have others do not compare them.
static FORM: LazyLock<u32> = LazyLock::new(|| {
    let hash = Sha256::digest(format!("1 {LASTS:?}"));
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
});

/// The next one, as this version knows the tables.
pub(super) fn next(behind: Option<Behind>) -> Bite {
    Bite { form: *FORM, behind, rows: ROWS }
}

pub(super) fn compare(connection: &Connection, progress: &Progress, bite: &Bite) -> Answer {
    if bite.form != *FORM {
        // Another version has asked.
        return Ok(Ok(Done::Compared { rows: None, behind: None }));
    }
    let mut look = Look { digest: Sha256::new(), rows: bite.rows.min(ROWS), bytes: BYTES, last: None };
    look.numbers(connection, progress)?;
    let begins = |table: &str| bite.behind.as_ref().is_some_and(|behind| behind.table == table);
    let first = LASTS.iter().position(|(table, ..)| begins(table)).unwrap_or(0);
    for &(table, columns, order) in LASTS[first..].iter().filter(|(table, ..)| *table != "state") {
        let after = bite.behind.as_ref().filter(|behind| behind.table == table).map(|behind| &*behind.key);
        if !look.table(connection, (table, columns, order), after.unwrap_or_default())? {
            return Ok(Ok(look.come(true)));
        }
    }
    Ok(Ok(look.come(false)))
}

/// What was seen so far, and how much more there may be.
struct Look {
    digest: Sha256,
    rows: u32,
    bytes: usize,
    last: Option<Behind>,
}

impl Look {
    fn come(self, is_more: bool) -> Done {
        let behind = self.last.filter(|_| is_more);
        Done::Compared { rows: Some(self.digest.finalize().into()), behind }
    }

    /// What is in the row of `state`, each time: all that comes follows from it.
    fn numbers(&mut self, connection: &Connection, progress: &Progress) -> Result<()> {
        let Progress { next_event, next_person, next_room, next_number, .. } = *progress;
        let (pictures, door): (i64, i64) =
            connection.query_row("SELECT picture_bytes, door FROM state", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        for number in [next_event, next_person, next_room, next_number, pictures, door] {
            self.value(ValueRef::Integer(number));
        }
        Ok(())
    }

    /// False: it is enough, and there may be more rows.
    fn table(
        &mut self,
        connection: &Connection,
        (table, columns, order): (&str, &str, &str),
        after: &[Key],
    ) -> Result<bool> {
        let keys = order.split(", ").count();
        let after: Vec<rusqlite::types::Value> = after.iter().filter_map(Key::value).collect();
        let (behind, after) = match after.len() == keys {
            true => (format!("WHERE ({order}) > ({})", vec!["?"; keys].join(", ")), after),
            false => (String::new(), Vec::new()),
        };
        let columns = columns.replace(' ', ", ");
        let sql = format!("SELECT {order}, {columns} FROM {table} {behind} ORDER BY {order}");
        let mut select = connection.prepare(&sql)?;
        let all = select.column_count();
        let mut rows = select.query(params_from_iter(after))?;
        while let Some(row) = rows.next()? {
            if self.rows == 0 || self.bytes == 0 {
                return Ok(false);
            }
            self.row(row, (table, keys, all))?;
        }
        Ok(true)
    }

    fn row(&mut self, row: &Row<'_>, (table, keys, all): (&str, usize, usize)) -> Result<()> {
        self.value(ValueRef::Text(table.as_bytes()));
        for column in keys..all {
            self.value(row.get_ref(column)?);
        }
        self.rows -= 1;
        let key = (0..keys).map(|column| Ok(Key::of(row.get_ref(column)?))).collect::<Result<_>>()?;
        self.last = Some(Behind { table: table.to_owned(), key });
        Ok(())
    }

    fn value(&mut self, value: ValueRef<'_>) {
        let (kind, bytes): (u8, &[u8]) = match &value {
            ValueRef::Null => (0, &[]),
            ValueRef::Integer(number) => (1, &number.to_be_bytes()),
            ValueRef::Real(number) => (2, &number.to_be_bytes()),
            ValueRef::Text(text) => (3, text),
            ValueRef::Blob(blob) => (4, blob),
        };
        self.digest.update([kind]);
        self.digest.update((bytes.len() as u64).to_be_bytes());
        self.digest.update(bytes);
        self.bytes = self.bytes.saturating_sub(9 + bytes.len());
    }
}

impl Key {
    fn of(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Integer(number) => Key::Number(number),
            value => {
                let bytes = value.as_bytes().unwrap_or_default();
                Key::Hex(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
            }
        }
    }

    /// `None`: nobody has written it so.
    fn value(&self) -> Option<rusqlite::types::Value> {
        match self {
            Key::Number(number) => Some((*number).into()),
            Key::Hex(digits) => {
                let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
                (0..digits.len()).step_by(2).map(byte).collect::<Option<Vec<u8>>>().map(Into::into)
            }
        }
    }
}

/// What is compared at a place of the log: what came of all of it so far, and what stands in those rows.
pub(super) fn together(all: &Digest, rows: &Digest) -> Digest {
    let mut digest = Sha256::new();
    digest.update(all);
    digest.update(rows);
    digest.finalize().into()
}
