//! Inflating, within limits (RFC 7692 §7.2.2).
//!
//! A message that is whole where it lies is inflated into the one buffer that everybody shares. One that arrives
//! in pieces is kept as it came until it is whole: what a peer makes us keep is no more than it has sent, and a
//! handful of bytes buys nobody an inflater. A long one gets an inflater of its own, and is inflated as it comes.

use std::fmt;

use zlib_rs::{Inflate, InflateError, InflateFlush, Status};

use super::super::assembly::AssemblyKind;
use super::super::{ProtocolError, utf8};
use super::{Agreement, MAX_WINDOW_BITS, TAIL};
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
#[derive(Default)]
pub struct Inflater {
    stream: Option<Stream>,
    buffer: Buffer,
    work: u64,
}

impl Inflater {
    /// Inflates nothing yet.
    pub fn new() -> Self {
        Inflater::default()
    }

    /// What has been done so far by this inflater, and by those of connections whose messages were received with it: about
    /// as many nanoseconds. It counts what was read, what came of it, and messages. Some input takes far longer than its
    /// length tells, in one way or another: let the others have their turn when this has grown by so much.
    pub fn work(&self) -> u64 {
        self.work
    }

    /// The message that was inflated last. Its text has not been checked.
    pub(in super::super) fn message(&self, is_text: bool) -> Result<Message<'_>, ProtocolError> {
        let bytes = self.buffer.filled();
        match is_text {
            true => utf8::check(bytes).map(Message::Text).map_err(|_| ProtocolError::InvalidUtf8),
            false => Ok(Message::Binary(bytes)),
        }
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
    window_bits: u8,
    takeover: bool,
    /// With context takeover: the window, from the first message on.
    stream: Option<Box<Stream>>,
}

impl Inflation {
    pub(in super::super) fn new(agreement: &Agreement) -> Self {
        Inflation {
            window_bits: agreement.client_window_bits(),
            takeover: !agreement.client_no_context_takeover(),
            stream: None,
        }
    }

    /// Inflates a message that is whole, into the shared buffer.
    pub(in super::super) fn inflate_whole(
        &mut self,
        payload: &[u8],
        is_text: bool,
        limit: usize,
        inflater: &mut Inflater,
    ) -> Result<(), ProtocolError> {
        let Inflater { stream, buffer, work } = inflater;
        let stream = match self.takeover {
            true => self.stream.get_or_insert_with(|| Stream::keeping_its_window(self.window_bits)),
            false => stream.get_or_insert_with(Stream::for_single_messages),
        };
        // The last message may have been given up in its middle.
        stream.begun = false;
        buffer.begin(limit);
        let result = stream.feed(payload, buffer).and_then(|()| stream.finish());
        *work += MESSAGE_COST + std::mem::take(&mut stream.work);
        // Text fails where it stops being text, though there may be another fault, or no room, further on.
        let valid = buffer.filled.min(limit);
        match result {
            Err(_) if is_text && !utf8::is_beginning(&buffer.bytes[..valid]) => {
                Err(ProtocolError::InvalidUtf8)
            }
            result => result,
        }
    }
}

/// The compressed side of a message that arrives in pieces.
#[derive(Debug)]
pub(in super::super) struct Deflated {
    kept: Vec<u8>,
    stream: Option<Box<Stream>>,
}

impl Deflated {
    /// With context takeover the connection lends its window, and gets it back in the end.
    pub(in super::super) fn begin(inflation: &mut Inflation) -> Self {
        let lend =
            || inflation.stream.take().unwrap_or_else(|| Stream::keeping_its_window(inflation.window_bits));
        Deflated { kept: Vec::new(), stream: inflation.takeover.then(lend) }
    }

    /// How much memory it takes, beside the message.
    pub(in super::super) fn memory(&self) -> usize {
        self.kept.capacity() + if self.stream.is_some() { INFLATER } else { 0 }
    }

    pub(in super::super) fn push(
        &mut self,
        payload: &[u8],
        message: &mut AssemblyKind,
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
        message: &mut AssemblyKind,
        limit: usize,
        inflation: &mut Inflation,
        mut inflater: Option<&mut Inflater>,
    ) -> Result<bool, ProtocolError> {
        if let (None, Some(inflater)) = (&self.stream, &mut inflater) {
            inflation.inflate_whole(&self.kept, message.is_text(), limit, inflater)?;
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
        message: &mut AssemblyKind,
        limit: usize,
    ) -> Result<&mut Stream, ProtocolError> {
        let stream = self.stream.get_or_insert_with(|| Box::new(Stream::for_single_messages()));
        stream.feed(&std::mem::take(&mut self.kept), &mut Growing::new(message, limit))?;
        Ok(stream)
    }
}

/// A decompressor between two blocks, or within one.
struct Stream {
    inflate: Inflate,
    window_bits: u8,
    takeover: bool,
    /// Is there any payload in this message?
    begun: bool,
    /// Done, and not charged to anybody yet.
    work: u64,
}

impl Stream {
    fn new(window_bits: u8, takeover: bool) -> Self {
        Stream { inflate: Inflate::new(false, window_bits), window_bits, takeover, begun: false, work: 0 }
    }

    fn for_single_messages() -> Self {
        Stream::new(MAX_WINDOW_BITS, false)
    }

    fn keeping_its_window(window_bits: u8) -> Box<Self> {
        Box::new(Stream::new(window_bits, true))
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
        let (read, written, status) = self.read_on(&TAIL, &mut [0], InflateFlush::Block);
        if (read, written) != (TAIL.len(), 0) {
            return Err(ProtocolError::InvalidDeflate); // the tail was data, or an end before its own
        }
        match status {
            // The whole block was the message's, and the final one.
            Ok(Status::StreamEnd) => self.forget(),
            Ok(_) if self.is_between_blocks() => {}
            _ => return Err(ProtocolError::InvalidDeflate),
        }
        Ok(())
    }

    /// Is it another block that begins here? An empty one is tried. In the midst of a block its bytes are something else:
    /// they do not end one just where they end themselves, with nothing having come of them.
    fn is_between_blocks(&mut self) -> bool {
        let [a, b, c, d] = TAIL;
        if self.takeover {
            // As more follows, it shows whether the block ends in time.
            let (read, written, status) =
                self.read_on(&[0, a, b, c, d, 0, a, b, c, d], &mut [0], InflateFlush::Block);
            (read, written) == (5, 0) && matches!(status, Ok(Status::Ok))
        } else {
            // That it is the final one is no harm, as another stream begins with the next message.
            let (read, written, status) = self.read_on(&[1, a, b, c, d], &mut [0], InflateFlush::NoFlush);
            (read, written) == (5, 0) && matches!(status, Ok(Status::StreamEnd))
        }
    }

    /// Takes what there is room for, up to the end of the stream or, if asked for, of a block.
    fn read_on(
        &mut self,
        input: &[u8],
        room: &mut [u8],
        until: InflateFlush,
    ) -> (usize, usize, Result<Status, InflateError>) {
        let (read, written) = (self.inflate.total_in(), self.inflate.total_out());
        let status = self.inflate.decompress(input, room, until);
        let (read, written) = (self.inflate.total_in() - read, self.inflate.total_out() - written);
        self.work += INPUT_COST * read + written;
        (read as usize, written as usize, status)
    }

    /// Takes from the input what there is room for; how much came of it, and whether it was in order.
    fn step(&mut self, input: &mut &[u8], room: &mut [u8]) -> (usize, Result<(), ProtocolError>) {
        let mut total = 0;
        loop {
            let (read, written, status) = self.read_on(input, &mut room[total..], InflateFlush::NoFlush);
            *input = &input[read..];
            total += written;
            match status {
                // A final block (§7.2.3.4) ends a DEFLATE stream, not a message: another one begins.
                Ok(Status::StreamEnd) => self.forget(),
                Ok(Status::Ok | Status::BufError) => return (total, Ok(())),
                Err(_) => return (total, Err(ProtocolError::InvalidDeflate)),
            }
        }
    }

    /// Begins with an empty window.
    fn forget(&mut self) {
        self.work += WINDOW_COST;
        match self.window_bits {
            MAX_WINDOW_BITS => self.inflate.reset(false),
            bits => self.inflate = Inflate::new(false, bits), // a reset would make it the largest
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
    message: &'a mut AssemblyKind,
    limit: usize,
}

impl<'a> Growing<'a> {
    fn new(message: &'a mut AssemblyKind, limit: usize) -> Self {
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

#[cfg(test)]
mod tests;
