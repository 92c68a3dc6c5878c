//! What The Lounge keeps of what somebody has heard, in `USER.sqlite3`: one table, `messages`. Nothing is changed in it.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, Result};

use super::super::Millis;

pub(crate) struct LoungeFile {
    connection: Connection,
    name: String,
}

/// A network, by a name that says nothing, and a channel in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LoungeChannel {
    pub network: String,
    pub channel: String,
}

/// As it is kept: `what` is a JSON object.
pub(crate) struct LoungeRow {
    pub at: Millis,
    pub kind: String,
    pub what: String,
}

impl LoungeFile {
    /// # Errors
    ///
    /// It is no such file, in words for whoever asked.
    pub(crate) fn open(path: &Path) -> std::result::Result<Self, String> {
        let name = path.display().to_string();
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).and_then(|connection| {
            // It was made by others: nothing that stands in it is carried out.
            connection.pragma_update(None, "trusted_schema", false)?;
            connection.prepare("SELECT network, channel, time, type, msg FROM messages LIMIT 0")?;
            Ok(connection)
        });
        match connection {
            Ok(connection) => Ok(LoungeFile { connection, name }),
            Err(error) => Err(format!("{name} is no file of The Lounge's ({error})")),
        }
    }

    pub(crate) fn channels(&self) -> std::result::Result<Vec<LoungeChannel>, String> {
        let channels = || -> Result<Vec<LoungeChannel>> {
            self.connection
                .prepare("SELECT DISTINCT network, channel FROM messages ORDER BY channel, network")?
                .query_map([], |row| {
                    Ok(LoungeChannel { network: row.get("network")?, channel: row.get("channel")? })
                })?
                .collect()
        };
        channels().map_err(|error| format!("{}: {error}", self.name))
    }

    /// Hears what was said in one of them, in the order of time.
    pub(crate) fn each(
        &self,
        of: &LoungeChannel,
        hear: &mut dyn FnMut(LoungeRow) -> std::result::Result<(), String>,
    ) -> std::result::Result<(), String> {
        let wrong = |error: rusqlite::Error| format!("{}: {error}", self.name);
        let sql =
            "SELECT time, type, msg FROM messages WHERE network = ?1 AND channel = ?2 ORDER BY time, rowid";
        let mut select = self.connection.prepare_cached(sql).map_err(wrong)?;
        let mut rows = select.query([&of.network, &of.channel]).map_err(wrong)?;
        while let Some(row) = rows.next().map_err(wrong)? {
            let read = || -> Result<LoungeRow> {
                Ok(LoungeRow { at: row.get("time")?, kind: row.get("type")?, what: row.get("msg")? })
            };
            hear(read().map_err(wrong)?)?;
        }
        Ok(())
    }
}
