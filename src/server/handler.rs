//! What an application writes.

use std::fmt;
use std::net::IpAddr;

use super::{PeerId, Peers};
use crate::Message;
use crate::handshake::{Answer, Refusal, Request};
use crate::protocol::{CloseCode, ProtocolError};

/// What an application does with its connections. One value serves all of them, on one thread, so its
/// state is plain fields: no lock, no `Arc`.
///
/// A method is never called from inside another: closing a peer marks it, and
/// [`on_close`](Self::on_close) comes at the end of the turn. What is sent leaves when the turn ends,
/// so a method that takes long keeps everybody waiting; give long work to a thread, and let it answer
/// through a [`Mailbox`](super::Mailbox).
///
/// A method that panics takes the whole server with it: the panic leaves [`Server::run`](super::Server::run), and every
/// connection ends without a Close, which its client tells as 1006. What may panic belongs behind
/// `std::panic::catch_unwind`, or into a thread.
///
/// `M` is what other threads send to [`on_mail`](Self::on_mail).
pub trait Handler<M = ()> {
    /// A client asks to open a WebSocket, or for a page (then [`Request::is_upgrade`] is false). The default
    /// accepts, which for a page means that there is none (426). A page that has to be fetched from somewhere
    /// is answered [later](Answer::later), by [`Peers::answer_request`]. One connection may bring many requests, one after
    /// the other; behind a reverse proxy they are many people's. A request that is sent before the one in front of it has
    /// its answer is not answered, be it an upgrade: the answer in front says `Connection: close`, and the client comes again
    /// (RFC 9112 §9.3.2).
    fn on_request(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) -> Answer {
        let _ = (peers, id, request);
        Answer::accept()
    }

    /// The server has turned a request down by itself: it broke a rule of the handshake, came from a page of a foreign
    /// Origin, asked for a name that the server does not go by, took too long, or there is no room. The client is told so in
    /// HTTP; this is for whoever looks after the server. A flood of such requests calls it as often: count, and log
    /// some. What [`on_request`](Self::on_request) refuses is not told here, but for an `accept` where no WebSocket was
    /// asked for.
    fn on_refused(&mut self, peers: &mut Peers, refused: &Refused<'_>) {
        let _ = (peers, refused);
    }

    /// A WebSocket has been opened. From here on the peer can be sent to, and subscribed to topics; before, in
    /// [`on_request`](Self::on_request), both do nothing.
    fn on_open(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) {
        let _ = (peers, id, request);
    }

    /// A whole message has arrived. It lives in the server's buffer: copy what you keep.
    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>);

    /// A peer for which [`send`](Peers::send) answered [`Delivery::Slow`](super::Delivery::Slow) or
    /// [`Delivery::Full`](super::Delivery::Full) has caught up. `missed` messages were left out for it
    /// ([`SlowPeers::Skip`](super::SlowPeers::Skip)).
    fn on_drain(&mut self, peers: &mut Peers, id: PeerId, missed: u64) {
        let _ = (peers, id, missed);
    }

    /// The peer has left. `id` names nobody from now on.
    fn on_close(&mut self, peers: &mut Peers, id: PeerId, departure: Departure) {
        let _ = (peers, id, departure);
    }

    /// Another thread has put something into the [`Mailbox`](super::Mailbox).
    fn on_mail(&mut self, peers: &mut Peers, mail: M) {
        let _ = (peers, mail);
    }

    /// Time has passed ([`Config::tick`](super::Config::tick)).
    fn on_tick(&mut self, peers: &mut Peers) {
        let _ = peers;
    }
}

/// A request that the server has turned down by itself ([`Handler::on_refused`]).
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Refused<'a> {
    /// Why: its status, and the line that the client gets to read.
    pub reason: Refusal,
    /// The client, as [`Request::client`] says; the other end of the connection if there is no request. `None` on a
    /// Unix-domain socket.
    pub client: Option<IpAddr>,
    /// What was asked for, with Host and Origin as they were sent; `None` if it is no request, or only the beginning of
    /// one.
    pub request: Option<Request<'a>>,
}

/// Why a peer is no longer there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departure {
    /// The closing handshake was completed (RFC 6455 §7.1.4). The code is the one the peer sent, first
    /// or in answer to ours.
    Closed(CloseCode),
    /// The peer broke the protocol, and was told so.
    Failed(ProtocolError),
    /// TCP ended without a closing handshake: a lost network, a killed program.
    Lost,
    /// The peer did not read what was sent to it, and its send queue was full
    /// ([`Config::max_send_queue`](super::Config::max_send_queue)); or all queues together took too much
    /// ([`Config::max_sending`](super::Config::max_sending)), and this one most of it.
    TooSlow,
    /// The peer held most of what all unfinished messages may take together, when that was used up
    /// ([`Config::max_receiving`](super::Config::max_receiving)), and was told so.
    OverBudget,
    /// The peer answered neither a Ping nor a Close in time.
    TimedOut,
}

impl fmt::Display for Departure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Departure::Closed(code) => write!(f, "closed with {code}"),
            Departure::Failed(error) => write!(f, "failed: {error}"),
            Departure::Lost => f.write_str("lost"),
            Departure::TooSlow => f.write_str("too slow: send queue full"),
            Departure::OverBudget => f.write_str("given up: unfinished messages take too much memory"),
            Departure::TimedOut => f.write_str("timed out"),
        }
    }
}

/// A handler made of one closure, for when messages are all that matters.
///
/// ```
/// use pollcat::handler_fn;
///
/// let echo = handler_fn(|peers, from, message| {
///     peers.send(from, message);
/// });
/// # drop(echo);
/// ```
pub fn handler_fn<F>(on_message: F) -> HandlerFn<F>
where
    F: FnMut(&mut Peers, PeerId, Message<'_>),
{
    HandlerFn(on_message)
}

/// See [`handler_fn`].
#[derive(Debug)]
pub struct HandlerFn<F>(F);

impl<F> Handler for HandlerFn<F>
where
    F: FnMut(&mut Peers, PeerId, Message<'_>),
{
    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        (self.0)(peers, from, message);
    }
}
