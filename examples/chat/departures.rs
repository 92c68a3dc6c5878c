//! How people go, and what time does: who is away, who is forgotten, which rooms are removed.

use pollcat::{PeerId, Peers};

use crate::chat::{Chat, ticks};
use crate::history::{Millis, PersonId, RoomId, RoomKind, Write};
use crate::members::ByName;
use crate::membership::Move;
use crate::people::Person;
use crate::rooms::{Room, direct_partner};
use crate::tickets::Ticket;

/// Whoever comes back within this time never went: a page that is loaded again, a tunnel.
const FADING: Millis = 3_000;
/// A guest with a token who never chose a name is forgotten after a day, others after a year.
const FORGET_GUESTS: Millis = 86_400_000;
const FORGET_PEOPLE: Millis = 365 * 86_400_000;
/// The disk hears this often of those who stay: who is here when the program ends is not forgotten when it starts again.
const SEEN_AGAIN: Millis = 3_600_000;
/// A room without members is removed after a day.
const REMOVE_ROOMS: Millis = 86_400_000;
/// What needs no hurry is done this often.
const CHORES: Millis = 60_000;

impl Chat {
    /// A connection has gone.
    pub(crate) fn depart(&mut self, peers: &mut Peers, peer: PeerId) {
        let Some(session) = self.sessions.remove(peer) else {
            return;
        };
        let Some(id) = session.person() else {
            return;
        };
        // A person whose token was still on its way had no connection yet.
        if self.people.disconnect(id, peer, self.calendar.now()).is_none() {
            return;
        }
        self.note_presence(id);
        let Some(person) = self.people.get_mut(id) else {
            return;
        };
        if person.token.is_none() {
            self.forget(peers, id);
        } else {
            person.away_at = ticks() + FADING;
            self.fading.push_back((person.away_at, id));
        }
    }

    /// Somebody will not come back.
    pub(crate) fn forget(&mut self, peers: &mut Peers, id: PersonId) {
        let Some(person) = self.people.get_mut(id) else {
            return;
        };
        let was_shown = std::mem::take(&mut person.shown);
        let rooms: Vec<RoomId> = person.rooms.keys().copied().collect();
        rooms.into_iter().for_each(|room| self.tell_moved(peers, id, room, Move::Out));
        if was_shown {
            self.tell_offline(peers, id);
        }
        self.erase(id);
    }

    /// The same, and nobody is told.
    pub(crate) fn erase(&mut self, id: PersonId) {
        let Some(person) = self.people.remove(id) else {
            return;
        };
        let mut in_private = false;
        for &room in person.rooms.keys() {
            in_private |= self.rooms.get(room).is_some_and(|room| room.kind == RoomKind::Direct);
            self.drop_member(room, person.by_name());
        }
        if in_private {
            self.people.remember_gone(id, person.name);
        }
        self.unsaved.retain(|&(person, _)| person != id);
        if self.store(Write::Forget { person: id }, Ticket::Nobody).is_err() && !self.is_stopping() {
            log::warn!("person {id} is forgotten when the history is opened next");
        }
    }

    pub(crate) fn drop_member(&mut self, room: RoomId, member: &ByName) {
        if let Some(room) = self.rooms.get_mut(room) {
            room.members.remove(member);
            if room.members.is_empty() {
                room.empty_since = Some(ticks());
            }
        }
    }

    // ---- time

    pub(crate) fn pass_time(&mut self, peers: &mut Peers, now: Millis) {
        self.end_the_silent(peers, now);
        while let Some(&(until, id)) = self.fading.front().filter(|(until, _)| *until <= now) {
            self.fading.pop_front();
            self.fade(peers, id, until);
        }
        self.tell_numbers(peers, now);
        self.save_what_was_read();
        if self.next_chores <= now {
            self.next_chores = now + CHORES;
            self.do_chores(peers, now);
        }
    }

    /// Their last connection went a while ago. Are they away?
    fn fade(&mut self, peers: &mut Peers, id: PersonId, until: Millis) {
        let Some(person) = self.people.get_mut(id).filter(|person| !person.is_here() && person.shown) else {
            return;
        };
        if person.away_at != until {
            return; // they were back in between, and went again: that has an entry of its own
        }
        person.shown = false;
        let seen = person.seen;
        self.tell_presence(peers, id, false);
        let _ = self.store(Write::Seen { person: id, at: seen }, Ticket::Nobody);
    }

    /// What was read goes to the disk now and then, not with every scroll.
    pub(crate) fn save_what_was_read(&mut self) {
        for (person, room) in std::mem::take(&mut self.unsaved) {
            let Some(read) = self.people.get(person).and_then(|it| it.rooms.get(&room)).map(|it| it.read)
            else {
                continue;
            };
            if self.store(Write::MarkRead { room, person, read }, Ticket::Nobody).is_err() {
                self.unsaved.insert((person, room));
            }
        }
    }

    fn do_chores(&mut self, peers: &mut Peers, now: Millis) {
        self.store_lobby();
        self.forget_people(peers);
        self.addresses.retain(|_, paces| !paces.are_full(now as u64, &self.rates));
        self.typing.retain(|_, at| *at + CHORES > now);
        self.remove_rooms(now);
    }

    /// Those who have not been here for too long. Nobody, while the clock cannot be believed.
    fn forget_people(&mut self, peers: &mut Peers) {
        let now = self.calendar.now();
        for person in self.people.see_again(now, SEEN_AGAIN, 1000) {
            let _ = self.store(Write::Seen { person, at: now }, Ticket::Nobody);
        }
        let Some(today) = self.calendar.today() else {
            return;
        };
        let patience = |person: &Person| if person.is_named() { FORGET_PEOPLE } else { FORGET_GUESTS };
        let gone =
            |person: &&Person| !person.is_here() && person.seen.saturating_add(patience(person)) < today;
        let forgotten: Vec<PersonId> =
            self.people.iter().filter(gone).map(|person| person.id).take(1000).collect();
        for id in forgotten {
            self.forget(peers, id);
        }
    }

    fn remove_rooms(&mut self, now: Millis) {
        let empty: Vec<RoomId> = self
            .rooms
            .iter()
            .filter(|room| room.id != self.lobby && room.members.is_empty() && !room.pending)
            .filter(|room| room.empty_since.is_none_or(|since| since + REMOVE_ROOMS < now))
            .map(|room| room.id)
            .collect();
        for room in empty {
            let _ = self.store(Write::Remove { room }, Ticket::Nobody);
        }
        let Some(today) = self.calendar.today() else {
            return;
        };
        for (room, person) in self.one_sided_talks(today) {
            let _ = self.store(Write::Leave { room, person }, Ticket::Left(None));
        }
    }

    /// Private talks with somebody who is gone for good, a day after the last word.
    fn one_sided_talks(&self, today: Millis) -> Vec<(RoomId, PersonId)> {
        let over = |room: &&Room| {
            room.recent.back().is_none_or(|event| event.at.saturating_add(REMOVE_ROOMS) < today)
        };
        let direct = self.rooms.iter().filter(|room| room.kind == RoomKind::Direct && !room.pending);
        let left = direct.filter(over).flat_map(|room| room.members.iter().map(move |member| (room, member)));
        let partner_is_gone = |&(room, member): &(&Room, PersonId)| {
            direct_partner(&room.name, member).is_none_or(|partner| self.people.get(partner).is_none())
        };
        left.filter(partner_is_gone).map(|(room, member)| (room.id, member)).collect()
    }
}
