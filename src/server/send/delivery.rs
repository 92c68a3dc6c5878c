//! What became of a message for one peer.

/// What became of a message or a [Ping](crate::Peers::ping) for one peer, or of the
/// [answer](crate::Peers::answer_request) to a request. These are all the answers there can be: a program that decides
/// by them may match them without a wildcard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// On its way.
    Queued,
    /// Queued, but the peer's socket is full. If you can, send it nothing more until
    /// [`on_drain`](crate::Handler::on_drain).
    Slow,
    /// Not sent: the peer's send queue is full. [`SlowPeers`](crate::SlowPeers) says what happens next.
    Full,
    /// Not sent: there is no such peer, or it is being closed; or the request does not wait any more.
    Gone,
}
