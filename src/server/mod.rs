//! Sockets, time and threads: they live here and nowhere else. `README.md` beside this file has the map of the folder.

mod accept;
mod bell;
mod config;
mod counters;
mod departure;
mod guard;
mod handler;
mod mailbox;
mod peer_id;
mod peer_map;
mod peers;
mod receive;
mod requests;
mod round_trips;
mod send;
mod table;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(test)]
mod tests;
mod time;
mod timers;
mod tuning;
mod turn;

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};

use mio::Poll;

#[cfg(feature = "tls")]
pub use accept::tls::Tls;
#[cfg(unix)]
pub use accept::unix::UnixAccess;
pub use config::{Config, OnPanic, SlowPeers};
pub use counters::{Counter, CounterKind, CounterReader, Counters, Histogram, Histograms, Unit};
pub use departure::Departure;
pub use handler::{Handler, HandlerFn, Refused, handler_fn};
pub use mailbox::{Mailbox, NotDelivered};
pub use peer_id::PeerId;
pub use peer_map::PeerMap;
pub use peers::Peers;
pub use requests::RequestId;
pub use send::Delivery;
pub use send::outgoing::Outgoing;
pub use timers::TimerId;

use crate::handshake::ListenerId;
use accept::listeners::{Listeners, Spoken};
use bell::Bell;
use guard::Guarded;
use mailbox::Letters;
use time::deadlines::Clock;
use turn::{EventLoop, Parts};

/// A WebSocket server: its listeners, and the one thread that serves everybody who comes.
///
/// `M` is the kind of mail that other threads send ([`Mailbox`]).
#[must_use = "a server serves when it is run"]
pub struct Server<M = ()> {
    poll: Poll,
    listeners: Listeners,
    letters: Letters<M>,
    config: Config,
    counters: CounterReader,
}

impl<M> Server<M> {
    /// Listens on a TCP address, with the default [`Config`]. Of a name that has several (`localhost` often has one of
    /// IPv6, too) it listens on all that can be had: clients differ in which they try first. Clients can connect from
    /// now on, and are served by [`run`](Self::run).
    ///
    /// # Errors
    ///
    /// The address cannot be listened on: it is in use, is not this machine's, or is no address.
    pub fn bind(address: impl ToSocketAddrs) -> io::Result<Self> {
        Server::with_config(address, Config::default())
    }

    /// Like [`bind`](Self::bind), with a [`Config`] of your own.
    ///
    /// # Errors
    ///
    /// The address cannot be listened on.
    pub fn with_config(address: impl ToSocketAddrs, config: Config) -> io::Result<Self> {
        let mut server = Server::without_listeners(config)?;
        server.listen(address)?;
        Ok(server)
    }

    /// A server that listens nowhere yet.
    ///
    /// # Errors
    ///
    /// The system gives us no poll.
    pub fn without_listeners(mut config: Config) -> io::Result<Self> {
        config.max_connections = accept::admission::fit_to_descriptors(config.max_connections);
        let poll = Poll::new()?;
        let letters = Letters::new(Bell::of_poll(&poll)?, config.mailbox);
        let listeners = Listeners::new(config.reuse_port);
        Ok(Server { poll, listeners, letters, config, counters: CounterReader::new() })
    }

    /// Listens on one more TCP address, or on all that a name has, as [`bind`](Self::bind) does; returns the first of
    /// them, with the port that the system chose for port 0.
    ///
    /// # Errors
    ///
    /// None of its addresses can be listened on.
    pub fn listen(&mut self, address: impl ToSocketAddrs) -> io::Result<SocketAddr> {
        self.listeners.bind(self.poll.registry(), address, Spoken::Plain)
    }

    /// Takes over a listener made elsewhere: by a service manager, or with options of your own. Its backlog is what its
    /// maker gave it, which is where [`listen`](Self::listen) asks for 4,096; TCP_NODELAY is set.
    ///
    /// # Errors
    ///
    /// The listener cannot be watched.
    pub fn listen_on(&mut self, listener: std::net::TcpListener) -> io::Result<()> {
        self.listeners.adopt(self.poll.registry(), listener, Spoken::Plain)
    }

    /// The listener that was added last: what [`Request::listener`](crate::Request::listener) says of whoever comes
    /// through it. One that listens on all addresses of a name is one. The default if the server listens nowhere yet.
    ///
    /// ```no_run
    /// use pollcat::Server;
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let mut server: Server = Server::bind("0.0.0.0:80")?;
    /// server.listen("127.0.0.1:9100")?;
    /// let inner = server.last_listener(); // for the handler, which has /metrics for this one alone
    /// # drop(inner);
    /// # Ok(())
    /// # }
    /// ```
    pub fn last_listener(&self) -> ListenerId {
        self.listeners.last()
    }

    /// Listens on one more TCP address, and speaks TLS there: for `wss://` and `https://`. Plain listeners and those of
    /// TLS, each with certificates of its own if you like, serve side by side. Returns the address, with the port
    /// that the system chose for port 0.
    ///
    /// # Errors
    ///
    /// The address cannot be listened on.
    #[cfg(feature = "tls")]
    pub fn listen_tls(&mut self, address: impl ToSocketAddrs, tls: &Tls) -> io::Result<SocketAddr> {
        self.listeners.bind(self.poll.registry(), address, Spoken::Tls(tls.clone()))
    }

    /// Takes over a listener made elsewhere, to speak TLS there.
    ///
    /// # Errors
    ///
    /// The listener cannot be watched.
    #[cfg(feature = "tls")]
    pub fn listen_tls_on(&mut self, listener: std::net::TcpListener, tls: &Tls) -> io::Result<()> {
        self.listeners.adopt(self.poll.registry(), listener, Spoken::Tls(tls.clone()))
    }

    /// Listens on a Unix-domain socket. A socket file that nobody listens on any more, as a program leaves it that was
    /// killed, is replaced; the file is removed when the server stops. Its permissions are what the umask leaves: a
    /// proxy that runs as another user needs [`listen_unix_with`](Self::listen_unix_with). A name in the abstract
    /// namespace of Linux is no path: [`listen_unix_on`](Self::listen_unix_on) takes a listener that has one.
    ///
    /// # Errors
    ///
    /// The path cannot be listened on. [`AddrInUse`](io::ErrorKind::AddrInUse) if a program listens there, though it be
    /// stopped or busy; if there is anything else than a socket, a link to one included; or if another program takes
    /// the path at the same moment.
    #[cfg(unix)]
    pub fn listen_unix(&mut self, path: impl AsRef<std::path::Path>) -> io::Result<()> {
        self.listen_unix_with(path, UnixAccess::new())
    }

    /// Listens on a Unix-domain socket whose file has this mode and group. They are set before the first client can
    /// connect.
    ///
    /// # Errors
    ///
    /// The path cannot be listened on, or its file cannot be given this mode or group; then it is gone again.
    #[cfg(unix)]
    pub fn listen_unix_with(
        &mut self,
        path: impl AsRef<std::path::Path>,
        access: UnixAccess,
    ) -> io::Result<()> {
        self.listeners.bind_unix(self.poll.registry(), path.as_ref(), access)
    }

    /// Takes over a listener on a Unix-domain socket that was made elsewhere: by a service manager, or in the abstract
    /// namespace of Linux. Its file, if it has one, stays when the server stops; and whoever made it has chosen who may
    /// connect, and how many may wait.
    ///
    /// # Errors
    ///
    /// The listener cannot be watched.
    #[cfg(unix)]
    pub fn listen_unix_on(&mut self, listener: std::os::unix::net::UnixListener) -> io::Result<()> {
        self.listeners.adopt_unix(self.poll.registry(), listener)
    }

    /// The first TCP address that the server listens on.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        let none = || io::Error::new(io::ErrorKind::NotFound, "the server listens on no TCP address");
        self.local_addrs().first().copied().ok_or_else(none)
    }

    /// All TCP addresses that the server listens on, in order.
    pub fn local_addrs(&self) -> Vec<SocketAddr> {
        self.listeners.addresses()
    }

    /// A way into the running server for other threads.
    pub fn mailbox(&self) -> Mailbox<M> {
        self.letters.mailbox()
    }

    /// A window on what the server counts, for any thread.
    pub fn counters(&self) -> CounterReader {
        self.counters.clone()
    }

    /// Serves, on this thread, until the server is stopped ([`Peers::stop`], [`Mailbox::stop`]) or has been drained
    /// ([`Peers::drain`]). [`Handler::on_stop`] is the last call. The handler may be lent (`&mut handler`), and has
    /// then all that it knows when this returns.
    ///
    /// # Errors
    ///
    /// The poll failed. Nothing that a client does is an error here.
    ///
    /// # Panics
    ///
    /// The handler panicked, and [`OnPanic::Unwind`] was chosen.
    pub fn run(self, handler: impl Handler<M>) -> io::Result<()> {
        let (event_loop, poll) = self.set_up(handler)?;
        event_loop.run(poll)
    }

    fn set_up<H: Handler<M>>(self, handler: H) -> io::Result<(EventLoop<M, Guarded<H>>, Poll)> {
        let Server { poll, listeners, letters, config, counters } = self;
        let clock = Clock::start();
        let handler = Guarded::new(handler, config.on_panic);
        let registry = poll.registry().try_clone()?;
        let peers = Peers::new(config, clock.clone(), Some(registry), counters.meters());
        let parts = Parts { clock, listeners, letters, published: counters, peers };
        Ok((EventLoop::new(parts, handler), poll))
    }
}

impl<M> std::fmt::Debug for Server<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("listening_on", &self.local_addrs()).finish_non_exhaustive()
    }
}
