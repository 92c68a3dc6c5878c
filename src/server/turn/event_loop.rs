//! One turn of the loop, and the rooms it passes through.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::time::Duration;

use mio::event::Event as Readiness;
use mio::{Events, Poll};

use crate::handshake::Deflate;
use crate::server::accept::listeners::Listeners;
use crate::server::accept::transport::{Input, Transport};
use crate::server::counters::CounterReader;
use crate::server::mailbox::{BELL, Letters};
use crate::server::receive::inbound::{Inbound, Shared};
use crate::server::receive::read_buffer::ReadBuffer;
use crate::server::table::connection::{InLine, Stage};
use crate::server::time::deadlines::{Clock, Tick, after};
use crate::server::time::horizon::Horizon;
use crate::server::time::ticker::Ticker;
use crate::server::{Handler, PeerId, Peers};

/// Events asked for at once.
const EVENTS_PER_TURN: usize = 1024;

/// Reads from one peer before the others have their turn; one, if it brings more than half of what it may.
const READS_PER_TURN: usize = 2;

/// Steps of TLS handshakes before those who talk have their turn: some 0.2 ms each, more with an RSA key.
const HANDSHAKES_PER_TURN: usize = 4;

/// Letters read before the peers have their turn.
const LETTERS_PER_TURN: usize = 1024;

/// Everything that `Server::run` runs. The way in of each connection (`inbound`) belongs to the loop, its way out to
/// `peers`: so a message can borrow from the one while the handler holds the other.
pub(in crate::server) struct EventLoop<M, H> {
    pub(in crate::server) poll: Poll,
    pub(in crate::server) clock: Clock,
    pub(in crate::server) listeners: Listeners,
    pub(in crate::server) letters: Letters<M>,
    pub(in crate::server) published: CounterReader,
    pub(in crate::server) peers: Peers,
    pub(in crate::server) handler: H,
    /// By slot.
    pub(in crate::server) inbound: Vec<Inbound>,
    buffer: ReadBuffer,
    /// Those whose TLS handshake goes on when it is their turn, first come, first served.
    in_line: VecDeque<PeerId>,
    /// One of each for all, like the buffer.
    shared: Shared,
    /// Connections that are only there to be told why not.
    pub(in crate::server) turning_away: usize,
    pub(in crate::server) horizon: Horizon,
    pub(in crate::server) ticker: Option<Ticker>,
    /// As of the beginning of the turn, like `Peers::now`.
    pub(in crate::server) now: Duration,
    /// By the clock, none of those who are late is shown mercy before this: it was shown lately.
    pub(in crate::server) no_mercy_before: Tick,
    /// By the clock: until then the loop does not sleep.
    awake_until: Duration,
    /// Set when stopping: not later than this.
    pub(in crate::server) stop_by: Option<Tick>,
}

impl<M, H: Handler<M>> EventLoop<M, H> {
    pub(in crate::server) fn new(
        (poll, clock): (Poll, Clock),
        listeners: Listeners,
        letters: Letters<M>,
        published: CounterReader,
        peers: Peers,
        handler: H,
    ) -> Self {
        let shared = Shared::new(peers.config.deflate.as_ref().map(Deflate::inflater));
        let now = clock.elapsed();
        let ticker = peers.config.tick.map(|every| Ticker::new(now, every));
        EventLoop {
            poll,
            clock,
            listeners,
            letters,
            published,
            peers,
            handler,
            inbound: Vec::new(),
            buffer: ReadBuffer::new(),
            in_line: VecDeque::new(),
            shared,
            turning_away: 0,
            horizon: Horizon::default(),
            ticker,
            now,
            no_mercy_before: 0,
            awake_until: Duration::ZERO,
            stop_by: None,
        }
    }

    pub(in crate::server) fn run(mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(EVENTS_PER_TURN);
        while !self.is_finished() {
            self.turn(&mut events)?;
        }
        Ok(())
    }

    fn turn(&mut self, events: &mut Events) -> io::Result<()> {
        let brought = self.wait(events)?;
        self.now = self.clock.elapsed();
        self.peers.now = Clock::tick(self.now);
        self.shared.work.begin_turn(brought + self.peers.unfinished.len());
        for event in events.iter() {
            match PeerId::from_token(event.token()) {
                Ok(id) => {
                    self.notice(id, event);
                    self.peers.flush_answers();
                }
                Err(BELL) => self.letters.heard(),
                Err(listener) => self.listeners.notice(listener),
            }
            self.settle_if_full();
        }
        self.resume();
        self.shake_hands();
        self.accept();
        self.read_letters(LETTERS_PER_TURN);
        self.keep_time();
        self.stop_if_asked();
        self.settle();
        self.published.publish(&self.peers.counters);
        Ok(())
    }

    /// Sleeps until something happens or is due; not at all if there is something to do, or was a moment ago. Says how many
    /// events there are.
    fn wait(&mut self, events: &mut Events) -> io::Result<usize> {
        let stop_is_new = self.peers.stopping && self.stop_by.is_none();
        let restless = stop_is_new
            || self.peers.is_restless()
            || self.letters.is_waiting()
            || self.can_accept()
            || !self.in_line.is_empty()
            || self.is_awake(!events.is_empty());
        let retry = self.listeners.retry_at().filter(|_| self.has_room());
        let due = [self.peers.deadlines.earliest(), retry, self.stop_by];
        let due = due.into_iter().flatten().min().map(Clock::begin_of);
        let due = due.into_iter().chain(self.ticker.as_ref().map(Ticker::next)).min();
        let timeout = match (restless, due) {
            (true, _) => Some(Duration::ZERO),
            (false, due) => due.map(|due| due.saturating_sub(self.clock.elapsed())),
        };
        match self.poll.poll(events, timeout) {
            Ok(()) => {
                // No later than this did the poll begin.
                let began = self.peers.now;
                let sources = self.peers.connections.count() + self.listeners.sources();
                let brought = events.iter().count();
                self.horizon.seen(began, brought, EVENTS_PER_TURN, sources);
                Ok(brought)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Does it not pay to sleep, as there was traffic in this turn, or in one shortly before (`Config::spin`)?
    fn is_awake(&mut self, was_traffic: bool) -> bool {
        let spin = self.peers.config.spin;
        if spin.is_zero() {
            return false;
        }
        let now = self.clock.elapsed();
        if was_traffic {
            self.awake_until = now.saturating_add(spin);
        }
        now < self.awake_until
    }

    /// The turn's end, or a full tape: the departed leave, and everybody hears what was said.
    pub(in crate::server) fn settle(&mut self) {
        self.reap();
        self.apply_new_limits();
        self.peers.flush();
    }

    fn settle_if_full(&mut self) {
        if self.peers.tape.is_full() {
            self.settle();
        }
    }

    // ---- input

    fn notice(&mut self, id: PeerId, event: &Readiness) {
        let Some(connection) = self.peers.connections.get_mut(id) else {
            return; // a stale event finds nobody
        };
        if event.is_error() && connection.stage == Stage::Lingering {
            return self.peers.kill(id.slot); // a reset: the peer's end
        }
        if event.is_writable() && connection.outbox.is_blocked() {
            connection.outbox.unblock();
            match connection.stage {
                // One page at a time: the next request is read when this one is out.
                Stage::Opening => self.peers.flush_one(id.slot),
                _ => self.peers.mark_dirty(id.slot),
            }
        }
        if event.is_readable() || event.is_read_closed() || event.is_error() {
            self.read(id, event.is_read_closed() || event.is_error());
        }
    }

    /// Reads from a peer, unless that would cost as much as a TLS handshake: those wait in line.
    fn read(&mut self, id: PeerId, end_announced: bool) {
        let Some(connection) = self.peers.connections.get_mut(id) else {
            return;
        };
        if !connection.is_shaking() {
            self.read_now(id, end_announced);
        } else if connection.in_line == InLine::No {
            connection.in_line = InLine::Yes;
            self.in_line.push_back(id);
        }
    }

    /// A storm of handshakes is spread over many turns, so that it does not stall those who talk.
    fn shake_hands(&mut self) {
        for _ in 0..HANDSHAKES_PER_TURN {
            let Some(id) = self.in_line.pop_front() else {
                return;
            };
            if let Some(connection) = self.peers.connections.get_mut(id) {
                let was_in_line = std::mem::take(&mut connection.in_line);
                self.read_now(id, true);
                if was_in_line == InLine::ForTheLastTime {
                    self.give_up_shaking(id);
                }
                self.settle_if_full();
            }
        }
    }

    /// Reads until a short read, which proves that the socket is empty; if the stream's end is announced, until that
    /// is seen; or until the budget is used up, which is remembered, as the event will not come again.
    fn read_now(&mut self, id: PeerId, end_announced: bool) {
        for _ in 0..READS_PER_TURN {
            let Some(connection) = self.peers.connections.get_mut(id) else {
                return;
            };
            // What was read before is heard before.
            if connection.outbox.is_blocked() || connection.outbox.holds_input() {
                connection.input_waits = true;
                return;
            }
            let Some(transport) = &mut connection.transport else {
                return;
            };
            let most = self.shared.work.most_to_read(self.inbound[id.index()].inflates());
            let was_shaking = transport.is_shaking();
            let read = transport.read(self.buffer.room(), most);
            if was_shaking && transport.handshake_is_done() == Some(true) {
                self.peers.counters.tls_handshakes += 1;
            }
            if transport.has_output() {
                self.peers.mark_dirty(id.slot);
            }
            let (length, drained) = match read {
                Ok(Input::Bytes { length, drained }) => (length, drained),
                Ok(Input::NotTls { length, drained }) => {
                    self.turn_away_from_tls(id);
                    (length, drained)
                }
                Ok(Input::End) => return self.peers.end_input(id),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::InvalidData => {
                    log::debug!("{id} violates TLS: {error}");
                    return self.peers.break_off(id);
                }
                Err(_) => return self.peers.lose(id.slot),
            };
            if length > 0 {
                self.peers.counters.bytes_in += length as u64;
                self.receive(id, length);
            }
            if drained && !end_announced {
                return;
            }
            if length > most / 2 {
                break;
            }
        }
        self.peers.unfinished.push(id);
    }

    /// A client that speaks plain HTTP where TLS is spoken is told so, plainly.
    fn turn_away_from_tls(&mut self, id: PeerId) {
        let connection = self.peers.connections.at(id.slot);
        connection.transport = connection.transport.take().map(Transport::without_tls);
        if let Inbound::Opening(opening) = &mut self.inbound[id.index()] {
            opening.tell_of_tls();
        }
    }

    /// Input of a peer lies in the buffer.
    fn receive(&mut self, id: PeerId, length: usize) {
        let EventLoop { inbound, buffer, peers, handler, shared, .. } = self;
        inbound[id.index()].receive(&mut buffer.room()[..length], id, peers, handler, shared);
        self.charge_input(id);
    }

    /// Peers whose input was cut off by a budget, or waited for their outbox.
    fn resume(&mut self) {
        let mut unfinished = std::mem::take(&mut self.peers.unfinished);
        unfinished.sort_unstable();
        unfinished.dedup();
        for id in unfinished {
            let Some(connection) = self.peers.connections.get_mut(id) else {
                continue;
            };
            let mut held = connection.outbox.take_held_input();
            if !held.is_empty() {
                let EventLoop { inbound, peers, handler, shared, .. } = self;
                inbound[id.index()].receive(&mut held, id, peers, handler, shared);
                self.charge_input(id);
            }
            self.read(id, true);
            self.settle_if_full();
        }
    }

    // ---- mail, and the end

    pub(in crate::server) fn read_letters(&mut self, budget: usize) {
        for _ in 0..budget {
            let Some(letter) = self.letters.next() else {
                return;
            };
            if let Some(mail) = letter.carry_out(&mut self.peers) {
                self.handler.on_mail(&mut self.peers, mail);
            }
            self.settle_if_full();
        }
    }

    fn stop_if_asked(&mut self) {
        let asked = self.peers.stopping || self.letters.stop_was_asked();
        if !asked || self.stop_by.is_some() {
            return;
        }
        // What was posted before the request to stop is still carried out.
        self.letters.heard();
        self.read_letters(self.peers.config.mailbox);
        self.peers.stopping = true;
        self.stop_by = Some(after(self.clock.now(), self.peers.config.close_within));
        self.listeners.close();
        self.peers.say_goodbye();
        for id in self.peers.connections.in_stage(Stage::Opening) {
            match &self.inbound[id.index()] {
                Inbound::Opening(opening) if opening.is_mid_request() => {}
                _ if self.peers.queued(id) > 0 => self.peers.end(id),
                _ => self.peers.leave(id.slot),
            }
        }
    }

    /// Has the server stopped, and has everybody left, or had the time to?
    fn is_finished(&self) -> bool {
        let everybody_left = self.peers.connections.count() == 0 && !self.peers.is_restless();
        self.stop_by.is_some_and(|stop_by| everybody_left || self.horizon.reached() >= stop_by)
    }
}
