//! How people go, and what time does: who is away, who is forgotten, which rooms are removed.

use pollcat::{PeerId, Peers};

use crate::chat::{Chat, ticks};
use crate::history::{Entry, Millis, PersonId, RoomId, RoomKind};
use crate::members::ByName;
use crate::membership::Move;
use crate::rooms::Room;
use crate::tickets::Ticket;

/// Whoever comes back within this time never went: a page that is loaded again, a tunnel.
const FADING: Millis = 3_000;
/// So many people are forgotten in a round.
const FORGOTTEN_AT_ONCE: usize = 100;
/// The disk hears this often of those who stay: who is here when the program ends is not forgotten when it starts again.
const SEEN_AGAIN: Millis = 3_600_000;
/// A room without members is removed after a day, unless nothing was ever said in it.
pub(crate) const REMOVE_ROOMS: Millis = 86_400_000;
/// What needs no hurry is done this often.
pub(crate) const CHORES: Millis = 60_000;
/// And so many rooms are removed then.
const REMOVED_AT_ONCE: usize = 100;

impl Chat {
    /// A connection has gone.
    pub(crate) fn depart(&mut self, peers: &mut Peers, peer: PeerId) {
        let Some(session) = self.sessions.remove(peer) else {
            return;
        };
        self.early.give_back(session.payer, session.held.bytes());
        self.watches.close(peer);
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
        for &room in person.rooms.keys() {
            self.drop_member(room, person.by_name());
            self.note_one_sided(room);
            self.unsaved.remove(&(id, room));
        }
        self.watches.note_forgotten(id);
        if self.rooms.count_talks(id) > 0 {
            self.people.remember_gone(id, person.name);
        }
        if self.store(Entry::Forget { person: id }, Ticket::Nobody).is_err() && !self.is_stopping() {
            log::warn!("person {id} is forgotten when the history is opened next");
        }
    }

    pub(crate) fn drop_member(&mut self, id: RoomId, member: &ByName) {
        if let Some(room) = self.rooms.get_mut(id) {
            room.members.remove(member);
            let (is_empty, was_used) = (room.members.is_empty(), room.last > 0);
            if is_empty && id != self.lobby {
                // A room in which nothing was said is nothing that anybody could miss.
                self.rooms.empty(id, if was_used { ticks() + REMOVE_ROOMS } else { ticks() });
                if !was_used {
                    self.remove_room(id);
                }
            }
        }
        self.count(id);
    }

    /// Takes an empty room away, if the disk can hear of it. It refuses if somebody has joined it meanwhile.
    pub(crate) fn remove_room(&mut self, id: RoomId) -> bool {
        let asked = self.store(Entry::Remove { room: id }, Ticket::Nobody).is_ok();
        if asked {
            self.rooms.fill(id);
        }
        asked
    }

    // ---- time

    pub(crate) fn pass_time(&mut self, peers: &mut Peers, now: Millis) {
        self.end_the_silent(peers, now);
        while let Some(&(until, id)) = self.fading.front().filter(|(until, _)| *until <= now) {
            self.fading.pop_front();
            self.fade(peers, id, until);
        }
        self.tell_watchers(peers, now);
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
        let _ = self.store(Entry::Seen { person: id, at: seen }, Ticket::Nobody);
    }

    /// What was read goes to the disk now and then, not with every scroll.
    pub(crate) fn save_what_was_read(&mut self) {
        for (person, room) in std::mem::take(&mut self.unsaved) {
            let Some(read) = self.people.get(person).and_then(|it| it.rooms.get(&room)).map(|it| it.read)
            else {
                continue;
            };
            if self.store(Entry::MarkRead { room, person, read }, Ticket::Nobody).is_err() {
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
            let _ = self.store(Entry::Seen { person, at: now }, Ticket::Nobody);
        }
        let Some(today) = self.calendar.today() else {
            return;
        };
        for id in self.people.overdue(today, FORGOTTEN_AT_ONCE) {
            self.forget(peers, id);
        }
    }

    /// So many at a time: each is told, and each is work for the disk.
    fn remove_rooms(&mut self, now: Millis) {
        let due =
            self.rooms.empties().take_while(|&(until, _)| until <= now).filter(|(_, room)| !room.pending);
        let due: Vec<RoomId> = due.map(|(_, room)| room.id).take(REMOVED_AT_ONCE).collect();
        for room in due {
            self.remove_room(room);
        }
        let Some(today) = self.calendar.today() else {
            return;
        };
        for _ in 0..REMOVED_AT_ONCE {
            let Some(&(due, room)) = self.one_sided.first().filter(|(due, _)| *due < today) else {
                return;
            };
            self.one_sided.remove(&(due, room));
            self.end_one_sided(room, today);
        }
    }

    /// Somebody is gone for good: with whom they talked in private, stays alone.
    pub(crate) fn note_one_sided(&mut self, room: RoomId) {
        let talk =
            self.rooms.get(room).filter(|room| room.kind == RoomKind::Direct && !room.members.is_empty());
        if let Some(talk) = talk {
            self.one_sided.insert((one_sided_until(talk), room));
        }
    }

    /// It is time, unless something was said since.
    fn end_one_sided(&mut self, id: RoomId, today: Millis) {
        let Some(room) = self.rooms.get(id) else {
            return;
        };
        if one_sided_until(room) >= today {
            return self.note_one_sided(id);
        }
        for person in room.members.iter().collect::<Vec<_>>() {
            if self.store(Entry::Leave { room: id, person }, Ticket::Left(None)).is_err() {
                self.one_sided.insert((today, id)); // in the next round
            }
        }
    }
}

/// A private talk with somebody who is gone ends a day after the last word, by the calendar.
pub(crate) fn one_sided_until(talk: &Room) -> Millis {
    talk.recent.back().map_or(Millis::MIN, |event| event.at.saturating_add(REMOVE_ROOMS))
}
