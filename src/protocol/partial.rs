//! What has arrived of things that are not whole yet. Memory follows the bytes that have arrived, never the length that
//! a header claims.
//!
//! The payload of a long frame is gone through in blocks: each is unmasked, checked and copied while it is in the
//! processor's first cache (`benches/NOTES.md`, "blocks of a long frame"). What has arrived whole is not copied.

use super::assembly::Assembly;
use super::deflate::{Deflated, Inflater, Inflation, WithCodec};
use super::event::Found;
use super::frame::{ControlPayload, HeaderBytes, Opcode};
use super::kind::Kind;
use super::message_buffer::MessageBuffer;
use super::spare::Spare;
use super::{MaskingKey, ProtocolError};

/// Half of the smallest first cache that a processor has.
const BLOCK: usize = 16 << 10;

#[derive(Debug, Default)]
pub(super) struct Partial {
    pub(super) header: HeaderBytes,
    pub(super) frame: Option<OpenFrame>,
    pub(super) message: Option<Assembly>,
    /// The payload of the control frame that is arriving, or has just been handed out.
    pub(super) control: ControlPayload,
    /// `message` has been handed out and may go.
    pub(super) delivered: bool,
}

/// A frame whose header is known and whose payload is arriving.
#[derive(Debug)]
#[repr(C)] // small fields first: where an error may lie instead, the compiler copied the length in two parts
pub(super) struct OpenFrame {
    pub(super) fin: bool,
    pub(super) opcode: Opcode,
    /// It begins a compressed message, of this kind.
    pub(super) compressed: Option<Kind>,
    pub(super) key: MaskingKey,
    pub(super) remaining: u64,
}

impl OpenFrame {
    /// Takes what has arrived of the payload off the input, unmasked.
    #[inline]
    pub(super) fn take_payload<'b>(&mut self, input: &mut &'b mut [u8]) -> &'b [u8] {
        self.take_at_most(usize::MAX, input)
    }

    #[inline]
    fn take_at_most<'b>(&mut self, most: usize, input: &mut &'b mut [u8]) -> &'b [u8] {
        let available = self.available(input).min(most);
        let (payload, rest) = std::mem::take(input).split_at_mut(available);
        *input = rest;
        self.key.apply(payload);
        self.remaining -= available as u64;
        payload
    }

    /// So many bytes of the payload are in the input.
    fn available(&self, input: &[u8]) -> usize {
        usize::try_from(self.remaining).map_or(input.len(), |remaining| remaining.min(input.len()))
    }

    /// Moves what has arrived of the payload to a message that did not come compressed.
    fn read_into(
        &mut self,
        message: &mut MessageBuffer,
        input: &mut &mut [u8],
        limit: usize,
        spare: Option<&mut Spare>,
    ) -> Result<(), ProtocolError> {
        let available = self.available(input);
        // The last frame says where the message ends.
        let end = usize::try_from(self.remaining).map_or(limit, |remaining| message.len() + remaining);
        message.make_room(available, if self.fin { end } else { limit }, spare);
        for _ in 0..available.div_ceil(BLOCK) {
            message.push(self.take_at_most(BLOCK, input))?;
        }
        Ok(())
    }
}

impl Partial {
    /// A frame whose message, if it begins one, may have so many bytes.
    pub(super) fn begin(&mut self, frame: &OpenFrame, deflated: Option<WithCodec<Deflated>>, limit: usize) {
        let length = frame.remaining;
        let new = |kind| Some(Assembly::new(MessageBuffer::new(kind), deflated, length, limit));
        let message = match (frame.opcode, self.message.take()) {
            (Opcode::Text, _) => new(Kind::Text),
            (Opcode::Binary, _) => new(Kind::Binary),
            (Opcode::Continuation, message) => message.map(|message| message.with_one_more_frame(length)),
            (Opcode::Close | Opcode::Ping | Opcode::Pong, message) => {
                self.control.clear();
                message
            }
        };
        self.message = message;
    }

    /// Moves payload of the open frame from the input to where it belongs; returns what it completes.
    pub(super) fn read_payload<'b>(
        &mut self,
        mut frame: OpenFrame,
        input: &mut &'b mut [u8],
        inflation: Option<&mut Inflation>,
        mut inflater: Option<&mut Inflater>,
        spare: Option<&mut Spare>,
    ) -> Result<Found<'b>, ProtocolError> {
        let opcode = frame.opcode;
        if opcode.is_control() {
            self.control.extend(frame.take_payload(input));
        } else if let Some(Assembly { buffer, deflated, limit, .. }) = &mut self.message {
            match deflated {
                None => frame.read_into(buffer, input, *limit, spare)?,
                Some(deflated) => {
                    deflated.push(frame.take_payload(input), buffer, *limit, inflater.as_deref_mut())?
                }
            }
        }
        if frame.remaining > 0 {
            self.frame = Some(frame);
            return Ok(Found::Nothing);
        }
        match opcode {
            Opcode::Ping | Opcode::Pong | Opcode::Close => Ok(Found::Control(opcode)),
            Opcode::Text | Opcode::Binary | Opcode::Continuation if frame.fin => {
                self.finish_message(inflation, inflater)
            }
            Opcode::Text | Opcode::Binary | Opcode::Continuation => Ok(Found::Nothing),
        }
    }

    fn finish_message<'b>(
        &mut self,
        inflation: Option<&mut Inflation>,
        inflater: Option<&mut Inflater>,
    ) -> Result<Found<'b>, ProtocolError> {
        let Some(message) = &mut self.message else {
            return Ok(Found::Nothing);
        };
        if let (Some(deflated), Some(inflation)) = (&mut message.deflated, inflation)
            && deflated.finish(&mut message.buffer, message.limit, inflation, inflater)?
        {
            let kind = message.buffer.kind();
            self.message = None;
            return Ok(Found::Inflated(kind));
        }
        message.buffer.finish()?;
        Ok(Found::Message)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.header.is_empty() && self.frame.is_none() && self.message.is_none()
    }
}
