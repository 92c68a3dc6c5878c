//! Connections are accepted, or turned away.

use super::EventLoop;
use crate::handshake::Refusal;
use crate::server::Handler;
use crate::server::accept::origin::Origin;
use crate::server::accept::transport::Transport;
use crate::server::receive::opening::Opening;
use crate::server::table::stage::Cause;
use crate::server::tuning::ACCEPTS_PER_TURN;
use crate::server::tuning::TURNING_AWAY;

impl<M, H: Handler<M>> EventLoop<M, H> {
    pub(super) fn can_accept(&self) -> bool {
        self.has_room() && self.peers.is_listening() && self.listeners.are_ready(self.peers.now())
    }

    /// Room for a connection, or for one more that is only there to hear that there is none. The limit may have become
    /// lower than what there is.
    pub(super) fn has_room(&self) -> bool {
        let staying = self.peers.connections() - self.turning_away;
        staying < self.peers.config().max_connections || self.turning_away < TURNING_AWAY
    }

    pub(super) fn accept(&mut self) {
        for _ in 0..ACCEPTS_PER_TURN {
            if !self.has_room() || !self.peers.is_listening() {
                return;
            }
            match self.listeners.accept(self.peers.now()) {
                Some((transport, origin)) => self.admit(transport, origin),
                None => return,
            }
        }
    }

    fn admit(&mut self, mut transport: Transport, origin: Origin) {
        let config = self.peers.config();
        transport.limit_buffer(config.send_buffer, config.max_unsent);
        let is_full = self.peers.connections() - self.turning_away >= self.peers.config().max_connections;
        let remote = origin.remote_ip();
        let Some(id) = self.peers.add(transport) else {
            return;
        };
        let turned_away = if is_full {
            Some(Refusal::ServerFull)
        } else if !self.peers.is_proxy(remote) && !self.peers.enter(id.slot(), remote) {
            Some(Refusal::AddressFull)
        } else {
            None
        };
        // A flood is not answered at all.
        let is_dropped = turned_away.is_some() && self.turning_away >= TURNING_AWAY;
        if turned_away.is_some() && !is_dropped {
            self.turning_away += 1;
        }
        let told = turned_away.filter(|_| !is_dropped);
        self.inbound.occupy(id.slot(), Opening::new(self.peers.config(), origin, told));
        if is_dropped {
            self.peers.count().dropped += 1;
            self.peers.step(id.slot(), Cause::Dropped);
        }
    }
}
