//! A client's requests, one after the other.
//!
//! Some requests change where a client stands: who it is, what it is called, in which rooms it is. They have an effect
//! when they are on disk, and whatever the client sends behind one of them waits until then. So `join` and a message
//! right behind it end up in the same room, whether or not the client waits for answers.

use std::collections::VecDeque;

use pollcat::{Message, PeerId, Peers};

use crate::chat::Chat;
use crate::cost::Cost;
use crate::sessions::Voice;
use crate::tickets::{Asker, No, Ticket};
use crate::wire::{Code, find_id, may_announce};

/// The most messages that wait, and the most bytes if they are more than one. A picture that was announced is not
/// counted: it waits with its announcement.
const MESSAGES: usize = 64;
const BYTES: usize = 256 << 10;

/// What a client has sent too early.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// So much is on its way to the disk on which the rest depends.
    waits_for: u32,
    messages: VecDeque<Own>,
    bytes: usize,
    /// The announcement of a picture was refused, and its bytes are still to come.
    refused_picture: bool,
}

#[derive(Debug)]
enum Own {
    Text(String),
    Binary(Vec<u8>),
}

impl Held {
    fn has_room_for(&self, message: &Message<'_>) -> bool {
        let is_announced =
            matches!((message, self.messages.back()), (Message::Binary(_), Some(Own::Text(_))));
        let is_little = self.messages.len() < MESSAGES && self.bytes + message.len() <= BYTES;
        self.messages.is_empty() || is_announced || is_little
    }

    fn push(&mut self, message: Message<'_>) {
        self.bytes += message.len();
        self.messages.push_back(match message {
            Message::Text(text) => Own::Text(text.to_owned()),
            Message::Binary(bytes) => Own::Binary(bytes.to_vec()),
        });
    }

    /// So much waits.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The announcement of the picture that comes now.
    fn pop_announcement(&mut self) -> Option<String> {
        let announces = matches!(self.messages.back(), Some(Own::Text(text)) if may_announce(text));
        match announces.then(|| self.messages.pop_back()).flatten() {
            Some(Own::Text(text)) => {
                self.bytes -= text.len();
                Some(text)
            }
            _ => None,
        }
    }

    fn pop(&mut self) -> Option<Own> {
        let message = self.messages.pop_front()?;
        self.bytes -= message.borrow().len();
        Some(message)
    }
}

impl Own {
    fn borrow(&self) -> Message<'_> {
        match self {
            Own::Text(text) => Message::Text(text),
            Own::Binary(bytes) => Message::Binary(bytes),
        }
    }
}

impl Ticket {
    /// Whose requests wait for this.
    pub(crate) fn holds_up(&self) -> Option<PeerId> {
        match self {
            Ticket::Arrived { asker, .. }
            | Ticket::Renamed(asker)
            | Ticket::Joined(Some(asker))
            | Ticket::Left(Some(asker)) => Some(asker.peer),
            _ => None,
        }
    }
}

impl Chat {
    /// A client has sent something.
    pub(crate) fn hear(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        let Some(session) = self.sessions.get_mut(from) else {
            return;
        };
        session.received.messages += 1;
        session.received.bytes += message.as_bytes().len() as u64;
        let is_json = session.voice == Voice::Json;
        let announces = || matches!(message, Message::Text(text) if is_json && may_announce(text));
        // Hardly ever is there a refused one: then nobody looks into the text here.
        if session.held.refused_picture {
            match message {
                // Its announcement was answered.
                Message::Binary(_) => {
                    session.held.refused_picture = false;
                    return;
                }
                Message::Text(_) if announces() => session.held.refused_picture = false,
                Message::Text(_) => {}
            }
        }
        if session.held.waits_for == 0 {
            return self.hear_now(peers, from, message);
        }
        if session.held.has_room_for(&message) && self.early.take(session.payer, message.len()) {
            return session.held.push(message);
        }
        session.held.refused_picture |= announces();
        // A picture goes with its announcement: another one would be taken for it.
        let announcement = match message {
            Message::Binary(_) if is_json => session.held.pop_announcement(),
            _ => None,
        };
        let length = announcement.as_ref().map_or(0, String::len);
        self.early.give_back(session.payer, length);
        let no = self
            .check_debt(from)
            .err()
            .unwrap_or_else(|| No::new(Code::Busy, "too much at once: wait for the answers"));
        let id = match (message, &announcement) {
            (Message::Text(text), _) if is_json => find_id(text),
            (_, Some(announcement)) => find_id(announcement),
            _ => None,
        };
        self.charge(from, Cost::parsed(message.len()));
        self.refuse(peers, &Asker { peer: from, id }, no);
    }

    /// What a client sends from here on waits.
    pub(crate) fn hold(&mut self, peer: PeerId) {
        self.sessions.get_mut(peer).into_iter().for_each(|session| session.held.waits_for += 1);
    }

    /// The answer has come: on with the rest, until something else has to be waited for.
    pub(crate) fn release(&mut self, peers: &mut Peers, peer: PeerId) {
        self.sessions.get_mut(peer).into_iter().for_each(|session| session.held.waits_for -= 1);
        while let Some(session) = self.sessions.get_mut(peer).filter(|session| session.held.waits_for == 0) {
            let Some(message) = session.held.pop() else {
                return;
            };
            self.early.give_back(session.payer, message.borrow().len());
            self.hear_now(peers, peer, message.borrow());
        }
    }

    fn hear_now(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        let is_json = self.sessions.get(from).is_some_and(|session| session.voice == Voice::Json);
        match message {
            Message::Text(text) if is_json => self.hear_json(peers, from, text),
            Message::Text(line) => self.hear_line(peers, from, line),
            Message::Binary(bytes) => self.hear_picture(peers, from, bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_waits_and_whatever_was_announced() {
        let (line, picture) = (Message::Text("{}"), vec![0; 2 * BYTES]);
        let mut held = Held::default();
        assert!(held.has_room_for(&Message::Binary(&picture)), "one message may be as long as it likes");
        for _ in 0..MESSAGES {
            assert!(held.has_room_for(&line));
            held.push(line);
        }
        assert!(!held.has_room_for(&line));
        assert!(held.has_room_for(&Message::Binary(&picture)));
        held.push(Message::Binary(&picture));
        assert!(!held.has_room_for(&Message::Binary(&[])), "nobody announced a second one");
        assert_eq!(held.pop_announcement(), None);
        while held.pop().is_some() {}
        held.push(line);
        let announcement = r#"{"type":"picture"}"#;
        held.push(Message::Text(announcement));
        assert_eq!(held.pop_announcement().as_deref(), Some(announcement));
        assert_eq!((held.pop_announcement(), held.bytes()), (None, line.len()));
        held.pop();
        assert_eq!(held.bytes, 0);
    }
}
