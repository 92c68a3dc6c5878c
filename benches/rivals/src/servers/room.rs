//! The room of the rivals' broadcast, made the way their users make it: a channel for each connection.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

pub(super) struct Room<M>(Arc<Mutex<Vec<UnboundedSender<M>>>>);

impl<M: Clone> Room<M> {
    pub(super) fn new() -> Self {
        Room(Arc::default())
    }

    pub(super) fn join(&self) -> UnboundedReceiver<M> {
        let (sender, receiver) = unbounded_channel();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
        receiver
    }

    /// Sends to everybody; forgets members that have left.
    pub(super) fn tell(&self, message: &M) {
        let mut members = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        members.retain(|member| member.send(message.clone()).is_ok());
    }
}

impl<M> Clone for Room<M> {
    fn clone(&self) -> Self {
        Room(self.0.clone())
    }
}
