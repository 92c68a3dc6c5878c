//! What an application writes.

use std::net::{IpAddr, SocketAddr};

use super::{Departure, PeerId, Peers, RequestId, TimerId};
use crate::Message;
use crate::handshake::{Answer, ListenerId, Refusal, Request};

/// What an application does with its connections. One value serves all of them, on one thread, so its
/// state is plain fields: no lock, no `Arc`.
///
/// A method is never called from inside another: [`Peers::close`] only marks a peer, and
/// [`on_close`](Self::on_close) comes at the end of the turn. What a method sends leaves when the turn ends,
/// so a method that takes long delays everybody; give long work to a thread, and let it answer
/// through a [`Mailbox`](super::Mailbox).
///
/// `M` is what other threads send to [`on_mail`](Self::on_mail).
///
/// # The life of an id
///
/// A connection has one [`PeerId`], from its first request to its end:
///
/// ```text
///   on_request ── accept ───▶ on_open ─▶ on_message, on_drain … ─▶ on_close     exactly once
///     ▲  │ └──── later ─┬───────▲
///     │  │              ├─▶ on_request_gone                                     nobody waits for the answer any more
///     │  ▼              ▼
///     └── a page, a refusal ◀─ on_body ◀─ read_body                             no on_close
///         and the next request of the same connection
/// ```
///
/// * When [`on_request`](Self::on_request) accepts an upgrade, [`on_open`](Self::on_open) is the next call. When it is
///   accepted [later](Answer::later), other calls come between, and `on_open` does not come at all if the client has
///   left: so keep nothing under an id before `on_open`. What it has to know the answer carries
///   ([`Answer::with`], [`Peers::opened_with`]).
/// * Every peer that was opened gets one [`on_close`](Self::on_close), also when the server stops.
/// * A connection that never opens gets none. What is kept under its id stays.
/// * A request that is answered later ends in one of two ways: its answer is taken
///   ([`Peers::answer_request`]), or [`on_request_gone`](Self::on_request_gone) is called, exactly once.
///
/// # Panics
///
/// A panic in a method costs one connection, and the others go on: [`OnPanic`](super::OnPanic) says which one, and how
/// to let the panic through instead.
pub trait Handler<M = ()> {
    /// A client asks to open a WebSocket, or for a page (then [`Request::is_upgrade`] is false). The default
    /// accepts, which for a page means that there is none (426).
    ///
    /// It is called for each request that keeps the rules: of a method that is [served](crate::Method), of a host the
    /// server goes by ([`Config::hosts`](super::Config::hosts)), and for an upgrade from an origin that may connect
    /// ([`Config::origins`](super::Config::origins)). Others end in [`on_refused`](Self::on_refused).
    ///
    /// **Look at the method.** A POST for the path of a page comes here as well, and gets what this returns. What can
    /// only be read answers 405 with `Allow: GET, HEAD` to all but [`Method::Get`](crate::Method::Get) and
    /// [`Method::Head`](crate::Method::Head). An upgrade is always a GET; `accept` to another method is 405.
    ///
    /// A body has not been read by now, and is not, unless this returns [`Answer::read_body`]: then
    /// [`on_body`](Self::on_body) is called when it is whole. Any other answer to a request with a body ends the
    /// connection.
    ///
    /// One connection may bring many requests, one after the other, with the same `id`; behind a reverse proxy they are
    /// many people's. A request that is sent before the one in front of it has its answer gets none, be it an
    /// upgrade: the answer in front says `Connection: close`, and the client comes again (RFC 9112 §9.3.2).
    ///
    /// What has to be fetched first, be it a page or the decision who may open a WebSocket, is answered
    /// [later](Answer::later), by [`Peers::answer_request`].
    fn on_request(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) -> Answer {
        let _ = (peers, id, request);
        Answer::accept()
    }

    /// The body of a request has arrived, for which [`on_request`](Self::on_request) asked ([`Answer::read_body`]), or
    /// an answer that came later. It is whole, and within the limit; it lives in the server's buffer: copy what you
    /// keep. [`Peers::request_id`] is the same as in `on_request`.
    ///
    /// The answer is a page or a refusal, at once or [later](Answer::later): to accept, or to read the body again, is a
    /// mistake of the program, and a 500. The default answers 404.
    ///
    /// It is not called for a body that does not become whole: the client is refused
    /// ([`on_refused`](Self::on_refused)), or has left.
    fn on_body(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>, body: &[u8]) -> Answer {
        let _ = (peers, id, request, body);
        Answer::refuse(404, "there is nothing here to send to")
    }

    /// A request that was to be answered [later](Answer::later) needs no answer any more: its client has left, or got a
    /// 503, as it has waited too long ([`Config::answer_within`](super::Config::answer_within)), as too much was
    /// kept of what such clients sent meanwhile ([`Config::max_receiving`](super::Config::max_receiving)), or as the
    /// server stops, or is drained and opens no more. Each such request ends in one of two ways, and in one only: here,
    /// or with an answer that is taken ([`Peers::answer_request`]). If that answer is to [read the
    /// body](Answer::read_body), it ends in [`on_body`](Self::on_body), or here if the body does not become whole.
    ///
    /// A client that waits for a WebSocket has left when its side of TCP ends. One that waits for a page may end its
    /// side and read on: that it has left shows only when its connection is reset.
    fn on_request_gone(&mut self, peers: &mut Peers, request: RequestId) {
        let _ = (peers, request);
    }

    /// The server has refused a request by itself: it broke a rule of the handshake, came from a page of a foreign
    /// Origin, asked for a name that the server does not go by, took too long, had a body that is too long or
    /// malformed, or there is no room. The client gets the reason over HTTP; this is for the people who run the
    /// server. A flood of such requests calls it as often: count, and log some. What
    /// [`on_request`](Self::on_request) refuses does not come here, but an `accept` does where no WebSocket was asked
    /// for.
    fn on_refused(&mut self, peers: &mut Peers, refused: &Refused<'_>) {
        let _ = (peers, refused);
    }

    /// A WebSocket has been opened. From here on the peer can be sent to, and subscribed to topics; before, in
    /// [`on_request`](Self::on_request), both do nothing. What the answer carries is taken out here
    /// ([`Peers::opened_with`]). The request is that of [`on_request`](Self::on_request), also if the answer came
    /// later.
    fn on_open(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) {
        let _ = (peers, id, request);
    }

    /// A whole message has arrived. It lives in the server's buffer: copy what you keep.
    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>);

    /// A Pong has arrived that does not answer one of the server's own Pings: the answer to [`Peers::ping`], or one
    /// that nobody asked for (RFC 6455 §5.5.3). An answer has the payload of the Ping. A peer may send Pongs as often
    /// as messages, with what it likes in them, up to 125 bytes: trust them no more. While the peer is being closed
    /// there are none.
    fn on_pong(&mut self, peers: &mut Peers, from: PeerId, payload: &[u8]) {
        let _ = (peers, from, payload);
    }

    /// A peer has caught up: it was behind, and all that waited for it has been written to its socket. It was behind if
    /// [`send`](Peers::send) answered [`Delivery::Slow`](super::Delivery::Slow) or
    /// [`Delivery::Full`](super::Delivery::Full) for it, or if what was published or broadcast found it so, which
    /// nothing else reports. `missed` messages were left out for it ([`SlowPeers::Skip`](super::SlowPeers::Skip)). With
    /// a server that [drains](Peers::drain) it has nothing to do: that is [`Peers::is_draining`].
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

    /// The time that [`Peers::after`] was given is over. Each timer comes once, unless it is
    /// [taken back](Peers::cancel).
    fn on_timer(&mut self, peers: &mut Peers, timer: TimerId) {
        let _ = (peers, timer);
    }

    /// Time has passed ([`Config::tick`](super::Config::tick)).
    fn on_tick(&mut self, peers: &mut Peers) {
        let _ = peers;
    }

    /// The server has stopped. This is the last call, and there is always one, also if nobody ever connected, or the
    /// poll has failed: after the last [`on_close`](Self::on_close), and before
    /// [`Server::run`](super::Server::run) returns. It is the time to save what is to be kept. Everybody has left, so
    /// what is sent reaches nobody; the [counters](Peers::counters) are the final ones.
    ///
    /// It is not called when a panic leaves `run` ([`OnPanic::Unwind`](super::OnPanic::Unwind)).
    fn on_stop(&mut self, peers: &mut Peers) {
        let _ = peers;
    }
}

/// The methods of another handler: for `&mut H` and `Box<H>`, where a `dyn Handler` may be behind either.
macro_rules! passed_on {
    () => {
        fn on_request(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) -> Answer {
            (**self).on_request(peers, id, request)
        }

        fn on_body(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>, body: &[u8]) -> Answer {
            (**self).on_body(peers, id, request, body)
        }

        fn on_request_gone(&mut self, peers: &mut Peers, request: RequestId) {
            (**self).on_request_gone(peers, request);
        }

        fn on_refused(&mut self, peers: &mut Peers, refused: &Refused<'_>) {
            (**self).on_refused(peers, refused);
        }

        fn on_open(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) {
            (**self).on_open(peers, id, request);
        }

        fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
            (**self).on_message(peers, from, message);
        }

        fn on_pong(&mut self, peers: &mut Peers, from: PeerId, payload: &[u8]) {
            (**self).on_pong(peers, from, payload);
        }

        fn on_drain(&mut self, peers: &mut Peers, id: PeerId, missed: u64) {
            (**self).on_drain(peers, id, missed);
        }

        fn on_close(&mut self, peers: &mut Peers, id: PeerId, departure: Departure) {
            (**self).on_close(peers, id, departure);
        }

        fn on_mail(&mut self, peers: &mut Peers, mail: M) {
            (**self).on_mail(peers, mail);
        }

        fn on_timer(&mut self, peers: &mut Peers, timer: TimerId) {
            (**self).on_timer(peers, timer);
        }

        fn on_tick(&mut self, peers: &mut Peers) {
            (**self).on_tick(peers);
        }

        fn on_stop(&mut self, peers: &mut Peers) {
            (**self).on_stop(peers);
        }
    };
}

/// The handler is still there when [`Server::run`](super::Server::run) has returned, with all that it knows:
///
/// ```no_run
/// use pollcat::{Handler, Message, PeerId, Peers, Server};
///
/// #[derive(Default)]
/// struct Board {
///     posts: Vec<String>,
/// }
///
/// impl Handler for Board {
///     fn on_message(&mut self, peers: &mut Peers, _: PeerId, message: Message<'_>) {
///         if let Message::Text(text) = message {
///             self.posts.push(text.to_owned());
///             peers.broadcast(text);
///         }
///     }
/// }
///
/// # fn main() -> std::io::Result<()> {
/// let mut board = Board::default();
/// Server::bind("127.0.0.1:9001")?.run(&mut board)?;
/// std::fs::write("posts.txt", board.posts.join("\n"))
/// # }
/// ```
impl<M, H: Handler<M> + ?Sized> Handler<M> for &mut H {
    passed_on!();
}

/// Which handler it is may be decided at run time:
///
/// ```
/// use pollcat::{Handler, Message, PeerId, Peers, handler_fn};
///
/// fn choose(quiet: bool) -> Box<dyn Handler> {
///     match quiet {
///         true => Box::new(handler_fn(|_, _, _| {})),
///         false => Box::new(handler_fn(|peers, from, message| peers.send(from, message))),
///     }
/// }
/// # drop((choose(true), choose(false)));
/// ```
impl<M, H: Handler<M> + ?Sized> Handler<M> for Box<H> {
    passed_on!();
}

/// A request that the server has refused by itself ([`Handler::on_refused`]).
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Refused<'a> {
    /// Why: its status, and the line that the client receives.
    pub reason: Refusal,
    /// The client, as [`Request::client`] says; the other end of the connection if there is no request. `None` on a
    /// Unix-domain socket.
    pub client: Option<IpAddr>,
    /// The listener that it came through, as [`Request::listener`] says.
    pub listener: ListenerId,
    /// The other end of the connection, as [`Request::remote_addr`] says.
    pub remote_addr: Option<SocketAddr>,
    /// What was asked for, with Host and Origin as they were sent; `None` if it is no request, or only the beginning of
    /// one.
    pub request: Option<Request<'a>>,
}

/// A handler made of one closure, for when messages are all that matters. What the closure returns is dropped.
///
/// ```
/// use pollcat::handler_fn;
///
/// let echo = handler_fn(|peers, from, message| peers.send(from, message));
/// # drop(echo);
/// ```
///
/// It serves a `Server<()>`: a closure has no place for mail. Its [`Mailbox`](super::Mailbox) can send, publish, close
/// and stop all the same.
pub fn handler_fn<F, R>(on_message: F) -> HandlerFn<F>
where
    F: FnMut(&mut Peers, PeerId, Message<'_>) -> R,
{
    HandlerFn(on_message)
}

/// See [`handler_fn`].
#[derive(Debug)]
pub struct HandlerFn<F>(F);

impl<F, R> Handler for HandlerFn<F>
where
    F: FnMut(&mut Peers, PeerId, Message<'_>) -> R,
{
    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        (self.0)(peers, from, message);
    }
}
