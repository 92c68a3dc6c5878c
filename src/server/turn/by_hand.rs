//! The loop, turned by a [bench](crate::testing) instead of a poll: the same turns, with edges from memory.

use std::time::Duration;

use super::EventLoop;
use crate::server::accept::memory::Edge;
use crate::server::bell::BELL;
use crate::server::mailbox::Letters;
use crate::server::peer_id::reserved_token;
use crate::server::{Handler, Peers};

impl<M, H: Handler<M>> EventLoop<M, H> {
    /// One turn, with what a poll would have brought.
    pub(in crate::server) fn turn_by_hand(&mut self, edges: &[Edge]) {
        self.look_ahead(edges.len());
        self.turn(edges.len(), edges);
    }

    /// When there is something to do without an event: at once, after some time, or never.
    pub(in crate::server) fn is_due_in(&mut self) -> Option<Duration> {
        self.timeout()
    }

    /// Has it stopped? Then it is not turned any more.
    pub(in crate::server) fn has_finished(&self) -> bool {
        self.is_finished()
    }

    /// The handler's last calls.
    pub(in crate::server) fn finish(&mut self) {
        self.end();
    }

    /// The event that says that there is mail.
    pub(in crate::server) fn ring() -> Edge {
        Edge::readable(reserved_token(BELL))
    }

    pub(in crate::server) fn letters(&self) -> &Letters<M> {
        &self.letters
    }

    pub(in crate::server) fn peers(&self) -> &Peers {
        &self.peers
    }

    pub(in crate::server) fn handler_mut(&mut self) -> &mut H {
        &mut self.handler
    }

    pub(in crate::server) fn handler(&self) -> &H {
        &self.handler
    }

    /// Calls the handler from outside of a turn. What that asks for is done in the next.
    pub(in crate::server) fn call<T>(&mut self, call: impl FnOnce(&mut H, &mut Peers) -> T) -> T {
        let result = call(&mut self.handler, &mut self.peers);
        self.peers.act_on_facts();
        result
    }

    pub(in crate::server) fn into_handler(self) -> H {
        self.handler
    }
}
