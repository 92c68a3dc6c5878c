//! What a handler is told to do in one call, and the words for it.
//!
//! ```text
//! turn    part & part            all of it is on its way before the loop looks
//! part    2: piece | piece       peer 2 says this, in one write
//!         new 5: piece | piece   5 comes: the first piece is done in `on_open`, the rest lies behind its request
//!         mail: piece | piece    another thread
//! piece   call, call             one handler call; from `mail`, a letter for each
//!         ping / goodbye / end   a Ping, a Close, the end of its side of TCP
//!         nonsense       a frame that breaks the protocol
//! call    publish tea 70000      at the end, a length: short without; `40x` in front: that often
//!         send 1 =3              replaces what waits with the key 3
//! ```

use std::fmt;

use pollcat::{Message, Outgoing, PreparedMessage};

pub(crate) const TOPICS: [&str; 4] = ["tea", "coffee", "milk", "rum"];

/// A peer's number. It is never given to another.
pub(crate) type Name = usize;
pub(crate) type Topic = &'static str;

/// A message: its number says all about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) number: u32,
    pub(crate) length: usize,
    /// Replaces the one with this key that waits. Then it is long enough to tell its number.
    pub(crate) key: Option<u64>,
}

/// A message of this length tells its number.
pub(crate) const TELLS: usize = 9;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Send(Name),
    Publish(Topic),
    PublishFrom(Name, Topic),
    Broadcast,
    BroadcastFrom(Name),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Say(Way, Said),
    Subscribe(Name, Topic),
    Unsubscribe(Name, Topic),
    Close(Name),
    /// The loop stands still while the test does something.
    Wait,
    /// The loop stands still while this peer's connection is reset.
    Tear(Name),
    /// The server stops when the turn ends.
    Stop,
}

#[derive(Debug, Clone)]
pub(crate) enum Piece {
    Script(Vec<Call>),
    Ping,
    Goodbye,
    Nonsense,
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speaker {
    Peer(Name),
    Newcomer(Name),
    Mail,
}

#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) speaker: Speaker,
    pub(crate) pieces: Vec<Piece>,
}

#[derive(Debug, Clone)]
pub(crate) enum Turn {
    /// From now on this client does not read.
    Pause(Name),
    Resume(Name),
    All(Vec<Part>),
}

impl Said {
    pub(crate) fn is_text(self) -> bool {
        self.number.is_multiple_of(2)
    }

    /// No two are alike, but for the very short. Text repeats itself, and binary messages are noise.
    pub(crate) fn payload(self) -> Vec<u8> {
        let mut payload = format!("{:08} ", self.number).into_bytes();
        if self.is_text() {
            payload = payload.repeat(self.length / payload.len() + 1);
        }
        let mut noise = u64::from(self.number) + 1;
        while payload.len() < self.length {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            payload.extend(&(noise ^ noise >> 33).to_be_bytes()[2..]);
        }
        payload.truncate(self.length);
        payload
    }

    /// As it is, or prepared; a few that are not to be compressed.
    pub(crate) fn say<T>(self, say: impl FnOnce(Outgoing<'_>) -> T) -> T {
        let prepared;
        let payload = self.payload();
        let mut outgoing = Outgoing::from(self.message(&payload));
        if self.number.is_multiple_of(3) {
            prepared = PreparedMessage::new(self.message(&payload));
            outgoing = (&prepared).into();
        }
        // To compress them all would take long.
        if self.number.is_multiple_of(7) || self.length > 4_000 && !self.number.is_multiple_of(5) {
            outgoing = outgoing.uncompressed();
        }
        if let Some(key) = self.key {
            outgoing = outgoing.replacing(key);
        }
        say(outgoing)
    }

    fn message(self, payload: &[u8]) -> Message<'_> {
        match self.is_text() {
            true => Message::Text(str::from_utf8(payload).expect("digits and spaces are UTF-8")),
            false => Message::Binary(payload),
        }
    }
}

impl Part {
    pub(crate) fn is_of_a_peer(&self) -> bool {
        matches!(self.speaker, Speaker::Peer(_))
    }
}

impl Turn {
    /// Reads the words above. Messages are numbered on from `number`.
    pub(crate) fn read(words: &str, number: &mut u32) -> Turn {
        match words.split_once(' ') {
            Some(("pause", name)) => Turn::Pause(name.parse().expect("a peer")),
            Some(("resume", name)) => Turn::Resume(name.parse().expect("a peer")),
            _ => Turn::All(words.split(" & ").map(|part| read_part(part, number)).collect()),
        }
    }
}

fn read_part(words: &str, number: &mut u32) -> Part {
    let (speaker, pieces) = words.split_once(':').expect("who says it");
    let speaker = match speaker.strip_prefix("new ") {
        Some(name) => Speaker::Newcomer(name.parse().expect("a peer")),
        None if speaker == "mail" => Speaker::Mail,
        None => Speaker::Peer(speaker.parse().expect("a peer")),
    };
    let pieces = pieces.split('|').map(|piece| match piece.trim() {
        "ping" => Piece::Ping,
        "goodbye" => Piece::Goodbye,
        "nonsense" => Piece::Nonsense,
        "end" => Piece::End,
        "" => Piece::Script(Vec::new()),
        calls => Piece::Script(calls.split(", ").flat_map(|call| read_calls(call, number)).collect()),
    });
    Part { speaker, pieces: pieces.collect() }
}

fn read_calls(words: &str, number: &mut u32) -> Vec<Call> {
    let (times, words) = match words.split_once("x ") {
        Some((times, words)) => (times.parse().expect("how often"), words),
        None => (1, words),
    };
    (0..times).map(|_| read_call(words, number)).collect()
}

fn read_call(words: &str, number: &mut u32) -> Call {
    let mut words = words.split(' ');
    let what = words.next().expect("a word");
    let mut rest = words.peekable();
    let mut peer = || rest.next_if(|_| !matches!(what, "publish" | "broadcast" | "stop"))?.parse().ok();
    let peer: Option<Name> = peer();
    let topic = rest.next_if(|word| TOPICS.contains(word));
    let topic = topic.and_then(|word| TOPICS.into_iter().find(|topic| topic == &word));
    let key = rest.next_if(|word| word.starts_with('='));
    let key = key.map(|word| word[1..].parse().expect("a key"));
    let length = rest.next().map(|length| length.parse().expect("a length"));
    assert_eq!(rest.next(), None, "{what}: too many words");
    let way = match (what, peer, topic) {
        ("send", Some(to), None) => Way::Send(to),
        ("publish", None, Some(topic)) => Way::Publish(topic),
        ("publish_from", Some(from), Some(topic)) => Way::PublishFrom(from, topic),
        ("broadcast", None, None) => Way::Broadcast,
        ("broadcast_from", Some(from), None) => Way::BroadcastFrom(from),
        ("subscribe", Some(who), Some(topic)) => return Call::Subscribe(who, topic),
        ("unsubscribe", Some(who), Some(topic)) => return Call::Unsubscribe(who, topic),
        ("close", Some(who), None) => return Call::Close(who),
        ("stop", None, None) => return Call::Stop,
        ("tear", Some(who), None) => return Call::Tear(who),
        other => panic!("{other:?}: what is that?"),
    };
    *number += 1;
    Call::Say(way, Said { number: *number, length: length.unwrap_or(TELLS + *number as usize % 60), key })
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Call::Say(Way::Send(to), said) => write!(f, "send {to} {said}"),
            Call::Say(Way::Publish(topic), said) => write!(f, "publish {topic} {said}"),
            Call::Say(Way::PublishFrom(from, topic), said) => write!(f, "publish_from {from} {topic} {said}"),
            Call::Say(Way::Broadcast, said) => write!(f, "broadcast {said}"),
            Call::Say(Way::BroadcastFrom(from), said) => write!(f, "broadcast_from {from} {said}"),
            Call::Subscribe(who, topic) => write!(f, "subscribe {who} {topic}"),
            Call::Unsubscribe(who, topic) => write!(f, "unsubscribe {who} {topic}"),
            Call::Close(who) => write!(f, "close {who}"),
            Call::Wait => write!(f, "wait"),
            Call::Tear(who) => write!(f, "tear {who}"),
            Call::Stop => write!(f, "stop"),
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} #{}", self.length, self.number)?;
        self.key.map_or(Ok(()), |key| write!(f, " ={key}"))
    }
}
