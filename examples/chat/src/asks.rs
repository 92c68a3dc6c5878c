//! Requests: what a client wants is checked against the tables, and done, asked of the history, or refused.

use std::borrow::Cow;

use pollcat::{PeerId, Peers};

use crate::arrivals::bad_name;
use crate::catch_up::{PAGE, latest};
use crate::charges::SHORT;
use crate::chat::{Chat, ticks};
use crate::command::Command;
use crate::console::{self, notice};
use crate::cost::{Cost, MESSAGE, price};
use crate::history::{Aim, Append, Body, Entry, Offset, PersonId, Read, RoomId};
use crate::legible::{is_nothing, legible};
use crate::membership::{gone_room, no_such_room, nobody, not_member};
use crate::mentions::mentioned;
use crate::names;
use crate::people::Membership;
use crate::sessions::{Announced, Voice};
use crate::tickets::{Asker, No, Ticket};
use crate::wire::{Ask, Code, To, Told, json, longest_request};

/// Somebody is said to be typing at most this often, in milliseconds.
const TYPING: i64 = 2_000;
/// The longest text to search for, in characters.
const LONGEST_QUERY: usize = 100;

impl Chat {
    /// A request of a JSON client; or what was wrong with it, which costs as much.
    pub(crate) fn carry_out(
        &mut self,
        peers: &mut Peers,
        asker: &Asker,
        asked: Result<Ask<'_>, No>,
    ) -> Result<(), No> {
        let is_new = self.is_new(asker.peer);
        match asked {
            Ok(Ask::Hello(hello)) if is_new => return self.greet(peers, asker, hello),
            _ if is_new => self.greet_guest(peers, asker)?,
            _ => {}
        }
        let Some(person) = self.sessions.get(asker.peer).and_then(|session| session.person()) else {
            return Ok(()); // it was turned away
        };
        if matches!(asked, Ok(Ask::Picture { .. })) {
            self.expect_no_picture(peers, asker.peer);
        }
        self.take_pace(asker.peer, asked.as_ref().map_or(MESSAGE, price))?;
        match asked? {
            Ask::Hello(_) => Err(No::new(Code::BadField, "you have said hello already")),
            Ask::Message { to, text } => {
                let text = self.check_text(text)?;
                let aim = aim(&to);
                let room = self.resolve(asker.peer, person, to)?;
                self.say(asker, person, (room, aim), Body::Text(text))
            }
            Ask::Picture { to, caption, size } => self.announce(asker, person, to, &caption, size),
            Ask::Delete { room, offset } => {
                let room = self.room_of(person, &room)?;
                self.say(asker, person, (room, Aim::There), Body::Deletion { target: offset })
            }
            Ask::Typing { room } => {
                let room = self.room_of(person, &room)?;
                self.tell_typing(peers, asker, person, room);
                Ok(())
            }
            Ask::Rooms { after } => {
                self.tell_rooms(peers, asker, person, &after.unwrap_or_default());
                Ok(())
            }
            Ask::Join { room, create } => self.join(peers, asker, person, &room, create),
            Ask::Leave { room } => {
                let room = self.room_of(person, &room)?;
                self.leave(asker, person, room)
            }
            Ask::Who(who) => {
                let room = self.room_of(person, &who.room)?;
                self.tell_who(peers, asker, room, &who)
            }
            Ask::Watch { people } => self.watch(peers, asker, people),
            Ask::Page { room, before, limit } => {
                let room = self.room_of(person, &room)?;
                let limit = limit.map_or(PAGE, |limit| (limit as usize).clamp(1, PAGE));
                self.tell_page(peers, asker, room, before, limit)
            }
            Ask::Read { room, offset } => {
                let room = self.room_of(person, &room)?;
                self.mark_read(peers, asker, person, room, offset);
                Ok(())
            }
            Ask::Search { query, room, before } => {
                let room = room.map(|room| self.room_of(person, &room)).transpose()?;
                self.search(asker, person, &query, room, before)
            }
            Ask::Name { name } => self.rename(asker, &name),
            Ask::Ping => {
                peers.send(asker.peer, &json(&Told::Pong { id: asker.id.as_deref() }));
                Ok(())
            }
        }
    }

    /// A line of a text client.
    pub(crate) fn hear_line(&mut self, peers: &mut Peers, from: PeerId, line: &str) {
        let asker = Asker { peer: from, id: None };
        let outcome = self.carry_out_line(peers, &asker, line);
        self.conclude(peers, &asker, outcome);
    }

    fn carry_out_line(&mut self, peers: &mut Peers, asker: &Asker, line: &str) -> Result<(), No> {
        let Some(person) = self.sessions.get(asker.peer).and_then(|session| session.person()) else {
            return Ok(());
        };
        if line.len() <= SHORT && is_nothing(line) {
            return Ok(()); // not forwarded, and no reason to complain
        }
        self.take_parsing(asker.peer, line.len())?;
        self.take_pace(asker.peer, MESSAGE)?;
        // With a command before it, a text may be a little longer than a message.
        if line.len() > longest_request(self.settings.max_message) {
            return Err(self.too_long());
        }
        let is_somebody = |name: &str| self.people.named(&names::fold_person(name)).is_some();
        let command = Command::parse(line, self.settings.max_name, is_somebody);
        let here = self.sessions.get(asker.peer).map_or(self.lobby, |session| session.room);
        let usage = |words: String| Err(No::new(Code::BadField, words));
        match command {
            Command::Say(text) => {
                let text = self.check_text(text.into())?;
                let room = self.call_back(person, here)?;
                self.say(asker, person, (room, Aim::Here), Body::Text(text))
            }
            Command::Nick(name) => self.rename(asker, name),
            Command::Join(room) => self.join(peers, asker, person, room, true),
            Command::Leave(room) => {
                let room = room.map_or(Ok(here), |room| self.room_of(person, room))?;
                self.leave(asker, person, room)
            }
            Command::Rooms => {
                self.tell_rooms(peers, asker, person, "");
                Ok(())
            }
            Command::Who => {
                self.tell_who_in_words(peers, asker, here);
                Ok(())
            }
            Command::Msg { to, text } => {
                let text = self.check_text(text.into())?;
                let room = self.resolve(asker.peer, person, To::Named(to.into()))?;
                self.say(asker, person, (room, Aim::There), Body::Text(text))
            }
            Command::Echo(on) => {
                self.sessions.get_mut(asker.peer).into_iter().for_each(|session| session.echo = on);
                let words = if on { "you hear what you say" } else { "you no longer hear what you say" };
                self.tell_line(peers, asker.peer, &notice(words));
                Ok(())
            }
            Command::Help => {
                self.tell_line(peers, asker.peer, &console::help());
                Ok(())
            }
            Command::Usage(form) => usage(format!("it is {form}")),
            Command::Unknown(word) => {
                let word: String = word.chars().take(32).collect();
                usage(format!("there is no /{word}; /help lists what there is"))
            }
        }
    }

    // ---- checks

    /// A text as it is said, if it says anything and is not too long.
    fn check_text(&self, text: Cow<'_, str>) -> Result<String, No> {
        let limit = self.settings.max_message;
        // Bytes first: counting characters takes longer.
        if text.len() > limit && text.chars().count() > limit {
            return Err(self.too_long());
        }
        if is_nothing(&text) {
            return Err(No::new(Code::Empty, "there is nothing in this message"));
        }
        Ok(legible(text))
    }

    fn too_long(&self) -> No {
        No::new(Code::TooLong, format!("a message has at most {} characters", self.settings.max_message))
    }

    /// A room that the person is a member of.
    pub(crate) fn room_of(&self, person: PersonId, name: &str) -> Result<RoomId, No> {
        let Some(room) = self.rooms.called(name) else {
            return Err(no_such_room(name));
        };
        let is_member = self.people.get(person).is_some_and(|person| person.rooms.contains_key(&room.id));
        // Nobody learns who talks to whom.
        match is_member {
            true => Ok(room.id),
            false if room.name.starts_with('@') => Err(no_such_room(name)),
            false => Err(not_member(room)),
        }
    }

    /// The room that a message goes to. A private talk begins with its first message.
    pub(crate) fn resolve(&mut self, peer: PeerId, person: PersonId, to: To<'_>) -> Result<RoomId, No> {
        let stranger = |name: &str| {
            let name: String = name.chars().take(64).collect();
            No::new(Code::NoSuchPerson, format!("there is nobody called `{name}`"))
        };
        let other = match to {
            To::Here => {
                let here = self.sessions.get(peer).map_or(self.lobby, |session| session.room);
                return self.call_back(person, here);
            }
            To::Room(name) => {
                let room = self.room_of(person, &name)?;
                return self.call_back(person, room);
            }
            To::Person(id) => self.people.get(id).ok_or_else(|| stranger(&id.to_string()))?.id,
            To::Named(name) => {
                self.people.named(&names::fold_person(&name)).ok_or_else(|| stranger(&name))?
            }
        };
        self.private_talk(person, other)
    }

    // ---- what is asked

    pub(crate) fn rename(&mut self, asker: &Asker, wish: &str) -> Result<(), No> {
        let id = self.sessions.get(asker.peer).and_then(|session| session.person()).ok_or_else(nobody)?;
        let name = names::check_person(wish, self.settings.max_name).map_err(bad_name)?;
        let person = self.people.get(id).ok_or_else(nobody)?;
        if person.is_renaming() {
            return Err(No::new(Code::Busy, "your last name is still on its way to the disk"));
        }
        if self.people.is_taken(&name.keys, Some(id)) {
            return Err(taken());
        }
        let rename = Entry::Rename { person: id, name: name.shown, folded: name.keys.folded.clone() };
        self.store(rename, Ticket::Renamed(asker.clone()))?;
        self.people.reserve(id, &name.keys);
        Ok(())
    }

    /// Until all is well with an announcement, the bytes that follow it are nobody's. A picture that was announced
    /// before, and has not come, is answered.
    pub(crate) fn expect_no_picture(&mut self, peers: &mut Peers, peer: PeerId) {
        let nothing = Announced { id: None, room: Err(()), caption: String::new() };
        let Some(session) = self.sessions.get_mut(peer) else {
            return;
        };
        if let Some(Announced { id, room: Ok(_), .. }) = session.announced.replace(nothing) {
            let no = No::new(Code::BadPicture, "no picture came, but another announcement");
            self.refuse(peers, &Asker { peer, id }, no);
        }
    }

    fn announce(
        &mut self,
        asker: &Asker,
        person: PersonId,
        to: To<'_>,
        caption: &str,
        size: Option<u64>,
    ) -> Result<(), No> {
        let limit = self.settings.max_picture as u64;
        if size.is_some_and(|size| size > limit) {
            return Err(crate::speech::too_large(limit));
        }
        let caption = match self.check_text(caption.trim().into()) {
            Err(No { code: Code::Empty, .. }) => String::new(),
            checked => checked?,
        };
        let aim = aim(&to);
        let room = Ok((self.resolve(asker.peer, person, to)?, aim));
        if let Some(session) = self.sessions.get_mut(asker.peer) {
            session.announced = Some(Announced { id: asker.id.clone(), room, caption });
        }
        Ok(())
    }

    fn tell_typing(&mut self, peers: &mut Peers, asker: &Asker, id: PersonId, room: RoomId) {
        let now = ticks();
        let last = self.typing.insert((id, room), now);
        let too_soon = last.filter(|last| now - last < TYPING);
        if let Some(last) = too_soon {
            self.typing.insert((id, room), last);
        } else if let (Some(person), Some(place)) = (self.people.get(id), self.rooms.get(room))
            && !self.is_crowd(room)
        {
            let told = Told::Typing { room: &place.name, user: crate::arrivals::user(person) };
            peers.publish_from(asker.peer, place.news(), &json(&told));
            let cost = Cost::told(peers.subscribers(place.news()));
            self.charge(asker.peer, cost);
        }
        self.acknowledge(peers, asker);
    }

    fn tell_page(
        &mut self,
        peers: &mut Peers,
        asker: &Asker,
        room: RoomId,
        before: Option<Offset>,
        limit: usize,
    ) -> Result<(), No> {
        let place = self.rooms.get(room).ok_or_else(gone_room)?;
        let told = place.before(before, limit).map(|events| {
            let events = latest(events);
            let more = events.first().is_some_and(|event| event.offset() > place.first);
            let id = asker.id.as_deref();
            json(&Told::Page { id, room: &place.name, epoch: &place.epoch, events, more })
        });
        if let Some(told) = told {
            self.answer(peers, asker.peer, &told);
            return Ok(());
        }
        self.fetch(Read::Before { room, before, limit }, Ticket::Page { asker: asker.clone(), room })
    }

    fn mark_read(&mut self, peers: &mut Peers, asker: &Asker, id: PersonId, room: RoomId, offset: Offset) {
        let (Some(place), Some(person)) = (self.rooms.get(room), self.people.get_mut(id)) else {
            return;
        };
        if let Some(membership) = person.rooms.get_mut(&room) {
            let before = membership.read;
            membership.mark_read(offset.min(place.last));
            if membership.read > before {
                let Membership { read, mentions } = membership;
                let (offset, unread, mentions) = (*read, place.unread(*read), mentions.len());
                let told = json(&Told::Read { room: &place.name, offset, unread, mentions });
                for &peer in person.connections.iter().filter(|&&peer| peer != asker.peer) {
                    if self.sessions.get(peer).is_some_and(|session| session.voice == Voice::Json) {
                        peers.send(peer, &told);
                    }
                }
                let windows = person.connections.len();
                self.unsaved.insert((id, room));
                self.charge(asker.peer, Cost::told(windows));
            }
        }
        self.acknowledge(peers, asker);
    }

    fn search(
        &mut self,
        asker: &Asker,
        person: PersonId,
        query: &str,
        room: Option<RoomId>,
        before: Option<u64>,
    ) -> Result<(), No> {
        let text = query.trim();
        if text.is_empty() || text.chars().count() > LONGEST_QUERY {
            let words = format!("`query` has 1 to {LONGEST_QUERY} characters");
            return Err(No::new(Code::BadField, words));
        }
        let person = self.people.get(person).ok_or_else(nobody)?;
        let rooms = room.map_or_else(|| person.rooms.keys().copied().collect(), |room| vec![room]);
        let read = Read::Search { rooms, text: text.to_owned(), before, limit: PAGE };
        self.fetch(read, Ticket::Found { asker: asker.clone(), query: text.to_owned() })
    }

    /// What an append is made of; everything but the body is the server's own knowledge.
    pub(crate) fn append(
        &mut self,
        asker: &Asker,
        person: PersonId,
        (room, aim): (RoomId, Aim),
        body: Body,
    ) -> Option<Append> {
        let author_name = self.people.get(person)?.name.clone();
        let mentions = match &body {
            Body::Text(text) | Body::Picture { caption: text, .. } if text.contains('@') => {
                let mentioned = mentioned(&self.people, text, room, self.settings.max_name);
                self.charge(asker.peer, Cost::folded(mentioned.folded));
                mentioned.people
            }
            _ => Vec::new(),
        };
        let key = asker.id.clone();
        Some(Append { room, aim, author: person, author_name, key, at: self.calendar.now(), body, mentions })
    }
}

fn aim(to: &To<'_>) -> Aim {
    if matches!(to, To::Here) { Aim::Here } else { Aim::There }
}

pub(crate) fn taken() -> No {
    No::new(Code::NameTaken, "somebody else has this name, or one that looks like it")
}
