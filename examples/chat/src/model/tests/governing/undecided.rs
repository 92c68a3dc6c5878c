//! What somebody does whom nobody has asked whether they may: the history refuses what the plain table refuses.

use super::acts::TITLES;
use super::stage::Stage;
use crate::history::{Act, Aim, Append, Body, By, Call, Change, Deed, Door, Entry, Offset, RoomId};

impl Stage {
    /// Whoever it is does whatever it is: the history is asked at once.
    pub(super) fn do_anything(&mut self) {
        // An entry of one's own that has begun comes before: nothing else is in the queue.
        self.answer_all();
        let mut by: By = if self.dice.one_in(10) { None } else { Some(self.somebody()) };
        let room = self.some_room();
        let person = self.somebody_of(room);
        let place = self.dice.choose(&[None, Some(room), Some(room)]);
        let is_so = self.dice.one_in(2);
        let until = self.seconds().map(|seconds| self.at + seconds as i64 * 1000);
        let act = match self.dice.below(20) {
            0 => {
                let admins: Vec<_> = self.plain.admins.values().filter_map(|(whose, _)| *whose).collect();
                let is_any = admins.is_empty() || self.dice.one_in(3);
                let person = if is_any { person } else { self.dice.choose(&admins) };
                by = by.filter(|_| is_any);
                Act::Role { person, role: self.role() }
            }
            1 | 2 => Act::Op { room, person, is_op: is_so },
            3 | 4 => Act::Kick { person, room: place },
            5 | 6 => {
                let restraint = self.restraint();
                Act::Restrain { restraint, person, room: place, until, addresses: Vec::new() }
            }
            7 => match self.restrained() {
                Some((restraint, person, room)) if is_so => Act::Release { restraint, person, room },
                _ => Act::Release { restraint: self.restraint(), person, room: place },
            },
            8 => Act::Purge { person, room: place, since: self.at - 60_000 },
            9 => Act::Alter { room, change: self.any_change(room) },
            10 if self.dice.one_in(4) => Act::RemoveRoom { room },
            10 => Act::SetDoor { door: Door::Open },
            11 => Act::Add { room, person, read: 0 },
            12 => Act::Invite { key: self.key(), room: place, until: self.at + 3_600_000, uses: 2 },
            13 => {
                let invites: Vec<u64> = self.plain.invites.keys().copied().collect();
                let invite = if invites.is_empty() { 1 } else { self.dice.choose(&invites) };
                if is_so { Act::Accept { invite, read: 0 } } else { Act::Revoke { invite } }
            }
            14 => Act::Report { room, offset: 1 + self.dice.below(8) as Offset },
            15 => {
                let sessions: Vec<_> = self.plain.sessions.iter().map(|(&n, &whose)| (n, whose)).collect();
                let (session, whose) =
                    if sessions.is_empty() { (1, person) } else { self.dice.choose(&sessions) };
                Act::EndSession { person: if self.dice.one_in(8) { person } else { whose }, session }
            }
            16 => {
                let (client, place) = Default::default();
                Act::OpenAdmin { key: self.key(), until: self.at + 36_000_000, client, place, link: None }
            }
            17 | 18 => {
                let admins: Vec<u64> = self.plain.admins.keys().copied().collect();
                Act::CloseAdmin { session: if admins.is_empty() { 1 } else { self.dice.choose(&admins) } }
            }
            _ if self.dice.one_in(12) => Act::Erase { person, words: false },
            _ => {
                let reports: Vec<u64> = self.plain.reports.keys().copied().collect();
                let report = if reports.is_empty() { 1 } else { self.dice.choose(&reports) };
                Act::Settle { report, granted: is_so }
            }
        };
        self.apply(Entry::Act(Deed { by, at: self.at, reason: String::new(), act }));
    }

    /// The same, of what is said, joined and left.
    pub(super) fn say_anything(&mut self) {
        self.answer_all();
        let (room, at) = (self.some_room(), self.at);
        let person = if self.dice.one_in(2) { self.somebody() } else { self.somebody_of(room) };
        let body = match self.dice.below(9) {
            0..=3 => {
                self.apply(Entry::Join { room, person, read: 0 });
                return;
            }
            // Nobody leaves the lobby.
            4 if self.plain.is_lobby(Some(room)) => return,
            4 => {
                self.apply(Entry::Leave { room, person });
                return;
            }
            5 => {
                let into_rooms = self.plain.invites.iter().filter(|(_, (room, ..))| room.is_some());
                let invites: Vec<u64> = into_rooms.map(|(&number, _)| number).collect();
                if !invites.is_empty() {
                    let act = Act::Accept { invite: self.dice.choose(&invites), read: 0 };
                    self.apply(Entry::Act(Deed { by: Some(person), at, reason: String::new(), act }));
                }
                return;
            }
            6 => Body::Deletion { target: 1 + self.dice.below(8) as Offset },
            // Whoever could not be stored speaks all the same.
            _ if !self.plain.people.contains_key(&person) => return,
            _ => Body::Text("hello".into()),
        };
        let (author_name, key) = (format!("somebody {person}"), None);
        let mentions = Vec::from_iter(self.plain.robot.filter(|_| self.dice.one_in(3)));
        let call = self.dice.choose(&[None, None, Some(Call::All), Some(Call::Here)]);
        let author = person;
        self.apply(Entry::Append(Append {
            room,
            aim: Aim::There,
            author,
            author_name,
            key,
            at,
            body,
            mentions,
            call,
        }));
    }

    fn any_change(&mut self, room: RoomId) -> Change {
        let title = self.dice.choose(&TITLES).to_owned();
        match self.dice.below(4) {
            0 => Change::Topic(title),
            1 => Change::Pace(self.dice.choose(&[0, 30])),
            2 => Change::Closed(self.dice.one_in(2)),
            _ if self.dice.one_in(2) => {
                let key = format!("+{room}");
                Change::Name {
                    is_private: true,
                    name: key.clone(),
                    folded: key,
                    title: Some(title),
                    look: None,
                }
            }
            _ => Change::Name {
                is_private: false,
                folded: title.clone(),
                name: title,
                title: None,
                look: None,
            },
        }
    }

    pub(super) fn key(&mut self) -> [u8; 32] {
        let mut key = [1; 32];
        key[..8].copy_from_slice(&self.steps.to_le_bytes());
        key
    }
}
