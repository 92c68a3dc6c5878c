//! Memory that clients can make us keep: what they have begun to say, and what they have not read. There is a limit for each
//! connection; here is the one for all of them together, and what happens at it (`budget.rs` says to whom).

use crate::protocol::CloseCode;
use crate::server::PeerId;
use crate::server::handler::{Departure, Handler};
use crate::server::peers::Peers;
use crate::server::receive::inbound::Inbound;
use crate::server::send::outbox::Outbox;
use crate::server::table::connection::Stage;
use crate::server::turn::event_loop::EventLoop;

impl<M, H: Handler<M>> EventLoop<M, H> {
    /// A peer has been heard. What it has left unfinished counts; between messages there is nothing.
    #[inline]
    pub(in crate::server) fn charge_input(&mut self, id: PeerId) {
        let connection = self.peers.connections.at(id.slot);
        let bytes = self.inbound[id.index()].unfinished() + connection.outbox.held_input();
        if bytes > 0 || connection.owes_input {
            self.charge_unfinished(id.slot, bytes);
        }
    }

    #[cold]
    fn charge_unfinished(&mut self, slot: u32, bytes: usize) {
        self.peers.note_unfinished(slot, bytes);
        while let Some(debtor) = self.peers.receiving.debtor(slot) {
            // What it had begun to say is nobody's from now on.
            self.inbound[debtor as usize] = Inbound::Deaf;
            self.peers.give_up_unfinished(debtor);
        }
    }

    /// Limits that the handler has set go to where messages are put together.
    pub(in crate::server) fn apply_new_limits(&mut self) {
        for (id, bytes) in std::mem::take(&mut self.peers.new_limits) {
            if self.peers.contains(id)
                && let Inbound::Open(receive) = &mut self.inbound[id.index()]
            {
                receive.set_max_message(bytes);
            }
        }
    }
}

impl Peers {
    /// The limit that the handler has just set for the peer that it hears.
    #[inline]
    pub(in crate::server) fn take_new_limit(&mut self, id: PeerId) -> Option<usize> {
        if self.new_limits.is_empty() {
            return None;
        }
        let mut bytes = None;
        self.new_limits.retain(|&(of, limit)| {
            bytes = if of == id { Some(limit) } else { bytes };
            of != id
        });
        bytes
    }

    // ---- what they have begun to say

    fn note_unfinished(&mut self, slot: u32, bytes: usize) {
        let connection = self.connections.at(slot);
        connection.owes_input = bytes > 0;
        self.receiving.hold(slot, connection.address, bytes);
        self.counters.receiving = self.receiving.total() as u64;
    }

    /// Nobody hears the peer any more, nor what it has said already.
    pub(in crate::server) fn forget_input(&mut self, slot: u32) {
        drop(self.connections.at(slot).outbox.take_held_input());
        self.note_unfinished(slot, 0);
    }

    fn give_up_unfinished(&mut self, slot: u32) {
        self.forget_input(slot);
        let reason = "the memory for unfinished messages is used up: try again later";
        if self.connections.at(slot).stage == Stage::Open {
            self.counters.over_budget += 1;
            self.push_frame(slot, |send, out| send.close(CloseCode::TRY_AGAIN_LATER, reason, out));
        }
        self.depart(self.connections.id_at(slot), Departure::OverBudget);
    }

    // ---- what they have not read

    /// What waits for a peer, now that its socket has taken what it takes.
    pub(in crate::server) fn charge_outbox(&mut self, slot: u32) {
        let connection = self.connections.at(slot);
        self.sending.hold(slot, connection.address, connection.outbox.memory());
        while let Some(debtor) = self.sending.debtor(slot) {
            self.drop_outbox(debtor);
        }
        self.counters.sending = self.sending.total() as u64;
    }

    /// What waits is dropped at once, and the connection with it: it may end in the middle of a frame, and a Close could
    /// only follow when all of it has been read. The peer departs when everybody has heard what was said: just now,
    /// it may be one of them.
    fn drop_outbox(&mut self, slot: u32) {
        let connection = self.connections.at(slot);
        connection.outbox = Outbox::default();
        connection.transport = None;
        self.sending.hold(slot, None, 0);
        self.cut_off.push(self.connections.id_at(slot));
    }

    /// Those whose outboxes were dropped depart, unless they were about to leave by themselves: perhaps they have, and their
    /// slots are others'.
    pub(in crate::server) fn dismiss_cut_off(&mut self) {
        for id in std::mem::take(&mut self.cut_off) {
            if self.connections.get(id).is_some_and(|connection| connection.stage != Stage::Dead) {
                self.counters.too_slow += 1;
                self.depart(id, Departure::TooSlow);
                self.kill(id.slot);
            }
        }
    }

    /// A connection is gone, and all that it held.
    pub(in crate::server) fn settle_accounts(&mut self, slot: u32) {
        self.note_unfinished(slot, 0);
        self.sending.hold(slot, None, 0);
        self.counters.sending = self.sending.total() as u64;
    }
}
