//! A history of rows that come from elsewhere: a new file, which takes its place when all of it has come and fits together.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, MAIN_DB, params_from_iter};

use super::super::faults::is_taken;
use super::super::schema;
use super::cell::Cell;
use super::placing::Placing;
use super::shape::{EVENTS, Kind, STATE};
use super::sound;

pub(crate) struct Arriving {
    placing: Placing,
    connection: Connection,
}

impl Arriving {
    /// # Errors
    ///
    /// A chat has the history, there is something in it, or nothing can be written there: in words for whoever asked.
    pub(crate) fn begin(data: &Path) -> Result<Self, String> {
        let placing = Placing::begin(data)?;
        if let Some(present) = placing.present()? {
            let sql = "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM people)";
            let found: i64 = present.query_row(sql, [], |row| row.get(0)).map_err(|e| placing.cannot(e))?;
            if found > 0 {
                return Err(format!(
                    "{} has something in it, and an archive becomes a history of its own: name another file with --data",
                    placing.data().display()
                ));
            }
        }
        let connection = placing.new_file()?;
        connection
            .execute_batch("BEGIN")
            .and_then(|()| schema::bring_up(&connection, 0))
            .map_err(|error| placing.cannot(error))?;
        Ok(Arriving { placing, connection })
    }

    /// # Errors
    ///
    /// There is a row like it, or it cannot be written.
    pub(crate) fn row(&self, kind: &Kind, cells: &[Cell]) -> Result<(), String> {
        if let Some(bytes) = kind.pictures.and_then(|_| kind.column("size")) {
            // Room for the picture.
            return self.insert(kind, cells, "bytes, ", &format!("zeroblob(?{}), ", bytes + 1));
        }
        self.insert(kind, cells, "", "")
    }

    /// What was said in a room.
    pub(crate) fn event(&self, room: i64, cells: &[Cell]) -> Result<(), String> {
        self.insert(&EVENTS, cells, "room, ", &format!("{room}, "))
    }

    fn insert(&self, kind: &Kind, cells: &[Cell], more: &str, values: &str) -> Result<(), String> {
        let names: Vec<&str> = kind.columns.iter().map(|column| column.name).collect();
        let places: Vec<String> = (1..=cells.len()).map(|at| format!("?{at}")).collect();
        let (table, names, places) = (kind.name, names.join(", "), places.join(", "));
        self.connection
            .prepare_cached(&format!("INSERT INTO {table} ({more}{names}) VALUES ({values}{places})"))
            .and_then(|mut insert| insert.execute(params_from_iter(cells)))
            .map_err(|error| match is_taken(&error) {
                true => format!("there is another one like it ({error})"),
                false => self.placing.cannot(error),
            })?;
        Ok(())
    }

    /// The picture of the row whose first column this is: all that there is to read, and it has to be as long as the row says.
    pub(crate) fn picture(&self, kind: &Kind, row: i64, from: &mut dyn Read) -> Result<(), String> {
        let mut blob = self
            .connection
            .blob_open(MAIN_DB, kind.name, "bytes", row, false)
            .map_err(|error| self.placing.cannot(error))?;
        let length = blob.len() as u64;
        // One byte more than there should be is noticed.
        let copied =
            io::copy(&mut Read::take(&mut *from, length), &mut blob).map_err(|error| error.to_string())?;
        let more = from.read(&mut [0]).map_err(|error| error.to_string())?;
        match copied == length && more == 0 {
            true => Ok(()),
            false => Err(format!("it should have {length} bytes")),
        }
    }

    /// All rooms that have a file, those that are removed and not swept out among them.
    pub(crate) fn rooms(&self) -> Result<Vec<i64>, String> {
        self.connection
            .prepare("SELECT id FROM rooms UNION SELECT id FROM removed_rooms ORDER BY id")
            .and_then(|mut rooms| rooms.query_map([], |row| row.get(0))?.collect())
            .map_err(|error| self.placing.cannot(error))
    }

    /// Looks whether it all fits together, and puts it in its place. `is_complete`: nobody has heard more than this. If there was
    /// a file, it is kept: as what, is told.
    pub(crate) fn finish(self, state: &[Cell], is_complete: bool) -> Result<Option<PathBuf>, String> {
        let Arriving { placing, connection } = self;
        let cannot = |error| placing.cannot(error);
        let names: Vec<String> =
            (1..).zip(STATE.columns).map(|(at, it)| format!("{} = ?{at}", it.name)).collect();
        connection
            .execute(&format!("UPDATE state SET {}", names.join(", ")), params_from_iter(state))
            .map_err(cannot)?;
        connection
            .execute(
                "UPDATE state SET picture_bytes = (SELECT coalesce(sum(size), 0) FROM pictures), incomplete = ?1",
                [!is_complete],
            )
            .map_err(cannot)?;
        if let Some(fault) = sound::fault(&connection).map_err(cannot)? {
            return Err(fault);
        }
        connection.execute_batch("COMMIT").map_err(cannot)?;
        placing.finish(connection)
    }
}
