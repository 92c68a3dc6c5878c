//! What sockets are asked for beyond the standard library: room for a crowd, and when packets leave.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::AsFd;
#[cfg(unix)]
use std::{os::unix::net::UnixListener, path::Path};

use crate::server::tuning::BACKLOG;
use mio::net::TcpStream;
#[cfg(unix)]
use socket2::SockAddr;
use socket2::{Domain, SockRef, Socket, Type};

/// Linux hands the listener's TCP_NODELAY on to the streams it accepts: a system call less for each.
const NODELAY_IS_INHERITED: bool = cfg!(any(target_os = "linux", target_os = "android"));

pub(in crate::server) fn listen(address: SocketAddr, reuse_port: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // So that a server can be started again at once. On Windows the option means that another program could take the
    // port.
    if cfg!(not(windows)) {
        socket.set_reuse_address(true)?;
    }
    if reuse_port {
        socket.set_reuse_port(true)?;
    }
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// A Unix-domain socket that has its path, and does not listen yet.
#[cfg(unix)]
pub(in crate::server) fn bind_unix(path: &Path) -> io::Result<Socket> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.bind(&SockAddr::unix(path)?)?;
    Ok(socket)
}

#[cfg(unix)]
pub(in crate::server) fn listen_on_bound(socket: Socket) -> io::Result<UnixListener> {
    socket.set_nonblocking(true)?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Sets what accepted streams inherit.
pub(in crate::server) fn prepare(listener: &TcpListener) {
    if NODELAY_IS_INHERITED && let Err(error) = SockRef::from(listener).set_tcp_nodelay(true) {
        log::warn!("TCP_NODELAY of a listener: {error}");
    }
}

/// We write once per turn, so there is nothing to wait for. A stream on which it fails is gone already.
pub(in crate::server) fn send_at_once(stream: &TcpStream) {
    if NODELAY_IS_INHERITED {
        return;
    }
    if let Err(error) = stream.set_nodelay(true) {
        log::debug!("TCP_NODELAY: {error}");
    }
}

/// The length of the system's send buffer, and how much of it may not have left yet. A stream on which it fails is gone
/// already, or keeps what it has.
pub(in crate::server) fn limit_buffer(stream: &impl AsFd, length: Option<usize>, unsent: Option<usize>) {
    let stream = SockRef::from(stream);
    // The system counts it in an `int`: 4 GiB would be none.
    if let Some(bytes) = length.map(|bytes| bytes.min(i32::MAX as usize))
        && let Err(error) = stream.set_send_buffer_size(bytes)
    {
        log::debug!("SO_SNDBUF of {bytes} bytes: {error}");
    }
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if let Some(bytes) = unsent
        && let Err(error) = stream.set_tcp_notsent_lowat(bytes.try_into().unwrap_or(u32::MAX))
    {
        log::debug!("TCP_NOTSENT_LOWAT of {bytes} bytes: {error}");
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = unsent;
}

/// What is written from now on waits until it fills a packet, for 200 ms at most, or until the stream is shut down: so
/// the end of the stream travels in the packet of the last bytes. A second packet would cost more than writing them
/// did. Where TCP cannot do it, nothing changes.
pub(in crate::server) fn hold_for_the_end(stream: &TcpStream) {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let _ = SockRef::from(stream).set_tcp_cork(true);
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = stream;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn a_stream_has_the_buffer_that_was_asked_for_and_linux_doubles_it() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let socket = SockRef::from(&stream);
        let before = socket.send_buffer_size().unwrap();
        limit_buffer(&stream, None, Some(16 << 10));
        assert_eq!(
            (socket.send_buffer_size().unwrap(), socket.tcp_notsent_lowat().unwrap()),
            (before, 16 << 10)
        );
        limit_buffer(&stream, Some(i32::MAX as usize), None);
        let most = socket.send_buffer_size().unwrap();
        let too_large = usize::try_from(1_u64 << 32).unwrap_or(usize::MAX);
        for (asked, had) in [(16 << 10, 32 << 10), (0, 4608), (1, 4608), (too_large, most)] {
            limit_buffer(&stream, Some(asked), Some(usize::MAX));
            assert_eq!(
                (socket.send_buffer_size().unwrap(), socket.tcp_notsent_lowat().unwrap()),
                (had, u32::MAX)
            );
        }
    }
}
