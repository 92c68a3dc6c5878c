//! Connections come, open, subscribe and go; and what is sent to them that is no message.

use super::compression::Compression;
use super::outbound::Outbound;
use super::tape::Piece;
use super::way_out::WayOut;
use crate::handshake::Body;
use crate::protocol::{Agreement, SendHalf};
use crate::server::accept::transport::Transport;
use crate::server::peer_id::Slot;
use crate::server::tuning::LARGE;

impl Outbound {
    // ---- connections come, open and go

    /// A connection has come. Only HTTP is written to it before it opens.
    pub(in crate::server) fn occupy(&mut self, slot: Slot, transport: Transport) {
        if self.ways.len() <= slot.index() {
            self.ways.resize_with(slot.index() + 1, WayOut::default);
        }
        self.way(slot).transport = Some(transport);
    }

    /// From now on messages are accepted. What was published before is not for this peer.
    pub(in crate::server) fn open(&mut self, slot: Slot, agreement: Option<Agreement>) {
        self.skip_published(slot);
        let way = self.way(slot);
        way.accepts = true;
        way.compression = Compression::new(agreement);
        self.topics.everybody_mut().insert(slot);
        self.open_count += 1;
    }

    /// No message is accepted any more. What was published before is queued still.
    pub(in crate::server) fn shut(&mut self, slot: Slot) {
        self.queue_published(slot);
        if !self.refuse_messages(slot) {
            self.fated -= 1;
        }
        for number in std::mem::take(&mut self.way(slot).topics).iter() {
            self.topics.leave(number, slot);
        }
    }

    /// Nothing more will be queued: when all is written, [`Fact::Written`] says so, and [`shut_down`](Self::shut_down)
    /// follows. Both leave in one packet if they can.
    pub(in crate::server) fn end(&mut self, slot: Slot) {
        let way = self.way(slot);
        way.reports = true;
        if way.outbox.queued() > 0
            && let Some(transport) = &mut way.transport
        {
            transport.hold_for_the_end();
        }
        self.mark_dirty(slot);
    }

    /// Shuts our side of the stream down. `Some(false)`: the socket does not take what TLS has to say, and is written
    /// to again when it has room; `None`: the stream is broken.
    pub(in crate::server) fn shut_down(&mut self, slot: Slot) -> Option<bool> {
        let way = self.way(slot);
        let closed = way.transport.as_mut().map_or(Ok(true), Transport::close).ok()?;
        if !closed {
            way.outbox.block();
        }
        Some(closed)
    }

    /// The connection is gone, and all that it held.
    pub(in crate::server) fn vacate(&mut self, slot: Slot) {
        self.drop_stream(slot);
        let dirty = self.way(slot).dirty;
        *self.way(slot) = WayOut { dirty, ..WayOut::default() };
    }

    // ---- subscriptions

    /// Subscribes an open peer; twice changes nothing.
    pub(in crate::server) fn subscribe(&mut self, slot: Slot, topic: &str) {
        self.queue_published(slot);
        if !self.accepts(slot) {
            return;
        }
        let number = self.topics.find_or_make(topic);
        let memberships = &mut self.ways[slot.index()].topics;
        if !memberships.contains(number) {
            memberships.add(number);
            self.topics.join(number, slot);
        }
    }

    /// Ends a subscription. What was published before is queued still.
    pub(in crate::server) fn unsubscribe(&mut self, slot: Slot, topic: &str) {
        let Some(number) = self.topics.find(topic) else {
            return;
        };
        if self.way(slot).topics.contains(number) {
            self.queue_published(slot);
            self.way(slot).topics.remove(number);
            self.topics.leave(number, slot);
        }
    }

    // ---- what is not a message

    /// Queues a frame of the protocol's own, which no limit holds back.
    pub(in crate::server) fn frame(&mut self, slot: Slot, write: impl FnOnce(&mut SendHalf, &mut Vec<u8>)) {
        self.make_room(0);
        self.queue_published(slot);
        let send = &mut self.ways[slot.index()].send;
        let piece = self.tape.record(0, |out| write(send, out));
        self.push(slot, &piece);
    }

    /// Queues the head of an HTTP answer, of about this length.
    pub(in crate::server) fn head(&mut self, slot: Slot, length: usize, write: impl FnOnce(&mut Vec<u8>)) {
        self.make_room(length);
        let piece = self.tape.record(length, write);
        self.push(slot, &piece);
    }

    /// Queues the body of an HTTP answer: a long one is written from where it lies.
    pub(in crate::server) fn body(&mut self, slot: Slot, body: &Body) {
        let bytes = body.as_bytes();
        let piece = match bytes.len() < LARGE {
            true => self.tape.record(bytes.len(), |out| out.extend_from_slice(bytes)),
            false => Piece::Page(body.clone()),
        };
        self.push(slot, &piece);
        self.charge(slot);
    }

    /// Asks for a [`Fact::Written`] when all is written.
    pub(in crate::server) fn report_when_written(&mut self, slot: Slot) {
        self.way(slot).reports = true;
    }
}
