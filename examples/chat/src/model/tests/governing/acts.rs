//! What people want to do, and whether they may; and what somebody learns who may not.

use std::iter;

use super::outside::CALLS;
use super::stage::{NAMES, Stage};
use crate::ask::{Aimed, Intent, Since, To, Where, Whom, Wish};
use crate::history::{Act, Append, Body, Deed, Door, Entry, Offset, PersonId, Restraint, RoomId, RoomKind};
use crate::model::{By, Moment};
use crate::refusal::{Code, Refusal};
use crate::rights::Role;
use crate::token::Token;

/// A room that there is not, and a title that nobody has given.
const NO_ROOM: [&str; 2] = ["+999999", "nowhere"];
const NO_TALK: &str = "@999998:999999";
/// The plain tables know a room by its name: these are their own keys.
pub(super) const TITLES: [&str; 5] = ["tea", "box", "work", "house", "pub"];

impl Stage {
    // ---- chance

    pub(super) fn somebody(&mut self) -> PersonId {
        let people: Vec<PersonId> = self.plain.people.keys().copied().collect();
        // Now and then somebody who is gone.
        if self.dice.one_in(25) {
            return 1 + self.dice.below(self.plain.next_person as usize) as PersonId;
        }
        self.dice.choose(&people)
    }

    /// One of those who are there, as often as not.
    pub(super) fn somebody_of(&mut self, room: RoomId) -> PersonId {
        let members: Vec<PersonId> = self.plain.rooms[&room].members.iter().copied().collect();
        if members.is_empty() || self.dice.one_in(2) { self.somebody() } else { self.dice.choose(&members) }
    }

    pub(super) fn some_room(&mut self) -> RoomId {
        let rooms = self.rooms();
        self.dice.choose(&rooms)
    }

    pub(super) fn whom(&mut self) -> Whom<'static> {
        let whom = self.somebody();
        match self.plain.people.get(&whom) {
            Some(it) if self.dice.one_in(2) => Whom::Named(it.name.clone().into()),
            _ => Whom::Id(whom),
        }
    }

    pub(super) fn place(&mut self) -> Where<'static> {
        let room = self.some_room();
        let room = &self.plain.rooms[&room];
        let name = room.title.clone().filter(|_| self.dice.one_in(2)).unwrap_or_else(|| room.key.clone());
        match self.dice.below(8) {
            0 | 1 => Where::Here,
            2 | 3 => Where::Everywhere,
            _ => Where::Room(name.into()),
        }
    }

    fn here(&mut self, person: PersonId) -> RoomId {
        let mut rooms: Vec<RoomId> = self.live.rooms_of(person).map(|room| room.id()).collect();
        rooms.sort_unstable();
        if rooms.is_empty() { self.live.lobby() } else { self.dice.choose(&rooms) }
    }

    pub(super) fn seconds(&mut self) -> Option<u64> {
        self.dice.choose(&[None, Some(1), Some(60), Some(3_600)])
    }

    pub(super) fn restraint(&mut self) -> Restraint {
        self.dice.choose(&[Restraint::Mute, Restraint::Ban])
    }

    /// What somebody is kept from.
    pub(super) fn restrained(&mut self) -> Option<(Restraint, PersonId, Option<RoomId>)> {
        let all: Vec<_> = self.plain.restraints.iter().map(|&(it, whom, room, _)| (it, whom, room)).collect();
        (!all.is_empty()).then(|| self.dice.choose(&all))
    }

    pub(super) fn role(&mut self) -> Role {
        self.dice.choose(&Role::ALL)
    }

    // ---- intents

    pub(super) fn intend(&mut self) {
        let what = self.any_aim();
        self.intend_to(what);
    }

    pub(super) fn intend_to(&mut self, what: Aimed<'static>) {
        let intent = Intent { what, reason: "because".into() };
        let key = format!("key {}", self.steps);
        let random = || key.clone();
        let number = self.steps;
        let token = || Token::example(number);
        let moment = Moment { at: self.at, random: &random, token: &token };
        let is_on_page = self.dice.one_in(8);
        let person = self.somebody();
        let by = Some(person).filter(|_| !is_on_page || self.dice.one_in(2));
        let decided = match is_on_page {
            true => self.live.decide_on_page(by, intent.clone(), moment),
            false => {
                let here = self.here(person);
                self.live.decide(
                    By { person, here, key: None, alias: None },
                    Wish::Act(intent.clone()),
                    moment,
                )
            }
        };
        for entry in decided.iter().flat_map(|decision| &decision.entries) {
            if let Entry::Avatar { person: whom, .. } = entry {
                assert!(self.plain.may_undress(by, *whom, self.at), "{intent:?} by {by:?}");
            }
        }
        decided.iter().for_each(|decision| self.look_at_granted(by, &decision.entries));
        self.carry_out(decided.map(|it| it.entries), &format!("{intent:?} by {by:?}"));
    }

    /// What was granted is allowed; as far as anybody knows who has not seen the disk.
    fn carry_out(&mut self, decided: Result<Vec<Entry>, Refusal>, what: &str) {
        let entries = match decided {
            Ok(entries) => entries,
            Err(refusal) => {
                match refusal.code {
                    Code::Forbidden => self.seen.insert("forbidden"),
                    Code::NoSuchRoom => self.seen.insert("no such room"),
                    _ => false,
                };
                return;
            }
        };
        for (place, entry) in entries.iter().enumerate() {
            let is_of_the_disk = matches!(
                entry,
                Entry::Append(Append { body: Body::Deletion { .. }, .. })
                    | Entry::Act(Deed { act: Act::Report { .. } | Act::EndSession { .. }, .. })
            );
            if place == 0 && !is_of_the_disk {
                assert!(self.plain.may(entry), "{what} was granted: {entry:?}\n{:#?}", self.plain);
            }
            if let Entry::Append(Append { body: Body::Text(text), .. }) = entry {
                assert!(["hello", "oh ****"].iter().chain(&CALLS).any(|fine| fine == text), "{text}");
            }
        }
        entries.into_iter().for_each(|entry| self.submit(entry));
        // What is decided next knows of it, as it would in a fast chat.
        if self.dice.one_in(2) {
            self.answer_all();
        }
    }

    fn any_aim(&mut self) -> Aimed<'static> {
        let (whom, place) = (self.whom(), self.place());
        let is_so = self.dice.one_in(2);
        let number = 1 + self.dice.below(200) as u64;
        match self.dice.below(21) {
            0 => Aimed::Role { whom, role: self.role() },
            1 | 2 => Aimed::Op { whom, place, is_op: is_so },
            3 => Aimed::Kick { whom, place },
            4..=6 => {
                let (restraint, seconds) = (self.restraint(), self.seconds());
                let purge = self.dice.one_in(6).then_some(Since::Hour);
                Aimed::Restrain { restraint, whom, place, seconds, with_addresses: false, purge }
            }
            7 | 8 => match self.restrained() {
                Some((restraint, whom, room)) if is_so => {
                    let called = |room| Where::Room(self.plain.rooms[&room].key.clone().into());
                    let place = room.map_or(Where::Everywhere, called);
                    Aimed::Release { restraint, whom: Whom::Id(whom), place }
                }
                _ => Aimed::Release { restraint: self.restraint(), whom, place },
            },
            9 => Aimed::Purge { whom, place, since: Since::Day },
            10 | 11 => {
                let title = self.dice.choose(&TITLES);
                Aimed::Alter {
                    place,
                    name: is_so.then(|| title.into()),
                    is_private: self.dice.choose(&[None, None, Some(false), Some(true)]),
                    topic: self.dice.one_in(3).then(|| title.into()),
                    pace: self.dice.choose(&[None, Some(0), Some(30)]),
                    is_closed: self.dice.choose(&[None, None, Some(false), Some(true)]),
                }
            }
            12 => Aimed::RemoveRoom { place },
            13 => Aimed::Add { whom, place },
            14 => Aimed::Invite { place, seconds: self.seconds(), uses: Some(1 + number as u32 % 2) },
            15 => {
                let invites: Vec<u64> = self.plain.invites.keys().copied().collect();
                if invites.is_empty() || is_so {
                    return Aimed::Accept { key: format!("key {number}").into() };
                }
                Aimed::Revoke { invite: self.dice.choose(&invites) }
            }
            16 if self.dice.one_in(10) => Aimed::Erase { words: is_so },
            16 => Aimed::SetDoor(self.dice.choose(&Door::ALL)),
            19 => Aimed::DropAvatar { whom: is_so.then_some(whom) },
            20 => {
                let sessions: Vec<u64> = self.plain.sessions.keys().copied().collect();
                let session = if sessions.is_empty() { 1 } else { self.dice.choose(&sessions) };
                let whose = self.plain.sessions.get(&session).copied().filter(|_| is_so);
                Aimed::EndSession { whom: whose.map(Whom::Id), session }
            }
            17 => Aimed::Announce { text: if is_so { "".into() } else { "hear hear".into() } },
            _ => {
                let reports: Vec<u64> = self.plain.reports.keys().copied().collect();
                if reports.is_empty() || is_so {
                    return Aimed::Report { place, offset: 1 + number % 9 };
                }
                Aimed::Settle { report: self.dice.choose(&reports), granted: self.dice.one_in(2) }
            }
        }
    }

    // ---- what is said, joined, left

    pub(super) fn speak(&mut self) {
        let person = self.somebody();
        let (here, room) = (self.here(person), self.some_room());
        let room = &self.plain.rooms[&room];
        let name = room.title.clone().filter(|_| self.dice.one_in(3)).unwrap_or_else(|| room.key.clone());
        let text = self.dice.choose(&["hello", "hello", "spam", "oh darn", "hm", CALLS[0], CALLS[1]]);
        let other = self.somebody();
        let wish = match self.dice.below(11) {
            10 => Wish::SetLevel { room: Some(name.into()), level: self.level() },
            8 => Wish::Say { to: To::Person(other), text: text.into() },
            9 => Wish::Open { to: To::Person(other) },
            0..=2 => Wish::Say { to: To::Here, text: text.into() },
            3 => Wish::Say { to: To::Room(name.into()), text: text.into() },
            4 => Wish::TakeBack { room: name.into(), offset: 1 + self.dice.below(8) as Offset },
            5 => Wish::Join { room: name.into(), create: false, is_private: false },
            6 => {
                let title = self.dice.choose(&TITLES);
                Wish::Join { room: title.into(), create: true, is_private: self.dice.one_in(2) }
            }
            _ => Wish::Leave { room: None },
        };
        let epoch = format!("epoch {}", self.steps);
        let random = || epoch.clone();
        let token = || Token::example(0);
        let moment = Moment { at: self.at, random: &random, token: &token };
        let what = format!("{wish:?} by {person}");
        // A talk that is on its way is there already, for those who decide.
        self.answer_all();
        let here = if self.live.is_member(person, here) { here } else { self.live.lobby() };
        let decided = self.live.decide(By { person, here, key: None, alias: None }, wish, moment);
        decided.iter().for_each(|decision| self.look_at_granted(Some(person), &decision.entries));
        self.carry_out(decided.map(|it| it.entries), &what);
    }

    pub(super) fn rename(&mut self) {
        let person = self.somebody();
        let name = self.dice.choose(&NAMES);
        let here = self.live.lobby();
        let moment = Moment { at: self.at, random: &String::new, token: &|| Token::example(0) };
        let wish = Wish::Rename { name: name.into() };
        self.answer_all();
        if let Ok(decision) = self.live.decide(By { person, here, key: None, alias: None }, wish, moment) {
            self.assert_free(name, person);
            self.look_at_granted(Some(person), &decision.entries);
            assert!(
                !self.plain.is_restrained(Restraint::Ban, person, None, self.at),
                "the banned wish nothing"
            );
            decision.entries.into_iter().for_each(|entry| self.submit(entry));
            self.answer_all();
        }
    }

    // ---- private rooms

    /// Of a private room or talk nobody learns anything who is not in it: neither by its key nor by its title, whatever they are.
    pub(super) fn look_for_leaks(&mut self) {
        self.look_at_reports();
        assert!(self.live.listed("").all(|room| room.is_public()));
        let person = self.somebody();
        let private = self.plain.rooms.iter().filter(|(_, room)| room.kind != RoomKind::Public);
        let private: Vec<RoomId> = private.map(|(&id, _)| id).collect();
        if private.is_empty() {
            return;
        }
        let room = self.dice.choose(&private);
        let place = &self.plain.rooms[&room];
        let names: Vec<String> = iter::once(&place.key).chain(&place.title).cloned().collect();
        let no_room = if place.kind == RoomKind::Direct { [NO_TALK; 2] } else { NO_ROOM };
        if self.live.is_member(person, room)
            || self.live.is_member(person, room) != place.members.contains(&person)
        {
            return;
        }
        let is_other = |name: &str| self.live.room_of(person, name).is_ok();
        for (name, nothing) in names.iter().zip(no_room) {
            // Another room of theirs, or a public one, may be called like its title.
            let is_public = self.live.rooms.called(name).is_some_and(|other| other.is_public());
            if is_public || is_other(name) {
                continue;
            }
            for ask in 0..ASKS {
                let told = self.told(person, ask, name).replace(name.as_str(), "ROOM");
                assert_eq!(told, self.told(person, ask, nothing).replace(nothing, "ROOM"), "{ask} {name}");
            }
        }
    }

    /// What somebody is told who asks for something about a room.
    /// Whoever is not in a private room does not settle what was reported there, an admin neither.
    fn look_at_reports(&self) {
        let moment = Moment { at: self.at, random: &String::new, token: &|| Token::example(0) };
        for (&report, id) in &self.plain.reports {
            let room = &self.plain.rooms[id];
            let is_out = |person: &PersonId| !self.live.is_member(*person, *id);
            let people = self.plain.people.keys().filter(|_| room.kind == RoomKind::Private);
            for &person in people.filter(|person| is_out(person)) {
                let what = Aimed::Settle { report, granted: true };
                let by = By { person, here: self.live.lobby(), key: None, alias: None };
                let wish = Wish::Act(Intent { what, reason: "".into() });
                assert!(self.live.decide(by, wish, moment).is_err(), "{person} settles {report} in {room:?}");
            }
        }
    }

    fn told(&self, person: PersonId, ask: usize, name: &str) -> String {
        let room = || Where::Room(name.to_owned().into());
        let whom = || Whom::Id(person);
        let act = |what| Wish::Act(Intent { what, reason: "".into() });
        let join = |create| Wish::Join { room: name.to_owned().into(), create, is_private: false };
        let alter = Aimed::Alter {
            place: room(),
            name: None,
            is_private: None,
            topic: Some("x".into()),
            pace: None,
            is_closed: None,
        };
        let restrain = |restraint| Aimed::Restrain {
            restraint,
            whom: Whom::Id(1),
            place: room(),
            seconds: None,
            with_addresses: false,
            purge: None,
        };
        let wish = match ask {
            0 => join(false),
            1 => Wish::Say { to: To::Room(name.to_owned().into()), text: "hello".into() },
            2 => Wish::TakeBack { room: name.to_owned().into(), offset: 1 },
            3 => Wish::Leave { room: Some(name.to_owned().into()) },
            4 => act(alter),
            5 => act(Aimed::RemoveRoom { place: room() }),
            6 => act(Aimed::Invite { place: room(), seconds: None, uses: None }),
            7 => act(Aimed::Kick { whom: whom(), place: room() }),
            8 => act(restrain(Restraint::Ban)),
            9 => act(restrain(Restraint::Mute)),
            10 => act(Aimed::Add { whom: whom(), place: room() }),
            11 => act(Aimed::Op { whom: whom(), place: room(), is_op: true }),
            12 => act(Aimed::Report { place: room(), offset: 1 }),
            _ if name.starts_with('+') => join(true),
            _ => join(false),
        };
        let moment = Moment { at: self.at, random: &String::new, token: &|| Token::example(0) };
        match self.live.decide(By { person, here: self.live.lobby(), key: None, alias: None }, wish, moment) {
            Ok(decision) => format!("granted: {:?}", decision.entries),
            Err(refusal) => format!("{:?} {}", refusal.code, refusal.words),
        }
    }
}

/// So many ways there are to ask.
const ASKS: usize = 14;
