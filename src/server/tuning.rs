//! Every number of the server that is not a setting, and why it is that number. (The settings are in `config/`.)
//!
//! What was measured, and how to measure it again, is in `benches/NOTES.md`.

use std::time::Duration;

// ---- one turn of the loop

/// Events asked of the poll at once.
pub(super) const EVENTS_PER_TURN: usize = 1024;

/// Reads from one peer before the others have their turn; one, if it brings more than half of what it may.
pub(super) const READS_PER_TURN: usize = 2;

/// Steps of TLS handshakes before the peers that are open have their turn: some 0.2 ms each, more with an RSA key.
pub(super) const HANDSHAKES_PER_TURN: usize = 4;

/// Letters read before the peers have their turn.
pub(super) const LETTERS_PER_TURN: usize = 1024;

/// Connections accepted before the peers have their turn.
pub(super) const ACCEPTS_PER_TURN: usize = 128;

/// WebSockets that were accepted later and are opened before the peers have their turn: some 10 µs each, and what the
/// handler does. A database that was away for a moment decides on a thousand at once
/// ("those who wait at the door").
pub(super) const OPENINGS_PER_TURN: usize = 64;

/// Timers that come before the peers have their turn.
pub(super) const TIMERS_PER_TURN: usize = 1024;

/// Members of topics that are written to before the peers have their turn: some 8 ms. A write to one of 10,000 costs as
/// much as one to somebody who waits for an answer.
pub(super) const MEMBERS_PER_TURN: usize = 1024;

// ---- how connections come

/// Clients that TCP keeps for us until we accept them; the system cuts it to its own limit (on Linux
/// `net.core.somaxconn`, 4,096 since 5.4). The standard library's 128 overflow when a thousand reconnect at once, and a
/// client that finds no place tries again after 1 s, 3 s, 7 s.
pub(super) const BACKLOG: i32 = 4096;

/// Connections over the limit that are accepted all the same, to get a 503 or 429. Beyond them the listeners wait.
pub(super) const TURNING_AWAY: usize = 32;

/// Descriptors left to the application and to us: listeners, the poll, files, a database.
pub(super) const DESCRIPTORS_IN_RESERVE: usize = 32;

/// When accepting failed for want of descriptors or memory, the next attempt comes this many ticks (of 100 ms) later:
/// soon enough for the clients that wait, and no load at all.
pub(super) const ACCEPT_RETRY: u32 = 5;

// ---- what is read

/// The longest message that is allowed by default fits into the read buffer, header and all: one read gets it, if it
/// has come by then, and it is handed on where it lies ("read buffer: length"). Small messages touch only
/// the beginning.
pub(super) const READ_BUFFER: usize = (1 << 20) + (4 << 10);

/// Read of a connection that is no WebSocket yet, at once: so no more than this is held of one whose request waits for
/// its answer. It is a first message, or some, which a client may send with its request; the rest waits in TCP.
pub(super) const HELD_BEFORE_ANSWER: usize = 16 << 10;

/// Work of a turn after which each peer has but a share: some 4 ms. The unit is that of `Inflater::work`.
pub(super) const BUSY: u64 = 4 << 20;

/// What a plain message costs beside its bytes, in the same unit; and how many of its bytes cost one.
pub(super) const MESSAGE_COST: u64 = 40;
pub(super) const BYTES_FOR_ONE: usize = 8;

/// Bytes of a chunk with one byte of a request's body in it. To take it in costs less than a message
/// ("the smallest chunks").
pub(super) const SMALLEST_CHUNK: usize = 6;

/// One peer's compressed messages, before the others have their turn: about a millisecond.
pub(super) const INFLATING: u64 = 1 << 20;

/// The same in a busy turn, for one peer at most and for all of them.
pub(super) const INFLATING_WHEN_BUSY: u64 = 128 << 10;
pub(super) const ALL_INFLATING_WHEN_BUSY: u64 = 16 << 20;

/// Bytes read at once, if they may be compressed: inflating them takes some 3 ms at most.
pub(super) const READ_TO_INFLATE: usize = 64 << 10;

/// Bytes read at once in a busy turn; and from all, be it plain, or perhaps compressed.
pub(super) const READ_WHEN_BUSY: usize = 8 << 10;
pub(super) const ALL_READ_WHEN_BUSY: usize = 8 << 20;
pub(super) const ALL_READ_TO_INFLATE_WHEN_BUSY: usize = 512 << 10;

/// Bytes read at once in any case.
pub(super) const READ_AT_LEAST: usize = 512;

// ---- what is sent

/// From here on a message does not go onto the tape: copying it there, and for a slow peer off it again, would cost
/// more than an allocation, or than a write of its own ("large messages").
pub(super) const LARGE: usize = 64 << 10;

/// A tape that would become longer than this is flushed first, while it is still in the cache.
pub(super) const FULL_TAPE: usize = 256 << 10;

/// The tape's memory beyond this is given back after a flush.
pub(super) const TAPE_KEPT: usize = 1 << 20;

/// A topic with more members has a bit for each slot; a list of so many is searched as fast.
pub(super) const FEW_MEMBERS: usize = 256;

/// The places of so many messages with a key, on the tape, are kept room for.
pub(super) const KEYS_KEPT: usize = 1 << 10;

/// What a message with a key that waits takes beside its bytes: a piece of its own, and a place in an index
/// ("what a key costs").
pub(super) const KEYED: usize = 160;

/// Answers that leave together, at most.
pub(super) const GROUP: usize = 48;

/// Bytes that leave together, if they are all answers: as much as stays in the first-level cache beside what was read.
pub(super) const GROUP_LENGTH: u32 = 16 << 10;

/// Slices in one write. More gain nothing, and the kernel takes no more than 1,024.
pub(super) const SLICES: usize = 64;

/// What a full socket leaves behind is kept in blocks of about this size, so that written ones can be freed.
pub(super) const BLOCK: usize = 64 << 10;

/// So much is encrypted for one write. What a full socket leaves of it is what a slow peer costs beyond its queue.
#[cfg(feature = "tls")]
pub(super) const TLS_CHUNK: usize = 64 << 10;

// ---- going down

/// A drain that was kept waiting makes up for so much of it at once, and spreads the rest over the time that is left.
pub(super) const DRAIN_CATCHES_UP: Duration = Duration::from_millis(100);

// ---- patience (ticks are of 100 ms)

/// Pings of the application's to one peer that are measured at a time: more than are under way where one is sent each
/// 100 ms and takes half a second. Each takes 24 bytes until it is answered.
pub(super) const PINGS_MEASURED: usize = 8;

/// Bytes in a second: a peer that reads more slowly than this, on the whole, is given up when something waits for it
/// that it could pin: a page, or the end of a connection. GPRS was faster.
pub(super) const SLOWEST: usize = 8 << 10;

/// Ticks by which a turn is so late that some of the overdue peers had no chance to answer: in the midst of a TLS
/// handshake, it was our turn.
pub(super) const STANDSTILL: u32 = 3;

/// Ticks that they get from then on: some round trips.
pub(super) const MERCY: u32 = 10;

/// Ticks before the loop may be forgiven its lateness again: so a server that is always late still closes dead peers.
pub(super) const NO_MERCY: u32 = 600;
