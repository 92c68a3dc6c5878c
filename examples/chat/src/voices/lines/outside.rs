//! What is told and answered about the world outside, for people: bots and their keys, targets.

use super::words::{THE_OPERATOR, called, indent, list, notice, title};
use super::zone::Zone;
use crate::history::{By, Discloses, KeyKind, Millis, PersonId, Serves, StoredBot, StoredKey, StoredTarget};
use crate::model::Model;
use crate::reply::{KeyGiven, Reply};
use crate::sender::place;

/// The most bots in a list.
const BOTS: usize = 1_000;

/// For those who look after bots.
pub(super) fn say_bot(by: By, bot: PersonId, model: &Model) -> String {
    let doer = by.map_or(THE_OPERATOR, |by| model.name_of(by));
    match model.person(bot) {
        Some(_) => format!("{doer} has looked after {}: /bots", called(model, bot)),
        None => format!("{doer} has taken a bot away: /bots"),
    }
}

pub(super) fn answer(
    reply: &Reply<'_>,
    reader: Option<PersonId>,
    model: &Model,
    zone: &Zone,
    now: Millis,
) -> String {
    match reply {
        Reply::Key(given) => notice(&key_given(given, model)),
        Reply::Bots { .. } => {
            let rows = model.bots().take(BOTS).flat_map(|bot| bot_rows(bot, reader, model, zone, now));
            list("programs that speak here", rows)
        }
        Reply::Target { target, secret } => {
            let shown = model.target(*target).map_or(String::new(), |it| format!(" ({})", shape(it)));
            let secret =
                secret.map_or(String::new(), |it| format!("; it signs with {it}, which is told once"));
            notice(&format!("target {target}{shown}: /push test {target} tries it{secret}"))
        }
        Reply::Targets(targets) => {
            let targets = targets.iter().filter_map(|&it| model.target(it));
            list("what goes out", targets.map(|it| target_row(it, model)))
        }
        Reply::Tested { target, fault: None } => notice(&format!("target {target} has taken it")),
        Reply::Tested { target, fault: Some(fault) } => {
            notice(&format!("target {target} has not taken it: {}", indent(fault)))
        }
        _ => String::new(),
    }
}

fn key_given(given: &KeyGiven<'_>, model: &Model) -> String {
    let KeyGiven { number, bot, room, pace, key, .. } = *given;
    let bot = called(model, bot);
    let place = model.room(room).map_or("a room that is gone", |room| title(model, room, None));
    match given.url {
        Some(url) => format!(
            "whoever has this address speaks in {place} as {bot}, {pace} times a minute, until /unhook {number}; it is \
             told once: {url}"
        ),
        None => format!("whoever has this token is {bot}, until /unhook {number}; it is told once: {key}"),
    }
}

/// A row for each of its keys, with the number by which it is revoked.
fn bot_rows(
    bot: &StoredBot,
    reader: Option<PersonId>,
    model: &Model,
    zone: &Zone,
    now: Millis,
) -> Vec<String> {
    let name = called(model, bot.person);
    let row = |key: &StoredKey| format!("{} {name}: {}", key.number, key_row(key, reader, model, zone, now));
    let rows: Vec<String> = model.keys_of(bot.person).map(row).collect();
    match rows.is_empty() {
        true if model.robot() == Some(bot.person) => vec![format!("{name}: the robot of this chat")],
        true => vec![format!("{name}: it has no key")],
        false => rows,
    }
}

fn key_row(key: &StoredKey, reader: Option<PersonId>, model: &Model, zone: &Zone, now: Millis) -> String {
    let sees = |room| reader.is_some_and(|reader| model.may_know(reader, room));
    let what = match (key.kind, key.room.filter(|&room| sees(room)).and_then(|room| model.room(room))) {
        (KeyKind::Token, _) => "a token".to_owned(),
        (KeyKind::Hook, Some(room)) => format!("a hook into {}", title(model, room, None)),
        (KeyKind::Hook, None) => "a hook into a private room".to_owned(),
    };
    let by = key.by.map_or(THE_OPERATOR, |by| model.name_of(by));
    let used = key.seen.map_or("never used".to_owned(), |seen| format!("used {}", zone.time(seen, now)));
    format!("{what}, {} a minute, by {by}, {used}", key.pace)
}

/// `3 ntfy at ntfy.sh, with names: 7 sent, 2 waiting, 1 given up; it answered 503; off`
fn target_row(stored: &StoredTarget, model: &Model) -> String {
    let of_room = |room| model.room(room).map_or("a room that is gone", |room| title(model, room, None));
    let serves = match stored.target.serves {
        Serves::Room(room) => format!(" for all of {}", of_room(room)),
        Serves::Person(_) => String::new(),
    };
    let told = match stored.target.discloses {
        Discloses::Nothing => "that there is something",
        Discloses::Sender => "where and by whom",
        Discloses::Text => "the words",
    };
    let (sent, waiting, dropped) = (stored.sent, model.waiting_for(stored.number), stored.dropped);
    let fault = stored.fault.as_ref().map_or(String::new(), |fault| format!("; {}", indent(fault)));
    let off = if stored.is_off { "; off" } else { "" };
    format!(
        "{} {}{serves}, told {told}: {sent} sent, {waiting} waiting, {dropped} given up{fault}{off}",
        stored.number,
        shape(stored)
    )
}

/// Whose software, and where: never the address, which may open something.
fn shape(stored: &StoredTarget) -> String {
    format!("{} at {}", stored.target.shape.word(), place::host(&stored.target.url))
}

#[cfg(test)]
mod tests;
