//! A history on its way into a run: open, and not started. If it follows a log, it catches up with that here, before anybody is
//! served.

use rusqlite::{Connection, params};

use super::file::{self, Link};
use super::logged::{Came, Logged, apply_logged};
use super::open_error::Fault;
use super::progress::{Digest, Place, Progress, transact};
use super::{Entry, OpenError, PersonId, RoomId, Settings, load};

/// Stands in `log_id` between what a history follows and what is being founded on it: whoever dies there finds its log again.
const FOUNDS: char = '?';

pub(crate) struct Joining {
    pub(super) writing: Link,
    pub(super) reading: Link,
    pub(super) progress: Progress,
}

impl Joining {
    /// Opens or makes the file, and checks it.
    pub(crate) fn open(settings: &Settings) -> Result<Self, OpenError> {
        Self::try_open(settings).map_err(|fault| OpenError::new(&settings.data, fault))
    }

    pub(super) fn try_open(settings: &Settings) -> Result<Self, Fault> {
        let (writing, reading) = file::open(&settings.data, settings.durability)?;
        let progress = Progress::read(&writing.lock())?;
        Ok(Joining { writing, reading, progress })
    }

    /// Which log it follows, if any.
    pub(crate) fn log_id(&self) -> rusqlite::Result<Option<String>> {
        Ok(self.logs()?.0)
    }

    /// What a log is called that is being founded on it, and may be there or not.
    pub(crate) fn founding(&self) -> rusqlite::Result<Option<String>> {
        Ok(self.logs()?.1)
    }

    fn logs(&self) -> rusqlite::Result<(Option<String>, Option<String>)> {
        let noted: Option<String> =
            self.writing.lock().query_row("SELECT log_id FROM state", [], |row| row.get("log_id"))?;
        Ok(match noted.as_deref().and_then(|noted| noted.split_once(FOUNDS)) {
            Some((follows, founds)) => {
                (Some(follows).filter(|id| !id.is_empty()).map(Into::into), Some(founds.into()))
            }
            None => (noted, None),
        })
    }

    /// A log of this name is founded on it now. Until it belongs to that, it follows what it has followed. `None`: none is.
    pub(crate) fn found(&mut self, log: Option<&str>) -> rusqlite::Result<()> {
        let (follows, _) = self.logs()?;
        let noted = match log {
            Some(log) => Some(format!("{}{FOUNDS}{log}", follows.unwrap_or_default())),
            None => follows,
        };
        self.writing.lock().execute("UPDATE state SET log_id = ?1", params![noted])?;
        Ok(())
    }

    /// How far it has followed it.
    pub(crate) fn place(&self) -> Place {
        self.progress.place
    }

    /// What stands there, by its hash, if anything does.
    pub(crate) fn last(&self) -> Option<Digest> {
        self.progress.last
    }

    /// Has nothing ever happened in it? What was applied before that was counted, or is in an archive that somebody has written, has
    /// taken numbers all the same.
    pub(crate) fn is_new(&self) -> bool {
        let Progress { applied, next_event, next_person, next_room, next_number, .. } = self.progress;
        (applied, next_event, next_person, next_room, next_number) == (0, 1, 1, 1, 1)
    }

    /// The numbers that the next person and the next room would have.
    pub(crate) fn next_numbers(&self) -> (PersonId, RoomId) {
        (self.progress.next_person.unsigned_abs(), self.progress.next_room.unsigned_abs())
    }

    /// Is there a room of this name?
    pub(crate) fn has_room(&self, folded: &str) -> rusqlite::Result<bool> {
        self.writing.lock().prepare("SELECT 1 FROM rooms WHERE folded = ?1")?.exists([folded])
    }

    /// It follows this log from now on, from its beginning; `None`: none any more. If it followed another one, sessions of the admin
    /// page are over: it may be a copy, and some of them may have been ended since it was made.
    pub(crate) fn belong(&mut self, log: Option<&str>) -> rusqlite::Result<()> {
        let has_followed = self.log_id()?.is_some();
        let mut connection = self.writing.lock();
        let transaction = connection.transaction()?;
        transaction.execute("DELETE FROM admins WHERE ?1", [has_followed])?;
        transaction.execute(
            "UPDATE state SET log_id = ?1, log_place = 0, log_digest = NULL, log_last = NULL",
            params![log],
        )?;
        transaction.execute_batch("DELETE FROM producers; UPDATE purges SET mark = 0")?;
        transaction.commit()?;
        let progress = &mut self.progress;
        (progress.place, progress.digest, progress.last) = (0, Digest::default(), None);
        Ok(())
    }

    /// Applies what stands in the log.
    pub(crate) fn follow<T>(&mut self, batch: &[Logged<T>]) -> rusqlite::Result<Vec<Came>> {
        transact(&mut self.writing.lock(), &mut self.progress, |connection: &Connection, progress| {
            batch.iter().map(|logged| apply_logged(connection, progress, logged)).collect()
        })
    }

    /// What gives every room another epoch: clients may know what is not in it any more.
    pub(crate) fn renewals(&self) -> rusqlite::Result<Vec<Entry>> {
        load::renewals(&self.writing.lock())
    }

    /// It is alone from now on, if it was not before.
    pub(super) fn part(&mut self) -> Result<(), Fault> {
        if self.log_id()?.is_some() {
            log::warn!(
                "this history followed a log of several nodes, and goes on alone: for those it is a stranger from now on"
            );
            self.belong(None)?;
        }
        if self.founding()?.is_some() {
            // It goes on without what it may have founded.
            self.found(None)?;
        }
        Ok(())
    }
}
