//! The log, applied: an entry changes the tables, and the file knows how many have.
//!
//! What an entry does follows from the tables and the entry alone. How far the log has come is stored in the same
//! transaction as what its entries have done: whatever happens, the two agree.

use rusqlite::{Connection, Error, Result, TransactionBehavior, params};

use super::{Entry, Outcome, erasing, events, people};

/// The outer error is the disk's and fails the whole transaction, the inner one refuses one entry.
pub(super) type Answer = Result<Outcome>;

/// How far the log has come. Part of what lasts, but for the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Progress {
    /// So many entries have been applied.
    pub applied: i64,
    /// The next event's `id`.
    pub next_event: i64,
    /// Events up to here are in the search index. Each file has its own.
    pub indexed: i64,
}

/// So much never happened, and counting on from here cannot overflow.
const MOST: i64 = i64::MAX / 2;

impl Progress {
    pub(super) fn read(connection: &Connection) -> Result<Self> {
        let read = |column, number| match number {
            0..=MOST => Ok(number),
            _ => Err(Error::IntegralValueOutOfRange(column, number)),
        };
        // Other programs can write events too. Theirs have had their numbers.
        let sql = "SELECT applied, max(next_event, 1 + (SELECT coalesce(max(id), 0) FROM events)), indexed FROM state";
        connection.query_row(sql, [], |row| {
            Ok(Progress {
                applied: read(0, row.get(0)?)?,
                next_event: read(1, row.get(1)?)?,
                indexed: read(2, row.get(2)?)?,
            })
        })
    }

    /// So many events, about, are not in the index yet.
    pub(super) fn behind(&self) -> i64 {
        self.next_event - 1 - self.indexed
    }

    fn save(&self, connection: &Connection) -> Result<()> {
        connection
            .prepare_cached("UPDATE state SET applied = ?1, next_event = ?2, indexed = ?3")?
            .execute(params![self.applied, self.next_event, self.indexed])?;
        Ok(())
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
    transaction.commit()?;
    *progress = ahead;
    Ok(result)
}

/// Applies an entry. One that is refused has changed nothing, and does not count.
pub(super) fn apply(connection: &Connection, progress: &mut Progress, entry: &Entry) -> Answer {
    let outcome = carry_out(connection, progress, entry)?;
    if outcome.is_ok() {
        progress.applied += 1;
    }
    Ok(outcome)
}

/// Applies an entry that nobody has asked for, and hands it on. `None`: it was refused after all.
pub(super) fn apply_decided(
    connection: &Connection,
    progress: &mut Progress,
    entry: Entry,
) -> Result<Option<Entry>> {
    let outcome = apply(connection, progress, &entry)?;
    Ok(outcome.is_ok().then_some(entry))
}

fn carry_out(connection: &Connection, progress: &mut Progress, entry: &Entry) -> Answer {
    match entry {
        Entry::Arrive { person, name, folded, token, at } => {
            people::arrive(connection, *person, (name, folded), token.as_ref(), *at)
        }
        Entry::Rename { person, name, folded } => people::rename(connection, *person, (name, folded)),
        Entry::Noticed { person } => people::noticed(connection, *person),
        Entry::Seen { person, at } => people::seen(connection, *person, *at),
        Entry::Forget { person } => people::forget(connection, *person),
        Entry::Create { room, kind, name, folded, epoch, at } => {
            people::create(connection, *room, *kind, (name, folded), epoch, *at)
        }
        Entry::Renew { room, epoch } => people::renew(connection, *room, epoch),
        Entry::Remove { room } => people::remove(connection, *room),
        Entry::Join { room, person, read } => people::join(connection, *room, *person, *read),
        Entry::Leave { room, person } => people::leave(connection, *room, *person),
        Entry::MarkRead { room, person, read } => people::mark_read(connection, *room, *person, *read),
        Entry::Append(append) => events::append(connection, progress, append),
        Entry::Prune { room, before } => erasing::prune(connection, *room, *before, progress.indexed),
        Entry::Sweep { room, before } => erasing::sweep(connection, *room, *before, progress.indexed),
        Entry::GiveUpPictures { upto } => erasing::give_up_pictures(connection, *upto),
        Entry::ForgetReceipts { upto } => erasing::forget_receipts(connection, *upto),
    }
}
