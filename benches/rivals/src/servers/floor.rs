//! The floor: what is left when there is no WebSocket. No handshake, no masks, no checks; messages are told apart by
//! their size alone. One read buffer, both directions registered once, a short read ends the reading, one write per
//! connection and turn: the least that a loop on mio can do.

use std::io::{self, Read, Write};

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};

use super::{ANY_PORT, announce};
use crate::case::Duty;

/// Says to the load that we have accepted: a Pong without a Ping, which the others send when they are asked.
const GREETING: [u8; 2] = [0x8a, 0];

const LISTENER: Token = Token(usize::MAX - 1);

const READ_BUFFER: usize = 512 << 10;

struct Peer {
    socket: TcpStream,
    /// What the socket did not take.
    waiting: Vec<u8>,
    /// The beginning of a message whose end has not come.
    partial: Vec<u8>,
}

impl Peer {
    /// Writes what is waiting, then `bytes`; keeps what the socket does not take.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.waiting.is_empty() {
            let written = write(&mut self.socket, bytes)?;
            self.waiting.extend_from_slice(&bytes[written..]);
            return Ok(());
        }
        self.waiting.extend_from_slice(bytes);
        let written = write(&mut self.socket, &self.waiting)?;
        self.waiting.drain(..written);
        if self.waiting.is_empty() {
            self.waiting = Vec::new();
        }
        Ok(())
    }

    /// Appends to `said` the messages of `size` bytes that `bytes` completes.
    fn take_messages(&mut self, bytes: &[u8], size: usize, said: &mut Vec<u8>) {
        let mut bytes = bytes;
        if !self.partial.is_empty() {
            let missing = (size - self.partial.len()).min(bytes.len());
            self.partial.extend_from_slice(&bytes[..missing]);
            bytes = &bytes[missing..];
            if self.partial.len() == size {
                said.append(&mut self.partial);
            }
        }
        let whole = bytes.len() - bytes.len() % size;
        said.extend_from_slice(&bytes[..whole]);
        self.partial.extend_from_slice(&bytes[whole..]);
    }
}

/// As much as the socket takes.
fn write(socket: &mut TcpStream, bytes: &[u8]) -> io::Result<usize> {
    match socket.write(bytes) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
        other => other,
    }
}

/// `size` is that of a message as it travels, header and all.
pub(super) fn serve(duty: Duty, size: usize) -> io::Result<()> {
    let mut poll = Poll::new()?;
    let mut listener = TcpListener::bind(ANY_PORT.parse().expect("it is an address"))?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    announce(listener.local_addr()?);
    let mut peers: Vec<Option<Peer>> = Vec::new();
    let mut events = Events::with_capacity(1024);
    let mut buffer = vec![0; READ_BUFFER];
    let mut said = Vec::new();
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            if event.token() == LISTENER {
                accept(&poll, &listener, &mut peers)?;
                continue;
            }
            let slot = &mut peers[event.token().0];
            let Some(peer) = slot else { continue };
            let mut alive = !event.is_writable() || peer.waiting.is_empty() || peer.send(&[]).is_ok();
            while alive && event.is_readable() {
                let read = match peer.socket.read(&mut buffer) {
                    Ok(read) => read,
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                    Err(_) => 0,
                };
                alive = read > 0;
                match duty {
                    Duty::Echo => alive &= peer.send(&buffer[..read]).is_ok(),
                    Duty::Broadcast => peer.take_messages(&buffer[..read], size, &mut said),
                }
                if read < buffer.len() {
                    break;
                }
            }
            if !alive {
                *slot = None;
            }
        }
        if !said.is_empty() {
            for slot in &mut peers {
                slot.take_if(|peer| peer.send(&said).is_err());
            }
            said.clear();
        }
    }
}

fn accept(poll: &Poll, listener: &TcpListener, peers: &mut Vec<Option<Peer>>) -> io::Result<()> {
    loop {
        let mut socket = match listener.accept() {
            Ok((socket, _)) => socket,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        };
        socket.set_nodelay(true)?;
        let both = Interest::READABLE | Interest::WRITABLE;
        poll.registry().register(&mut socket, Token(peers.len()), both)?;
        let mut peer = Peer { socket, waiting: Vec::new(), partial: Vec::new() };
        if peer.send(&GREETING).is_ok() {
            peers.push(Some(peer));
        }
    }
}
