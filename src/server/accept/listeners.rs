//! Where clients knock: TCP and Unix-domain listeners, and what happens when there is no room.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, ToSocketAddrs};
#[cfg(unix)]
use std::path::Path;

use mio::net::TcpListener;
#[cfg(unix)]
use mio::net::UnixListener;
use mio::{Interest, Registry, Token};

use crate::handshake::ListenerId;
#[cfg(feature = "testing")]
use crate::server::accept::memory::{MemoryListener, Network};
use crate::server::accept::origin::Origin;
use crate::server::accept::tcp;
#[cfg(feature = "tls")]
use crate::server::accept::tls::Tls;
use crate::server::accept::transport::Transport;
#[cfg(unix)]
use crate::server::accept::unix::{self, SocketFile, UnixAccess};
use crate::server::peer_id::reserved_token;
use crate::server::time::deadlines::Tick;
use crate::server::tuning::ACCEPT_RETRY;

/// The tokens below belong to others (the mailbox's bell).
const FIRST_TOKEN: usize = 1;

#[derive(Debug)]
pub(in crate::server) struct Listeners {
    listeners: Vec<Listener>,
    /// Accepting failed; not before this tick again. No event will report when it would succeed.
    retry_at: Option<Tick>,
    /// Where the last client came from: the others are asked first.
    last: usize,
    /// May others listen on the same ports?
    reuse_port: bool,
}

#[derive(Debug)]
struct Listener {
    socket: Socket,
    /// Those of one call share it.
    id: ListenerId,
    /// There may be clients that have not been accepted.
    ready: bool,
}

#[derive(Debug)]
enum Socket {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixListener, Option<SocketFile>),
    #[cfg(feature = "tls")]
    Tls(TcpListener, Tls),
    #[cfg(feature = "testing")]
    Memory(MemoryListener),
}

/// What is spoken on a TCP listener.
#[derive(Debug, Clone, Default)]
pub(in crate::server) enum Spoken {
    #[default]
    Plain,
    #[cfg(feature = "tls")]
    Tls(Tls),
}

impl Spoken {
    fn on(self, listener: TcpListener) -> Socket {
        match self {
            Spoken::Plain => Socket::Tcp(listener),
            #[cfg(feature = "tls")]
            Spoken::Tls(tls) => Socket::Tls(listener, tls),
        }
    }
}

impl Listeners {
    pub(in crate::server) fn new(reuse_port: bool) -> Self {
        Listeners { listeners: Vec::new(), retry_at: None, last: 0, reuse_port }
    }

    /// Listens on all of the addresses that can be had, on one port if the system chooses it. Returns the first.
    pub(in crate::server) fn bind(
        &mut self,
        registry: &Registry,
        addresses: impl ToSocketAddrs,
        spoken: Spoken,
    ) -> io::Result<SocketAddr> {
        let id = self.last().next();
        let (mut bound, mut failures): (Vec<SocketAddr>, Vec<io::Error>) = (Vec::new(), Vec::new());
        for mut address in addresses.to_socket_addrs()? {
            if let Some(first) = bound.first().filter(|_| address.port() == 0) {
                address.set_port(first.port());
            }
            if bound.contains(&address) {
                continue;
            }
            match tcp::listen(address, self.reuse_port) {
                Ok(listener) => {
                    bound.push(listener.local_addr()?);
                    self.watch(registry, listener, spoken.clone(), id)?;
                }
                Err(error) => failures.push(io::Error::new(error.kind(), format!("{address}: {error}"))),
            }
        }
        match bound.first() {
            Some(&first) => {
                let others = failures.iter().filter(|failure| failure.kind() == ErrorKind::AddrInUse);
                others.for_each(|failure| log::warn!("listening on {first} alone, and not on {failure}"));
                Ok(first)
            }
            None => {
                let none = || io::Error::new(ErrorKind::InvalidInput, "no address to listen on");
                Err(failures.pop().unwrap_or_else(none))
            }
        }
    }

    /// Takes over a listener that was made elsewhere.
    pub(in crate::server) fn adopt(
        &mut self,
        registry: &Registry,
        listener: std::net::TcpListener,
        spoken: Spoken,
    ) -> io::Result<()> {
        let id = self.last().next();
        self.watch(registry, listener, spoken, id)
    }

    /// Listens on a path.
    #[cfg(unix)]
    pub(in crate::server) fn bind_unix(
        &mut self,
        registry: &Registry,
        path: &Path,
        access: UnixAccess,
    ) -> io::Result<()> {
        let (listener, file) = unix::listen(path, access)?;
        let id = self.last().next();
        self.add(registry, Socket::Unix(UnixListener::from_std(listener), Some(file)), id)
    }

    /// Takes over a listener on a Unix-domain socket that was made elsewhere, and leaves its file alone.
    #[cfg(unix)]
    pub(in crate::server) fn adopt_unix(
        &mut self,
        registry: &Registry,
        listener: std::os::unix::net::UnixListener,
    ) -> io::Result<()> {
        listener.set_nonblocking(true)?;
        let id = self.last().next();
        self.add(registry, Socket::Unix(UnixListener::from_std(listener), None), id)
    }

    /// The one that was added last; the default if there is none.
    pub(in crate::server) fn last(&self) -> ListenerId {
        self.listeners.last().map_or(ListenerId::default(), |listener| listener.id)
    }

    fn watch(
        &mut self,
        registry: &Registry,
        listener: std::net::TcpListener,
        spoken: Spoken,
        id: ListenerId,
    ) -> io::Result<()> {
        listener.set_nonblocking(true)?;
        tcp::prepare(&listener);
        self.add(registry, spoken.on(TcpListener::from_std(listener)), id)
    }

    fn add(&mut self, registry: &Registry, mut socket: Socket, id: ListenerId) -> io::Result<()> {
        let token = reserved_token(FIRST_TOKEN + self.listeners.len());
        socket.register(registry, token)?;
        self.listeners.push(Listener { socket, id, ready: true });
        Ok(())
    }

    /// Clients come in memory.
    #[cfg(feature = "testing")]
    pub(in crate::server) fn listen_in_memory(&mut self, network: &Network) {
        let token = reserved_token(FIRST_TOKEN + self.listeners.len());
        let socket = Socket::Memory(MemoryListener::new(network, token));
        self.listeners.push(Listener { socket, id: self.last().next(), ready: true });
    }

    /// The addresses of the TCP listeners, in order.
    pub(in crate::server) fn addresses(&self) -> Vec<SocketAddr> {
        let address = |listener: &Listener| match &listener.socket {
            Socket::Tcp(listener) => listener.local_addr().ok(),
            #[cfg(unix)]
            Socket::Unix(..) => None,
            #[cfg(feature = "tls")]
            Socket::Tls(listener, _) => listener.local_addr().ok(),
            #[cfg(feature = "testing")]
            Socket::Memory(_) => None,
        };
        self.listeners.iter().filter_map(address).collect()
    }

    /// How many things the poll watches besides connections: these, and the mailbox's bell.
    pub(in crate::server) fn sources(&self) -> usize {
        self.listeners.len() + 1
    }

    /// An event has come for a reserved token.
    pub(in crate::server) fn handle_event(&mut self, number: usize) {
        if let Some(listener) = number.checked_sub(FIRST_TOKEN).and_then(|i| self.listeners.get_mut(i)) {
            listener.ready = true;
        }
    }

    /// Would [`accept`](Self::accept) have something to do?
    pub(in crate::server) fn are_ready(&self, now: Tick) -> bool {
        self.retry_at.is_none_or(|retry| retry <= now) && self.listeners.iter().any(|listener| listener.ready)
    }

    pub(in crate::server) fn retry_at(&self) -> Option<Tick> {
        self.retry_at
    }

    /// A descriptor has become free: no need to wait for the retry.
    pub(in crate::server) fn retry_now(&mut self) {
        self.retry_at = None;
    }

    /// The next client: its stream, and where it comes from.
    pub(in crate::server) fn accept(&mut self, now: Tick) -> Option<(Transport, Origin)> {
        if !self.are_ready(now) {
            return None;
        }
        self.retry_at = None;
        let count = self.listeners.len();
        for place in (1..=count).map(|i| (self.last + i) % count) {
            let listener = &mut self.listeners[place];
            while listener.ready {
                match listener.accept() {
                    Ok(accepted) => {
                        self.last = place;
                        return Some(accepted);
                    }
                    Err(error) if error.kind() == ErrorKind::WouldBlock => listener.ready = false,
                    // The client has left before we came.
                    Err(error) if is_the_clients(&error) => {}
                    Err(error) => {
                        log::warn!("cannot accept connections for now: {error}");
                        self.retry_at = Some(now + ACCEPT_RETRY);
                        return None;
                    }
                }
            }
        }
        None
    }

    /// Listens no longer: new clients are refused by the system, or wait for another process that holds the listener.
    /// The poll would go on to report that one, as it lives on: so it is told.
    pub(in crate::server) fn close(&mut self, registry: Option<&Registry>) {
        self.retry_at = None;
        for mut listener in self.listeners.drain(..) {
            if let Some(Err(error)) = registry.map(|registry| listener.socket.deregister(registry)) {
                log::debug!("a listener that goes is watched still: {error}");
            }
            #[cfg(unix)]
            if let Socket::Unix(_, Some(file)) = &listener.socket {
                file.remove();
            }
        }
    }
}

impl Drop for Listeners {
    fn drop(&mut self) {
        self.close(None);
    }
}

impl Socket {
    fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        match self {
            Socket::Tcp(listener) => registry.register(listener, token, Interest::READABLE),
            #[cfg(unix)]
            Socket::Unix(listener, _) => registry.register(listener, token, Interest::READABLE),
            #[cfg(feature = "tls")]
            Socket::Tls(listener, _) => registry.register(listener, token, Interest::READABLE),
            #[cfg(feature = "testing")]
            Socket::Memory(_) => Ok(()),
        }
    }

    fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        match self {
            Socket::Tcp(listener) => registry.deregister(listener),
            #[cfg(unix)]
            Socket::Unix(listener, _) => registry.deregister(listener),
            #[cfg(feature = "tls")]
            Socket::Tls(listener, _) => registry.deregister(listener),
            #[cfg(feature = "testing")]
            Socket::Memory(_) => Ok(()),
        }
    }
}

impl Listener {
    fn accept(&self) -> io::Result<(Transport, Origin)> {
        match &self.socket {
            Socket::Tcp(listener) => {
                let (stream, remote) = listener.accept()?;
                tcp::send_at_once(&stream);
                let origin = Origin::tcp(self.id, &stream, remote);
                Ok((Transport::Tcp(stream), origin))
            }
            #[cfg(unix)]
            Socket::Unix(listener, _) => {
                let (stream, _) = listener.accept()?;
                Ok((Transport::Unix(stream), Origin::unix(self.id)))
            }
            #[cfg(feature = "tls")]
            Socket::Tls(listener, tls) => {
                let (stream, remote) = listener.accept()?;
                tcp::send_at_once(&stream);
                let origin = Origin::tcp(self.id, &stream, remote);
                Ok((Transport::Tls(Box::new(tls.accept(stream)?)), origin))
            }
            #[cfg(feature = "testing")]
            Socket::Memory(listener) => {
                let (stream, origin) = listener.accept()?;
                Ok((Transport::Memory(Box::new(stream)), origin))
            }
        }
    }
}

fn is_the_clients(error: &io::Error) -> bool {
    use ErrorKind::*;
    let network = matches!(error.kind(), NetworkDown | NetworkUnreachable | HostUnreachable);
    network || matches!(error.kind(), Interrupted | ConnectionAborted | ConnectionReset | TimedOut)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use mio::{Events, Poll};

    use super::*;

    const ANY_PORT: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

    #[test]
    fn what_is_written_to_an_accepted_stream_leaves_at_once() {
        let mut poll = Poll::new().unwrap();
        let mut listeners = Listeners::new(false);
        listeners.bind(poll.registry(), ANY_PORT, Spoken::Plain).unwrap();
        let made_elsewhere = std::net::TcpListener::bind(ANY_PORT).unwrap();
        listeners.adopt(poll.registry(), made_elsewhere, Spoken::Plain).unwrap();
        for (number, address) in (FIRST_TOKEN..).zip(listeners.addresses()) {
            let client = std::net::TcpStream::connect(address).unwrap();
            poll.poll(&mut Events::with_capacity(8), None).unwrap();
            listeners.handle_event(number);
            let Some((Transport::Tcp(stream), origin)) = listeners.accept(0) else {
                panic!("{address} has a client");
            };
            assert!(stream.nodelay().unwrap());
            assert_eq!((origin.remote, origin.local), (client.local_addr().ok(), Some(address)));
        }
    }
}
