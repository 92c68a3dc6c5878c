//! A connection of the tests: what its client is to receive, what it has read, and whether that is the same.

use std::collections::HashSet;
use std::io::{ErrorKind, Read};

use mio::net::UnixStream;

use super::waiting_list::WaitingList;
use crate::protocol::CloseCode;
use crate::server::SlowPeers;

/// Something a peer is to read, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// Its number, and its length.
    Message(u32, usize),
    Ping(u32),
    Close(u16),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Open,
    /// Messages are accepted no more; what is queued is written.
    Ending,
    /// All is written, and our side of the stream is shut down.
    Lingering,
    /// To be dropped when the turn ends.
    Dead,
}

pub(super) struct Peer {
    /// `None`: it has vanished.
    pub(super) client: Option<UnixStream>,
    pub(super) stage: Stage,
    pub(super) bytes: Vec<u8>,
    pub(super) expected: WaitingList<Expected>,
    pub(super) topics: HashSet<&'static str>,
    /// It was cut off: its stream may end anywhere.
    pub(super) is_cut: bool,
    /// Its queue was too full for a message: it is closed when the turn ends.
    pub(super) is_too_slow: bool,
    /// Messages for which its queue was full, and those that [`Fact::Written`](super::Fact::Written) says were left
    /// out.
    pub(super) left_out: u64,
    pub(super) missed: u64,
}

impl Peer {
    pub(super) fn new(client: UnixStream) -> Self {
        Peer {
            client: Some(client),
            stage: Stage::Open,
            bytes: Vec::new(),
            expected: WaitingList::new(),
            topics: HashSet::new(),
            is_cut: false,
            is_too_slow: false,
            left_out: 0,
            missed: 0,
        }
    }

    /// How many bytes its socket has taken, as long as it is there: what the client has read, and what it has not.
    pub(super) fn taken(&self) -> Option<usize> {
        let unread = rustix::io::ioctl_fionread(self.client.as_ref()?);
        Some(self.bytes.len() + unread.expect("a socket knows what is unread") as usize)
    }

    /// So many bytes at most.
    pub(super) fn read(&mut self, most: usize) {
        let Some(client) = &mut self.client else { return };
        let mut buffer = vec![0; most.min(1 << 20)];
        let mut left = most;
        while left > 0 {
            let room = left.min(buffer.len());
            match client.read(&mut buffer[..room]) {
                Ok(0) => break,
                Ok(length) => {
                    self.bytes.extend_from_slice(&buffer[..length]);
                    left -= length;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                // What it had not read was lost with our end of the stream.
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// What the client has read is what was expected, in this order; what is not there was counted.
    pub(super) fn judge(&self, slow_peers: SlowPeers) {
        if self.client.is_none() {
            return;
        }
        let mut expected = self.expected.all();
        let mut bytes = &self.bytes[..];
        while let Some(found) = first_frame(&mut bytes) {
            assert_eq!(Some(found), expected.next());
        }
        if self.is_cut {
            return;
        }
        assert_eq!((bytes.len(), expected.next()), (0, None));
        match slow_peers {
            SlowPeers::Skip => assert_eq!(self.left_out, self.missed),
            // Nothing follows what was left out, but the Close.
            SlowPeers::Close => {
                let is_closed =
                    self.expected.all().last() == Some(Expected::Close(CloseCode::POLICY.number()));
                assert_eq!(is_closed, self.left_out > 0);
            }
        }
    }
}

/// The frame at the front of what a client has read, if it is all there (RFC 6455 §5.2).
fn first_frame(bytes: &mut &[u8]) -> Option<Expected> {
    let (header, length) = match *bytes {
        [_, 126, a, b, ..] => (4, usize::from(u16::from_be_bytes([*a, *b]))),
        [_, 127, rest @ ..] => (10, u64::from_be_bytes(*rest.first_chunk()?) as usize),
        [_, length, ..] if *length < 126 => (2, usize::from(*length)),
        _ => return None,
    };
    let payload = bytes.get(header..header + length)?;
    let first = bytes[0];
    *bytes = &bytes[header + length..];
    let number = || u32::from_be_bytes(*payload.first_chunk().unwrap());
    Some(match first {
        0x82 => {
            assert!(payload == content(number(), length), "message {} is not what it was", number());
            Expected::Message(number(), length)
        }
        0x89 => Expected::Ping(number()),
        0x88 => Expected::Close(u16::from_be_bytes(*payload.first_chunk().unwrap())),
        other => panic!("a frame begins with {other:x}"),
    })
}

/// No two messages look alike.
pub(super) fn content(number: u32, length: usize) -> Vec<u8> {
    let mut content = vec![number as u8; length];
    content[..4].copy_from_slice(&number.to_be_bytes());
    content
}
