//! What people do, here and elsewhere; and time.

use std::collections::BTreeSet;

use super::judge::Given;
use super::names;
use super::plain::pair;
use super::stage::Stage;
use crate::ask::{To, Wish};
use crate::history::{
    Aim, Append, Body, Entry, Offset, PersonId, Picture, ReadMark, RoomId, RoomKind, TokenHash,
};
use crate::model::names::Keys;
use crate::model::{By, CHORES, Moment};
use crate::token::Token;

const HOUR: i64 = 3_600_000;

impl Stage {
    // ---- coming and going

    /// Somebody new: a guest, or somebody who comes with a token and perhaps a name.
    pub(super) fn arrive(&mut self) {
        let is_guest = self.dice.one_in(3);
        let name = (!is_guest && self.dice.one_in(2)).then(|| self.any_name());
        if let Some(name) = &name {
            let granted = self.live.grant(name).map_err(|refusal| refusal.code);
            let taken = self.plain.is_taken(name, None);
            let is_good = granted.is_ok();
            assert_eq!(is_good, !names::is_bad(name) && !taken, "{name}: {granted:?}");
            if !is_good {
                return;
            }
        }
        let token = (!is_guest).then(|| self.token());
        let arrival = self.live.arrive(name.clone(), token, self.at).map_err(|refusal| refusal.code);
        let expected = self.plain.admit(name.as_deref(), token, self.at);
        let entries = arrival.map(|it| it.gone.into_iter().chain([it.arrive, it.join]).collect::<Vec<_>>());
        assert_eq!(entries, expected);
        let Ok(mut entries) = entries else {
            self.seen.insert("no room for people");
            return;
        };
        let join = entries.pop().expect("they join the lobby");
        let arrive = entries.pop().expect("and arrive before that");
        let person = self.live.next_person().unwrap();
        self.submit_each(entries);
        if is_guest {
            self.submit_each(vec![arrive, join]);
            self.come(person);
        } else if self.submit(arrive) {
            self.coming.insert(person, true);
            self.submit(join);
        } else {
            self.come(person);
        }
    }

    /// A newcomer's arrival has been answered.
    pub(super) fn welcome(&mut self, person: PersonId) {
        match self.coming.remove(&person) {
            Some(true) => self.come(person),
            Some(false) => {
                self.submit(Entry::Forget { person, away: None });
            }
            None => {}
        }
    }

    pub(super) fn return_or_go(&mut self) {
        if let Some((_, waits)) = self.coming.iter_mut().next().filter(|_| self.dice.one_in(3)) {
            self.seen.insert("left before they had come");
            *waits = false;
        }
        let known: Vec<(PersonId, bool)> =
            self.plain.people.iter().map(|(&id, one)| (id, one.here)).collect();
        let Some((person, here)) = self.any_of(&known) else { return };
        if here {
            return self.go(person);
        }
        let token = self.plain.people[&person].token.filter(|_| !self.coming.contains_key(&person));
        if let Some(token) = token {
            assert_eq!(self.live.with_token(&token), Some(person));
            self.come(person);
        }
    }

    fn come(&mut self, person: PersonId) {
        assert_eq!(self.live.came(person, self.at), self.plain.came(person, self.at));
    }

    pub(super) fn go(&mut self, person: PersonId) {
        let news = self.live.went(person, self.at, self.now);
        assert_eq!(news, self.plain.went(person, self.at, self.now));
        if self.live.person(person).is_none() {
            self.submit(Entry::Forget { person, away: None });
        }
    }

    pub(super) fn fade(&mut self) {
        let known: Vec<PersonId> = self.plain.people.keys().copied().collect();
        let Some(person) = self.any_of(&known) else { return };
        let news = self.live.fade(person);
        assert_eq!(news, self.plain.fade(person));
        if let Some(seen) = self.live.last_seen(person).filter(|_| !news.is_empty()) {
            self.submit(seen);
        }
    }

    // ---- wishes

    pub(super) fn wish(&mut self) {
        let here: Vec<PersonId> = self.live.here().map(|person| person.id()).collect();
        let Some(person) = self.any_of(&here) else { return };
        let rooms: Vec<RoomId> = self.plain.rooms_of(person).collect();
        let room = self.any_of(&rooms).unwrap_or(self.live.lobby);
        let key = self.dice.one_in(4).then(|| format!("key {}", self.dice.below(4)));
        let person = if self.dice.one_in(50) { 1 + self.dice.below(9) as PersonId } else { person };
        let by = By { person, here: room, key: key.as_deref(), alias: None };
        let (wish, same) = {
            let wish = self.any_wish(person);
            (copy(&wish), wish)
        };
        let epoch = format!("epoch {}", self.steps);
        let random = || epoch.clone();
        let before = self.steps.is_multiple_of(97).then(|| format!("{:?}", self.live));
        let decision =
            self.live.decide(by, wish, Moment { at: self.at, random: &random, token: &|| Token::example(0) });
        if let Some(before) = before {
            assert!(before == format!("{:?}", self.live), "to decide changes nothing");
        }
        let decided = decision.map(|it| (it.entries, it.room)).map_err(|refusal| refusal.code);
        if self.plain.is_contested() {
            self.seen.insert("one name, given away twice");
        } else {
            let expected = self.plain.judge(by, &same, Given { at: self.at, epoch: &epoch });
            assert_eq!(decided, expected, "{same:?} by {person} in {room}");
        }
        for entry in decided.map(|(entries, _)| entries).unwrap_or_default() {
            if !self.submit(entry) {
                break;
            }
        }
    }

    fn any_wish(&mut self, person: PersonId) -> Wish<'static> {
        let room = self.any_room_name(person);
        match self.dice.below(12) {
            0..=3 => Wish::Say { to: self.any_to(person), text: self.any_text().into() },
            4 => self.any_picture(person),
            5 => Wish::TakeBack { room: room.into(), offset: self.dice.below(12) as Offset },
            6 => Wish::Open { to: self.any_to(person) },
            7 | 8 => Wish::Join { room: room.into(), create: self.dice.one_in(2), is_private: false },
            9 => Wish::Leave { room: Some(room.into()) },
            10 => Wish::Leave { room: None },
            _ => Wish::Rename { name: self.any_name().into() },
        }
    }

    fn any_to(&mut self, person: PersonId) -> To<'static> {
        let id = 1 + self.dice.below(self.live.next_person().unwrap() as usize) as PersonId;
        match self.dice.below(6) {
            0 | 1 => To::Here,
            2 => To::Room(self.any_room_name(person).into()),
            3 => To::Person(id),
            4 => To::Named(self.any_name_of_somebody().into()),
            _ => To::Announced(
                1 + self.dice.below(self.live.next_room().unwrap() as usize) as RoomId,
                Aim::There,
            ),
        }
    }

    fn any_picture(&mut self, person: PersonId) -> Wish<'static> {
        let rooms: Vec<RoomId> = self.plain.rooms_of(person).collect();
        let room = self.any_of(&rooms).unwrap_or(self.live.lobby);
        let id = format!("picture {}", self.steps);
        let picture = Picture { id, media_type: "image/png", width: 1, height: 1, size: 3 };
        Wish::Show { room, aim: Aim::There, picture, caption: self.any_text(), bytes: [1, 2, 3].into() }
    }

    fn any_text(&mut self) -> String {
        match self.dice.below(9) {
            0 => " \t ".into(),
            1 => "long ".repeat(9),
            2..=4 => "hello".into(),
            _ => format!("@{}: hello", self.any_name_of_somebody()),
        }
    }

    fn any_name(&mut self) -> String {
        let names: Vec<&str> = names::people().chain(names::bad()).collect();
        self.dice.choose(&names).to_owned()
    }

    fn any_name_of_somebody(&mut self) -> String {
        let mut names: Vec<&str> = names::people().collect();
        names.extend(self.plain.people.values().map(|somebody| &somebody.name[..]));
        self.dice.choose(&names).to_owned()
    }

    fn any_room_name(&mut self, person: PersonId) -> String {
        let mine = self.plain.rooms_of(person).filter_map(|room| self.plain.rooms.get(&room));
        let mut names: Vec<&str> = names::rooms().chain(names::bad()).chain(["nowhere", "@1:2"]).collect();
        names.extend(mine.map(|room| &room.place.name[..]));
        self.dice.choose(&names).to_owned()
    }

    pub(super) fn read_something(&mut self) {
        let marks: Vec<(RoomId, PersonId)> = self.plain.members.keys().copied().collect();
        let Some((room, person)) = self.any_of(&marks) else { return };
        let offset = self.dice.below(20) as Offset;
        assert_eq!(self.live.mark_read(room, person, offset), self.plain.mark_read(room, person, offset));
    }

    // ---- time

    pub(super) fn save(&mut self) {
        let unsaved = self.live.unsaved();
        let marks = match &unsaved {
            Some(Entry::Marks { marks }) => &marks[..],
            Some(_) => unreachable!("what was read is saved, and nothing else"),
            None => &[],
        };
        let each = |mark: &ReadMark| {
            mark.people.iter().map(|&person| (person, mark.room, mark.read)).collect::<Vec<_>>()
        };
        let saved: BTreeSet<(PersonId, RoomId, Offset)> = marks.iter().flat_map(each).collect();
        let expected = self
            .plain
            .unsaved
            .iter()
            .map(|&(person, room)| (person, room, self.plain.members[&(room, person)].0));
        assert_eq!(saved, expected.collect());
        self.submit_each(Vec::from_iter(unsaved));
    }

    pub(super) fn pass_time(&mut self) {
        let most = self.dice.choose(&[1_000, 1_000, CHORES, HOUR, HOUR, 30 * HOUR]);
        let passed = self.dice.below(most as usize) as i64;
        (self.now, self.at) = (self.now + passed, self.at + passed);
        if self.dice.one_in(2) {
            let removable = self.live.removable(self.now, 10);
            assert_eq!(removable, self.plain.removable(self.now));
            return self.submit_each(removable);
        }
        let due = self.live.due(self.now, self.at, Some(self.at));
        assert_eq!(due, self.plain.due(self.now, self.at));
        self.submit_each(due);
    }

    // ---- elsewhere

    /// Another node has asked for something, and the history has carried it out before all that is on its way from here.
    pub(super) fn hear_from_elsewhere(&mut self) {
        // An arrival and its place in the lobby are one behind the other in the log: nothing comes between.
        while self
            .queue
            .front()
            .is_some_and(|next| matches!(next, Entry::Join { room, .. } if *room == self.live.lobby))
        {
            self.answer();
        }
        let people: Vec<PersonId> = self.disk.people.keys().copied().collect();
        let rooms: Vec<RoomId> = self.disk.rooms.keys().copied().collect();
        let (Some(person), Some(room)) = (self.any_of(&people), self.any_of(&rooms)) else {
            return self.hear_arrival();
        };
        let last = self.disk.rooms[&room].last;
        let offset = self.dice.below(last as usize + 1) as Offset;
        let is_lobby = room == self.live.lobby;
        let is_theirs = pair(&self.disk.rooms[&room].name).is_none_or(|pair| pair.contains(&person));
        let entry = match self.dice.below(16) {
            0 | 1 => return self.hear_arrival(),
            2 => self.foreign_name(Some(person)).map(|name| {
                let (folded, look) = Keys::of_person(&name).split();
                Entry::Rename { person, name, folded, look }
            }),
            3 if self.dice.one_in(4) => Some(Entry::Forget { person, away: None }),
            3 => Some(Entry::Seen { person, at: self.at }),
            4 => Some(Entry::Noticed { person }).filter(|entry| !self.queue.contains(entry)),
            5 => return self.hear_creation(person),
            6 => Some(Entry::Renew { room, epoch: format!("epoch {} of another", self.steps) }),
            7 if !is_lobby => Some(Entry::Remove { room }),
            8 | 9 if is_theirs => Some(Entry::Join { room, person, read: last }),
            10 if !is_lobby => Some(Entry::Leave { room, person }),
            11 => Some(Entry::MarkRead { room, person, read: offset }),
            12 => Some(Entry::Prune { room, before: offset + 1 }).filter(|_| self.dice.one_in(3)),
            13 => Some(self.foreign_words(room, person, Body::Deletion { target: offset })),
            _ => {
                let text = self.any_text();
                Some(self.foreign_words(room, person, Body::Text(text)))
            }
        };
        if let Some(entry) = entry {
            self.hear(&entry);
        }
    }

    fn hear(&mut self, entry: &Entry) -> bool {
        let outcome = self.store(entry);
        if outcome.is_ok() {
            self.seen.insert("from elsewhere");
            self.apply(entry, &outcome);
        }
        outcome.is_ok()
    }

    fn hear_arrival(&mut self) {
        let person = self.live.next_person().unwrap();
        let name = if self.dice.one_in(2) { self.foreign_name(None) } else { Some(names::guest(person)) };
        let Some(name) = name else { return };
        let ((folded, look), token, at) = (Keys::of_person(&name).split(), Some(self.token()), self.at);
        let Some(read) = self.disk.rooms.get(&self.live.lobby).map(|lobby| lobby.last) else { return };
        if self.hear(&Entry::Arrive { person, name, folded, look, token, at }) {
            self.hear(&Entry::Join { room: self.live.lobby, person, read });
        }
    }

    fn hear_creation(&mut self, person: PersonId) {
        let (room, kind) = (self.live.next_room().unwrap(), RoomKind::Public);
        let all: Vec<&str> = names::rooms().filter(|name| names::of_room(name) != ["lobby"]).collect();
        let name = self.dice.choose(&all);
        let (keys, (folded, look)) = (names::of_room(name), Keys::of_room(name).split());
        let mut others = self.disk.rooms.values();
        if others.any(|other| names::clash(&keys, &names::of_room(&other.name))) {
            return;
        }
        let epoch = format!("epoch {}", self.steps);
        if self.hear(&Entry::Create {
            room,
            kind,
            name: name.to_owned(),
            folded,
            look,
            epoch,
            at: self.at,
            maker: None,
            title: None,
        }) {
            self.hear(&Entry::Join { room, person, read: 0 });
        }
    }

    /// One that nobody has on the disk: there may be others here who are about to.
    fn foreign_name(&mut self, except: Option<PersonId>) -> Option<String> {
        let all: Vec<&str> = names::people().collect();
        let name = self.dice.choose(&all);
        let keys = names::of_person(name);
        let mut others = self.disk.people.iter().filter(|(id, one)| !one.gone && Some(**id) != except);
        let is_taken = others.any(|(_, other)| names::clash(&keys, &names::of_person(&other.name)));
        (!is_taken).then(|| name.to_owned())
    }

    fn foreign_words(&mut self, room: RoomId, author: PersonId, body: Body) -> Entry {
        let members = self.disk.members.keys().filter(|(of, _)| *of == room).map(|(_, person)| *person);
        let members: Vec<PersonId> = members.collect();
        let mentions = match &body {
            Body::Text(_) if self.dice.one_in(2) => Vec::from_iter(self.any_of(&members)),
            _ => Vec::new(),
        };
        // One whose arrival failed here speaks elsewhere: nobody there knows their number.
        let author = if self.dice.one_in(30) { self.live.next_person().unwrap() } else { author };
        let author_name = "somebody elsewhere".to_owned();
        let (aim, key, at) = (Aim::There, None, self.at);
        Entry::Append(Append { room, aim, author, author_name, key, at, body, mentions, call: None })
    }

    // ---- chance

    fn any_of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        (!all.is_empty()).then(|| self.dice.choose(all))
    }

    fn token(&mut self) -> TokenHash {
        let mut token = [0; 32];
        token[..8].copy_from_slice(&self.steps.to_le_bytes());
        token
    }
}

/// The same wish once more.
fn copy(wish: &Wish<'static>) -> Wish<'static> {
    match wish {
        Wish::Say { to, text } => Wish::Say { to: to.clone(), text: text.clone() },
        Wish::Show { room, aim, picture, caption, bytes } => Wish::Show {
            room: *room,
            aim: *aim,
            picture: picture.clone(),
            caption: caption.clone(),
            bytes: bytes.clone(),
        },
        Wish::TakeBack { room, offset } => Wish::TakeBack { room: room.clone(), offset: *offset },
        Wish::Open { to } => Wish::Open { to: to.clone() },
        Wish::Join { room, create, is_private } => {
            Wish::Join { room: room.clone(), create: *create, is_private: *is_private }
        }
        Wish::Leave { room } => Wish::Leave { room: room.clone() },
        Wish::Rename { name } => Wish::Rename { name: name.clone() },
        Wish::SetLevel { room, level } => Wish::SetLevel { room: room.clone(), level: *level },
        Wish::Act(intent) => Wish::Act(intent.clone()),
    }
}
