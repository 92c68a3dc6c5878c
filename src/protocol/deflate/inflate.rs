//! Inflating, within limits (RFC 7692 §7.2.2).
//!
//! A message that is whole in the input is inflated into one buffer that all connections share. One that arrives in
//! pieces is kept compressed until it is whole, so a peer makes us keep no more than it has sent, and a few bytes do
//! not cost an inflater. A long message gets an inflater of its own, and is inflated as it arrives.

use std::fmt;

use super::super::kind::Kind;
use super::super::message_buffer::MessageBuffer;
use super::super::{ProtocolError, utf8};
use super::agreement::{Agreement, MAX_WINDOW_BITS};
use super::codec::{Codec, Decompressor, Step, TAIL, WithCodec};
use crate::Message;

/// A message in pieces is kept compressed up to here; then it is worth an inflater.
const KEPT: usize = 16 << 10;

/// About what an inflater takes.
const INFLATER: usize = 40 << 10;

/// What inflating costs, in bytes that come of a long message: some nanoseconds for a message, however short, ...
const MESSAGE_COST: u64 = 1_000;

/// ... for a byte of input, as it may be all tables of codes, which have to be made, ...
const INPUT_COST: u64 = 50;

/// ... and for an empty window.
const WINDOW_COST: u64 = 300;

/// Inflated at a time where the message is put together.
const CHUNK: usize = 4 << 10;

/// The shared buffer begins so small, ...
const FIRST_ROOM: usize = 4 << 10;

/// ... and what it has grown beyond this is given back with the next message.
const KEPT_ROOM: usize = 256 << 10;

/// Inflates messages for any number of connections without context takeover, one after the other. It owns nothing
/// until it is first needed.
pub struct Inflater {
    codec: Codec,
    stream: Option<Stream>,
    buffer: Buffer,
    work: u64,
}

#[cfg(feature = "deflate")]
impl Inflater {
    /// Inflates nothing yet.
    pub fn new() -> Self {
        Inflater::of(Codec::new())
    }
}

#[cfg(feature = "deflate")]
impl Default for Inflater {
    fn default() -> Self {
        Inflater::new()
    }
}

impl Inflater {
    pub(crate) fn of(codec: Codec) -> Self {
        Inflater { codec, stream: None, buffer: Buffer::default(), work: 0 }
    }

    /// The work done so far, in nanoseconds, roughly: by this inflater, and by the ones that connections own if their
    /// messages were received with it. It is computed from the bytes read, the bytes inflated, and the number of
    /// messages. A few bytes of input can be much work, so a loop that serves many connections should go on to the
    /// next one when this has grown by more than it wants to spend.
    pub fn work(&self) -> u64 {
        self.work
    }

    /// The message that was inflated last. Its text has not been checked.
    pub(in super::super) fn message(&self, kind: Kind) -> Result<Message<'_>, ProtocolError> {
        kind.message(self.buffer.filled())
    }
}

impl fmt::Debug for Inflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inflater").field("work", &self.work).finish_non_exhaustive()
    }
}

/// What one connection knows of its way in.
#[derive(Debug)]
pub(in super::super) struct Inflation {
    codec: Codec,
    window_bits: u8,
    takeover: bool,
    /// With context takeover: the window, from the first message on.
    stream: Option<Box<Stream>>,
}

impl Inflation {
    pub(in super::super) fn new(agreement: &Agreement) -> WithCodec<Self> {
        let codec = agreement.codec();
        let inflation = Inflation {
            codec,
            window_bits: agreement.client_window_bits(),
            takeover: !agreement.client_no_context_takeover(),
            stream: None,
        };
        WithCodec::new(codec, inflation)
    }

    /// Inflates a message that is whole, into the shared buffer.
    pub(in super::super) fn inflate_whole(
        &mut self,
        payload: &[u8],
        kind: Kind,
        limit: usize,
        inflater: &mut Inflater,
    ) -> Result<(), ProtocolError> {
        let Inflater { stream, buffer, work, codec } = inflater;
        let stream = match self.takeover {
            true => {
                self.stream.get_or_insert_with(|| Stream::keeping_its_window(self.codec, self.window_bits))
            }
            false => stream.get_or_insert_with(|| Stream::for_single_messages(*codec)),
        };
        // The last message may have been given up in its middle.
        stream.begun = false;
        buffer.begin(limit);
        let result = stream.feed(payload, buffer).and_then(|()| stream.finish());
        *work += MESSAGE_COST + std::mem::take(&mut stream.work);
        // Text fails where it stops being text, though there may be another fault, or no room, further on.
        let valid = buffer.filled.min(limit);
        match result {
            Err(_) if kind == Kind::Text && !utf8::is_beginning(&buffer.bytes[..valid]) => {
                Err(ProtocolError::InvalidUtf8)
            }
            result => result,
        }
    }
}

/// The compressed side of a message that arrives in pieces.
#[derive(Debug)]
pub(in super::super) struct Deflated {
    codec: Codec,
    kept: Vec<u8>,
    stream: Option<Box<Stream>>,
}

impl Deflated {
    /// With context takeover the connection lends its window, and gets it back in the end.
    pub(in super::super) fn begin(inflation: &mut Inflation) -> WithCodec<Self> {
        let Inflation { codec, window_bits, takeover, stream } = inflation;
        let lend = || stream.take().unwrap_or_else(|| Stream::keeping_its_window(*codec, *window_bits));
        let stream = takeover.then(lend);
        WithCodec::new(*codec, Deflated { codec: *codec, kept: Vec::new(), stream })
    }

    /// How much memory it takes, beside the message.
    pub(in super::super) fn memory(&self) -> usize {
        self.kept.capacity() + if self.stream.is_some() { INFLATER } else { 0 }
    }

    pub(in super::super) fn push(
        &mut self,
        payload: &[u8],
        message: &mut MessageBuffer,
        limit: usize,
        inflater: Option<&mut Inflater>,
    ) -> Result<(), ProtocolError> {
        if self.stream.is_none() && self.kept.len() + payload.len() <= KEPT {
            self.kept.extend_from_slice(payload);
            return Ok(());
        }
        let stream = self.inflate_kept(message, limit)?;
        let result = stream.feed(payload, &mut Growing::new(message, limit));
        if let Some(inflater) = inflater {
            inflater.work += std::mem::take(&mut stream.work);
        }
        result
    }

    /// All of it has arrived. True if the message lies in the shared buffer now.
    pub(in super::super) fn finish(
        &mut self,
        message: &mut MessageBuffer,
        limit: usize,
        inflation: &mut Inflation,
        mut inflater: Option<&mut Inflater>,
    ) -> Result<bool, ProtocolError> {
        if let (None, Some(inflater)) = (&self.stream, &mut inflater) {
            inflation.inflate_whole(&self.kept, message.kind(), limit, inflater)?;
            return Ok(true);
        }
        let stream = self.inflate_kept(message, limit)?;
        stream.finish()?;
        if let Some(inflater) = inflater {
            inflater.work += MESSAGE_COST + std::mem::take(&mut stream.work);
        }
        if inflation.takeover {
            inflation.stream = self.stream.take();
        }
        Ok(false)
    }

    /// Our own stream from here on.
    fn inflate_kept(
        &mut self,
        message: &mut MessageBuffer,
        limit: usize,
    ) -> Result<&mut Stream, ProtocolError> {
        let stream = self.stream.get_or_insert_with(|| Box::new(Stream::for_single_messages(self.codec)));
        stream.feed(&std::mem::take(&mut self.kept), &mut Growing::new(message, limit))?;
        Ok(stream)
    }
}

/// A decompressor between two blocks, or within one.
struct Stream {
    codec: Codec,
    decompressor: Decompressor,
    window_bits: u8,
    takeover: bool,
    /// Is there any payload in this message?
    begun: bool,
    /// Done, and not charged to a peer yet.
    work: u64,
}

impl Stream {
    fn for_single_messages(codec: Codec) -> Self {
        let decompressor = codec.decompressor(MAX_WINDOW_BITS);
        Stream { codec, decompressor, window_bits: MAX_WINDOW_BITS, takeover: false, begun: false, work: 0 }
    }

    fn keeping_its_window(codec: Codec, window_bits: u8) -> Box<Self> {
        let decompressor = codec.decompressor(window_bits);
        Box::new(Stream { codec, decompressor, window_bits, takeover: true, begun: false, work: 0 })
    }

    /// Inflates some more of a message.
    fn feed(&mut self, mut input: &[u8], sink: &mut impl Sink) -> Result<(), ProtocolError> {
        if input.is_empty() {
            return Ok(());
        }
        if !std::mem::replace(&mut self.begun, true) && !self.takeover {
            self.forget();
        }
        loop {
            let room = sink.room();
            let length = room.len();
            let (written, result) = self.step(&mut input, room);
            sink.take(written)?;
            result?;
            if written < length {
                return Ok(());
            }
        }
    }

    /// The end of a message: it must end where a block ends.
    fn finish(&mut self) -> Result<(), ProtocolError> {
        // An endpoint that flushes twice without input in between has nothing to send, where a single 00 was
        // due (§7.2.3.6). The message is as empty as its payload.
        if !self.begun {
            return Ok(());
        }
        self.begun = false;
        let step = self.decompressor.inflate_block(&TAIL, &mut [0]);
        let (read, written, ended) = self.charge(step);
        if (read, written) != (TAIL.len(), 0) {
            return Err(ProtocolError::InvalidDeflate); // the tail was data, or an end before its own
        }
        match ended {
            // The whole block was the message's, and the final one.
            Ok(true) => self.forget(),
            Ok(false) if self.is_between_blocks() => {}
            _ => return Err(ProtocolError::InvalidDeflate),
        }
        Ok(())
    }

    /// Is it another block that begins here? An empty one is tried. In the midst of a block its bytes are something
    /// else: they do not end one just where they end themselves, with nothing having come of them.
    fn is_between_blocks(&mut self) -> bool {
        let [a, b, c, d] = TAIL;
        if self.takeover {
            // As more follows, it shows whether the block ends in time.
            let step = self.decompressor.inflate_block(&[0, a, b, c, d, 0, a, b, c, d], &mut [0]);
            self.charge(step) == (5, 0, Ok(false))
        } else {
            // That it is the final one is no harm, as another stream begins with the next message.
            let step = self.decompressor.inflate(&[1, a, b, c, d], &mut [0]);
            self.charge(step) == (5, 0, Ok(true))
        }
    }

    /// Counts the work that a step was.
    fn charge(&mut self, step: Step) -> Step {
        let (read, written, _) = step;
        self.work += INPUT_COST * read as u64 + written as u64;
        step
    }

    /// Takes from the input what there is room for; how much came of it, and whether it was in order.
    fn step(&mut self, input: &mut &[u8], room: &mut [u8]) -> (usize, Result<(), ProtocolError>) {
        let mut total = 0;
        loop {
            let step = self.decompressor.inflate(input, &mut room[total..]);
            let (read, written, ended) = self.charge(step);
            *input = &input[read..];
            total += written;
            match ended {
                // A final block (§7.2.3.4) ends a DEFLATE stream, not a message: another one begins.
                Ok(true) => self.forget(),
                Ok(false) => return (total, Ok(())),
                Err(error) => return (total, Err(error)),
            }
        }
    }

    /// Begins with an empty window.
    fn forget(&mut self) {
        self.work += WINDOW_COST;
        match self.window_bits {
            MAX_WINDOW_BITS => self.decompressor.reset(),
            bits => self.decompressor = self.codec.decompressor(bits), // a reset would make it the largest
        }
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("window_bits", &self.window_bits).finish_non_exhaustive()
    }
}

/// Where inflated bytes go. There is room for one byte more than the limit, which is how it is noticed.
trait Sink {
    fn room(&mut self) -> &mut [u8];
    /// So much of the room has been filled.
    fn take(&mut self, filled: usize) -> Result<(), ProtocolError>;
}

/// Memory for one message after the other.
#[derive(Default)]
struct Buffer {
    bytes: Vec<u8>,
    filled: usize,
    limit: usize,
}

impl Buffer {
    fn begin(&mut self, limit: usize) {
        if self.bytes.len() > KEPT_ROOM {
            self.bytes = Vec::new();
        }
        self.filled = 0;
        self.limit = limit;
    }

    fn filled(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }
}

impl Sink for Buffer {
    fn room(&mut self) -> &mut [u8] {
        let most = self.limit.saturating_add(1);
        if self.filled == self.bytes.len() {
            let length = (2 * self.filled).clamp(FIRST_ROOM.min(most), most);
            self.bytes.reserve_exact(length - self.filled);
            self.bytes.resize(length, 0);
        }
        let end = self.bytes.len().min(most);
        &mut self.bytes[self.filled..end]
    }

    fn take(&mut self, filled: usize) -> Result<(), ProtocolError> {
        self.filled += filled;
        if self.filled > self.limit { Err(ProtocolError::MessageTooBig) } else { Ok(()) }
    }
}

/// A message that is put together.
struct Growing<'a> {
    chunk: [u8; CHUNK],
    message: &'a mut MessageBuffer,
    limit: usize,
}

impl<'a> Growing<'a> {
    fn new(message: &'a mut MessageBuffer, limit: usize) -> Self {
        Growing { chunk: [0; CHUNK], message, limit }
    }
}

impl Sink for Growing<'_> {
    fn room(&mut self) -> &mut [u8] {
        let most = (self.limit - self.message.len()).saturating_add(1);
        &mut self.chunk[..CHUNK.min(most)]
    }

    fn take(&mut self, filled: usize) -> Result<(), ProtocolError> {
        let fits = filled.min(self.limit - self.message.len());
        self.message.make_room(fits, self.limit, None);
        self.message.push(&self.chunk[..fits])?;
        if filled > fits { Err(ProtocolError::MessageTooBig) } else { Ok(()) }
    }
}

#[cfg(all(test, feature = "deflate"))]
mod tests;
