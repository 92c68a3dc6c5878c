//! Each peer receives everything, once, and in the order of the calls: thousands of calls of every kind, against a
//! model that keeps one string of bytes for each peer and knows no tape, no outbox and no socket.

use std::io::Read;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use pollcat::{CloseCode, Config, Departure, Message, Outgoing, PeerId, Peers, PreparedMessage};
use pollcat_testing::client::{BINARY, CLOSE, Client, PATIENCE, TEXT, unmasked};

use crate::directed::{Directed, Event};

const PEERS: usize = 5;
const TOPICS: [&str; 2] = ["tea", "coffee"];

#[derive(Debug, Clone, Copy)]
enum Call {
    Send(usize),
    Broadcast,
    BroadcastFrom(usize),
    Publish(usize),
    PublishFrom(usize, usize),
    Subscribe(usize, usize),
    Unsubscribe(usize, usize),
}

struct Said {
    call: Call,
    first_byte: u8,
    payload: Vec<u8>,
    /// Sent as a message prepared before.
    prepared: Option<PreparedMessage>,
}

/// What each peer must hear.
#[derive(Default)]
struct Model {
    heard: [Vec<u8>; PEERS],
    listens: [[bool; TOPICS.len()]; PEERS],
}

/// A plain xorshift generator: the same calls in every run.
struct Random(u64);

#[test]
fn each_peer_hears_everything_in_the_order_of_the_calls() {
    // Room for all that a peer who stalls makes wait: this test is not about that limit.
    let config = Config::new().max_send_queue(1 << 30).close_within(PATIENCE);
    let server = Directed::start(config);
    let (ids, mut clients): (Vec<PeerId>, Vec<Client>) = (0..PEERS).map(|_| server.guest()).unzip();
    let mut readers: Vec<Option<JoinHandle<Vec<u8>>>> = (0..PEERS).map(|_| None).collect();
    // Some read all the time, one begins when its socket has been full for a while, one when all is said.
    let (late, last) = (PEERS - 2, PEERS - 1);
    for peer in 0..late {
        readers[peer] = Some(read_on(&clients[peer]));
    }
    let mut model = Model::default();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut turns_while_full = 0;
    for turn in 0.. {
        assert!(turn < 20_000, "no socket ever filled up");
        let said = Arc::new((0..1 + random.below(40)).map(|_| random.said()).collect::<Vec<_>>());
        said.iter().for_each(|said| model.hear(said));
        let (ids, say) = (ids.clone(), Arc::clone(&said));
        let waiting = server.direct(move |peers| {
            let waiting = peers.queued(ids[last]);
            say.iter().for_each(|said| said.say(peers, &ids));
            waiting
        });
        turns_while_full += usize::from(waiting > 0);
        if turns_while_full == 20 {
            readers[late].get_or_insert_with(|| read_on(&clients[late]));
        }
        if turns_while_full > 60 && turn > 200 {
            break;
        }
    }
    readers[last] = Some(read_on(&clients[last]));
    let everybody = ids.clone();
    server.direct(move |peers| everybody.iter().for_each(|&id| peers.close(id, CloseCode::NORMAL, "")));
    for (peer, reader) in readers.into_iter().enumerate() {
        clients[peer].close(1000);
        let heard = reader.expect("everybody reads in the end").join().expect("a reader reads to the end");
        model.heard[peer].extend(unmasked(CLOSE, &1000_u16.to_be_bytes()));
        assert_same(peer, &heard, &model.heard[peer]);
    }
    let mut there = ids;
    while !there.is_empty() {
        match server.event() {
            Event::Drained(_, missed) => assert_eq!(missed, 0),
            Event::Left(id, departure) => {
                assert_eq!(departure, Departure::Closed(CloseCode::NORMAL));
                there.retain(|&other| other != id);
            }
            other => panic!("{other:?}"),
        }
    }
}

/// Reads to the end on a thread of its own.
fn read_on(client: &Client) -> JoinHandle<Vec<u8>> {
    let mut stream = client.stream();
    stream.set_read_timeout(Some(PATIENCE + Duration::from_secs(20))).expect("it can be given a limit");
    thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("an end in order");
        bytes
    })
}

/// The bytes themselves would fill screens.
fn assert_same(peer: usize, heard: &[u8], expected: &[u8]) {
    let differs = heard.iter().zip(expected).position(|(heard, expected)| heard != expected);
    assert_eq!(differs, None, "peer {peer}: the first byte that differs");
    assert_eq!(heard.len(), expected.len(), "peer {peer}: the length");
}

impl Model {
    fn hear(&mut self, said: &Said) {
        let hears: [bool; PEERS] = match said.call {
            Call::Send(to) => std::array::from_fn(|peer| peer == to),
            Call::Broadcast => [true; PEERS],
            Call::BroadcastFrom(from) => std::array::from_fn(|peer| peer != from),
            Call::Publish(topic) => self.listens.map(|listens| listens[topic]),
            Call::PublishFrom(from, topic) => {
                std::array::from_fn(|peer| peer != from && self.listens[peer][topic])
            }
            Call::Subscribe(peer, topic) => return self.listens[peer][topic] = true,
            Call::Unsubscribe(peer, topic) => return self.listens[peer][topic] = false,
        };
        let frame = unmasked(said.first_byte, &said.payload);
        for (heard, _) in self.heard.iter_mut().zip(hears).filter(|(_, hears)| *hears) {
            heard.extend(&frame);
        }
    }
}

impl Said {
    fn say(&self, peers: &mut Peers, ids: &[PeerId]) {
        match self.call {
            Call::Send(to) => {
                peers.send(ids[to], self.outgoing());
            }
            Call::Broadcast => peers.broadcast(self.outgoing()),
            Call::BroadcastFrom(from) => peers.broadcast_from(ids[from], self.outgoing()),
            Call::Publish(topic) => peers.publish(TOPICS[topic], self.outgoing()),
            Call::PublishFrom(from, topic) => peers.publish_from(ids[from], TOPICS[topic], self.outgoing()),
            Call::Subscribe(peer, topic) => peers.subscribe(ids[peer], TOPICS[topic]),
            Call::Unsubscribe(peer, topic) => peers.unsubscribe(ids[peer], TOPICS[topic]),
        }
    }

    fn outgoing(&self) -> Outgoing<'_> {
        match &self.prepared {
            Some(prepared) => prepared.into(),
            None => self.message().into(),
        }
    }

    fn message(&self) -> Message<'_> {
        match self.first_byte {
            TEXT => str::from_utf8(&self.payload).expect("digits are UTF-8").into(),
            _ => self.payload[..].into(),
        }
    }
}

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound
    }

    fn said(&mut self) -> Said {
        let (peer, topic) = (self.below(PEERS), self.below(TOPICS.len()));
        let call = match self.below(12) {
            0..=4 => Call::Send(peer),
            5 => Call::Broadcast,
            6 => Call::BroadcastFrom(peer),
            7 | 8 => Call::Publish(topic),
            9 => Call::PublishFrom(peer, topic),
            10 => Call::Subscribe(peer, topic),
            _ => Call::Unsubscribe(peer, topic),
        };
        // Mostly short; some around 64 KiB, from where on messages are kept apart, and some far beyond.
        let length = match self.below(100) {
            0..80 => self.below(200),
            80..92 => 1000 + self.below(5000),
            92..97 => 65_400 + self.below(200),
            _ => 70_000 + self.below(130_000),
        };
        // No two messages alike, so that none can pass for another.
        let number = format!("{:016x}", self.0);
        let payload: Vec<u8> = number.bytes().cycle().take(length).collect();
        let first_byte = if self.below(2) == 0 { TEXT } else { BINARY };
        let mut said = Said { call, first_byte, payload, prepared: None };
        said.prepared = (self.below(3) == 0).then(|| PreparedMessage::new(said.message()));
        said
    }
}
