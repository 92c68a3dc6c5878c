//! What an entry changes in the tables, and what is told of it.

use super::membership::Mark;
use super::person::Person;
use super::room::{Room, direct_pair};
use super::tables::Model;
use super::time::{CHORES, REMOVE_ROOMS, one_sided_until};
use crate::history::{
    Append, Body, Done, Entry, Event, Millis, Offset, Outcome, PersonId, ReadMark, RoomId, RoomKind,
    TokenHash, What,
};
use crate::model::names::Keys;
use crate::news::{Named, News};

impl Model {
    /// An entry is on its way to the disk: names and numbers in it are taken, and what gives way is not found any more.
    pub(crate) fn begin(&mut self, entry: &Entry) {
        match entry {
            Entry::Arrive { person, name, token, at, .. } => {
                *self.arriving.entry(*person).or_default() += 1;
                self.begin_to_arrive(*person, name, *token, *at);
            }
            Entry::Rename { person, name, .. } => self.people.reserve(*person, &Keys::of_person(name)),
            Entry::Noticed { person } => self.people.notice(*person),
            Entry::Seen { person, at } => self.people.see(*person, *at),
            Entry::Forget { person, .. } => self.people.begin_to_forget(*person),
            Entry::Create { room, kind, name, folded, epoch, maker, title, .. } => {
                let room = Room::pending((*room, *kind), name, folded, epoch, *maker);
                self.begin_to_create(room, title.as_deref());
            }
            Entry::Remove { room } => self.rooms.fill(*room),
            Entry::Act(deed) => self.begin_act(deed),
            Entry::MarkRead { room, person, .. } => self.unsaved.remove(*person, *room),
            Entry::Marks { marks } => self.unsaved.take_out(marks),
            Entry::Append(append) => self.outside.note_call(append),
            Entry::Ring { reminder, .. } => self.outside.begin_to_ring(*reminder),
            Entry::Robot { robot, at } => robot.iter().for_each(|robot| self.begin_robot(robot, *at)),
            Entry::Join { .. }
            | Entry::Leave { .. }
            | Entry::Renew { .. }
            | Entry::Prune { .. }
            | Entry::Sweep { .. }
            | Entry::AddToken { .. }
            | Entry::SeeSession { .. }
            | Entry::Avatar { .. }
            | Entry::Lapse { .. }
            | Entry::Unname { .. }
            | Entry::Purged { .. }
            | Entry::ForgetActs { .. }
            | Entry::BanAddresses { .. }
            | Entry::SetLevel { .. }
            | Entry::SeeKey { .. }
            | Entry::Dispatch { .. }
            | Entry::Delivered { .. }
            | Entry::Postponed { .. }
            | Entry::Dropped { .. }
            | Entry::Remind { .. }
            | Entry::Unremind { .. }
            | Entry::GiveUpPictures { .. }
            | Entry::ForgetReceipts { .. }
            | Entry::Reserve { .. }
            | Entry::Compare(_) => {}
        }
    }

    /// The history has carried an entry out, or has not. What lasts changes here and nowhere else. `now` is when the time
    /// begins after which an empty room is removed, by a clock that nobody can set.
    pub(crate) fn apply(&mut self, entry: &Entry, outcome: &Outcome, now: Millis) -> Vec<News> {
        let mut news = match outcome {
            Ok(done) => self.carry_out(entry, done, now),
            Err(failure) => self.give_up(entry, failure, now),
        };
        self.tell_ended(&mut news);
        news
    }

    fn carry_out(&mut self, entry: &Entry, done: &Done, now: Millis) -> Vec<News> {
        match entry {
            Entry::Arrive { person, name, token, at, .. } => self.arrived(*person, name, *token, *at),
            Entry::Rename { person, name, .. } => return self.renamed(*person, name, true),
            Entry::Noticed { person } => self.people.notice(*person),
            Entry::Seen { person, at } => self.people.see(*person, *at),
            Entry::Forget { person, .. } => return self.forgotten(*person, now),
            Entry::Create { room, kind, name, folded, epoch, maker, title, .. } => {
                let made = Room::pending((*room, *kind), name, folded, epoch, *maker);
                self.begin_to_create(made, title.as_deref());
                return self.created(*room, now);
            }
            Entry::Renew { room, epoch } => self.rooms.renew(*room, epoch),
            Entry::Remove { room } => return self.removed(*room),
            Entry::Join { room, person, .. } => return self.joined(*room, *person, done),
            Entry::Leave { room, person } => return self.left(*room, *person, now),
            Entry::MarkRead { room, person, read } => return self.read(*room, *person, *read),
            Entry::Marks { marks } => return self.read_by_many(marks),
            Entry::Append(append) => return self.appended(append, done),
            Entry::Prune { room, before } => {
                self.rooms.prune(*room, *before);
                self.outside.prune(*room, *before);
            }
            Entry::AddToken { person, token, .. } => self.people.add_token(*person, *token),
            Entry::Avatar { person, avatar } => {
                let shown = avatar.as_ref().map(|avatar| (&avatar.picture.id[..], avatar.picture.size));
                return self.avatar(*person, shown);
            }
            Entry::Act(deed) => return self.carry_out_act(deed, done, now),
            Entry::BanAddresses { person, since, addresses, .. } => {
                self.add_addresses(*person, *since, addresses);
            }
            Entry::Lapse { at } => return self.lapse(*at),
            Entry::Purged { purge } => self.end_erasing(*purge),
            Entry::Robot { .. }
            | Entry::SetLevel { .. }
            | Entry::SeeKey { .. }
            | Entry::Dispatch { .. }
            | Entry::Delivered { .. }
            | Entry::Postponed { .. }
            | Entry::Dropped { .. }
            | Entry::Remind { .. }
            | Entry::Unremind { .. }
            | Entry::Ring { .. } => return self.carry_out_outside(entry, done, now),
            // Of these nothing is in memory.
            Entry::Unname { .. } | Entry::SeeSession { .. } | Entry::ForgetActs { .. } => {}
            Entry::Sweep { .. } | Entry::GiveUpPictures { .. } | Entry::ForgetReceipts { .. } => {}
            // Whose they are, who has asked for them knows.
            Entry::Reserve { .. } | Entry::Compare(_) => {}
        }
        Vec::new()
    }

    /// A client has read a room. It counts at once, and is saved in time ([`Model::unsaved`]): not every scroll is an
    /// entry.
    pub(crate) fn mark_read(&mut self, room: RoomId, person: PersonId, offset: Offset) -> Vec<News> {
        let latest = self.rooms.get(room).map_or(0, Room::last);
        let news = self.read(room, person, offset.min(latest));
        if !news.is_empty() {
            self.unsaved.insert(person, room);
        }
        news
    }

    fn read_by_many(&mut self, marks: &[ReadMark]) -> Vec<News> {
        let mut news = Vec::new();
        for mark in marks {
            news.extend(mark.people.iter().flat_map(|&person| self.read(mark.room, person, mark.read)));
        }
        news
    }

    fn read(&mut self, room: RoomId, person: PersonId, offset: Offset) -> Vec<News> {
        let mark = self.membership.mark_mut(person, room);
        match mark.is_some_and(|mark| mark.move_to(offset)) {
            true => vec![News::Read { room, person, offset }],
            false => Vec::new(),
        }
    }

    // ---- people

    /// A new person counts from the moment in which they are on their way: they are here, and may speak.
    fn begin_to_arrive(&mut self, id: PersonId, name: &str, token: Option<TokenHash>, at: Millis) {
        self.person_numbers.pass(id);
        if self.people.knows(id) {
            return;
        }
        let person = Person::new(id, name.to_owned(), token, at);
        let read = self.rooms.get(self.lobby).map_or(0, Room::last);
        self.membership.join(&person, self.lobby, Mark::new(read, Vec::new()));
        self.people.insert(person);
    }

    /// They are on the disk. Who has gone before that does not come back by it. Of who has come to another node nobody has
    /// heard here: that is told when they are here ([`Model::came`]).
    fn arrived(&mut self, id: PersonId, name: &str, token: Option<TokenHash>, at: Millis) {
        if !self.ends_arriving(id) {
            self.begin_to_arrive(id, name, token, at);
        }
    }

    /// As the history knows it of whoever comes into a room.
    fn read_to_the_end(&mut self, room: RoomId, person: PersonId) {
        let last = self.rooms.get(room).map_or(0, Room::last);
        self.read(room, person, last);
    }

    /// An arrival has been answered. False if it did not begin here.
    pub(super) fn ends_arriving(&mut self, id: PersonId) -> bool {
        let Some(count) = self.arriving.get_mut(&id) else {
            return false;
        };
        *count -= 1;
        if *count == 0 {
            self.arriving.remove(&id);
        }
        true
    }

    pub(super) fn renamed(&mut self, id: PersonId, name: &str, is_done: bool) -> Vec<News> {
        let old = self.people.get(id).map(|person| (person.name().to_owned(), person.by_name().clone()));
        self.people.settle_name(id, name, is_done);
        let (Some((old, place)), Some(person)) = (old, self.people.get(id)) else {
            return Vec::new();
        };
        self.membership.place(&place, person);
        if is_done && old != name { vec![News::Renamed { person: id, old }] } else { Vec::new() }
    }

    pub(super) fn forgotten(&mut self, id: PersonId, now: Millis) -> Vec<News> {
        let Some(person) = self.people.remove(id) else {
            return Vec::new();
        };
        let rooms = self.membership.leave_all(&person);
        self.govern.forget(id, &rooms);
        self.outside.forget(id, &rooms);
        for &room in &rooms {
            self.end_targets_of_outsiders(room);
            self.unsaved.remove(id, room);
            self.note_empty(room, now);
            self.note_one_sided(room);
        }
        let who = person.named();
        if self.rooms.count_talks(id) > 0 {
            self.people.remember_gone(id, who.name.clone());
        }
        match person.is_met() {
            true => vec![News::Gone { who, rooms, was_shown: person.is_shown() }],
            // They have left before anybody heard of them.
            false => Vec::new(),
        }
    }

    // ---- rooms

    pub(super) fn begin_to_create(&mut self, room: Room, title: Option<&str>) {
        self.room_numbers.pass(room.id());
        if self.rooms.get(room.id()).is_none() {
            self.govern.make_room(room.id(), room.maker(), title);
            self.rooms.insert(room);
        }
    }

    fn created(&mut self, id: RoomId, now: Millis) -> Vec<News> {
        self.rooms.settle(id);
        if id != self.lobby && self.members(id).is_empty() {
            self.rooms.empty(id, now + CHORES);
        }
        let is_public = self.rooms.get(id).is_some_and(Room::is_public);
        if is_public { vec![News::Created { room: id }] } else { Vec::new() }
    }

    pub(super) fn removed(&mut self, id: RoomId) -> Vec<News> {
        let Some(room) = self.rooms.remove(id) else {
            return Vec::new();
        };
        self.govern.remove_room(id);
        self.outside.remove_room(id);
        for person in direct_pair(room.name()).into_iter().flatten() {
            if self.rooms.count_talks(person) == 0 {
                self.people.forget_gone(person);
            }
        }
        vec![News::Removed { room: id, name: room.name().to_owned(), kind: room.kind() }]
    }

    fn joined(&mut self, id: RoomId, person: PersonId, done: &Done) -> Vec<News> {
        // Also who was there beforehand, on their way: what was said meanwhile they have not missed, here as elsewhere.
        if *done == Done::Joined {
            self.read_to_the_end(id, person);
        }
        self.let_in(id, person).map(|who| News::Joined { room: id, who }).into_iter().collect()
    }

    /// Who is a member now, and was none before.
    pub(super) fn let_in(&mut self, id: RoomId, person: PersonId) -> Option<Named> {
        // They may have left for good meanwhile.
        let (room, member) = (self.rooms.get(id)?, self.people.get(person)?);
        let new = self.membership.join(member, id, Mark::new(room.last(), Vec::new()));
        let who = member.named();
        self.rooms.fill(id);
        if !new {
            return None;
        }
        self.govern.join(id, person);
        Some(who)
    }

    fn left(&mut self, room: RoomId, person: PersonId, now: Millis) -> Vec<News> {
        self.take_out(room, person, now).map(|who| News::Left { room, who }).into_iter().collect()
    }

    /// Who was a member, and is none any more.
    pub(super) fn take_out(&mut self, room: RoomId, person: PersonId, now: Millis) -> Option<Named> {
        let member = self.people.get(person).filter(|member| self.membership.leave(member, room))?;
        let who = member.named();
        self.govern.leave(room, person);
        self.outside.leave(room, person);
        self.end_targets_of_outsiders(room);
        self.unsaved.remove(person, room);
        self.note_empty(room, now);
        Some(who)
    }

    /// A room without members is removed in time. One in which nothing was said is nothing that anybody could miss.
    fn note_empty(&mut self, id: RoomId, now: Millis) {
        let was_used = self.rooms.get(id).is_some_and(|room| room.last() > 0);
        if id != self.lobby && self.members(id).is_empty() {
            self.rooms.empty(id, if was_used { now + REMOVE_ROOMS } else { now });
        }
    }

    // ---- what is said

    fn appended(&mut self, append: &Append, done: &Done) -> Vec<News> {
        // Somebody who could not be stored elsewhere speaks all the same. Their number is theirs.
        self.person_numbers.pass(append.author);
        match done {
            Done::Appended { room, offset, at, repeated: false } => self.said(append, *room, *offset, *at),
            Done::TakenBack { room, offset, at, mentioned } => {
                self.forget_mentions(&append.body, *room, mentioned);
                self.said(append, *room, *offset, *at)
            }
            Done::Erased { room, offset, at, mentioned } => {
                for &(target, person) in mentioned {
                    self.forget_mention(target, *room, person);
                }
                self.said(append, *room, *offset, *at)
            }
            // It was said before: everybody has heard it.
            Done::Appended { .. } | Done::Kept | Done::Joined | Done::Compared { .. } => Vec::new(),
            // An append has none of these.
            Done::Numbered(_)
            | Done::Accepted { .. }
            | Done::SessionEnded { .. }
            | Done::Settled { .. }
            | Done::Reserved { .. } => Vec::new(),
        }
    }

    pub(super) fn said(&mut self, append: &Append, room: RoomId, offset: Offset, at: Millis) -> Vec<News> {
        let event = event_of(append, offset, at);
        self.note(&event, room);
        self.outside.note_question(&event, room);
        self.outside.note_call(append);
        if event.what.is_counted() {
            self.govern.note_said(room, event.author, at);
        }
        if self.rooms.get(room).is_none() {
            return Vec::new();
        }
        self.rooms.push(room, event.clone(), self.rules.recent);
        vec![News::Said { room, event }]
    }

    /// What an event changes in the members' accounts: what the author says counts as read, and mentions are
    /// marked.
    fn note(&mut self, event: &Event, room: RoomId) {
        // What is erased for somebody, they have not said.
        let is_erasing = matches!(event.what, What::Purge { .. });
        if let Some(mark) = self.membership.mark_mut(event.author, room).filter(|_| !is_erasing) {
            mark.move_to(event.offset);
        }
        let first = self.rooms.get(room).map_or(0, Room::first);
        for &person in event.mentions.iter().filter(|&&person| person != event.author) {
            if let Some(mark) = self.membership.mark_mut(person, room) {
                mark.mention(event.offset, first);
            }
        }
    }

    /// Who was mentioned in what has been taken back no longer is.
    fn forget_mentions(&mut self, body: &Body, room: RoomId, mentioned: &[PersonId]) {
        let Body::Deletion { target } = body else {
            return;
        };
        mentioned.iter().for_each(|&person| self.forget_mention(*target, room, person));
    }

    fn forget_mention(&mut self, target: Offset, room: RoomId, person: PersonId) {
        if let Some(mark) = self.membership.mark_mut(person, room) {
            mark.forget_mention(target);
        }
    }

    /// Somebody is gone for good: with whom they talked in private, stays alone.
    pub(super) fn note_one_sided(&mut self, id: RoomId) {
        let talk = self.rooms.get(id).filter(|room| room.kind() == RoomKind::Direct);
        if let Some(talk) = talk.filter(|_| !self.members(id).is_empty()) {
            self.one_sided.insert((one_sided_until(talk), id));
        }
    }
}

/// As it stands in the history now.
fn event_of(append: &Append, offset: Offset, at: Millis) -> Event {
    let what = match &append.body {
        Body::Text(text) => What::Text(text.clone()),
        Body::Picture { picture, caption, .. } => {
            What::Picture { picture: Some(picture.clone()), caption: caption.clone() }
        }
        Body::Deletion { target } => What::Deletion { target: *target },
        Body::Purge { of, targets } => What::Purge { of: *of, targets: targets.clone() },
    };
    let (author, author_name) = (append.author, append.author_name.clone());
    let call = append.call.filter(|_| append.body.words().is_some());
    Event { offset, at, author, author_name, what, mentions: append.mentions.clone(), call }
}
