//! Acts about rooms: what they are called and like, that they are removed, who is brought in.

use crate::ask::{LONGEST_TOPIC, SLOWEST, Where, Whom};
use crate::history::{Act, Change, RoomId};
use crate::model::decide::{Deciding, Decision};
use crate::model::names::{self, Name};
use crate::model::room::{Room, private_name};
use crate::refusal::{Code, Refusal};
use crate::rights::InRoom;

use super::deciding::line;

impl Deciding<'_> {
    /// Another name, or whether it is private: the title of a private room becomes its name, and the other way round.
    pub(super) fn alter_name(
        self,
        id: RoomId,
        name: Option<&str>,
        is_private: Option<bool>,
    ) -> Result<Option<Act>, Refusal> {
        if name.is_none() && is_private.is_none() {
            return Ok(None);
        }
        self.check_room(id, InRoom::Rename, None)?;
        if is_private == Some(false) {
            self.check_inside(id)?;
        }
        let room = self.model.rooms.get(id).ok_or_else(Refusal::room_is_gone)?;
        let was = self.model.title_of(id).unwrap_or(room.name());
        let is_private = is_private.unwrap_or(!room.is_public());
        if is_private != room.is_public() && name.is_none_or(|name| name == was) {
            return Ok(None);
        }
        if room.is_renaming() {
            return Err(Refusal::busy("its last name is still on its way to the disk"));
        }
        let Name { shown, keys } = self.check_room_name(name.unwrap_or(was))?;
        let change = if is_private {
            if room.is_public() {
                self.check_private_rooms()?;
            }
            let key = private_name(id);
            Change::Name { is_private, name: key.clone(), folded: key, look: None, title: Some(shown) }
        } else {
            if let Some(other) = self.model.rooms.like(&keys, Some(id)) {
                let words = format!("there is a room whose name looks like this one: {}", other.name());
                return Err(Refusal::bad_room_name(words));
            }
            if !room.is_public() && self.model.rooms.count_public() >= self.model.rules.max_rooms {
                return Err(Refusal::too_many_rooms("there are too many rooms already"));
            }
            let (folded, look) = keys.split();
            Change::Name { is_private, name: shown, folded, look, title: None }
        };
        Ok(Some(Act::Alter { room: id, change }))
    }

    /// A name for a room, or a title, that may be had.
    pub(in crate::model) fn check_room_name(self, name: &str) -> Result<Name, Refusal> {
        let name = names::check_room(name, self.model.rules.max_room_name).map_err(Refusal::bad_room_name)?;
        self.model.check_words(&name.shown)?;
        Ok(name)
    }

    pub(in crate::model) fn check_private_rooms(self) -> Result<(), Refusal> {
        match self.model.rooms.count_private() < self.model.rules.max_rooms {
            true => Ok(()),
            false => Err(Refusal::too_many_rooms("there are too many private rooms already")),
        }
    }

    pub(super) fn alter_traits(
        self,
        room: RoomId,
        topic: Option<&str>,
        pace: Option<u32>,
        is_closed: Option<bool>,
    ) -> Result<Vec<Act>, Refusal> {
        let is_asked = topic.is_some() || pace.is_some() || is_closed.is_some();
        if is_asked {
            self.check_room(room, InRoom::Alter, None)?;
        }
        let topic = topic.map(|topic| line(topic, LONGEST_TOPIC, "a topic")).transpose()?;
        if let Some(topic) = &topic {
            self.model.check_words(topic)?;
        }
        if pace.is_some_and(|pace| pace > SLOWEST) {
            return Err(Refusal::bad_field(format!("`slow` is from 0 to {SLOWEST}")));
        }
        let old = self.model.traits_of(room);
        let (old_topic, old_pace) = (old.map_or("", |old| &old.topic), old.map_or(0, |old| old.pace));
        let was_closed = old.is_some_and(|old| old.is_closed);
        let changes = [
            topic.filter(|topic| topic != old_topic).map(Change::Topic),
            pace.filter(|&pace| pace != old_pace).map(Change::Pace),
            is_closed.filter(|&is_closed| is_closed != was_closed).map(Change::Closed),
        ];
        Ok(changes.into_iter().flatten().map(|change| Act::Alter { room, change }).collect())
    }

    /// A private room is opened by those who are in it: from the admin page nobody lets themself in, or all others.
    pub(super) fn check_inside(self, id: RoomId) -> Result<(), Refusal> {
        let is_private = self.model.rooms.get(id).is_some_and(Room::is_private);
        match is_private && !self.model.is_member(self.by.person, id) {
            true => {
                Err(Refusal::new(Code::Forbidden, "a private room is opened only by those who are in it"))
            }
            false => Ok(()),
        }
    }

    pub(super) fn remove_room(self, place: &Where<'_>) -> Result<Decision, Refusal> {
        let room = self.room_at(place)?;
        self.check_room(room, InRoom::Remove, None)?;
        Ok(self.acts(vec![Act::RemoveRoom { room }], room))
    }

    pub(super) fn add(self, whom: &Whom<'_>, place: &Where<'_>) -> Result<Decision, Refusal> {
        let id = self.room_at(place)?;
        let person = self.whom(whom)?;
        self.check_room(id, InRoom::Invite, Some(person))?;
        self.check_inside(id)?;
        if self.model.is_member(person, id) {
            return Ok(self.nothing());
        }
        if self.model.robot() == Some(person) {
            return Err(Refusal::new(Code::Forbidden, "the robot is everywhere: speak to it"));
        }
        let room = self.model.rooms.get(id).ok_or_else(Refusal::room_is_gone)?;
        if self.model.standing(person, Some(id), self.moment.at).is_banned {
            return Err(Refusal::new(Code::Banned, "they may not be there: lift their ban first"));
        }
        if self.joined(person) >= self.model.rules.max_rooms_per_person {
            return Err(Refusal::too_many_rooms("they are in too many rooms already"));
        }
        self.check_full(room)?;
        Ok(self.acts(vec![Act::Add { room: id, person, read: room.last() }], id))
    }

    pub(in crate::model) fn check_full(self, room: &Room) -> Result<(), Refusal> {
        let called = self.model.title_of(room.id()).unwrap_or(room.name());
        match self.is_full(room) {
            true => Err(Refusal::room_full(format!("{called} is full"))),
            false => Ok(()),
        }
    }
}
