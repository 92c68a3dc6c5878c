//! That somebody is here, is away, is gone for good, or has a new name: who hears of it, at once or in a moment.

use pollcat::PeerId;

use super::gathered::Budget;
use super::topics;
use super::{Deliver, Floor};
use crate::cost::Cost;
use crate::history::{PersonId, RoomId};
use crate::news::{Named, News};
use crate::voices::{Place, Voice};

impl Deliver {
    /// Those concerned hear that somebody is here. What that costs.
    pub(super) fn tell_came(
        &mut self,
        floor: &mut Floor<'_>,
        news: &News,
        person: PersonId,
        new: bool,
    ) -> Cost {
        let Some(newcomer) = floor.model.person(person).filter(|_| new) else {
            return self.tell_online(floor, news, person, true);
        };
        let cost = self.tell_by_name(floor, news, person, &rooms_of(floor, person));
        let (room, who) = (floor.model.lobby(), newcomer.named());
        self.tell_moved(floor, &News::Joined { room, who: who.clone() }, room, &who);
        cost
    }

    /// While the lobby is company everybody hears at once that somebody is here or away; else those who are with them, in
    /// a moment.
    pub(super) fn tell_online(
        &mut self,
        floor: &mut Floor<'_>,
        news: &News,
        person: PersonId,
        is_online: bool,
    ) -> Cost {
        if self.is_crowd(floor.model.lobby()) {
            let watched = self.presence.cost_of_noting(person);
            return watched.and(self.presence.gather(floor.model, person, is_online));
        }
        let cost = self.tell_by_name(floor, news, person, &rooms_of(floor, person));
        self.tell_company(floor, news, person, None);
        cost
    }

    /// Now, at the expense of the tick.
    pub(super) fn tell_gathered(
        &self,
        floor: &mut Floor<'_>,
        person: PersonId,
        is_online: bool,
        budget: &mut Budget<PeerId>,
    ) {
        let news = match is_online {
            true => News::Came { person, new: false },
            false => News::Went { person },
        };
        let rooms = rooms_of(floor, person);
        let hearers = self.presence.hearers(floor.model, floor.sessions, person, &rooms);
        self.ways.send_each(floor, &news, &hearers.windows);
        budget.spend(&hearers.windows, hearers.looked_at);
        budget.spend_on_lines(self.tell_company(floor, &news, person, None));
    }

    pub(super) fn tell_gone(
        &self,
        floor: &mut Floor<'_>,
        news: &News,
        (who, rooms): (&Named, &[RoomId]),
        was_shown: bool,
    ) {
        for &room in rooms {
            self.tell_moved(floor, &News::Left { room, who: who.clone() }, room, who);
        }
        if was_shown {
            self.tell_by_name(floor, news, who.id, rooms);
        }
    }

    /// Those concerned hear that somebody is called otherwise. What that costs, with the lists that they are in.
    pub(super) fn tell_renamed(
        &self,
        floor: &mut Floor<'_>,
        news: &News,
        person: PersonId,
        from: Option<PeerId>,
    ) -> Cost {
        self.tell_company(floor, news, person, from);
        let rooms = rooms_of(floor, person);
        let cost = self.tell_by_name(floor, news, person, &rooms).and(Cost::placed(rooms.len()));
        if !self.is_crowd(floor.model.lobby()) {
            return cost;
        }
        let windows: Vec<PeerId> = floor.sessions.programs_of(person).collect();
        self.ways.send_each(floor, news, &windows);
        cost.and(Cost::told(floor.sessions.windows_of(person).len()))
    }

    /// While the lobby is company everybody hears; else the others in those of somebody's rooms that are. Those who watch
    /// them hear it later, and are paid for as well.
    pub(super) fn tell_by_name(
        &self,
        floor: &mut Floor<'_>,
        news: &News,
        person: PersonId,
        rooms: &[RoomId],
    ) -> Cost {
        let watched = self.presence.cost_of_noting(person);
        if !self.is_crowd(floor.model.lobby()) {
            self.tell_everybody(floor, news);
            return watched.and(Cost::told(floor.peers.subscribers(topics::EVERYBODY)));
        }
        let hearers = self.presence.hearers(floor.model, floor.sessions, person, rooms);
        self.ways.send_each(floor, news, &hearers.windows);
        watched.and(hearers.cost())
    }

    /// Words about a person, for the people who are in a room with them and read lines: so each reads them once, whatever
    /// other rooms they share. How many that are.
    pub(super) fn tell_company(
        &self,
        floor: &mut Floor<'_>,
        news: &News,
        person: PersonId,
        except: Option<PeerId>,
    ) -> usize {
        let mut readers = 0;
        for room in floor.model.rooms_of(person).filter(|room| !self.is_crowd(room.id())) {
            for voice in Voice::OF_PEOPLE {
                let topic = topics::said(room.id(), voice, true);
                readers += floor.peers.subscribers(&topic);
                self.ways.publish(floor, &topic, voice, (news, Place::Here), except);
            }
        }
        readers
    }
}

fn rooms_of(floor: &Floor<'_>, person: PersonId) -> Vec<RoomId> {
    floor.model.rooms_of(person).map(|room| room.id()).collect()
}
