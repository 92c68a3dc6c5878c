//! The server's side of a network in memory: a stream, and a listener.

use std::io::{self, ErrorKind, IoSlice};

use mio::Token;

use super::{ClientEnd, Network, ServerEnd, WireNumber};
use crate::server::accept::origin::Origin;

/// The server's end of a connection. When it is dropped, the connection is closed.
#[derive(Debug)]
pub(in crate::server) struct MemoryStream {
    network: Network,
    number: WireNumber,
}

impl MemoryStream {
    /// From now on the server is told what changes.
    pub(in crate::server::accept) fn register(&self, token: Token) {
        let mut state = self.network.lock();
        state.wire(self.number).token = Some(token);
        state.mark_edge(self.number);
    }

    pub(in crate::server::accept) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut state = self.network.lock();
        let wire = state.wire(self.number);
        let length = buffer.len().min(wire.to_server.len());
        if length > 0 {
            buffer[..length].copy_from_slice(&wire.to_server[..length]);
            wire.to_server.drain(..length);
            return Ok(length);
        }
        match wire.client {
            ClientEnd::Open => Err(ErrorKind::WouldBlock.into()),
            ClientEnd::ShutDown | ClientEnd::Closed => Ok(0),
            ClientEnd::Reset => Err(ErrorKind::ConnectionReset.into()),
        }
    }

    pub(in crate::server::accept) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(bytes)])
    }

    pub(in crate::server::accept) fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let mut state = self.network.lock();
        let wire = state.wire(self.number);
        match wire.client {
            ClientEnd::Open | ClientEnd::ShutDown => {}
            ClientEnd::Closed => {
                wire.client = ClientEnd::Reset;
                state.mark_edge(self.number);
                return Ok(slices.iter().map(|slice| slice.len()).sum());
            }
            ClientEnd::Reset => return Err(ErrorKind::BrokenPipe.into()),
        }
        let before = wire.to_client.len();
        for slice in slices {
            let length = slice.len().min(wire.room_left());
            wire.to_client.extend_from_slice(&slice[..length]);
        }
        let written = wire.to_client.len() - before;
        let is_whole = written == slices.iter().map(|slice| slice.len()).sum::<usize>();
        wire.is_starved |= !is_whole;
        if written > 0 {
            state.mark_news(self.number);
        }
        if written == 0 && !is_whole { Err(ErrorKind::WouldBlock.into()) } else { Ok(written) }
    }

    pub(in crate::server::accept) fn shut_down(&mut self) {
        let mut state = self.network.lock();
        let wire = state.wire(self.number);
        if wire.server == ServerEnd::Open {
            wire.server = ServerEnd::ShutDown;
            state.mark_news(self.number);
        }
    }
}

impl Drop for MemoryStream {
    fn drop(&mut self) {
        self.network.lock().drop_server_end(self.number);
    }
}

/// The server's listener. When it is dropped, clients can connect no longer.
#[derive(Debug)]
pub(in crate::server::accept) struct MemoryListener(Network);

impl MemoryListener {
    pub(in crate::server::accept) fn new(network: &Network, token: Token) -> Self {
        network.lock().listener = Some(token);
        MemoryListener(network.clone())
    }

    pub(in crate::server::accept) fn accept(&self) -> io::Result<(MemoryStream, Origin)> {
        let mut state = self.0.lock();
        let number = state.backlog.pop_front().ok_or(ErrorKind::WouldBlock)?;
        let origin = state.wire(number).origin.take().ok_or(ErrorKind::NotConnected)?;
        Ok((MemoryStream { network: self.0.clone(), number }, origin))
    }
}

impl Drop for MemoryListener {
    fn drop(&mut self) {
        self.0.lock().stop_listening();
    }
}
