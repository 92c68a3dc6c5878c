//! The reader: pages, pictures, and searches bit by bit.
//!
//! A search may have to look at everything that was ever said. So it is carried out in slices, and whoever asks for a
//! page or a picture meanwhile is served between two of them.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, TryRecvError};

use rusqlite::{Connection, OptionalExtension, Result};

use super::faults::words;
use super::file::Link;
use super::schema::{self, number, select_events, signed};
use super::search::Search;
use super::{Event, Failure, Found, Offset, Read, Report, RoomId, looks};

/// Searches under way at a time. Who comes later is asked to try again.
const SEARCHES: usize = 64;

pub(super) type Job<T> = (Read, T);

pub(super) struct Reader<T, F> {
    pub link: Link,
    pub jobs: Receiver<Job<T>>,
    pub tell: F,
}

impl<T, F: Fn(Report<T>) -> bool> Reader<T, F> {
    pub(super) fn run(self) {
        let mut searches = VecDeque::new();
        loop {
            let next = if searches.is_empty() {
                self.jobs.recv().map_err(|_| TryRecvError::Disconnected)
            } else {
                self.jobs.try_recv()
            };
            match next {
                Ok((read, ticket)) => self.begin(read, ticket, &mut searches),
                Err(TryRecvError::Disconnected) if searches.is_empty() => return,
                Err(_) => self.search_on(&mut searches),
            }
        }
    }

    fn begin(&self, read: Read, ticket: T, searches: &mut VecDeque<(Search, Read, T)>) {
        let result = match &read {
            Read::Search { rooms, text, before, limit } => {
                if searches.len() < SEARCHES {
                    searches.push_back((Search::new(rooms, text, *before, *limit), read, ticket));
                    return;
                }
                Err(Failure::Busy)
            }
            // Offsets have no gaps, so that a number of events is a difference of offsets.
            Read::After { room, after, limit } => self.read(|connection| {
                events(connection, *room, |first, _| {
                    let after = (*after).max(first.saturating_sub(1));
                    (after, after.saturating_add(*limit as u64))
                })
            }),
            Read::Before { room, before, limit } => self.read(|connection| {
                events(connection, *room, |_, last| {
                    let upto = before.map_or(last, |before| last.min(before.saturating_sub(1)));
                    (upto.saturating_sub(*limit as u64), upto)
                })
            }),
            Read::Mine { person, before, limit } => self.look(|it| looks::mine(it, *person, *before, *limit)),
            Read::Avatar { id, is_known } => self.look(|it| looks::avatar(it, id, *is_known)),
            Read::Sessions { person } => self.look(|it| looks::sessions(it, *person)),
            Read::Reports { rooms, after, limit } => {
                self.look(|it| looks::reports(it, rooms.as_deref(), *after, *limit))
            }
            Read::Invites { room, limit } => self.look(|it| looks::invites(it, *room, *limit)),
            Read::Acts { before, limit } => self.look(|it| looks::acts(it, *before, *limit)),
            Read::AdminSessions => self.look(looks::admin_sessions),
            Read::Picture { id, is_known } => self.read(|connection| picture(connection, id, *is_known)),
        };
        (self.tell)(Report::Read { ticket, result });
    }

    /// Everything that belongs to one answer is read from one moment of the file.
    fn read(
        &self,
        find: impl FnOnce(&Connection) -> Result<std::result::Result<Found, Failure>>,
    ) -> std::result::Result<Found, Failure> {
        let connection = self.link.lock();
        let found = connection.unchecked_transaction().and_then(|transaction| find(&transaction));
        found.unwrap_or_else(|fault| Err(unreadable(&fault)))
    }

    /// What cannot be refused.
    fn look(&self, find: impl FnOnce(&Connection) -> Result<Found>) -> std::result::Result<Found, Failure> {
        self.read(|connection| find(connection).map(Ok))
    }

    /// A slice of the search that has waited longest.
    fn search_on(&self, searches: &mut VecDeque<(Search, Read, T)>) {
        let Some((mut search, read, ticket)) = searches.pop_front() else { return };
        let slice = {
            let connection = self.link.lock();
            connection.unchecked_transaction().and_then(|transaction| search.slice(&transaction))
        };
        let result = match slice {
            Ok(false) => return searches.push_back((search, read, ticket)),
            Ok(true) => Ok(search.found()),
            Err(fault) => Err(unreadable(&fault)),
        };
        (self.tell)(Report::Read { ticket, result });
    }
}

fn unreadable(fault: &rusqlite::Error) -> Failure {
    log::error!("the history cannot be read: {fault}");
    Failure::Storage(words(fault))
}

type Answer = Result<std::result::Result<Found, Failure>>;

/// The events of a room after one offset, up to another.
fn events(
    connection: &Connection,
    room: RoomId,
    choose: impl FnOnce(Offset, Offset) -> (Offset, Offset),
) -> Answer {
    let bounds = connection
        .prepare_cached("SELECT first, last FROM rooms WHERE id = ?1")?
        .query_row([signed(room)], |row| Ok((number(row, "first")?, number(row, "last")?)))
        .optional()?;
    let Some((first, last)) = bounds else { return Ok(Err(Failure::NoSuchRoom)) };
    let (after, upto) = choose(first, last);
    let events = connection
        .prepare_cached(select_events!(
            "WHERE e.room = ?1 AND e.offset > ?2 AND e.offset <= ?3 ORDER BY e.offset"
        ))?
        .query_map([signed(room), signed(after), signed(upto)], |row| Ok(schema::kept(row)?.event))?
        .collect::<Result<Vec<Event>>>()?;
    Ok(Ok(Found::Events { events, first }))
}

/// A room that is being swept out is not there any more, and neither are its pictures. What is held back has one too, for
/// those who look at it.
fn picture(connection: &Connection, id: &str, is_known: bool) -> Answer {
    macro_rules! select {
        ($columns:literal) => {
            concat!(
                "SELECT ",
                $columns,
                " FROM pictures p JOIN events e ON e.id = p.event JOIN rooms r ON r.id = e.room WHERE p.id = ?1"
            )
        };
    }
    // The bytes are not touched.
    if is_known && connection.prepare_cached(select!("1"))?.exists([id])? {
        return Ok(Ok(Found::SamePicture));
    }
    let picture = connection
        .prepare_cached(select!("p.media_type, p.bytes"))?
        .query_row([id], |row| {
            let media_type = schema::media_type(row.get_ref("media_type")?.as_str()?);
            Ok((media_type, row.get_ref("bytes")?.as_blob()?.into()))
        })
        .optional()?;
    if picture.is_none() {
        return Ok(Ok(looks::held_picture(connection, id, is_known)?));
    }
    Ok(Ok(Found::Picture(picture)))
}
