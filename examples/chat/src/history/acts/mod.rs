//! What is done by those who have a right to it. `rights.rs` is asked again, with what is in the tables now: everything that
//! may refuse comes first. What was carried out is noted in the log of acts.
//!
//! | file | what it knows |
//! |---|---|
//! | `doing.rs` | who does it, and whether they may |
//! | `people.rs`, `rooms.rs`, `words.rs`, `coming.rs`, `reports.rs`, `bots.rs`, `targets.rs`, `site.rs` | the acts, each beside its like |
//! | `log.rs` | the log of acts |

mod bots;
mod coming;
mod doing;
mod log;
mod people;
mod reports;
mod rooms;
mod site;
mod targets;
mod words;

use rusqlite::Connection;

use super::bots::New;
use super::called::Called;
use super::progress::Progress;
use super::stop::{self, Stop};
use super::{Act, Answer, Append, Deed, Done};
use doing::Doing;

pub(super) fn carry_out(connection: &Connection, progress: &mut Progress, deed: &Deed) -> Answer {
    stop::answer(try_to(connection, progress, deed))
}

fn try_to(connection: &Connection, progress: &mut Progress, deed: &Deed) -> Result<Done, Stop> {
    // As it is called before.
    let about = log::about(connection, deed)?;
    let number = progress.next_number;
    let doing = Doing { connection, by: deed.by, at: deed.at };
    let done = act(&doing, progress, deed)?;
    // What was made, if something was; and what was done before is not done again.
    let made = (progress.next_number > number).then_some(number);
    let is_repeated = match done {
        Done::Numbered(_) => made.is_none(),
        Done::Appended { .. } => true,
        _ => false,
    };
    if !is_repeated {
        let number = made.unwrap_or_else(|| progress.take_number());
        log::note(connection, deed, &about, &done, number)?;
    }
    Ok(done)
}

/// Something was taken back; if somebody else had said it, that is in the log of acts, too.
pub(super) fn taken_back(
    connection: &Connection,
    progress: &mut Progress,
    append: &Append,
    done: Done,
) -> Answer {
    stop::answer(log::note_taken_back(connection, progress, append).map(|()| done))
}

fn act(doing: &Doing<'_>, progress: &mut Progress, deed: &Deed) -> Result<Done, Stop> {
    match &deed.act {
        Act::Role { person, role } => people::set_role(doing, *person, *role),
        Act::Op { room, person, is_op } => people::set_op(doing, *room, *person, *is_op),
        Act::Kick { person, room } => people::kick(doing, *person, *room),
        Act::Restrain { restraint, person, room, until, addresses } => {
            let on = people::On { restraint: *restraint, person: *person, room: *room };
            people::restrain(doing, on, (*until, addresses), &deed.reason)
        }
        Act::Release { restraint, person, room } => {
            people::release(doing, people::On { restraint: *restraint, person: *person, room: *room })
        }
        Act::EndSession { person, session } => people::end_session(doing, *person, *session),
        Act::Erase { person, words } => people::erase(doing, progress, *person, *words),

        Act::Alter { room, change } => rooms::alter(doing, *room, change),
        Act::RemoveRoom { room } => rooms::remove(doing, *room),
        Act::Add { room, person, read } => rooms::add(doing, *room, *person, *read),

        Act::SetDoor { door } => coming::set_door(doing, *door),
        Act::Invite { key, room, until, uses } => {
            coming::invite(doing, progress, key, *room, (*until, *uses))
        }
        Act::Revoke { invite } => coming::revoke(doing, *invite),
        Act::Accept { invite, read } => coming::accept(doing, *invite, *read),

        Act::Purge { person, room, since } => words::purge(doing, progress, *person, *room, *since),
        Act::Announce { text } => words::announce(doing, progress, text),
        Act::Report { room, offset } => reports::report(doing, progress, *room, *offset, &deed.reason),
        Act::Hold { said } => reports::hold(doing, progress, said, &deed.reason),
        Act::Settle { report, granted } => reports::settle(doing, progress, *report, *granted),

        Act::MakeBot { bot, name, folded, look, room } => {
            let called = Called { name, folded, look: look.as_deref() };
            bots::make(doing, progress, &New { bot: *bot, called }, *room)
        }
        Act::RemoveBot { bot } => bots::remove(doing, *bot),
        Act::GiveKey { bot, key, kind, room, pace } => {
            let key = bots::Key { bot: *bot, hash: key, kind: *kind, room: *room, pace: *pace };
            bots::give_key(doing, progress, &key)
        }
        Act::RevokeKey { key } => bots::revoke_key(doing, *key),
        Act::AddTarget { target } => targets::add(doing, progress, target),
        Act::DropTarget { target } => targets::drop(doing, *target),
        Act::RotateTarget { target, secret, until } => targets::rotate(doing, *target, secret, *until),

        Act::OpenAdmin { key, until, client, place, link } => {
            site::open(doing, progress, (key, *until, link.as_ref()), (client, place))
        }
        Act::CloseAdmin { session } => site::close(doing, *session),
    }
}
