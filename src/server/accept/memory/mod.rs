//! A network in memory: what sockets and a listener do, without them. Only a [bench](crate::testing) has one; for
//! everything above a [`Transport`](super::transport::Transport) it is a network like any other.
//!
//! ```text
//!   client ── to_server ──▶ server        no limit: the client's writes never wait
//!          ◀── to_client ──               `room`: what the client has not read; beyond it a write would block
//! ```
//!
//! Readiness comes as edges, as epoll reports it: once when a stream is registered, then when something has changed,
//! and each time as the state of both directions.

mod stream;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mio::Token;

use crate::server::accept::origin::Origin;

pub(in crate::server::accept) use stream::{MemoryListener, MemoryStream};

/// All connections of a bench, and its listener. Its clones are the same network.
#[derive(Debug, Clone, Default)]
pub(in crate::server) struct Network(Arc<Mutex<State>>);

/// A connection, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::server) struct WireNumber(usize);

#[derive(Debug, Default)]
struct State {
    wires: Vec<Wire>,
    /// The listener's token, while the server listens.
    listener: Option<Token>,
    /// Clients that have connected and were not accepted yet.
    backlog: VecDeque<WireNumber>,
    /// A client has connected, and the server has not been told.
    has_knocked: bool,
    /// Connections with a change that the server has not been told of, in the order of the changes.
    edges: VecDeque<WireNumber>,
    /// Connections with something new for the client.
    news: Vec<WireNumber>,
}

#[derive(Debug)]
struct Wire {
    /// Where it comes from, until the server has accepted it.
    origin: Option<Origin>,
    /// Set when the server has accepted the connection.
    token: Option<Token>,
    to_server: Vec<u8>,
    to_client: Vec<u8>,
    /// Bytes that `to_client` may hold.
    room: usize,
    /// The server's last write would have blocked: it waits for an edge.
    is_starved: bool,
    client: ClientEnd,
    server: ServerEnd,
    has_edge: bool,
    has_news: bool,
}

/// What the server sees of the client's side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ClientEnd {
    Open,
    /// It writes no more, and reads on.
    ShutDown,
    /// It is closed: what is written to it from now on provokes a reset.
    Closed,
    Reset,
}

/// What the client sees of the server's side, once it has read everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum ServerEnd {
    Open,
    /// It writes no more.
    ShutDown,
    /// It is gone.
    Closed,
}

impl WireNumber {
    /// They are counted from 0, without gaps.
    pub(in crate::server) fn index(self) -> usize {
        self.0
    }
}

/// The state of a connection or the listener, at an edge.
#[derive(Debug, Clone, Copy)]
pub(in crate::server) struct Edge {
    token: Token,
    readable: bool,
    writable: bool,
    read_closed: bool,
    error: bool,
}

impl Edge {
    /// Something can be read, or accepted.
    pub(in crate::server) fn readable(token: Token) -> Self {
        Edge { token, readable: true, writable: false, read_closed: false, error: false }
    }

    pub(in crate::server) fn token(&self) -> Token {
        self.token
    }

    pub(in crate::server) fn is_readable(&self) -> bool {
        self.readable
    }

    pub(in crate::server) fn is_writable(&self) -> bool {
        self.writable
    }

    pub(in crate::server) fn is_read_closed(&self) -> bool {
        self.read_closed
    }

    pub(in crate::server) fn is_error(&self) -> bool {
        self.error
    }
}

/// The client's side.
impl Network {
    /// Connects. `None` if the server does not listen.
    pub(in crate::server) fn connect(&self, origin: Origin, room: usize) -> Option<WireNumber> {
        let mut state = self.lock();
        state.listener?;
        let number = WireNumber(state.wires.len());
        state.wires.push(Wire::new(origin, room));
        state.backlog.push_back(number);
        state.has_knocked = true;
        Some(number)
    }

    /// The server's token for the connection, once it was accepted.
    pub(in crate::server) fn token(&self, number: WireNumber) -> Option<Token> {
        self.lock().wire(number).token
    }

    /// Sends to the server. What is sent to one that is gone is lost.
    pub(in crate::server) fn send(&self, number: WireNumber, bytes: &[u8]) {
        let mut state = self.lock();
        let wire = state.wire(number);
        if wire.client == ClientEnd::Open && wire.server != ServerEnd::Closed {
            wire.to_server.extend_from_slice(bytes);
            state.mark_edge(number);
        }
    }

    /// Takes what has arrived, so many bytes at most.
    pub(in crate::server) fn take(&self, number: WireNumber, most: usize) -> Vec<u8> {
        let mut state = self.lock();
        let wire = state.wire(number);
        let taken = match wire.to_client.len() <= most {
            true => std::mem::take(&mut wire.to_client),
            false => wire.to_client.drain(..most).collect(),
        };
        state.feed(number);
        taken
    }

    /// How many bytes may be under way to the client from now on.
    pub(in crate::server) fn set_room(&self, number: WireNumber, room: usize) {
        let mut state = self.lock();
        state.wire(number).room = room;
        state.feed(number);
    }

    /// Has something arrived that the client has not taken?
    pub(in crate::server) fn has_arrived(&self, number: WireNumber) -> bool {
        !self.lock().wire(number).to_client.is_empty()
    }

    /// The server's side, as the client sees it when it has read everything.
    pub(in crate::server) fn server_end(&self, number: WireNumber) -> ServerEnd {
        self.lock().wire(number).server
    }

    /// Ends the client's side, and reads on.
    pub(in crate::server) fn shut_down(&self, number: WireNumber) {
        self.end(number, ClientEnd::ShutDown);
    }

    /// The client closes its socket. That is a reset if it has not read everything, and one follows when more is sent
    /// to it.
    pub(in crate::server) fn close(&self, number: WireNumber) {
        let end = if self.has_arrived(number) { ClientEnd::Reset } else { ClientEnd::Closed };
        self.end(number, end);
    }

    pub(in crate::server) fn reset(&self, number: WireNumber) {
        self.end(number, ClientEnd::Reset);
    }

    fn end(&self, number: WireNumber, end: ClientEnd) {
        let mut state = self.lock();
        let wire = state.wire(number);
        if (wire.client as u8) < end as u8 {
            wire.client = end;
            state.mark_edge(number);
        }
    }

    /// The connections with something new for the client; each is told once.
    pub(in crate::server) fn take_news(&self) -> Vec<WireNumber> {
        let mut state = self.lock();
        let news = std::mem::take(&mut state.news);
        news.iter().for_each(|&number| state.wire(number).has_news = false);
        news
    }

    /// What the server is to be told, so many edges at most.
    pub(in crate::server) fn take_edges(&self, most: usize) -> Vec<Edge> {
        let mut state = self.lock();
        let has_knocked = std::mem::take(&mut state.has_knocked);
        let mut edges: Vec<Edge> =
            state.listener.filter(|_| has_knocked).map(Edge::readable).into_iter().collect();
        while edges.len() < most
            && let Some(number) = state.edges.pop_front()
        {
            let wire = state.wire(number);
            wire.has_edge = false;
            edges.extend(wire.edge());
        }
        edges
    }

    /// The loop has ended, and every stream with it.
    pub(in crate::server) fn tear_down(&self) {
        let mut state = self.lock();
        state.stop_listening();
        for number in (0..state.wires.len()).map(WireNumber) {
            state.drop_server_end(number);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A bench whose handler has panicked is still dropped.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wire(&mut self, number: WireNumber) -> &mut Wire {
        &mut self.wires[number.0]
    }

    /// The server is told how it is with this connection.
    fn mark_edge(&mut self, number: WireNumber) {
        let wire = self.wire(number);
        if wire.token.is_some() && !std::mem::replace(&mut wire.has_edge, true) {
            self.edges.push_back(number);
        }
    }

    /// The client is told that something has come.
    fn mark_news(&mut self, number: WireNumber) {
        if !std::mem::replace(&mut self.wire(number).has_news, true) {
            self.news.push(number);
        }
    }

    /// A server that waits for room is told if there is some.
    fn feed(&mut self, number: WireNumber) {
        let wire = self.wire(number);
        if wire.is_starved && wire.room_left() > 0 {
            wire.is_starved = false;
            self.mark_edge(number);
        }
    }

    /// What has not been accepted is reset.
    fn stop_listening(&mut self) {
        self.listener = None;
        while let Some(number) = self.backlog.pop_front() {
            self.drop_server_end(number);
        }
    }

    fn drop_server_end(&mut self, number: WireNumber) {
        let wire = self.wire(number);
        if wire.server != ServerEnd::Closed {
            wire.server = ServerEnd::Closed;
            wire.to_server = Vec::new();
            self.mark_news(number);
        }
    }
}

impl Wire {
    fn new(origin: Origin, room: usize) -> Self {
        Wire {
            origin: Some(origin),
            token: None,
            to_server: Vec::new(),
            to_client: Vec::new(),
            room,
            is_starved: false,
            client: ClientEnd::Open,
            server: ServerEnd::Open,
            has_edge: false,
            has_news: false,
        }
    }

    fn room_left(&self) -> usize {
        self.room.saturating_sub(self.to_client.len())
    }

    /// The state of both directions.
    fn edge(&self) -> Option<Edge> {
        let has_ended = self.client != ClientEnd::Open;
        let is_reset = self.client == ClientEnd::Reset;
        self.token.map(|token| Edge {
            token,
            readable: has_ended || !self.to_server.is_empty(),
            writable: is_reset || self.room_left() > 0,
            read_closed: has_ended,
            error: is_reset,
        })
    }
}
