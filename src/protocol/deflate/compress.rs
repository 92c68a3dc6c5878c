//! Compressing (RFC 7692 §7.2.1).

use std::fmt;

use super::super::encode::{encode_deflated, encode_frame};
use super::super::kind::Kind;
use super::agreement::{Agreement, MAX_WINDOW_BITS};
use super::codec::{Compressor, TAIL};
use crate::Message;

/// More than this is not kept for the next message.
const KEPT_ROOM: usize = 256 << 10;

/// Compresses messages. Without context takeover one of these serves any number of connections, and what it makes
/// of a message is the same for all of them; with it, each connection needs its own.
///
/// It costs about 310 KiB with the largest window, 150 KiB with one of 12 bits, and never less than 130 KiB.
///
/// ```
/// # #[cfg(feature = "deflate")] {
/// use pollcat::protocol::{Agreement, Deflater};
///
/// let alone = Agreement::default().with_server_no_context_takeover(true);
/// let mut frame = Vec::new();
/// Deflater::new(&alone, 6).message("Hello, Hello, Hello, Hello".into(), &mut frame);
/// assert!(frame[0] == 0xC1 && frame.len() < 2 + 13); // FIN, RSV1, text
/// # }
/// ```
pub struct Deflater {
    compressor: Compressor,
    takeover: bool,
    /// Bytes of the last message, and of longer ones before it.
    space: Vec<u8>,
}

impl Deflater {
    /// For connections that agreed on this. The level goes from 1, fast, to 9, small.
    pub fn new(agreement: &Agreement, level: u8) -> Self {
        let window_bits = agreement.server_window_bits().clamp(9, MAX_WINDOW_BITS);
        // A smaller window does not need the memory of a large one for its statistics.
        let memory_level = (window_bits - 7).min(8);
        let compressor = agreement.codec().compressor(level.clamp(1, 9), window_bits, memory_level);
        let takeover = !agreement.server_no_context_takeover();
        Deflater { compressor, takeover, space: Vec::new() }
    }

    /// Writes a message as one frame with RSV1 set (§6). Without context takeover, one that would not become
    /// shorter is written as it is.
    pub fn message(&mut self, message: Message<'_>, out: &mut Vec<u8>) {
        self.encode(Kind::of(message), message.as_bytes(), out);
    }

    pub(in super::super) fn encode(&mut self, kind: Kind, payload: &[u8], out: &mut Vec<u8>) {
        let takeover = self.takeover;
        let compressed = self.compress(payload);
        match takeover || compressed.len() < payload.len() {
            true => encode_deflated(kind, compressed, out),
            false => encode_frame(kind.opcode(), payload, out),
        }
    }

    /// The payload, compressed.
    fn compress(&mut self, payload: &[u8]) -> &[u8] {
        if !self.takeover {
            self.compressor.reset();
        }
        if self.space.len() > KEPT_ROOM {
            self.space = Vec::new();
        }
        // Nothing becomes much longer, so one go is enough nearly always.
        let room = payload.len() + payload.len() / 8 + 64;
        if self.space.len() < room {
            self.space.resize(room, 0);
        }
        let (mut read, mut written) = (0, 0);
        loop {
            let step = self.compressor.compress(&payload[read..], &mut self.space[written..]);
            (read, written) = (read + step.0, written + step.1);
            // A flush is complete when it leaves room.
            if written < self.space.len() {
                // Two flushes without input in between are one: an empty message is a single 00 (§7.2.3.6).
                return self.space[..written].strip_suffix(&TAIL).unwrap_or(&[0]);
            }
            self.space.resize(2 * written, 0);
        }
    }
}

impl fmt::Debug for Deflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deflater").field("takeover", &self.takeover).finish_non_exhaustive()
    }
}
