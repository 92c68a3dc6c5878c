//! Where a connection comes from.

use std::net::{IpAddr, SocketAddr};

use crate::handshake::ListenerId;
#[cfg(feature = "tls")]
use crate::handshake::TlsSession;

/// Where a connection comes from: kept until it is a WebSocket.
#[derive(Debug)]
pub(in crate::server) struct Origin {
    pub(in crate::server) listener: ListenerId,
    /// Our end, and the other one; `None` on a Unix-domain socket. IPv4 is IPv4, also on a socket of IPv6.
    pub(in crate::server) local: Option<SocketAddr>,
    pub(in crate::server) remote: Option<SocketAddr>,
    /// Known from the first bytes that TLS has brought.
    #[cfg(feature = "tls")]
    pub(in crate::server) tls: Option<Box<TlsSession>>,
}

impl Origin {
    /// A TCP connection. Its own end is asked for, as a listener may have every address of this machine; there is no
    /// answer where the client has reset it already.
    pub(super) fn tcp(listener: ListenerId, stream: &mio::net::TcpStream, remote: SocketAddr) -> Self {
        let local = stream.local_addr().ok().map(canonical);
        Origin::new(listener, local, Some(canonical(remote)))
    }

    #[cfg(unix)]
    pub(super) fn unix(listener: ListenerId) -> Self {
        Origin::new(listener, None, None)
    }

    fn new(listener: ListenerId, local: Option<SocketAddr>, remote: Option<SocketAddr>) -> Self {
        Origin {
            listener,
            local,
            remote,
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    pub(in crate::server) fn remote_ip(&self) -> Option<IpAddr> {
        self.remote.map(|address| address.ip())
    }
}

/// `::ffff:192.0.2.1` is `192.0.2.1`.
fn canonical(address: SocketAddr) -> SocketAddr {
    match address.ip().to_canonical() {
        ip if ip.is_ipv4() => SocketAddr::new(ip, address.port()),
        _ => address,
    }
}
