//! What is answered, in JSON.

use super::say::{mark_of, user};
use super::told::{EventTold, LimitsTold, ListedRoom, RoomState, SERVER, Told, User, WelcomeTold, json};
use crate::cost::COMPRESSED;
use crate::history::{Event, Offset, PersonId};
use crate::model::{LOBBY, Model, Room};
use crate::reply::{Reply, Welcome};
use crate::voices::cut::cut;
use crate::voices::reader::Reader;

/// The most events in a piece of history, and in a page.
pub(crate) const PAGE: usize = 100;
/// A piece ends when it has become about this long, in bytes of JSON.
const PIECE: usize = 128 << 10;
/// So do a page and what was found. It is just little enough to be compressed.
const ANSWER: usize = COMPRESSED - 1024;

/// What somebody is answered. `None`: they do not want to know, having given no `id`.
pub(crate) fn answer(reply: &Reply<'_>, to: &Reader<'_>, model: &Model) -> Option<String> {
    let (id, reader) = (to.id, to.person);
    Some(match reply {
        Reply::Done | Reply::Renamed { .. } | Reply::Echo(_) => {
            json(&Told::Ack { id: id?, room: None, offset: None, msg_time: None, repeated: false })
        }
        Reply::Said { room, offset, at, repeated } => {
            // What is said again may have been said in a room that is gone by now.
            let room = model.room(*room).map(Room::name);
            let (offset, msg_time, repeated) = (Some(*offset), Some(*at), *repeated);
            json(&Told::Ack { id: id?, room, offset, msg_time, repeated })
        }
        Reply::Refused(refusal) => {
            let (code, msg, retry_after) = (refusal.code, &refusal.words, refusal.retry_after);
            json(&Told::Error { msg_source: SERVER, id, code, msg, retry_after })
        }
        Reply::Welcome(welcome) => say_welcome(welcome, to, model)?,
        Reply::Entered { room, .. } => {
            json(&Told::Room { id, room: room_state(model, model.room(*room)?, reader?, to) })
        }
        Reply::Rooms { listed, more } => {
            let rooms = listed.iter().map(|room| ListedRoom {
                room: room.name(),
                members: model.members(room.id()).len(),
                offset: room.last(),
                joined: reader.is_some_and(|reader| model.is_member(reader, room.id())),
            });
            json(&Told::Rooms { id, rooms: rooms.collect(), more: *more })
        }
        Reply::Who { room, listed } => {
            let users = listed.people.iter().filter_map(|&person| model.person(person));
            let users =
                users.map(|it| User { id: it.id(), name: it.name(), online: Some(it.is_here()) }).collect();
            let members = model.members(room.id());
            let (here, members) = (members.count_here(), members.len());
            json(&Told::Who { id, room: room.name(), users, here, members, more: listed.more })
        }
        Reply::Presence { online, offline, renamed } => {
            let renamed = renamed.iter().filter_map(|&person| user(model, person)).collect();
            json(&Told::Presence { id, online, offline, renamed })
        }
        Reply::Page { room, events, first } => {
            let events = latest(events.iter().copied());
            let more = events.first().is_some_and(|event| event.offset() > *first);
            json(&Told::Page { id, room: room.name(), epoch: room.epoch(), events, more })
        }
        Reply::Found { query, hits, last, more } => {
            let readable = hits.iter().filter_map(|hit| {
                let room = model.room(hit.room)?;
                Some((hit.mark, EventTold::new(&hit.event, Some(room.name()))))
            });
            let (told, rest) = cut(readable, PAGE, ANSWER, |(_, event)| event.length());
            let last = if rest { told.last().map(|(mark, _)| *mark) } else { *last };
            let hits = told.into_iter().map(|(_, event)| event).collect();
            json(&Told::Found { id, query, hits, before: last.filter(|_| rest || *more) })
        }
        Reply::Pong => json(&Told::Pong { id }),
        Reply::Help => return None,
    })
}

/// A piece of what somebody has missed of a room.
#[derive(Debug)]
pub(crate) struct Piece {
    pub text: String,
    /// The last event in it.
    pub last: Option<Offset>,
    /// Not all of the events were put into it.
    pub rest: bool,
}

/// What somebody has missed: as many of these events as make a piece. `more`: there are others behind them.
pub(crate) fn missed<'a>(room: &Room, events: impl Iterator<Item = &'a Event>, more: bool) -> Piece {
    let (events, rest) = cut(events.map(|event| EventTold::new(event, None)), PAGE, PIECE, EventTold::length);
    let last = events.last().map(EventTold::offset);
    let (name, epoch, more) = (room.name(), room.epoch(), more || rest);
    let told = Told::History { room: name, epoch, recovered: true, events, more };
    Piece { text: json(&told), last, rest }
}

/// The latest of these events, for somebody who can use none of those they have.
pub(crate) fn afresh<'a>(room: &Room, events: impl DoubleEndedIterator<Item = &'a Event>) -> Piece {
    let events = latest(events);
    let last = events.last().map(EventTold::offset);
    let (name, epoch) = (room.name(), room.epoch());
    let told = Told::History { room: name, epoch, recovered: false, events, more: false };
    Piece { text: json(&told), last, rest: false }
}

/// The latest of these events, as many as make an answer.
fn latest<'a>(events: impl DoubleEndedIterator<Item = &'a Event>) -> Vec<EventTold<'a>> {
    let (mut told, _) =
        cut(events.rev().map(|event| EventTold::new(event, None)), PAGE, ANSWER, EventTold::length);
    told.reverse();
    told
}

fn say_welcome(welcome: &Welcome<'_>, to: &Reader<'_>, model: &Model) -> Option<String> {
    let person = model.person(welcome.person)?;
    let is_lost = welcome.new && welcome.token.is_none();
    let lost = if is_lost { "; your name cannot be remembered, the disk is not available" } else { "" };
    let mut rooms: Vec<&Room> = model.rooms_of(person.id()).collect();
    rooms.sort_unstable_by_key(|room| room.id());
    let limits = &welcome.limits;
    let all = || model.here().filter_map(|one| user(model, one.id())).collect();
    let told = WelcomeTold {
        id: to.id,
        msg_source: SERVER,
        msg: &format!("welcome, {}{lost}", person.name()),
        server: concat!("pollcat ", env!("CARGO_PKG_VERSION")),
        user: user(model, person.id())?,
        new: welcome.new,
        token: welcome.token,
        all: welcome.is_named.then(all),
        here: model.here().len(),
        rooms: rooms.into_iter().map(|room| room_state(model, room, person.id(), to)).collect(),
        room: model.room(welcome.room).map_or(LOBBY, Room::name),
        durability: welcome.durability,
        echo: welcome.echo,
        limits: LimitsTold {
            name: limits.name,
            message: limits.message,
            room_name: limits.room_name,
            rooms: limits.rooms,
            picture: limits.picture,
            pixels: limits.pixels,
            page: limits.page,
        },
    };
    Some(json(&Told::Welcome(told)))
}

/// A room, as one of its members sees it.
fn room_state<'a>(model: &'a Model, room: &'a Room, reader: PersonId, to: &Reader<'_>) -> RoomState<'a> {
    let (members, crowd) = (model.members(room.id()), (to.is_crowd)(room.id()));
    let mark = mark_of(model, room, reader);
    let with = room.partner_of(reader).map(|id| {
        let online = model.person(id).is_some_and(|partner| partner.is_here());
        User { id, name: model.name_of(id), online: Some(online) }
    });
    RoomState {
        room: room.name(),
        kind: if room.is_public() { "room" } else { "direct" },
        with,
        epoch: room.epoch(),
        first: room.first(),
        offset: room.last(),
        members: members.len(),
        here: crowd.then(|| members.count_here()),
        crowd,
        read: mark.read(),
        unread: room.unread(mark.read()),
        mentions: mark.mentions(room.first()),
    }
}
