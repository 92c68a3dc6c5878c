//! Draining: the peers are closed one by one, spread over a time, and then the server stops. And before that: no
//! more clients are taken.

use std::time::Duration;

use super::{Listening, Peers};
use crate::protocol::CloseCode;
use crate::server::table::stage::Stage;
use crate::server::time::drain::Drain;

/// What a client reads in its Close.
const GOODBYE: &str = "the server is stopping";

/// # Going down
impl Peers {
    /// Stops the server: new clients are refused, every peer gets a Close with 1001, and when all have left, or
    /// [`Config::close_within`](crate::Config::close_within) has passed, [`Server::run`](crate::Server::run) returns.
    /// What was sent before still arrives. This ends a drain: who is left is closed at once, with 1001.
    pub fn stop(&mut self) {
        self.stopping = true;
        self.drain = None;
    }

    /// Stops the server slowly, so that its clients do not all come back in one moment: their Closes, with this code
    /// ([`CloseCode::SERVICE_RESTART`], say), are spread evenly over the time `over`, and then it
    /// [stops](Self::stop).
    ///
    /// * Upgrades are refused from now on, and those that wait for a [late](crate::Answer::later) answer: 503, with a
    ///   Retry-After of the seconds that are left ([`Refusal::Draining`](crate::Refusal::Draining)). Pages are served
    ///   until the stop, so a balancer's health check can be [told](Self::is_draining).
    /// * Of `n` peers one is closed each `over / n`, the last at the end; the others go on as before. When some leave
    ///   by themselves, those who are left share the time that is left. Those who came together do not leave
    ///   together.
    /// * As soon as nobody is left, the server stops. So does it at once if nobody is there.
    /// * The time for the answers to the last Closes
    ///   ([`Config::close_within`](crate::Config::close_within)) comes on top.
    ///
    /// A second call can only hasten the drain: it ends with the earlier of both ends, and its code is for the Closes
    /// that are still to come. A time of zero is a [`stop`](Self::stop) with a code of your own. Once the server stops,
    /// this does nothing.
    pub fn drain(&mut self, over: Duration, code: CloseCode) {
        if self.stopping {
            return;
        }
        let (now, peers) = (self.clock.elapsed(), self.out.open_count());
        let ends = now.saturating_add(over);
        self.drain.get_or_insert(Drain::new(ends, code)).hasten(now, ends, code, peers);
    }

    /// Takes no more clients: the server lets its listeners go at the end of this turn, for good. Who is connected
    /// stays.
    ///
    /// * A listener that another process holds too, as it was made by a service manager or is handed on
    ///   ([`listen_on`](crate::Server::listen_on), [`listen_unix_on`](crate::Server::listen_unix_on)): clients that
    ///   connect from now on wait in its queue, for whoever takes it over. None of them is refused.
    /// * Of any other listener they are refused by the system, and the file of a Unix-domain socket is removed, as when
    ///   the server [stops](Self::stop).
    /// * Requests of those who are connected are answered, and upgrades accepted. Each answer is the last of its
    ///   connection, and one on which nothing is asked at the moment is closed. So
    ///   [`Counters::connections`](crate::Counters::connections) soon falls to
    ///   [`Counters::open`](crate::Counters::open): then nobody waits for an answer, and it is time to
    ///   [drain](Self::drain) or to stop. Give it a time of your own, as a client may connect and ask for nothing.
    ///
    /// A second call does nothing.
    pub fn stop_accepting(&mut self) {
        if self.listening == Listening::Yes {
            self.listening = Listening::NotAnyMore;
        }
    }

    /// Are there listeners, as far as the application is concerned?
    pub(in crate::server) fn is_listening(&self) -> bool {
        self.listening == Listening::Yes
    }

    /// Are they still to be let go?
    pub(in crate::server) fn has_listeners_to_let_go(&self) -> bool {
        self.listening == Listening::NotAnyMore
    }

    /// Are they to be let go now?
    pub(in crate::server) fn lets_listeners_go(&mut self) -> bool {
        let now = self.has_listeners_to_let_go();
        if now {
            self.listening = Listening::No;
        }
        now
    }

    /// Is the server going down: has it been told to [`drain`](Self::drain), or to [`stop`](Self::stop)?
    pub fn is_draining(&self) -> bool {
        self.stopping || self.drain.is_some()
    }

    /// When the next peer is to be closed. A drain that was asked for when the turn was nearly over begins at once.
    pub(in crate::server) fn next_of_drain(&self) -> Option<Duration> {
        let drain = self.drain.as_ref().filter(|_| !self.stopping)?;
        let at_once = drain.is_new() || self.out.open_count() == 0;
        Some(if at_once { Duration::ZERO } else { drain.next() })
    }

    /// Has a drain been asked for that has not begun? It begins now.
    pub(in crate::server) fn begins_to_drain(&mut self) -> bool {
        self.drain.as_mut().is_some_and(Drain::begins)
    }

    /// Closes those whose time has come. When it is everybody's, or nobody is left, the server stops.
    pub(in crate::server) fn go_on_draining(&mut self, now: Duration) {
        let Some(mut drain) = self.drain.take_if(|_| !self.stopping) else {
            return;
        };
        drain.look(now);
        while drain.is_due(now)
            && let Some(slot) = self.out.open_far_from(self.drained)
        {
            self.drained = slot;
            self.begin_closing(slot, drain.code(), GOODBYE);
            drain.closed_one(self.out.open_count());
        }
        self.stopping = drain.is_over(now) || self.out.open_count() == 0;
        self.drain = Some(drain);
    }

    /// Begins the closing handshake with all peers, as the server stops: with 1001 (RFC 6455 §7.4.1), or with the code
    /// of the drain that has come to its end.
    pub(in crate::server) fn say_goodbye(&mut self) {
        let code = self.drain.as_ref().map_or(CloseCode::GOING_AWAY, Drain::code);
        for slot in self.table.in_stage(Stage::Open) {
            self.begin_closing(slot, code, GOODBYE);
        }
    }

    /// Seconds until the drain ends, rounded up; one at least.
    pub(super) fn rest_of_drain(&self) -> u64 {
        let now = self.clock.elapsed();
        let rest = self.drain.as_ref().map_or(Duration::ZERO, |drain| drain.rest(now));
        rest.as_secs().saturating_add(u64::from(rest.subsec_nanos() > 0)).max(1)
    }
}
