//! Who is to be told of what, while they are away.

use std::collections::{BTreeSet, HashMap};

use super::now::Now;
use crate::history::{Entry, Millis, Number, PersonId, RoomId};
use crate::model::Model;

/// Whoever comes back so soon was never away.
const AWAY: Millis = 30_000;
/// Of one room somebody is told once in so long, until they have read it.
const GAP: Millis = 60_000;
/// Where nothing has arrived yet of what went out before, it is looked at again after so long.
const AGAIN: Millis = 30_000;
/// So many people, and members of rooms, are looked at in a turn.
const LOOKED_AT: usize = 10_000;

type Place = (PersonId, RoomId);

#[derive(Debug, Default)]
pub(super) struct People {
    /// Rooms in which something was said.
    rooms: BTreeSet<RoomId>,
    /// People whose rooms are to be looked through.
    whole: BTreeSet<PersonId>,
    /// When what concerns somebody in a room is to be looked at.
    checks: BTreeSet<(Millis, Place)>,
    checked_at: HashMap<Place, Millis>,
    /// When somebody was last told of a room that they have not read since.
    told: HashMap<Place, Millis>,
    /// What is on its way to the disk.
    planned: BTreeSet<Place>,
}

impl People {
    /// What was said before the start concerns people as well.
    pub(super) fn new(model: &Model) -> Self {
        People { whole: model.served().collect(), ..People::default() }
    }

    pub(super) fn note_said(&mut self, room: RoomId) {
        self.rooms.insert(room);
    }

    /// They have gone, or want to hear of other things.
    pub(super) fn note_went(&mut self, person: PersonId) {
        self.whole.insert(person);
    }

    pub(super) fn note_read(&mut self, room: RoomId, person: PersonId) {
        self.told.remove(&(person, room));
    }

    pub(super) fn planned(&mut self, person: PersonId, room: RoomId) {
        self.planned.remove(&(person, room));
        // What came meanwhile.
        self.check((person, room), 0);
    }

    fn check(&mut self, place: Place, at: Millis) {
        let old = self.checked_at.insert(place, at);
        if let Some(old) = old {
            self.checks.remove(&(old, place));
        }
        self.checks.insert((at, place));
    }

    pub(super) fn plan(&mut self, model: &Model, now: Now) -> Vec<Entry> {
        self.look_around(model);
        self.told.retain(|_, at| *at + GAP > now.ticks);
        let mut entries = Vec::new();
        for _ in 0..LOOKED_AT {
            let Some(&(at, place)) = self.checks.first().filter(|(at, _)| *at <= now.ticks) else { break };
            self.checks.remove(&(at, place));
            self.checked_at.remove(&place);
            match self.judge(model, place, now) {
                Due::Never => {}
                Due::Later(at) => self.check(place, at),
                Due::Now(entry) => {
                    self.planned.insert(place);
                    self.told.insert(place, now.ticks);
                    entries.push(entry);
                }
            }
        }
        entries
    }

    /// Finds those whom it may concern.
    fn look_around(&mut self, model: &Model) {
        let mut left = LOOKED_AT;
        while left > 0
            && let Some(person) = self.whole.pop_first()
        {
            let rooms: Vec<RoomId> = model.rooms_of(person).map(|room| room.id()).collect();
            left = left.saturating_sub(rooms.len() + 1);
            rooms.into_iter().for_each(|room| self.note(model, (person, room)));
        }
        while left > 0
            && let Some(room) = self.rooms.pop_first()
        {
            let members = model.members(room);
            let people: Vec<PersonId> = match members.len() <= model.count_served() {
                true => members.iter().filter(|&person| model.targets_of(person).next().is_some()).collect(),
                false => model.served().filter(|&person| model.is_member(person, room)).collect(),
            };
            left = left.saturating_sub(members.len().min(model.count_served()) + 1);
            people.into_iter().for_each(|person| self.note(model, (person, room)));
        }
    }

    fn note(&mut self, model: &Model, place: Place) {
        if !self.checked_at.contains_key(&place) && model.concerns(place.0, place.1).is_some() {
            self.check(place, 0);
        }
    }

    fn judge(&self, model: &Model, (person, room): Place, now: Now) -> Due {
        let Some(who) = model.person(person).filter(|who| !who.is_here()) else {
            // When they go, all is looked at anew.
            return Due::Never;
        };
        let Some(upto) = model.concerns(person, room).filter(|_| !self.planned.contains(&(person, room)))
        else {
            return Due::Never;
        };
        let away = now.calendar.saturating_sub(who.seen());
        // Seen later than now: the calendar was ahead then.
        if (0..AWAY).contains(&away) {
            return Due::Later(now.ticks + (AWAY - away));
        }
        if let Some(told) = self.told.get(&(person, room)) {
            return Due::Later(told + GAP);
        }
        // One that has not got what went out before is told when it has.
        let waits = |target: Number| model.waits(target, room);
        let all = model.targets_of(person).filter(|stored| !stored.is_off).map(|stored| stored.number);
        let (waiting, targets): (Vec<Number>, Vec<Number>) = all.partition(|&target| waits(target));
        match targets.is_empty() {
            true if waiting.is_empty() => Due::Never,
            true => Due::Later(now.ticks + AGAIN),
            false => Due::Now(Entry::Dispatch {
                whom: Some(person),
                targets,
                room,
                after: model.told_up_to(person, room),
                upto,
                at: now.calendar,
            }),
        }
    }
}

enum Due {
    Never,
    Later(Millis),
    Now(Entry),
}
