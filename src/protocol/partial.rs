//! What has arrived of things that are not whole yet. Memory follows the bytes that have arrived, never the length that
//! a header claims.

use super::assembly::{Assembly, AssemblyKind, ControlPayload, HeaderBytes};
use super::deflate::{Deflated, Inflater, Inflation};
use super::frame::Opcode;
use super::receive::Found;
use super::{MaskingKey, ProtocolError};

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
pub(super) struct OpenFrame {
    pub(super) fin: bool,
    pub(super) opcode: Opcode,
    /// The first frame of a compressed message.
    pub(super) compressed: bool,
    pub(super) key: MaskingKey,
    pub(super) remaining: u64,
}

impl OpenFrame {
    /// Takes what has arrived of the payload off the input, unmasked.
    #[inline]
    pub(super) fn take_payload<'b>(&mut self, input: &mut &'b mut [u8]) -> &'b [u8] {
        let available = usize::try_from(self.remaining).map_or(input.len(), |n| n.min(input.len()));
        let (payload, rest) = std::mem::take(input).split_at_mut(available);
        *input = rest;
        self.key.apply(payload);
        self.remaining -= available as u64;
        payload
    }
}

impl Partial {
    pub(super) fn begin(&mut self, frame: OpenFrame, deflated: Option<Deflated>) {
        let message = match (frame.opcode, self.message.take()) {
            (Opcode::Text, _) => Some(Assembly::new(AssemblyKind::Text(Default::default()), deflated)),
            (Opcode::Binary, _) => Some(Assembly::new(AssemblyKind::Binary(Vec::new()), deflated)),
            (Opcode::Continuation, message) => message.map(Assembly::with_one_more_frame),
            (Opcode::Close | Opcode::Ping | Opcode::Pong, message) => {
                self.control.clear();
                message
            }
        };
        self.message = message;
        self.frame = Some(frame);
    }

    /// Moves payload of the open frame from the input to where it belongs; says what it completes.
    pub(super) fn read_payload<'b>(
        &mut self,
        mut frame: OpenFrame,
        input: &mut &'b mut [u8],
        limit: usize,
        (inflation, mut inflater): (Option<&mut Inflation>, Option<&mut Inflater>),
    ) -> Result<Found<'b>, ProtocolError> {
        let payload = frame.take_payload(input);
        let complete = frame.remaining == 0;
        let (fin, opcode) = (frame.fin, frame.opcode);
        if !complete {
            self.frame = Some(frame);
        }
        if opcode.is_control() {
            self.control.extend(payload);
            return Ok(if complete { Found::Control(opcode) } else { Found::Nothing });
        }
        if let Some(message) = &mut self.message {
            match &mut message.deflated {
                None => message.kind.push(payload)?,
                Some(deflated) => {
                    deflated.push(payload, &mut message.kind, limit, inflater.as_deref_mut())?
                }
            }
            if complete && fin {
                if let (Some(deflated), Some(inflation)) = (&mut message.deflated, inflation)
                    && deflated.finish(&mut message.kind, limit, inflation, inflater)?
                {
                    let is_text = matches!(message.kind, AssemblyKind::Text(_));
                    self.message = None;
                    return Ok(Found::Inflated { is_text });
                }
                message.finish()?;
                return Ok(Found::Message);
            }
        }
        Ok(Found::Nothing)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.header.is_empty() && self.frame.is_none() && self.message.is_none()
    }
}
