//! The way out against a list for each peer: calls that chance has written, to peers that read, that read slowly, that
//! do not read, and that vanish. No loop, no handler and no clock: turns end when the test says so.
//!
//! `POLLCAT_SEED` chooses the calls (a failure names its own) and `POLLCAT_OUTBOUND_ROUNDS` how many rounds there are.

use std::env;

use mio::net::UnixStream;
use pollcat_testing::dice::Dice;

use super::outgoing::Outgoing;
use super::reader::{Expected, Peer, Stage, content};
use super::waiting_list::Frame;
use super::{Delivery, Fact, Outbound};
use crate::protocol::{CloseCode, PreparedMessage};
use crate::server::accept::transport::Transport;
use crate::server::peer_id::Slot;
use crate::server::{Config, CounterReader, SlowPeers};

const PEERS: usize = 6;
const TOPICS: [&str; 5] = ["tea", "coffee", "gin", "rum", "milk"];
/// On the tape, and beside it.
const LENGTHS: [usize; 9] = [4, 4, 20, 20, 125, 126, 5_000, 65_535, 70_000];
const LONGEST: usize = 70_010;
const ROUNDS: u64 = 60;

struct World {
    out: Outbound,
    peers: [Option<Peer>; PEERS],
    numbers: u32,
    slow_peers: SlowPeers,
    queue_limit: usize,
    /// Keys that are chosen from.
    keys: usize,
    /// Clients vanish.
    some_vanish: bool,
    /// Messages of those who have left that were replaced; `None` if somebody was cut off, or vanished.
    replaced: Option<u64>,
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
        let mut out = Outbound::new(&config, CounterReader::new().meters());
        out.share = dice.choose(&[usize::MAX, 1, 2, 4]);
        let queue_limit = out.queue_limit;
        World {
            out,
            peers: Default::default(),
            numbers: 0,
            slow_peers,
            queue_limit,
            keys: dice.choose(&[0, 1, 3, 40]),
            some_vanish: dice.one_in(2),
            replaced: Some(0),
            dice,
        }
    }

    /// Calls of the application, then what the loop does at the end of a turn, then clients read.
    fn turn(&mut self) {
        for _ in 0..self.dice.choose(&[1, 2, 5, 20, 60]) {
            self.call();
            self.replace();
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
                let number = self.number();
                self.out.frame(slot, |send, out| send.ping(&number.to_be_bytes(), out));
                self.expect(place, Frame { what: Expected::Ping(number), payload: 4, key: None });
            }
            36 if is_open && self.dice.one_in(3) => self.close(place, CloseCode::NORMAL),
            37 if self.some_vanish && self.dice.one_in(6) => peer.client = None,
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
        self.peers[place] = Some(Peer::new(client));
    }

    fn send(&mut self, place: usize) {
        let (slot, frame) = (Slot::at(place), self.frame());
        let content = content(frame.what, frame.payload);
        let prepared = PreparedMessage::new(&content[..]);
        let outgoing = match self.dice.one_in(4) {
            true => Outgoing::from(&prepared),
            false => Outgoing::from(&content[..]),
        };
        let outgoing = Outgoing { key: frame.key, ..outgoing };
        self.out.queue_published(slot);
        let accepted = self.out.accepts(slot);
        let expected = match self.is_left_out(place, &frame) {
            true => Delivery::Full,
            false if self.out.is_blocked(slot) => Delivery::Slow,
            false => Delivery::Queued,
        };
        let delivery = self.out.send(slot, &outgoing);
        if !accepted || delivery == Delivery::Gone {
            // Writing may have shown that its client has vanished, or that too much waits for all of them.
            return assert!(!self.out.accepts(slot));
        }
        if self.peer(place).client.is_none() {
            return;
        }
        // The socket may turn out to be full.
        let is_sure = expected != Delivery::Queued || !self.out.is_blocked(slot);
        assert!(
            delivery == expected || !is_sure && delivery == Delivery::Slow,
            "{delivery:?}, not {expected:?}"
        );
        assert_eq!(self.out.accepts(slot), delivery != Delivery::Full || self.slow_peers == SlowPeers::Skip);
        self.tell(place, frame, expected == Delivery::Full);
    }

    fn publish(&mut self, topic: Option<&'static str>, except: Option<usize>) {
        let frame = self.frame();
        let content = content(frame.what, frame.payload);
        // So it is known who is slow before it is published.
        self.out.make_room(frame.payload);
        self.replace();
        for place in (0..PEERS).filter(|&place| Some(place) != except) {
            let Some(peer) = self.peers[place].as_ref().filter(|peer| peer.stage == Stage::Open) else {
                continue;
            };
            if topic.is_none_or(|topic| peer.topics.contains(topic)) {
                let is_left_out = self.is_left_out(place, &frame);
                self.tell(place, frame, is_left_out);
            }
        }
        let except = except.filter(|&place| self.peers[place].is_some()).map(Slot::at);
        let outgoing = Outgoing { key: frame.key, ..Outgoing::from(&content[..]) };
        match topic {
            Some(topic) => self.out.publish(topic, except, &outgoing),
            None => self.out.broadcast(except, &outgoing),
        }
    }

    /// A message of this length, and perhaps with a key.
    fn frame(&mut self) -> Frame<u32> {
        let payload = self.dice.choose(&LENGTHS);
        let key = (self.keys > 0 && self.dice.one_in(2)).then(|| self.dice.below(self.keys) as u64);
        Frame { what: self.number(), payload, key }
    }

    // ---- what the list says

    /// Has the queue of a peer no room for this?
    fn is_left_out(&mut self, place: usize, frame: &Frame<u32>) -> bool {
        let (is_blocked, limit) = (self.out.is_blocked(Slot::at(place)), self.queue_limit);
        let peer = self.peer(place);
        let frame = frame.map(|number| Expected::Message(number, frame.payload));
        is_blocked && peer.taken().is_some_and(|taken| !peer.expected.has_room_for(&frame, taken, limit))
    }

    /// A peer is sent a message, unless its queue is full.
    fn tell(&mut self, place: usize, frame: Frame<u32>, is_left_out: bool) {
        let closes = self.slow_peers == SlowPeers::Close;
        let peer = self.peer(place);
        if peer.is_too_slow {
            return;
        }
        if is_left_out {
            peer.left_out += 1;
            peer.is_too_slow = closes;
            return;
        }
        self.expect(place, frame.map(|number| Expected::Message(number, frame.payload)));
    }

    fn expect(&mut self, place: usize, frame: Frame<Expected>) {
        self.peer(place).expected.push(frame);
        self.replace();
    }

    /// Where sockets are full, newer messages take the place of older ones.
    fn replace(&mut self) {
        for place in 0..PEERS {
            if let Some(peer) = &mut self.peers[place]
                && self.out.is_blocked(Slot::at(place))
                && let Some(taken) = peer.taken()
            {
                peer.expected.replace(taken);
            }
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
        let close = Expected::Close(code.number());
        self.expect(place, Frame { what: close, payload: 2, key: None });
        self.leave(place, Stage::Ending);
        self.out.end(slot);
    }

    fn leave(&mut self, place: usize, stage: Stage) {
        let peer = self.peers[place].as_mut().unwrap();
        if peer.stage == Stage::Open {
            self.out.shut(Slot::at(place));
        }
        (peer.stage, peer.topics) = (stage, Default::default());
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
        self.out.flush_a_share();
        self.replace();
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
        let is_silent = self.out.topics.are_silent();
        assert!(self.out.dirty.is_empty());
        assert!(!is_silent || self.out.tape.used() == 0 && self.out.ahead.is_empty());
        for place in 0..PEERS {
            let Some(peer) = &mut self.peers[place] else { continue };
            let queued = self.out.queued(Slot::at(place));
            // What waits for one that was cut off is dropped.
            if self.out.ways[place].transport.is_some()
                && let Some(taken) = peer.taken()
            {
                assert_eq!(queued, peer.expected.waiting(taken), "so many bytes wait for {place}");
                // Of the first piece, what is written is still there.
                let (memory, extra) = (self.out.ways[place].outbox.memory(), peer.expected.extra(taken));
                let possible = queued + extra..=queued + extra + LONGEST;
                let is_kept = self.out.ways[place].outbox.queued() > 0;
                assert!(!is_kept || possible.contains(&memory), "{memory} bytes for {queued} and {extra}");
            }
        }
        let there =
            || self.peers.iter().enumerate().filter_map(|(place, peer)| Some((place, peer.as_ref()?)));
        let accepts = |place| self.out.accepts(Slot::at(place));
        for (place, peer) in there() {
            let (slot, queued) = (Slot::at(place), self.out.queued(Slot::at(place)));
            assert!(peer.client.is_none() || queued < 1 << 26, "{queued} bytes wait for a peer");
            let is_full = self.out.is_blocked(slot);
            assert!(!accepts(place) || queued == 0 || is_full || !is_silent, "nobody writes to it");
            let waits_on_tape = queued > self.out.ways[place].outbox.queued();
            assert!(!waits_on_tape || !is_full, "whether its queue has room is not known");
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
        peer.read(most);
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
        assert!(self.replaced.is_none_or(|replaced| replaced == self.out.counts.replaced));
    }

    fn judge(&mut self, peer: &Peer) {
        peer.judge(self.slow_peers);
        let is_sure = peer.client.is_some() && !peer.is_cut;
        self.replaced = self.replaced.filter(|_| is_sure).map(|sum| sum + peer.expected.replaced);
    }

    fn number(&mut self) -> u32 {
        self.numbers += 1;
        self.numbers
    }

    fn peer(&mut self, place: usize) -> &mut Peer {
        self.peers[place].as_mut().expect("facts are of connections that are there")
    }
}
