//! Telling: answers to one, news to many, in JSON and in words.

use pollcat::{Delivery, Outgoing, PeerId, Peers};

use crate::arrivals::user;
use crate::catch_up::cut;
use crate::chat::{Chat, now};
use crate::console::{self, Place, notice};
use crate::cost::{COMPRESSED, Cost};
use crate::history::{PersonId, RoomId, RoomKind};
use crate::membership::Move;
use crate::people::{Membership, Person};
use crate::rooms::{Room, direct_partner};
use crate::sessions::Voice;
use crate::tickets::{Asker, No};
use crate::wire::{Code, Moved, RoomState, SERVER, Told, User, json};

/// What a text client is told of a room's past.
const RECENT_LINES: usize = 10;

impl Chat {
    // ---- to one

    /// Tells a client why not.
    pub(crate) fn refuse(&mut self, peers: &mut Peers, asker: &Asker, no: No) {
        let Some(session) = self.sessions.get_mut(asker.peer) else {
            return;
        };
        let No { code, words, retry_after } = no;
        log::debug!("{} refused: {code:?}", asker.peer);
        if session.voice == Voice::Json {
            let id = asker.id.as_deref();
            let error = Told::Error { msg_source: SERVER, id, code, msg: &words, retry_after };
            peers.send(asker.peer, &json(&error));
        } else {
            self.tell_line(peers, asker.peer, &crate::console::notice(&words));
        }
        if code == Code::RateLimited {
            self.lose_patience(peers, asker.peer);
        }
    }

    /// Tells a client that speaks JSON that something was done, if it wants to know.
    pub(crate) fn acknowledge(&self, peers: &mut Peers, asker: &Asker) {
        if let Some(id) = asker.id.as_deref() {
            let ack = Told::Ack { id, room: None, offset: None, msg_time: None, repeated: false };
            peers.send(asker.peer, &json(&ack));
        }
    }

    /// An answer of any length: it is charged by that.
    pub(crate) fn answer(&mut self, peers: &mut Peers, to: PeerId, text: &str) {
        self.charge(to, Cost::answered(text.len()));
        send_answer(peers, to, text);
    }

    /// A line for one text client.
    pub(crate) fn tell_line(&self, peers: &mut Peers, to: PeerId, line: &str) {
        match self.sessions.get(to).map(|session| session.voice) {
            Some(Voice::Text) => drop(peers.send(to, quick(line))),
            Some(Voice::Html) => drop(peers.send(to, quick(&crate::console::as_html(line)))),
            Some(Voice::Json) | None => {}
        }
    }

    pub(crate) fn tell_entered(&mut self, peers: &mut Peers, peer: PeerId, room: RoomId, person: PersonId) {
        let Some(place) = self.rooms.get(room) else {
            return;
        };
        let others = self.list_members(room, Some(person));
        self.tell_line(
            peers,
            peer,
            &notice(&format!("you are in {}; {others}", self.title(place, Some(person)))),
        );
        self.tell_recent(peers, peer, room);
    }

    /// The last lines of a room, for a text client: few of them if they are long.
    pub(crate) fn tell_recent(&mut self, peers: &mut Peers, peer: PeerId, room: RoomId) {
        let Some(place) = self.rooms.get(room) else {
            return;
        };
        let latest = place.recent.iter().rev().take(RECENT_LINES);
        let lines = latest.filter_map(|event| self.console.line(event, Place::Here, now()));
        let (lines, _) = cut(lines, RECENT_LINES, COMPRESSED, String::len);
        lines.iter().rev().for_each(|line| self.tell_line(peers, peer, line));
        self.charge(peer, Cost::answered(lines.iter().map(String::len).sum()));
    }

    // ---- to many

    /// The members of a room hear that somebody has joined it or left it. Private talks have no such news.
    pub(crate) fn tell_moved(&self, peers: &mut Peers, person: PersonId, room: RoomId, to: Move) {
        let (Some(place), Some(member)) = (self.rooms.get(room), self.people.get(person)) else {
            return;
        };
        if place.kind == RoomKind::Direct && to == Move::In {
            return;
        }
        let verb = if to == Move::In { "joined" } else { "left" };
        let members = match to {
            Move::In => place.members.len(),
            Move::Out => place.members.len().saturating_sub(1),
        };
        let msg = format!("{} {verb} {}", member.name, place.name);
        let moved = Moved { msg_source: SERVER, msg: &msg, room: &place.name, user: user(member), members };
        let told = if to == Move::In { Told::Joined(moved) } else { Told::Left(moved) };
        let told = json(&told);
        if self.is_crowd(room) {
            // It hears its numbers; but their own windows have to know that they are in it no more.
            return self.windows_of(person).filter(|_| to == Move::Out).for_each(|peer| {
                peers.send(peer, &told);
            });
        }
        peers.publish(place.news(), &told);
        if place.kind == RoomKind::Public {
            self.tell_notice(peers, place, &format!("{} {verb}", member.name));
        }
    }

    /// Words of the server for the text clients of a room that is no crowd: there they would read nothing else.
    fn tell_notice(&self, peers: &mut Peers, room: &Room, words: &str) {
        self.publish_line(peers, room, true, None, || Some(notice(words)));
        let elsewhere = || Some(notice(&format!("[{}] {words}", room.name)));
        self.publish_line(peers, room, false, None, elsewhere);
    }

    /// Words about a person, for the text clients who are in a room with them: so each reads them once, whatever
    /// other rooms they share.
    pub(crate) fn tell_company(
        &self,
        peers: &mut Peers,
        person: &Person,
        except: Option<PeerId>,
        words: &str,
    ) {
        let rooms = person.rooms.keys().filter_map(|&room| self.rooms.get(room));
        for room in rooms.filter(|room| !self.is_crowd(room.id)) {
            self.publish_line(peers, room, true, except, || Some(notice(words)));
        }
    }

    /// A line for the text clients of a room: for those who are there, or for those who are elsewhere.
    pub(crate) fn publish_line(
        &self,
        peers: &mut Peers,
        room: &Room,
        here: bool,
        except: Option<PeerId>,
        line: impl FnOnce() -> Option<String>,
    ) {
        let is_heard = |voice: &Voice| peers.subscribers(room.topic(*voice, here)) > 0;
        let voices: Vec<Voice> = [Voice::Text, Voice::Html].into_iter().filter(is_heard).collect();
        let Some(line) = (!voices.is_empty()).then(line).flatten() else {
            return;
        };
        for voice in voices {
            let html = (voice == Voice::Html).then(|| console::as_html(&line));
            let line = html.as_ref().unwrap_or(&line);
            match except {
                Some(peer) => peers.publish_from(peer, room.topic(voice, here), quick(line)),
                None => peers.publish(room.topic(voice, here), quick(line)),
            }
        }
    }

    pub(crate) fn tell_room_state(&self, peers: &mut Peers, peer: PeerId, id: Option<&str>, room: RoomId) {
        let person = self.sessions.get(peer).filter(|session| session.voice == Voice::Json);
        let person = person.and_then(|session| session.person()).and_then(|id| self.people.get(id));
        if let (Some(place), Some(person)) = (self.rooms.get(room), person) {
            peers.send(peer, &json(&Told::Room { id, room: self.room_state(place, person) }));
        }
    }

    /// A room, as one of its members sees it.
    pub(crate) fn room_state<'a>(&'a self, room: &'a Room, person: &Person) -> RoomState<'a> {
        let unread = Membership { read: room.last, mentions: Vec::new() };
        let membership = person.rooms.get(&room.id).unwrap_or(&unread);
        let with = (room.kind == RoomKind::Direct).then(|| direct_partner(&room.name, person.id)).flatten();
        RoomState {
            room: &room.name,
            kind: if room.kind == RoomKind::Public { "room" } else { "direct" },
            with: with.map(|id| {
                let online = self.people.get(id).is_some_and(|partner| partner.is_here());
                User { id, name: self.people.name_of(id), online: Some(online) }
            }),
            epoch: &room.epoch,
            first: room.first,
            offset: room.last,
            members: room.members.len(),
            here: self.is_crowd(room.id).then(|| room.members.count_here()),
            crowd: self.is_crowd(room.id),
            read: membership.read,
            unread: room.unread(membership.read),
            mentions: membership.mentions.len(),
        }
    }

    // ---- words

    pub(crate) fn is_text(&self, peer: PeerId) -> bool {
        self.sessions.get(peer).is_some_and(|session| session.voice != Voice::Json)
    }

    /// What people call a room.
    pub(crate) fn title<'a>(&'a self, room: &'a Room, reader: Option<PersonId>) -> &'a str {
        match reader.and_then(|reader| direct_partner(&room.name, reader)) {
            Some(partner) => self.people.name_of(partner),
            None if room.kind == RoomKind::Direct => "a private talk",
            None => &room.name,
        }
    }
}

pub(crate) fn send_answer(peers: &mut Peers, to: PeerId, text: &str) -> Delivery {
    peers.send(to, quick(text))
}

/// A text of any length is compressed only if that is quick.
pub(crate) fn quick(text: &str) -> Outgoing<'_> {
    let message = Outgoing::from(text);
    if text.len() > COMPRESSED { message.uncompressed() } else { message }
}
