//! What those who govern have done and are answered, for people.

use super::outside::say_bot;
use super::words::{THE_OPERATOR, indent, list, notice, title};
use super::zone::Zone;
use crate::history::{By, Door, InviteUsed, Millis, Restraint, RoomId, StoredReport, StoredRestraint};
use crate::model::Model;
use crate::news::Change;
use crate::reply::{Invitation, Listening, Reply};
use crate::rights::Role;

/// Of a text in a list, in characters.
const SHOWN: usize = 80;

// ---- what has happened

/// For everybody who reads it in its place. `None`: only whom it is about does, or nobody.
pub(super) fn say((by, reason): (By, &str), change: &Change, model: &Model) -> Option<String> {
    let doer = doer(model, by);
    Some(match change {
        Change::Op { person, is_op: true, .. } => format!("{doer} made {} an op", model.name_of(*person)),
        Change::Op { person, .. } => format!("{} is no op any more", model.name_of(*person)),
        Change::PutOut { who, .. } => format!("{} was put out by {doer}{}", who.name, because(reason)),
        Change::BroughtIn { who, .. } => format!("{} was brought in by {doer}", who.name),
        Change::Room { room, .. } => {
            let place = model.room(*room)?;
            format!("{doer} has changed this room: {}", traits(model, *room, title(model, place, None)))
        }
        Change::Announcement => announcement(model)?,
        Change::Bot { bot } => say_bot(by, *bot, model),
        Change::Door => match model.door() {
            Door::Open => "the door is open".into(),
            Door::Named => "only who has a name comes in as somebody new".into(),
            Door::Invited => "only who has an invite comes in as somebody new".into(),
            Door::Shut => "the door is shut: nobody new comes in".into(),
        },
        Change::Report { room, is_settled: false, .. } => {
            format!("something in {} waits for you: /reports", title(model, model.room(*room)?, None))
        }
        Change::Role { .. }
        | Change::Kicked { .. }
        | Change::Restrained { .. }
        | Change::SessionEnded { .. }
        | Change::Erased { .. }
        | Change::RoomRemoved { .. }
        | Change::Report { .. } => return None,
    })
}

/// For whom it is about.
pub(super) fn say_to_them(
    (by, reason): (By, &str),
    change: &Change,
    model: &Model,
    zone: &Zone,
    now: Millis,
) -> Option<String> {
    let doer = doer(model, by);
    Some(match change {
        Change::Role { person } => match model.role_of(*person) {
            Role::Member => "you are a member of the chat like others now".into(),
            role => format!("you are an {} of the chat now", role.word()),
        },
        Change::BroughtIn { room, .. } => {
            let title = title(model, model.room(*room)?, None);
            format!("{doer} has brought you into {title}: /join {title} to speak there")
        }
        Change::Kicked { .. } => format!("you were put out by {doer}{}", because(reason)),
        Change::Restrained { restraint: Restraint::Mute, room, until, is_over, .. } => {
            let place = match room {
                Some(room) => format!(" in {}", title(model, model.room(*room)?, None)),
                None => String::new(),
            };
            match is_over {
                true => format!("you may speak{place} again"),
                false => {
                    let until = zone.until(*until, now);
                    format!("you may not speak{place} {until}, says {doer}{}", because(reason))
                }
            }
        }
        _ => return None,
    })
}

/// To somebody who was put out of a room, or whose room was removed.
pub(super) fn farewell((by, reason): (By, &str), change: &Change, model: &Model) -> Option<String> {
    let doer = doer(model, by);
    Some(match change {
        Change::PutOut { room, .. } => {
            let title = title(model, model.room(*room)?, None);
            format!("you were put out of {title} by {doer}{}", because(reason))
        }
        Change::RoomRemoved { name, title, .. } => {
            let title = title.as_ref().unwrap_or(name);
            format!("{title} was removed by {doer}{}", because(reason))
        }
        _ => return None,
    })
}

/// The line above all rooms, if there is one.
pub(super) fn announcement(model: &Model) -> Option<String> {
    model.announcement().map(|it| format!("announcement: {}", indent(&it.text)))
}

/// What is to be known of a room before one speaks in it.
pub(super) fn plate(model: &Model, room: RoomId) -> Option<String> {
    let words = traits(model, room, "");
    Some(notice(&words)).filter(|_| !words.is_empty())
}

/// How a room is called, and what is different about it.
fn traits(model: &Model, room: RoomId, title: &str) -> String {
    let Some(traits) = model.traits_of(room) else {
        return title.to_owned();
    };
    let parts = [
        (!title.is_empty()).then(|| title.to_owned()),
        (!traits.topic.is_empty()).then(|| format!("topic: {}", indent(&traits.topic))),
        (traits.pace > 0).then(|| format!("each speaks once in {} s", traits.pace)),
        traits.is_closed.then(|| "for reading".to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn doer(model: &Model, by: By) -> &str {
    by.map_or(THE_OPERATOR, |by| model.name_of(by))
}

fn because(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(": {}", indent(reason)) }
}

// ---- what is answered

pub(super) fn answer(reply: &Reply<'_>, model: &Model, zone: &Zone, now: Millis) -> String {
    match reply {
        Reply::Acted => notice("done"),
        Reply::Held => notice("it is held back until somebody has looked at it"),
        Reply::Link { code, seconds } => {
            notice(&format!("your code for another device: {code}, for {} minutes", seconds.div_ceil(60)))
        }
        Reply::Admin { url, seconds } => notice(&format!("the admin page, for {seconds} seconds: {url}")),
        Reply::Topic { room } => match model.traits_of(*room).filter(|traits| !traits.topic.is_empty()) {
            Some(traits) => notice(&format!("topic: {}", indent(&traits.topic))),
            None => notice("this room has no topic"),
        },
        Reply::Invited(Invitation { url, until, left, .. }) => {
            let times = if *left == 1 { "once".to_owned() } else { format!("{left} times") };
            notice(&format!(
                "whoever has this link comes in, {times}, {}: {url}",
                zone.until(Some(*until), now)
            ))
        }
        Reply::Sessions(sessions) => {
            list("from here you can come back", sessions.iter().map(|it| session(it, zone, now)))
        }
        Reply::Reports { reports, more } => {
            let more = more.then(|| "and more".to_owned());
            list(
                "what waits for somebody to look at it",
                reports.iter().map(|it| report(it, model)).chain(more),
            )
        }
        Reply::Restraints(restraints) => {
            list("who may not speak or come in", restraints.iter().map(|it| restraint(it, model, zone, now)))
        }
        Reply::Invites(invites) => list("invites", invites.iter().map(|it| invite(it, model, zone, now))),
        _ => String::new(),
    }
}

fn session(it: &Listening<'_>, zone: &Zone, now: Millis) -> String {
    let Listening { session, is_here, is_this } = it;
    let when = match (is_this, is_here) {
        (true, _) => "this one".to_owned(),
        (false, true) => "here now".to_owned(),
        (false, false) => format!("last here {}", zone.time(session.seen, now)),
    };
    format!("{} {} ({}): {when}", session.number, indent(&session.client), indent(&session.place))
}

fn report(it: &StoredReport, model: &Model) -> String {
    let place = model.room(it.room).map_or("a room that is gone", |room| title(model, room, None));
    let text = it.text.as_deref().unwrap_or("(a picture, or taken back)");
    let text: String = indent(text).replace('\n', " ").chars().take(SHOWN).collect();
    let by = if it.offset.is_none() { "held back".into() } else { format!("by {}", model.name_of(it.by)) };
    format!("{} {by}, in {place}{}; {}: {text}", it.number, because(&it.reason), it.author_name)
}

fn restraint(it: &StoredRestraint, model: &Model, zone: &Zone, now: Millis) -> String {
    let what = match it.restraint {
        Restraint::Ban => "banned",
        Restraint::Mute => "muted",
    };
    let place = it.room.and_then(|room| model.room(room)).map(|room| title(model, room, None));
    let place = place.map_or(String::new(), |title| format!(" in {title}"));
    let (until, by) = (zone.until(it.until, now), doer(model, it.by));
    format!("{} is {what}{place} {until}, by {by}{}", model.name_of(it.person), because(&it.reason))
}

fn invite(it: &InviteUsed, model: &Model, zone: &Zone, now: Millis) -> String {
    let place = it.room.and_then(|room| model.room(room)).map(|room| title(model, room, None));
    let left = if it.is_revoked { "revoked".to_owned() } else { format!("{} left", it.left) };
    let (number, by, until) = (it.number, doer(model, it.by), zone.until(Some(it.until), now));
    let used = it.used_by.len();
    format!("{number} into {}, by {by}: {left}, {until}, used {used} times", place.unwrap_or("the chat"))
}

#[cfg(test)]
mod tests;
