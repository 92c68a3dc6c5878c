//! Whether a wish is granted, and the entries that carry it out. Nothing changes here.

use std::borrow::Cow;

use super::mentions::{Mentioned, mentioned};
use super::room::{Room, private_name};
use super::tables::{LOBBY, Model};
use crate::ask::{To, Wish};
use crate::history::{Act, Aim, Append, Body, Deed, Entry, Millis, PersonId, RoomId, RoomKind};
use crate::model::legible::{is_nothing, legible};
use crate::model::names;
use crate::refusal::{Code, Refusal};
use crate::token::Token;

/// Who wishes something, in which room they are, and under which id they said it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct By<'a> {
    pub person: PersonId,
    pub here: RoomId,
    pub key: Option<&'a str>,
    /// Of a bot: how it is called this time. Its own name stands behind it.
    pub alias: Option<&'a str>,
}

/// When it is, by the calendar; and a text that nobody can guess, or a key, if one is needed.
#[derive(Clone, Copy)]
pub(crate) struct Moment<'a> {
    pub at: Millis,
    pub random: &'a dyn Fn() -> String,
    /// A key.
    pub token: &'a dyn Fn() -> Token,
}

/// What is to be done, in this order. Nothing, if it is so already.
#[derive(Debug)]
pub(crate) struct Decision {
    pub entries: Vec<Entry>,
    /// The room that it is about.
    pub room: RoomId,
    /// Characters that were folded to see who is mentioned: it is work.
    pub folded: usize,
    /// What is told once to whoever has asked: the key of an invite or of a bot, a secret that was made.
    pub key: Option<String>,
}

impl Model {
    /// # Errors
    ///
    /// Why not, in words for whoever has asked.
    pub(crate) fn decide(&self, by: By<'_>, wish: Wish<'_>, moment: Moment<'_>) -> Result<Decision, Refusal> {
        let deciding = Deciding { model: self, by, moment, sees_all: false };
        deciding.check_welcome()?;
        if !matches!(wish, Wish::Rename { .. } | Wish::Act(_)) {
            deciding.check_named()?;
        }
        match wish {
            Wish::Say { to, text } => {
                let text = self.check_text(text)?;
                let aim = to.aim();
                let (entries, room) = deciding.resolve(to)?;
                deciding.say(entries, (room, aim), Body::Text(text))
            }
            Wish::Show { room, aim, picture, caption, bytes } => {
                deciding.check_seen(room)?;
                deciding.say(Vec::new(), (room, aim), Body::Picture { picture, caption, bytes })
            }
            Wish::TakeBack { room, offset } => {
                let room = deciding.governed(&room)?;
                deciding.take_back(room, offset)
            }
            Wish::Open { to } => {
                let (entries, room) = deciding.resolve(to)?;
                self.people.get(by.person).ok_or_else(Refusal::nobody)?;
                deciding.check_inside_as_bot(room)?;
                deciding.check_speaking(room)?;
                Ok(Decision { entries, room, folded: 0, key: None })
            }
            Wish::Join { room, is_private: true, .. } => deciding.join_private(&room),
            Wish::Join { room, create, .. } => deciding.join(&room, create),
            Wish::Leave { room } => deciding.leave(room.as_deref()),
            Wish::Rename { name } => deciding.rename(&name),
            Wish::SetLevel { room, level } => {
                let room = room.map_or(Ok(by.here), |room| self.room_of(by.person, &room))?;
                let entry = Entry::SetLevel { room, person: by.person, level };
                Ok(Decision { entries: vec![entry], room, folded: 0, key: None })
            }
            Wish::Act(intent) => deciding.act(intent),
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
pub(super) struct Deciding<'a> {
    pub(super) model: &'a Model,
    pub(super) by: By<'a>,
    pub(super) moment: Moment<'a>,
    /// On the admin page one sees that private rooms exist.
    pub(super) sees_all: bool,
}

impl Deciding<'_> {
    // ---- what is said

    /// If they may speak there, with these words.
    fn say(
        self,
        mut entries: Vec<Entry>,
        (room, aim): (RoomId, Aim),
        body: Body,
    ) -> Result<Decision, Refusal> {
        self.check_inside_as_bot(room)?;
        self.check_speaking(room)?;
        let (body, is_held) = self.judge(body, room)?;
        let (mut append, folded) = self.append((room, aim), body)?;
        let robot = self.robot_spoken_to(&entries, room).filter(|robot| !append.mentions.contains(robot));
        append.mentions.extend(robot);
        if is_held {
            append.call = None;
        } else if append.call.is_some() {
            self.check_call(room)?;
        }
        let (by, at, reason) = (Some(append.author), append.at, String::new());
        entries.push(match is_held {
            true => Entry::Act(Deed { by, at, reason, act: Act::Hold { said: Box::new(append) } }),
            false => Entry::Append(append),
        });
        Ok(Decision { entries, room, folded, key: None })
    }

    /// What they said themself, or what somebody else said if they may: whose it is, the disk knows.
    fn take_back(self, room: RoomId, target: u64) -> Result<Decision, Refusal> {
        let (append, folded) = self.append((room, Aim::There), Body::Deletion { target })?;
        Ok(Decision { entries: vec![Entry::Append(append)], room, folded, key: None })
    }

    fn append(self, (room, aim): (RoomId, Aim), body: Body) -> Result<(Append, usize), Refusal> {
        let Model { people, membership, rules, .. } = self.model;
        let author = people.get(self.by.person).ok_or_else(Refusal::nobody)?;
        let words = body.words().filter(|words| words.contains('@'));
        let listeners = (room, self.model.robot_in(room));
        let mentioned = words.map(|words| mentioned(people, membership, words, listeners, rules.max_name));
        let Mentioned { people: mentions, call, folded } = mentioned.unwrap_or_default();
        let append = Append {
            room,
            aim,
            author: author.id(),
            author_name: self.called_this_time(author),
            key: self.by.key.map(str::to_owned),
            at: self.moment.at,
            body,
            mentions,
            call: call.filter(|_| self.may_call(room)),
        };
        Ok((append, folded))
    }

    /// Whoever was put out of a private room while their picture was on its way does not know of it any more.
    fn check_seen(self, room: RoomId) -> Result<(), Refusal> {
        let is_private = self.model.rooms.get(room).is_some_and(Room::is_private);
        let hears = self.model.is_member(self.by.person, room) || self.is_robot();
        match is_private && !hears {
            true => Err(Refusal::room_is_gone()),
            false => Ok(()),
        }
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
                self.check_seen(id)?;
                if self.is_robot() {
                    self.check_inside_as_bot(id)?;
                    return self.call_back(self.by.person, id);
                }
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

    // ---- rooms

    fn join(self, name: &str, create: bool) -> Result<Decision, Refusal> {
        let person = self.model.people.get(self.by.person).ok_or_else(Refusal::nobody)?.id();
        if let Ok(room) = self.model.room_of(person, name) {
            return Ok(Decision { entries: Vec::new(), room, folded: 0, key: None });
        }
        self.check_no_bot("a bot is brought in by those who govern the room")?;
        self.check_joined(person)?;
        // What nobody may know of is answered like what does not exist: a private talk of others, a private room.
        let found = self.model.rooms.called(name).filter(|room| room.is_public());
        let (mut entries, room, read) = match found {
            Some(room) => {
                self.check_barred(room.id())?;
                self.check_full(room)?;
                (Vec::new(), room.id(), room.last())
            }
            None if create => (self.create(person, name)?, self.model.next_room()?, 0),
            None => return Err(Refusal::no_such_room(name)),
        };
        entries.push(Entry::Join { room, person, read });
        Ok(Decision { entries, room, folded: 0, key: None })
    }

    /// A new private room, whatever others are called.
    fn join_private(self, title: &str) -> Result<Decision, Refusal> {
        let person = self.model.people.get(self.by.person).ok_or_else(Refusal::nobody)?.id();
        self.check_no_bot("a bot makes no rooms")?;
        self.check_joined(person)?;
        self.check_heard()?;
        let title = self.check_room_name(title)?.shown;
        self.check_made(person)?;
        self.check_private_rooms()?;
        let (room, read) = (self.model.next_room()?, 0);
        let key = private_name(room);
        let entries = vec![
            self.creation(RoomKind::Private, (key.clone(), (key, None)), Some((person, Some(title))))?,
            Entry::Join { room, person, read },
        ];
        Ok(Decision { entries, room, folded: 0, key: None })
    }

    /// Rooms that somebody is in, without their private talks.
    pub(super) fn joined(self, person: PersonId) -> usize {
        self.model.rooms_of(person).filter(|room| room.kind() != RoomKind::Direct).count()
    }

    pub(super) fn check_joined(self, person: PersonId) -> Result<(), Refusal> {
        let joined = self.joined(person);
        match joined < self.model.rules.max_rooms_per_person {
            true => Ok(()),
            false => Err(Refusal::too_many_rooms(format!("you are in {joined} rooms: leave one first"))),
        }
    }

    fn check_made(self, maker: PersonId) -> Result<(), Refusal> {
        if self.model.rooms.count_made(maker) >= self.model.rules.max_rooms_per_person {
            let words = "you have made too many of the rooms that there are: empty ones are removed in time";
            return Err(Refusal::too_many_rooms(words));
        }
        Ok(())
    }

    pub(super) fn is_full(self, room: &Room) -> bool {
        room.id() != self.model.lobby && self.model.members(room.id()).len() >= self.model.rules.max_members
    }

    /// A new room, which exists for others when it is on disk.
    fn create(self, maker: PersonId, name: &str) -> Result<Vec<Entry>, Refusal> {
        self.check_heard()?;
        let name = self.check_room_name(name)?;
        self.check_made(maker)?;
        if let Some(room) = self.model.rooms.like(&name.keys, None) {
            let words = format!("there is a room whose name looks like this one: {}", room.name());
            return Err(Refusal::bad_room_name(words));
        }
        let mut entries = Vec::new();
        if self.model.rooms.count_public() >= self.model.rules.max_rooms {
            entries.push(self.remove_an_empty_room()?);
        }
        entries.push(self.creation(
            RoomKind::Public,
            (name.shown, name.keys.split()),
            Some((maker, None)),
        )?);
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
    pub(super) fn creation(
        self,
        kind: RoomKind,
        (name, (folded, look)): (String, (String, Option<String>)),
        made: Option<(PersonId, Option<String>)>,
    ) -> Result<Entry, Refusal> {
        let (maker, title) = made.unzip();
        Ok(Entry::Create {
            room: self.model.next_room()?,
            kind,
            name,
            folded,
            look,
            epoch: (self.moment.random)(),
            at: self.moment.at,
            maker,
            title: title.flatten(),
        })
    }

    fn leave(self, name: Option<&str>) -> Result<Decision, Refusal> {
        let room = name.map_or(Ok(self.by.here), |name| self.model.room_of(self.by.person, name))?;
        if room == self.model.lobby {
            return Err(Refusal::new(Code::CannotLeave, format!("nobody leaves the {LOBBY}")));
        }
        let leave = Entry::Leave { room, person: self.by.person };
        Ok(Decision { entries: vec![leave], room, folded: 0, key: None })
    }

    // ---- names

    fn rename(self, wish: &str) -> Result<Decision, Refusal> {
        self.check_no_bot("a bot keeps its name")?;
        self.check_heard()?;
        let name = names::check_person(wish, self.model.rules.max_name).map_err(Refusal::bad_name)?;
        let person = self.model.people.get(self.by.person).ok_or_else(Refusal::nobody)?;
        if person.is_renaming() {
            return Err(Refusal::busy("your last name is still on its way to the disk"));
        }
        if self.model.people.is_taken(&name.keys, Some(person.id())) {
            return Err(Refusal::name_taken());
        }
        self.model.check_words(&name.shown)?;
        let (folded, look) = name.keys.split();
        let rename = Entry::Rename { person: person.id(), name: name.shown, folded, look };
        Ok(Decision { entries: vec![rename], room: self.by.here, folded: 0, key: None })
    }
}
