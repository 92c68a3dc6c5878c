//! Peers that are not read from for a while, because the application wants it so.

use super::Peers;
use crate::server::PeerId;
use crate::server::table::marks::Mark;

/// # Pausing
impl Peers {
    /// Reads nothing from a peer until it is [resumed](Self::resume): [`on_message`](crate::Handler::on_message) is not
    /// called for it, not even for what has been read already, which is kept (in order, and within
    /// [`Config::max_receiving`](crate::Config::max_receiving)). What it sends waits in the sockets, and when those are
    /// full its writes wait: TCP carries the back-pressure to the peer.
    ///
    /// No frame of any kind is read: a Ping of the peer's gets no Pong, and its Close is not seen, until then. So the
    /// peer is not pinged either, nor given up for silence. What is sent to it leaves as always. A stream that breaks
    /// is noticed when the system tells, and one that ends in order when nothing of it is unread; a peer whose network
    /// is lost is noticed only by what is written to it.
    ///
    /// [`close`](Self::close), and whatever else ends the WebSocket, ends the pause: the closing handshake reads the
    /// peer's Close. Pausing twice changes nothing, nor does pausing a peer that is not open: in
    /// [`on_request`](crate::Handler::on_request) it is too early, in [`on_open`](crate::Handler::on_open) it is not.
    pub fn pause(&mut self, id: PeerId) {
        if let Some(slot) = self.open_slot(id) {
            self.table.mark(slot, Mark::Paused);
            self.table.unmark(slot, Mark::Grace);
            self.table.deadlines().clear(slot);
        }
    }

    /// Reads from a paused peer again: first, in the next turn, what was kept. Its silence begins anew. For a peer that
    /// is not paused nothing changes.
    pub fn resume(&mut self, id: PeerId) {
        if let Some(slot) = self.open_slot(id)
            && self.end_pause(slot)
        {
            self.set_deadline(slot, self.config.ping_after);
        }
    }

    /// Is this peer open, and paused?
    pub fn is_paused(&self, id: PeerId) -> bool {
        self.open_slot(id).is_some_and(|slot| self.table.has(slot, Mark::Paused))
    }
}
