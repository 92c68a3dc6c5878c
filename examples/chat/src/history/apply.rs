//! The log, applied: an entry changes the tables, and counts.
//!
//! What an entry does follows from the tables and the entry alone.

use rusqlite::{Connection, Result};

use super::called::Called;
use super::outbox::{self, Outgoing};
use super::progress::Progress;
use super::rooms::New;
use super::{
    Answer, Done, Entry, acts, bans, bots, comparing, erasing, events, lapses, people, purge, reminders,
    rooms, sessions,
};

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
) -> Result<Option<(Entry, Done)>> {
    let outcome = apply(connection, progress, &entry)?;
    Ok(outcome.ok().map(|done| (entry, done)))
}

fn carry_out(connection: &Connection, progress: &mut Progress, entry: &Entry) -> Answer {
    match entry {
        Entry::Arrive { person, name, folded, look, token, at } => {
            let called = Called { name, folded, look: look.as_deref() };
            people::arrive(connection, progress, *person, &called, token.as_ref(), *at)
        }
        Entry::Rename { person, name, folded, look } => {
            people::rename(connection, *person, &Called { name, folded, look: look.as_deref() })
        }
        Entry::Noticed { person } => people::noticed(connection, *person),
        Entry::Seen { person, at } => people::seen(connection, *person, *at),
        Entry::Forget { person, away } => people::forget(connection, *person, *away),
        Entry::Create { room, kind, name, folded, look, epoch, at, maker, title } => {
            let (room, kind, at, maker, title) = (*room, *kind, *at, *maker, title.as_deref());
            let called = Called { name, folded, look: look.as_deref() };
            rooms::create(connection, progress, &New { room, kind, called, epoch, at, maker, title })
        }
        Entry::Renew { room, epoch } => rooms::renew(connection, *room, epoch),
        Entry::Remove { room } => rooms::remove(connection, *room),
        Entry::Join { room, person, read } => rooms::join(connection, *room, *person, *read),
        Entry::Leave { room, person } => kept(rooms::leave(connection, *room, *person)),
        Entry::MarkRead { room, person, read } => kept(rooms::mark_read(connection, *room, *person, *read)),
        Entry::Marks { marks } => kept(marks.iter().try_for_each(|mark| rooms::mark_all(connection, mark))),
        Entry::AddToken { person, token, at, code } => {
            sessions::add_token(connection, progress, *person, (token, code.as_ref()), *at)
        }
        Entry::SeeSession { token, at, client, place } => {
            sessions::see(connection, token, *at, (client, place))
        }
        Entry::Avatar { person, avatar } => sessions::set_avatar(connection, *person, avatar.as_ref()),
        Entry::Act(deed) => acts::carry_out(connection, progress, deed),
        Entry::BanAddresses { person, since, addresses, .. } => {
            bans::add(connection, *person, *since, addresses)
        }
        Entry::Lapse { at } => kept(lapses::lapse(connection, *at)),
        Entry::Unname { person, after, upto } => kept(purge::unname(connection, *person, *after, *upto)),
        Entry::Purged { purge } => kept(purge::end(connection, *purge)),
        Entry::ForgetActs { upto, of_anybody } => kept(lapses::forget_acts(connection, *upto, *of_anybody)),
        Entry::Robot { robot, at } => bots::set_robot(connection, progress, robot.as_ref(), *at),
        Entry::SetLevel { room, person, level } => rooms::set_level(connection, *room, *person, *level),
        Entry::SeeKey { key, at } => bots::see_key(connection, *key, *at),
        Entry::Dispatch { whom, targets, room, after, upto, at } => {
            let (whom, room, after, upto, at) = (*whom, *room, *after, *upto, *at);
            outbox::dispatch(connection, &Outgoing { whom, targets, room, after, upto, at })
        }
        Entry::Delivered { delivery } => outbox::delivered(connection, *delivery),
        Entry::Postponed { delivery, due, fault } => outbox::postponed(connection, *delivery, *due, fault),
        Entry::Dropped { delivery, fault, is_off } => {
            outbox::dropped(connection, *delivery, fault.as_deref(), *is_off)
        }
        Entry::Remind { reminder } => reminders::remind(connection, progress, reminder),
        Entry::Unremind { reminder, person } => reminders::unremind(connection, *reminder, *person),
        Entry::Ring { reminder, said } => reminders::ring(connection, progress, *reminder, said),
        Entry::Reserve { people, rooms } => Ok(Ok(progress.reserve(*people, *rooms))),
        Entry::Compare(bite) => comparing::compare(connection, progress, bite),
        Entry::Append(append) => match events::append(connection, progress, append)? {
            Ok(done @ Done::TakenBack { .. }) => acts::taken_back(connection, progress, append, done),
            outcome => Ok(outcome),
        },
        Entry::Prune { room, before } => erasing::prune(connection, *room, *before, progress.indexed),
        Entry::Sweep { room, before } => erasing::sweep(connection, *room, *before, progress.indexed),
        Entry::GiveUpPictures { upto } => erasing::give_up_pictures(connection, *upto),
        Entry::ForgetReceipts { upto } => erasing::forget_receipts(connection, *upto),
    }
}

fn kept(done: Result<()>) -> Answer {
    done.map(|()| Ok(Done::Kept))
}
