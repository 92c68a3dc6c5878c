//! What the loop does with the table: connections come, open, end, and are flushed.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::handshake::Body;
use crate::protocol::{Agreement, CloseCode, Event, ProtocolError, SendHalf};
use crate::server::accept::transport::Transport;
use crate::server::counters::Counters;
use crate::server::handler::Departure;
use crate::server::peers::Peers;
use crate::server::receive::opening;
use crate::server::receive::requests::{Asked, RequestId, Requests};
use crate::server::send::deflate::Compression;
use crate::server::send::tape::{LARGE, Piece, Tape};
use crate::server::send::topics::Topics;
use crate::server::table::budget::Budget;
use crate::server::table::connection::{Connections, Stage};
use crate::server::table::slot_set::SlotSet;
use crate::server::time::deadlines::{Clock, Deadlines, after, ticks};
use crate::server::{Config, PeerId};

impl Peers {
    pub(in crate::server) fn new(config: Config, clock: Clock, registry: mio::Registry) -> Self {
        let silence = ticks(config.ping_after);
        Peers {
            connections: Connections::default(),
            open: SlotSet::default(),
            topics: Topics::new(),
            tape: Tape::default(),
            heard: Arc::default(),
            speaker: None,
            compressors: Default::default(),
            deadlines: Deadlines::new(),
            admission: crate::server::accept::admission::Admission::new(
                config.max_connections_per_address,
                config.trusted_networks.clone(),
            ),
            counters: Counters::default(),
            requests: Requests::default(),
            receiving: Budget::new(config.max_receiving, config.max_receiving_per_address),
            sending: Budget::new(config.max_sending, config.max_sending_per_address),
            by_proxy: HashSet::new(),
            new_limits: Vec::new(),
            cut_off: Vec::new(),
            registry,
            config,
            clock,
            now: 0,
            silence,
            stopping: false,
            told_of_subprotocols: false,
            dirty: Vec::new(),
            unfinished: Vec::new(),
            departed: Default::default(),
            drained: Default::default(),
            dead: Vec::new(),
        }
    }

    /// Is there something to do that no event will tell of?
    pub(in crate::server) fn is_restless(&self) -> bool {
        let told = self.departed.is_empty() && self.drained.is_empty();
        !told || !self.unfinished.is_empty() || !self.dead.is_empty() || !self.dirty.is_empty()
    }

    /// Gives a connection this much time from now, and never less: the turn may have begun long ago.
    pub(in crate::server) fn set_deadline(&mut self, id: PeerId, patience: Duration) {
        self.deadlines.set(id.index(), after(self.clock.now(), patience));
    }

    // ---- coming

    /// A connection has been accepted. `None` if it cannot be watched.
    pub(in crate::server) fn add(&mut self, mut transport: Transport) -> Option<PeerId> {
        let (id, connection) = self.connections.occupy();
        if let Err(error) = transport.register(&self.registry, id.token()) {
            log::warn!("cannot watch a connection: {error}");
            self.connections.vacate(id.slot);
            return None;
        }
        connection.transport = Some(transport);
        self.counters.accepted += 1;
        self.set_deadline(id, self.config.handshake_within);
        Some(id)
    }

    /// Counts a connection by its address; false if there are too many.
    pub(in crate::server) fn enter(&mut self, id: PeerId, address: Option<IpAddr>) -> bool {
        let Some(key) = address.and_then(|address| self.admission.key(address)) else {
            return true;
        };
        let connection = self.connections.at(id.slot);
        // A second try on a connection that was kept alive is not a second connection.
        if let Some(counted) = connection.address.take() {
            self.admission.leave(counted);
        }
        let admitted = self.admission.enter(key);
        connection.address = admitted.then_some(key);
        admitted
    }

    /// Counts a connection of a trusted proxy by whose request it brings.
    pub(in crate::server) fn enter_by_proxy(&mut self, id: PeerId, client: Option<IpAddr>) -> bool {
        self.by_proxy.insert(id.slot);
        self.enter(id, client)
    }

    /// A proxy's connection is nobody's again, if the page that it fetched is out: it is kept for whoever comes next.
    pub(in crate::server) fn leave_by_proxy(&mut self, slot: u32) {
        let connection = self.connections.at(slot);
        if self.by_proxy.contains(&slot)
            && connection.outbox.queued() == 0
            && let Some(counted) = connection.address.take()
        {
            self.admission.leave(counted);
        }
    }

    /// A page has been asked for; the application brings it.
    pub(in crate::server) fn await_page(&mut self, id: PeerId, asked: Asked) {
        self.connections.at(id.slot).stage = Stage::Awaiting;
        self.requests.wait(id, asked);
        self.set_deadline(id, self.config.handshake_within);
    }

    /// The page has come, if anybody still waits for it.
    pub(in crate::server) fn take_awaited(&mut self, id: RequestId) -> Option<Asked> {
        let connection = self.connections.get_mut(id.peer()).filter(|it| it.stage == Stage::Awaiting)?;
        let asked = self.requests.take(id)?;
        connection.stage = Stage::Opening;
        Some(asked)
    }

    /// The 101 has been queued.
    pub(in crate::server) fn open(&mut self, id: PeerId, agreement: Option<Agreement>) {
        let connection = self.connections.at(id.slot);
        connection.stage = Stage::Open;
        connection.compression = Compression::new(agreement);
        // What was said before it came is not for its ears.
        self.skip_news(id.slot);
        self.open.insert(id.slot);
        self.counters.open += 1;
        self.counters.opened += 1;
        self.hear_from(id);
    }

    /// The peer lives: its silence begins anew.
    #[inline]
    pub(in crate::server) fn hear_from(&mut self, id: PeerId) {
        self.connections.at(id.slot).last_call = false;
        self.deadlines.set(id.index(), self.now.saturating_add(self.silence));
    }

    // ---- speaking

    /// Queues an HTTP answer.
    pub(in crate::server) fn write_http(
        &mut self,
        id: PeerId,
        length: usize,
        write: impl FnOnce(&mut Vec<u8>),
    ) {
        let piece = self.tape.record(length, write);
        self.push(id.slot, &piece);
    }

    /// Queues the body of an HTTP answer: a long one is written from where it lies.
    pub(in crate::server) fn write_body(&mut self, id: PeerId, body: &Body) {
        let bytes = body.as_bytes();
        let piece = match bytes.len() < LARGE {
            true => self.tape.record(bytes.len(), |out| out.extend_from_slice(bytes)),
            false => Piece::Page(body.clone()),
        };
        self.push(id.slot, &piece);
    }

    /// Queues a frame of the protocol's own, which no limit holds back.
    pub(in crate::server) fn push_frame(
        &mut self,
        slot: u32,
        write: impl FnOnce(&mut SendHalf, &mut Vec<u8>),
    ) {
        self.catch_up(slot);
        let send = &mut self.connections.at(slot).send;
        let piece = self.tape.record(0, |out| write(send, out));
        self.push(slot, &piece);
    }

    fn push(&mut self, slot: u32, piece: &Piece) {
        if piece.len() > 0 {
            self.connections.at(slot).outbox.push(piece);
        }
        self.mark_dirty(slot);
    }

    /// A Pong for a Ping.
    pub(in crate::server) fn answer(&mut self, id: PeerId, event: &Event<'_>) {
        self.push_frame(id.slot, |send, out| send.answer(event, out));
    }

    /// Must the rest of the peer's input wait until its outbox is empty? Whoever does not listen is not
    /// listened to: so answers never pile up, and a peer is not called slow for its own speed.
    #[inline]
    pub(in crate::server) fn must_wait(&mut self, id: PeerId) -> bool {
        if self.tape.is_full() {
            self.flush();
        }
        self.connections.at(id.slot).outbox.is_blocked()
    }

    /// Keeps input until the outbox is empty.
    pub(in crate::server) fn hold_input(&mut self, id: PeerId, input: &[u8]) {
        let connection = self.connections.at(id.slot);
        connection.outbox.hold_input(input);
        connection.input_waits = true;
    }

    /// Keeps input until the next turn, so that the others have theirs.
    pub(in crate::server) fn postpone_input(&mut self, id: PeerId, input: &[u8]) {
        self.hold_input(id, input);
        self.unfinished.push(id);
    }

    // ---- going

    pub(in crate::server) fn begin_closing(&mut self, id: PeerId, code: CloseCode, reason: &str) {
        if !self.contains(id) {
            return;
        }
        self.catch_up(id.slot);
        if !self.contains(id) {
            return; // what it was to hear before was too much
        }
        self.leave_open(id.slot, Stage::Closing);
        self.push_frame(id.slot, |send, out| send.close(code, reason, out));
        self.set_deadline(id, self.config.close_within);
    }

    /// The peer's Close has come (RFC 6455 §5.5.1): answered unless ours was first, it completes the handshake.
    pub(in crate::server) fn receive_close(&mut self, id: PeerId, event: &Event<'_>, code: CloseCode) {
        self.push_frame(id.slot, |send, out| send.answer(event, out));
        self.depart(id, Departure::Closed(code));
    }

    /// The peer broke the protocol (RFC 6455 §7.1.7).
    pub(in crate::server) fn fail(&mut self, id: PeerId, error: ProtocolError) {
        self.counters.failed += 1;
        self.push_frame(id.slot, |send, out| send.fail(error, out));
        self.depart(id, Departure::Failed(error));
    }

    pub(in crate::server) fn end_slow_peer(&mut self, slot: u32) {
        self.counters.too_slow += 1;
        self.push_frame(slot, |send, out| send.close(CloseCode::POLICY, "too slow: send queue full", out));
        self.depart(self.connections.id_at(slot), Departure::TooSlow);
    }

    /// The WebSocket is over; what is queued is still written.
    pub(in crate::server) fn depart(&mut self, id: PeerId, departure: Departure) {
        self.catch_up(id.slot);
        if !matches!(self.connections.at(id.slot).stage, Stage::Open | Stage::Closing) {
            return; // what it was to hear before was too much: it has departed already
        }
        log::debug!("{id} {departure}");
        self.leave_open(id.slot, Stage::Ending);
        self.departed.push_back((id, departure));
        self.end(id);
    }

    /// From `Open` (or `Closing`) to what comes after.
    fn leave_open(&mut self, slot: u32, next: Stage) {
        let connection = self.connections.at(slot);
        if connection.stage == Stage::Open {
            self.open.remove(slot);
            self.counters.open -= 1;
            for number in std::mem::take(&mut connection.topics).iter() {
                self.topics.leave(number, slot);
            }
        }
        connection.stage = next;
    }

    /// Nothing more will be queued: write what there is, shut TCP down, and linger.
    pub(in crate::server) fn end(&mut self, id: PeerId) {
        let connection = self.connections.at(id.slot);
        connection.stage = Stage::Ending;
        if connection.outbox.queued() > 0
            && let Some(transport) = &mut connection.transport
        {
            transport.hold_for_the_end();
        }
        self.mark_dirty(id.slot);
        self.set_deadline(id, self.config.close_within);
    }

    /// The peer's side of TCP has ended.
    pub(in crate::server) fn end_input(&mut self, id: PeerId) {
        let connection = self.connections.at(id.slot);
        connection.input_ended = true;
        match connection.stage {
            Stage::Open | Stage::Closing => self.depart(id, Departure::Lost),
            Stage::Opening => self.end(id),
            // It has asked, and listens still.
            Stage::Awaiting => self.requests.is_last(id.slot),
            Stage::Lingering => self.kill(id.slot),
            Stage::Ending | Stage::Dead | Stage::Vacant => {}
        }
    }

    /// The peer has violated TLS: the alert that tells it so is written, and no more is understood. Its input is
    /// discarded until it ends, as a reset would destroy the alert.
    pub(in crate::server) fn break_off(&mut self, id: PeerId) {
        match self.connections.at(id.slot).stage {
            Stage::Open | Stage::Closing => self.depart(id, Departure::Lost),
            Stage::Opening | Stage::Awaiting => self.end(id),
            Stage::Ending | Stage::Lingering | Stage::Dead | Stage::Vacant => {}
        }
    }

    /// The stream broke.
    pub(in crate::server) fn lose(&mut self, slot: u32) {
        let id = self.connections.id_at(slot);
        if matches!(self.connections.at(slot).stage, Stage::Open | Stage::Closing) {
            self.depart(id, Departure::Lost);
        }
        self.kill(slot);
    }

    /// Drops a connection on which nothing is under way: TLS says goodbye if it can do so at once.
    pub(in crate::server) fn leave(&mut self, slot: u32) {
        if let Some(transport) = &mut self.connections.at(slot).transport {
            let _ = transport.close();
        }
        self.kill(slot);
    }

    pub(in crate::server) fn kill(&mut self, slot: u32) {
        let connection = self.connections.at(slot);
        if connection.stage != Stage::Dead {
            connection.stage = Stage::Dead;
            self.deadlines.clear(slot as usize);
            self.dead.push(slot);
        }
    }

    /// A deadline has passed for an open connection, or for one that is on its way out.
    pub(in crate::server) fn expire(&mut self, id: PeerId) {
        let connection = self.connections.at(id.slot);
        match connection.stage {
            Stage::Open if !connection.last_call => {
                connection.last_call = true;
                self.push_frame(id.slot, |send, out| send.ping(b"", out));
                // A tick has just begun, so nothing is lost by counting from it: silence and pong add up exactly.
                let due = self.clock.now().saturating_add(ticks(self.config.pong_within).max(1));
                self.deadlines.set(id.index(), due);
            }
            Stage::Open => {
                self.counters.timed_out += 1;
                self.push_frame(id.slot, |send, out| {
                    send.close(CloseCode::INTERNAL_ERROR, "no pong in time", out)
                });
                self.depart(id, Departure::TimedOut);
                // Nobody seems to be there: the Close is tried once, and not waited for.
                self.set_deadline(id, Duration::ZERO);
            }
            Stage::Closing => {
                self.depart(id, Departure::TimedOut);
                self.kill(id.slot);
            }
            Stage::Awaiting => opening::give_up_waiting(self, id),
            Stage::Opening | Stage::Ending | Stage::Lingering => self.kill(id.slot),
            Stage::Dead | Stage::Vacant => {}
        }
    }

    /// Everybody is told that the server stops (RFC 6455 §7.4.1, 1001).
    pub(in crate::server) fn say_goodbye(&mut self) {
        for id in self.ids() {
            self.begin_closing(id, CloseCode::GOING_AWAY, "the server is stopping");
        }
    }

    /// Drops a dead connection. Its id names nobody from now on.
    pub(in crate::server) fn vacate(&mut self, slot: u32) {
        let connection = self.connections.at(slot);
        if let Some(key) = connection.address.take() {
            self.admission.leave(key);
        }
        if connection.transport.as_ref().and_then(Transport::handshake_is_done) == Some(false) {
            self.counters.tls_failed += 1;
        }
        self.deadlines.clear(slot as usize);
        self.requests.forget(slot);
        self.by_proxy.remove(&slot);
        self.settle_accounts(slot);
        self.connections.vacate(slot);
    }
}
