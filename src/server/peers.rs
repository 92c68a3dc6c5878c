//! The user table, keyed by token, and every way to send.
//!
//! This is the half that handlers see. What the loop does with the table is in `lifecycle.rs`.

use std::collections::VecDeque;

use mio::Registry;

use super::admission::Admission;
use super::connection::{Connection, Connections, Stage};
use super::counters::Counters;
use super::deadlines::{Deadlines, Tick};
use super::deflate::Compressors;
use super::handler::Departure;
use super::opening;
use super::sending::Sending;
use super::tape::Tape;
use super::topics::Topics;
use super::{Config, PeerId, SlowPeers};
use crate::handshake::Answer;
use crate::message::Outgoing;
use crate::protocol::CloseCode;

/// Everybody who is connected, and every way to send to them.
///
/// What is sent is on its way when the handler returns to the loop and the turn ends; each peer hears it in
/// the order of the calls.
#[derive(Debug)]
pub struct Peers {
    pub(super) connections: Connections,
    pub(super) topics: Topics,
    pub(super) tape: Tape,
    #[cfg_attr(not(feature = "deflate"), allow(dead_code, reason = "nothing is compressed"))]
    pub(super) compressors: Compressors,
    pub(super) deadlines: Deadlines,
    pub(super) admission: Admission,
    pub(super) counters: Counters,
    pub(super) registry: Registry,
    pub(super) config: Config,
    /// As of the beginning of the turn.
    pub(super) now: Tick,
    /// `Config::ping_after` in ticks, as it is needed with every read.
    pub(super) silence: Tick,
    pub(super) stopping: bool,
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
    /// Not sent: the peer's send queue is full. [`SlowPeers`] says what happens next.
    Full,
    /// Not sent: there is no such peer, or it is being closed.
    Gone,
}

impl Peers {
    /// Sends a message to one peer.
    pub fn send<'a>(&mut self, to: PeerId, message: impl Into<Outgoing<'a>>) -> Delivery {
        let is_open = |connection: &Connection| connection.stage == Stage::Open;
        if !self.connections.get(to).is_some_and(is_open) {
            return Delivery::Gone;
        }
        let mut sending = self.begin_sending(message.into());
        let delivery = self.push_message(to.slot, &mut sending);
        if matches!(delivery, Delivery::Slow | Delivery::Full) {
            self.connections.at(to.slot).outbox.tell_slow();
        }
        delivery
    }

    /// Sends a message to everybody.
    pub fn broadcast<'a>(&mut self, message: impl Into<Outgoing<'a>>) {
        self.broadcast_except(None, message.into());
    }

    /// Sends a message from a peer to everybody else.
    pub fn broadcast_from<'a>(&mut self, from: PeerId, message: impl Into<Outgoing<'a>>) {
        self.broadcast_except(Some(from), message.into());
    }

    /// Lets a peer hear what is published to a topic from now on. A topic is a name; it exists while somebody
    /// listens. Doing this twice changes nothing.
    pub fn subscribe(&mut self, id: PeerId, topic: &str) {
        let Some(connection) = self.connections.get_mut(id).filter(|peer| peer.stage == Stage::Open) else {
            return;
        };
        let number = self.topics.find_or_make(topic);
        if !connection.topics.contains(&number) {
            connection.topics.push(number);
            self.topics.join(number, id.slot);
        }
    }

    /// Ends a subscription. What was published before is still delivered.
    pub fn unsubscribe(&mut self, id: PeerId, topic: &str) {
        let Some(connection) = self.connections.get_mut(id) else {
            return;
        };
        let number = self.topics.find(topic);
        if let Some(place) = connection.topics.iter().position(|&joined| Some(joined) == number) {
            let number = connection.topics.swap_remove(place);
            self.topics.leave(number, id.slot);
        }
    }

    /// Sends a message to everybody who listens to a topic. It is encoded once.
    pub fn publish<'a>(&mut self, topic: &str, message: impl Into<Outgoing<'a>>) {
        self.publish_except(None, topic, message.into());
    }

    /// Sends a message from a peer to everybody else who listens to a topic.
    pub fn publish_from<'a>(&mut self, from: PeerId, topic: &str, message: impl Into<Outgoing<'a>>) {
        self.publish_except(Some(from), topic, message.into());
    }

    /// Brings a page that was asked for, when the answer was [`Answer::later`](crate::Answer::later).
    /// [`Delivery::Gone`] if nobody waits for it any more.
    pub fn answer_request(&mut self, id: PeerId, answer: &Answer) -> Delivery {
        if opening::give_awaited(self, id, answer) { Delivery::Queued } else { Delivery::Gone }
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
        self.connections.in_stage(Stage::Open)
    }

    /// How many peers listen to a topic.
    pub fn subscribers(&self, topic: &str) -> usize {
        self.topics.find(topic).map_or(0, |number| self.topics.members(number).len())
    }

    /// How many bytes wait for a peer.
    pub fn queued(&self, id: PeerId) -> usize {
        self.connections.get(id).map_or(0, |connection| connection.outbox.queued())
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

    #[inline]
    fn begin_sending<'a>(&mut self, outgoing: Outgoing<'a>) -> Sending<'a> {
        let sending = Sending::new(outgoing);
        self.counters.encoded += u64::from(sending.is_new());
        sending
    }

    fn broadcast_except(&mut self, except: Option<PeerId>, outgoing: Outgoing<'_>) {
        let mut sending = self.begin_sending(outgoing);
        for slot in 0..self.connections.slots() {
            if self.connections.at(slot).stage == Stage::Open && !self.is_at(except, slot) {
                self.push_message(slot, &mut sending);
            }
        }
    }

    fn publish_except(&mut self, except: Option<PeerId>, topic: &str, outgoing: Outgoing<'_>) {
        let Some(number) = self.topics.find(topic) else {
            return;
        };
        let mut sending = self.begin_sending(outgoing);
        let mut place = 0;
        // Closing a peer that is too slow takes it out of the topic: the last member comes in its place.
        while let Some(&slot) = self.topics.members(number).get(place) {
            if !self.is_at(except, slot) {
                self.push_message(slot, &mut sending);
            }
            place += usize::from(self.topics.members(number).get(place) == Some(&slot));
        }
    }

    fn is_at(&self, id: Option<PeerId>, slot: u32) -> bool {
        id.is_some_and(|id| id.slot == slot && self.connections.id_at(slot) == id)
    }

    /// Queues a message for an open peer, within its limit.
    #[inline]
    fn push_message(&mut self, slot: u32, sending: &mut Sending<'_>) -> Delivery {
        let Some(piece) = self.encode_for(slot, sending) else {
            return self.refuse_message(slot);
        };
        let connection = self.connections.at(slot);
        connection.outbox.push(piece);
        self.counters.messages_out += 1;
        let delivery = if connection.outbox.is_blocked() { Delivery::Slow } else { Delivery::Queued };
        self.mark_dirty(slot);
        delivery
    }

    /// Only a full socket makes a peer slow: what is queued for any other is written before its queue
    /// counts as full.
    #[inline]
    pub(super) fn has_room(&mut self, slot: u32, length: usize) -> bool {
        let limit = self.config.send_queue - self.config.send_queue / 64;
        let outbox = &self.connections.at(slot).outbox;
        if outbox.has_room_for(length, limit) {
            return true;
        }
        if outbox.is_blocked() {
            return false;
        }
        // Whoever turns out to be slow with this message was not slow before it: it is taken still, and the last.
        self.flush_one(slot);
        self.connections.at(slot).stage == Stage::Open
    }

    #[cold]
    fn refuse_message(&mut self, slot: u32) -> Delivery {
        if self.connections.at(slot).stage != Stage::Open {
            return Delivery::Gone; // the socket turned out to be broken
        }
        self.counters.queue_full += 1;
        match self.config.slow_peers {
            SlowPeers::Skip => self.connections.at(slot).outbox.miss(),
            SlowPeers::Close => self.end_slow_peer(slot),
        }
        Delivery::Full
    }

    #[inline]
    pub(super) fn mark_dirty(&mut self, slot: u32) {
        let connection = self.connections.at(slot);
        if !connection.dirty {
            connection.dirty = true;
            self.dirty.push(slot);
        }
    }
}
