//! How connections come into the loop, and how they leave it.

use std::net::IpAddr;

use crate::handshake::Refusal;
use crate::server::accept::admission::TURNING_AWAY;
use crate::server::accept::transport::Transport;
use crate::server::handler::Handler;
use crate::server::receive::inbound::Inbound;
use crate::server::receive::opening::Opening;
use crate::server::turn::event_loop::EventLoop;

/// Connections accepted before those that are there have their turn.
const ACCEPTS_PER_TURN: usize = 128;

impl<M, H: Handler<M>> EventLoop<M, H> {
    pub(in crate::server) fn can_accept(&self) -> bool {
        self.has_room() && self.listeners.are_ready(self.peers.now)
    }

    pub(in crate::server) fn has_room(&self) -> bool {
        self.peers.connections.count() < self.peers.config.max_connections.saturating_add(TURNING_AWAY)
    }

    pub(in crate::server) fn accept(&mut self) {
        for _ in 0..ACCEPTS_PER_TURN {
            if !self.has_room() {
                return;
            }
            match self.listeners.accept(self.peers.now) {
                Some((transport, remote)) => self.admit(transport, remote),
                None => return,
            }
        }
    }

    fn admit(&mut self, transport: Transport, remote: Option<IpAddr>) {
        let full = self.peers.connections.count() - self.turning_away >= self.peers.config.max_connections;
        let is_secure = transport.is_secure();
        let Some(id) = self.peers.add(transport) else {
            return;
        };
        if self.inbound.len() <= id.index() {
            self.inbound.resize_with(id.index() + 1, || Inbound::Deaf);
        }
        let by_proxy = self.peers.config.proxies.trust(remote);
        let turned_away = match () {
            () if full => Some(Refusal::ServerFull),
            () if !by_proxy && !self.peers.enter(id, remote) => Some(Refusal::AddressFull),
            () => None,
        };
        if turned_away.is_some() {
            if self.turning_away >= TURNING_AWAY {
                // A flood: no more courtesy.
                self.peers.counters.dropped += 1;
                return self.peers.kill(id.slot);
            }
            self.turning_away += 1;
        }
        let opening = Opening::new(&self.peers.config, remote, is_secure, turned_away);
        self.inbound[id.index()] = Inbound::Opening(Box::new(opening));
    }

    /// Tells the handler who has caught up and who has left, until it has nothing to say to that; then the dead
    /// leave their slots.
    pub(in crate::server) fn reap(&mut self) {
        loop {
            if let Some((id, departure)) = self.peers.departed.pop_front() {
                // It lingers perhaps, but what it had begun to say is nobody's any more.
                self.inbound[id.index()] = Inbound::Deaf;
                self.peers.forget_input(id.slot);
                self.handler.on_close(&mut self.peers, id, departure);
            } else if let Some((id, missed)) = self.peers.drained.pop_front() {
                if self.peers.contains(id) {
                    self.handler.on_drain(&mut self.peers, id, missed);
                }
            } else {
                break;
            }
        }
        for slot in std::mem::take(&mut self.peers.dead) {
            let way_in = std::mem::replace(&mut self.inbound[slot as usize], Inbound::Deaf);
            if matches!(way_in, Inbound::Opening(opening) if opening.is_surplus()) {
                self.turning_away -= 1;
            }
            self.peers.vacate(slot);
            self.listeners.retry_now();
        }
        self.peers.counters.connections = self.peers.connections.count() as u64;
    }
}
