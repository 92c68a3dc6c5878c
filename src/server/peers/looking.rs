//! Who is in a topic, and in which topics somebody is.

use super::Peers;
use crate::server::PeerId;

/// # Looking
impl Peers {
    /// Who is subscribed to a topic, in no particular order. Collect them to send to each, or
    /// [`publish`](Self::publish) what is the same for all.
    ///
    /// ```
    /// use pollcat::{CloseCode, PeerId, Peers};
    ///
    /// fn end_the_party(peers: &mut Peers) {
    ///     let guests: Vec<PeerId> = peers.members("party").collect();
    ///     for guest in guests {
    ///         peers.close(guest, CloseCode::NORMAL, "it is late");
    ///     }
    /// }
    /// # let _ = end_the_party;
    /// ```
    pub fn members(&self, topic: &str) -> impl Iterator<Item = PeerId> + use<'_> {
        self.out.members(topic).map(|slot| self.table.id(slot))
    }

    /// The topics that a peer is subscribed to, in no particular order; none for a peer that is not open. In
    /// [`on_close`](crate::Handler::on_close) its subscriptions have ended.
    pub fn topics(&self, id: PeerId) -> impl Iterator<Item = &str> {
        self.open_slot(id).into_iter().flat_map(|slot| self.out.topics_of(slot))
    }
}
