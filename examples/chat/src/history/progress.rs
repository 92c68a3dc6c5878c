//! How far the log has come in a file: in the same transaction as what its entries have done. Whatever happens, the two
//! agree.

use rusqlite::{Connection, Error, Result, Row, TransactionBehavior, params};

use super::schema::{number, signed};
use super::{Done, PersonId, RoomId};

/// An entry's place in a log that several nodes share: 1, 2, 3, … 0 is before the first.
pub(crate) type Place = u64;
/// Of all of its entries up to one, and of what came of them.
pub(crate) type Digest = [u8; 32];

/// How far the log has come. Part of what lasts, but for the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Progress {
    /// So many entries have been applied.
    pub applied: i64,
    /// The next event's `id`.
    pub next_event: i64,
    /// Numbers that nobody has, and nobody has had.
    pub next_person: i64,
    pub next_room: i64,
    /// The next session, invite, report, announcement, purge or act.
    pub next_number: i64,
    /// Events up to here are in the search index. Each file has its own.
    pub indexed: i64,
    /// Of the log that several nodes share: applied up to here, and what came of it so far.
    pub place: Place,
    pub digest: Digest,
    /// The hash of what stands at that place.
    pub last: Option<Digest>,
}

/// So much never happened, and counting on from here cannot overflow.
const MOST: i64 = i64::MAX / 2;

impl Progress {
    pub(super) fn read(connection: &Connection) -> Result<Self> {
        // Other programs can write events too. Theirs have had their numbers.
        let sql =
            "SELECT applied, max(next_event, 1 + (SELECT coalesce(max(id), 0) FROM events)) AS next_event,
                          next_person, next_room, next_number, indexed, log_place, log_digest, log_last FROM state";
        connection.query_row(sql, [], |row| {
            Ok(Progress {
                applied: counted(row, "applied")?,
                next_event: counted(row, "next_event")?,
                next_person: signed(number(row, "next_person")?),
                next_room: signed(number(row, "next_room")?),
                next_number: counted(row, "next_number")?,
                indexed: counted(row, "indexed")?,
                place: number(row, "log_place")?,
                digest: row.get::<_, Option<Digest>>("log_digest")?.unwrap_or_default(),
                last: row.get("log_last")?,
            })
        })
    }

    /// Whoever this is, nobody else gets their number.
    pub(super) fn pass_person(&mut self, person: PersonId) {
        self.next_person = self.next_person.max(signed(person).saturating_add(1));
    }

    pub(super) fn pass_room(&mut self, room: RoomId) {
        self.next_room = self.next_room.max(signed(room).saturating_add(1));
    }

    /// Numbers that nobody else gets.
    pub(super) fn reserve(&mut self, people: u64, rooms: u64) -> Done {
        /// More at once is a mistake.
        const MANY: u64 = 1 << 20;
        let done =
            Done::Reserved { person: self.next_person.unsigned_abs(), room: self.next_room.unsigned_abs() };
        self.next_person = self.next_person.saturating_add(signed(people.min(MANY)));
        self.next_room = self.next_room.saturating_add(signed(rooms.min(MANY)));
        done
    }

    pub(super) fn take_number(&mut self) -> i64 {
        let number = self.next_number;
        self.next_number += 1;
        number
    }

    /// So many events, about, are not in the index yet.
    pub(super) fn behind(&self) -> i64 {
        self.next_event - 1 - self.indexed
    }

    fn save(&self, connection: &Connection) -> Result<()> {
        connection
            .prepare_cached(
                "UPDATE state SET applied = ?1, next_event = ?2, next_person = ?3, next_room = ?4, next_number = ?5,
                                  indexed = ?6",
            )?
            .execute([
                self.applied,
                self.next_event,
                self.next_person,
                self.next_room,
                self.next_number,
                self.indexed,
            ])?;
        Ok(())
    }

    fn save_place(&self, connection: &Connection) -> Result<()> {
        connection
            .prepare_cached("UPDATE state SET log_place = ?1, log_digest = ?2, log_last = ?3")?
            .execute(params![signed(self.place), self.digest, self.last])?;
        Ok(())
    }
}

fn counted(row: &Row<'_>, column: &str) -> Result<i64> {
    match row.get(column)? {
        number @ 0..=MOST => Ok(number),
        number => Err(Error::IntegralValueOutOfRange(row.as_ref().column_index(column)?, number)),
    }
}

/// Does some work in one transaction: all of it or nothing, and the progress with it.
pub(super) fn transact<R>(
    connection: &mut Connection,
    progress: &mut Progress,
    work: impl FnOnce(&Connection, &mut Progress) -> Result<R>,
) -> Result<R> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut ahead = *progress;
    let result = work(&transaction, &mut ahead)?;
    if ahead != *progress {
        ahead.save(&transaction)?;
    }
    if ahead.place != progress.place {
        ahead.save_place(&transaction)?;
    }
    transaction.commit()?;
    *progress = ahead;
    Ok(result)
}
