//! What is answered, in JSON.

use super::parts::{AvatarPath, User, json};
use super::pieces::{found, latest};
use super::say::mark_of;
use super::say_governing::announcement;
use super::told::{LimitsTold, ListedRoom, PushTold, RoomState, SERVER, Told, WelcomeTold};
use super::users::{somebody, traits, user};
use super::{answer_governing, may, outside};
use crate::history::{Door, Level, PersonId, Restraint};
use crate::model::{LOBBY, Model, Room};
use crate::refusal::Refusal;
use crate::reply::{Reply, Welcome};
use crate::rights::{InRoom, has_room};
use crate::voices::reader::Reader;

/// What somebody is answered. `None`: they do not want to know, having given no `id`.
pub(crate) fn answer(reply: &Reply<'_>, to: &Reader<'_>, model: &Model) -> Option<String> {
    let (id, reader) = (to.id, to.person);
    Some(match reply {
        Reply::Done | Reply::Acted | Reply::Renamed { .. } | Reply::Echo(_) => json(&ack(id?)),
        Reply::Held => {
            let Told::Ack { id, room, offset, msg_time, repeated, msg, .. } = ack(id?) else {
                return None;
            };
            json(&Told::Ack { id, room, offset, msg_time, repeated, held: true, msg })
        }
        Reply::Said { room, offset, at, repeated, words: msg } => {
            // What is said again may have been said in a room that is gone by now.
            let room = model.room(*room).map(Room::name);
            let (offset, msg_time, repeated) = (Some(*offset), Some(*at), *repeated);
            json(&Told::Ack { id: id?, room, offset, msg_time, repeated, held: false, msg: *msg })
        }
        Reply::Refused(refusal) => {
            let Refusal { code, words: msg, retry_after, until, details: _ } = refusal;
            let (code, retry_after, until) = (*code, *retry_after, *until);
            json(&Told::Error { msg_source: SERVER, id, code, msg, retry_after, until })
        }
        Reply::Welcome(welcome) => say_welcome(welcome, to, model)?,
        Reply::Entered { room, .. } => {
            json(&Told::Room { id, room: room_state(model, model.room(*room)?, reader?, to) })
        }
        Reply::Rooms { listed, more } => {
            let rooms = listed.iter().map(|room| ListedRoom {
                room: room.name(),
                topic: traits(model, room).topic,
                closed: traits(model, room).closed,
                members: model.members(room.id()).len(),
                offset: room.last(),
                joined: reader.is_some_and(|reader| model.is_member(reader, room.id())),
            });
            json(&Told::Rooms { id, rooms: rooms.collect(), more: *more })
        }
        Reply::Who { room, listed } => {
            let may_mute = reader.is_some_and(|reader| {
                let (standing, place) =
                    (model.standing(reader, Some(room.id()), to.now), model.place_of(room.id()));
                has_room(standing, InRoom::Mute, place).is_ok()
            });
            let mute = |id| model.restraint_of(Restraint::Mute, id, Some(room.id()), to.now);
            let users = listed.people.iter().filter_map(|&id| {
                let online = Some(model.person(id)?.is_here());
                let (op, mute) = (model.is_op(id, room.id()), mute(id).filter(|_| may_mute));
                let (muted, muted_until) = (mute.is_some(), mute.and_then(|mute| mute.until));
                Some(User { online, op, muted, muted_until, ..user(model, id)? })
            });
            let users = users.collect();
            let members = model.members(room.id());
            let (here, members) = (members.count_here(), members.len());
            json(&Told::Who { id, room: room.name(), users, here, members, more: listed.more })
        }
        Reply::Presence { online, offline, renamed } => {
            let renamed = renamed.iter().filter_map(|&person| user(model, person)).collect();
            let all = online.iter().chain(*offline);
            let avatars = all.filter_map(|&id| Some((id, AvatarPath(model.avatar_of(id)?)))).collect();
            json(&Told::Presence { id, online, offline, renamed, avatars })
        }
        Reply::Page { room, events, first } => {
            let events = latest(model, events.iter().copied());
            let more = events.first().is_some_and(|event| event.offset() > *first);
            json(&Told::Page { id, room: room.name(), epoch: room.epoch(), events, more })
        }
        Reply::Found { query, hits, last, more } => {
            let (hits, before) = found(model, hits, *last, *more);
            json(&Told::Found { id, query, hits, before })
        }
        Reply::Pong => json(&Told::Pong { id }),
        Reply::Mine { .. }
        | Reply::Sessions(_)
        | Reply::Link { .. }
        | Reply::Reports { .. }
        | Reply::Restraints(_)
        | Reply::Invites(_)
        | Reply::Invited(_)
        | Reply::Admin { .. } => return answer_governing::answer(reply, to, model),
        Reply::Key(_)
        | Reply::Bots { .. }
        | Reply::Target { .. }
        | Reply::Targets(_)
        | Reply::Tested { .. } => return outside::answer(reply, to, model),
        Reply::Help | Reply::Topic { .. } => return None,
    })
}

fn ack(id: &str) -> Told<'_> {
    Told::Ack { id, room: None, offset: None, msg_time: None, repeated: false, held: false, msg: None }
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
        may: may::in_chat(model, person.id(), to.now),
        new: welcome.new,
        token: welcome.token,
        all: welcome.is_named.then(all),
        here: model.here().len(),
        rooms: rooms.into_iter().map(|room| room_state(model, room, person.id(), to)).collect(),
        room: model.room(welcome.room).map_or(LOBBY, Room::name),
        announcement: announcement(model),
        door: Some(model.door()).filter(|&door| door != Door::Open).map(Door::word),
        robot: model.robot().and_then(|robot| user(model, robot)),
        push: PushTold::new(model.push_hosts()),
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
        let online = Some(model.person(id).is_some_and(|partner| partner.is_here()));
        User { online, ..user(model, id).unwrap_or_else(|| somebody(model, id)) }
    });
    let muted = model.restraint_of(Restraint::Mute, reader, Some(room.id()), to.now);
    RoomState {
        room: room.name(),
        traits: traits(model, room),
        with,
        epoch: room.epoch(),
        first: room.first(),
        offset: room.last(),
        members: members.len(),
        here: crowd.then(|| members.count_here()),
        crowd,
        read: mark.read(),
        unread: room.unread(mark.read()),
        mentions: model.unread_mentions(reader, room.id()),
        level: model.level(reader, room.id()).map(Level::word),
        op: model.is_op(reader, room.id()),
        muted: muted.is_some(),
        muted_until: muted.and_then(|it| it.until),
        may: may::in_room(model, reader, room.id(), to.now),
    }
}
