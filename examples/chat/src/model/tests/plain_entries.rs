//! What an entry does to a plain memory, and what is told of it.

use std::collections::{BTreeSet, btree_map};

use super::disk::Place;
use super::names;
use super::plain::{DAY, Held, Plain, Somebody, pair, until};
use crate::history::{
    Append, Body, Done, Entry, Event, Failure, Millis, Offset, Outcome, PersonId, ReadMark, RoomId, RoomKind,
    TokenHash, What,
};
use crate::model::CHORES;
use crate::news::News;

impl Plain {
    pub(super) fn begin(&mut self, entry: &Entry) {
        match entry {
            Entry::Arrive { person, name, token, at, .. } => {
                self.arriving.push(*person);
                self.arrive(*person, name, *token, *at);
            }
            Entry::Rename { person, name, .. } => {
                if let Some(somebody) = self.people.get_mut(person) {
                    somebody.renaming = Some(name.clone());
                }
            }
            Entry::Noticed { person } => self.set_silent(*person, false),
            Entry::Seen { person, at } => self.see(*person, *at),
            Entry::Forget { person, .. } => {
                if let Some(somebody) = self.people.get_mut(person) {
                    (somebody.leaving, somebody.rests) = (true, None);
                    (somebody.token, somebody.renaming) = (None, None);
                }
            }
            Entry::Create { room, kind, name, folded, epoch, maker, .. } => {
                self.create(*room, *kind, (name, folded), epoch, *maker)
            }
            Entry::Remove { room } => {
                self.rooms.get_mut(room).into_iter().for_each(|room| room.empty_until = None);
            }
            Entry::MarkRead { room, person, .. } => drop(self.unsaved.remove(&(*person, *room))),
            Entry::Marks { marks } => {
                let each = |mark: &ReadMark| {
                    mark.people.iter().map(|&person| (person, mark.room)).collect::<Vec<_>>()
                };
                let taken: BTreeSet<_> = marks.iter().flat_map(each).collect();
                self.unsaved.retain(|mark| !taken.contains(mark));
            }
            _ => {}
        }
    }

    pub(super) fn apply(&mut self, entry: &Entry, outcome: &Outcome, now: Millis) -> Vec<News> {
        match outcome {
            Ok(done) => self.carry_out(entry, done, now),
            Err(failure) => self.give_up(entry, failure, now),
        }
    }

    fn carry_out(&mut self, entry: &Entry, done: &Done, now: Millis) -> Vec<News> {
        match entry {
            Entry::Arrive { person, name, token, at, .. } => {
                if !self.ends_arriving(*person) {
                    self.arrive(*person, name, *token, *at);
                }
            }
            Entry::Rename { person, name, .. } => {
                let Some(somebody) = self.people.get_mut(person).filter(|one| !one.leaving) else {
                    return Vec::new();
                };
                somebody.renaming.take_if(|own| names::of_person(own) == names::of_person(name));
                let old = std::mem::replace(&mut somebody.name, name.clone());
                return if old == *name { Vec::new() } else { vec![News::Renamed { person: *person, old }] };
            }
            Entry::Noticed { person } => self.set_silent(*person, false),
            Entry::Seen { person, at } => self.see(*person, *at),
            Entry::Forget { person, .. } => return self.forgotten(*person, now),
            Entry::Create { room, kind, name, folded, epoch, maker, .. } => {
                self.create(*room, *kind, (name, folded), epoch, *maker);
                let is_empty = *room != self.lobby && self.members_of(*room).is_empty();
                let made = self.rooms.get_mut(room).unwrap();
                made.pending = false;
                if is_empty {
                    made.empty_until = Some(now + CHORES);
                }
                let is_public = *kind == RoomKind::Public;
                return if is_public { vec![News::Created { room: *room }] } else { Vec::new() };
            }
            Entry::Renew { room, epoch } => {
                self.rooms.get_mut(room).into_iter().for_each(|room| epoch.clone_into(&mut room.place.epoch));
            }
            Entry::Remove { room } => return self.removed(*room),
            Entry::Join { room, person, .. } => return self.joined(*room, *person, done),
            Entry::Leave { room, person } => return self.left(*room, *person, now),
            Entry::MarkRead { room, person, read } => return self.read(*room, *person, *read),
            Entry::Marks { marks } => {
                let mut news = Vec::new();
                for ReadMark { room, read, people } in marks {
                    people.iter().for_each(|&person| news.extend(self.read(*room, person, *read)));
                }
                return news;
            }
            Entry::AddToken { .. }
            | Entry::SeeSession { .. }
            | Entry::Avatar { .. }
            | Entry::Act(_)
            | Entry::Lapse { .. }
            | Entry::Unname { .. }
            | Entry::Purged { .. }
            | Entry::ForgetActs { .. }
            | Entry::Robot { .. }
            | Entry::BanAddresses { .. }
            | Entry::SetLevel { .. }
            | Entry::SeeKey { .. }
            | Entry::Dispatch { .. }
            | Entry::Delivered { .. }
            | Entry::Postponed { .. }
            | Entry::Dropped { .. }
            | Entry::Remind { .. }
            | Entry::Unremind { .. }
            | Entry::Ring { .. } => unreachable!("who governs has tests of their own"),
            Entry::Append(append) => return self.appended(append, done),
            Entry::Prune { room, before } => {
                self.rooms.get_mut(room).into_iter().for_each(|room| room.place.prune(*before));
                for (_, (_, mentions)) in self.members.iter_mut().filter(|((of, _), _)| of == room) {
                    mentions.retain(|mention| mention >= before);
                }
            }
            Entry::Sweep { .. }
            | Entry::GiveUpPictures { .. }
            | Entry::ForgetReceipts { .. }
            | Entry::Reserve { .. }
            | Entry::Compare(_) => {}
        }
        Vec::new()
    }

    fn give_up(&mut self, entry: &Entry, failure: &Failure, now: Millis) -> Vec<News> {
        match entry {
            Entry::Arrive { person, .. } => {
                self.ends_arriving(*person);
                self.people.get_mut(person).into_iter().for_each(|somebody| somebody.token = None);
            }
            Entry::Rename { person, name, .. } => {
                if let Some(somebody) = self.people.get_mut(person) {
                    somebody.renaming.take_if(|own| names::of_person(own) == names::of_person(name));
                }
            }
            Entry::Noticed { person } => self.set_silent(*person, true),
            Entry::Forget { person, .. } => return self.forgotten(*person, now),
            Entry::Create { room, .. } if *room != self.lobby => {
                self.removed(*room);
            }
            Entry::Remove { room } if *failure == Failure::NoSuchRoom => return self.removed(*room),
            Entry::Remove { room } => {
                let is_empty = self.members_of(*room).is_empty();
                if let Some(room) = self.rooms.get_mut(room).filter(|_| is_empty) {
                    room.empty_until = Some(now + CHORES);
                }
            }
            Entry::MarkRead { room, person, .. } if *failure == Failure::Busy => {
                self.unsaved.insert((*person, *room));
            }
            Entry::Marks { marks } if *failure == Failure::Busy => {
                for mark in marks {
                    self.unsaved.extend(mark.people.iter().map(|&person| (person, mark.room)));
                }
            }
            _ => {}
        }
        Vec::new()
    }

    fn ends_arriving(&mut self, person: PersonId) -> bool {
        let own = self.arriving.iter().position(|one| *one == person);
        own.map(|place| self.arriving.remove(place)).is_some()
    }

    fn set_silent(&mut self, person: PersonId, silent: bool) {
        self.people.get_mut(&person).into_iter().for_each(|somebody| somebody.silent = silent);
    }

    fn see(&mut self, person: PersonId, at: Millis) {
        if let Some(somebody) = self.people.get_mut(&person) {
            somebody.seen = somebody.seen.max(at);
            somebody.seen_on_disk = somebody.seen;
            somebody.rests = somebody.rests.map(|_| somebody.seen);
        }
    }

    pub(super) fn read(&mut self, room: RoomId, person: PersonId, offset: Offset) -> Vec<News> {
        let Some((upto, mentions)) = self.members.get_mut(&(room, person)) else { return Vec::new() };
        let moves = offset > *upto;
        *upto = offset.max(*upto);
        mentions.retain(|mention| mention > upto);
        if moves { vec![News::Read { room, person, offset }] } else { Vec::new() }
    }

    fn arrive(&mut self, person: PersonId, name: &str, token: Option<TokenHash>, at: Millis) {
        self.next_person = self.next_person.max(person + 1);
        if let btree_map::Entry::Vacant(place) = self.people.entry(person) {
            place.insert(Somebody::new(name, token, at));
            let read = self.rooms[&self.lobby].place.last;
            self.members.insert((self.lobby, person), (read, Vec::new()));
        }
    }

    pub(super) fn forgotten(&mut self, id: PersonId, now: Millis) -> Vec<News> {
        if !self.people.contains_key(&id) {
            return Vec::new();
        }
        let who = self.named(id);
        let somebody = self.people.remove(&id).unwrap();
        let rooms: Vec<RoomId> = self.rooms_of(id).collect();
        self.members.retain(|(_, person), _| *person != id);
        self.unsaved.retain(|(person, _)| *person != id);
        for &room in &rooms {
            self.note_empty(room, now);
            self.note_one_sided(room);
        }
        if self.talks(id) > 0 {
            self.gone.insert(id, who.name.clone());
        }
        if somebody.met { vec![News::Gone { who, rooms, was_shown: somebody.shown }] } else { Vec::new() }
    }

    pub(super) fn create(
        &mut self,
        room: RoomId,
        kind: RoomKind,
        (name, folded): (&str, &str),
        epoch: &str,
        maker: Option<PersonId>,
    ) {
        self.next_room = self.next_room.max(room + 1);
        let place = Place::new(kind, name, folded, epoch);
        self.rooms.entry(room).or_insert(Held { place, pending: true, maker, empty_until: None });
    }

    fn removed(&mut self, id: RoomId) -> Vec<News> {
        let Some(room) = self.rooms.remove(&id) else { return Vec::new() };
        for person in pair(&room.place.name).into_iter().flatten() {
            if self.talks(person) == 0 {
                self.gone.remove(&person);
            }
        }
        vec![News::Removed { room: id, name: room.place.name, kind: room.place.kind }]
    }

    fn read_to_the_end(&mut self, room: RoomId, person: PersonId) {
        let last = self.rooms.get(&room).map_or(0, |room| room.place.last);
        self.read(room, person, last);
    }

    fn joined(&mut self, room: RoomId, person: PersonId, done: &Done) -> Vec<News> {
        if *done == Done::Joined {
            self.read_to_the_end(room, person);
        }
        if !self.rooms.contains_key(&room) || self.get(person).is_none() {
            return Vec::new();
        }
        let is_in = self.is_member(person, room);
        let held = self.rooms.get_mut(&room).unwrap();
        held.empty_until = None;
        let read = held.place.last;
        if is_in {
            return Vec::new();
        }
        self.members.insert((room, person), (read, Vec::new()));
        vec![News::Joined { room, who: self.named(person) }]
    }

    fn left(&mut self, room: RoomId, person: PersonId, now: Millis) -> Vec<News> {
        if self.get(person).is_none() || self.members.remove(&(room, person)).is_none() {
            return Vec::new();
        }
        self.unsaved.remove(&(person, room));
        self.note_empty(room, now);
        vec![News::Left { room, who: self.named(person) }]
    }

    fn note_empty(&mut self, id: RoomId, now: Millis) {
        let is_empty = id != self.lobby && self.members_of(id).is_empty();
        if let Some(room) = self.rooms.get_mut(&id).filter(|_| is_empty) {
            room.empty_until = Some(now + if room.place.last > 0 { DAY } else { 0 });
        }
    }

    fn note_one_sided(&mut self, id: RoomId) {
        let is_left = !self.members_of(id).is_empty();
        if let Some(room) = self.rooms.get(&id).filter(|room| is_left && !room.place.is_public()) {
            self.one_sided.insert((until(&room.place), id));
        }
    }

    fn appended(&mut self, append: &Append, done: &Done) -> Vec<News> {
        self.next_person = self.next_person.max(append.author + 1);
        let (room, offset, at) = match *done {
            Done::Appended { room, offset, at, repeated: false } => (room, offset, at),
            Done::TakenBack { room, offset, at, .. } => (room, offset, at),
            Done::Appended { .. } | Done::Kept => return Vec::new(),
            Done::Erased { .. }
            | Done::Numbered(_)
            | Done::Accepted { .. }
            | Done::SessionEnded { .. }
            | Done::Settled { .. }
            | Done::Reserved { .. }
            | Done::Joined
            | Done::Compared { .. } => {
                unreachable!("who governs has tests of their own")
            }
        };
        let what = match &append.body {
            Body::Text(text) => What::Text(text.clone()),
            Body::Picture { picture, caption, .. } => {
                What::Picture { picture: Some(picture.clone()), caption: caption.clone() }
            }
            Body::Deletion { target } => What::Deletion { target: *target },
            Body::Purge { .. } => unreachable!("who governs has tests of their own"),
        };
        let (author, mentions) = (append.author, append.mentions.clone());
        let event =
            Event { offset, at, author, author_name: append.author_name.clone(), what, mentions, call: None };
        for ((_, person), (upto, mentions)) in self.members.iter_mut().filter(|((of, _), _)| *of == room) {
            if let What::Deletion { target } = event.what {
                mentions.retain(|mention| *mention != target);
            }
            if *person == author {
                *upto = offset;
                mentions.clear();
            } else if event.mentions.contains(person) {
                mentions.push(offset);
            }
        }
        let recent = self.rules.recent as u64;
        let Some(held) = self.rooms.get_mut(&room) else { return Vec::new() };
        held.place.push(event.clone());
        held.place.recent_only(offset.saturating_sub(recent));
        vec![News::Said { room, event }]
    }
}
