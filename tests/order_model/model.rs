//! The promise, in plain words: a list of what each peer must receive, lengthened by every call in its turn. It knows
//! no tape, no outbox and no socket.

use std::fmt;

use pollcat::{Departure, PeerId, Peers};

use crate::script::{Call, Name, Said, TOPICS, Topic, Way};

/// What a peer is to hear at the very end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// A Close with this code, and the end of the stream.
    Close(u16),
    /// The end of the stream, and no Close before it.
    End,
    /// Nobody knows: the connection was reset.
    Torn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Coming,
    Open,
    Gone,
}

/// An answer to a Ping, and how many messages the peer has heard before it: at least, and at most. The two differ only
/// if others had their turn between the Ping and the script behind it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pong {
    pub(crate) number: u32,
    pub(crate) earliest: usize,
    pub(crate) latest: usize,
}

#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) id: Option<PeerId>,
    pub(crate) stage: Stage,
    topics: Vec<Topic>,
    pub(crate) expected: Vec<Said>,
    pub(crate) pongs: Vec<Pong>,
    /// How many messages were said to it when its last script was done.
    pub(crate) mark: usize,
    /// The client is about to leave by itself, and how that ends. The server says when it has seen it.
    pub(crate) leaving: Option<Ending>,
    pub(crate) ending: Ending,
    /// `on_close` was told.
    pub(crate) departed: bool,
    /// Scripts it has sent, and those that were done.
    pub(crate) sent: usize,
    pub(crate) done: usize,
    /// Messages that its client has heard, and that `on_drain` told were left out.
    pub(crate) heard: usize,
    pub(crate) missed: u64,
    /// It was there until the end, and has caught up before: then those are all.
    pub(crate) has_caught_up: bool,
}

/// What becomes of those who do not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slow {
    /// There is room for all of it.
    Wait,
    Skip,
    Close,
}

pub(crate) struct Model {
    pub(crate) peers: Vec<Peer>,
    pub(crate) slow: Slow,
    /// The server has been told to.
    stops: bool,
    /// Every call, and the number of the handler's call that it was made in.
    pub(crate) log: Vec<(u32, Call)>,
    pub(crate) turn: u32,
}

impl Model {
    pub(crate) fn new(slow: Slow) -> Self {
        Model { peers: Vec::new(), slow, stops: false, log: Vec::new(), turn: 0 }
    }

    pub(crate) fn add_peer(&mut self) -> Name {
        self.peers.push(Peer {
            id: None,
            stage: Stage::Coming,
            topics: Vec::new(),
            expected: Vec::new(),
            pongs: Vec::new(),
            mark: 0,
            leaving: None,
            ending: Ending::Close(1000),
            departed: false,
            sent: 0,
            done: 0,
            heard: 0,
            missed: 0,
            has_caught_up: false,
        });
        self.peers.len() - 1
    }

    pub(crate) fn name_of(&self, id: PeerId) -> Name {
        self.peers.iter().position(|peer| peer.id == Some(id)).expect("whoever speaks has been opened")
    }

    pub(crate) fn open(&mut self, name: Name, id: PeerId) {
        assert!(self.peers.iter().all(|peer| peer.id != Some(id)), "{id} came twice");
        let peer = &mut self.peers[name];
        assert_eq!(peer.stage, Stage::Coming);
        (peer.id, peer.stage) = (Some(id), Stage::Open);
    }

    pub(crate) fn depart(&mut self, name: Name, departure: Departure) {
        let peer = &mut self.peers[name];
        assert!(!std::mem::replace(&mut peer.departed, true), "peer {name} left twice");
        let possible = match departure {
            Departure::Closed(_) => true,
            Departure::Lost => matches!(peer.leaving, Some(Ending::End | Ending::Torn)),
            Departure::TooSlow => self.slow == Slow::Close,
            Departure::Failed(_) => matches!(peer.leaving, Some(Ending::Close(1002) | Ending::Torn)),
            // `OverBudget`, `TimedOut`, and what there may be one day.
            _ => false,
        };
        assert!(possible, "peer {name}: {departure}");
        if departure == Departure::TooSlow {
            peer.ending = Ending::Close(1008);
        }
    }

    /// Who leaves by itself, or is too slow, does so at a time that only the server knows. Everything else must be as
    /// the calls have made it.
    pub(crate) fn compare(&mut self, peers: &Peers) {
        for (name, peer) in self.peers.iter_mut().enumerate() {
            let Some(id) = peer.id else { continue };
            if peer.stage == Stage::Open && !peers.contains(id) {
                // `depart` tells who was too slow.
                let by_server = match (self.stops, self.slow) {
                    (true, _) => Some(Ending::Close(1001)),
                    (_, Slow::Close) => Some(Ending::Close(1008)),
                    _ => None,
                };
                let ending = peer.leaving.or(by_server);
                peer.ending = ending.unwrap_or_else(|| panic!("peer {name} is not there"));
                peer.leave();
            }
            assert_eq!(peer.stage == Stage::Open, peers.contains(id), "is peer {name} there?");
        }
        let open = || self.peers.iter().filter(|peer| peer.stage == Stage::Open);
        assert_eq!(peers.len(), open().count(), "how many are there?");
        for topic in TOPICS {
            let members = open().filter(|peer| peer.topics.contains(&topic)).count();
            assert_eq!(peers.subscribers(topic), members, "how many listen to {topic}?");
        }
    }

    /// The end is near: everybody who is there knows by now what was said, or how much was left out.
    pub(crate) fn expect_all_to_be_known(&mut self) {
        let is_open = |peer: &&mut Peer| peer.stage == Stage::Open && peer.leaving.is_none();
        self.peers.iter_mut().filter(is_open).for_each(|peer| peer.has_caught_up = true);
    }

    pub(crate) fn is_open(&self, name: Name) -> bool {
        self.peers[name].stage == Stage::Open
    }

    pub(crate) fn hear(&mut self, call: Call) {
        self.log.push((self.turn, call));
        match call {
            Call::Say(way, said) => {
                let hearers = self.peers.iter_mut().enumerate().filter(|(name, peer)| {
                    peer.stage == Stage::Open
                        && match way {
                            Way::Send(to) => *name == to,
                            Way::Publish(topic) => peer.topics.contains(&topic),
                            Way::PublishFrom(from, topic) => *name != from && peer.topics.contains(&topic),
                            Way::Broadcast => true,
                            Way::BroadcastFrom(from) => *name != from,
                        }
                });
                hearers.for_each(|(_, peer)| peer.expected.push(said));
            }
            Call::Subscribe(who, topic) => {
                let peer = &mut self.peers[who];
                if peer.stage == Stage::Open && !peer.topics.contains(&topic) {
                    peer.topics.push(topic);
                }
            }
            Call::Unsubscribe(who, topic) => self.peers[who].topics.retain(|&joined| joined != topic),
            Call::Close(who) => self.peers[who].leave(),
            Call::Tear(who) => self.peers[who].leaving = Some(Ending::Torn),
            Call::Stop => self.stops = true,
            Call::Wait => {}
        }
    }
}

impl Peer {
    fn leave(&mut self) {
        if self.stage == Stage::Open {
            self.stage = Stage::Gone;
            self.topics.clear();
        }
    }

    /// Has it heard everything that was said to it, or heard how much it has missed?
    pub(crate) fn knows_all(&self) -> bool {
        self.heard + self.missed as usize >= self.expected.len()
    }

    /// A script has come, and right before it these Pings.
    pub(crate) fn answer_pings(&mut self, numbers: impl Iterator<Item = u32>) {
        let (earliest, latest) = (self.mark, self.expected.len());
        self.pongs.extend(numbers.map(|number| Pong { number, earliest, latest }));
    }

    /// Is everything done that its client has asked for, so that the next turn may come?
    pub(crate) fn is_settled(&self) -> bool {
        match self.stage {
            Stage::Coming => self.sent == 0,
            Stage::Open => self.sent == self.done && self.leaving.is_none(),
            Stage::Gone => self.leaving.is_none() || self.departed,
        }
    }
}

/// What a wait in vain may have been for.
impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Peer { stage, leaving, departed, sent, done, heard, missed, expected, .. } = self;
        write!(f, "{stage:?}, leaving {leaving:?}, departed {departed}, {done} of {sent} scripts done, ")?;
        write!(f, "{heard} of {} messages heard, {missed} missed", expected.len())
    }
}
