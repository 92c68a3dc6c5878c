//! The log, applied: an entry changes the tables, and counts.
//!
//! What an entry does follows from the tables and the entry alone.

use rusqlite::{Connection, Result};

use super::progress::Progress;
use super::{Answer, Entry, erasing, events, people};

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
            people::arrive(connection, progress, *person, (name, folded), token.as_ref(), *at)
        }
        Entry::Rename { person, name, folded } => people::rename(connection, *person, (name, folded)),
        Entry::Noticed { person } => people::noticed(connection, *person),
        Entry::Seen { person, at } => people::seen(connection, *person, *at),
        Entry::Forget { person } => people::forget(connection, *person),
        Entry::Create { room, kind, name, folded, epoch, at } => {
            people::create(connection, progress, *room, *kind, (name, folded), epoch, *at)
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
