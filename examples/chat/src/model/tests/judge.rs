//! What should be decided, by looking through a plain memory. Of a refusal only the code counts.

use super::names;
use super::plain::{Plain, until};
use crate::ask::{To, Wish};
use crate::history::{Aim, Append, Body, Entry, Millis, PersonId, RoomId, RoomKind, TokenHash};
use crate::model::By;
use crate::model::names::Keys;
use crate::refusal::Code;

type Judged = Result<(Vec<Entry>, RoomId), Code>;

/// When, and what is as good as chance.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub at: Millis,
    pub epoch: &'a str,
}

impl Plain {
    pub(super) fn judge(&self, by: By<'_>, wish: &Wish<'_>, given: Given<'_>) -> Judged {
        match wish {
            Wish::Say { to, text } => {
                if text.chars().count() > self.rules.max_message {
                    return Err(Code::TooLong);
                }
                if text.trim().is_empty() {
                    return Err(Code::Empty);
                }
                let (entries, room) = self.place(by, to, given)?;
                self.say(by, entries, (room, to.aim()), Body::Text(text.to_string()), given)
            }
            Wish::Show { room, aim, picture, caption, bytes } => {
                let (picture, caption, bytes) = (picture.clone(), caption.clone(), bytes.clone());
                self.say(by, Vec::new(), (*room, *aim), Body::Picture { picture, caption, bytes }, given)
            }
            Wish::TakeBack { room, offset } => {
                let room = self.my_room(by.person, room)?;
                self.say(by, Vec::new(), (room, Aim::There), Body::Deletion { target: *offset }, given)
            }
            Wish::SetLevel { .. } | Wish::Act(_) => unreachable!("who governs has tests of their own"),
            Wish::Open { to } => {
                let place = self.place(by, to, given)?;
                self.get(by.person).ok_or(Code::NoSuchPerson)?;
                Ok(place)
            }
            Wish::Join { room, create, .. } => self.judge_join(by.person, room, *create, given),
            Wish::Leave { room } => {
                let room = room.as_ref().map_or(Ok(by.here), |room| self.my_room(by.person, room))?;
                match room == self.lobby {
                    true => Err(Code::CannotLeave),
                    false => Ok((vec![Entry::Leave { room, person: by.person }], room)),
                }
            }
            Wish::Rename { name } => {
                if names::is_bad(name) {
                    return Err(Code::BadName);
                }
                let somebody = self.get(by.person).ok_or(Code::NoSuchPerson)?;
                if somebody.renaming.is_some() {
                    return Err(Code::Busy);
                }
                if self.is_taken(name, Some(by.person)) {
                    return Err(Code::NameTaken);
                }
                let (folded, look) = Keys::of_person(name).split();
                Ok((vec![Entry::Rename { person: by.person, name: name.to_string(), folded, look }], by.here))
            }
        }
    }

    /// Somebody new: those who give way, and their own two entries.
    pub(super) fn admit(
        &self,
        name: Option<&str>,
        token: Option<TokenHash>,
        at: Millis,
    ) -> Result<Vec<Entry>, Code> {
        let remembered = self.people.values().filter(|somebody| !somebody.leaving).count();
        let too_many = (remembered + 1).saturating_sub(self.rules.max_people);
        let passing = self.passing();
        if too_many > 0 && passing.is_empty() {
            return Err(Code::Busy);
        }
        let person = self.next_person;
        let name = name.map_or_else(|| names::guest(person), str::to_owned);
        let (folded, look) = Keys::of_person(&name).split();
        let read = self.rooms[&self.lobby].place.last;
        let mut entries: Vec<Entry> = passing
            .into_iter()
            .take(too_many.min(16))
            .map(|person| Entry::Forget { person, away: None })
            .collect();
        entries.push(Entry::Arrive { person, name, folded, look, token, at });
        entries.push(Entry::Join { room: self.lobby, person, read });
        Ok(entries)
    }

    /// Can a decision go either way? Two nodes may have given away one name, until one of them is refused.
    pub(super) fn is_contested(&self) -> bool {
        let people = self.people.iter().filter(|(_, somebody)| !somebody.leaving);
        people
            .flat_map(|(id, one)| std::iter::once(&one.name).chain(&one.renaming).map(move |name| (id, name)))
            .any(|(id, name)| self.is_taken(name, Some(*id)))
            || self.rooms.values().any(|room| self.rooms_called(&room.place.name).len() > 1)
    }

    fn say(
        &self,
        by: By<'_>,
        mut entries: Vec<Entry>,
        (room, aim): (RoomId, Aim),
        body: Body,
        given: Given<'_>,
    ) -> Judged {
        let author_name = self.get(by.person).ok_or(Code::NoSuchPerson)?.name.clone();
        let mentions = match &body {
            Body::Text(text) | Body::Picture { caption: text, .. } => self.mentioned(text, room),
            Body::Deletion { .. } | Body::Purge { .. } => Vec::new(),
        };
        let (author, key, at) = (by.person, by.key.map(str::to_owned), given.at);
        entries.push(Entry::Append(Append {
            room,
            aim,
            author,
            author_name,
            key,
            at,
            body,
            mentions,
            call: None,
        }));
        Ok((entries, room))
    }

    /// The texts here are `@somebody: and no more`.
    fn mentioned(&self, text: &str, room: RoomId) -> Vec<PersonId> {
        let name = text.strip_prefix('@').and_then(|text| text.split_once(':')).map(|(name, _)| name);
        let found = name.map(|name| self.called(name)).unwrap_or_default();
        found.into_iter().filter(|&person| self.is_member(person, room)).collect()
    }

    fn my_room(&self, person: PersonId, name: &str) -> Result<RoomId, Code> {
        let room = *self.rooms_called(name).first().ok_or(Code::NoSuchRoom)?;
        match self.is_member(person, room) {
            true => Ok(room),
            false if self.rooms[&room].place.is_public() => Err(Code::NotMember),
            false => Err(Code::NoSuchRoom),
        }
    }

    fn place(&self, by: By<'_>, to: &To<'_>, given: Given<'_>) -> Judged {
        let other = match to {
            To::Here => return self.call_back(by.person, by.here, given),
            To::Room(name) => return self.call_back(by.person, self.my_room(by.person, name)?, given),
            To::Announced(id, _) => {
                let room = self.rooms.get(id).ok_or(Code::NoSuchRoom)?;
                let may = self.is_member(by.person, *id) || !room.place.is_public();
                return if may { self.call_back(by.person, *id, given) } else { Err(Code::NotMember) };
            }
            To::Person(id) => self.get(*id).map(|_| *id),
            To::Named(name) => self.called(name).first().copied(),
        };
        self.talk(by.person, other.ok_or(Code::NoSuchPerson)?, given)
    }

    fn call_back(&self, person: PersonId, room: RoomId, given: Given<'_>) -> Judged {
        let pair = self.rooms.get(&room).and_then(|room| super::plain::pair(&room.place.name));
        let partner = pair.map(|[one, other]| if one == person { other } else { one });
        match partner.filter(|&partner| self.get(partner).is_some()) {
            Some(partner) => self.talk(person, partner, given),
            None => Ok((Vec::new(), room)),
        }
    }

    /// The limits of private talks are far away here.
    fn talk(&self, one: PersonId, other: PersonId, given: Given<'_>) -> Judged {
        if one == other {
            return Err(Code::NoSuchPerson);
        }
        let name = format!("@{}:{}", one.min(other), one.max(other));
        let found = self.rooms.iter().find(|(_, room)| room.place.name == name);
        let (room, read) = found.map_or((self.next_room, 0), |(&id, room)| (id, room.place.last));
        let mut entries = Vec::new();
        if found.is_none() {
            let (kind, epoch) = (RoomKind::Direct, given.epoch.to_owned());
            entries.push(Entry::Create {
                room,
                kind,
                folded: name.clone(),
                name,
                epoch,
                at: given.at,
                maker: None,
                title: None,
                look: None,
            });
        }
        let absent = [one, other].into_iter().filter(|&person| !self.is_member(person, room));
        entries.extend(absent.map(|person| Entry::Join { room, person, read }));
        Ok((entries, room))
    }

    fn judge_join(&self, person: PersonId, name: &str, create: bool, given: Given<'_>) -> Judged {
        self.get(person).ok_or(Code::NoSuchPerson)?;
        let found = self.rooms_called(name).first().copied();
        if let Some(room) = found.filter(|&room| self.is_member(person, room)) {
            return Ok((Vec::new(), room));
        }
        let joined = self.rooms_of(person).filter(|room| self.rooms[room].place.is_public()).count();
        if joined >= self.rules.max_rooms_per_person {
            return Err(Code::TooManyRooms);
        }
        if let Some(room) = found.filter(|room| self.rooms[room].place.is_public()) {
            if room != self.lobby && self.members_of(room).len() >= self.rules.max_members {
                return Err(Code::RoomFull);
            }
            let read = self.rooms[&room].place.last;
            return Ok((vec![Entry::Join { room, person, read }], room));
        }
        if !create {
            return Err(Code::NoSuchRoom);
        }
        if names::is_bad(name) || name.starts_with('@') {
            return Err(Code::BadRoomName);
        }
        if self.made(person) >= self.rules.max_rooms_per_person {
            return Err(Code::TooManyRooms);
        }
        let keys = names::of_room(name);
        if self.rooms.values().any(|room| names::clash(&keys, &names::of_room(&room.place.name))) {
            return Err(Code::BadRoomName);
        }
        let mut entries = Vec::new();
        if self.public() >= self.rules.max_rooms {
            let empties = self.empties();
            let oldest = empties.iter().find(|(_, room)| self.rooms[room].place.is_public());
            entries.push(Entry::Remove { room: oldest.ok_or(Code::TooManyRooms)?.1 });
        }
        let (room, kind) = (self.next_room, RoomKind::Public);
        let (folded, look) = Keys::of_room(name).split();
        let (name, epoch) = (name.to_owned(), given.epoch.to_owned());
        entries.push(Entry::Create {
            room,
            kind,
            name,
            folded,
            epoch,
            at: given.at,
            maker: Some(person),
            title: None,
            look,
        });
        entries.push(Entry::Join { room, person, read: 0 });
        Ok((entries, room))
    }

    // ---- what nobody asks for

    pub(super) fn missing_lobby(&self, at: Millis) -> Option<Entry> {
        let room = self.rooms.get(&self.lobby).filter(|room| room.pending)?;
        let (name, folded) = (room.place.name.clone(), room.place.folded().to_owned());
        let (kind, epoch) = (RoomKind::Public, room.place.epoch.clone());
        Some(Entry::Create {
            room: self.lobby,
            kind,
            name,
            folded,
            epoch,
            at,
            maker: None,
            title: None,
            look: None,
        })
    }

    pub(super) fn due(&mut self, now: Millis, at: Millis) -> Vec<Entry> {
        let mut due = Vec::from_iter(self.missing_lobby(at));
        let unseen = self.people.iter().filter(|(_, one)| one.here && one.token.is_some());
        let unseen = unseen.filter(|(_, one)| one.seen_on_disk + 3_600_000 <= at);
        due.extend(unseen.map(|(&person, _)| Entry::Seen { person, at }));
        let resting =
            self.people.iter().filter_map(|(&id, one)| Some((one.forgotten_at(id, one.rests?), id)));
        let mut overdue: Vec<_> = resting.filter(|&(until, _)| until < at).collect();
        overdue.sort_unstable();
        due.extend(overdue.into_iter().map(|(_, person)| Entry::Forget { person, away: None }));
        due.extend(self.removable(now));
        due.extend(self.end_talks(at));
        due
    }

    pub(super) fn removable(&self, now: Millis) -> Vec<Entry> {
        let empties = self.empties().into_iter();
        let due = empties.filter(|(until, room)| *until <= now && !self.rooms[room].pending);
        due.map(|(_, room)| Entry::Remove { room }).collect()
    }

    fn end_talks(&mut self, at: Millis) -> Vec<Entry> {
        let mut leave = Vec::new();
        for (due, room) in self.one_sided.clone().into_iter().filter(|(due, _)| *due < at) {
            let now_due = self.rooms.get(&room).map(|room| until(&room.place));
            let left = self.members_of(room);
            let is_over = now_due.is_some_and(|due| due < at);
            if is_over {
                leave.extend(left.iter().map(|&person| Entry::Leave { room, person }));
            }
            if !is_over || left.is_empty() {
                self.one_sided.remove(&(due, room));
                self.one_sided.extend(now_due.filter(|_| !left.is_empty()).map(|due| (due, room)));
            }
        }
        leave
    }
}
