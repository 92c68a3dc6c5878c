//! What the bytes travel on: a TCP stream, or a Unix-domain one.

use std::io::{self, IoSlice, Read, Write};
use std::net::Shutdown;

use mio::event::Source;
use mio::net::TcpStream;
#[cfg(unix)]
use mio::net::UnixStream;
use mio::{Interest, Registry, Token};

#[derive(Debug)]
pub(super) enum Transport {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl Transport {
    /// Both directions, once and for all: mio tells of edges, so nothing is ever switched on or off.
    pub(super) fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        let source: &mut dyn Source = match self {
            Transport::Tcp(stream) => stream,
            #[cfg(unix)]
            Transport::Unix(stream) => stream,
        };
        source.register(registry, token, Interest::READABLE | Interest::WRITABLE)
    }

    #[inline]
    pub(super) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Transport::Tcp(stream) => (&*stream).read(buffer),
            #[cfg(unix)]
            Transport::Unix(stream) => (&*stream).read(buffer),
        }
    }

    #[inline]
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Transport::Tcp(stream) => (&*stream).write(bytes),
            #[cfg(unix)]
            Transport::Unix(stream) => (&*stream).write(bytes),
        }
    }

    pub(super) fn write_vectored(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Transport::Tcp(stream) => (&*stream).write_vectored(slices),
            #[cfg(unix)]
            Transport::Unix(stream) => (&*stream).write_vectored(slices),
        }
    }

    /// We have nothing more to say (RFC 6455 §7.1.1). If the stream is gone already, so be it.
    pub(super) fn shut_down_writing(&self) {
        let _ = match self {
            Transport::Tcp(stream) => stream.shutdown(Shutdown::Write),
            #[cfg(unix)]
            Transport::Unix(stream) => stream.shutdown(Shutdown::Write),
        };
    }
}
