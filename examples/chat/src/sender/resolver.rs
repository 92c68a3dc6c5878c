//! Names become addresses here, once for each request, and what comes out is what is connected to: nobody looks the name up a
//! second time, so nobody can answer the second time with something else.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::http::uri::Scheme;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;
use ureq::{Error, Timeout};

/// So many addresses of a name are tried.
const TRIED: usize = 4;
/// The system looks names up in its own time, and cannot be told to stop: so many at once, no more.
const LOOKUPS: usize = 32;

/// How a name is looked up. Tests have their own.
pub(super) type Lookup = Arc<dyn Fn(&str, u16) -> io::Result<Vec<SocketAddr>> + Send + Sync>;

/// Looks names up, and drops the addresses to which one may not go.
pub(super) struct Judging {
    lookup: Lookup,
    /// `None`: anywhere.
    is_open: Option<fn(IpAddr) -> bool>,
    under_way: Arc<AtomicUsize>,
}

/// Of a name that leads nowhere where one may go. It travels through the client as one of its errors.
#[derive(Debug)]
pub(super) struct AllClosed;

impl Judging {
    pub(super) fn new(lookup: Lookup, is_open: Option<fn(IpAddr) -> bool>) -> Self {
        Judging { lookup, is_open, under_way: Arc::default() }
    }

    /// On a thread of its own, because it may take longer than anybody waits for it.
    fn look_up(&self, host: &str, port: u16, within: Duration) -> Result<Vec<SocketAddr>, Error> {
        let place = Place::take(&self.under_way).ok_or(Error::Timeout(Timeout::Resolve))?;
        let (answer, answered) = mpsc::sync_channel(1);
        let (lookup, host) = (Arc::clone(&self.lookup), host.to_owned());
        let look_up = move || {
            let _ = answer.send(lookup(&host, port));
            drop(place);
        };
        thread::Builder::new().name("resolver".into()).spawn(look_up).map_err(Error::Io)?;
        let found = answered.recv_timeout(within).map_err(|_| Error::Timeout(Timeout::Resolve))?;
        found.map_err(|_| Error::HostNotFound)
    }
}

/// As the system does it: its file of hosts first.
pub(super) fn of_the_system() -> Lookup {
    Arc::new(|host, port| Ok((host, port).to_socket_addrs()?.collect()))
}

impl Resolver for Judging {
    fn resolve(&self, uri: &Uri, _: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let host = uri.host().ok_or(Error::HostNotFound)?;
        let usual = if uri.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
        let port = uri.port_u16().unwrap_or(usual);
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let found = match bare.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => self.look_up(bare, port, *timeout.after)?,
        };
        if found.is_empty() {
            return Err(Error::HostNotFound);
        }
        let may = |address: &SocketAddr| self.is_open.is_none_or(|is_open| is_open(address.ip()));
        let mut judged = self.empty();
        found.into_iter().filter(may).take(TRIED).for_each(|address| judged.push(address));
        if judged.is_empty() { Err(Error::Other(Box::new(AllClosed))) } else { Ok(judged) }
    }
}

/// One of the lookups that may be under way.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(under_way: &Arc<AtomicUsize>) -> Option<Self> {
        let more = |number: usize| (number < LOOKUPS).then_some(number + 1);
        under_way.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok()?;
        Some(Place(Arc::clone(under_way)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl fmt::Debug for Judging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Judging")
    }
}

impl fmt::Display for AllClosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no address of its name is open to the whole world")
    }
}

impl std::error::Error for AllClosed {}
