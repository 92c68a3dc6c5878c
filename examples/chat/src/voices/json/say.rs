//! What happened, in JSON.

use super::events::EventTold;
use super::parts::json;
use super::told::{SERVER, Told};
use super::users::{moved, named, title, user};
use super::{outside, say_governing};
use crate::history::PersonId;
use crate::model::{Mark, Model, Room};
use crate::news::News;

/// What happened, as clients are told of it. `None`: it is of a room or a person that is gone by now.
pub(crate) fn say(news: &News, model: &Model) -> Option<String> {
    match news {
        News::Said { room, event } => {
            let room = model.room(*room)?;
            Some(json(&EventTold::new(model, event, Some(room.name()))))
        }
        News::Joined { room, who } => {
            let room = model.room(*room)?;
            let msg = format!("{} joined {}", who.name, title(model, room));
            Some(json(&Told::Joined(moved(model, room, who, &msg))))
        }
        News::Left { room, who } => {
            let room = model.room(*room)?;
            let msg = format!("{} left {}", who.name, title(model, room));
            Some(json(&Told::Left(moved(model, room, who, &msg))))
        }
        News::Created { room } => {
            let room = model.room(*room)?.name();
            let msg = format!("there is a new room: {room}");
            Some(json(&Told::Created { msg_source: SERVER, msg: &msg, room }))
        }
        News::Removed { name, .. } => {
            let msg = format!("{name} is gone");
            Some(json(&Told::Removed { msg_source: SERVER, msg: &msg, room: name, by: None }))
        }
        News::Renamed { person, old } => {
            let user = user(model, *person)?;
            let msg = format!("{old} is now {}", user.name);
            Some(json(&Told::Renamed { msg_source: SERVER, msg: &msg, user, old }))
        }
        News::Came { person, .. } => Some(json(&Told::Online { user: user(model, *person)? })),
        News::Went { person } => Some(json(&Told::Offline { user: user(model, *person)? })),
        News::Gone { who, .. } => Some(json(&Told::Offline { user: named(model, who) })),
        News::Typing { room, person } => {
            let (room, user) = (model.room(*room)?.name(), user(model, *person)?);
            Some(json(&Told::Typing { room, user }))
        }
        News::Done { by, reason, change } => say_governing::say((*by, reason), change, model),
        News::Level { room, level, .. } => Some(outside::say_level(model.room(*room)?, *level)),
        News::Target { target } => outside::say_target(*target, model),
        News::Avatar { person, .. } => say_governing::avatar(*person, model),
        News::Read { room, person, .. } => {
            let (place, mark) = (model.room(*room)?, model.mark(*person, *room)?);
            let (offset, unread) = (mark.read(), place.unread(mark.read()));
            let mentions = model.unread_mentions(*person, *room);
            Some(json(&Told::Read { room: place.name(), offset, unread, mentions }))
        }
    }
}

/// How many are in a room, for a crowd, which does not hear of each; and whether it is still one.
pub(crate) fn crowd(room: &Room, here: usize, members: usize, crowd: bool) -> String {
    json(&Told::Here { room: room.name(), here, members, crowd })
}

/// How far somebody has read a room in which they are; and one who is not has nothing left to read.
pub(super) fn mark_of(model: &Model, room: &Room, reader: PersonId) -> Mark {
    model.mark(reader, room.id()).cloned().unwrap_or_else(|| Mark::new(room.last(), Vec::new()))
}
