//! One turn of the loop, on one screen. `README.md` has the map of the folder.

mod arrivals;
#[cfg(feature = "testing")]
mod by_hand;
mod endings;
mod mail;
mod overdue;
mod readiness;

use std::io::{self, ErrorKind};
use std::time::Duration;

use mio::Events;

use super::accept::listeners::Listeners;
use super::bell::BELL;
use super::counters::CounterReader;
use super::mailbox::Letters;
use super::receive::{Inbound, Turn, Until};
use super::table::stage::{Cause, Stage};
use super::time::deadlines::{Clock, Tick};
use super::time::horizon::Horizon;
use super::time::ticker::Ticker;
use super::{Handler, PeerId, Peers};
use crate::server::tuning::{EVENTS_PER_TURN, HANDSHAKES_PER_TURN, LETTERS_PER_TURN};
use readiness::Readiness;
pub(super) use readiness::Sleep;

/// Everything that `Server::run` runs. What arrives from a connection (`inbound`) lies apart from what leaves (in
/// `peers`): so a message can borrow from the one while the handler holds the other.
pub(super) struct EventLoop<M, H> {
    clock: Clock,
    listeners: Listeners,
    letters: Letters<M>,
    published: CounterReader,
    peers: Peers,
    inbound: Inbound,
    handler: H,
    /// Connections over a limit, which are only there to get their refusal.
    turning_away: usize,
    horizon: Horizon,
    ticker: Option<Ticker>,
    /// As of the beginning of the turn, like `Peers::now`.
    now: Duration,
    /// When the turn began whose time is not measured yet.
    unmeasured: Option<Duration>,
    /// By the clock: before this, deadlines are not postponed again because the loop is late.
    no_mercy_before: Tick,
    /// By the clock: until then the loop does not sleep.
    awake_until: Duration,
    /// Set when stopping: not later than this.
    stop_by: Option<Tick>,
}

/// What the loop runs with.
pub(super) struct Parts<M> {
    pub(super) clock: Clock,
    pub(super) listeners: Listeners,
    pub(super) letters: Letters<M>,
    pub(super) published: CounterReader,
    pub(super) peers: Peers,
}

impl<M, H: Handler<M>> EventLoop<M, H> {
    pub(super) fn new(parts: Parts<M>, handler: H) -> Self {
        let Parts { clock, listeners, letters, published, peers } = parts;
        let now = clock.elapsed();
        EventLoop {
            inbound: Inbound::new(peers.config()),
            ticker: peers.config().tick.map(|every| Ticker::new(now, every)),
            clock,
            listeners,
            letters,
            published,
            peers,
            handler,
            turning_away: 0,
            horizon: Horizon::default(),
            now,
            unmeasured: None,
            no_mercy_before: 0,
            awake_until: Duration::ZERO,
            stop_by: None,
        }
    }

    pub(super) fn run(mut self, mut poll: impl Sleep) -> io::Result<()> {
        let served = self.serve(&mut poll);
        self.end();
        served
    }

    fn serve(&mut self, poll: &mut impl Sleep) -> io::Result<()> {
        let mut events = Events::with_capacity(EVENTS_PER_TURN);
        while !self.is_finished() {
            let brought = self.wait(poll, &mut events)?;
            self.turn(brought, &events);
        }
        Ok(())
    }

    fn turn<'e, E: Readiness + 'e>(&mut self, brought: usize, events: impl IntoIterator<Item = &'e E>) {
        self.begin(brought);
        for event in events {
            match PeerId::from_token(event.token()) {
                Ok(id) => self.handle_event(id, event),
                Err(BELL) => self.letters.bell_has_rung(),
                Err(listener) => self.listeners.handle_event(listener),
            }
        }
        self.inbound.go_on(&mut self.peers, &mut self.handler);
        self.shake_hands();
        self.accept();
        self.read_letters(LETTERS_PER_TURN);
        self.keep_time();
        self.go_down();
        self.settle();
        self.publish_counters();
        if brought > 0 {
            self.stay_awake();
        }
    }

    /// Sleeps until something happens or is due; not at all if there is something to do, or was a moment ago. Says how
    /// many events there are.
    fn wait(&mut self, poll: &mut impl Sleep, events: &mut Events) -> io::Result<usize> {
        match poll.poll(events, self.timeout()) {
            Ok(()) => {
                let brought = events.iter().count();
                self.look_ahead(brought);
                Ok(brought)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// A poll has come back with so many events.
    #[inline]
    fn look_ahead(&mut self, brought: usize) {
        // The poll began at this tick, or later.
        let began = self.peers.now();
        let sources = self.peers.connections() + self.listeners.sources();
        self.horizon.seen(began, brought, EVENTS_PER_TURN, sources);
    }

    /// How long the poll may sleep.
    fn timeout(&mut self) -> Option<Duration> {
        let stop_is_new = self.peers.is_stopping() && self.stop_by.is_none();
        let is_restless = stop_is_new
            || self.peers.has_listeners_to_let_go()
            || self.peers.is_restless()
            || self.inbound.is_restless()
            || self.letters.is_waiting()
            || self.can_accept();
        if is_restless {
            return Some(Duration::ZERO);
        }
        let retry = self.listeners.retry_at().filter(|_| self.has_room());
        let deadlines = [self.peers.earliest_deadline(), retry, self.stop_by];
        let due = deadlines.into_iter().flatten().min().map(Clock::begin_of);
        let ticks =
            [self.ticker.as_ref().map(Ticker::next), self.peers.next_timer(), self.peers.next_of_drain()];
        let due = due.into_iter().chain(ticks.into_iter().flatten()).min();
        let now = self.clock.elapsed();
        self.measure_turn(now);
        if now < self.awake_until {
            return Some(Duration::ZERO);
        }
        due.map(|due| due.saturating_sub(now))
    }

    fn begin(&mut self, brought: usize) {
        self.now = self.clock.elapsed();
        // If the loop had no time to sleep, the turn before lasted until now.
        self.measure_turn(self.now);
        let is_idle = brought == 0 && self.now < self.awake_until;
        self.unmeasured = (!is_idle).then_some(self.now);
        self.peers.begin_turn(Clock::tick(self.now));
        self.inbound.begin_turn(brought);
    }

    /// The turn is over, if that is not known yet.
    fn measure_turn(&mut self, now: Duration) {
        if let Some(began) = self.unmeasured.take() {
            self.published.meters().turn_time().record_time(now.saturating_sub(began));
        }
    }

    /// After traffic, the loop stays awake for a while, if it is asked to (`Config::spin`).
    fn stay_awake(&mut self) {
        let spin = self.peers.config().spin;
        if !spin.is_zero() {
            self.awake_until = self.clock.elapsed().saturating_add(spin);
        }
    }

    // ---- input

    fn handle_event(&mut self, id: PeerId, event: &impl Readiness) {
        let Some(slot) = self.peers.find(id) else {
            return; // the event is stale
        };
        if event.is_error() && (self.peers.stage(slot) == Stage::Lingering || self.peers.is_paused(id)) {
            return self.peers.step(slot, Cause::Lost); // a reset: the peer's end
        }
        if event.is_writable() && self.peers.is_blocked(slot) {
            self.peers.write_on(slot);
        }
        let has_ended = event.is_read_closed() || event.is_error();
        if event.is_readable() || has_ended {
            let until = if has_ended { Until::End } else { Until::ShortRead };
            self.inbound.read(id, until, &mut self.peers, &mut self.handler);
        }
        self.peers.flush_a_group();
    }

    /// A storm of handshakes is spread over many turns, so that it does not stall the peers that are open.
    fn shake_hands(&mut self) {
        for _ in 0..HANDSHAKES_PER_TURN {
            match self.inbound.shake_hands(&mut self.peers, &mut self.handler) {
                Some((slot, Turn::Last)) => self.give_up_shaking(slot),
                Some((_, Turn::Next)) => {}
                None => return,
            }
        }
    }
}
