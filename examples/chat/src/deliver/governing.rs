//! What those who govern have done: who hears of it. What a private room's members hear, nobody else does.

use std::collections::HashSet;

use pollcat::PeerId;

use super::topics;
use super::ways::Farewell;
use super::{Deliver, Floor, MOVED, Told};
use crate::cost::Cost;
use crate::history::{PersonId, RoomId, RoomKind};
use crate::model::Room;
use crate::news::{Change, Named, News};
use crate::reply::Reply;
use crate::tickets::Asker;
use crate::voices::{Place, Voice};

/// So many windows of those who may look at something hear that it is there.
const REVIEWERS: usize = 1_000;

impl Deliver {
    /// `news` is of this change.
    pub(super) fn tell_done(&mut self, floor: &mut Floor<'_>, news: &News, change: &Change) -> Told {
        match change {
            Change::Role { person } => {
                self.presence.note_renamed(*person);
                let rooms: Vec<RoomId> = floor.model.rooms_of(*person).map(Room::id).collect();
                let cost = self.tell_by_name(floor, news, *person, &rooms);
                self.tell_them(floor, news, *person);
                cost.and(self.tell_standing(floor, *person, &rooms)).into()
            }
            Change::Op { room, person, .. } => {
                let cost = self.tell_in_room(floor, news, *room, &[*person]);
                cost.and(self.tell_standing(floor, *person, &[*room])).into()
            }
            Change::PutOut { room, who } => {
                let cost = Self::cost_of_moving(floor.sessions, who.id);
                let behind = self.take_out(floor, news, *room, who);
                self.presence.count(floor.model, *room);
                Told { cost, behind }
            }
            Change::BroughtIn { room, who } => self.tell_brought_in(floor, news, *room, who),
            // Who is not in a room hears nothing of it, and nothing from those who govern it.
            Change::Restrained { person, room: Some(room), .. } if !floor.model.is_member(*person, *room) => {
                Cost::NOTHING.into()
            }
            Change::Kicked { person } | Change::Restrained { person, .. } => {
                self.tell_them(floor, news, *person).into()
            }
            Change::Erased { .. } => {
                self.tell_everybody(floor, news);
                Cost::told(floor.peers.subscribers(topics::EVERYBODY)).into()
            }
            Change::Room { room, old } => self.tell_altered(floor, news, *room, old.as_deref()).into(),
            Change::RoomRemoved { room, kind, members, .. } => {
                self.tell_room_removed(floor, news, (*room, *kind), members)
            }
            Change::Announcement => self.tell_announcement(floor, news).into(),
            Change::Door | Change::Bot { .. } => {
                let admins: Vec<PersonId> = floor.model.admins().collect();
                self.tell_each(floor, news, admins).into()
            }
            Change::Report { room, .. } => {
                let reviewers = reviewers(floor, *room);
                self.tell_each(floor, news, reviewers).into()
            }
            // The handler ends connections: there is nothing to be heard of it.
            Change::SessionEnded { .. } => Cost::NOTHING.into(),
        }
    }

    /// Somebody is shown by another picture.
    pub(super) fn tell_avatar(&mut self, floor: &mut Floor<'_>, news: &News, person: PersonId) -> Cost {
        self.presence.note_renamed(person);
        let rooms: Vec<RoomId> = floor.model.rooms_of(person).map(Room::id).collect();
        let cost = self.tell_by_name(floor, news, person, &rooms);
        if self.is_crowd(floor.model.lobby()) {
            let windows: Vec<PeerId> = floor.sessions.programs_of(person).collect();
            self.ways.send_each(floor, news, &windows);
        }
        cost
    }

    /// The members of a room; in a crowd only these people.
    fn tell_in_room(&self, floor: &mut Floor<'_>, news: &News, room: RoomId, whom: &[PersonId]) -> Cost {
        let Some(place) = floor.model.room(room) else {
            return Cost::NOTHING;
        };
        if self.is_crowd(room) {
            return self.tell_each(floor, news, whom.to_vec());
        }
        self.ways.publish_json(floor, &topics::news(room), news, None);
        self.ways.publish_to_people(floor, place, news, None);
        Cost::told(floor.peers.subscribers(&topics::news(room)))
    }

    /// What somebody is and may do in these rooms is different, for their programs.
    fn tell_standing(&self, floor: &mut Floor<'_>, person: PersonId, rooms: &[RoomId]) -> Cost {
        let windows: Vec<PeerId> = floor.sessions.programs_of(person).collect();
        let is_governed =
            |room: &&RoomId| floor.model.room(**room).is_some_and(|it| it.kind() != RoomKind::Direct);
        let rooms: Vec<RoomId> = rooms.iter().filter(is_governed).copied().collect();
        let mut bytes = 0;
        for &peer in &windows {
            for &room in &rooms {
                let state = Reply::Entered { room, from_elsewhere: false };
                bytes += self.answer(floor, &Asker { peer, id: None }, &state);
            }
        }
        Cost::told(windows.len() * rooms.len()).and(Cost::answered(bytes))
    }

    fn tell_brought_in(&mut self, floor: &mut Floor<'_>, news: &News, room: RoomId, who: &Named) -> Told {
        self.presence.count(floor.model, room);
        self.tell_moved(floor, news, room, who);
        let cost = Self::cost_of_moving(floor.sessions, who.id);
        let behind = self.bring_in(floor, room, who.id, None);
        // Who reads lines stays where they are.
        self.tell_them(floor, news, who.id);
        Told { cost, behind }
    }

    /// The members hear what is different, also a crowd; and everybody, if the list of rooms is.
    fn tell_altered(&self, floor: &mut Floor<'_>, news: &News, room: RoomId, old: Option<&str>) -> Cost {
        let Some(place) = floor.model.room(room) else {
            return Cost::NOTHING;
        };
        let topic = topics::news(room);
        self.ways.publish_json(floor, &topic, news, None);
        self.ways.publish_to_people(floor, place, news, None);
        let cost = Cost::told(floor.peers.subscribers(&topic));
        let Some(old) = old else {
            return cost;
        };
        // A private room is called by its number: who is not in it is not told that either.
        if !is_number(old) {
            let news = News::Removed { room, name: old.to_owned(), kind: RoomKind::Public };
            self.tell_everybody(floor, &news);
        }
        if place.is_public() {
            self.tell_everybody(floor, &News::Created { room });
        }
        cost.and(Cost::told(2 * floor.peers.subscribers(topics::EVERYBODY)))
    }

    /// It is not in the tables any more, and neither is who was in it.
    fn tell_room_removed(
        &mut self,
        floor: &mut Floor<'_>,
        news: &News,
        (room, kind): (RoomId, RoomKind),
        members: &[PersonId],
    ) -> Told {
        self.presence.remove(room);
        let windows = |id: &PersonId| floor.sessions.windows_of(*id).to_vec();
        let windows: Vec<PeerId> = members.iter().flat_map(windows).collect();
        let mut farewell = Farewell::new(news, room);
        if kind != RoomKind::Public {
            self.ways.publish_json(floor, &topics::news(room), news, None);
        }
        windows.iter().for_each(|&peer| self.show_out(floor, peer, &mut farewell));
        // Behind that: who leaves a topic is written to in this turn, if something was published to them before.
        if kind == RoomKind::Public {
            self.tell_everybody(floor, news);
        }
        let others = if kind == RoomKind::Public { floor.peers.subscribers(topics::EVERYBODY) } else { 0 };
        Told { cost: Cost::told(MOVED * windows.len() + others), behind: windows }
    }

    /// Everybody, whatever they speak: all are in the lobby.
    fn tell_announcement(&self, floor: &mut Floor<'_>, news: &News) -> Cost {
        self.tell_everybody(floor, news);
        let lobby = floor.model.lobby();
        for (voice, is_here) in Voice::OF_PEOPLE.into_iter().flat_map(|voice| [(voice, true), (voice, false)])
        {
            let topic = topics::said(lobby, voice, is_here);
            self.ways.publish(floor, &topic, voice, (news, Place::Here), None);
        }
        Cost::told(floor.sessions.len())
    }

    /// All windows of these people.
    fn tell_each(&self, floor: &mut Floor<'_>, news: &News, people: Vec<PersonId>) -> Cost {
        let windows = |id: &PersonId| floor.sessions.windows_of(*id).to_vec();
        let windows: Vec<PeerId> = people.iter().flat_map(windows).take(REVIEWERS).collect();
        self.ways.send_each_in_their_voice(floor, news, &windows);
        Cost::rows(people.len()).and(Cost::told(windows.len()))
    }

    /// Those whom it is about, in words for them.
    fn tell_them(&self, floor: &mut Floor<'_>, news: &News, person: PersonId) -> Cost {
        let windows = floor.sessions.windows_of(person).to_vec();
        for &peer in &windows {
            let Some(voice) = floor.sessions.voice(peer) else {
                continue;
            };
            if let Some(text) = self.ways.voices.say_to_them(voice, news, floor.model, floor.now) {
                floor.peers.send(peer, super::ways::quick(&text));
            }
        }
        Cost::told(windows.len())
    }
}

/// Those who may look at what was reported in a room: its ops, and the admins; of a private one, those who are in it. In a private
/// talk nobody governs: of that all admins hear.
fn reviewers(floor: &Floor<'_>, room: RoomId) -> Vec<PersonId> {
    let is_private = floor.model.room(room).is_some_and(Room::is_private);
    let admins = floor.model.admins().filter(|&admin| !is_private || floor.model.is_member(admin, room));
    let mut seen = HashSet::new();
    let all = floor.model.ops_of(room).chain(admins);
    all.filter(|&person| seen.insert(person)).take(REVIEWERS).collect()
}

/// Is a room called by its number, which no public one is?
fn is_number(name: &str) -> bool {
    name.starts_with('+')
}
