//! What is told of the world outside: bots and their keys, targets, levels.

use serde::Serialize;

use super::parts::{User, is_false, json};
use super::users::{doer, somebody, user};
use crate::history::{BotKind, Level, Millis, Number, PersonId, Serves, StoredBot, StoredKey, StoredTarget};
use crate::model::{Model, Room};
use crate::reply::{KeyGiven, Reply};
use crate::sender::place;
use crate::voices::reader::Reader;

/// The most bots in an answer.
const BOTS: usize = 1_000;

/// Objects that consist of their type and few fields.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Outside<'a> {
    // ---- what has happened
    /// `null`: as it is usual.
    Level { room: &'a str, level: Option<&'a str> },
    Bot {
        user: User<'a>,
        #[serde(skip_serializing_if = "is_false")]
        gone: bool,
    },

    // ---- what is answered; a target is told by itself, too
    Target {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        target: TargetTold<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        secret: Option<&'a str>,
    },
    Targets {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        targets: Vec<TargetTold<'a>>,
    },
    Tested {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        target: Number,
        ok: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        msg: Option<&'a str>,
    },
    Key {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        key: GivenTold<'a>,
    },
    Bots {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        bots: Vec<BotTold<'a>>,
    },
}

/// Without what is secret: its address shows its host alone.
#[derive(Debug, Serialize)]
struct TargetTold<'a> {
    id: Number,
    shape: &'a str,
    host: String,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<User<'a>>,
    #[serde(skip_serializing_if = "is_false")]
    free: bool,
    sent: u64,
    waiting: usize,
    dropped: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<&'a str>,
    #[serde(skip_serializing_if = "is_false")]
    off: bool,
    since: Millis,
}

/// A key that was made just now: it is told once.
#[derive(Debug, Serialize)]
struct GivenTold<'a> {
    id: Number,
    user: User<'a>,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<&'a str>,
    pace: u32,
    key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct BotTold<'a> {
    #[serde(flatten)]
    user: User<'a>,
    #[serde(skip_serializing_if = "is_false")]
    robot: bool,
    rooms: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<User<'a>>,
    since: Millis,
    keys: Vec<KeyTold<'a>>,
}

#[derive(Debug, Serialize)]
struct KeyTold<'a> {
    id: Number,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<&'a str>,
    pace: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<User<'a>>,
    since: Millis,
    #[serde(skip_serializing_if = "Option::is_none")]
    seen: Option<Millis>,
}

// ---- what is answered

/// `None`: it is answered otherwise.
pub(super) fn answer(reply: &Reply<'_>, to: &Reader<'_>, model: &Model) -> Option<String> {
    let id = to.id;
    Some(match reply {
        Reply::Key(KeyGiven { number, bot, kind, room, pace, key, url }) => {
            let room = model.room(*room).map(Room::name);
            let (user, kind) = (somebody(model, *bot), kind.word());
            let key = GivenTold { id: *number, user, kind, room, pace: *pace, key, url: *url };
            json(&Outside::Key { id, key })
        }
        Reply::Bots { sees_private } => {
            let is_theirs = |room| to.person.is_some_and(|reader| model.is_member(reader, room));
            // Who talks to whom in private, nobody else is told.
            let sees = |room: &Room| {
                room.is_public() || (*sees_private && room.is_private()) || is_theirs(room.id())
            };
            let bots = model.bots().take(BOTS).map(|it| bot(model, it, &sees));
            json(&Outside::Bots { id, bots: bots.collect() })
        }
        Reply::Target { target: number, secret } => {
            json(&Outside::Target { id, target: target(model, model.target(*number)?), secret: *secret })
        }
        Reply::Targets(targets) => {
            let targets = targets.iter().filter_map(|&it| model.target(it));
            json(&Outside::Targets { id, targets: targets.map(|it| target(model, it)).collect() })
        }
        Reply::Tested { target, fault } => {
            json(&Outside::Tested { id, target: *target, ok: fault.is_none(), msg: *fault })
        }
        _ => return None,
    })
}

fn target<'a>(model: &'a Model, stored: &'a StoredTarget) -> TargetTold<'a> {
    let it = &stored.target;
    let (room, user) = match it.serves {
        Serves::Room(room) => (model.room(room).map(Room::name), None),
        Serves::Person(person) => (None, Some(somebody(model, person))),
    };
    TargetTold {
        id: stored.number,
        shape: it.shape.word(),
        host: place::host(&it.url),
        text: it.discloses.word(),
        room,
        user,
        free: it.is_free,
        sent: stored.sent,
        waiting: model.waiting_for(stored.number),
        dropped: stored.dropped,
        fault: stored.fault.as_deref(),
        off: stored.is_off,
        since: stored.made,
    }
}

/// `sees`: may its reader know of a room?
fn bot<'a>(model: &'a Model, it: &'a StoredBot, sees: &dyn Fn(&Room) -> bool) -> BotTold<'a> {
    let mut rooms: Vec<&Room> = model.rooms_of(it.person).filter(|room| sees(room)).collect();
    rooms.sort_unstable_by_key(|room| room.id());
    BotTold {
        user: user(model, it.person).unwrap_or_else(|| somebody(model, it.person)),
        robot: it.kind == BotKind::Robot,
        rooms: rooms.into_iter().map(Room::name).collect(),
        by: doer(model, it.by),
        since: it.made,
        keys: model.keys_of(it.person).map(|it| key(model, it, sees)).collect(),
    }
}

fn key<'a>(model: &'a Model, it: &'a StoredKey, sees: &dyn Fn(&Room) -> bool) -> KeyTold<'a> {
    KeyTold {
        id: it.number,
        kind: it.kind.word(),
        room: it.room.and_then(|room| model.room(room)).filter(|room| sees(room)).map(Room::name),
        pace: it.pace,
        by: doer(model, it.by),
        since: it.since,
        seen: it.seen,
    }
}

// ---- what has happened

pub(super) fn say_level(room: &Room, level: Option<Level>) -> String {
    json(&Outside::Level { room: room.name(), level: level.map(Level::word) })
}

pub(super) fn say_bot(bot: PersonId, model: &Model) -> String {
    let user = user(model, bot);
    let gone = user.is_none();
    json(&Outside::Bot { user: user.unwrap_or_else(|| somebody(model, bot)), gone })
}

/// `None`: it is gone.
pub(super) fn say_target(number: Number, model: &Model) -> Option<String> {
    let target = target(model, model.target(number)?);
    Some(json(&Outside::Target { id: None, target, secret: None }))
}

#[cfg(test)]
mod tests;
