//! The user table, keyed by token, and every way to send. `README.md` has the map of the folder.

mod access;
mod admitting;
mod answering;
mod changing;
mod draining;
mod expiry;
mod life;
mod looking;
mod pausing;
mod pinging;
mod timing;

pub(in crate::server) use answering::KeepAlive;

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use mio::Registry;

use super::accept::admission::Admission;
use super::counters::{Counters, Meters};
use super::peer_id::Slot;
use super::requests::{Asked, RequestId, Requests};
use super::round_trips::RoundTrips;
use super::send::outgoing::Outgoing;
use super::send::{Delivery, Outbound};
use super::table::Table;
use super::time::deadlines::{Clock, Tick, ticks};
use super::time::drain::Drain;
use super::timers::Timers;
use super::{Config, Departure, PeerId};
use crate::handshake::{Answer, Carried};
use crate::protocol::CloseCode;

/// Everybody who is connected, and every way to send to them.
///
/// What is sent leaves when the turn ends, at the latest; large messages, and many, leave earlier. Each peer receives
/// messages in the order of the calls. Nothing that is sent ends a connection while a handler runs: a peer whose stream
/// is broken, or whose queue is full (with [`SlowPeers::Close`](super::SlowPeers::Close)), accepts nothing more, and
/// [`on_close`](super::Handler::on_close) follows when no other call of the handler is running.
#[derive(Debug)]
pub struct Peers {
    table: Table,
    out: Outbound,
    requests: Requests,
    admission: Admission,
    /// Connections that came through a trusted proxy. They are counted by the address of a client, as long as they do
    /// something for it.
    by_proxy: HashSet<Slot>,
    /// For the way in: the longest message that a peer may begin.
    new_limits: Vec<(PeerId, usize)>,
    /// For the way in: the limits on what it holds are other ones.
    receiving_has_changed: bool,
    /// For the way in: peers that may be read from again, as their outbox is empty, or their pause is over.
    may_go_on: Vec<PeerId>,
    /// For the way in: peers whose request has its answer, or needs none any more.
    answered: Vec<PeerId>,
    /// Upgrades that were accepted later, and are to be opened: each with the head of its request.
    accepted: VecDeque<(PeerId, Answer, Box<[u8]>)>,
    /// For the handler.
    news: VecDeque<News>,
    /// While on_open is called: what the answer carries for this peer.
    carried: Option<(PeerId, Carried)>,
    counters: Counters,
    meters: Arc<Meters>,
    /// Who watches connections: the poll. None, where somebody turns the loop by hand.
    registry: Option<Registry>,
    config: Config,
    clock: Clock,
    /// As of the beginning of the turn.
    now: Tick,
    /// `Config::ping_after` in ticks, as it is needed with every read.
    silence: Tick,
    timers: Timers,
    round_trips: RoundTrips,
    stopping: bool,
    listening: Listening,
    drain: Option<Drain>,
    /// The peer that the drain closed last.
    drained: Slot,
    /// The first request whose subprotocols were not answered has been logged as a warning.
    warned_of_subprotocols: bool,
}

/// Does the server take clients?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listening {
    Yes,
    /// The loop has not seen it yet.
    NotAnyMore,
    No,
}

/// What the handler is to be called for, when no other call of it is under way.
#[derive(Debug)]
pub(in crate::server) enum News {
    /// The answer to a request has come, and asks for its body. The head is the request's.
    BodyWanted { request: RequestId, limit: usize, head: Box<[u8]>, asked: Asked },
    /// A request that was put off needs no answer any more.
    RequestGone(RequestId),
    /// A peer has left.
    Closed(PeerId, Departure),
    /// A slow peer has caught up, and missed so many messages.
    Drained(PeerId, u64),
}

impl Peers {
    pub(in crate::server) fn new(
        config: Config,
        clock: Clock,
        registry: Option<Registry>,
        meters: &Arc<Meters>,
    ) -> Self {
        Peers {
            table: Table::default(),
            out: Outbound::new(&config, meters),
            requests: Requests::default(),
            admission: Admission::new(config.max_connections_per_address, config.trusted_networks.clone()),
            by_proxy: HashSet::new(),
            new_limits: Vec::new(),
            receiving_has_changed: false,
            may_go_on: Vec::new(),
            answered: Vec::new(),
            accepted: VecDeque::new(),
            news: VecDeque::new(),
            carried: None,
            counters: Counters::default(),
            meters: Arc::clone(meters),
            registry,
            clock,
            now: 0,
            silence: ticks(config.ping_after),
            config,
            timers: Timers::default(),
            round_trips: RoundTrips::default(),
            stopping: false,
            listening: Listening::Yes,
            drain: None,
            drained: Slot::at(0),
            warned_of_subprotocols: false,
        }
    }

    /// Sends a message to one peer.
    pub fn send<'a>(&mut self, to: PeerId, message: impl Into<Outgoing<'a>>) -> Delivery {
        match self.table.find(to) {
            Some(slot) => self.out.send(slot, &message.into()),
            None => Delivery::Gone,
        }
    }

    /// Sends a message to everybody.
    pub fn broadcast<'a>(&mut self, message: impl Into<Outgoing<'a>>) {
        self.out.broadcast(None, &message.into());
    }

    /// Sends a message from a peer to everybody else.
    pub fn broadcast_from<'a>(&mut self, from: PeerId, message: impl Into<Outgoing<'a>>) {
        self.out.broadcast(self.table.find(from), &message.into());
    }

    /// Subscribes a peer to a topic: it receives what is published to it from now on. A topic is a name; it exists
    /// while somebody is subscribed. Doing this twice changes nothing, nor does it for a peer that is not open: in
    /// [`on_request`](super::Handler::on_request) it is too early.
    pub fn subscribe(&mut self, id: PeerId, topic: &str) {
        if let Some(slot) = self.open_slot(id) {
            self.out.subscribe(slot, topic);
        }
    }

    /// Ends a subscription. What was published before is still delivered.
    pub fn unsubscribe(&mut self, id: PeerId, topic: &str) {
        if let Some(slot) = self.open_slot(id) {
            self.out.unsubscribe(slot, topic);
        }
    }

    /// Sends a message to everybody who is subscribed to a topic. It is encoded once.
    pub fn publish<'a>(&mut self, topic: &str, message: impl Into<Outgoing<'a>>) {
        self.out.publish(topic, None, &message.into());
    }

    /// Sends a message from a peer to everybody else who is subscribed to a topic.
    pub fn publish_from<'a>(&mut self, from: PeerId, topic: &str, message: impl Into<Outgoing<'a>>) {
        self.out.publish(topic, self.table.find(from), &message.into());
    }

    /// Another [limit](Config::max_message) for the messages of this peer that begin from now on, be it higher or
    /// lower: for one that has announced something long, say. A message that has begun keeps the limit that it began
    /// with. As long as a compressed message is not whole, it may be an eighth and 1 KiB longer. For a peer that is not
    /// open nothing changes.
    pub fn set_max_message(&mut self, id: PeerId, bytes: usize) {
        if self.contains(id) {
            self.new_limits.push((id, bytes));
        }
    }

    /// Begins the closing handshake (RFC 6455 §7.1.2). What was sent before still arrives. From now on nothing is sent
    /// to the peer, and its messages are discarded. [`on_close`](super::Handler::on_close) comes when the handshake is
    /// complete, or [`Config::close_within`] has passed. A reason over 123 bytes is cut. With [`CloseCode::NO_STATUS`]
    /// the Close is empty (§5.5.1): the reason is left out as well.
    pub fn close(&mut self, id: PeerId, code: CloseCode, reason: &str) {
        if let Some(slot) = self.open_slot(id) {
            self.begin_closing(slot, code, reason);
        }
    }

    /// Is this peer open: can it be sent to?
    pub fn contains(&self, id: PeerId) -> bool {
        self.open_slot(id).is_some()
    }

    /// How many peers are open.
    pub fn len(&self) -> usize {
        self.out.open_count()
    }

    /// Is nobody there?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All open peers, in no particular order.
    pub fn ids(&self) -> Vec<PeerId> {
        self.out.open_slots().map(|slot| self.table.id(slot)).collect()
    }

    /// How many peers are subscribed to a topic.
    pub fn subscribers(&self, topic: &str) -> usize {
        self.out.subscribers(topic)
    }

    /// How many bytes wait for a peer. What was published to it and has not had its turn counts, though it may be left
    /// out when the turn ends ([`SlowPeers::Skip`](super::SlowPeers::Skip)), or replace what waits
    /// ([`Outgoing::replacing`]).
    pub fn queued(&self, id: PeerId) -> usize {
        self.table.find(id).map_or(0, |slot| self.out.queued(slot))
    }

    /// What the server has counted and measured, up to now. What unfinished messages take is as of the last turn.
    pub fn counters(&self) -> Counters {
        let mut counters = self.counters.clone().with_histograms(self.meters.read());
        counters.connections = self.table.count() as u64;
        self.out.count_into(&mut counters);
        counters
    }

    #[inline]
    fn open_slot(&self, id: PeerId) -> Option<Slot> {
        self.table.find(id).filter(|&slot| self.out.accepts(slot))
    }
}
