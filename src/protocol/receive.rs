//! The receive half: a client's bytes in, events out (RFC 6455 §6.2).
//!
//! ```text
//!                       whole frame, whole message
//!   bytes ──▶ header ───────────────────────────────▶ an Event that borrows the caller's buffer
//!               │
//!               │ anything less
//!               ▼
//!            Partial: the header so far, the frame whose payload is arriving, the message that
//!               │     its fragments are put together to, a control frame in between
//!               └─────────────────────────────────▶ an Event that borrows the Partial
//! ```
//!
//! The upper path is nearly all of the traffic: the payload is unmasked where it lies and nothing is copied (for the
//! commonest frame see `plain.rs`). The lower path keeps what it must, and only that: memory follows the bytes that
//! have arrived, never the length that a header claims, and between messages there is none.

use super::assembly::Assembly;
use super::deflate::{Agreement, Deflated, Inflater, Inflation, WithCodec};
use super::event::{Event, Found};
use super::frame::{Expecting, FrameHeader};
use super::kind::Kind;
use super::limits::Limits;
use super::partial::{OpenFrame, Partial};
use super::plain::PlainFrame;
use super::spare::Spare;
use super::{MaskingKey, ProtocolError};
use crate::Message;

/// One connection's way in.
///
/// ```
/// use pollcat::Message;
/// use pollcat::protocol::{Event, Limits, ReceiveHalf};
///
/// let mut receive = ReceiveHalf::new(Limits::new());
/// // "Hello", masked: an example of RFC 6455 §5.7.
/// let mut bytes = *b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
/// let mut input = &mut bytes[..];
/// let event = receive.next(&mut input)?;
/// assert_eq!(event, Some(Event::Message(Message::Text("Hello"))));
/// assert_eq!(receive.next(&mut input)?, None); // more bytes, please
/// # Ok::<(), pollcat::protocol::ProtocolError>(())
/// ```
#[derive(Debug)]
pub struct ReceiveHalf {
    // Of `Limits`, which would have a hole here.
    max_message: usize,
    max_fragments: u32,
    /// After a Close or a fault: nothing that arrives matters (§1.4, §7.1.7).
    finished: bool,
    /// With permessage-deflate.
    inflation: Option<WithCodec<Inflation>>,
    /// Owns nothing between messages.
    partial: Option<Box<Partial>>,
}

impl ReceiveHalf {
    /// A connection that has just been opened.
    pub fn new(limits: Limits) -> Self {
        let Limits { max_message, max_fragments } = limits;
        ReceiveHalf { max_message, max_fragments, finished: false, inflation: None, partial: None }
    }

    /// A connection that has just been opened, with permessage-deflate (RFC 7692).
    #[cfg(feature = "deflate")]
    pub fn with_deflate(limits: Limits, agreement: &Agreement) -> Self {
        ReceiveHalf::opened(limits, Some(agreement))
    }

    pub(crate) fn opened(limits: Limits, agreement: Option<&Agreement>) -> Self {
        ReceiveHalf { inflation: agreement.map(Inflation::new), ..ReceiveHalf::new(limits) }
    }

    /// Has permessage-deflate been agreed on?
    #[inline]
    pub(crate) fn inflates(&self) -> bool {
        self.inflation.is_some()
    }

    /// Another limit for the messages that begin from now on. One that has begun keeps its own.
    pub fn set_max_message(&mut self, bytes: usize) {
        self.max_message = bytes;
    }

    /// How much memory a message that has begun takes, in bytes.
    #[inline]
    pub fn unfinished(&self) -> usize {
        let message = self.partial.as_ref().and_then(|partial| partial.message.as_ref());
        message.map_or(0, Assembly::memory)
    }

    /// The next event in `input`, which is the caller's buffer and shrinks from the front as it is read.
    /// `None` means that all of it was used and more bytes are needed: call again when they have arrived.
    ///
    /// The bytes are unmasked in place. The event borrows them, or this half, until the next call.
    ///
    /// # Errors
    ///
    /// The peer broke a rule. Answer with [`SendHalf::fail`](super::SendHalf::fail). From then on, and
    /// after [`Event::Close`], every call answers `None` and discards its input.
    pub fn next<'a, 'b: 'a>(
        &'a mut self,
        input: &mut &'b mut [u8],
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        self.next_with_shared(input, None, None)
    }

    /// Like [`next`](Self::next), with an inflater that many connections share: a message that is whole is inflated
    /// into its buffer, which the event borrows. Where `next` is used, each compressed message gets an inflater
    /// of its own.
    ///
    /// # Errors
    ///
    /// As for `next`.
    #[cfg(feature = "deflate")]
    pub fn next_with<'a, 'b: 'a>(
        &'a mut self,
        input: &mut &'b mut [u8],
        inflater: &'a mut Inflater,
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        self.next_with_shared(input, Some(inflater), None)
    }

    /// With what many connections share: an inflater, and memory for messages that are not whole in the input.
    pub(crate) fn next_with_shared<'a, 'b: 'a>(
        &'a mut self,
        input: &mut &'b mut [u8],
        inflater: Option<&'a mut Inflater>,
        spare: Option<&mut Spare>,
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        match self.next_plain_message(input) {
            Some(message) => message.map(|message| Some(Event::Message(message))),
            None => self.next_event(input, inflater, spare),
        }
    }

    /// The next message, if it is the next thing in the input and a [`PlainFrame`].
    #[inline]
    pub(crate) fn next_plain_message<'b>(
        &mut self,
        input: &mut &'b mut [u8],
    ) -> Option<Result<Message<'b>, ProtocolError>> {
        if self.finished || self.partial.is_some() || self.max_fragments == 0 {
            return None;
        }
        let message = PlainFrame::at_front(input, self.max_message)?.unmask(input);
        self.finished = message.is_err();
        Some(message)
    }

    /// The next event, whatever it is and needs.
    #[inline]
    pub(crate) fn next_event<'a, 'b: 'a>(
        &'a mut self,
        input: &mut &'b mut [u8],
        mut inflater: Option<&'a mut Inflater>,
        mut spare: Option<&mut Spare>,
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        self.forget_delivered(spare.as_deref_mut());
        if self.finished {
            self.partial = None;
            *input = &mut [];
            return Ok(None);
        }
        let found = self.advance(input, inflater.as_deref_mut(), spare);
        let ReceiveHalf { finished, partial, .. } = self;
        let event = found.and_then(|found| event(found, partial.as_deref_mut(), inflater));
        *finished = matches!(event, Err(_) | Ok(Some(Event::Close(..))));
        event
    }

    /// Walks over the input until there is an event, a fault, or no more input.
    #[inline]
    fn advance<'b>(
        &mut self,
        input: &mut &'b mut [u8],
        mut inflater: Option<&mut Inflater>,
        mut spare: Option<&mut Spare>,
    ) -> Result<Found<'b>, ProtocolError> {
        loop {
            let frame = match self.partial.as_mut().and_then(|partial| partial.frame.take()) {
                Some(frame) => frame,
                None => {
                    let Some(mut frame) = self.read_header(input)? else {
                        return Ok(Found::Nothing);
                    };
                    let by_itself = self.is_event_by_itself(&frame, input);
                    match (frame.compressed, &mut self.inflation, inflater.as_deref_mut()) {
                        (None, _, _) if by_itself => {
                            return Event::of(frame.opcode, frame.take_payload(input)).map(Found::InPlace);
                        }
                        (Some(kind), Some(inflation), Some(inflater)) if by_itself => {
                            let payload = frame.take_payload(input);
                            inflation.inflate_whole(payload, kind, self.max_message, inflater)?;
                            return Ok(Found::Inflated(kind));
                        }
                        _ => self.begin(&frame),
                    }
                    frame
                }
            };
            let partial = self.partial.get_or_insert_default();
            let (inflation, inflater) = (self.inflation.as_deref_mut(), inflater.as_deref_mut());
            match partial.read_payload(frame, input, inflation, inflater, spare.as_deref_mut())? {
                Found::Nothing if partial.frame.is_some() => return Ok(Found::Nothing),
                Found::Nothing => {} // the frame is complete, its message is not
                found => return Ok(found),
            }
        }
    }

    /// Takes a header and its masking key off the input, with what has been kept of them before.
    #[inline]
    fn read_header(&mut self, input: &mut &mut [u8]) -> Result<Option<OpenFrame>, ProtocolError> {
        if self.partial.as_ref().is_none_or(|partial| partial.header.is_empty())
            && let Some((frame, length)) = self.parse_header(input)?
        {
            *input = &mut std::mem::take(input)[length..];
            return Ok(Some(frame));
        }
        self.read_header_in_pieces(input)
    }

    /// A header that is not all there: byte by byte (14 at most), so that what follows it stays in the input.
    #[cold]
    #[inline(never)]
    fn read_header_in_pieces(&mut self, input: &mut &mut [u8]) -> Result<Option<OpenFrame>, ProtocolError> {
        while let Some((byte, rest)) = std::mem::take(input).split_first_mut() {
            *input = rest;
            let header = &mut self.partial.get_or_insert_default().header;
            header.extend(&[*byte]);
            let so_far = *header;
            if let Some((frame, _)) = self.parse_header(so_far.as_slice())? {
                self.partial.get_or_insert_default().header.clear();
                return Ok(Some(frame));
            }
        }
        Ok(None)
    }

    /// Parses a header with its masking key, and checks what it announces.
    #[inline(always)]
    fn parse_header(&self, bytes: &[u8]) -> Result<Option<(OpenFrame, usize)>, ProtocolError> {
        let message = self.partial.as_ref().and_then(|partial| partial.message.as_ref());
        let expecting = match message {
            None => Expecting::NewMessage,
            Some(_) => Expecting::Continuation,
        };
        let parsed = match &self.inflation {
            None => FrameHeader::parse(bytes, expecting)?.map(|(header, length)| (header, length, false)),
            Some(_) => FrameHeader::parse_deflate(bytes, expecting)?,
        };
        let Some((header, length, compressed)) = parsed else {
            return Ok(None);
        };
        if !header.opcode.is_control() {
            match compressed || message.is_some_and(|message| message.deflated.is_some()) {
                false => self.check_limits(message, header.length)?,
                true => self.check_deflated_limits(message, header.length)?,
            }
        }
        let Some(&key) = bytes[length..].first_chunk::<4>() else {
            return Ok(None);
        };
        let FrameHeader { fin, opcode, length: remaining } = header;
        let key = MaskingKey::new(key);
        let compressed = if compressed { Kind::begun_by(opcode) } else { None };
        Ok(Some((OpenFrame { fin, opcode, compressed, key, remaining }, length + 4)))
    }

    /// The limits hold before any of the payload is taken (§10.4).
    #[inline]
    fn check_limits(&self, message: Option<&Assembly>, length: u64) -> Result<(), ProtocolError> {
        let (frames, so_far) = message.map_or((0, 0), |message| (message.frames, message.buffer.len()));
        if frames >= self.max_fragments {
            return Err(ProtocolError::TooManyFragments);
        }
        let limit = message.map_or(self.max_message, |message| message.limit);
        match usize::try_from(length) {
            Ok(length) if length <= limit.saturating_sub(so_far) => Ok(()),
            _ => Err(ProtocolError::MessageTooBig),
        }
    }

    /// How long a compressed message is, only inflating it shows. Data that cannot be compressed becomes longer, by an
    /// eighth with a simple compressor. A message that is longer still would be work for nothing.
    fn check_deflated_limits(&self, message: Option<&Assembly>, length: u64) -> Result<(), ProtocolError> {
        self.check_limits(message, 0)?;
        let (limit, so_far) = message.map_or((self.max_message, 0), |it| (it.limit, it.announced));
        let most = (limit as u64).saturating_add(limit as u64 / 8 + 1024);
        match so_far.saturating_add(length) <= most {
            true => Ok(()),
            false => Err(ProtocolError::MessageTooBig),
        }
    }

    /// Is the whole frame in the input, and nothing else needed for its event?
    #[inline]
    fn is_event_by_itself(&self, frame: &OpenFrame, input: &[u8]) -> bool {
        let in_message = self.partial.as_ref().is_some_and(|partial| partial.message.is_some());
        let alone = frame.opcode.is_control() || (frame.fin && !in_message);
        alone && frame.remaining <= input.len() as u64
    }

    /// A frame whose payload, or whose message, is not all there.
    fn begin(&mut self, frame: &OpenFrame) {
        let deflated = self
            .inflation
            .as_mut()
            .filter(|_| frame.compressed.is_some())
            .map(|inflation| Deflated::begin(inflation));
        self.partial.get_or_insert_default().begin(frame, deflated, self.max_message);
    }

    /// Lets go of a message that the caller has seen. The next call for an event does this first; a caller that does
    /// not know when that will be can do it now.
    #[inline]
    pub(crate) fn forget_delivered(&mut self, spare: Option<&mut Spare>) {
        if let Some(partial) = &mut self.partial {
            if std::mem::take(&mut partial.delivered)
                && let Some(message) = partial.message.take()
                && let Some(spare) = spare
            {
                spare.give(message.buffer.into_memory());
            }
            if partial.is_empty() {
                self.partial = None;
            }
        }
    }
}

/// The event that was found, from where it lies.
#[inline]
fn event<'a>(
    found: Found<'a>,
    partial: Option<&'a mut Partial>,
    inflater: Option<&'a mut Inflater>,
) -> Result<Option<Event<'a>>, ProtocolError> {
    match (found, partial, inflater) {
        (Found::InPlace(event), _, _) => Ok(Some(event)),
        (Found::Inflated(kind), _, Some(inflater)) => {
            inflater.message(kind).map(|it| Some(Event::Message(it)))
        }
        (Found::Message, Some(partial), _) => {
            partial.delivered = true;
            Ok(partial.message.as_ref().map(|message| Event::Message(message.buffer.as_message())))
        }
        (Found::Control(opcode), Some(partial), _) => Event::of(opcode, partial.control.as_slice()).map(Some),
        (Found::Nothing | Found::Inflated(_) | Found::Message | Found::Control(_), _, _) => Ok(None),
    }
}

#[cfg(test)]
mod tests;
