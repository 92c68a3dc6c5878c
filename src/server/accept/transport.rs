//! What the bytes travel on: a TCP stream, a Unix-domain one, TLS over TCP, or memory, for a bench.
//!
//! The rest of the server does not know which it is, except that TLS may have bytes of its own to write.

use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::net::Shutdown;

use mio::event::Source;
use mio::net::TcpStream;
#[cfg(unix)]
use mio::net::UnixStream;
use mio::{Interest, Registry, Token};

#[cfg(feature = "tls")]
use crate::handshake::TlsSession;
use crate::server::accept::input::Input;
#[cfg(feature = "testing")]
use crate::server::accept::memory::MemoryStream;
use crate::server::accept::tcp;
#[cfg(feature = "tls")]
use crate::server::accept::tls::TlsStream;

#[derive(Debug)]
pub(in crate::server) enum Transport {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
    #[cfg(feature = "tls")]
    Tls(Box<TlsStream>),
    #[cfg(feature = "testing")]
    Memory(Box<MemoryStream>),
}

impl Transport {
    /// Both directions, once and for all: mio reports edges, so nothing is ever switched on or off.
    pub(in crate::server) fn register(
        &mut self,
        registry: Option<&Registry>,
        token: Token,
    ) -> io::Result<()> {
        let source: &mut dyn Source = match self {
            Transport::Tcp(stream) => stream,
            #[cfg(unix)]
            Transport::Unix(stream) => stream,
            #[cfg(feature = "tls")]
            Transport::Tls(stream) => stream.socket(),
            #[cfg(feature = "testing")]
            Transport::Memory(stream) => {
                stream.register(token);
                return Ok(());
            }
        };
        let registry = registry.ok_or(ErrorKind::Unsupported)?;
        source.register(registry, token, Interest::READABLE | Interest::WRITABLE)
    }

    /// How many bytes the system's send buffer may hold, and how many of them that have not left.
    pub(in crate::server) fn limit_buffer(&mut self, length: Option<usize>, unsent: Option<usize>) {
        match self {
            Transport::Tcp(stream) => tcp::limit_buffer(stream, length, unsent),
            #[cfg(unix)]
            Transport::Unix(stream) => tcp::limit_buffer(stream, length, None),
            #[cfg(feature = "tls")]
            Transport::Tls(stream) => tcp::limit_buffer(stream.socket(), length, unsent),
            #[cfg(feature = "testing")]
            Transport::Memory(_) => {}
        }
    }

    /// Reads once, and so many bytes at most. A violation of TLS is an error of the kind `InvalidData`: an alert that
    /// names the violation waits to be written.
    #[inline]
    pub(in crate::server) fn read(&mut self, buffer: &mut [u8], most: usize) -> io::Result<Input> {
        let room = buffer.len().min(most);
        let read = match self {
            Transport::Tcp(stream) => stream.read(&mut buffer[..room]),
            #[cfg(unix)]
            Transport::Unix(stream) => stream.read(&mut buffer[..room]),
            #[cfg(feature = "tls")]
            Transport::Tls(stream) => return stream.read(buffer, most),
            #[cfg(feature = "testing")]
            Transport::Memory(stream) => stream.read(&mut buffer[..room]),
        };
        read.map(|length| match length {
            0 => Input::End,
            _ => Input::Bytes { length, drained: length < room },
        })
    }

    #[inline]
    pub(in crate::server) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Transport::Tcp(stream) => stream.write(bytes),
            #[cfg(unix)]
            Transport::Unix(stream) => stream.write(bytes),
            #[cfg(feature = "tls")]
            Transport::Tls(stream) => stream.write(bytes),
            #[cfg(feature = "testing")]
            Transport::Memory(stream) => stream.write(bytes),
        }
    }

    /// What was not written must be the beginning of what is written next: TLS has encrypted some of it.
    pub(in crate::server) fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Transport::Tcp(stream) => stream.write_vectored(slices),
            #[cfg(unix)]
            Transport::Unix(stream) => stream.write_vectored(slices),
            #[cfg(feature = "tls")]
            Transport::Tls(stream) => stream.write_vectored(slices),
            #[cfg(feature = "testing")]
            Transport::Memory(stream) => stream.write_vectored(slices),
        }
    }

    /// Writes the bytes that are TLS's own. False if the socket does not take it all.
    #[inline]
    pub(in crate::server) fn flush(&mut self) -> io::Result<bool> {
        match self {
            #[cfg(feature = "tls")]
            Transport::Tls(stream) => stream.flush(),
            _ => Ok(true),
        }
    }

    /// What is written from now on are the last bytes before [`close`](Self::close), and leave together with it.
    pub(in crate::server) fn hold_for_the_end(&mut self) {
        match self {
            Transport::Tcp(stream) => tcp::hold_for_the_end(stream),
            #[cfg(unix)]
            Transport::Unix(_) => {}
            #[cfg(feature = "tls")]
            Transport::Tls(stream) => tcp::hold_for_the_end(stream.socket()),
            #[cfg(feature = "testing")]
            Transport::Memory(_) => {}
        }
    }

    /// Ends our side (RFC 6455 §7.1.1): of TLS with close_notify, and then of TCP. A stream that is gone already is no
    /// error. False if the socket does not take the close_notify.
    pub(in crate::server) fn close(&mut self) -> io::Result<bool> {
        let _ = match self {
            Transport::Tcp(stream) => stream.shutdown(Shutdown::Write),
            #[cfg(unix)]
            Transport::Unix(stream) => stream.shutdown(Shutdown::Write),
            #[cfg(feature = "tls")]
            Transport::Tls(stream) => return stream.close(),
            #[cfg(feature = "testing")]
            Transport::Memory(stream) => {
                stream.shut_down();
                Ok(())
            }
        };
        Ok(true)
    }

    // ---- what only TLS makes a difference to

    /// Does something wait to be written that is not in an outbox?
    #[inline]
    pub(in crate::server) fn has_output(&self) -> bool {
        match self {
            #[cfg(feature = "tls")]
            Transport::Tls(stream) => stream.has_output(),
            _ => false,
        }
    }

    /// So many of the bytes that are written next are encrypted already: they must stay what they were.
    pub(in crate::server) fn encrypted(&self) -> usize {
        match self {
            #[cfg(feature = "tls")]
            Transport::Tls(stream) => stream.owed(),
            _ => 0,
        }
    }

    /// What was agreed on, if this is TLS, its handshake is done, and nobody has taken it yet.
    #[cfg(feature = "tls")]
    pub(in crate::server) fn take_tls_session(&mut self) -> Option<Box<TlsSession>> {
        match self {
            Transport::Tls(stream) => stream.take_session(),
            _ => None,
        }
    }

    /// Is the TLS handshake under way?
    #[inline]
    pub(in crate::server) fn is_shaking(&self) -> bool {
        match self {
            #[cfg(feature = "tls")]
            Transport::Tls(stream) => stream.is_shaking(),
            _ => false,
        }
    }

    /// Whether the TLS handshake is done, if there is one.
    pub(in crate::server) fn handshake_is_done(&self) -> Option<bool> {
        match self {
            #[cfg(feature = "tls")]
            Transport::Tls(stream) => Some(stream.handshake_is_done()),
            _ => None,
        }
    }

    /// The same stream without TLS, for a client that does not speak it.
    pub(in crate::server) fn without_tls(self) -> Self {
        match self {
            #[cfg(feature = "tls")]
            Transport::Tls(stream) => Transport::Tcp(stream.into_socket()),
            other => other,
        }
    }
}
