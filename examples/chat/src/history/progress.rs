//! How far the log has come in a file: in the same transaction as what its entries have done. Whatever happens, the two
//! agree.

use rusqlite::{Connection, Error, Result, TransactionBehavior, params};

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
