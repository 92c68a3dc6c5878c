//! What an operator reads of what happened, in the log: who and where, never a text. Programs find the same in fields beside
//! the words (`--log-format json`): what it was (`event`), whose act (`by`), whom and what it was about.
//!
//! Each kind has a line of its own in the source, for that is how floods are told apart (`run/logs/flood.rs`).

use crate::history::{By, Number, Restraint, What};
use crate::model::Model;
use crate::news::{Change, News};

/// A connection, and where it comes from.
pub(crate) type Caused = (String, String);

/// `from` tells which connection has caused it, if one has.
pub(crate) fn write(news: &News, model: &Model, from: Option<impl FnOnce() -> Caused>) {
    match news {
        News::Said { room, event } => {
            if let Some(from) = from {
                // Nothing is made ready for a log that does not want it.
                if !log::log_enabled!(log::Level::Info) {
                    return;
                }
                let ((peer, from), bytes) = (from(), length(&event.what));
                let (author, offset) = (event.author, event.offset);
                log::info!(
                    event = "said", peer:%, from:%, person = author, room, offset, bytes;
                    "{peer} from {from}, person {author}, said {bytes} bytes in room {room}, {offset}"
                );
            }
        }
        News::Created { room } => log::info!(event = "room_made", room; "room {room} was made"),
        News::Removed { room, .. } => {
            log::info!(event = "room_removed", room; "room {room} was removed: it was empty");
        }
        News::Renamed { person, .. } => {
            let name = model.name_of(*person);
            log::info!(event = "renamed", person, name:%; "person {person} is called {name} now");
        }
        News::Done { by, change, .. } => write_done(*by, change, model),
        News::Joined { .. }
        | News::Left { .. }
        | News::Came { .. }
        | News::Went { .. }
        | News::Gone { .. }
        | News::Typing { .. }
        | News::Avatar { .. }
        | News::Level { .. }
        | News::Read { .. } => {}
        News::Target { target } => write_target(*target, model),
    }
}

/// What those who govern have done: to whom, and where; not why, for that is a text.
fn write_done(by: By, change: &Change, model: &Model) {
    let who = by.map_or("the operator".to_owned(), |by| format!("person {by}"));
    match change {
        Change::Role { person } => {
            let role = model.role_of(*person).word();
            log::info!(event = "role", by, person, role; "{who} made person {person} {role} of the chat");
        }
        Change::Op { room, person, is_op: true } => {
            log::info!(event = "op", by, person, room; "{who} made person {person} op of room {room}");
        }
        Change::Op { room, person, .. } => log::info!(
            event = "no_op", by, person, room;
            "{who} made person {person} no op of room {room} any more"
        ),
        Change::PutOut { room, who: whom } => log::info!(
            event = "put_out", by, person = whom.id, room;
            "{who} put person {} out of room {room}", whom.id
        ),
        Change::BroughtIn { room, who: whom } => log::info!(
            event = "brought_in", by, person = whom.id, room;
            "{who} brought person {} into room {room}", whom.id
        ),
        Change::Kicked { person } => {
            log::info!(event = "kicked", by, person; "{who} put person {person} out of the chat");
        }
        Change::Restrained { restraint, person, room, is_over, .. } => {
            let place = room.map_or("everywhere".to_owned(), |room| format!("in room {room}"));
            match (restraint, is_over) {
                (Restraint::Ban, false) => {
                    log::info!(event = "banned", by, person, room; "{who} banned person {person} {place}");
                }
                (Restraint::Ban, true) => log::info!(
                    event = "no_longer_banned", person, room;
                    "person {person} is no longer banned {place}"
                ),
                (Restraint::Mute, false) => {
                    log::info!(event = "muted", by, person, room; "{who} muted person {person} {place}");
                }
                (Restraint::Mute, true) => log::info!(
                    event = "no_longer_muted", person, room;
                    "person {person} is no longer muted {place}"
                ),
            }
        }
        Change::SessionEnded { person, .. } => {
            log::info!(event = "session_ended", by, person; "{who} ended a session of person {person}");
        }
        Change::Erased { person } => {
            log::info!(event = "erased", person; "person {person} has erased themself");
        }
        Change::Room { room, .. } => {
            log::info!(event = "room_altered", by, room; "{who} altered room {room}")
        }
        Change::RoomRemoved { room, .. } => log::info!(
            event = "room_removed", by, room;
            "{who} removed room {room}, with all who were in it"
        ),
        Change::Bot { bot } if model.person(*bot).is_none() => {
            log::info!(event = "bot_removed", by, person = bot; "{who} took bot {bot} away");
        }
        Change::Bot { bot } => log::info!(event = "bot", by, person = bot; "{who} looked after bot {bot}"),
        Change::Door => {
            let door = model.door().word();
            log::info!(event = "door", by, door; "{who} set the door: {door}");
        }
        Change::Announcement if model.announcement().is_none() => {
            log::info!(event = "no_announcement", by; "{who} took the announcement down");
        }
        Change::Announcement => log::info!(event = "announcement", by; "{who} made an announcement"),
        Change::Report { report, room, is_settled: false } => log::info!(
            event = "reported", by, report, room;
            "{who} reported something in room {room}: {report}"
        ),
        Change::Report { report, room, .. } => log::info!(
            event = "settled", by, report, room;
            "{who} settled report {report} of room {room}"
        ),
    }
}

/// A target has a fault, or is well again: never its address.
fn write_target(number: Number, model: &Model) {
    let Some(stored) = model.target(number) else { return };
    match &stored.fault {
        Some(fault) if stored.is_off => log::info!(
            event = "target_off", number;
            "target {number} is off: {fault}"
        ),
        Some(fault) => log::info!(event = "target_fault", number; "target {number}: {fault}"),
        None => log::info!(event = "target_well", number; "target {number} is well again"),
    }
}

/// In bytes.
fn length(what: &What) -> usize {
    match what {
        What::Picture { picture, .. } => picture.as_ref().map_or(0, |picture| picture.size as usize),
        What::Text(_) | What::Deleted | What::Deletion { .. } | What::Purge { .. } => {
            what.words().map_or(0, str::len)
        }
    }
}
