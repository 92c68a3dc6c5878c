//! Stands in for `deflate` where the feature is off: nothing is compressed for anybody.

use super::Peers;
use super::sending::Sending;
use super::tape::Piece;
use crate::message::Outgoing;
use crate::protocol::Agreement;

#[derive(Debug, Default)]
pub(super) struct Compression {}

#[derive(Debug, Default)]
pub(super) struct Compressors {}

#[derive(Debug, Default)]
pub(super) struct Encodings {}

impl Compression {
    pub(super) fn new(_: Option<Agreement>) -> Self {
        Compression {}
    }
}

impl Peers {
    #[inline]
    pub(super) fn hears_deflated(&mut self, _: u32) -> bool {
        false
    }

    #[inline]
    pub(super) fn is_worth_deflating(&self, _: &Outgoing<'_>) -> bool {
        false
    }

    /// A message for a peer, if there is room for it.
    #[inline]
    pub(super) fn encode_for<'s>(&mut self, slot: u32, sending: &'s mut Sending<'_>) -> Option<&'s Piece> {
        let piece = sending.plain(&mut self.tape);
        self.has_room(slot, piece.len()).then_some(piece)
    }
}
