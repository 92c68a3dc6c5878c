//! People and rooms, as others are told of them.

use super::parts::{AvatarPath, User};
use super::told::{Moved, SERVER, TraitsTold};
use crate::history::{By, PersonId, RoomKind};
use crate::model::{Model, Room};
use crate::news::Named;
use crate::rights::Role;

/// Somebody, as they were called.
pub(super) fn named<'a>(model: &Model, who: &'a Named) -> User<'a> {
    User { id: who.id, name: &who.name, bot: model.is_bot(who.id), ..User::default() }
}

/// Somebody, as others are told of them.
pub(super) fn user(model: &Model, person: PersonId) -> Option<User<'_>> {
    let person = model.person(person)?;
    let role = Some(model.role_of(person.id())).filter(|&role| role > Role::Member).map(Role::word);
    let avatar = model.avatar_of(person.id()).map(AvatarPath);
    let bot = model.is_bot(person.id());
    Some(User { id: person.id(), name: person.name(), bot, role, avatar, ..User::default() })
}

/// Who has done it. `None`: whoever runs the chat.
pub(super) fn doer(model: &Model, by: By) -> Option<User<'_>> {
    by.map(|id| somebody(model, id))
}

/// Somebody who is perhaps gone: no more than their name.
pub(super) fn somebody(model: &Model, id: PersonId) -> User<'_> {
    User { id, name: model.name_of(id), bot: model.is_bot(id), ..User::default() }
}

/// Somebody has joined a room or left it.
pub(super) fn moved<'a>(model: &Model, room: &'a Room, who: &'a Named, msg: &'a str) -> Moved<'a> {
    let members = model.members(room.id()).len();
    let user = named(model, who);
    Moved { msg_source: SERVER, msg, room: room.name(), user, members, by: None, reason: "" }
}

/// What is different about a room.
pub(super) fn traits<'a>(model: &'a Model, room: &Room) -> TraitsTold<'a> {
    let kind = match room.kind() {
        RoomKind::Public => "room",
        RoomKind::Private => "private",
        RoomKind::Direct => "direct",
    };
    let traits = model.traits_of(room.id());
    TraitsTold {
        kind,
        title: traits.and_then(|it| it.title.as_deref()),
        topic: traits.map_or("", |it| &it.topic),
        slow: traits.map_or(0, |it| it.pace),
        closed: traits.is_some_and(|it| it.is_closed),
    }
}

/// What people call a room.
pub(super) fn title<'a>(model: &'a Model, room: &'a Room) -> &'a str {
    model.traits_of(room.id()).and_then(|it| it.title.as_deref()).unwrap_or(room.name())
}
