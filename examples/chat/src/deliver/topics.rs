//! The topics, and who listens to which.
//!
//! A room has one topic of who comes and goes, for clients that speak JSON, who hear it from the beginning; and for each voice
//! one of what is said, which they hear when they have caught up. Lines for people say in which room something was said,
//! unless the reader is there: so there are two of these, for those who are there and for those who are elsewhere.

use std::ops::Deref;

use pollcat::{PeerId, Peers};

use super::floor::Floor;
use crate::history::RoomId;
use crate::voices::Voice;

/// Everybody who speaks JSON.
pub(super) const EVERYBODY: &str = "everybody";

/// Who comes and goes, and who is typing.
pub(super) fn news(room: RoomId) -> Topic {
    Topic::new(room, b'n')
}

/// What is said, in this voice.
pub(super) fn said(room: RoomId, voice: Voice, is_here: bool) -> Topic {
    let is_here = is_here && !voice.is_json();
    Topic::new(room, if is_here { voice.letter() } else { voice.letter().to_ascii_uppercase() })
}

/// The name of a room's topic: its number, and a letter. Six of them are looked up for each message, so they are made without
/// taking memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Topic {
    text: [u8; Topic::LONGEST],
    /// Where it begins: it is written from its end.
    start: usize,
}

impl Topic {
    const LONGEST: usize = 21;

    fn new(room: RoomId, letter: u8) -> Self {
        let mut topic = Topic { text: [b'0'; Topic::LONGEST], start: Topic::LONGEST - 1 };
        topic.text[topic.start] = letter;
        let mut rest = room;
        loop {
            topic.start -= 1;
            topic.text[topic.start] += (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                return topic;
            }
        }
    }
}

impl Deref for Topic {
    type Target = str;

    fn deref(&self) -> &str {
        std::str::from_utf8(&self.text[self.start..]).expect("these are digits and a letter")
    }
}

/// How many hear what is said in a room: one person may have a thousand windows.
pub(super) fn count_hearers(peers: &Peers, room: RoomId) -> usize {
    let places = Voice::OF_PEOPLE.into_iter().flat_map(|voice| [(voice, true), (voice, false)]);
    let topics = places.chain([(Voice::Json, false)]).map(|(voice, is_here)| said(room, voice, is_here));
    topics.map(|topic| peers.subscribers(&topic)).sum()
}

/// From now on the connection hears what is said in the room.
pub(super) fn listen(floor: &mut Floor<'_>, peer: PeerId, room: RoomId) {
    if let Some(session) = floor.sessions.get(peer) {
        floor.peers.subscribe(peer, &said(room, session.voice, session.room == room));
    }
}

/// And who comes and goes there.
pub(super) fn listen_to_news(floor: &mut Floor<'_>, peer: PeerId, room: RoomId) {
    floor.peers.subscribe(peer, &news(room));
}

/// From now on the connection hears neither.
pub(super) fn stop_listening(floor: &mut Floor<'_>, peer: PeerId, room: RoomId) {
    if let Some(session) = floor.sessions.get(peer) {
        floor.peers.unsubscribe(peer, &said(room, session.voice, session.room == room));
        floor.peers.unsubscribe(peer, &news(room));
    }
}

/// A connection goes to another room of its person. True if it was elsewhere before.
pub(super) fn move_to(floor: &mut Floor<'_>, peer: PeerId, room: RoomId) -> bool {
    let Some(session) = floor.sessions.get_mut(peer) else {
        return false;
    };
    let old = std::mem::replace(&mut session.room, room);
    if old == room || session.voice.is_json() {
        return old != room;
    }
    let (voice, person) = (session.voice, session.person());
    for (id, is_here) in [(old, false), (room, true)] {
        floor.peers.unsubscribe(peer, &said(id, voice, !is_here));
        if person.is_some_and(|person| floor.model.is_member(person, id)) {
            floor.peers.subscribe(peer, &said(id, voice, is_here));
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_topic_has_a_name_of_its_own() {
        assert_eq!((&*news(7), &*said(RoomId::MAX, Voice::Html, true)), ("7n", "18446744073709551615h"));
        let voices = [Voice::Json, Voice::Text, Voice::Html];
        let said = |room| {
            voices.into_iter().flat_map(move |voice| [true, false].map(|is_here| said(room, voice, is_here)))
        };
        let all = [0, 1, 10].into_iter().flat_map(|room| said(room).chain([news(room)]));
        let names: std::collections::HashSet<String> = all.map(|topic| topic.to_string()).collect();
        assert_eq!(names.len(), 3 * 6, "programs are told where it was said, wherever they are");
    }
}
