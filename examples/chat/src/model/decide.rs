//! Whether a wish is granted, and the entries that carry it out. Nothing changes here.

use std::borrow::Cow;
use std::cmp::Reverse;

use super::mentions::{Mentioned, mentioned};
use super::rooms::{Room, direct_name};
use super::tables::{LOBBY, Model};
use crate::ask::{To, Wish};
use crate::history::{Aim, Append, Body, Entry, Millis, PersonId, RoomId, RoomKind, Voices};
use crate::model::legible::{is_nothing, legible};
use crate::model::names;
use crate::refusal::{Code, Refusal};

/// Private talks in which both have spoken, before somebody can begin another.
const ANSWERED: usize = 1_000;
/// Talks in which only one has spoken. Of more than these, those with the newest people are left: strangers who come by the
/// hundred push each other out, and nobody whom the chat knew before them.
const UNANSWERED: usize = 100;

/// Who wishes something, in which room they are, and under which id they said it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct By<'a> {
    pub person: PersonId,
    pub here: RoomId,
    pub key: Option<&'a str>,
}

/// When it is, by the calendar; and a text that nobody can guess, if one is needed.
#[derive(Clone, Copy)]
pub(crate) struct Moment<'a> {
    pub at: Millis,
    pub random: &'a dyn Fn() -> String,
}

/// What is to be done, in this order. Nothing, if it is so already.
#[derive(Debug)]
pub(crate) struct Decision {
    pub entries: Vec<Entry>,
    /// The room that it is about.
    pub room: RoomId,
    /// Characters that were folded to see who is mentioned: it is work.
    pub folded: usize,
}

/// The private talks of one person.
#[derive(Default)]
struct Talks {
    answered: usize,
    /// With whom, those first who came last.
    unanswered: Vec<(Reverse<PersonId>, RoomId)>,
}

impl Model {
    /// # Errors
    ///
    /// Why not, in words for whoever has asked.
    pub(crate) fn decide(&self, by: By<'_>, wish: Wish<'_>, moment: Moment<'_>) -> Result<Decision, Refusal> {
        let deciding = Deciding { model: self, by, moment };
        match wish {
            Wish::Say { to, text } => {
                let text = self.check_text(text)?;
                let aim = to.aim();
                let (entries, room) = deciding.resolve(to)?;
                deciding.append(entries, (room, aim), Body::Text(text))
            }
            Wish::Show { room, aim, picture, caption, bytes } => {
                deciding.append(Vec::new(), (room, aim), Body::Picture { picture, caption, bytes })
            }
            Wish::TakeBack { room, offset } => {
                let room = self.room_of(by.person, &room)?;
                deciding.append(Vec::new(), (room, Aim::There), Body::Deletion { target: offset })
            }
            Wish::Open { to } => {
                let (entries, room) = deciding.resolve(to)?;
                Ok(Decision { entries, room, folded: 0 })
            }
            Wish::Join { room, create } => deciding.join(&room, create),
            Wish::Leave { room } => deciding.leave(room.as_deref()),
            Wish::Rename { name } => deciding.rename(&name),
        }
    }

    /// A text as it is said, if it says anything and is not too long.
    pub(crate) fn check_text(&self, text: Cow<'_, str>) -> Result<String, Refusal> {
        let limit = self.rules.max_message;
        // Bytes first: counting characters takes longer.
        if text.len() > limit && text.chars().count() > limit {
            return Err(Refusal::too_long(limit));
        }
        if is_nothing(&text) {
            return Err(Refusal::empty());
        }
        Ok(legible(text))
    }
}

/// Somebody's wish, in front of the tables.
#[derive(Clone, Copy)]
struct Deciding<'a> {
    model: &'a Model,
    by: By<'a>,
    moment: Moment<'a>,
}

impl Deciding<'_> {
    // ---- what is said

    /// What was said is stored behind what its room still needs.
    fn append(
        self,
        mut entries: Vec<Entry>,
        (room, aim): (RoomId, Aim),
        body: Body,
    ) -> Result<Decision, Refusal> {
        let Model { people, membership, rules, .. } = self.model;
        let author = people.get(self.by.person).ok_or_else(Refusal::nobody)?;
        let Mentioned { people: mentions, folded } = match body.words().filter(|words| words.contains('@')) {
            Some(words) => mentioned(people, membership, words, room, rules.max_name),
            None => Mentioned::default(),
        };
        entries.push(Entry::Append(Append {
            room,
            aim,
            author: author.id(),
            author_name: author.name().to_owned(),
            key: self.by.key.map(str::to_owned),
            at: self.moment.at,
            body,
            mentions,
        }));
        Ok(Decision { entries, room, folded })
    }

    /// The room that something is said in, and what it needs before that: a private talk begins with its first message.
    fn resolve(self, to: To<'_>) -> Result<(Vec<Entry>, RoomId), Refusal> {
        let stranger = |name: &str| Refusal::no_such_person(name);
        let other = match to {
            To::Here => return self.call_back(self.by.person, self.by.here),
            To::Room(name) => {
                let room = self.model.room_of(self.by.person, &name)?;
                return self.call_back(self.by.person, room);
            }
            // Between the announcement of a picture and its bytes its sender may have left the room.
            To::Announced(id, _) => {
                return match self.model.rooms.get(id) {
                    Some(room)
                        if self.model.is_member(self.by.person, id) || room.kind() == RoomKind::Direct =>
                    {
                        self.call_back(self.by.person, id)
                    }
                    Some(room) => Err(Refusal::not_member(room.name())),
                    None => Err(Refusal::room_is_gone()),
                };
            }
            To::Person(id) => self.model.people.get(id).ok_or_else(|| stranger(&id.to_string()))?.id(),
            To::Named(name) => self.model.called(&name).ok_or_else(|| stranger(&name))?,
        };
        self.private_talk(self.by.person, other)
    }

    /// Whoever has left a private talk is in it again when the other speaks, unless they are gone for good.
    fn call_back(self, person: PersonId, room: RoomId) -> Result<(Vec<Entry>, RoomId), Refusal> {
        let partner = self.model.rooms.get(room).and_then(|room| room.partner_of(person));
        match partner.filter(|&partner| self.model.people.get(partner).is_some()) {
            Some(partner) => self.private_talk(person, partner),
            None => Ok((Vec::new(), room)),
        }
    }

    /// The room of two people, made if need be; whoever has left it is in it again.
    fn private_talk(self, one: PersonId, other: PersonId) -> Result<(Vec<Entry>, RoomId), Refusal> {
        if one == other {
            return Err(Refusal::new(Code::NoSuchPerson, "that is you"));
        }
        let name = direct_name(one, other);
        let mut entries = Vec::new();
        let (room, read) = match self.model.rooms.named(&name) {
            Some(room) => (room.id(), room.last()),
            None if self.talks_of(one).answered >= ANSWERED => {
                return Err(Refusal::too_many_rooms("you talk to too many people: leave some of the talks"));
            }
            None if self.talks_of(other).answered >= ANSWERED => {
                return Err(Refusal::room_full("they talk to too many people already"));
            }
            None => {
                entries.push(self.creation(RoomKind::Direct, name.clone(), name));
                (self.model.next_room, 0)
            }
        };
        for person in [one, other].into_iter().filter(|&person| !self.model.is_member(person, room)) {
            entries.extend(self.leave_unanswered(person));
            entries.push(Entry::Join { room, person, read });
        }
        Ok((entries, room))
    }

    /// So that there is room for one more talk.
    fn leave_unanswered(self, person: PersonId) -> impl Iterator<Item = Entry> {
        let unanswered = self.talks_of(person).unanswered;
        let too_many = (unanswered.len() + 1).saturating_sub(UNANSWERED);
        unanswered.into_iter().take(too_many).map(move |(_, room)| Entry::Leave { room, person })
    }

    fn talks_of(self, person: PersonId) -> Talks {
        let mut talks = Talks::default();
        for room in self.model.rooms_of(person).filter(|room| room.kind() == RoomKind::Direct) {
            match room.voices() {
                Voices::Several => talks.answered += 1,
                Voices::None | Voices::One(_) => {
                    let partner = room.partner_of(person).unwrap_or(person);
                    talks.unanswered.push((Reverse(partner), room.id()));
                }
            }
        }
        talks.unanswered.sort_unstable();
        talks
    }

    // ---- rooms

    fn join(self, name: &str, create: bool) -> Result<Decision, Refusal> {
        let person = self.model.people.get(self.by.person).ok_or_else(Refusal::nobody)?.id();
        let found = self.model.rooms.called(name);
        if let Some(room) = found.filter(|room| self.model.is_member(person, room.id())) {
            return Ok(Decision { entries: Vec::new(), room: room.id(), folded: 0 });
        }
        let joined = self.model.rooms_of(person).filter(|room| room.is_public()).count();
        if joined >= self.model.rules.max_rooms_per_person {
            return Err(Refusal::too_many_rooms(format!("you are in {joined} rooms: leave one first")));
        }
        // A private talk of others is answered like one that does not exist: nobody learns who talks to whom.
        let (mut entries, room, read) = match found.filter(|room| room.is_public()) {
            Some(room) if self.is_full(room) => {
                return Err(Refusal::room_full(format!("{} is full", room.name())));
            }
            Some(room) => (Vec::new(), room.id(), room.last()),
            None if create => (self.create(person, name)?, self.model.next_room, 0),
            None => return Err(Refusal::no_such_room(name)),
        };
        entries.push(Entry::Join { room, person, read });
        Ok(Decision { entries, room, folded: 0 })
    }

    fn is_full(self, room: &Room) -> bool {
        room.id() != self.model.lobby && self.model.members(room.id()).len() >= self.model.rules.max_members
    }

    /// A new room, which exists for others when it is on disk.
    fn create(self, maker: PersonId, name: &str) -> Result<Vec<Entry>, Refusal> {
        let name = names::check_room(name, self.model.rules.max_room_name).map_err(Refusal::bad_room_name)?;
        if self.model.rooms.count_made(maker) >= self.model.rules.max_rooms_per_person {
            let words = "you have made too many of the rooms that there are: empty ones are removed in time";
            return Err(Refusal::too_many_rooms(words));
        }
        if let Some(room) = self.model.rooms.like(&name.keys) {
            let words = format!("there is a room whose name looks like this one: {}", room.name());
            return Err(Refusal::bad_room_name(words));
        }
        let mut entries = Vec::new();
        if self.model.rooms.count_public() >= self.model.rules.max_rooms {
            entries.push(self.remove_an_empty_room()?);
        }
        entries.push(self.creation(RoomKind::Public, name.shown, name.keys.folded));
        Ok(entries)
    }

    /// The room that has been empty for longest gives way to a new one.
    fn remove_an_empty_room(self) -> Result<Entry, Refusal> {
        let removable = |room: &&Room| room.is_public() && room.id() != self.model.lobby;
        let oldest = self.model.rooms.empties().map(|(_, room)| room).find(removable);
        let oldest = oldest.ok_or_else(|| Refusal::too_many_rooms("there are too many rooms already"))?;
        Ok(Entry::Remove { room: oldest.id() })
    }

    /// What makes a room, with the next number.
    fn creation(self, kind: RoomKind, name: String, folded: String) -> Entry {
        Entry::Create {
            room: self.model.next_room,
            kind,
            name,
            folded,
            epoch: (self.moment.random)(),
            at: self.moment.at,
        }
    }

    fn leave(self, name: Option<&str>) -> Result<Decision, Refusal> {
        let room = name.map_or(Ok(self.by.here), |name| self.model.room_of(self.by.person, name))?;
        if room == self.model.lobby {
            return Err(Refusal::new(Code::CannotLeave, format!("nobody leaves the {LOBBY}")));
        }
        Ok(Decision { entries: vec![Entry::Leave { room, person: self.by.person }], room, folded: 0 })
    }

    // ---- names

    fn rename(self, wish: &str) -> Result<Decision, Refusal> {
        let name = names::check_person(wish, self.model.rules.max_name).map_err(Refusal::bad_name)?;
        let person = self.model.people.get(self.by.person).ok_or_else(Refusal::nobody)?;
        if person.is_renaming() {
            return Err(Refusal::busy("your last name is still on its way to the disk"));
        }
        if self.model.people.is_taken(&name.keys, Some(person.id())) {
            return Err(Refusal::name_taken());
        }
        let rename = Entry::Rename { person: person.id(), name: name.shown, folded: name.keys.folded };
        Ok(Decision { entries: vec![rename], room: self.by.here, folded: 0 })
    }
}
