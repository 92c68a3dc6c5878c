//! Large messages, without copying them: sent from the page cache, and thrown away by the kernel when they come back.
//! An ordinary client pays for both copies, and would be busier than the server.

use std::io;

use mio::net::TcpStream;
use rustix::fd::OwnedFd;
use rustix::fs::{MemfdFlags, memfd_create, sendfile};
use rustix::net::{RecvFlags, recv};

/// From this size on, in bytes; below it, copying is cheaper than the detour.
pub(super) const LARGE: usize = 32 << 10;

/// Bytes in a file that lives in memory alone.
pub(super) struct File(OwnedFd);

impl File {
    pub(super) fn new(bytes: &[u8]) -> io::Result<File> {
        let file = memfd_create("frames", MemfdFlags::CLOEXEC)?;
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = &rest[rustix::io::write(&file, rest)?..];
        }
        Ok(File(file))
    }

    /// Sends at most `count` bytes from `start` on; says how many the socket took.
    pub(super) fn send(&self, socket: &TcpStream, start: usize, count: usize) -> io::Result<usize> {
        Ok(sendfile(socket, &self.0, Some(&mut (start as u64)), count)?)
    }
}

/// Throws away what has arrived, as much as fits in `room`, which stays as it is.
pub(super) fn discard(socket: &TcpStream, room: &mut [u8]) -> io::Result<usize> {
    let (_, thrown_away) = recv(socket, room, RecvFlags::TRUNC)?;
    Ok(thrown_away)
}
