//! One TLS connection: rustls between the loop and a TCP stream.
//!
//! Rustls's unbuffered interface fits a loop that has one buffer for all connections. Records are read into that buffer
//! and decrypted where they lie; what they held is moved together at the buffer's beginning, for the parser:
//!
//! ```text
//!   0             opened        MARGIN                  consumed            filled
//!   │ what they held │    ...     │ records, opened before │ the next ones    │
//! ```
//!
//! A record holds no more than 16 KiB, so what it held never reaches the record that is to be opened next. After a
//! read nothing is left inside rustls, and a short read proves as much as it does for plain TCP. A connection owns the
//! beginning of a record that is still to be completed, and what the socket has not taken; when idle neither.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::net::Shutdown;
use std::sync::Arc;

use mio::net::TcpStream;
use rustls::ServerConfig;
use rustls::server::UnbufferedServerConnection;
use rustls::unbuffered::{ConnectionState, EncodeError, EncryptError};

use crate::handshake::TlsSession;
use crate::server::accept::input::Input;
use crate::server::tuning::TLS_CHUNK;

use super::agreed::agreed;
use super::certificates::last_name_asked_for;

/// Room for the contents of one record: 2^14 bytes (RFC 8446 §5.1).
const MARGIN: usize = 16 << 10;

pub(in crate::server) struct TlsStream {
    stream: TcpStream,
    /// `None` once TLS has been violated: what comes then is discarded.
    session: Option<UnbufferedServerConnection>,
    /// Reported when all that came before it has been read.
    violation: Option<rustls::Error>,
    /// Not a byte has come.
    fresh: bool,
    handshake_is_done: bool,
    /// What is agreed on in the handshake: made in it, and taken by the first request.
    met: Option<Box<TlsSession>>,
    /// The peer has sent close_notify.
    ended: bool,
    /// We have sent ours, or never will.
    said_goodbye: bool,
    /// What has come of a record (or a message of the handshake) that is not complete.
    incoming: Vec<u8>,
    /// Records that the socket has not taken.
    outgoing: Vec<u8>,
    /// So many bytes of the application's are in those. They count as written when all of it is out.
    owed: usize,
}

impl TlsStream {
    pub(super) fn new(stream: TcpStream, config: Arc<ServerConfig>) -> io::Result<Self> {
        let session = UnbufferedServerConnection::new(config).map_err(io::Error::other)?;
        Ok(TlsStream {
            stream,
            session: Some(session),
            violation: None,
            fresh: true,
            handshake_is_done: false,
            met: None,
            ended: false,
            said_goodbye: false,
            incoming: Vec::new(),
            outgoing: Vec::new(),
            owed: 0,
        })
    }

    pub(in crate::server) fn socket(&mut self) -> &mut TcpStream {
        &mut self.stream
    }

    /// Gives TLS up: the bare socket.
    pub(in crate::server) fn into_socket(self) -> TcpStream {
        self.stream
    }

    pub(in crate::server) fn handshake_is_done(&self) -> bool {
        self.handshake_is_done
    }

    /// Is what comes next a part of the handshake?
    pub(in crate::server) fn is_shaking(&self) -> bool {
        !self.handshake_is_done && self.session.is_some()
    }

    /// What was agreed on, when the handshake is done; once.
    pub(in crate::server) fn take_session(&mut self) -> Option<Box<TlsSession>> {
        self.met.take_if(|_| self.handshake_is_done)
    }

    /// Does something wait to be written that may be TLS's own?
    pub(in crate::server) fn has_output(&self) -> bool {
        !self.outgoing.is_empty()
    }

    /// Bytes that are encrypted, and do not count as written yet.
    pub(in crate::server) fn owed(&self) -> usize {
        self.owed
    }

    // ---- reading

    /// Reads from the socket once, so many bytes at most, and opens every record that is complete.
    pub(in crate::server) fn read(&mut self, buffer: &mut [u8], most: usize) -> io::Result<Input> {
        if let Some(violation) = self.violation.take() {
            return Err(io::Error::new(ErrorKind::InvalidData, violation));
        }
        if self.ended {
            return Ok(Input::End);
        }
        // Rustls refuses a handshake message of 64 KiB, and a record long before that: there is always room.
        let start = MARGIN + self.incoming.len();
        let room = buffer.get_mut(start..).filter(|room| !room.is_empty()).ok_or(ErrorKind::OutOfMemory)?;
        let end = room.len().min(most);
        let room = &mut room[..end];
        let length = (&self.stream).read(room)?;
        let drained = length < room.len();
        if length == 0 {
            // Truncated, if no close_notify came. For a WebSocket without a Close it makes no difference.
            return Ok(Input::End);
        }
        // No record begins with a letter (RFC 8446 §5.1), every request does.
        if std::mem::take(&mut self.fresh) && room[0].is_ascii_alphabetic() {
            buffer.copy_within(start..start + length, 0);
            return Ok(Input::NotTls { length, drained });
        }
        buffer[MARGIN..start].copy_from_slice(&self.incoming);
        let opened = self.open(&mut buffer[..start + length])?;
        match (opened, &self.violation) {
            (0, Some(_)) => self.read(buffer, most),
            (0, None) if self.ended => Ok(Input::End),
            (length, None) if !self.ended => Ok(Input::Bytes { length, drained }),
            (length, _) => Ok(Input::Bytes { length, drained: false }),
        }
    }

    /// Opens the records that begin at the margin. What they held is put at the beginning of the buffer, what
    /// remains is kept.
    fn open(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(session) = &mut self.session else {
            return Ok(0);
        };
        let (mut opened, mut consumed) = (0, MARGIN);
        loop {
            let (behind, ahead) = buffer.split_at_mut(consumed);
            let status = session.process_tls_records(ahead);
            consumed += status.discard;
            if !self.handshake_is_done
                && let Some(name) = last_name_asked_for()
            {
                self.met = Some(Box::new(TlsSession::new().with_server_name(Some(&name))));
            }
            match status.state {
                Ok(ConnectionState::ReadTraffic(mut traffic)) => {
                    while let Some(record) = traffic.next_record() {
                        let held = record.map_err(io::Error::other)?.payload;
                        behind[opened..opened + held.len()].copy_from_slice(held);
                        opened += held.len();
                    }
                }
                Ok(ConnectionState::EncodeTlsData(mut data)) => {
                    append(&mut self.outgoing, 0, |out| data.encode(out))?
                }
                Ok(ConnectionState::TransmitTlsData(data)) => data.done(),
                Ok(ConnectionState::PeerClosed) => self.ended = true,
                // It waits for more. (Early data is never accepted.)
                Ok(_) => break,
                Err(violation) => {
                    self.violation = Some(violation);
                    break;
                }
            }
        }
        if !self.handshake_is_done && !session.is_handshaking() {
            self.handshake_is_done = true;
            let met = self.met.take().map(|met| *met).unwrap_or_default();
            self.met = Some(Box::new(agreed(session, met)));
        }
        // What comes after close_notify is discarded.
        self.incoming = if self.ended { Vec::new() } else { buffer[consumed..].to_vec() };
        if self.violation.is_some() {
            self.break_off();
        }
        Ok(opened)
    }

    /// The alert that names the violation is all that still goes out. Rustls is not shown anything else: what it
    /// has refused once, it refuses again.
    fn break_off(&mut self) {
        let mut rest = std::mem::take(&mut self.incoming);
        if let Some(mut session) = self.session.take() {
            while session.wants_write()
                && let Ok(ConnectionState::EncodeTlsData(mut alert)) =
                    session.process_tls_records(&mut rest).state
                && append(&mut self.outgoing, 0, |out| alert.encode(out)).is_ok()
            {}
        }
    }

    // ---- writing

    pub(in crate::server) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(bytes)])
    }

    /// Encrypts and writes chunk by chunk. What was encrypted and not taken by the socket does not count as written:
    /// the caller comes again with the same bytes, and finds it under way.
    pub(in crate::server) fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let mut written = 0;
        while self.push()? {
            written += std::mem::take(&mut self.owed);
            let chunk = gather(slices, written);
            if chunk.is_empty() {
                break;
            }
            if self.session.is_none() {
                return Ok(slices.iter().map(|slice| slice.len()).sum()); // the peer could not read it
            }
            self.owed = chunk.len();
            self.seal(Some(&chunk))?;
        }
        self.free();
        Ok(written)
    }

    /// Writes the bytes that are TLS's own. False if the socket does not take it all.
    pub(in crate::server) fn flush(&mut self) -> io::Result<bool> {
        let flushed = self.push()?;
        self.free();
        Ok(flushed)
    }

    /// Sends close_notify and ends our side of TCP. False if the socket does not take it all.
    pub(in crate::server) fn close(&mut self) -> io::Result<bool> {
        if !std::mem::replace(&mut self.said_goodbye, true)
            && self.handshake_is_done
            && self.session.is_some()
        {
            self.seal(None)?;
        }
        let flushed = self.flush()?;
        if flushed {
            let _ = self.stream.shutdown(Shutdown::Write);
        }
        Ok(flushed)
    }

    /// Encrypts bytes; or else close_notify.
    fn seal(&mut self, bytes: Option<&[u8]>) -> io::Result<()> {
        // Even though nothing new can come of it, rustls wants to see again what it has seen.
        let session = self.session.as_mut().ok_or(ErrorKind::NotConnected)?;
        loop {
            let status = session.process_tls_records(&mut self.incoming);
            let out = &mut self.outgoing;
            match status.state {
                Ok(ConnectionState::WriteTraffic(mut traffic)) => {
                    return match bytes {
                        Some(bytes) => {
                            append(out, sealed_length(bytes.len()), |out| traffic.encrypt(bytes, out))
                        }
                        None => append(out, sealed_length(2), |out| traffic.queue_close_notify(out)),
                    };
                }
                Ok(ConnectionState::EncodeTlsData(mut data)) => append(out, 0, |out| data.encode(out))?,
                Ok(ConnectionState::TransmitTlsData(data)) => data.done(),
                Ok(_) => return Err(ErrorKind::NotConnected.into()),
                Err(error) => return Err(io::Error::other(error)),
            }
        }
    }

    /// Writes records until all are out (true), or the socket takes no more.
    fn push(&mut self) -> io::Result<bool> {
        while !self.outgoing.is_empty() {
            match (&self.stream).write(&self.outgoing) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(length) if length == self.outgoing.len() => self.outgoing.clear(),
                Ok(length) => drop(self.outgoing.drain(..length)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// An idle connection owns no buffer.
    fn free(&mut self) {
        if self.outgoing.is_empty() {
            self.outgoing = Vec::new();
        }
    }
}

impl fmt::Debug for TlsStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsStream").field("stream", &self.stream).finish_non_exhaustive()
    }
}

/// The next chunk of what the slices hold, after so many bytes. Small slices are joined, so that they share a record.
fn gather<'a>(slices: &'a [IoSlice<'_>], mut skipped: usize) -> Cow<'a, [u8]> {
    let mut slices = slices.iter().map(|slice| {
        let (_, rest) = slice.split_at(skipped.min(slice.len()));
        skipped -= slice.len() - rest.len();
        &rest[..rest.len().min(TLS_CHUNK)]
    });
    let mut slices = slices.by_ref().filter(|slice| !slice.is_empty()).peekable();
    let first = slices.next().unwrap_or_default();
    if first.len() == TLS_CHUNK || slices.peek().is_none() {
        return Cow::Borrowed(first);
    }
    let mut chunk = first.to_vec();
    for slice in slices {
        let room = TLS_CHUNK - chunk.len();
        chunk.extend_from_slice(&slice[..slice.len().min(room)]);
        if slice.len() >= room {
            break;
        }
    }
    Cow::Owned(chunk)
}

/// What records of so many bytes take, with some to spare (RFC 8446 §5.2, RFC 5288 §3).
fn sealed_length(length: usize) -> usize {
    length + (length / MARGIN + 1) * 64
}

/// Lets rustls append to `out`: in `room` bytes, or in as many more as it then says it needs.
fn append<E: Into<Shortage>>(
    out: &mut Vec<u8>,
    mut room: usize,
    mut write: impl FnMut(&mut [u8]) -> Result<usize, E>,
) -> io::Result<()> {
    let start = out.len();
    loop {
        out.resize(start + room, 0);
        match write(&mut out[start..]).map_err(E::into) {
            Ok(written) => {
                out.truncate(start + written);
                return Ok(());
            }
            Err(Shortage(Some(required))) if required > room => room = required,
            Err(Shortage(_)) => {
                out.truncate(start);
                return Err(io::Error::other("this TLS session is used up"));
            }
        }
    }
}

/// The room that is needed, if that would help.
struct Shortage(Option<usize>);

impl From<EncodeError> for Shortage {
    fn from(error: EncodeError) -> Self {
        match error {
            EncodeError::InsufficientSize(needed) => Shortage(Some(needed.required_size)),
            EncodeError::AlreadyEncoded => Shortage(None),
        }
    }
}

impl From<EncryptError> for Shortage {
    fn from(error: EncryptError) -> Self {
        match error {
            EncryptError::InsufficientSize(needed) => Shortage(Some(needed.required_size)),
            EncryptError::EncryptExhausted => Shortage(None),
        }
    }
}
