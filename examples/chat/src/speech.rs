//! What is said: messages, private talks, pictures, and taking something back.

use std::cmp::Reverse;
use std::sync::Arc;

use pollcat::{PeerId, Peers};

use crate::chat::{Chat, now, told};
use crate::console::Place;
use crate::cost::{Cost, picture_price};
use crate::history::{
    Aim, Append, Body, Entry, Event, Millis, Offset, PersonId, Picture, RoomId, RoomKind, Voices, What,
};
use crate::membership::{gone_room, nobody, not_member};
use crate::picture;
use crate::rooms::{Room, direct_name, direct_partner};
use crate::sessions::Voice;
use crate::telling::quick;
use crate::tickets::{Asker, No, Ticket};
use crate::wire::{Code, Told, json};

/// Private talks in which both have spoken, before somebody can begin another.
const ANSWERED: usize = 1_000;
/// Talks in which only one has spoken. Of more than these, those with the newest people are left: strangers who come by the
/// hundred push each other out, and nobody whom the chat knew before them.
const UNANSWERED: usize = 100;

/// The private talks of one person.
#[derive(Default)]
struct Talks {
    answered: usize,
    /// With whom, those first who came last.
    unanswered: Vec<(Reverse<PersonId>, RoomId)>,
}

impl Chat {
    /// On its way to the disk; nobody hears of it before it is there.
    pub(crate) fn say(
        &mut self,
        asker: &Asker,
        person: PersonId,
        room: (RoomId, Aim),
        body: Body,
    ) -> Result<(), No> {
        let append = self.append(asker, person, room, body).ok_or_else(nobody)?;
        self.store(Entry::Append(append), Ticket::Said(asker.clone()))
    }

    /// The room of two people, made if need be; whoever has left it is in it again.
    pub(crate) fn private_talk(&mut self, one: PersonId, other: PersonId) -> Result<RoomId, No> {
        if one == other {
            return Err(No::new(Code::NoSuchPerson, "that is you"));
        }
        let name = direct_name(one, other);
        let (room, missing, last) = match self.rooms.named(&name) {
            Some(room) => {
                let is_in =
                    |person| self.people.get(person).is_some_and(|it| it.rooms.contains_key(&room.id));
                let missing = [one, other].map(|person| !is_in(person));
                (room.id, missing, room.last)
            }
            None if self.talks_of(one).answered >= ANSWERED => {
                return Err(No::new(
                    Code::TooManyRooms,
                    "you talk to too many people: leave some of the talks",
                ));
            }
            None if self.talks_of(other).answered >= ANSWERED => {
                return Err(No::new(Code::RoomFull, "they talk to too many people already"));
            }
            None => (self.create_pending(RoomKind::Direct, name.clone(), name, None)?, [true, true], 0),
        };
        for (person, is_missing) in [one, other].into_iter().zip(missing) {
            if is_missing {
                self.leave_unanswered(person)?;
                self.store(Entry::Join { room, person, read: last }, Ticket::Joined(None))?;
            }
        }
        Ok(room)
    }

    /// So that there is room for one more talk.
    fn leave_unanswered(&mut self, person: PersonId) -> Result<(), No> {
        let unanswered = self.talks_of(person).unanswered;
        let too_many = (unanswered.len() + 1).saturating_sub(UNANSWERED);
        for (_, room) in unanswered.into_iter().take(too_many) {
            self.store(Entry::Leave { room, person }, Ticket::Left(None))?;
        }
        Ok(())
    }

    fn talks_of(&self, person: PersonId) -> Talks {
        let rooms = self.people.get(person).into_iter().flat_map(|person| person.rooms.keys());
        let mut talks = Talks::default();
        for room in rooms.filter_map(|&room| self.rooms.get(room)) {
            match (room.kind, room.voices) {
                (RoomKind::Public, _) => {}
                (RoomKind::Direct, Voices::Several) => talks.answered += 1,
                (RoomKind::Direct, _) => {
                    talks
                        .unanswered
                        .push((Reverse(direct_partner(&room.name, person).unwrap_or(person)), room.id));
                }
            }
        }
        talks.unanswered.sort_unstable();
        talks
    }

    /// Whoever has left a private talk is in it again when the other speaks, unless they are gone for good.
    pub(crate) fn call_back(&mut self, person: PersonId, room: RoomId) -> Result<RoomId, No> {
        let partner = self.rooms.get(room).and_then(|room| direct_partner(&room.name, person));
        match partner.filter(|&partner| self.people.get(partner).is_some()) {
            Some(partner) => self.private_talk(person, partner),
            None => Ok(room),
        }
    }

    /// The bytes of a picture. Announced or not, it is judged by what it is.
    pub(crate) fn hear_picture(&mut self, peers: &mut Peers, from: PeerId, bytes: &[u8]) {
        let announced = self.sessions.get_mut(from).and_then(|session| session.announced.take());
        let (id, room, caption) = match announced {
            Some(announced) => (announced.id, Some(announced.room), announced.caption),
            None => (None, None, String::new()),
        };
        if room == Some(Err(())) {
            return; // the announcement was answered
        }
        let asker = Asker { peer: from, id };
        let outcome = self.take_picture(peers, &asker, room.and_then(Result::ok), caption, bytes);
        self.conclude(peers, &asker, outcome);
    }

    fn take_picture(
        &mut self,
        peers: &mut Peers,
        asker: &Asker,
        room: Option<(RoomId, Aim)>,
        caption: String,
        bytes: &[u8],
    ) -> Result<(), No> {
        if self.sessions.get(asker.peer).is_some_and(|session| session.person().is_none()) {
            self.greet_guest(peers, asker)?;
        }
        let Some(session) = self.sessions.get(asker.peer) else {
            return Ok(());
        };
        let (room, aim) = room.unwrap_or((session.room, Aim::Here));
        let person = session.person().ok_or_else(nobody)?;
        let room = self.still_there(person, room)?;
        self.take_pace(asker.peer, picture_price(bytes.len()))?;
        if bytes.len() as u64 > self.settings.max_picture as u64 {
            return Err(too_large(self.settings.max_picture as u64));
        }
        let id = picture::new_id().map_err(|error| No::new(Code::Storage, error.to_string()))?;
        let shown = picture::examine(bytes).map_err(|fault| No::new(Code::BadPicture, fault.to_string()))?;
        let bytes: Arc<[u8]> = Arc::from(shown.bytes);
        let picture = Picture {
            id: format!("{id}.{}", shown.extension),
            media_type: shown.media_type,
            width: shown.width,
            height: shown.height,
            size: bytes.len() as u64,
        };
        self.say(asker, person, (room, aim), Body::Picture { picture, caption, bytes })
    }

    /// Between the announcement of a picture and its bytes its sender may have left the room.
    fn still_there(&mut self, person: PersonId, room: RoomId) -> Result<RoomId, No> {
        let is_member = self.people.get(person).is_some_and(|person| person.rooms.contains_key(&room));
        match self.rooms.get(room) {
            Some(place) if is_member || place.kind == RoomKind::Direct => self.call_back(person, room),
            Some(place) => Err(not_member(place)),
            None => Err(gone_room()),
        }
    }

    // ---- what is on disk now

    /// It was said: everybody concerned hears it, and the sender that it is safe.
    pub(crate) fn said(
        &mut self,
        peers: &mut Peers,
        append: Append,
        asker: &Asker,
        (room, offset, at): (RoomId, Offset, Millis),
    ) {
        self.notice(append.author);
        self.charge(asker.peer, self.cost_of_saying(peers, room));
        let bytes = append.body.length();
        log::info!(
            "{} from {}, person {}, said {bytes} bytes in room {room}, {offset}",
            asker.peer,
            self.place_of(asker.peer),
            append.author
        );
        self.hear_event(peers, append.into_event(offset, at), room, asker);
    }

    /// Who was mentioned in what has been taken back no longer is.
    pub(crate) fn unmention(&mut self, body: &Body, room: RoomId, mentioned: &[PersonId]) {
        let Body::Deletion { target } = body else {
            return;
        };
        for &person in mentioned {
            let membership = self.people.get_mut(person).and_then(|person| person.rooms.get_mut(&room));
            membership.into_iter().for_each(|it| it.mentions.retain(|mention| mention != target));
        }
    }

    /// As many hear it as listen to the room: one person may have a thousand windows.
    fn cost_of_saying(&self, peers: &Peers, room: RoomId) -> Cost {
        if Cost::heard(self.sessions.len()) == Cost::NOTHING {
            return Cost::NOTHING;
        }
        let topics = self.rooms.get(room).into_iter().flat_map(Room::topics);
        Cost::heard(topics.map(|topic| peers.subscribers(topic)).sum())
    }

    fn hear_event(&mut self, peers: &mut Peers, event: Event, room: RoomId, asker: &Asker) {
        self.note(&event, room);
        let Some(place) = self.rooms.get(room) else {
            return;
        };
        let frame = told(&event, place);
        let echo = self.sessions.get(asker.peer).is_some_and(|session| session.echo);
        self.acknowledge_said(peers, asker, room, event.offset, event.at, false);
        let topic = place.topic(Voice::Json, true);
        if echo {
            peers.publish(topic, quick(&frame))
        } else {
            peers.publish_from(asker.peer, topic, quick(&frame))
        }
        self.tell_text_clients(peers, &event, room, Some(asker.peer).filter(|_| !echo));
        self.rooms.push(room, event, self.settings.recent);
    }

    pub(crate) fn acknowledge_said(
        &self,
        peers: &mut Peers,
        asker: &Asker,
        room: RoomId,
        offset: Offset,
        at: Millis,
        repeated: bool,
    ) {
        let Some(id) = asker.id.as_deref().filter(|_| !self.is_text(asker.peer)) else {
            return;
        };
        // What is said again may have been said in a room that is gone by now.
        let room = self.rooms.get(room).map(|room| room.name.as_str());
        let (offset, msg_time) = (Some(offset), Some(at));
        peers.send(asker.peer, &json(&Told::Ack { id, room, offset, msg_time, repeated }));
    }

    /// What an event changes in the members' accounts: what the author says counts as read, and mentions are
    /// marked.
    fn note(&mut self, event: &Event, room: RoomId) {
        if let Some(author) = self.people.get_mut(event.author)
            && let Some(membership) = author.rooms.get_mut(&room)
        {
            membership.mark_read(event.offset);
        }
        for &person in &event.mentions {
            let membership = self.people.get_mut(person).and_then(|person| person.rooms.get_mut(&room));
            if let Some(membership) = membership.filter(|_| person != event.author) {
                membership.mention(event.offset);
            }
        }
    }

    fn tell_text_clients(&self, peers: &mut Peers, event: &Event, room: RoomId, except: Option<PeerId>) {
        let Some(place) = self.rooms.get(room) else {
            return;
        };
        if place.kind == RoomKind::Direct {
            return self.tell_in_private(peers, event, room, except);
        }
        for (here, from) in [(true, Place::Here), (false, Place::Room(&place.name))] {
            self.publish_line(peers, place, here, except, || self.console.line(event, from, now()));
        }
    }

    /// Each of the two reads with whom they talk, unless they are there.
    fn tell_in_private(&self, peers: &mut Peers, event: &Event, room: RoomId, except: Option<PeerId>) {
        let Some(place) = self.rooms.get(room) else {
            return;
        };
        for person in place.members.here().filter_map(|id| self.people.get(id)) {
            let partner = direct_partner(&place.name, person.id).map_or("", |id| self.people.name_of(id));
            for &peer in person.connections.iter().filter(|&&peer| Some(peer) != except && self.is_text(peer))
            {
                let here = self.sessions.get(peer).is_some_and(|session| session.room == room);
                let from = match here {
                    true => Place::Here,
                    false if event.author == person.id => Place::PrivateTo(partner),
                    false => Place::Private,
                };
                if let Some(line) = self.console.line(event, from, now()) {
                    self.tell_line(peers, peer, &line);
                }
            }
        }
    }
}

impl Append {
    /// As it stands in the history now.
    fn into_event(self, offset: Offset, at: Millis) -> Event {
        let what = match self.body {
            Body::Text(text) => What::Text(text),
            Body::Picture { picture, caption, .. } => What::Picture { picture: Some(picture), caption },
            Body::Deletion { target } => What::Deletion { target },
        };
        Event {
            offset,
            at,
            author: self.author,
            author_name: self.author_name,
            what,
            mentions: self.mentions,
        }
    }
}

impl Body {
    fn length(&self) -> usize {
        match self {
            Body::Text(text) => text.len(),
            Body::Picture { bytes, .. } => bytes.len(),
            Body::Deletion { .. } => 0,
        }
    }
}

pub(crate) fn too_large(limit: u64) -> No {
    No::new(Code::PictureTooLarge, format!("a picture has at most {limit} bytes"))
}
