//! The log that several nodes share, applied: each entry in its place, and once, whatever comes twice.
//!
//! What comes of it follows from the tables and the log alone, so it is the same on every node; and a digest over all of it tells
//! whether that is so.

use std::borrow::Cow;
use std::iter;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Result, params};
use sha2::{Digest as _, Sha256};

use super::apply::apply;
use super::progress::{Digest, Place, Progress};
use super::schema::{number, signed};
use super::{Answer, Append, Done, Entry, Failure, Millis, Origin, Outcome, existing};

/// What is said at two nodes at once may come in another order than its times, and their clocks differ by a little: within this, no
/// time goes back in a room. One that is from far ahead was wrong, and nobody is dated by it.
const A_LITTLE: Millis = 10_000;

/// An entry that stands in the log.
#[derive(Debug)]
pub(crate) struct Logged<T> {
    pub place: Place,
    /// Which run of a node has appended it, and as its how manieth.
    pub producer: Arc<str>,
    pub sequence: u64,
    /// Of the entry as it stands there.
    pub hash: Digest,
    pub entry: Entry,
    pub whose: Whose<T>,
}

/// Who has asked for it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Whose<T> {
    /// The loop here; nobody waits any more, if there is no ticket.
    Loop(Option<T>),
    /// The chores here.
    Chores,
    /// Another node.
    Elsewhere,
}

impl<T> Whose<T> {
    pub(super) fn origin(&self) -> Origin {
        match self {
            Whose::Loop(_) | Whose::Chores => Origin::Here,
            Whose::Elsewhere => Origin::Elsewhere,
        }
    }

    pub(super) fn take_ticket(&mut self) -> Option<T> {
        match self {
            Whose::Loop(ticket) => ticket.take(),
            Whose::Chores | Whose::Elsewhere => None,
        }
    }
}

/// What has become of an entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Came {
    Out(Outcome),
    /// It stands in the log before: nothing happens again.
    Repeated,
    /// What its producer appended before it is not in the log: it is left out as well, everywhere, and comes again behind that.
    Early,
}

/// Applies the next entry of the log.
pub(super) fn apply_logged<T>(
    connection: &Connection,
    progress: &mut Progress,
    logged: &Logged<T>,
) -> Result<Came> {
    let last = connection
        .prepare_cached("SELECT last FROM producers WHERE id = ?1")?
        .query_row([&*logged.producer], |row| number(row, 0))
        .optional()?
        .unwrap_or(0);
    let came = if logged.sequence <= last {
        Came::Repeated
    } else if logged.sequence > last + 1 {
        Came::Early
    } else {
        connection
            .prepare_cached("INSERT INTO producers VALUES (?1, ?2) ON CONFLICT DO UPDATE SET last = ?2")?
            .execute(params![&*logged.producer, signed(logged.sequence)])?;
        Came::Out(apply_shared(connection, progress, &logged.entry)?)
    };
    progress.place = logged.place;
    progress.digest = chained(&progress.digest, logged, &came);
    progress.last = Some(logged.hash);
    Ok(came)
}

/// Applies an entry that others have been asked for as well: whoever was asked may not have known that somebody is gone, or what others
/// were saying.
pub(super) fn apply_shared(connection: &Connection, progress: &mut Progress, entry: &Entry) -> Answer {
    if let Some(failure) = existing::lacks(connection, entry)? {
        return Ok(Err(failure));
    }
    let entry = in_its_time(connection, entry)?;
    apply(connection, progress, &entry)
}

/// The same, not before what was said last in its room.
fn in_its_time<'a>(connection: &Connection, entry: &'a Entry) -> Result<Cow<'a, Entry>> {
    let Entry::Append(append) = entry else { return Ok(Cow::Borrowed(entry)) };
    let last: Option<Millis> = connection
        .prepare_cached(
            "SELECT e.at FROM rooms r JOIN events e ON e.room = r.id AND e.offset = r.last WHERE r.id = ?1",
        )?
        .query_row([signed(append.room)], |row| row.get(0))
        .optional()?;
    Ok(match last {
        Some(at) if append.at < at && at <= append.at.saturating_add(A_LITTLE) => {
            Cow::Owned(Entry::Append(Append { at, ..append.clone() }))
        }
        _ => Cow::Borrowed(entry),
    })
}

fn chained<T>(before: &Digest, logged: &Logged<T>, came: &Came) -> Digest {
    let mut digest = Sha256::new();
    digest.update(before);
    digest.update(logged.place.to_be_bytes());
    digest.update(logged.producer.as_bytes());
    digest.update([0]);
    digest.update(logged.sequence.to_be_bytes());
    digest.update(logged.hash);
    for part in told(came) {
        digest.update(part.to_be_bytes());
    }
    digest.finalize().into()
}

/// What has become of it, in numbers that every version has in common.
fn told(came: &Came) -> Vec<u64> {
    let done = match came {
        Came::Out(Ok(done)) => done,
        Came::Out(Err(failure)) => return vec![10, code(failure)],
        Came::Repeated => return vec![11],
        Came::Early => return vec![12],
    };
    match done {
        Done::Appended { room, offset, at, repeated } => {
            vec![1 + u64::from(*repeated), *room, *offset, at.unsigned_abs()]
        }
        Done::TakenBack { room, offset, at, mentioned } => {
            [&[3, *room, *offset, at.unsigned_abs()], &mentioned[..]].concat()
        }
        Done::Erased { room, offset, at, mentioned } => {
            let mentioned = mentioned.iter().flat_map(|&(target, person)| [target, person]);
            [4, *room, *offset, at.unsigned_abs()].into_iter().chain(mentioned).collect()
        }
        Done::Numbered(number) => vec![5, *number],
        Done::Reserved { person, room } => vec![6, *person, *room],
        Done::Accepted { is_used } => vec![7, u64::from(*is_used)],
        Done::Settled { said: Some((said, offset)) } => {
            vec![8, said.room, *offset, said.author, said.at.unsigned_abs()]
        }
        Done::Settled { said: None } => vec![8],
        Done::Kept => vec![9],
        Done::Joined => vec![13],
        Done::SessionEnded { token } => iter::once(14).chain(token.iter().map(|&byte| byte.into())).collect(),
        // Versions that do not know the same tables do not compare them, and have come to the same.
        Done::Compared { .. } => vec![15],
    }
}

fn code(failure: &Failure) -> u64 {
    match failure {
        Failure::Taken => 1,
        Failure::NoSuchRoom => 2,
        Failure::NoSuchPerson => 3,
        Failure::HasMembers => 4,
        Failure::NoSuchEvent => 5,
        Failure::NotYours => 6,
        Failure::Lacks(_) => 7,
        Failure::TooSoon(_) => 8,
        Failure::NoSuchInvite => 9,
        Failure::NoSuchReport => 10,
        Failure::NoSuchSession => 11,
        Failure::NoSuchKey => 12,
        Failure::NoSuchTarget => 13,
        Failure::NoSuchReminder => 14,
        Failure::DoorShut => 15,
        Failure::KeyUsed => 16,
        Failure::Busy => 17,
        Failure::Storage(_) => 18,
        Failure::Returned => 19,
        Failure::Unsure => 20,
    }
}
