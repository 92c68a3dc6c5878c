//! Entries that nobody asks for: what time brings about, and what is saved now and then.

use std::collections::{BTreeMap, BTreeSet};

use super::room::Room;
use super::tables::Model;
use crate::history::{Entry, Millis, Offset, Passer, PersonId, ReadMark, RoomId};

/// So many people are forgotten in a round, and so many are seen again.
const FORGOTTEN_AT_ONCE: usize = 100;
const SEEN_AT_ONCE: usize = 1_000;
/// What so many have read is one entry: less than 100 KB of it, also if each of them has read another room.
pub(super) const MARKS_AT_ONCE: usize = 2_000;
/// The disk hears this often of those who stay: who is here when the program ends is not forgotten when it starts again.
const SEEN_AGAIN: Millis = 3_600_000;
/// Whoever has a token by then and was never here does not come any more.
const WELCOMED_WITHIN: Millis = 3_600_000;
/// A room without members is removed after a day, unless nothing was ever said in it.
pub(super) const REMOVE_ROOMS: Millis = 86_400_000;
/// What needs no hurry is done this often.
pub(crate) const CHORES: Millis = 60_000;
/// And so many rooms are removed then.
const REMOVED_AT_ONCE: usize = 100;

impl Model {
    /// What is due by now, for each round of chores. `at` is by the calendar, and `today` too, while it can be believed.
    pub(crate) fn due(&mut self, now: Millis, at: Millis, today: Option<Millis>) -> Vec<Entry> {
        let mut due = Vec::from_iter(self.missing_lobby(at));
        let unseen = self.people.unseen(at, SEEN_AGAIN, SEEN_AT_ONCE);
        due.extend(unseen.into_iter().map(|person| Entry::Seen { person, at }));
        let overdue = today.map(|today| self.people.overdue(today, FORGOTTEN_AT_ONCE));
        due.extend(overdue.into_iter().flatten().map(|person| self.forget(person, Passer::Anybody)));
        if self.is_shared() {
            due.extend(self.never_welcomed(at));
        }
        due.extend(self.removable(now, REMOVED_AT_ONCE));
        if let Some(today) = today {
            due.extend(self.end_talks(today));
        }
        due
    }

    /// Those who came an hour ago, and whom nobody has ever seen: their node has died before they heard that they are somebody. Nobody
    /// has their token, and their name is free.
    fn never_welcomed(&self, at: Millis) -> Vec<Entry> {
        let due = at.saturating_sub(WELCOMED_WITHIN);
        let strangers = self.people.iter().filter(|person| person.is_stranger() && person.seen() < due);
        let strangers = strangers.filter(|person| !self.arriving.contains_key(&person.id()));
        strangers.take(FORGOTTEN_AT_ONCE).map(|person| self.forget(person.id(), Passer::Silent)).collect()
    }

    /// The lobby, if it could not be stored yet.
    pub(crate) fn missing_lobby(&self, at: Millis) -> Option<Entry> {
        let lobby = self.rooms.get(self.lobby).filter(|lobby| lobby.is_pending())?;
        let (name, folded) = (lobby.name().to_owned(), lobby.folded().to_owned());
        let epoch = lobby.epoch().to_owned();
        Some(Entry::Create {
            room: lobby.id(),
            kind: lobby.kind(),
            name,
            folded,
            look: None,
            epoch,
            at,
            maker: None,
            title: None,
        })
    }

    /// Rooms that have been empty for long enough: the disk refuses if somebody has joined one meanwhile.
    pub(crate) fn removable(&self, now: Millis, most: usize) -> Vec<Entry> {
        let due = self.rooms.empties().take_while(|&(until, _)| until <= now);
        let due = due.filter(|(_, room)| !room.is_pending()).take(most);
        due.map(|(_, room)| Entry::Remove { room: room.id() }).collect()
    }

    /// Private talks with somebody who is gone: who is left there leaves, unless something was said since.
    fn end_talks(&mut self, today: Millis) -> Vec<Entry> {
        let due = self.one_sided.iter().take_while(|&&(due, _)| due < today).take(REMOVED_AT_ONCE);
        let due: Vec<(Millis, RoomId)> = due.copied().collect();
        let mut leave = Vec::new();
        for (until, id) in due {
            let is_over = self.rooms.get(id).is_some_and(|room| one_sided_until(room) < today);
            leave.extend(
                self.members(id).iter().filter(|_| is_over).map(|person| Entry::Leave { room: id, person }),
            );
            // It stays on the list until they have left.
            if !is_over || self.members(id).is_empty() {
                self.one_sided.remove(&(until, id));
                self.note_one_sided(id);
            }
        }
        leave
    }

    /// What was read goes to the disk now and then, not with every scroll, and for many in one entry. It is saved when it is on its way.
    /// What does not fit into one entry comes next: so many who read fast cost no more than this in each round.
    pub(crate) fn unsaved(&mut self) -> Option<Entry> {
        let mut marks: BTreeMap<(RoomId, Offset), BTreeSet<PersonId>> = BTreeMap::new();
        for (room, person) in self.unsaved.next(MARKS_AT_ONCE) {
            if let Some(mark) = self.membership.mark(person, room) {
                marks.entry((room, mark.read())).or_default().insert(person);
            }
        }
        let marks = marks.into_iter().map(|((room, read), people)| ReadMark { room, read, people });
        let marks: Vec<ReadMark> = marks.collect();
        (!marks.is_empty()).then_some(Entry::Marks { marks })
    }

    /// All of it, as the chat ends.
    pub(crate) fn all_unsaved(&mut self) -> Vec<Entry> {
        (0..self.unsaved.len().div_ceil(MARKS_AT_ONCE)).filter_map(|_| self.unsaved()).collect()
    }

    /// Somebody has done something that others can see: they are remembered before those who have not.
    pub(crate) fn notice(&self, person: PersonId) -> Option<Entry> {
        let person = self.people.get(person).filter(|person| !person.is_guest() && person.is_silent())?;
        Some(Entry::Noticed { person: person.id() })
    }

    /// That somebody is here again, if the disk has not heard of them for long: whoever wants to forget them just now finds that out.
    pub(crate) fn seen_again(&self, person: PersonId, at: Millis) -> Option<Entry> {
        self.people.is_unseen(person, at, SEEN_AGAIN).then_some(Entry::Seen { person, at })
    }

    /// That somebody was here until now.
    pub(crate) fn last_seen(&self, person: PersonId) -> Option<Entry> {
        self.people.get(person).map(|person| Entry::Seen { person: person.id(), at: person.seen() })
    }
}

/// A private talk with somebody who is gone ends a day after the last word, by the calendar.
pub(super) fn one_sided_until(talk: &Room) -> Millis {
    talk.recent().back().map_or(Millis::MIN, |event| event.at.saturating_add(REMOVE_ROOMS))
}
