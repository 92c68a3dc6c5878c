//! Clients that mean no good, or have come to grief: what they cost, and what the others notice of it. Each test has a
//! server in a process of its own, prints what it measured, and asserts limits that follow from the server's
//! settings, or that are far from what it measured.
//!
//! The figures come from /proc, so these tests are for Linux.

#![cfg(target_os = "linux")]

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use child::Child;
use pollcat_testing::raw::need_descriptors;

use client::{
    BINARY, CLOSE, Client, PATIENCE, PING, PONG, REQUEST, RoundTrips, TEXT, Talker, connect, frame,
};

mod breaking;
mod child;
mod client;
mod descriptors;
mod frames;
mod memory;
mod readers;
mod requests;
mod silence;
mod standstill;
mod storm;

const MIB: u64 = 1 << 20;

/// What chance begins with. It must not be 0, and a small one begins with small numbers.
const SEED: u64 = 0x9E37_79B9_7F4A_7C15;

/// What a well-behaved client may at worst notice, on a machine as busy as it likes. A server that waits for a
/// hostile one would be held up for longer, or for good.
const DISTURBANCE: Duration = Duration::from_secs(10);

#[test]
#[ignore = "the server that the other tests start for themselves"]
fn a_server_in_a_process_of_its_own() {
    child::serve_if_asked();
}

/// One test at a time: they measure.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn mib(bytes: u64) -> f64 {
    bytes as f64 / MIB as f64
}

/// As many connections as wanted, or as this process has descriptors for; not fewer where all tests must count.
pub(crate) fn room_for(wanted: usize) -> usize {
    need_descriptors();
    let limits = std::fs::read_to_string("/proc/self/limits").expect("Linux tells them");
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).expect("this one, too");
    let soft = line.split_whitespace().next().expect("the soft limit is first");
    let room = soft.parse().unwrap_or(usize::MAX).saturating_sub(100);
    if room < wanted {
        println!("ONLY {room} OF {wanted} CLIENTS: raise the descriptor limit with ulimit -n");
        assert!(std::env::var_os("CI").is_none(), "in CI the test is run whole");
    }
    wanted.min(room)
}

/// Numbers by chance, which can be had again (Marsaglia's xorshift).
struct Random {
    seed: u64,
    state: u64,
}

impl Random {
    /// The seed is in the environment, `POLLCAT_HOSTILE_SEED`, or always the same; it is printed in any case.
    fn new() -> Self {
        let given = std::env::var("POLLCAT_HOSTILE_SEED").ok();
        let seed = given.map_or(SEED, |seed| seed.parse().expect("a seed is a number"));
        println!("seed: POLLCAT_HOSTILE_SEED={seed}");
        Random { seed, state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 16) as usize % limit
    }

    fn bytes(&mut self, at_most: usize) -> Vec<u8> {
        (0..1 + self.below(at_most)).map(|_| self.next() as u8).collect()
    }

    /// Frames that are right, but for one byte here and there: these get further than plain noise.
    fn frames(&mut self) -> Vec<u8> {
        const FIRST: [u8; 8] = [0x01, 0x02, 0x80, TEXT, BINARY, PING, PONG, 0x00];
        let mut bytes = Vec::new();
        for _ in 0..1 + self.below(20) {
            let (first, payload) = (FIRST[self.below(FIRST.len())], self.bytes(125));
            bytes.extend(frame(first, &payload));
        }
        self.spoil(&bytes)
    }

    /// Up to four bytes changed, left out, or added.
    fn spoil(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..1 + self.below(4) {
            let (place, byte) = (self.below(bytes.len()), self.next() as u8);
            match self.below(3) {
                0 => bytes[place] = byte,
                1 => drop(bytes.remove(place)),
                _ => bytes.insert(place, byte),
            }
        }
        bytes
    }

    fn send_in_pieces(&mut self, stream: &mut TcpStream, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (piece, rest) = bytes.split_at(1 + self.below(bytes.len()));
            stream.write_all(piece).expect("the server listens, even to what it throws away");
            bytes = rest;
        }
    }
}

/// The code of a Close frame.
fn close_code((first, payload): &(u8, Vec<u8>)) -> Option<u16> {
    assert!(*first != CLOSE || payload.len() != 1);
    let (code, _) = payload.split_first_chunk().filter(|_| *first == CLOSE)?;
    Some(u16::from_be_bytes(*code))
}

/// A connection that the system has accepted, whether the server has or not, and its opening handshake.
fn ask_to_open(address: SocketAddr) -> TcpStream {
    let mut stream = connect(address);
    stream.write_all(REQUEST).expect("the system takes it");
    stream
}
