//! Clients talk, listen, are slow, and leave.

use super::Heard;
use super::bench::{Bench, ROOM};
use super::frame::Frame;
use crate::Message;
use crate::protocol::CloseCode;
use crate::server::accept::memory::ServerEnd;
use crate::server::{Handler, PeerId};

/// # Messages
impl<M, H: Handler<M>> Bench<H, M> {
    /// A client sends a message.
    #[track_caller]
    pub fn say<'a>(&mut self, from: PeerId, message: impl Into<Message<'a>>) {
        self.send_frame(from, &Frame::from(message));
    }

    /// What a client has received since this was asked the last time. Texts are equal to strings, binary messages to
    /// bytes:
    ///
    /// ```
    /// # use pollcat::{handler_fn, testing::Bench};
    /// # let mut bench = Bench::new(handler_fn(|peers, from, message| peers.send(from, message)));
    /// # let anna = bench.open("/");
    /// bench.say(anna, "tea");
    /// bench.say(anna, b"\0\x01");
    /// let heard = bench.heard(anna);
    /// assert_eq!(heard[0], "tea");
    /// assert_eq!(heard[1], b"\0\x01");
    /// assert!(bench.heard(anna).is_empty());
    /// ```
    #[track_caller]
    pub fn heard(&mut self, id: PeerId) -> Vec<Heard> {
        std::mem::take(&mut self.client_mut(id).received.heard)
    }

    /// A client sends a Ping.
    #[track_caller]
    pub fn ping(&mut self, from: PeerId, payload: &[u8]) {
        self.send_frame(from, &Frame::ping(payload));
    }

    /// A client sends a Pong, be it the answer to a Ping or not.
    #[track_caller]
    pub fn pong(&mut self, from: PeerId, payload: &[u8]) {
        self.send_frame(from, &Frame::pong(payload));
    }

    /// The payloads of the Pings that a client has received since this was asked the last time. It has answered them
    /// already, unless it is [silent](Self::fall_silent).
    #[track_caller]
    pub fn pings(&mut self, id: PeerId) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.client_mut(id).received.pings)
    }

    /// The payloads of the Pongs that a client has received since this was asked the last time.
    #[track_caller]
    pub fn pongs(&mut self, id: PeerId) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.client_mut(id).received.pongs)
    }

    /// A client sends a frame, good or bad.
    #[track_caller]
    pub fn send_frame(&mut self, from: PeerId, frame: &Frame) {
        let bytes = self.client_mut(from).frame(frame);
        self.send_bytes(from, &bytes);
    }

    /// A client sends bytes, whatever they mean. What is sent on a connection that has ended is lost.
    #[track_caller]
    pub fn send_bytes(&mut self, from: PeerId, bytes: &[u8]) {
        self.network.send(self.wire(from), bytes);
        self.turn_to_rest();
    }
}

/// # Leaving
impl<M, H: Handler<M>> Bench<H, M> {
    /// A client begins the closing handshake, as a page does that calls `close`.
    #[track_caller]
    pub fn close(&mut self, id: PeerId, code: CloseCode, reason: &str) {
        let bytes = self.client_mut(id).close(code, reason);
        self.send_bytes(id, &bytes);
    }

    /// A client is gone, without a Close: TCP ends. What is sent to it from now on is lost.
    #[track_caller]
    pub fn leave(&mut self, id: PeerId) {
        self.network.close(self.wire(id));
        self.turn_to_rest();
    }

    /// A client is gone, without a Close: TCP is reset, as by a program that is killed with unread input.
    #[track_caller]
    pub fn reset(&mut self, id: PeerId) {
        self.network.reset(self.wire(id));
        self.turn_to_rest();
    }

    /// A client ends its side of TCP, and reads on, as `nc` does at the end of its input.
    #[track_caller]
    pub fn shut_down(&mut self, id: PeerId) {
        self.network.shut_down(self.wire(id));
        self.turn_to_rest();
    }

    /// The Close that a client has received: its code, and its reason. [`CloseCode::NO_STATUS`] if it was empty, `None`
    /// if none has come. A connection that [has ended](Self::has_ended) without one is what browsers report as 1006.
    #[track_caller]
    pub fn closed(&self, id: PeerId) -> Option<(CloseCode, &str)> {
        self.client(id).received.closed.as_ref().map(|(code, reason)| (*code, &reason[..]))
    }

    /// The code of the Close that a client has received.
    #[track_caller]
    pub fn close_code(&self, id: PeerId) -> Option<CloseCode> {
        self.closed(id).map(|(code, _)| code)
    }

    /// Has the server ended its side of the connection, and has the client read all that came before?
    #[track_caller]
    pub fn has_ended(&self, id: PeerId) -> bool {
        let wire = self.wire(id);
        self.network.server_end(wire) != ServerEnd::Open && !self.network.has_arrived(wire)
    }

    /// Has the connection ended in the midst of a frame, or an answer?
    #[track_caller]
    pub fn was_cut_off(&self, id: PeerId) -> bool {
        self.has_ended(id) && self.client(id).is_mid_message()
    }
}

/// # Slow and silent clients
impl<M, H: Handler<M>> Bench<H, M> {
    /// A client reads no more, and the buffers between it and the server are full: not one byte more is taken from the
    /// server. It still sends what the test lets it.
    #[track_caller]
    pub fn stall(&mut self, id: PeerId) {
        self.network.set_room(self.wire(id), 0);
        self.client_mut(id).is_reading = false;
    }

    /// A stalled client reads so many bytes, of frames and all, and stalls again.
    #[track_caller]
    pub fn read_some(&mut self, id: PeerId, bytes: usize) {
        let wire = self.wire(id);
        self.network.set_room(wire, bytes);
        self.turn_to_rest();
        self.network.set_room(wire, 0);
        self.let_client_read(wire, bytes);
        self.turn_to_rest();
    }

    /// A stalled client reads all that there is, and goes on reading.
    #[track_caller]
    pub fn read_on(&mut self, id: PeerId) {
        let wire = self.wire(id);
        self.client_mut(id).is_reading = true;
        self.network.set_room(wire, ROOM);
        self.let_client_read(wire, usize::MAX);
        self.turn_to_rest();
    }

    /// A client does nothing by itself any more: it answers neither Pings nor a Close, and does not end TCP when the
    /// server does. It still reads, and sends what the test lets it.
    #[track_caller]
    pub fn fall_silent(&mut self, id: PeerId) {
        self.client_mut(id).is_answering = false;
    }

    /// A client that was silent answers again, from now on.
    #[track_caller]
    pub fn answer_again(&mut self, id: PeerId) {
        self.client_mut(id).is_answering = true;
    }
}
