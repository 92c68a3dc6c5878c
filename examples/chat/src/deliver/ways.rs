//! The ways from the chat's words to a connection: to one, to each of several, to all who listen to a topic.

use pollcat::{Outgoing, PeerId};

use super::floor::Floor;
use super::topics;
use crate::cost::COMPRESSED;
use crate::history::{Event, RoomId};
use crate::model::Room;
use crate::news::News;
use crate::reply::Reply;
use crate::tickets::Asker;
use crate::voices::json;
use crate::voices::{Place, Reader, Voice, Voices, title};

#[derive(Debug)]
pub(super) struct Ways {
    pub voices: Voices,
}

/// What windows of people read that hear a room no more: written once for all who read the same. Ten thousand may be put
/// out in one turn.
#[derive(Debug)]
pub(super) struct Farewell<'a> {
    news: &'a News,
    pub room: RoomId,
    /// By how they speak, and whether they were there.
    written: Vec<((Voice, bool), Option<String>)>,
}

impl<'a> Farewell<'a> {
    pub(super) fn new(news: &'a News, room: RoomId) -> Self {
        Farewell { news, room, written: Vec::new() }
    }
}

impl Ways {
    /// An answer to one. Tells how many bytes of it are to be paid for.
    pub(super) fn answer(
        &self,
        floor: &mut Floor<'_>,
        asker: &Asker,
        reply: &Reply<'_>,
        is_crowd: &dyn Fn(RoomId) -> bool,
    ) -> usize {
        let Some(session) = floor.sessions.get(asker.peer) else {
            return 0;
        };
        let (voice, person) = (session.voice, session.person());
        let reader = Reader { id: asker.id.as_deref(), person, now: floor.now, is_crowd };
        let told = self.voices.answer(voice, reply, &reader, floor.model);
        for text in &told {
            let message = if reply.is_secret() { Outgoing::from(text).uncompressed() } else { quick(text) };
            floor.peers.send(asker.peer, message);
        }
        if is_paid(reply, voice) { told.iter().map(String::len).sum() } else { 0 }
    }

    /// For the people of a room, who are there or elsewhere.
    pub(super) fn publish_to_people(
        &self,
        floor: &mut Floor<'_>,
        room: &Room,
        news: &News,
        except: Option<PeerId>,
    ) {
        let title = title(floor.model, room);
        for (is_here, place) in [(true, Place::Here), (false, Place::Room(title))] {
            for voice in Voice::OF_PEOPLE {
                let topic = topics::said(room.id(), voice, is_here);
                self.publish(floor, &topic, voice, (news, place), except);
            }
        }
    }

    /// For everybody who listens to a topic. Nothing is written for nobody.
    pub(super) fn publish(
        &self,
        floor: &mut Floor<'_>,
        topic: &str,
        voice: Voice,
        (news, place): (&News, Place<'_>),
        except: Option<PeerId>,
    ) {
        if floor.peers.subscribers(topic) == 0 {
            return;
        }
        let Some(text) = self.voices.say(voice, news, floor.model, place, floor.now) else {
            return;
        };
        match except {
            Some(peer) => floor.peers.publish_from(peer, topic, quick(&text)),
            None => floor.peers.publish(topic, quick(&text)),
        }
    }

    /// For programs.
    pub(super) fn publish_json(
        &self,
        floor: &mut Floor<'_>,
        topic: &str,
        news: &News,
        except: Option<PeerId>,
    ) {
        self.publish(floor, topic, Voice::Json, (news, Place::Here), except);
    }

    /// To each of these windows, which speak JSON.
    pub(super) fn send_each(&self, floor: &mut Floor<'_>, news: &News, windows: &[PeerId]) {
        let told = json::say(news, floor.model).filter(|_| !windows.is_empty());
        for (told, peer) in told.iter().flat_map(|told| windows.iter().map(move |&peer| (told, peer))) {
            floor.peers.send(peer, Outgoing::from(told));
        }
    }

    /// To each of these windows, whatever they speak.
    pub(super) fn send_each_in_their_voice(&self, floor: &mut Floor<'_>, news: &News, windows: &[PeerId]) {
        for voice in Voice::ALL {
            let is_theirs = |peer: &&PeerId| floor.sessions.voice(**peer) == Some(voice);
            let hearers: Vec<PeerId> = windows.iter().filter(is_theirs).copied().collect();
            if hearers.is_empty() {
                continue;
            }
            if let Some(text) = self.voices.say(voice, news, floor.model, Place::Here, floor.now) {
                for peer in hearers {
                    floor.peers.send(peer, quick(&text));
                }
            }
        }
    }

    /// To a window that hears a room no more.
    pub(super) fn send_farewell(
        &self,
        floor: &mut Floor<'_>,
        peer: PeerId,
        farewell: &mut Farewell<'_>,
        reader: (Voice, bool),
    ) {
        let Farewell { news, room, written } = farewell;
        let is_theirs = |(of, _): &(_, _)| *of == reader;
        let place = written.iter().position(is_theirs).unwrap_or_else(|| {
            let (voice, was_there) = reader;
            let line = self.voices.say_farewell(voice, news, floor.model, (*room, was_there));
            written.push((reader, line));
            written.len() - 1
        });
        if let (_, Some(line)) = &written[place] {
            floor.peers.send(peer, quick(line));
        }
    }

    /// To the people in a private talk: each of the two reads with whom they talk, unless they are there.
    pub(super) fn tell_in_private(
        &self,
        floor: &mut Floor<'_>,
        talk: &Room,
        (news, event): (&News, &Event),
        except: Option<PeerId>,
    ) {
        let model = floor.model;
        for person in model.members(talk.id()).here() {
            let partner = talk.partner_of(person).map_or("", |id| model.name_of(id));
            for &peer in floor.sessions.windows_of(person).iter().filter(|&&peer| Some(peer) != except) {
                let session = floor.sessions.get(peer).filter(|session| !session.voice.is_json());
                let Some(session) = session else {
                    continue;
                };
                let place = match session.room == talk.id() {
                    true => Place::Here,
                    false if event.author == person => Place::PrivateTo(partner),
                    false => Place::Private,
                };
                if let Some(line) = self.voices.say(session.voice, news, model, place, floor.now) {
                    floor.peers.send(peer, quick(&line));
                }
            }
        }
    }
}

/// Is an answer paid for by its length?
fn is_paid(reply: &Reply<'_>, voice: Voice) -> bool {
    match reply {
        Reply::Welcome(_)
        | Reply::Rooms { .. }
        | Reply::Who { .. }
        | Reply::Page { .. }
        | Reply::Found { .. }
        | Reply::Mine { .. }
        | Reply::Sessions(_)
        | Reply::Reports { .. }
        | Reply::Restraints(_)
        | Reply::Invites(_)
        | Reply::Bots { .. }
        | Reply::Targets(_)
        | Reply::Presence { .. } => true,
        // What was said there lately, for people.
        Reply::Entered { .. } => !voice.is_json(),
        Reply::Done
        | Reply::Acted
        | Reply::Said { .. }
        | Reply::Held
        | Reply::Link { .. }
        | Reply::Invited(_)
        | Reply::Key(_)
        | Reply::Target { .. }
        | Reply::Tested { .. }
        | Reply::Admin { .. }
        | Reply::Topic { .. }
        | Reply::Refused(_)
        | Reply::Renamed { .. }
        | Reply::Echo(_)
        | Reply::Help
        | Reply::Pong => false,
    }
}

/// A text of any length is compressed only if that is quick.
pub(super) fn quick(text: &str) -> Outgoing<'_> {
    let message = Outgoing::from(text);
    if text.len() > COMPRESSED { message.uncompressed() } else { message }
}
