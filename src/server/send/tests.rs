//! The way out against a list for each peer: calls that chance has written, to peers that read, that read slowly, that
//! do not read, and that vanish. No loop, no handler and no clock: turns end when the test says so.
//!
//! `POLLCAT_SEED` chooses the calls (a failure names its own) and `POLLCAT_OUTBOUND_ROUNDS` how many rounds there are.

use std::collections::HashSet;
use std::env;
use std::io::{ErrorKind, Read};

use mio::net::UnixStream;
use pollcat_testing::dice::Dice;

use super::outgoing::Outgoing;
use super::{Delivery, Fact, Outbound};
use crate::protocol::{CloseCode, PreparedMessage};
use crate::server::accept::transport::Transport;
use crate::server::peer_id::Slot;
use crate::server::{Config, SlowPeers};

const PEERS: usize = 6;
const TOPICS: [&str; 5] = ["tea", "coffee", "gin", "rum", "milk"];
/// On the tape, and beside it.
const LENGTHS: [usize; 9] = [4, 4, 20, 20, 125, 126, 5_000, 65_535, 70_000];
const LONGEST: usize = 70_000;
const ROUNDS: u64 = 60;

/// Something a peer is to read, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// Sent to this peer, and accepted.
    Message(u32),
    /// Published: a peer whose queue is full may miss it.
    Published(u32),
    Ping(u32),
    Close(u16),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Open,
    /// Messages are accepted no more; what is queued is written.
    Ending,
    /// All is written, and our side of the stream is shut down.
    Lingering,
    /// To be dropped when the turn ends.
    Dead,
}

struct Peer {
    /// `None`: it has vanished.
    client: Option<UnixStream>,
    stage: Stage,
    bytes: Vec<u8>,
    expected: Vec<Expected>,
    topics: HashSet<&'static str>,
    /// It was cut off: its stream may end anywhere.
    is_cut: bool,
    /// Messages that were refused by a full queue, and those that [`Fact::Written`] says were left out.
    refused: u64,
    missed: u64,
}

struct World {
    out: Outbound,
    peers: [Option<Peer>; PEERS],
    /// By number.
    lengths: Vec<usize>,
    slow_peers: SlowPeers,
    queue_limit: usize,
    dice: Dice,
}

#[test]
fn each_peer_receives_what_was_meant_for_it_in_the_order_of_the_calls() {
    let variable = |name, otherwise| env::var(name).map_or(otherwise, |value| value.parse().unwrap());
    let (seed, rounds) = (variable("POLLCAT_SEED", 1), variable("POLLCAT_OUTBOUND_ROUNDS", ROUNDS));
    for seed in seed..seed + rounds {
        println!(
            "to see this again: POLLCAT_SEED={seed} POLLCAT_OUTBOUND_ROUNDS=1 cargo test --lib server::send"
        );
        let mut world = World::new(Dice::new(seed));
        for _ in 0..60 {
            world.turn();
        }
        world.end();
    }
}

impl World {
    fn new(mut dice: Dice) -> Self {
        let slow_peers = dice.choose(&[SlowPeers::Close, SlowPeers::Skip]);
        let queue = dice.choose(&[1 << 24, 1 << 18, 100_000, 8_000]);
        let sending = dice.choose(&[1 << 30, 1 << 30, 300_000]);
        let config = Config::new().slow_peers(slow_peers).max_send_queue(queue).max_sending(sending);
        let out = Outbound::new(&config);
        let queue_limit = out.queue_limit;
        World { out, peers: Default::default(), lengths: Vec::new(), slow_peers, queue_limit, dice }
    }

    /// Calls of the application, then what the loop does at the end of a turn, then clients read.
    fn turn(&mut self) {
        for _ in 0..self.dice.choose(&[1, 2, 5, 20, 60]) {
            self.call();
        }
        self.settle();
        for place in 0..PEERS {
            match self.dice.below(8) {
                0..3 => self.read(place, usize::MAX),
                3 => self.read(place, 3_000),
                _ => {}
            }
        }
        self.act_on_facts();
    }

    fn call(&mut self) {
        let place = self.dice.below(PEERS);
        let topic = self.dice.choose(&TOPICS);
        let (slot, except) = (Slot::at(place), self.dice.below(PEERS));
        let Some(peer) = &mut self.peers[place] else {
            return self.newcomer(place);
        };
        let is_open = peer.stage == Stage::Open;
        match self.dice.below(40) {
            0..8 => self.send(place),
            8..20 => self.publish(Some(topic), Some(except)),
            20..23 => self.publish(Some(topic), None),
            23 => self.publish(None, Some(except)),
            24..32 if is_open => {
                self.out.subscribe(slot, topic);
                // One that has met a fate is in no topic, but that is not known here yet.
                if self.out.accepts(slot) {
                    peer.topics.insert(topic);
                }
            }
            32..35 if is_open => {
                self.out.unsubscribe(slot, topic);
                peer.topics.remove(topic);
            }
            35 if is_open => {
                let number = self.number(4);
                self.out.frame(slot, |send, out| send.ping(&number.to_be_bytes(), out));
                self.peer(place).expected.push(Expected::Ping(number));
            }
            36 if is_open && self.dice.one_in(3) => self.close(place, CloseCode::NORMAL),
            37 if self.dice.one_in(6) => peer.client = None,
            38 => self.out.flush(),
            39 if self.out.has_a_group() || self.dice.one_in(8) => {
                self.out.flush();
                self.act_on_facts();
            }
            _ => {}
        }
    }

    fn newcomer(&mut self, place: usize) {
        let (ours, client) = UnixStream::pair().unwrap();
        self.out.occupy(Slot::at(place), Transport::Unix(ours));
        self.out.open(Slot::at(place), None);
        self.peers[place] = Some(Peer {
            client: Some(client),
            stage: Stage::Open,
            bytes: Vec::new(),
            expected: Vec::new(),
            topics: HashSet::new(),
            is_cut: false,
            refused: 0,
            missed: 0,
        });
    }

    fn send(&mut self, place: usize) {
        let (slot, length) = (Slot::at(place), self.dice.choose(&LENGTHS));
        let number = self.number(length);
        let content = content(number, length);
        let prepared = PreparedMessage::new(&content[..]);
        let outgoing = match self.dice.one_in(4) {
            true => Outgoing::from(&prepared),
            false => Outgoing::from(&content[..]),
        };
        let delivery = self.out.send(slot, &outgoing);
        let (accepts, is_blocked) = (self.out.accepts(slot), self.out.is_blocked(slot));
        let is_skipped = self.slow_peers == SlowPeers::Skip;
        let peer = self.peer(place);
        match delivery {
            Delivery::Queued | Delivery::Slow => {
                assert_eq!(peer.stage, Stage::Open);
                assert!(delivery == Delivery::Queued || is_blocked);
                peer.expected.push(Expected::Message(number));
            }
            Delivery::Full => {
                peer.refused += 1;
                assert_eq!(accepts, is_skipped);
            }
            Delivery::Gone => assert!(!accepts),
        }
    }

    fn publish(&mut self, topic: Option<&'static str>, except: Option<usize>) {
        let length = self.dice.choose(&LENGTHS);
        let number = self.number(length);
        let content = content(number, length);
        for (place, peer) in self.peers.iter_mut().enumerate() {
            let Some(peer) = peer.as_mut().filter(|peer| peer.stage == Stage::Open) else { continue };
            if Some(place) != except && topic.is_none_or(|topic| peer.topics.contains(topic)) {
                peer.expected.push(Expected::Published(number));
            }
        }
        let except = except.filter(|&place| self.peers[place].is_some()).map(Slot::at);
        match topic {
            Some(topic) => self.out.publish(topic, except, &Outgoing::from(&content[..])),
            None => self.out.broadcast(except, &Outgoing::from(&content[..])),
        }
    }

    /// As `peers/life.rs` does it.
    fn close(&mut self, place: usize, code: CloseCode) {
        let slot = Slot::at(place);
        self.out.queue_published(slot);
        if !self.out.accepts(slot) {
            return;
        }
        self.end_with(place, code);
    }

    fn end_with(&mut self, place: usize, code: CloseCode) {
        let slot = Slot::at(place);
        self.out.frame(slot, |send, out| send.close(code, "", out));
        self.peer(place).expected.push(Expected::Close(code.number()));
        self.leave(place, Stage::Ending);
        self.out.end(slot);
    }

    fn leave(&mut self, place: usize, stage: Stage) {
        let peer = self.peers[place].as_mut().unwrap();
        if peer.stage == Stage::Open {
            self.out.shut(Slot::at(place));
        }
        (peer.stage, peer.topics) = (stage, HashSet::new());
    }

    fn act_on_facts(&mut self) {
        while let Some((slot, fact)) = self.out.next_fact() {
            let place = slot.index();
            let stage = self.peer(place).stage;
            match fact {
                Fact::TooSlow if stage == Stage::Open => self.end_with(place, CloseCode::POLICY),
                Fact::Broken => {
                    assert!(self.peer(place).client.is_none(), "its client is there");
                    self.leave(place, Stage::Dead);
                }
                Fact::CutOff => {
                    self.peer(place).is_cut = true;
                    self.leave(place, Stage::Dead);
                }
                Fact::Written(caught_up) => {
                    self.peer(place).missed += caught_up.missed.unwrap_or(0);
                    if stage == Stage::Ending && self.out.queued(slot) > 0 {
                        self.out.report_when_written(slot);
                    } else if stage == Stage::Ending && self.out.shut_down(slot) == Some(true) {
                        self.leave(place, Stage::Lingering);
                    }
                }
                Fact::TooSlow | Fact::Blocked | Fact::Progress(_) => {}
            }
        }
    }

    /// The turn's end, as in `turn/endings.rs`.
    fn settle(&mut self) {
        self.act_on_facts();
        self.vacate_the_dead();
        self.out.flush();
        self.check();
        self.act_on_facts();
    }

    fn vacate_the_dead(&mut self) {
        for place in 0..PEERS {
            if self.peers[place].as_ref().is_some_and(|peer| peer.stage == Stage::Dead) {
                self.read(place, usize::MAX);
                self.out.vacate(Slot::at(place));
                let peer = self.peers[place].take().unwrap();
                self.judge(&peer);
            }
        }
    }

    /// What holds between turns, whatever was called.
    fn check(&mut self) {
        assert!(self.out.topics.are_silent() && self.out.tape.used() == 0 && self.out.dirty.is_empty());
        let there =
            || self.peers.iter().enumerate().filter_map(|(place, peer)| Some((place, peer.as_ref()?)));
        let accepts = |place| self.out.accepts(Slot::at(place));
        for (place, peer) in there() {
            let (slot, queued) = (Slot::at(place), self.out.queued(Slot::at(place)));
            // One message fits an empty outbox, and one more finds out that the socket is full.
            let most = self.queue_limit + 2 * LONGEST + peer.expected.len() * 16;
            assert!(queued <= most, "{queued} bytes wait for a peer");
            assert!(!accepts(place) || queued == 0 || self.out.is_blocked(slot), "nobody writes to it");
        }
        assert_eq!(self.out.open_count(), there().filter(|&(place, _)| accepts(place)).count());
        assert!(self.out.open_slots().all(|slot| accepts(slot.index())));
        for topic in TOPICS {
            let members = there().filter(|&(place, peer)| accepts(place) && peer.topics.contains(topic));
            assert_eq!(self.out.subscribers(topic), members.count());
        }
        let memory = there().map(|(place, _)| self.out.ways[place].outbox.memory()).sum::<usize>();
        assert!(there().any(|(place, _)| !accepts(place)) || self.out.waiting.total() == memory);
    }

    /// A client reads so many bytes at most. The poll may say that the socket has room, or say it for nothing.
    fn read(&mut self, place: usize, most: usize) {
        let Some(peer) = &mut self.peers[place] else { return };
        if let Some(client) = &mut peer.client {
            let mut buffer = vec![0; most.min(1 << 20)];
            let mut left = most;
            while left > 0 {
                let room = left.min(buffer.len());
                match client.read(&mut buffer[..room]) {
                    Ok(0) => break,
                    Ok(length) => {
                        peer.bytes.extend_from_slice(&buffer[..length]);
                        left -= length;
                    }
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    // What it had not read was lost with our end of the stream.
                    Err(error) => panic!("{error}"),
                }
            }
        }
        self.out.resume(Slot::at(place));
    }

    /// Everybody reads to the end.
    fn end(&mut self) {
        self.settle();
        for place in 0..PEERS {
            if self.peers[place].as_ref().is_some_and(|peer| peer.stage == Stage::Open) {
                self.close(place, CloseCode::GOING_AWAY);
            }
        }
        for _ in 0..2_000 {
            self.settle();
            for place in 0..PEERS {
                self.read(place, usize::MAX);
            }
            self.act_on_facts();
            let is_busy = |peer: &Peer| peer.client.is_some() && peer.stage == Stage::Ending;
            if !self.peers.iter().flatten().any(is_busy) {
                break;
            }
        }
        (0..PEERS).for_each(|place| self.read(place, usize::MAX));
        for peer in std::mem::take(&mut self.peers).iter().flatten() {
            assert!(peer.client.is_none() || peer.stage != Stage::Ending, "not all of it is written");
            self.judge(peer);
        }
    }

    /// What the client has read is what was expected, in this order; what is not there was counted.
    fn judge(&self, peer: &Peer) {
        if peer.client.is_none() {
            return;
        }
        let mut expected = peer.expected.iter().copied();
        let mut left_out = 0;
        let mut bytes = &peer.bytes[..];
        while let Some(found) = self.frame(&mut bytes) {
            loop {
                match (expected.next(), found) {
                    (Some(Expected::Published(number)), Expected::Message(found)) if number == found => break,
                    (Some(expected), found) if expected == found => break,
                    (Some(Expected::Published(_)), _) => left_out += 1,
                    (expected, found) => panic!("{found:?} came for {expected:?}"),
                }
            }
        }
        if peer.is_cut {
            return;
        }
        assert_eq!((bytes.len(), expected.next()), (0, None));
        match self.slow_peers {
            SlowPeers::Skip => assert_eq!(left_out + peer.refused, peer.missed),
            // Nothing follows what was left out, but the Close.
            SlowPeers::Close => assert!(left_out == 0 || peer.expected.ends_with(&[Expected::Close(1008)])),
        }
    }

    /// The frame at the front of what a client has read, if it is all there (RFC 6455 §5.2).
    fn frame(&self, bytes: &mut &[u8]) -> Option<Expected> {
        let (header, length) = match *bytes {
            [_, 126, a, b, ..] => (4, usize::from(u16::from_be_bytes([*a, *b]))),
            [_, 127, rest @ ..] => (10, u64::from_be_bytes(*rest.first_chunk()?) as usize),
            [_, length, ..] if *length < 126 => (2, usize::from(*length)),
            _ => return None,
        };
        let payload = bytes.get(header..header + length)?;
        let first = bytes[0];
        *bytes = &bytes[header + length..];
        let number = || u32::from_be_bytes(*payload.first_chunk().unwrap());
        Some(match first {
            0x82 => {
                let length = self.lengths[number() as usize];
                assert!(payload == content(number(), length), "message {} is not what it was", number());
                Expected::Message(number())
            }
            0x89 => Expected::Ping(number()),
            0x88 => Expected::Close(u16::from_be_bytes(*payload.first_chunk().unwrap())),
            other => panic!("a frame begins with {other:x}"),
        })
    }

    fn number(&mut self, length: usize) -> u32 {
        self.lengths.push(length);
        self.lengths.len() as u32 - 1
    }

    fn peer(&mut self, place: usize) -> &mut Peer {
        self.peers[place].as_mut().expect("facts are of connections that are there")
    }
}

/// No two messages look alike.
fn content(number: u32, length: usize) -> Vec<u8> {
    let mut content = vec![number as u8; length];
    content[..4].copy_from_slice(&number.to_be_bytes());
    content
}
