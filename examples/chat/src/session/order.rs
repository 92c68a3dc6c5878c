//! A client's requests, one after the other.
//!
//! Some requests change where a client stands: who it is, what it is called, in which rooms it is. They have an effect
//! when they are on disk, and whatever the client sends behind one of them waits until then. So `join` and a message
//! right behind it end up in the same room, whether or not the client waits for answers.

use std::collections::VecDeque;
use std::time::Instant;

use pollcat::Message;

use crate::voices::json::{find_id, may_announce};

/// The most messages that wait, and the most bytes if they are more than one. A picture that was announced is not
/// counted: it waits with its announcement.
const MESSAGES: usize = 64;
const BYTES: usize = 256 << 10;

/// What a client has sent too early.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// So much is on its way to the disk on which the rest depends.
    waits_for: u32,
    /// Each with when it was read.
    messages: VecDeque<(Own, Instant)>,
    bytes: usize,
    /// The announcement of a picture was refused, and its bytes are still to come.
    refused_picture: bool,
    /// The connection is being closed: nothing counts any more.
    is_closed: bool,
}

/// A message that has waited.
#[derive(Debug)]
pub(crate) enum Own {
    Text(String),
    Binary(Vec<u8>),
}

/// What becomes of a message that has just come.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is carried out at once.
    Now,
    /// It waits.
    Held,
    /// It is a picture whose announcement was refused, and that was answered.
    Dropped,
    /// There is no room for it. So many bytes that waited go with it; the answer is for this request.
    Refused { id: Option<String>, given_up: usize },
}

impl Held {
    /// Something that the rest depends on is on its way to the disk.
    pub(crate) fn hold(&mut self) {
        self.waits_for += 1;
    }

    /// It has been answered.
    pub(crate) fn release(&mut self) {
        // What was waited for when it was closed is answered later.
        self.waits_for = self.waits_for.saturating_sub(1);
    }

    /// From now on everything is dropped.
    pub(crate) fn close(&mut self) {
        self.is_closed = true;
    }

    /// Receives a message. `takes` is asked whether so many bytes may wait.
    pub(crate) fn receive(
        &mut self,
        message: Message<'_>,
        is_json: bool,
        takes: impl FnOnce(usize) -> bool,
    ) -> Fate {
        if self.is_closed {
            return Fate::Dropped;
        }
        let announces = || matches!(message, Message::Text(text) if is_json && may_announce(text));
        // Hardly ever is there a refused one: then nobody looks into the text here.
        if self.refused_picture {
            match message {
                // Its announcement was answered.
                Message::Binary(_) => {
                    self.refused_picture = false;
                    return Fate::Dropped;
                }
                Message::Text(_) if announces() => self.refused_picture = false,
                Message::Text(_) => {}
            }
        }
        if self.waits_for == 0 {
            return Fate::Now;
        }
        if self.has_room_for(&message) && takes(message.len()) {
            self.push(message);
            return Fate::Held;
        }
        self.refused_picture |= announces();
        // A picture goes with its announcement: another one would be taken for it.
        let announcement = match message {
            Message::Binary(_) if is_json => self.pop_announcement(),
            _ => None,
        };
        let id = match (message, &announcement) {
            (Message::Text(text), _) if is_json => find_id(text),
            (_, Some(announcement)) => find_id(announcement),
            _ => None,
        };
        Fate::Refused { id, given_up: announcement.map_or(0, |text| text.len()) }
    }

    /// One that was to be carried out, and waits after all: it is the next one.
    pub(crate) fn put_back(&mut self, message: Message<'_>, read: Instant) {
        self.bytes += message.len();
        self.messages.push_front((Own::of(message), read));
    }

    /// The next message that waited, if nothing is to be waited for any more, and when it was read.
    pub(crate) fn next(&mut self) -> Option<(Own, Instant)> {
        if self.waits_for == 0 { self.pop() } else { None }
    }

    fn has_room_for(&self, message: &Message<'_>) -> bool {
        let is_announced =
            matches!((message, self.messages.back()), (Message::Binary(_), Some((Own::Text(_), _))));
        let is_little = self.messages.len() < MESSAGES && self.bytes + message.len() <= BYTES;
        self.messages.is_empty() || is_announced || is_little
    }

    fn push(&mut self, message: Message<'_>) {
        self.bytes += message.len();
        self.messages.push_back((Own::of(message), Instant::now()));
    }

    /// So much waits.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Is there an announcement among what waits? Then a picture may be on its way.
    pub(crate) fn announces(&self) -> bool {
        self.messages.iter().any(|(own, _)| matches!(own, Own::Text(text) if may_announce(text)))
    }

    /// The announcement of the picture that comes now.
    fn pop_announcement(&mut self) -> Option<String> {
        let announces = matches!(self.messages.back(), Some((Own::Text(text), _)) if may_announce(text));
        match announces.then(|| self.messages.pop_back()).flatten() {
            Some((Own::Text(text), _)) => {
                self.bytes -= text.len();
                Some(text)
            }
            _ => None,
        }
    }

    fn pop(&mut self) -> Option<(Own, Instant)> {
        let (message, read) = self.messages.pop_front()?;
        self.bytes -= message.borrow().len();
        Some((message, read))
    }
}

impl Own {
    fn of(message: Message<'_>) -> Self {
        match message {
            Message::Text(text) => Own::Text(text.to_owned()),
            Message::Binary(bytes) => Own::Binary(bytes.to_vec()),
        }
    }

    pub(crate) fn borrow(&self) -> Message<'_> {
        match self {
            Own::Text(text) => Message::Text(text),
            Own::Binary(bytes) => Message::Binary(bytes),
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

    #[test]
    fn what_is_put_back_is_the_next_and_its_picture_comes_behind_it() {
        let announcement = r#"{"type":"picture"}"#;
        let mut held = Held::default();
        held.put_back(Message::Text(announcement), Instant::now());
        held.hold();
        assert_eq!(held.receive(Message::Binary(&[7]), true, |_| true), Fate::Held);
        assert!(held.announces() && held.next().is_none());
        held.release();
        assert!(matches!(held.next(), Some((Own::Text(text), _)) if text == announcement));
        assert!(matches!(held.next(), Some((Own::Binary(bytes), _)) if bytes == [7]));
        assert_eq!(held.bytes(), 0);
    }

    #[test]
    fn an_announcement_that_waits_is_known() {
        let mut held = Held::default();
        let receive = |held: &mut Held, text: &str| {
            assert_eq!(held.receive(Message::Text(text), true, |_| true), Fate::Held);
            held.announces()
        };
        held.hold();
        assert!(!held.announces());
        assert!(!receive(&mut held, r#"{"msg":"hello"}"#));
        assert!(receive(&mut held, r#"{"type":"picture"}"#));
        assert!(receive(&mut held, r#"{"msg":"hello"}"#));
        held.release();
        held.next();
        assert!(held.announces());
        held.next();
        assert!(!held.announces());
    }
}
