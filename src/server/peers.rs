//! The user table, keyed by token, and every way to send.
//!
//! This is the half that handlers see. What becomes of what they say is in `saying.rs` and `flushing.rs`, what the loop does
//! with the table in `lifecycle.rs`.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use mio::Registry;

use super::accept::admission::Admission;
use super::counters::Counters;
use super::handler::Departure;
use super::receive::opening;
use super::receive::requests::{RequestId, Requests};
use super::send::deflate::Compressors;
use super::send::tape::Tape;
use super::send::topics::{EVERYBODY, TopicNumber, Topics};
use super::table::budget::Budget;
use super::table::connection::{Connections, Stage};
use super::table::slot_set::SlotSet;
use super::time::deadlines::{Clock, Deadlines, Tick};
use super::{Config, PeerId};
use crate::handshake::Answer;
use crate::protocol::CloseCode;
use crate::server::send::outgoing::Outgoing;

/// Everybody who is connected, and every way to send to them.
///
/// What is sent is on its way when the handler returns to the loop and the turn ends; each peer hears it in
/// the order of the calls.
#[derive(Debug)]
pub struct Peers {
    pub(super) connections: Connections,
    /// The slots of those who are open.
    pub(super) open: SlotSet,
    pub(super) topics: Topics,
    pub(super) tape: Tape,
    /// The long message that came alone last, as a frame: whoever is sent it while it is heard is written these bytes.
    pub(super) heard: Arc<Vec<u8>>,
    /// Whose messages are being heard.
    pub(super) speaker: Option<u32>,
    #[cfg_attr(not(feature = "deflate"), allow(dead_code, reason = "nothing is compressed"))]
    pub(super) compressors: Compressors,
    pub(super) deadlines: Deadlines,
    pub(super) admission: Admission,
    pub(super) counters: Counters,
    pub(super) requests: Requests,
    /// Unfinished messages.
    pub(super) receiving: Budget,
    /// What waits for those who do not read.
    pub(super) sending: Budget,
    /// Slots of connections that came through a trusted proxy: they are counted by the address of a client, as long as they
    /// do something for it.
    pub(super) by_proxy: HashSet<u32>,
    /// To be told to the way in of these peers: the longest message that they may begin.
    pub(super) new_limits: Vec<(PeerId, usize)>,
    /// Peers whose outboxes were dropped, as they held too much of that.
    pub(super) cut_off: Vec<PeerId>,
    pub(super) registry: Registry,
    pub(super) config: Config,
    pub(super) clock: Clock,
    /// As of the beginning of the turn.
    pub(super) now: Tick,
    /// `Config::ping_after` in ticks, as it is needed with every read.
    pub(super) silence: Tick,
    pub(super) stopping: bool,
    /// A subprotocol that nobody answered was logged as a warning.
    pub(super) told_of_subprotocols: bool,
    /// Slots with something to write, or to shut down.
    pub(super) dirty: Vec<u32>,
    /// Peers with input that was left for the next turn.
    pub(super) unfinished: Vec<PeerId>,
    /// To be told to the handler: who has left.
    pub(super) departed: VecDeque<(PeerId, Departure)>,
    /// To be told to the handler: who has caught up, and how many messages it missed.
    pub(super) drained: VecDeque<(PeerId, u64)>,
    /// Slots to be vacated.
    pub(super) dead: Vec<u32>,
}

/// What became of a message for one peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// On its way.
    Queued,
    /// Queued behind others that the peer has not read. Wait with more until
    /// [`on_drain`](super::Handler::on_drain), if that is yours to decide.
    Slow,
    /// Not sent: the peer's send queue is full. [`SlowPeers`](super::SlowPeers) says what happens next.
    Full,
    /// Not sent: there is no such peer, or it is being closed.
    Gone,
}

impl Peers {
    /// Sends a message to one peer.
    pub fn send<'a>(&mut self, to: PeerId, message: impl Into<Outgoing<'a>>) -> Delivery {
        self.say_to(to, &message.into())
    }

    /// Sends a message to everybody.
    pub fn broadcast<'a>(&mut self, message: impl Into<Outgoing<'a>>) {
        self.say_to_all(EVERYBODY, None, &message.into());
    }

    /// Sends a message from a peer to everybody else.
    pub fn broadcast_from<'a>(&mut self, from: PeerId, message: impl Into<Outgoing<'a>>) {
        self.say_to_all(EVERYBODY, Some(from), &message.into());
    }

    /// Lets a peer hear what is published to a topic from now on. A topic is a name; it exists while somebody
    /// listens. Doing this twice changes nothing, nor does it for a peer that is not open: in
    /// [`on_request`](super::Handler::on_request) it is too early.
    pub fn subscribe(&mut self, id: PeerId, topic: &str) {
        if !self.contains(id) || self.topics.find(topic).is_some_and(|number| self.listens(id, number)) {
            return;
        }
        self.catch_up(id.slot);
        if self.contains(id) {
            let number = self.topics.find_or_make(topic);
            self.connections.at(id.slot).topics.add(number);
            self.topics.join(number, id.slot);
        }
    }

    /// Ends a subscription. What was published before is still delivered.
    pub fn unsubscribe(&mut self, id: PeerId, topic: &str) {
        let Some(number) = self.topics.find(topic) else {
            return;
        };
        if !self.listens(id, number) {
            return;
        }
        self.catch_up(id.slot);
        if self.contains(id) {
            self.connections.at(id.slot).topics.remove(number);
            self.topics.leave(number, id.slot);
        }
    }

    /// Sends a message to everybody who listens to a topic. It is encoded once.
    pub fn publish<'a>(&mut self, topic: &str, message: impl Into<Outgoing<'a>>) {
        if let Some(number) = self.topics.find(topic) {
            self.say_to_all(number, None, &message.into());
        }
    }

    /// Sends a message from a peer to everybody else who listens to a topic.
    pub fn publish_from<'a>(&mut self, from: PeerId, topic: &str, message: impl Into<Outgoing<'a>>) {
        if let Some(number) = self.topics.find(topic) {
            self.say_to_all(number, Some(from), &message.into());
        }
    }

    /// The id of the request with which [`on_request`](super::Handler::on_request) has just been called, for an answer
    /// that comes [later](Answer::later). To be asked for there: elsewhere nobody waits under the id that this gives.
    pub fn request_id(&self, id: PeerId) -> RequestId {
        self.requests.latest(id)
    }

    /// Sends the answer to a request for which [`on_request`](super::Handler::on_request) returned [`Answer::later`].
    /// [`Delivery::Gone`], and nothing is sent, if this request is not the one that waits: it has its answer, was
    /// given up ([`Config::handshake_within`]), or its client has left.
    pub fn answer_request(&mut self, request: RequestId, answer: &Answer) -> Delivery {
        if opening::give_awaited(self, request, answer) { Delivery::Queued } else { Delivery::Gone }
    }

    /// Another [limit](Config::max_message) for the messages of this peer that begin from now on, be it higher or lower: for
    /// one that has announced something long, say. A message that has begun keeps the limit that it began with. As
    /// long as a compressed message is not whole, it may be an eighth and 1 KiB longer. For a peer that is not open
    /// nothing changes.
    pub fn set_max_message(&mut self, id: PeerId, bytes: usize) {
        if self.contains(id) {
            self.new_limits.push((id, bytes));
        }
    }

    /// Begins the closing handshake (RFC 6455 §7.1.2). What was sent before still arrives; from now on the
    /// peer is gone for every way to send, and its messages are not heard. [`on_close`](super::Handler::on_close)
    /// comes when the handshake is complete, or [`Config::close_within`] has passed. A reason over 123
    /// bytes is cut.
    pub fn close(&mut self, id: PeerId, code: CloseCode, reason: &str) {
        self.begin_closing(id, code, reason);
    }

    /// Is this peer open: can it be sent to?
    pub fn contains(&self, id: PeerId) -> bool {
        self.connections.get(id).is_some_and(|connection| connection.stage == Stage::Open)
    }

    /// How many peers are open.
    pub fn len(&self) -> usize {
        self.counters.open as usize
    }

    /// Is nobody there?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All open peers, in no particular order.
    pub fn ids(&self) -> Vec<PeerId> {
        self.open.iter().map(|slot| self.connections.id_at(slot)).collect()
    }

    /// How many peers listen to a topic.
    pub fn subscribers(&self, topic: &str) -> usize {
        self.topics.find(topic).map_or(0, |number| self.topics.members(number).len())
    }

    /// How many bytes wait for a peer.
    pub fn queued(&self, id: PeerId) -> usize {
        let Some(connection) = self.connections.get(id) else {
            return 0;
        };
        let news = match connection.stage {
            Stage::Open if !self.topics.are_silent() => {
                self.topics.news(&connection.topics, connection.heard)
            }
            _ => Vec::new(),
        };
        connection.outbox.queued() + news.iter().map(|said| said.range.len()).sum::<usize>()
    }

    /// What the server has counted, up to now.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Stops the server: new clients are refused, every peer gets a Close with 1001, and when all have left, or
    /// [`Config::close_within`] has passed, [`Server::run`](super::Server::run) returns.
    pub fn stop(&mut self) {
        self.stopping = true;
    }

    fn listens(&self, id: PeerId, number: TopicNumber) -> bool {
        self.connections.get(id).is_some_and(|connection| connection.topics.contains(number))
    }
}
