//! Who is here, and who is told: by name where few are, in numbers where there is a crowd, and whoever watches somebody.
//!
//! ```text
//!   somebody comes or goes ─┬─▶ audience.rs   is the room a crowd? its numbers, when it is due
//!                           ├─▶ company.rs    else the windows of those who are with them, by name
//!                           │   gathered.rs   in a crowd with the next tick, many at once
//!                           └─▶ watch.rs      the windows that show them
//! ```
//!
//! Those four know neither connections nor clocks.

use pollcat::PeerId;

use super::audience::{Counted, Crowds, Numbers};
use super::company::{self, Hearers, Place};
use super::gathered::Gathered;
use super::watch::{MOST, Seen, Watches};
use crate::cost::Cost;
use crate::history::{Millis, PersonId, RoomId, RoomKind};
use crate::model::{Model, Room};
use crate::refusal::Refusal;
use crate::session::Sessions;

#[derive(Debug)]
pub(super) struct Presence {
    crowds: Crowds,
    gathered: Gathered,
    watches: Watches<PeerId>,
}

impl Presence {
    /// Large rooms are crowds from the beginning: after a start everybody comes back at once.
    pub(super) fn new(model: &Model, now: Millis) -> Self {
        let mut crowds = Crowds::default();
        let rooms = model.listed("").map(|room| (room.id(), model.members(room.id()).len()));
        crowds.begin(rooms, now);
        Presence { crowds, gathered: Gathered::default(), watches: Watches::default() }
    }

    // ---- in numbers

    /// Does a room hear numbers, and not of each who comes, goes and types?
    pub(super) fn is_crowd(&self, room: RoomId) -> bool {
        self.crowds.is_crowd(room)
    }

    /// Others are in a room now than before.
    pub(super) fn count(&mut self, model: &Model, room: RoomId) {
        if model.room(room).is_some_and(|room| room.kind() != RoomKind::Direct) {
            let members = model.members(room);
            self.crowds.count(room, Numbers { here: members.count_here(), members: members.len() });
        }
    }

    /// Somebody's first connection has come, or their last one has gone.
    pub(super) fn count_rooms_of(&mut self, model: &Model, person: PersonId) {
        model.rooms_of(person).for_each(|room| self.count(model, room.id()));
    }

    pub(super) fn remove(&mut self, room: RoomId) {
        self.crowds.remove(room);
    }

    /// The next crowd that is to be told its numbers, if there is one now.
    pub(super) fn next_crowd(&mut self, now: Millis) -> Option<Counted> {
        self.crowds.next(now)
    }

    /// So many windows were told.
    pub(super) fn spend(&mut self, now: Millis, windows: usize) {
        self.crowds.spend(now, windows);
    }

    // ---- by name

    /// The windows of those who are with somebody in these rooms, as far as they are no crowds.
    pub(super) fn hearers(
        &self,
        model: &Model,
        sessions: &Sessions,
        person: PersonId,
        rooms: &[RoomId],
    ) -> Hearers<PeerId> {
        let company = rooms.iter().filter(|&&room| model.room(room).is_some() && !self.is_crowd(room));
        let company = company.map(|&room| {
            let members = model.members(room);
            Place { room, here: members.count_here(), members: members.here() }
        });
        company::hearers(company.collect(), person, |id| sessions.programs_of(id))
    }

    /// Somebody has come or gone, and those who are with them in rooms that are no crowds hear so with the next tick. What
    /// that costs.
    pub(super) fn gather(&mut self, model: &Model, person: PersonId, is_online: bool) -> Cost {
        let company = model.rooms_of(person).map(Room::id).filter(|&room| !self.is_crowd(room));
        let here = |room: &RoomId| model.members(*room).count_here();
        let (largest, heard) = company
            .map(|room| (here(&room), room))
            .fold((None, 0), |(largest, sum), it| (largest.max(Some(it)), sum + it.0));
        if let Some((_, room)) = largest {
            self.gathered.note(person, room, is_online);
        }
        company::cost_of(heard)
    }

    /// The next one of whom they are to hear, and whether that one is here.
    pub(super) fn next_gathered(&mut self) -> Option<(PersonId, bool)> {
        self.gathered.next()
    }

    // ---- watching

    /// What it takes to note what somebody does for those who watch them.
    pub(super) fn cost_of_noting(&self, person: PersonId) -> Cost {
        Cost::rows(self.watches.count(person))
    }

    pub(super) fn note_online(&mut self, person: PersonId, is_online: bool) {
        self.watches.note_online(person, is_online);
    }

    pub(super) fn note_renamed(&mut self, person: PersonId) {
        self.watches.note_renamed(person);
    }

    pub(super) fn note_forgotten(&mut self, person: PersonId) {
        self.gathered.forget(person);
        self.watches.note_forgotten(person);
    }

    /// From now on a window hears of these people, wherever they are, and of nobody else whom it watched. What it is
    /// answered, and what that costs.
    pub(super) fn watch(
        &mut self,
        model: &Model,
        window: PeerId,
        people: Vec<PersonId>,
        now: Millis,
    ) -> Result<(Seen, Cost), Refusal> {
        if people.len() > MOST {
            return Err(Refusal::bad_field(format!("`people` has at most {MOST} ids")));
        }
        let rows = people.len();
        let is_online = |id| model.person(id).map(|person| person.is_shown());
        let (seen, changed) = self.watches.watch(window, people, is_online, now);
        // They are put into lists, and out of them in time.
        Ok((seen, Cost::rows(rows + 2 * changed)))
    }

    /// The next window that hears of those whom it watches.
    pub(super) fn next_watcher(
        &mut self,
        now: Millis,
        is_ready: impl Fn(PeerId) -> bool,
    ) -> Option<(PeerId, Seen)> {
        self.watches.next(now, is_ready)
    }

    pub(super) fn close(&mut self, window: PeerId) {
        self.watches.close(window);
    }
}
